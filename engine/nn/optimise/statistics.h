/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Statistics of whole maps, and their gradients: channel means, centred Gram matrices, and maps that are normalised by
 * those.  Each position counts by its weight.  Sums are taken in a fixed order, whatever the number of threads.
 */
#pragma once

#include "nn/optimise/weights.h"

/* Floats of room that the functions below need for maps so wide. */
size_t pst_statistics_room(int channels, int width, int threads);

/* mean[C] and variance[C] of the map's channels. */
void pst_variances(const PstWeighed *in, float *mean, float *variance);

/* to[c] += weight · (dmean[c] + d[c] · (map[c] − mean[c])): what ∂L/∂mean / Σ weights and 2 ∂L/∂variance / Σ weights
 * give the map. */
void pst_variances_back(const PstWeighed *in, const float *mean, const float *d, const float *dmean,
                        PstMap *to);

/* mean[C], cov[C][C] = Σ weight · (x − mean)(x − mean)ᵀ / Σ weight. */
void pst_statistics(const PstWeighed *in, float *mean, float *cov);

/* to[c] += weight · (dmean[c] + Σ_k d[c][k] · (map[k] − mean[k])): what ∂L/∂mean / Σ weights and, `d` symmetric,
 * 2 ∂L/∂cov / Σ weights give the map. */
void pst_statistics_back(const PstWeighed *in, const float *mean, const float *d,
                         const float *dmean, PstMap *to);

/* v = (map − mean) / √(variance + PST_NORMAL_EPSILON), channel by channel; `v` is dense [C][h][w]. */
#define PST_NORMAL_EPSILON 1e-2
void pst_normalise(const PstWeighed *in, float *v);

/* The mean squared distance of the normalised map, whose means and variances these are, from `target`, times
 * `weight`; its gradient is added to `to`. */
double pst_normalised_back(const PstWeighed *in, const float *mean, const float *variance,
                           const float *target, double weight, PstMap *to);
