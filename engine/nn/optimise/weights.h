/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How much each position of a map counts in its statistics: what is transparent, or another region's, does not.
 */
#pragma once

#include "nn/kernel/map.h"

#include <stddef.h>

typedef struct {
    const float *values; /* [height][width] of [0, 1], borrowed */
    int width;
    double sum; /* > 0 */
} PstWeights;

/* The largest become 1, and all of them where none is > 0: what counts is how they compare. */
void pst_weights_scale(float *values, size_t count);

/* A picture's, [height][width], or NULL: all 1. */
typedef struct {
    const float *values;
    int width, height;
} PstPictureWeights;

/* Of a map of width × height that sees such a picture, evenly: their means, in to[height][width], which lasts as long
 * as the result. */
PstWeights pst_weights_of(PstPictureWeights picture, int width, int height, float *to);

/* A map whose positions count so, and what works on it. */
typedef struct {
    const PstMap *map;
    const PstWeights *weights;
    int threads;
    float *room; /* as much as the functions ask for that take it */
} PstWeighed;

static inline const float *pst_weights_row(const PstWeights *weights, int y)
{
    return weights->values + (size_t) weights->width * (size_t) y;
}
