/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/kernel/moments.h"

#include <math.h>

#define LANES 8 /* sums side by side, so that none waits for the one before */

/* Adds the pixels of a row to the sums, each to that of its column. */
static void add_row(const float *w, const float *v, int count, double *first, double *second)
{
    int x = 0;
    for (; x + LANES <= count; x += LANES) {
        for (int i = 0; i < LANES; i++) {
            double weighted = (double) w[x + i] * v[x + i];
            first[i] += weighted;
            second[i] += weighted * v[x + i];
        }
    }
    for (int i = 0; x + i < count; i++) {
        double weighted = (double) w[x + i] * v[x + i];
        first[i] += weighted;
        second[i] += weighted * v[x + i];
    }
}

void pst_moments_box(const PstMap *in, const PstMap *weights, PstBox box, double *sums)
{
    double total = 0;
    for (int y = box.y0; y < box.y1; y++) {
        const float *w = pst_map_row(weights, 0, y);
        for (int x = box.x0; x < box.x1; x++)
            total += w[x];
    }
    sums[0] = total;
    for (int c = 0; c < in->channels; c++) {
        double first[LANES] = {0}, second[LANES] = {0};
        for (int y = box.y0; y < box.y1; y++)
            add_row(pst_map_row(weights, 0, y) + box.x0, pst_map_row(in, c, y) + box.x0,
                    box.x1 - box.x0, first, second);
        sums[1 + 2 * c] = sums[2 + 2 * c] = 0;
        for (int i = 0; i < LANES; i++) {
            sums[1 + 2 * c] += first[i];
            sums[2 + 2 * c] += second[i];
        }
    }
}

void pst_moments_finish(int channels, const double *sums, size_t boxes, float *out)
{
    size_t step = pst_moments_sums(channels);
    double total = 0;
    for (size_t i = 0; i < boxes; i++)
        total += sums[i * step];
    for (int c = 0; c < channels; c++) {
        double first = 0, second = 0;
        for (size_t i = 0; i < boxes; i++) {
            first += sums[i * step + 1 + 2 * c];
            second += sums[i * step + 2 + 2 * c];
        }
        double mean = total > 0 ? first / total : 0;
        double variance = total > 0 ? second / total - mean * mean : 0;
        out[c] = (float) mean;
        out[channels + c] = (float) sqrt((variance > 0 ? variance : 0) + PST_MOMENTS_EPSILON);
    }
}
