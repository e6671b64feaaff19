/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What Refine makes small (Gatys et al. 2016, "Image Style Transfer Using Convolutional Neural Networks",
 * eq. 7, balanced):
 *
 *     L = α · content + β · style + γ₁ · mean |∇x| + γ₂ · mean (∇x)²
 *
 * content: mean squared distance of the maps, each channel normalised to mean 0 and deviation 1 (what is
 * where, whatever its colour).  style: of each layer the squared distance of the centred Gram matrices, of
 * means and deviations, or of the sorted projections, divided by what the two sides hold; or of the angles to
 * the style's nearest patches, and from all of those (nearest.h), where maps are smaller than the picture.  So no
 * layer and no style weighs more than another, and one setting suits all.  Means and sums are weighted ones, pixel by
 * pixel.
 *
 * Pictures are planes of floats without gaps, [3][height][width].
 */
#pragma once

#include "nn/optimise/seen.h"

typedef struct {
    int node;
    double content, style; /* share of the layer, >= 0 */
} PstLossLayer;

typedef struct {
    int width, height; /* multiples of the layers' pst_taps_unit(), and at least twice that */
    int threads;
    size_t memory;              /* limit in bytes; 0 = none */
    const PstLossLayer *layers; /* each node once, at least one */
    int layer_count;
    double content, style, tv, tv2; /* α, β, γ₁, γ₂; >= 0 */
    /* Parts of style, >= 0; no coverage without nearest. */
    double gram, moments, sliced, nearest, coverage;
    int tile;    /* side of what is looked at together (tiling.h); 0 = all */
    int patches; /* that are looked at for the nearest (nearest.h); 0 = all */
} PstLossOptions;

typedef struct PstLoss PstLoss;

/* Plans and allocates for pst_loss_evaluate(); errors as pst_gradient_new().  The graph must outlive it.
 * On success *loss is the caller's, free with pst_loss_free(); on failure it is NULL. */
PstStatus pst_loss_new(PstLoss **loss, const PstGraph *graph, const PstLossOptions *options,
                       PstMessage *message);

void pst_loss_free(PstLoss **loss); /* sets it to NULL; NULL inside is allowed */

size_t pst_loss_bytes(const PstLoss *loss);

/* The content, of the size in the options, and how much each of its pixels counts in all terms,
 * weights[height][width] of [0, 1], or NULL: all alike.  Comes before all evaluations. */
PstStatus pst_loss_set_content(PstLoss *loss, const float *picture, const float *weights,
                               PstPulse pulse, void *user, PstMessage *message);

/* The style, by what the graph sees in it: every layer of which the style has a share is among seen[count],
 * with quantiles where the options ask for `sliced`, and patches where they ask for `nearest`.  It is copied. */
void pst_loss_set_style(PstLoss *loss, const PstSeen *seen, int count);

/* The loss of `picture` and its gradient.  What is nearest is found anew at the first call after
 * pst_loss_set_style(), and at every fifth from there. */
PstStatus pst_loss_evaluate(PstLoss *loss, const float *picture, double *value, float *gradient,
                            PstPulse pulse, void *user, PstMessage *message);
