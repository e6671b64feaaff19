/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * 2-D convolution (cross-correlation, as the networks of the field call it) by im2col and one GEMM a box.
 */
#pragma once

#include "nn/kernel/map.h"

#include <stdbool.h>

/* PST_PAD_NONE computes only where the kernel lies inside the map. */
typedef enum { PST_PAD_REFLECT, PST_PAD_REPLICATE, PST_PAD_ZERO, PST_PAD_NONE } PstPadding;

typedef struct {
    int out_channels, in_channels;
    int kernel_h, kernel_w; /* odd; padded by (kernel − 1) / 2 on each side */
    int stride;             /* 1 or 2 */
    PstPadding padding; /* reflection has the period 2(n − 1): the edge pixel is not repeated */
    bool relu;
    const float *weight; /* [out_channels][in_channels][kernel_h][kernel_w] */
    const float *bias;   /* [out_channels] */
    int tile;            /* outputs across where winograd.h serves: 2 or 4; 0 is 2 */
} PstConv;

/* Of its weights. */
static inline size_t pst_conv_floats(const PstConv *conv)
{
    return (size_t) conv->out_channels * conv->in_channels * conv->kernel_h * conv->kernel_w;
}

/* The position inside [0, size) that padding shows at `i`, or −1 for a zero. */
int pst_pad_index(PstPadding padding, int i, int size);

/* to[i] = row[stride · (x0 + i) + shift] for i in [0, count), padded outside [0, width); stride is 1 or 2. */
void pst_patch_row(float *to, const float *row, int width, int x0, int count, int stride, int shift,
                   PstPadding padding);

/* Floats of scratch that a box of `pixels` pixels needs. */
size_t pst_conv_scratch(const PstConv *conv, int pixels);

/* Computes `box` of `out`; the rows of `in` under the kernel must be there.  One GEMM of
 * out_channels × pixels × (in_channels · kernel_h · kernel_w), whatever the rest of the picture is. */
void pst_conv_box(const PstConv *conv, const PstMap *in, PstMap *out, PstBox box, float *scratch);
