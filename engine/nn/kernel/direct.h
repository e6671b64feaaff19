/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * 3 × 3 convolutions without a matrix: a small block of outputs stays in registers while the input, copied
 * once into a patch with its padding, passes by.  No im2col, no packing inside BLAS; and the sum of an
 * output is always taken in the same order, whatever is computed around it.
 */
#pragma once

#include "nn/kernel/conv.h"

#include <stddef.h>

#define PST_TAPS 9

/* The most that a kernel has: lanes; and output channels, and pixels, that it makes at once. */
#define PST_DIRECT_LANES_MAX    16
#define PST_DIRECT_CHANNELS_MAX 8
#define PST_DIRECT_PIXELS_MAX   64
#define PST_DIRECT_PRODUCT_MAX  256 /* product_channels · product_vectors · lanes */

/* What winograd.c does with vectors of `lanes` tiles, each of m × m outputs made of (m + 2) × (m + 2) inputs
 * and as many planes. */
typedef struct {
    int m;
    /* to[p · phase + i] = pixels[m · i + p], for `vectors` vectors of i in each phase p, and for one i more in
     * the first two phases. */
    void (*split)(const float *pixels, int vectors, float *to, size_t phase);
    /* to[plane number · plane] = Bᵀ d B; rows of split pixels lie `row` floats apart, and a phase's pixels of the tiles
     * after these ones `next` floats. */
    void (*spread)(const float *patch, size_t row, size_t phase, size_t next, float *to,
                   size_t plane);
    /* rows[y][m · lanes] = Aᵀ M A + bias */
    void (*gather)(const float *products, size_t plane, float bias, bool relu, float *const *rows);
} PstTiles;

/* A kernel for one kind of processor. */
typedef struct {
    int channels; /* output channels that it makes at once, … */
    int vectors;  /* … for so many vectors … */
    int lanes;    /* … of so many pixels each */
    /* out[channels][vectors · lanes] = Σ_c Σ_t weight[c][t][channel] · patch[c · step + base[v] + tap[t] + lane];
     * c runs over `count` input channels. */
    void (*run)(const float *patch, size_t step, const size_t *base, const size_t *tap, int count,
                const float *weight, float *out);

    /* For winograd.c, attention.c and nearest.c */
    int product_channels, product_vectors;
    /* out[product_channels][product_vectors · lanes] = Σ_c weight[c][channel] · in[c · step + lane] */
    void (*product)(const float *in, size_t step, int count, const float *weight, float *out);
    PstTiles tiles[2]; /* of 2 × 2 and of 4 × 4 outputs */

    /* For attention.c: each of scores[count][product_vectors · lanes] becomes 2^(score − the largest of its
     * column), and factor[column] 1 over their sum. */
    void (*softmax)(float *scores, int count, float *factor);

    /* For nearest.c: where one of scores[product_channels][product_vectors · lanes], which are of numbers `number`
     * and on, is above best[column], it takes its place, and its number that of which[column]. */
    void (*keep_best)(const float *scores, int number, float *best, int *which);
} PstDirectKernel;

/* The kernels that this processor can run, from the best (0) on; NULL after the last. */
const PstDirectKernel *pst_direct_kernel(int i);

/* A way of computing convolutions. */
typedef struct {
    bool (*serves)(const PstConv *conv);
    /* Floats of the weights when packed for the kernel. */
    size_t (*packed_size)(const PstDirectKernel *kernel, const PstConv *conv);
    void (*pack)(const PstDirectKernel *kernel, const PstConv *conv, const float *weight,
                 float *packed);
    /* Floats of scratch for a box of at most this size. */
    size_t (*scratch)(const PstDirectKernel *kernel, const PstConv *conv, int width, int height);
    /* What pst_conv_box() does, from `packed` weights instead of conv->weight. */
    void (*box)(const PstDirectKernel *kernel, const PstConv *conv, const float *packed,
                const PstMap *in, PstMap *out, PstBox box, float *scratch);
    /* How many rows, `least` or more, are best computed in one box of a map of width × height; NULL: as many as
     * one likes. */
    int (*rows)(const PstDirectKernel *kernel, const PstConv *conv, int width, int height,
                int least);
} PstConvPath;

/* Packed: [blocks of out_channels][in_channels][9][channels]. */
extern const PstConvPath pst_direct_path;
