/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Statistics of whole maps, and their gradients: channel means, centred Gram matrices, and sorted
 * projections (sliced Wasserstein).  Each position counts by its weight.  Sums are taken in a fixed order, whatever
 * the number of threads.
 */
#pragma once

#include "nn/kernel/map.h"
#include "nn/optimise/weights.h"
#include "nn/status.h"

#include <stdbool.h>

#define PST_QUANTILES  512
#define PST_DIRECTIONS 16

/* mean[C] and variance[C] of the map's channels. */
void pst_variances(const PstMap *map, const PstWeights *weights, int threads, float *mean,
                   float *variance);

/* to[c] += weight · (dmean[c] + d[c] · (map[c] − mean[c])): what ∂L/∂mean / Σ weights and 2 ∂L/∂variance / Σ weights
 * give the map. */
void pst_variances_back(const PstMap *map, const PstWeights *weights, int threads,
                        const float *mean, const float *d, const float *dmean, PstMap *to);

/* Floats of room that the functions below need for maps of this size. */
size_t pst_statistics_room(int channels, int height, int width, int threads, bool sliced);

/* mean[C], cov[C][C] = Σ weight · (x − mean)(x − mean)ᵀ / Σ weight. */
void pst_statistics(const PstMap *map, const PstWeights *weights, int threads, float *mean,
                    float *cov, float *room);

/* to[c] += weight · (dmean[c] + Σ_k d[c][k] · (map[k] − mean[k])): what ∂L/∂mean / Σ weights and, `d` symmetric,
 * 2 ∂L/∂cov / Σ weights give the map. */
void pst_statistics_back(const PstMap *map, const PstWeights *weights, int threads,
                         const float *mean, const float *d, const float *dmean, PstMap *to,
                         float *room);

/* Unit vectors, the same for every map of as many channels: directions[PST_DIRECTIONS][channels]. */
void pst_directions(int channels, float *directions);

/* quantiles[PST_DIRECTIONS][PST_QUANTILES] of the map's projections. */
void pst_quantiles(const PstMap *map, const PstWeights *weights, int threads,
                   const float *directions, float *quantiles, float *room);

/* The mean squared distance of the sorted projections from the quantiles, times `weight`; its gradient is
 * added to `to`. */
double pst_sliced_back(const PstMap *map, const PstWeights *weights, int threads,
                       const float *directions, const float *quantiles, double weight, PstMap *to,
                       float *room);

/* v = (map − mean) / √(variance + PST_NORMAL_EPSILON), channel by channel; `v` is dense [C][h][w]. */
#define PST_NORMAL_EPSILON 1e-2
void pst_normalise(const PstMap *map, const PstWeights *weights, int threads, float *v);

/* The mean squared distance of the normalised map, whose means and variances these are, from `target`, times
 * `weight`; its gradient is added to `to`. */
double pst_normalised_back(const PstMap *map, const PstWeights *weights, int threads,
                           const float *mean, const float *variance, const float *target,
                           double weight, PstMap *to, float *room);
