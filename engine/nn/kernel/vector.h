/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The small algebra around the maps: linear layers, and what turns a style code into plain weights.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* out[rows] = weight[rows][columns] · in + bias, negative values set to 0 if `relu` */
void pst_linear(int rows, int columns, const float *weight, const float *bias, bool relu,
                const float *in, float *out);

/* Weight modulation and demodulation (Karras et al. 2020, "Analyzing and Improving the Image Quality of
 * StyleGAN", eq. 1 and 3), with a dial: s[i] = 1 + strength · m[i],
 * out[o][i][t] = gain[o] · weight[o][i][t] · s[i] / √(Σ_i,t (weight[o][i][t] · s[i])² + 1e-8). */
void pst_modulate(int out_channels, int in_channels, int taps, const float *weight,
                  const float *gain, const float *m, float strength, float *out);

/* Adaptive instance normalisation (Huang & Belongie 2017, eq. 8) as a scale and a shift, with a dial:
 * γ' = max(0, (1 − strength) · σ + strength · gamma), β' = (1 − strength) · μ + strength · beta,
 * (x − μ) / σ · γ' + β' = x · scale + shift.  `moments` is μ[channels], then σ[channels]. */
void pst_adain(int channels, const float *moments, const float *gamma, const float *beta,
               float strength, float *scale, float *shift);
