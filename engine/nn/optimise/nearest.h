/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nearest neighbours among a style's patches (Kolkin et al. 2022, "Neural Neighbor Style Transfer", sections
 * 3.2 and 3.3): each position of a map is drawn towards the patch that is most like it, so that what becomes of
 * a sky is some part of the style, and not the mean of all.
 *
 * A patch is what a graph sees at one position: the C values of a map there.  Positions count by their weights.
 */
#pragma once

#include "nn/kernel/map.h"
#include "nn/optimise/weights.h"

#include <stddef.h>

/* Of a style, at most so many patches are looked at: with four times as many, pictures look the same.  Where a
 * `count` is asked for, it is a divisor of that, at least 64, and every (PST_PATCHES / count)-th is looked at. */
#define PST_PATCHES 1024

/* patches[PST_PATCHES][C]: those of the map, spread evenly over what counts; of a smaller map some are there several
 * times. */
void pst_patches_of(const PstMap *map, const PstWeights *weights, float *patches);

/* Some of a style's patches, which positions are compared with. */
typedef struct {
    int count, channels;
    const float *unit; /* [count][C]: patch − mean, each divided by its length */
    const float *mean; /* [C], the style's */
    float softness;    /* is added to squared lengths, so that those of nothing count for nothing */
} PstPatches;

/* `count` of patches[PST_PATCHES][C]; `unit` is written.  The result lasts as long as `unit` and `mean`. */
PstPatches pst_patches_unit(int channels, const float *patches, const float *mean, int count,
                            float *unit);

/* Floats of room that the functions below need for a map of this size. */
size_t pst_nearest_room(int channels, int height, int width, int threads);

/* match[height · width]: the patch of the smallest angle to the map's value at each position, from `mean`, the
 * map's own; the first of equal ones.  place[count], likewise: the position of the smallest angle to each patch, by
 * weight · cos. */
void pst_nearest_find(const PstWeighed *in, const PstPatches *patches, const float *mean,
                      int *match, int *place);

/* The mean of 1 − cos of the angles between the map's values and their patches, from the style's mean, times
 * `weight`; its gradient, the matches held, is added to `to`. */
double pst_nearest_back(const PstWeighed *in, const PstPatches *patches, const int *match,
                        double weight, PstMap *to);

/* The same of the angles between the patches and the map's values at their places, so that whatever the style has
 * is found somewhere (Kolkin, Salavon and Shakhnarovich 2019, eq. 3).  Where there are more positions than patches,
 * it is the sum over the patches divided by the positions: no place is drawn harder than by its own patch. */
double pst_coverage_back(const PstWeighed *in, const PstPatches *patches, const int *place,
                         double weight, PstMap *to);
