/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A thumbnail of the photo that Refine has optimised, for the painter to paint over, as painters lay in their colours
 * first.  Of a style's hues and larger shapes the painter uses few.  The optimisation, which gives each place what is
 * most like it in the style, uses more of them, and at so small a size it takes a fraction of a second.  Some of the
 * thumbnail is added to the photo that the painter sees, so that strokes follow the larger shapes; and what is painted
 * gets the thumbnail's colours in the large.
 */
#pragma once

#include "image/paint/draft.h"
#include "image/refine/planes.h"

typedef struct {
    PstPlanes colours; /* of the thumbnail; without planes, there is no underpainting */
    PstPlanes change;  /* from the photo to these, as large */
    float *luma;       /* of the photo, as large */
} PstUnderpainting;

/* A key for all that decides what becomes of a thumbnail: the photo, `seen`; what the thumbnail begins with; the style;
 * `share`, how much of each pixel is the style's, NULL for all; and the seed.  Free with g_free(). */
char *pst_underpainting_key(const PstDraft *thumbnail, PstReader *seen, const PstStyle *style,
                            const float *share, guint32 seed);

/* Copies what is needed of `thumbnail` and of the photo, `seen`, which is as large.  PST_ERROR_MEMORY.  Free with
 * pst_underpainting_clear(). */
gboolean pst_underpainting_take(PstUnderpainting *under, const PstDraft *thumbnail, PstReader *seen,
                                GError **error);
void pst_underpainting_clear(PstUnderpainting *under);

/* Adds `amount` of the change to a box of a picture of width × height, and of its extension. */
void pst_underpainting_add(const PstUnderpainting *under, float amount, int width, int height,
                           PstBox box, const PstMap *picture, int threads);

/* Moves what is painted in `draft` by `amount`, [0, 1], to the thumbnail's colours in the large, along the photo's
 * luma, which the draft has.  PST_ERROR_MEMORY. */
gboolean pst_underpainting_settle(const PstUnderpainting *under, float amount, PstDraft *draft,
                                  int threads, GError **error);
