/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/refine/kind.h"

#include "image/refine/impression.h"

/* Where what is nearest counts.  Angles know neither how bright nor how much, which moments do, nor what goes with
 * what, which Gram matrices tell of; faces want much of the content, or they become hills where a style has hills; and
 * what the photo has nothing like should come from the style all the same.  On 11 development pairs at 512 px, with a
 * content of 4.5, gram of 0.5 and moments of 1.5, the score of a default run is 0.554 instead of 0.563, and of 20 steps
 * of Refine 0.577 instead of 0.587.  With a content of 20, gram of 2 and moments of 20, they are 0.572 and 0.593, but
 * the photo's even parts become regular scales: what is large in a style is no longer allowed there. */
static const PstRefineWeights shapes = {
    .content = 8, .style = 0.6, .nearest = 1, .coverage = 1, .gram = 1, .moments = 5};

/* Of octaves above the draft, in whose enlarged soft spots nothing is nearest but soft patches: specks at pixel size
 * are what they add.  Correlations want strokes with edges instead. */
static const PstRefineWeights strokes = {.content = 14, .style = 0.6, .gram = 10, .moments = 10};

#define RATE_LBFGS 0.2
#define RATE_ADAM  0.02

/* Hues and shapes are found at coarse scales, where a step costs little.  With a margin of 16 there, a photo had a red
 * stain at the border of its sky, where the painting has red ones. */
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

/* Octaves above the draft have its shapes already, and few steps: at a rate of 0.2, fewer strokes are to be seen.  Maps
 * of half the picture's size alone make grains of what at a quarter becomes strokes.  Tiles do not depend on the memory
 * that there is, since they decide about bits. */
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
