/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture painted in one style: first a draft of it, which is then enlarged and painted over, octave by octave
 * (schedule.h).
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
    gsize beside;        /* bytes of the regions that are not being painted */
    PstRefiner *refiner; /* NULL until it is needed */

    /* the region that is being painted */
    int region;
    const PstStyle *style; /* lent */
    PstUnderpainting under;
    PstDraft draft; /* of its last octave so far */
} PstOctaves;

/* Paints compose->content, and leaves the last octave in job->draft, measured.  On failure job->draft may hold part of
 * it; either way pst_octaves_clear() frees it. */
gboolean pst_octaves_paint(PstOctaves *job, PstCompose *compose, GError **error);

/* Frees all that is not lent. */
void pst_octaves_clear(PstOctaves *job);

/* Bytes that an octave's draft takes. */
gsize pst_octave_bytes(const PstOctave *octave, PstMode mode);

/* The long side that the weights of `count` regions are reduced to, and the bytes that they take beside the one that is
 * painted. */
gsize pst_octaves_beside(const PstSettings *settings, int count, int width, int height, int *side);
