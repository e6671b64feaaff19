/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inner loops of processor.h, compiled once for each kind of processor with
 *   PST_NAME      the name of what is made here,
 *   PST_LANES     floats in a vector register,
 *   PST_CHANNELS  output channels a block, and PST_VECTORS vectors of pixels: together with the inputs and
 *                 one weight, they fill the registers; and PST_PRODUCT_CHANNELS and PST_PRODUCT_VECTORS alike.
 */
#include "nn/kernel/processor.h"

enum { PIXELS = PST_LANES * PST_VECTORS, PRODUCT_PIXELS = PST_LANES * PST_PRODUCT_VECTORS };
enum { PRODUCT = PST_PRODUCT_CHANNELS * PRODUCT_PIXELS };
_Static_assert(PST_LANES <= PST_PROCESSOR_LANES_MAX, "room for a vector");
_Static_assert(PST_CHANNELS <= PST_PROCESSOR_CHANNELS_MAX, "room for channels");
_Static_assert(PST_PRODUCT_CHANNELS <= PST_PROCESSOR_CHANNELS_MAX, "room for channels");
_Static_assert(PIXELS <= PST_PROCESSOR_PIXELS_MAX, "room for pixels");
_Static_assert(PRODUCT_PIXELS <= PST_PROCESSOR_PIXELS_MAX, "room for pixels");
_Static_assert(PRODUCT <= PST_PROCESSOR_PRODUCT_MAX, "room for a product");
_Static_assert(64 % PST_PRODUCT_CHANNELS == 0, "whole blocks of patches, see nearest.h");

/* ---- A convolution ----------------------------------------------------------------------------------- */

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

/* ---- Winograd's tiles -------------------------------------------------------------------------------- */

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

static void store(float *to, Vector value)
{
    *(Unaligned *) to = value;
}

static void split_2(const float *pixels, int vectors, float *to, size_t phase)
{
    for (int v = 0; v < vectors; v++, pixels += 2 * PST_LANES, to += PST_LANES) {
        Vector a = load(pixels), b = load(pixels + PST_LANES);
        store(to, __builtin_shufflevector(a, b, EVEN));
        store(to + phase, __builtin_shufflevector(a, b, ODD));
    }
    to[0] = pixels[0];
    to[phase] = pixels[1];
}

static void split_4(const float *pixels, int vectors, float *to, size_t phase)
{
    for (int v = 0; v < vectors; v++, pixels += 4 * PST_LANES, to += PST_LANES) {
        Vector a = load(pixels), b = load(pixels + PST_LANES);
        Vector c = load(pixels + 2 * PST_LANES), d = load(pixels + 3 * PST_LANES);
        Vector even_ab = __builtin_shufflevector(a, b, EVEN);
        Vector even_cd = __builtin_shufflevector(c, d, EVEN);
        Vector odd_ab = __builtin_shufflevector(a, b, ODD);
        Vector odd_cd = __builtin_shufflevector(c, d, ODD);
        store(to, __builtin_shufflevector(even_ab, even_cd, EVEN));
        store(to + phase, __builtin_shufflevector(odd_ab, odd_cd, EVEN));
        store(to + 2 * phase, __builtin_shufflevector(even_ab, even_cd, ODD));
        store(to + 3 * phase, __builtin_shufflevector(odd_ab, odd_cd, ODD));
    }
    to[0] = pixels[0];
    to[phase] = pixels[1];
}

/* Of the functions below, which take m, a copy is made for each: nothing of it is left to decide at run time. */
#define COPIED static inline __attribute__((always_inline))
#define WIDE   6 /* inputs of the largest tile, across */
#define ROOT_2 1.41421356f

/* to[i · step] = Bᵀ d */
COPIED void input_transform(int m, const Vector *d, Vector *to, size_t step)
{
    if (m == 2) {
        to[0] = d[0] - d[2];
        to[step] = d[1] + d[2];
        to[2 * step] = d[2] - d[1];
        to[3 * step] = d[1] - d[3];
        return;
    }
    Vector even = d[4] - 2 * d[2], odd = ROOT_2 / 2 * d[3] - ROOT_2 * d[1];
    to[0] = d[0] - 2.5f * d[2] + d[4];
    to[step] = even + odd;
    to[2 * step] = even - odd;
    even = d[4] - 0.5f * d[2];
    odd = ROOT_2 * d[3] - ROOT_2 / 2 * d[1];
    to[3 * step] = even + odd;
    to[4 * step] = even - odd;
    to[5 * step] = d[1] - 2.5f * d[3] + d[5];
}

