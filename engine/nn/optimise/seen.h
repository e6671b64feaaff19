/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a graph sees in a whole picture: statistics of some of its maps, or samples, on the way forward alone.
 */
#pragma once

#include "nn/optimise/gradient.h"

/* Of one map of C channels; the caller's memory.  See statistics.h and sliced.h. */
typedef struct {
    int node;
    float *mean;      /* [C] */
    float *cov;       /* [C][C] */
    float *quantiles; /* [PST_DIRECTIONS][PST_QUANTILES], or NULL: not wanted */
    float *patches;   /* [PST_PATCHES][C], see nearest.h, or NULL: likewise */
} PstSeen;

typedef struct {
    int width, height; /* multiples of the nodes' pst_taps_unit(), and at least twice that */
    int threads;
    size_t memory; /* limit in bytes; 0 = none */
} PstSeeOptions;

/* Fills seen[count], each node once, for a picture of planes without gaps, [3][height][width], whose pixels count by
 * weights[height][width], see weights.h, or NULL: all alike.  Errors as pst_gradient_new(). */
PstStatus pst_see(const PstGraph *graph, const PstSeeOptions *options, const float *picture,
                  const float *weights, PstSeen *seen, int count, PstPulse pulse, void *user,
                  PstMessage *message);

/* The bytes that it takes, where no more of PstSeen is read than the nodes, and whether quantiles are
 * wanted; without the samples, which are the caller's.  Errors likewise. */
PstStatus pst_see_plan(const PstGraph *graph, const PstSeeOptions *options, const PstSeen *seen,
                       int count, size_t *bytes, PstMessage *message);
