/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/refine/kind.h"

#include "image/refine/impression.h"

/* For the nearest patches.  These are found by angle, which knows neither brightness nor contrast, so moments are
 * added, nor which features go together, so Gram matrices are.  Much content keeps a face from becoming hills in a
 * style of hills; and coverage brings in what is in the style but is like nothing in the photo.  On 11 development
 * pairs at 512 px, a content of 4.5, gram of 0.5 and moments of 1.5 have a score of 0.554 instead of 0.563 by default,
 * and of 0.577 instead of 0.587 with 20 steps of Refine.  A content of 20, gram of 2 and moments of 20 have 0.572 and
 * 0.593, but make regular scales of the photo's even parts, where they leave no room for what is large in the style. */
static const PstRefineWeights shapes = {
    .content = 8, .style = 0.6, .nearest = 1, .coverage = 1, .gram = 1, .moments = 5};

/* For octaves above the draft.  Nearest to what is soft there, after enlarging, are soft patches, which add nothing but
 * specks of a pixel.  Correlations ask for strokes with edges instead. */
static const PstRefineWeights strokes = {.content = 14, .style = 0.6, .gram = 10, .moments = 10};

#define RATE_LBFGS 0.2
#define RATE_ADAM  0.02

/* Hues and shapes are found at coarse scales, where a step costs little.  A coarse margin of 16 left a red stain at the
 * border of a sky. */
static const PstRefineKind refine_kind = {
    .name = "Refine",
    .weights = &shapes,
    .rate = RATE_LBFGS,
    .margin = 16,
    .coarse_margin = 24,
    .sight = {1, PST_MAX_REDUCTION},
    .scales = 4,
    .least_side = 48,
    .fine_share = 1,
    .settled_share = 0.5,
    .filed_scale = -1,
};

/* After the painter.  What it leaves for later is how strokes look from near, and the photo's own outlines: of both the
 * first layers tell, and a few steps are enough. */
static const PstRefineKind finish_kind = {
    .name = "the finish",
    .weights = &shapes,
    .rate = RATE_LBFGS,
    .margin = 8,
    .sight = {2, 4},
    .scales = 1,
    .fine_share = 1,
    .patches = 256,
    .is_painted = TRUE,
    .is_finish = TRUE,
};

/* It is about where colours go, which coarse scales decide, and fewer patches say, too.  With a third scale it has
 * shapes of the style where the photo has none. */
static const PstRefineKind underpainting_kind = {
    .name = "the underpainting",
    .weights = &shapes,
    .rate = RATE_LBFGS,
    .margin = 4,
    .coarse_margin = 4,
    .sight = {1, PST_MAX_REDUCTION},
    .scales = 2,
    .least_side = 24,
    .coarse_steps = 32,
    .fine_steps = 4,
    .patches = 256,
    .filed_scale = PST_COARSE,
};

/* Octaves above the draft have its shapes already and get few steps, in which a rate of 0.2 makes fewer
 * strokes.  Layers at half the picture's size alone make grains; with those at a quarter, strokes.  The size of tiles
 * does not depend on the memory that there is, since the result's bits depend on it. */
#define FINER                                                                                      \
    .weights = &strokes, .rate = 0.4, .sight = {2, 4}, .tile = 128, .scales = 1,                   \
    .by_detail = TRUE, .is_painted = TRUE

static const PstRefineKind finer_refine_kind = {
    .name = "Refine",
    FINER,
    .margin = 16,
    .fine_steps = 2,
    .filed_scale = -1,
};

static const PstRefineKind finer_finish_kind = {
    .name = "the finish",
    FINER,
    .margin = 8,
    .fine_share = 0.5,
    .patches = 256,
    .is_finish = TRUE,
};

const PstRefineKind *pst_refine_kind(PstOctaveKind octave, gboolean refines)
{
    if (octave == PST_OCTAVE_UNDERPAINTING)
        return &underpainting_kind;
    if (octave == PST_OCTAVE_FINER)
        return refines ? &finer_refine_kind : &finer_finish_kind;
    return refines ? &refine_kind : &finish_kind;
}

/* Refine's larger shapes come of deep layers: with all alike, what is even in a photo becomes rows of scales.  On 11
 * development pairs at 1280 px, 20 steps have a score of 0.569 instead of 0.566; a default run, 0.547 instead of 0.553,
 * whose few steps are for what is near. */
const char *pst_refine_layers(gboolean refines)
{
    return refines ? "relu1_1,relu2_1,relu3_1*1.5,relu4_1*3" : "relu1_1,relu2_1,relu3_1,relu4_1";
}

static void weigh(const PstRefineWeights *weights, PstLossOptions *options)
{
    options->content *= weights->content;
    options->style *= weights->style;
    options->nearest = weights->nearest;
    options->coverage = weights->coverage;
    options->gram = weights->gram;
    options->moments = weights->moments;
}

void pst_refine_terms(const PstRefineKind *kind, const PstRefine *refine, PstLossOptions *options)
{
    PstRefineStatistic statistic = refine->statistic;
    options->content = refine->content_weight;
    options->style = refine->style_weight;
    options->tv = refine->tv;
    options->tv2 = refine->tv2;
    options->gram = statistic == PST_REFINE_BOTH || statistic == PST_REFINE_GRAM;
    options->moments = statistic == PST_REFINE_BOTH || statistic == PST_REFINE_MOMENTS;
    options->sliced = statistic == PST_REFINE_SLICED;
    if (statistic == PST_REFINE_NEAREST)
        weigh(kind->weights, options);
}

double pst_refine_rate(const PstRefineKind *kind, const PstRefine *refine)
{
    if (refine->learning_rate > 0)
        return refine->learning_rate;
    return refine->optimiser == PST_REFINE_ADAM ? RATE_ADAM : kind->rate;
}
