/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The painter over a picture, in one style: first a draft of it, then the draft enlarged and painted over, octave by
 * octave (draft.h).
 */
#pragma once

#include "image/paint/compose.h"
#include "image/paint/jitter.h"
#include "image/paint/regions.h"
#include "image/paint/underpainting.h"
#include "image/refine/refine.h"

typedef struct {
    /* lent */
    const PstEngine *engine;
    const PstStyle *style;
    const PstSettings *settings;
    const PstReader *whole; /* the picture in its full size */

    int threads;
    PstTicker ticker;
    PstRegions regions;
    int region;   /* the one that is painted */
    gsize beside; /* bytes that the others take */

    /* of the octave that is painted */
    PstReader seen; /* what the network sees */
    PstDraft draft;
    PstJitter jitter;       /* what is added to it, when its amount is not 0 */
    float *share;           /* the region's weights, or NULL where it is alone */
    PstUnderpainting under; /* what it is painted over */
    float under_seen;       /* how much of it the painter sees, of 1 */

    PstRefiner *refiner; /* or NULL */
    double refine_gflop[PST_OCTAVES_MOST];
} PstOctaves;

/* Paints compose->content; the last octave is left in job->draft, measured.  On failure some of it may be there, too. */
gboolean pst_octaves_paint(PstOctaves *job, PstCompose *compose, GError **error);

/* Frees what it has, and not what it was lent. */
void pst_octaves_clear(PstOctaves *job);
