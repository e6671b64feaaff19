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

/* Of what is to the right of and below (x0, y0), and before (x1, y1), one pixel at least. */
static float mean_of(PstPictureWeights picture, int x0, int y0, int x1, int y1)
{
    float sum = 0;
    x1 = x1 > x0 ? x1 : x0 + 1;
    y1 = y1 > y0 ? y1 : y0 + 1;
    for (int y = y0; y < y1; y++)
        for (int x = x0; x < x1; x++)
            sum += picture.values[(size_t) y * picture.width + x];
    return sum / (float) ((x1 - x0) * (y1 - y0));
}

/* The first of `size` pixels that cell `i` of `count` has. */
static int edge(int i, int size, int count)
{
    return (int) ((long long) i * size / count);
}

PstWeights pst_weights_of(PstPictureWeights picture, int width, int height, float *to)
{
    double sum = 0;
    float *value = to;
    for (int y = 0; y < height; y++) {
        int y0 = edge(y, picture.height, height), y1 = edge(y + 1, picture.height, height);
        for (int x = 0, x0 = 0, x1; x < width; x++, value++, x0 = x1) {
            x1 = edge(x + 1, picture.width, width);
            *value = picture.values ? mean_of(picture, x0, y0, x1, y1) : 1;
            sum += *value;
        }
    }
    return (PstWeights){to, width, sum > TINY ? sum : TINY};
}
