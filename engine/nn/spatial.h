/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ops that move pixels or work on each alone.  All compute `box` of `out`, and need no scratch.
 */
#pragma once

#include "nn/map.h"

#include <stdbool.h>

/* out[c·f² + f·fy + fx][y][x] = in[c][f·y + fy][f·x + fx]  (pixel unshuffle) */
void pst_unshuffle_box(int factor, const PstMap *in, PstMap *out, PstBox box);

/* out[c][f·y + fy][f·x + fx] = in[c·f² + f·fy + fx][y][x]  (pixel shuffle; Shi et al. 2016) */
void pst_shuffle_box(int factor, const PstMap *in, PstMap *out, PstBox box);

/* out[c][y][x] = in[c][y / f][x / f]  (nearest neighbour) */
void pst_upsample_box(int factor, const PstMap *in, PstMap *out, PstBox box);

/* out[c][y][x] = mean of the f × f block of `in` that covers it  (area reduction) */
void pst_reduce_box(int factor, const PstMap *in, PstMap *out, PstBox box);

/* out = a + b, negative values set to 0 if `relu` */
void pst_add_box(bool relu, const PstMap *a, const PstMap *b, PstMap *out, PstBox box);

/* out[c] = in[c] · scale[c] + shift[c] */
void pst_affine_box(const float *scale, const float *shift, const PstMap *in, PstMap *out,
                    PstBox box);
