/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inner loops of what takes the time, once for each kind of processor (processor-kernel.c).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define PST_TAPS 9 /* of a kernel of 3 × 3 */

/* The most that a processor has: lanes; and output channels, and pixels, that are made at once. */
#define PST_PROCESSOR_LANES_MAX    16
#define PST_PROCESSOR_CHANNELS_MAX 8
#define PST_PROCESSOR_PIXELS_MAX   64
#define PST_PROCESSOR_PRODUCT_MAX  256 /* product_channels · product_vectors · lanes */

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

typedef struct {
    int lanes; /* floats of a vector */

    /* For direct.c: so many output channels are made at once, for so many vectors of pixels. */
    int channels, vectors;
    /* out[channels][vectors · lanes] = Σ_c Σ_t weight[c][t][channel] · patch[c · step + base[v] + tap[t] + lane];
     * c runs over `count` input channels. */
    void (*run)(const float *patch, size_t step, const size_t *base, const size_t *tap, int count,
                const float *weight, float *out);

    /* For winograd.c, pointwise.c, attention.c and nearest.c: likewise. */
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
} PstProcessor;

/* The kinds that this processor is, from the best (0) on; NULL after the last. */
const PstProcessor *pst_processor(int i);
