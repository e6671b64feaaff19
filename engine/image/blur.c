/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/blur.h"

#include <stddef.h>

/* Mean over the window of 2·radius + 1 that fits into [0, count), along one line with this step. */
static void blur_line(const float *from, float *to, int count, size_t step, int radius)
{
    double sum = 0;
    int first = 0, last = 0; /* the window [first, last) that the sum is of */
    for (int i = 0; i < count; i++) {
        for (; last < count && last <= i + radius; last++)
            sum += from[last * step];
        for (; first < i - radius; first++)
            sum -= from[first * step];
        to[i * step] = (float) (sum / (last - first));
    }
}

void pst_blur(float *values, float *scratch, int width, int height, int radius)
{
    for (int y = 0; y < height; y++)
        blur_line(values + (size_t) y * width, scratch + (size_t) y * width, width, 1, radius);
    for (int x = 0; x < width; x++)
        blur_line(scratch + x, values + x, height, width, radius);
}
