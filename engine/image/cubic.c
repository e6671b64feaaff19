/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/cubic.h"

#include <math.h>

double pst_cubic_blur(int from, int to)
{
    return fmin(fmax((double) to / from - 1, 0), 1);
}

double pst_cubic_position(int i, int from, int to)
{
    return (i + 0.5) * from / to - 0.5;
}

void pst_cubic_weights(double at, double blur, int *first, float weights[4])
{
    double floor_at = floor(at), t = at - floor_at, b = blur, c = (1 - blur) / 2;
    *first = (int) floor_at - 1;
    for (int k = 0; k < 4; k++) {
        double x = fabs(t + 1 - k);
        double near = ((12 - 9 * b - 6 * c) * x - 18 + 12 * b + 6 * c) * x * x + 6 - 2 * b;
        double far =
            (((-b - 6 * c) * x + 6 * b + 30 * c) * x - 12 * b - 48 * c) * x + 8 * b + 24 * c;
        weights[k] = (float) ((x < 1 ? near : far) / 6);
    }
}
