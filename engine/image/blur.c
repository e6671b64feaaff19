/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/blur.h"

#include <stddef.h>

#define COLUMNS 32 /* summed side by side, so that rows are read in whole lines of the cache */
#define ROWS    8  /* so that no sum waits for the one before */

/* Of `count` rows, at most ROWS, side by side. */
static inline void blur_rows(const float *from, float *to, int width, int count, int radius)
{
    double sums[ROWS] = {0};
    int first = 0, last = 0; /* the window [first, last) that the sums are of */
    for (int i = 0; i < width; i++) {
        for (; last < width && last <= i + radius; last++)
            for (int y = 0; y < count; y++)
                sums[y] += from[(size_t) y * width + last];
        for (; first < i - radius; first++)
            for (int y = 0; y < count; y++)
                sums[y] -= from[(size_t) y * width + first];
        double share = 1.0 / (last - first);
        for (int y = 0; y < count; y++)
            to[(size_t) y * width + i] = (float) (sums[y] * share);
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
        double share = 1.0 / (last - first);
        for (int x = 0; x < count; x++)
            to[x] = (float) (sums[x] * share);
    }
}

void pst_blur(float *values, float *scratch, int width, int height, int radius, int threads)
{
#pragma omp parallel for num_threads(threads)
    for (int y = 0; y < height; y += ROWS) {
        const float *from = values + (size_t) y * width;
        float *to = scratch + (size_t) y * width;
        if (height - y >= ROWS)
            blur_rows(from, to, width, ROWS, radius); /* a number that the compiler knows */
        else
            blur_rows(from, to, width, height - y, radius);
    }
#pragma omp parallel for num_threads(threads)
    for (int x = 0; x < width; x += COLUMNS)
        blur_columns(scratch + x, values + x, width, width - x < COLUMNS ? width - x : COLUMNS,
                     height, radius);
}
