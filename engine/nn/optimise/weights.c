/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/optimise/weights.h"

#define TINY     1e-9
#define ROUNDING 1e-5f /* what resampling makes of 1 is 1 */

void pst_weights_scale(float *values, size_t count)
{
    float most = 0;
    for (size_t i = 0; i < count; i++)
        most = values[i] > most ? values[i] : most;
    for (size_t i = 0; i < count; i++)
        values[i] = values[i] < (1 - ROUNDING) * most ? values[i] / most : 1;
}

/* Of the cell of side² values that begins there. */
static float mean_of(const float *cell, int side, size_t stride)
{
    float sum = 0;
    for (int y = 0; y < side; y++, cell += stride)
        for (int x = 0; x < side; x++)
            sum += cell[x];
    return sum / (float) (side * side);
}

PstWeights pst_weights_of(const float *picture, int reduction, int width, int height, float *to)
{
    size_t stride = (size_t) width * reduction;
    double sum = 0;
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            float *value = &to[(size_t) y * width + x];
            *value = picture ? mean_of(picture + ((size_t) y * stride + x) * reduction, reduction,
                                       stride)
                             : 1;
            sum += *value;
        }
    }
    return (PstWeights){to, width, sum > TINY ? sum : TINY};
}
