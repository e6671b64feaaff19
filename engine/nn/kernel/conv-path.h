/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which way a convolution goes: by Winograd's transform, directly or pointwise, where those serve it, else by im2col
 * and sgemm (conv.h).  The way, and so every bit of the result, depends on the convolution and the processor
 * alone.
 */
#pragma once

#include "nn/kernel/conv.h"

#include <stddef.h>

/* The tile for a convolution that is computed in boxes whose corners lie on multiples of columns × rows. */
int pst_conv_path_tile(int columns, int rows);

/* Floats that the weights take once they are packed; 0 where they are used as they are. */
size_t pst_conv_path_packed_size(const PstConv *conv);
void pst_conv_path_pack(const PstConv *conv, const float *weight, float *packed);

/* Floats of scratch for a box of at most this size. */
size_t pst_conv_path_scratch(const PstConv *conv, int width, int height);

/* How many rows of a map of width × height are best computed in one box, about `least` or a few times that: each is
 * the same to the bit, whatever the others. */
int pst_conv_path_rows(const PstConv *conv, int width, int height, int least);

/* What pst_conv_box() does, from `packed` weights instead of conv->weight where there are such. */
void pst_conv_path_box(const PstConv *conv, const float *packed, const PstMap *in, PstMap *out,
                       PstBox box, float *scratch);
