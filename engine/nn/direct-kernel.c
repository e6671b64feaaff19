/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inner loop of direct.c, compiled once for each kind of processor with
 *   PST_NAME      the name of the kernel,
 *   PST_LANES     floats in a vector register,
 *   PST_CHANNELS  output channels a block, and PST_VECTORS vectors of pixels: together with the inputs and
 *                 one weight, they fill the registers.
 */
#include "nn/direct.h"

typedef float Vector __attribute__((vector_size(4 * PST_LANES)));
typedef float Unaligned __attribute__((vector_size(4 * PST_LANES), aligned(4), may_alias));

static void run(const float *patch, size_t step, const size_t *base, const size_t *tap, int count,
                const float *weight, float *out)
{
    Vector sum[PST_CHANNELS][PST_VECTORS];
#pragma GCC unroll 8
    for (int o = 0; o < PST_CHANNELS; o++) {
#pragma GCC unroll 4
        for (int v = 0; v < PST_VECTORS; v++) {
            sum[o][v] = (Vector){0};
        }
    }
    for (int c = 0; c < count; c++, patch += step) {
        for (int t = 0; t < PST_TAPS; t++, weight += PST_CHANNELS) {
            Vector in[PST_VECTORS];
#pragma GCC unroll 4
            for (int v = 0; v < PST_VECTORS; v++)
                in[v] = *(const Unaligned *) (patch + base[v] + tap[t]);
#pragma GCC unroll 8
            for (int o = 0; o < PST_CHANNELS; o++) {
#pragma GCC unroll 4
                for (int v = 0; v < PST_VECTORS; v++)
                    sum[o][v] += weight[o] * in[v];
            }
        }
    }
#pragma GCC unroll 8
    for (int o = 0; o < PST_CHANNELS; o++) {
#pragma GCC unroll 4
        for (int v = 0; v < PST_VECTORS; v++)
            *(Unaligned *) (out + (o * PST_VECTORS + v) * PST_LANES) = sum[o][v];
    }
}

const PstDirectKernel PST_NAME = {PST_CHANNELS, PST_VECTORS, PST_LANES, run};
