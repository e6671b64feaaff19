/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Slow twins of the kernels: whole maps, plain loops, double sums, written from the formulas and not
 * from the engine.  Where the two disagree, one of them is wrong.
 */
#pragma once

#include "nn/kernel/attention.h"
#include "nn/kernel/conv.h"

#include <stdbool.h>

/* values[channels][height][width] */
typedef struct {
    int channels, height, width;
    double *values; /* freed with free() */
} RefMap;

RefMap ref_map(int channels, int height, int width);
double *ref_at(const RefMap *map, int c, int y, int x);

/* The position that padding shows at i of n, by walking; −1 for a zero. */
int ref_pad(PstPadding padding, int i, int n);

RefMap ref_conv(const PstConv *conv, const RefMap *in);
RefMap ref_unshuffle(int factor, const RefMap *in);
RefMap ref_shuffle(int factor, const RefMap *in);
RefMap ref_upsample(int factor, const RefMap *in);
RefMap ref_upsample_bilinear(const RefMap *in);
RefMap ref_reduce(int factor, const RefMap *in);
RefMap ref_add(bool relu, const RefMap *a, const RefMap *b);
RefMap ref_affine(const double *scale, const double *shift, const RefMap *in);

/* out[2 · channels]: weighted means, then √(variance + 1e-5); two passes over the map. */
void ref_moments(const RefMap *in, const RefMap *weights, double *out);

RefMap ref_attention(const PstAttention *attention, const RefMap *in, const double *moments,
                     const double *tokens, double strength);

/* out[grid · grid][channels]: the pixels at the middles of a grid over the first height × width. */
void ref_sample(int grid, const RefMap *in, int height, int width, double *out);

void ref_linear(int rows, int columns, const float *weight, const float *bias, bool relu,
                const double *in, double *out);
void ref_modulate(int out_channels, int in_channels, int taps, const float *weight,
                  const float *gain, const double *m, double strength, double *out);
void ref_adain(int channels, const double *moments, const double *gamma, const double *beta,
               double strength, double *scale, double *shift);
