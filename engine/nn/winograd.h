/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * 3 × 3 convolutions of stride 1 with fewer multiplications: Winograd's F(2 × 2, 3 × 3) and F(4 × 4, 3 × 3),
 * after Lavin and Gray (2016).  Each tile of m × m outputs comes from (m + 2) × (m + 2) inputs by as many
 * products a pair of channels, 16 where the plain sum takes 36, or 36 where it takes 144, with sums and
 * differences before and after.  Tiles lie on the multiples of m of the map, and their sums are always taken
 * in the same order: no box changes a bit of them.
 *
 * For m = 4 the points are 0, ±√½, ±√2 and ∞: of those tried they lose the fewest digits (the error's root mean
 * square over 64 channels, relative to the outputs', is 1.0e-6; that of 0, ±1, ±2, ∞ is 2.9e-6, that of m = 2
 * is 3.6e-7).
 */
#pragma once

#include "nn/direct.h"

/* Whether this path serves the convolution. */
bool pst_winograd_serves(const PstConv *conv);

/* Floats of the transformed weights: [blocks of out_channels][planes][in_channels][product_channels]. */
size_t pst_winograd_packed_size(const PstDirectKernel *kernel, const PstConv *conv);
void pst_winograd_pack(const PstDirectKernel *kernel, const PstConv *conv, const float *weight,
                       float *packed);

/* Floats of scratch for a box of at most this size. */
size_t pst_winograd_scratch(const PstDirectKernel *kernel, const PstConv *conv, int width,
                            int height);

/* What pst_conv_box() does, from `packed` weights instead of conv->weight. */
void pst_winograd_box(const PstDirectKernel *kernel, const PstConv *conv, const float *packed,
                      const PstMap *in, PstMap *out, PstBox box, float *scratch);
