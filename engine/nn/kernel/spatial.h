/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ops that move pixels or work on each alone.  All compute `box` of `out`, and need no scratch.
 */
#pragma once

#include "nn/kernel/map.h"

#include <stdbool.h>

/* out[c·f² + f·fy + fx][y][x] = in[c][f·y + fy][f·x + fx]  (pixel unshuffle) */
void pst_unshuffle_box(int factor, const PstMap *in, PstMap *out, PstBox box);

/* out[c][f·y + fy][f·x + fx] = in[c·f² + f·fy + fx][y][x]  (pixel shuffle; Shi et al. 2016) */
void pst_shuffle_box(int factor, const PstMap *in, PstMap *out, PstBox box);

/* out[c][y][x] = in[c][y / f][x / f]  (nearest neighbour) */
void pst_upsample_box(int factor, const PstMap *in, PstMap *out, PstBox box);

/* Twice as large, bilinear, by pixels' middles: each is 3/4 of the nearest along either side and 1/4 of the next,
 * or of the nearest where there is none. */
void pst_upsample_bilinear_box(const PstMap *in, PstMap *out, PstBox box);

/* out[c][y][x] = mean of the f × f block of `in` that covers it  (area reduction) */
void pst_reduce_box(int factor, const PstMap *in, PstMap *out, PstBox box);

/* A map as pst_add_box() reads it: values · scale[c] + shift[c] (NULL: as they are), and enlarged as by
 * pst_upsample_box() (factor 1 or 2) or pst_upsample_bilinear_box().  So none of that needs a pass and a map of its
 * own. */
typedef struct {
    const PstMap *map;
    int factor;
    bool bilinear; /* with a factor of 2 */
    const float *scale, *shift;
} PstTerm;

/* out = a + b, negative values set to 0 if `relu` */
void pst_add_box(bool relu, PstTerm a, PstTerm b, PstMap *out, PstBox box);

/* out[c] = in[c] · scale[c] + shift[c] */
void pst_affine_box(const float *scale, const float *shift, const PstMap *in, PstMap *out,
                    PstBox box);
