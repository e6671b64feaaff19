/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * 1 × 1 convolutions by direct.h's product, from the map's own rows: no im2col, and the sum of an output is
 * always taken in the same order, whatever is computed around it.
 */
#pragma once

#include "nn/direct.h"

/* Whether this path serves the convolution. */
bool pst_pointwise_serves(const PstConv *conv);

/* Floats of the weights when packed for the kernel: [blocks of out_channels][in_channels][product_channels]. */
size_t pst_pointwise_packed_size(const PstDirectKernel *kernel, const PstConv *conv);
void pst_pointwise_pack(const PstDirectKernel *kernel, const PstConv *conv, const float *weight,
                        float *packed);

/* Floats of scratch for a box of any size. */
size_t pst_pointwise_scratch(const PstDirectKernel *kernel, const PstConv *conv, int width,
                             int height);

/* What pst_conv_box() does, from `packed` weights instead of conv->weight. */
void pst_pointwise_box(const PstDirectKernel *kernel, const PstConv *conv, const float *packed,
                       const PstMap *in, PstMap *out, PstBox box, float *scratch);
