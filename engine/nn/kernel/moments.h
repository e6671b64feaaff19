/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Mean and standard deviation of each channel of a map, weighted by pixel.  Sums are taken in double box
 * by box and added in a fixed order, so that neither tiles nor threads change a bit of them.
 */
#pragma once

#include "nn/kernel/map.h"

#define PST_MOMENTS_EPSILON 1e-5 /* added to the variance */

/* Doubles in the sums of one box. */
static inline size_t pst_moments_sums(int channels)
{
    return 1 + 2 * (size_t) channels;
}

/* sums = { Σ w, then for each channel Σ w·x, Σ w·x² } over `box`; `weights` has one channel. */
void pst_moments_box(const PstMap *in, const PstMap *weights, PstBox box, double *sums);

/* out[channels] = means, out[channels … 2·channels) = √(variance + ε), from the sums of `boxes` boxes in
 * order.  Where all weights are 0, mean and variance are 0. */
void pst_moments_finish(int channels, const double *sums, size_t boxes, float *out);
