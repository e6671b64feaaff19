/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The painter over a picture, in one style: first a draft of it, then the draft enlarged and painted over, octave by
 * octave (draft.h).
 */
#pragma once

#include "image/paint/compose.h"
#include "image/paint/regions.h"
#include "image/paint/underpainting.h"
#include "image/refine/refine.h"

typedef struct {
    /* lent */
    const PstEngine *engine;
    const PstSettings *settings;
    const PstReader *whole; /* the picture in its full size */

    int threads;
    PstTicker ticker;
    PstRegions regions;
    gsize beside; /* bytes that the regions that are not being painted take */

    /* of the region that is painted */
    int region;
    const PstStyle *style; /* lent */
    PstUnderpainting under;
    PstDraft draft; /* of its last octave so far */

    PstRefiner *refiner; /* or NULL */
} PstOctaves;

/* Paints compose->content; the last octave is left in job->draft, measured.  On failure some of it may be there,
 * too. */
gboolean pst_octaves_paint(PstOctaves *job, PstCompose *compose, GError **error);

/* Frees what it has, and not what it was lent. */
void pst_octaves_clear(PstOctaves *job);

/* Bytes that an octave's draft takes. */
gsize pst_octave_bytes(const PstOctave *octave, PstMode mode);

/* The long side that the weights of `count` regions are reduced to, and the bytes that they take beside the one that is
 * painted. */
gsize pst_octaves_beside(const PstSettings *settings, int count, int width, int height, int *side);
