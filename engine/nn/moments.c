/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/moments.h"

#include <math.h>

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
        double first = 0, second = 0;
        for (int y = box.y0; y < box.y1; y++) {
            const float *w = pst_map_row(weights, 0, y), *v = pst_map_row(in, c, y);
            for (int x = box.x0; x < box.x1; x++) {
                double weighted = (double) w[x] * v[x];
                first += weighted;
                second += weighted * v[x];
            }
        }
        sums[1 + 2 * c] = first;
        sums[2 + 2 * c] = second;
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
