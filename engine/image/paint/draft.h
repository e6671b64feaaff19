/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The painter's strokes have a size in pixels, so a large photo would get hair-thin ones.  A smaller draft of it
 * is painted instead, whose size decides how large strokes are on the picture, and is then enlarged.  The edges
 * that an enlarged draft lacks come from the photo: where the draft follows the photo's luma, it is assumed to do
 * so at finer scales, too, with a gain that is measured around each pixel (the linear model of the guided filter,
 * He et al. 2013, eq. 1 and 5):
 *
 *     result = ↑draft + ↑gain · (luma − ↑↓luma),   gain = cov(↓luma, draft) / (var(↓luma) + ε)
 *
 * A draft of the picture's own size is left as it is, since the second term is 0 then.  The enlarged draft can be
 * painted over in its turn, lightly, which gives it the strokes of a finer octave.
 */
#pragma once

#include "image/engine.h"

enum {
    PST_DRAFT_COLOUR = 0, /* three planes: what was painted */
    PST_DRAFT_GAIN = 3,   /* three planes */
    PST_DRAFT_LUMA = 6,   /* of the reduced photo */
    PST_DRAFT_PLANES = 7,
    /* of a photo that is to stay one (affine.h) */
    PST_DRAFT_PHOTO = 7,  /* three planes: R', G', B' of the reduced photo, until it is measured */
    PST_DRAFT_FACTOR = 3, /* nine planes, once it is: what R', G', B' give to R'; to G'; to B' */
    PST_DRAFT_PLANES_MOST = 12,
};

typedef struct {
    PstMode mode;
    int plane_count;
    int width, height;           /* of the draft */
    int full_width, full_height; /* of what it is a draft of */
    float *planes;               /* [plane_count][height][width] */
    float *wide;                 /* rows at full width, [PST_DRAFT_RING][plane_count][full_width] */
    int widened;                 /* draft rows below this one are in `wide` */
} PstDraft;

/* Rows at full width that are kept: enough for PST_READER_ROWS rows of the result. */
#define PST_DRAFT_RING 32

/* Bytes that a draft of width × height takes, of a picture of full_width columns. */
gsize pst_draft_bytes(PstMode mode, int width, int height, int full_width);

/* FALSE when there is no memory.  Free with pst_draft_clear(). */
gboolean pst_draft_init(PstDraft *draft, PstMode mode, int width, int height, int full_width,
                        int full_height);
void pst_draft_clear(PstDraft *draft);

static inline float *pst_draft_row(const PstDraft *draft, int plane, int y)
{
    return draft->planes + ((gsize) plane * draft->height + y) * draft->width;
}

/* Computes the gains from the colours and the luma, which must all be there; or, of a photo that is to stay one, the
 * functions from the colours and the photo.  FALSE when there is no memory. */
gboolean pst_draft_measure(PstDraft *draft, int threads);

/* Starts enlarging, or starts anew, at row y of the full picture. */
void pst_draft_rewind(PstDraft *draft, int y);

/* Makes ready for rows [y, y + count) of the full picture, which must come in order; then any thread may enlarge
 * each of them.  `photo` is the photo in that row: its luma, then, where it is to stay one, planes of R', G', B';
 * `colour` has room for three times full_width: planes of R', G', B', not clamped. */
void pst_draft_prepare(PstDraft *draft, int y, int count, int threads);
void pst_draft_enlarge(const PstDraft *draft, int y, const float *photo, float *colour);
