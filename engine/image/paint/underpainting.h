/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A thumbnail of the photo that Refine has optimised, for the painter to paint over, as painters lay in their colours
 * first.  The painter gives each place what suits it there, which of a style's hues and larger shapes are few; at so
 * small a size the optimisation, which gives each place what it resembles most in the style, takes a fraction of a
 * second.  The painter sees the photo with some of it, so that its strokes follow the larger shapes; and what it has
 * painted gets the thumbnail's colours in the large.
 */
#pragma once

#include "image/paint/draft.h"
#include "image/refine/planes.h"

typedef struct {
    PstPlanes colours; /* without planes: there is none */
    PstPlanes change;  /* from the photo, as large */
    float *luma;       /* of the photo, likewise */
} PstUnderpainting;

/* What a thumbnail becomes follows from this: of the photo, `seen`, what it begins with, the style, how much of each
 * pixel is the style's, or NULL: all, and the seed.  Free with g_free(). */
char *pst_underpainting_key(const PstDraft *thumbnail, PstReader *seen, const PstStyle *style,
                            const float *share, guint32 seed);

/* Keeps what is in `thumbnail`, of which the photo is `seen`, as large.  PST_ERROR_MEMORY.  Free with
 * pst_underpainting_clear(). */
gboolean pst_underpainting_take(PstUnderpainting *under, const PstDraft *thumbnail, PstReader *seen,
                                GError **error);
void pst_underpainting_clear(PstUnderpainting *under);

/* Adds `amount` of the change to a box of a picture of width × height, and of its extension. */
void pst_underpainting_add(const PstUnderpainting *under, float amount, int width, int height,
                           PstBox box, const PstMap *picture, int threads);

/* Gives what is painted in `draft`, which has the photo's luma, the colours in the large, by `amount`, [0, 1].
 * PST_ERROR_MEMORY. */
gboolean pst_underpainting_settle(const PstUnderpainting *under, float amount, PstDraft *draft,
                                  int threads, GError **error);
