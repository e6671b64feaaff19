/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/blur.h"

#include <stddef.h>

#define COLUMNS 32 /* summed side by side, so that rows are read in whole lines of the cache */

static void blur_row(const float *from, float *to, int width, int radius)
{
    double sum = 0;
    int first = 0, last = 0; /* the window [first, last) that the sum is of */
    for (int i = 0; i < width; i++) {
        for (; last < width && last <= i + radius; last++)
            sum += from[last];
        for (; first < i - radius; first++)
            sum -= from[first];
        to[i] = (float) (sum / (last - first));
    }
}

/* The same down `count` columns, of which the first begins at `from`. */
static void blur_columns(const float *from, float *to, int width, int count, int height, int radius)
{
    double sums[COLUMNS] = {0};
    int first = 0, last = 0;
    for (int y = 0; y < height; y++, to += width) {
        for (; last < height && last <= y + radius; last++)
            for (int x = 0; x < count; x++)
                sums[x] += from[(size_t) last * width + x];
        for (; first < y - radius; first++)
            for (int x = 0; x < count; x++)
                sums[x] -= from[(size_t) first * width + x];
        for (int x = 0; x < count; x++)
            to[x] = (float) (sums[x] / (last - first));
    }
}

void pst_blur(float *values, float *scratch, int width, int height, int radius, int threads)
{
#pragma omp parallel for num_threads(threads)
    for (int y = 0; y < height; y++)
        blur_row(values + (size_t) y * width, scratch + (size_t) y * width, width, radius);
#pragma omp parallel for num_threads(threads)
    for (int x = 0; x < width; x += COLUMNS)
        blur_columns(scratch + x, values + x, width, width - x < COLUMNS ? width - x : COLUMNS,
                     height, radius);
}
