/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sorted projections of a map onto a few directions, and how far they are from others' (sliced Wasserstein; Heitz et
 * al. 2021, "A Sliced Wasserstein Loss for Neural Texture Synthesis").  Each position counts by its weight.
 */
#pragma once

#include "nn/optimise/weights.h"

#define PST_QUANTILES  512
#define PST_DIRECTIONS 16

/* Floats of room that the functions below need for maps of this size. */
size_t pst_sliced_room(int height, int width, int threads);

/* Unit vectors, the same for every map of as many channels: directions[PST_DIRECTIONS][channels]. */
void pst_directions(int channels, float *directions);

/* quantiles[PST_DIRECTIONS][PST_QUANTILES] of the map's projections. */
void pst_quantiles(const PstWeighed *in, const float *directions, float *quantiles);

/* The mean squared distance of the sorted projections from the quantiles, times `weight`; its gradient is
 * added to `to`. */
double pst_sliced_back(const PstWeighed *in, const float *directions, const float *quantiles,
                       double weight, PstMap *to);
