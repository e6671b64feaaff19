/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inner loop of direct.c, compiled once for each kind of processor with
 *   PST_NAME      the name of the kernel,
 *   PST_LANES     floats in a vector register,
 *   PST_CHANNELS  output channels a block, and PST_VECTORS vectors of pixels: together with the inputs and
 *                 one weight, they fill the registers; and PST_PRODUCT_CHANNELS and PST_PRODUCT_VECTORS alike.
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

/* ---- Winograd's F(2 × 2, 3 × 3) --------------------------------------------------------------------- */

typedef int Mask __attribute__((vector_size(4 * PST_LANES)));

#if PST_LANES == 4
#define EVEN 0, 2, 4, 6
#define ODD  1, 3, 5, 7
#define LOW  0, 4, 1, 5
#define HIGH 2, 6, 3, 7
#elif PST_LANES == 8
#define EVEN 0, 2, 4, 6, 8, 10, 12, 14
#define ODD  1, 3, 5, 7, 9, 11, 13, 15
#define LOW  0, 8, 1, 9, 2, 10, 3, 11
#define HIGH 4, 12, 5, 13, 6, 14, 7, 15
#else
#define EVEN 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#define ODD  1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
#define LOW  0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#endif

static Vector load(const float *from)
{
    return *(const Unaligned *) from;
}

/* Bᵀ d B */
static void spread(const float *pixels, size_t row, float *to, size_t plane)
{
    Vector t[4][4];
#pragma GCC unroll 4
    for (int y = 0; y < 4; y++, pixels += row) {
        Vector a = load(pixels), b = load(pixels + PST_LANES);
        Vector c = load(pixels + 2), d = load(pixels + 2 + PST_LANES);
        Vector d0 = __builtin_shufflevector(a, b, EVEN), d1 = __builtin_shufflevector(a, b, ODD);
        Vector d2 = __builtin_shufflevector(c, d, EVEN), d3 = __builtin_shufflevector(c, d, ODD);
        t[y][0] = d0 - d2;
        t[y][1] = d1 + d2;
        t[y][2] = d2 - d1;
        t[y][3] = d1 - d3;
    }
#pragma GCC unroll 4
    for (int x = 0; x < 4; x++, to += plane) {
        *(Unaligned *) to = t[0][x] - t[2][x];
        *(Unaligned *) (to + 4 * plane) = t[1][x] + t[2][x];
        *(Unaligned *) (to + 8 * plane) = t[2][x] - t[1][x];
        *(Unaligned *) (to + 12 * plane) = t[1][x] - t[3][x];
    }
}

static void product(const float *in, size_t step, int count, const float *weight, float *out)
{
    Vector sum[PST_PRODUCT_CHANNELS][PST_PRODUCT_VECTORS];
#pragma GCC unroll 8
    for (int o = 0; o < PST_PRODUCT_CHANNELS; o++) {
#pragma GCC unroll 4
        for (int v = 0; v < PST_PRODUCT_VECTORS; v++)
            sum[o][v] = (Vector){0};
    }
    for (int c = 0; c < count; c++, in += step, weight += PST_PRODUCT_CHANNELS) {
        Vector value[PST_PRODUCT_VECTORS];
#pragma GCC unroll 4
        for (int v = 0; v < PST_PRODUCT_VECTORS; v++)
            value[v] = load(in + v * PST_LANES);
#pragma GCC unroll 8
        for (int o = 0; o < PST_PRODUCT_CHANNELS; o++) {
#pragma GCC unroll 4
            for (int v = 0; v < PST_PRODUCT_VECTORS; v++)
                sum[o][v] += weight[o] * value[v];
        }
    }
#pragma GCC unroll 8
    for (int o = 0; o < PST_PRODUCT_CHANNELS; o++) {
#pragma GCC unroll 4
        for (int v = 0; v < PST_PRODUCT_VECTORS; v++)
            *(Unaligned *) (out + (o * PST_PRODUCT_VECTORS + v) * PST_LANES) = sum[o][v];
    }
}

static void finish_row(const Vector s[4], float bias, Mask relu, float *to)
{
    Vector even = s[0] + s[1] + s[2] + bias, odd = s[1] - s[2] - s[3] + bias;
    even = (Vector) ((Mask) even & ~((even < 0) & relu));
    odd = (Vector) ((Mask) odd & ~((odd < 0) & relu));
    *(Unaligned *) to = __builtin_shufflevector(even, odd, LOW);
    *(Unaligned *) (to + PST_LANES) = __builtin_shufflevector(even, odd, HIGH);
}

/* Aᵀ m A */
static void gather(const float *products, size_t plane, float bias, bool relu, float *row0,
                   float *row1)
{
    Vector top[4], bottom[4];
    Mask mask = (Mask){0} - (int) relu;
#pragma GCC unroll 4
    for (int x = 0; x < 4; x++, products += plane) {
        Vector m1 = load(products + 4 * plane), m2 = load(products + 8 * plane);
        top[x] = load(products) + m1 + m2;
        bottom[x] = m1 - m2 - load(products + 12 * plane);
    }
    finish_row(top, bias, mask, row0);
    finish_row(bottom, bias, mask, row1);
}

/* ---- Softmax ---------------------------------------------------------------------------------------- */

typedef unsigned Bits __attribute__((vector_size(4 * PST_LANES)));

static Vector larger(Vector a, Vector b)
{
    Mask first = a > b;
    return (Vector) (((Mask) a & first) | ((Mask) b & ~first));
}

/* 2^x for x <= 0, to the last digit or two; below 2^-126 it is that.  The whole part of x goes into the
 * exponent, the rest, [−1/2, 1/2], through a Taylor series. */
static Vector power_of_2(Vector x)
{
    const Vector magic =
        (Vector){0} + 0x1.8p23f; /* added, it leaves the whole part in the low bits */
    Vector shifted = larger(x, (Vector){0} - 126) + magic, y = (Vector){0} + 1.5403530e-4f;
    Vector rest = larger(x, (Vector){0} - 126) - (shifted - magic);
    y = y * rest + 1.3333558e-3f;
    y = y * rest + 9.6181291e-3f;
    y = y * rest + 5.5504109e-2f;
    y = y * rest + 2.4022651e-1f;
    y = y * rest + 6.9314718e-1f;
    y = y * rest + 1;
    return (Vector) ((Bits) y + ((Bits) shifted << 23));
}

static void softmax(float *scores, int count, float *factor)
{
    size_t step = (size_t) PST_PRODUCT_VECTORS * PST_LANES;
    for (int v = 0; v < PST_PRODUCT_VECTORS; v++, scores += PST_LANES, factor += PST_LANES) {
        Vector most = load(scores), sum = {0};
        for (int t = 1; t < count; t++)
            most = larger(load(scores + t * step), most);
        for (int t = 0; t < count; t++) {
            Vector power = power_of_2(load(scores + t * step) - most);
            *(Unaligned *) (scores + t * step) = power;
            sum += power;
        }
        *(Unaligned *) factor = 1 / sum;
    }
}

const PstDirectKernel PST_NAME = {
    PST_CHANNELS,        PST_VECTORS, PST_LANES, run,    PST_PRODUCT_CHANNELS,
    PST_PRODUCT_VECTORS, spread,      product,   gather, softmax,
};
