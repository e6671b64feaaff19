/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What one layer of a loss aims at, and what the terms of loss.h come to there.
 */
#pragma once

#include "nn/kernel/map.h"
#include "nn/optimise/loss.h"
#include "nn/optimise/nearest.h"

#include <stdbool.h>

typedef struct {
    PstLossLayer layer;
    int channels;
    bool matched; /* whether what is nearest counts */
    float *counts;
    PstWeights weights; /* in `counts` */
    float *content;     /* normalised map */
    float *mean, *cov;  /* of the style */
    float *directions, *quantiles;
    float *now_mean, *now_variance, *now_cov;
    float *d, *dmean, *dvariance; /* derivatives; d, by now_cov */
    float *unit;
    PstPatches patches; /* in `unit` and `mean` */
    int *match, *place;
} PstAim;

/* Without arrays; those come from pst_aim_lay_out(). */
PstAim pst_aim_of(const PstGraph *graph, const PstLossOptions *options, const PstLossLayer *layer);

/* Gives the aim its arrays for a map of this size, from block[*used] on, which it counts up; counts alone where there
 * is no block.  Returns the floats of room that pst_aim_terms() needs. */
size_t pst_aim_lay_out(PstAim *aim, const PstLossOptions *options, const PstMap *map, float *block,
                       size_t *used);

/* Copies what a style is like here. */
void pst_aim_set_style(PstAim *aim, const PstLossOptions *options, const PstSeen *seen);

/* The terms of a map, content and style by such weights, and in `seed` their gradient.  With `search`, what is
 * nearest is found anew. */
double pst_aim_terms(PstAim *aim, const PstLossOptions *options, double content, double style,
                     bool search, const PstMap *map, PstMap *seed, float *room);