COPIED void spread(int m, const float *patch, size_t row, size_t phase, size_t next, float *to,
                   size_t plane)
{
    Vector across[WIDE][WIDE], pixels[WIDE], down[WIDE];
#pragma GCC unroll 6
    for (int y = 0; y < m + 2; y++, patch += row) {
#pragma GCC unroll 6
        for (int x = 0; x < m + 2; x++) /* the last two are the next tile's first */
            pixels[x] = load(patch + x % m * phase + x / m * next);
        input_transform(m, pixels, &across[0][y], WIDE);
    }
#pragma GCC unroll 6
    for (int x = 0; x < m + 2; x++, to += plane) {
        input_transform(m, across[x], down, 1);
#pragma GCC unroll 6
        for (int y = 0; y < m + 2; y++)
            store(to + (m + 2) * plane * y, down[y]);
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

/* to[i · step] = Aᵀ p */
COPIED void output_transform(int m, const Vector *p, Vector *to, size_t step)
{
    if (m == 2) {
        to[0] = p[0] + p[1] + p[2];
        to[step] = p[1] - p[2] - p[3];
        return;
    }
    Vector near = p[1] + p[2], near_odd = p[1] - p[2], far = p[3] + p[4], far_odd = p[3] - p[4];
    to[0] = p[0] + near + far;
    to[step] = ROOT_2 / 2 * near_odd + ROOT_2 * far_odd;
    to[2 * step] = 0.5f * near + 2 * far;
    to[3 * step] = ROOT_2 / 4 * near_odd + 2 * ROOT_2 * far_odd + p[5];
}

/* What split() took apart. */
COPIED void join(int m, const Vector *v, float *to)
{
    if (m == 2) {
        store(to, __builtin_shufflevector(v[0], v[1], LOW));
        store(to + PST_LANES, __builtin_shufflevector(v[0], v[1], HIGH));
        return;
    }
    Vector even_low = __builtin_shufflevector(v[0], v[2], LOW);
    Vector even_high = __builtin_shufflevector(v[0], v[2], HIGH);
    Vector odd_low = __builtin_shufflevector(v[1], v[3], LOW);
    Vector odd_high = __builtin_shufflevector(v[1], v[3], HIGH);
    store(to, __builtin_shufflevector(even_low, odd_low, LOW));
    store(to + PST_LANES, __builtin_shufflevector(even_low, odd_low, HIGH));
    store(to + 2 * PST_LANES, __builtin_shufflevector(even_high, odd_high, LOW));
    store(to + 3 * PST_LANES, __builtin_shufflevector(even_high, odd_high, HIGH));
}

COPIED void gather(int m, const float *products, size_t plane, float bias, bool relu,
                   float *const *rows)
{
    Vector down[WIDE][WIDE], column[WIDE], pixels[WIDE];
    Mask mask = (Mask){0} - (int) relu;
#pragma GCC unroll 6
    for (int x = 0; x < m + 2; x++, products += plane) {
#pragma GCC unroll 6
        for (int y = 0; y < m + 2; y++)
            column[y] = load(products + (m + 2) * plane * y);
        output_transform(m, column, &down[0][x], WIDE);
    }
#pragma GCC unroll 4
    for (int y = 0; y < m; y++) {
        output_transform(m, down[y], pixels, 1);
#pragma GCC unroll 4
        for (int x = 0; x < m; x++) {
            Vector value = pixels[x] + bias;
            pixels[x] = (Vector) ((Mask) value & ~((value < 0) & mask));
        }
        join(m, pixels, rows[y]);
    }
}

#define TILES(m)                                                                                   \
    static void spread_##m(const float *patch, size_t row, size_t phase, size_t next, float *to,   \
                           size_t plane)                                                           \
    {                                                                                              \
        spread(m, patch, row, phase, next, to, plane);                                             \
    }                                                                                              \
    static void gather_##m(const float *products, size_t plane, float bias, bool relu,             \
                           float *const *rows)                                                     \
    {                                                                                              \
        gather(m, products, plane, bias, relu, rows);                                              \
    }

TILES(2)
TILES(4)

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

/* ---- The best ---------------------------------------------------------------------------------------- */

typedef int Places __attribute__((vector_size(4 * PST_LANES), aligned(4), may_alias));

static void keep_best(const float *scores, int number, float *best, int *which)
{
    for (int v = 0; v < PST_PRODUCT_VECTORS; v++) {
        Vector most = load(best + v * PST_LANES);
        Mask place = *(const Places *) (which + v * PST_LANES);
#pragma GCC unroll 8
        for (int i = 0; i < PST_PRODUCT_CHANNELS; i++) {
            Vector score = load(scores + (i * PST_PRODUCT_VECTORS + v) * PST_LANES);
            Mask better = score > most;
            most = (Vector) (((Mask) score & better) | ((Mask) most & ~better));
            place = (((Mask){0} + (number + i)) & better) | (place & ~better);
        }
        *(Unaligned *) (best + v * PST_LANES) = most;
        *(Places *) (which + v * PST_LANES) = place;
    }
}

const PstProcessor PST_NAME = {
    .channels = PST_CHANNELS,
    .vectors = PST_VECTORS,
    .lanes = PST_LANES,
    .run = run,
    .product_channels = PST_PRODUCT_CHANNELS,
    .product_vectors = PST_PRODUCT_VECTORS,
    .product = product,
    .tiles = {{2, split_2, spread_2, gather_2}, {4, split_4, spread_4, gather_4}},
    .softmax = softmax,
    .keep_best = keep_best,
};
