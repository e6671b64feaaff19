/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/optimise/variation.h"

#include <stddef.h>

#define TINY  1e-6
#define PARTS 64  /* of the rows of a picture, each summed for itself */
#define BLOCK 256 /* pixels, few enough to be summed as float */

PstPairs pst_pairs_of(const float *weights, int width, int height)
{
    PstPairs pairs = {weights, width, height, 0, 0};
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            float weight = weights[(size_t) y * width + x];
            pairs.across += x + 1 < width ? weight : 0;
            pairs.down += y + 1 < height ? weight : 0;
        }
    }
    pairs.across = pairs.across > TINY ? pairs.across : TINY;
    pairs.down = pairs.down > TINY ? pairs.down : TINY;
    return pairs;
}

/* What a difference costs, its absolute value and its square. */
typedef struct {
    float l1, l2;
} Price;

/* What the differences b − a cost, weighted; and to the gradient of each pixel is added that of one side: of b
 * (sign 1) or of a (−1). */
static double differences(Price price, const float *a, const float *b, const float *weights,
                          int count, float sign, float *restrict gradient)
{
    double cost = 0;
    for (int from = 0; from < count; from += BLOCK) {
        int until = from + BLOCK < count ? from + BLOCK : count;
        float some = 0;
#pragma omp simd reduction(+ : some)
        for (int i = from; i < until; i++) {
            float d = b[i] - a[i], side = (float) ((d > 0) - (d < 0));
            gradient[i] += sign * weights[i] * (price.l1 * side + 2 * price.l2 * d);
            some += weights[i] * (price.l1 * side * d + price.l2 * d * d);
        }
        cost += some;
    }
    return cost;
}

/* Row y of a plane: what it costs to the right and below, and the gradient from all four sides. */
static double row_cost(const PstPairs *pairs, Price across, Price down, int y, const float *row,
                       float *gradient)
{
    int w = pairs->width;
    const float *weights = pairs->weights + (size_t) y * w;
    double cost = differences(across, row, row + 1, weights, w - 1, -1, gradient);
    differences(across, row, row + 1, weights, w - 1, 1, gradient + 1);
    if (y + 1 < pairs->height)
        cost += differences(down, row, row + w, weights, w, -1, gradient);
    if (y > 0)
        differences(down, row - w, row, weights - w, w, 1, gradient);
    return cost;
}

double pst_variation(const PstPairs *pairs, double l1, double l2, int threads, const float *picture,
                     float *gradient)
{
    int w = pairs->width, h = pairs->height, parts = h < PARTS ? h : PARTS;
    double right = 1 / (3 * pairs->across), below = 1 / (3 * pairs->down);
    Price across = {(float) (l1 * right), (float) (l2 * right)};
    Price down = {(float) (l1 * below), (float) (l2 * below)};
    double costs[PARTS] = {0}, all = 0;
#pragma omp parallel for num_threads(threads)
    for (int part = 0; part < parts; part++) {
        for (int i = 3 * h * part / parts; i < 3 * h * (part + 1) / parts; i++)
            costs[part] += row_cost(pairs, across, down, i % h, picture + (size_t) i * w,
                                    gradient + (size_t) i * w);
    }
    for (int part = 0; part < parts; part++)
        all += costs[part];
    return all;
}
