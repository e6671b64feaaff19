/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/kernel/vector.h"

#include <math.h>

void pst_linear(int rows, int columns, const float *weight, const float *bias, bool relu,
                const float *in, float *out)
{
    for (int r = 0; r < rows; r++) {
        double sum = bias[r];
        for (int c = 0; c < columns; c++)
            sum += (double) weight[(size_t) r * columns + c] * in[c];
        out[r] = relu && sum < 0 ? 0 : (float) sum;
    }
}

void pst_modulate(int out_channels, int in_channels, int taps, const float *weight,
                  const float *gain, const float *m, float strength, float *out)
{
    size_t row = (size_t) in_channels * taps;
    for (int o = 0; o < out_channels; o++, weight += row, out += row) {
        double norm = 1e-8;
        for (int i = 0; i < in_channels; i++) {
            double s = 1 + (double) strength * m[i];
            for (int t = 0; t < taps; t++) {
                double w = s * weight[i * taps + t];
                norm += w * w;
            }
        }
        double scale = gain[o] / sqrt(norm);
        for (int i = 0; i < in_channels; i++) {
            double s = scale * (1 + (double) strength * m[i]);
            for (int t = 0; t < taps; t++)
                out[i * taps + t] = (float) (s * weight[i * taps + t]);
        }
    }
}

void pst_adain(int channels, const float *moments, const float *gamma, const float *beta,
               float strength, float *scale, float *shift)
{
    for (int c = 0; c < channels; c++) {
        float mean = moments[c], deviation = moments[channels + c];
        float g = (1 - strength) * deviation + strength * gamma[c];
        float b = (1 - strength) * mean + strength * beta[c];
        scale[c] = (g > 0 ? g : 0) / deviation;
        shift[c] = b - mean * scale[c];
    }
}
