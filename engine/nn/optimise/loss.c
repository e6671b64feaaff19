/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/optimise/loss.h"

#include "nn/memory.h"
#include "nn/optimise/nearest.h"
#include "nn/optimise/statistics.h"
#include "nn/optimise/tiling.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TINY      1e-6
#define DEVIATION 1e-5 /* added to variances */
#define MATCHES   5    /* evaluations from one search of what is nearest to the next */
#define PARTS     64   /* of the rows of a picture, each summed for itself, whatever the threads */

/* What one layer aims at, and room for its statistics. */
typedef struct {
    PstLossLayer layer;
    int channels;
    float *counts; /* room for `weights` */
    PstWeights weights;
    float *content;    /* normalised map */
    float *mean, *cov; /* of the style */
    float *directions, *quantiles;
    float *now_mean, *now_variance, *now_cov;
    float *d, *dmean, *dvariance; /* derivatives; d, by now_cov */
    float *patches;               /* of the style, unit vectors */
    float softness;
    int *match, *place;
} Aim;

struct PstLoss {
    const PstGraph *graph;
    PstLossOptions options; /* without layers */
    PstTiling *tiling;
    Aim *aims;
    int *nodes;
    float *block, *room;
    float *weights;      /* of the picture, [height][width] */
    double across, down; /* their sums where a pixel has one to its right, or below */
    size_t floats, room_floats;
    double content_total, style_total; /* of layers */
    int evaluations;
};

/* ---- Memory ---------------------------------------------------------------------------------- */

static float *take(float *block, size_t *used, size_t floats)
{
    float *at = block ? block + *used : NULL;
    *used += (floats + 15) / 16 * 16;
    return at;
}

static int *take_ints(float *block, size_t *used, size_t count)
{
    _Static_assert(sizeof(int) == sizeof(float), "a block of both");
    return (int *) take(block, used, count);
}

static int patch_count(const PstLoss *loss)
{
    return loss->options.patches > 0 ? loss->options.patches : PST_PATCHES;
}

/* A single pixel looks like nothing: its colours are left to the moments. */
static bool is_matched(const PstLoss *loss, const Aim *aim)
{
    return loss->options.nearest > 0 && aim->layer.style > 0 &&
           loss->graph->nodes[aim->layer.node].reduction > 1;
}

static size_t most(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Lays out everything but the room; counts alone where there is no block yet. */
static void lay_out(PstLoss *loss)
{
    size_t used = 0;
    loss->weights = take(loss->block, &used, (size_t) loss->options.width * loss->options.height);
    for (int i = 0; i < loss->options.layer_count; i++) {
        Aim *aim = &loss->aims[i];
        size_t c = aim->channels, matrix = c * c;
        const PstMap *map = pst_tiling_tap(loss->tiling, i);
        size_t pixels = (size_t) map->width * map->height;
        bool style = aim->layer.style > 0;
        aim->counts = take(loss->block, &used, pixels);
        aim->content = take(loss->block, &used, aim->layer.content > 0 ? c * pixels : 0);
        aim->mean = take(loss->block, &used, style ? c : 0);
        aim->cov = take(loss->block, &used, style ? matrix : 0);
        aim->now_mean = take(loss->block, &used, c);
        aim->now_variance = take(loss->block, &used, c);
        aim->now_cov = take(loss->block, &used, style ? matrix : 0);
        aim->d = take(loss->block, &used, style ? matrix : 0);
        aim->dmean = take(loss->block, &used, style ? c : 0);
        aim->dvariance = take(loss->block, &used, style ? c : 0);
        aim->directions = take(loss->block, &used, style ? c * PST_DIRECTIONS : 0);
        aim->quantiles = take(loss->block, &used, style ? PST_QUANTILES * PST_DIRECTIONS : 0);
        bool matched = is_matched(loss, aim);
        aim->patches = take(loss->block, &used, matched ? c * patch_count(loss) : 0);
        aim->match = take_ints(loss->block, &used, matched ? pixels : 0);
        aim->place = take_ints(loss->block, &used, matched ? patch_count(loss) : 0);
        size_t room = pst_statistics_room(aim->channels, map->height, map->width,
                                          loss->options.threads, loss->options.sliced > 0);
        if (matched) {
            room = most(room, pst_nearest_room(aim->channels, map->height, map->width,
                                               loss->options.threads));
        }
        loss->room_floats = most(loss->room_floats, room);
    }
    loss->floats = used;
}

static PstStatus allocate(PstLoss *loss, PstMessage *message)
{
    const PstLossOptions *options = &loss->options;
    lay_out(loss);
    size_t bytes = pst_loss_bytes(loss);
    if (options->memory && bytes > options->memory) {
        return pst_fail(message, PST_E_MEMORY,
                        "optimising %d × %d pixels needs %zu MB, and the limit is %zu MB",
                        options->width, options->height, bytes / 1000000 + 1,
                        options->memory / 1000000);
    }
    loss->block = pst_alloc_floats(loss->floats);
    loss->room = pst_alloc_floats(loss->room_floats);
    if (!loss->block || !loss->room) {
        return pst_fail(message, PST_E_MEMORY, "there are no %zu MB of memory left",
                        bytes / 1000000 + 1);
    }
    lay_out(loss);
    for (int i = 0; i < options->layer_count; i++) {
        if (loss->aims[i].directions && loss->aims[i].layer.style > 0)
            pst_directions(loss->aims[i].channels, loss->aims[i].directions);
    }
    return PST_OK;
}

/* The gradient's plan, with what the limit leaves beside everything else: found out in two rounds, since
 * the sizes of the maps are the plan's. */
static PstStatus plan(PstLoss *loss, PstMessage *message)
{
    const PstLossOptions *o = &loss->options;
    PstGradientOptions options = {.width = o->width, .height = o->height, .threads = o->threads};
    options.taps = loss->nodes;
    options.tap_count = o->layer_count;
    options.memory = o->memory;
    PstStatus status = pst_tiling_new(&loss->tiling, loss->graph, &options, o->tile, message);
    if (status || !o->memory)
        return status;
    lay_out(loss);
    size_t beside = (loss->floats + loss->room_floats) * sizeof(float);
    if (pst_loss_bytes(loss) <= o->memory)
        return PST_OK;
    pst_tiling_free(&loss->tiling);
    options.memory = beside < o->memory ? o->memory - beside : 1;
    return pst_tiling_new(&loss->tiling, loss->graph, &options, o->tile, message);
}

static PstStatus build(PstLoss *loss, const PstLossOptions *options, PstMessage *message)
{
    loss->aims = pst_alloc(options->layer_count, sizeof *loss->aims);
    loss->nodes = pst_alloc(options->layer_count, sizeof *loss->nodes);
    if (!loss->aims || !loss->nodes)
        return pst_fail(message, PST_E_MEMORY, "no memory for the plan");
    for (int i = 0; i < options->layer_count; i++) {
        Aim *aim = &loss->aims[i];
        aim->layer = options->layers[i];
        loss->nodes[i] = aim->layer.node;
        aim->channels = loss->graph->nodes[aim->layer.node].channels;
        loss->content_total += aim->layer.content;
        loss->style_total += aim->layer.style;
    }
    PstStatus status = plan(loss, message);
    return status ? status : allocate(loss, message);
}

PstStatus pst_loss_new(PstLoss **loss, const PstGraph *graph, const PstLossOptions *options,
                       PstMessage *message)
{
    *loss = NULL;
    PstLoss *made = pst_alloc(1, sizeof *made);
    if (!made)
        return pst_fail(message, PST_E_MEMORY, "no memory for the plan");
    made->graph = graph;
    made->options = *options;
    made->options.layers = NULL;
    PstStatus status = build(made, options, message);
    if (status)
        pst_loss_free(&made);
    *loss = made;
    return status;
}

void pst_loss_free(PstLoss **loss)
{
    if (*loss) {
        pst_tiling_free(&(*loss)->tiling);
        free((*loss)->aims);
        free((*loss)->nodes);
        free((*loss)->block);
        free((*loss)->room);
        free(*loss);
        *loss = NULL;
    }
}

size_t pst_loss_bytes(const PstLoss *loss)
{
    return pst_tiling_bytes(loss->tiling) + (loss->floats + loss->room_floats) * sizeof(float);
}

/* ---- What is aimed at ------------------------------------------------------------------------ */

/* Takes the weights, NULL for all alike, and finds out what follows from them. */
static void weigh(PstLoss *loss, const float *weights)
{
    int w = loss->options.width, h = loss->options.height;
    size_t pixels = (size_t) w * h;
    for (size_t i = 0; i < pixels; i++)
        loss->weights[i] = weights ? weights[i] : 1;
    pst_weights_scale(loss->weights, pixels);
    for (int i = 0; i < loss->options.layer_count; i++) {
        Aim *aim = &loss->aims[i];
        const PstMap *map = pst_tiling_tap(loss->tiling, i);
        aim->weights = pst_weights_of((PstPictureWeights){loss->weights, w, h}, map->width,
                                      map->height, aim->counts);
    }
    loss->across = loss->down = 0;
    for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
            float weight = loss->weights[(size_t) y * w + x];
            loss->across += x + 1 < w ? weight : 0;
            loss->down += y + 1 < h ? weight : 0;
        }
    }
    loss->across = loss->across > TINY ? loss->across : TINY;
    loss->down = loss->down > TINY ? loss->down : TINY;
}

PstStatus pst_loss_set_content(PstLoss *loss, const float *picture, const float *weights,
                               PstPulse pulse, void *user, PstMessage *message)
{
    weigh(loss, weights);
    PstStatus status = pst_tiling_forward(loss->tiling, picture, pulse, user, message);
    for (int i = 0; i < loss->options.layer_count && !status; i++) {
        if (loss->aims[i].layer.content > 0) {
            pst_normalise(pst_tiling_tap(loss->tiling, i), &loss->aims[i].weights,
                          loss->options.threads, loss->aims[i].content);
        }
    }
    return status;
}

void pst_loss_set_style(PstLoss *loss, const PstSeen *seen, int count)
{
    for (int i = 0; i < loss->options.layer_count; i++) {
        Aim *aim = &loss->aims[i];
        size_t c = aim->channels;
        for (int k = 0; k < count; k++) {
            if (seen[k].node != aim->layer.node || !(aim->layer.style > 0))
                continue;
            memcpy(aim->mean, seen[k].mean, sizeof(float) * c);
            memcpy(aim->cov, seen[k].cov, sizeof(float) * c * c);
            if (loss->options.sliced > 0)
                memcpy(aim->quantiles, seen[k].quantiles,
                       sizeof(float) * PST_QUANTILES * PST_DIRECTIONS);
            if (is_matched(loss, aim)) {
                aim->softness = pst_patches_unit(aim->channels, seen[k].patches, aim->mean,
                                                 patch_count(loss), aim->patches);
            }
        }
    }
    loss->evaluations = 0;
}

/* ---- The terms ------------------------------------------------------------------------------- */

static double sum_squares(const float *values, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (double) values[i] * values[i];
    return sum;
}

static double deviation(float variance)
{
    return sqrt((variance > 0 ? variance : 0) + DEVIATION);
}

/* Σ (now − aim)² / (Σ now² + Σ aim²); d = its derivative by each element of cov, the divisor held. */
static double gram_term(Aim *aim, double weight)
{
    size_t count = (size_t) aim->channels * aim->channels;
    double scale = sum_squares(aim->now_cov, count) + sum_squares(aim->cov, count);
    double sum = 0;
    scale = scale > TINY ? scale : TINY;
    for (size_t i = 0; i < count; i++) {
        double distance = aim->now_cov[i] - aim->cov[i];
        sum += distance * distance;
        aim->d[i] = (float) (2 * weight * distance / scale);
    }
    return weight * sum / scale;
}

/* The same of means and deviations, taken together. */
static double moments_term(Aim *aim, double weight)
{
    size_t c = aim->channels;
    double scale = sum_squares(aim->now_mean, c) + sum_squares(aim->mean, c), sum = 0;
    for (size_t k = 0; k < c; k++) {
        double now = deviation(aim->now_variance[k]), then = deviation(aim->cov[k * c + k]);
        scale += now * now + then * then;
    }
    scale = scale > TINY ? scale : TINY;
    for (size_t k = 0; k < c; k++) {
        double now = deviation(aim->now_variance[k]), then = deviation(aim->cov[k * c + k]);
        double mean = aim->now_mean[k] - aim->mean[k], spread = now - then;
        sum += mean * mean + spread * spread;
        aim->dmean[k] = (float) (2 * weight * mean / scale);
        aim->dvariance[k] = (float) (weight * spread / (scale * now));
    }
    return weight * sum / scale;
}

/* The variance of the style's projections, so that the distances are shares of it. */
static double spread_of(const Aim *aim)
{
    double sum = 0;
    for (int k = 0; k < PST_DIRECTIONS; k++) {
        const float *q = aim->quantiles + (size_t) k * PST_QUANTILES;
        double mean = 0;
        for (int i = 0; i < PST_QUANTILES; i++)
            mean += (double) q[i] / PST_QUANTILES;
        for (int i = 0; i < PST_QUANTILES; i++)
            sum += (q[i] - mean) * (q[i] - mean) / PST_QUANTILES;
    }
    return sum / PST_DIRECTIONS + TINY;
}

/* cov = Σ x xᵀ / pixels, and a variance is one of its diagonal: the derivatives come in twice, d being symmetric. */
static void scale_derivatives(Aim *aim, double pixels, bool with_gram)
{
    size_t c = aim->channels;
    for (size_t k = 0; k < c; k++) {
        aim->dvariance[k] = (float) (aim->dvariance[k] * 2 / pixels);
        aim->dmean[k] = (float) (aim->dmean[k] / pixels);
    }
    for (size_t k = 0; k < c * c && with_gram; k++)
        aim->d[k] = (float) (aim->d[k] * 2 / pixels);
    for (size_t k = 0; k < c && with_gram; k++)
        aim->d[k * c + k] += aim->dvariance[k];
}

/* Without a Gram matrix there is no product to take: the variances do. */
static double statistics_term(PstLoss *loss, int i, double weight)
{
    const PstLossOptions *o = &loss->options;
    Aim *aim = &loss->aims[i];
    const PstMap *map = pst_tiling_tap(loss->tiling, i);
    PstMap *seed = pst_tiling_seed(loss->tiling, i);
    double value = moments_term(aim, weight * o->moments);
    double pixels = aim->weights.sum;
    if (o->gram > 0) {
        pst_statistics(map, &aim->weights, o->threads, aim->now_mean, aim->now_cov, loss->room);
        value += gram_term(aim, weight * o->gram);
        scale_derivatives(aim, pixels, true);
        pst_statistics_back(map, &aim->weights, o->threads, aim->now_mean, aim->d, aim->dmean, seed,
                            loss->room);
    } else {
        scale_derivatives(aim, pixels, false);
        pst_variances_back(map, &aim->weights, o->threads, aim->now_mean, aim->dvariance,
                           aim->dmean, seed);
    }
    return value;
}

static double style_term(PstLoss *loss, int i, double weight)
{
    const PstLossOptions *o = &loss->options;
    Aim *aim = &loss->aims[i];
    const PstMap *map = pst_tiling_tap(loss->tiling, i);
    PstMap *seed = pst_tiling_seed(loss->tiling, i);
    double value = 0;
    if (o->gram > 0 || o->moments > 0)
        value += statistics_term(loss, i, weight);
    if (o->sliced > 0) {
        value += pst_sliced_back(map, &aim->weights, o->threads, aim->directions, aim->quantiles,
                                 weight * o->sliced / spread_of(aim), seed, loss->room);
    }
    if (is_matched(loss, aim)) {
        if (loss->evaluations % MATCHES == 0)
            pst_nearest_find(map, &aim->weights, o->threads, aim->patches, patch_count(loss),
                             aim->now_mean, aim->softness, aim->match, aim->place, loss->room);
        value += pst_nearest_back(map, &aim->weights, o->threads, aim->patches, aim->mean,
                                  aim->softness, aim->match, weight * o->nearest, seed, loss->room);
        value += pst_coverage_back(map, &aim->weights, o->threads, aim->patches, patch_count(loss),
                                   aim->mean, aim->softness, aim->place, weight * o->coverage, seed,
                                   loss->room);
    }
    return value;
}

static void clear(PstMap *map, int threads)
{
#pragma omp parallel for num_threads(threads)
    for (int i = 0; i < map->channels * map->height; i++)
        memset(pst_map_row(map, i / map->height, i % map->height), 0, sizeof(float) * map->width);
}

static double layer_terms(PstLoss *loss, int i)
{
    const PstLossOptions *o = &loss->options;
    Aim *aim = &loss->aims[i];
    const PstLossLayer *layer = &aim->layer;
    const PstMap *map = pst_tiling_tap(loss->tiling, i);
    PstMap *seed = pst_tiling_seed(loss->tiling, i);
    double value = 0;
    clear(seed, o->threads);
    pst_variances(map, &aim->weights, o->threads, aim->now_mean, aim->now_variance);
    if (layer->content > 0 && o->content > 0) {
        double weight = o->content * layer->content / loss->content_total;
        value += pst_normalised_back(map, &aim->weights, o->threads, aim->now_mean,
                                     aim->now_variance, aim->content, weight, seed, loss->room);
    }
    if (layer->style > 0 && o->style > 0)
        value += style_term(loss, i, o->style * layer->style / loss->style_total);
    return value;
}

/* ---- Total variation ------------------------------------------------------------------------- */

/* Weights of the differences' absolute values, and of their squares. */
typedef struct {
    float l1, l2;
} Variation;

/* What the differences b − a cost, weighted; and to the gradient of each pixel is added that of one side: of b
 * (sign 1) or of a (−1). */
static double differences(Variation v, const float *a, const float *b, const float *weights,
                          int count, float sign, float *restrict gradient)
{
    const int block = 256; /* few enough for float */
    double cost = 0;
    for (int from = 0; from < count; from += block) {
        int until = from + block < count ? from + block : count;
        float some = 0;
#pragma omp simd reduction(+ : some)
        for (int i = from; i < until; i++) {
            float d = b[i] - a[i], side = (float) ((d > 0) - (d < 0));
            gradient[i] += sign * weights[i] * (v.l1 * side + 2 * v.l2 * d);
            some += weights[i] * (v.l1 * side * d + v.l2 * d * d);
        }
        cost += some;
    }
    return cost;
}

/* Of row y of a plane: the differences to the right and below, and the gradient from all four sides.  Each counts by its
 * first pixel. */
static double row_variation(Variation across, Variation down, const PstLoss *loss, int y,
                            const float *row, float *gradient)
{
    int w = loss->options.width;
    const float *weights = loss->weights + (size_t) y * w;
    double cost = differences(across, row, row + 1, weights, w - 1, -1, gradient);
    differences(across, row, row + 1, weights, w - 1, 1, gradient + 1);
    if (y + 1 < loss->options.height)
        cost += differences(down, row, row + w, weights, w, -1, gradient);
    if (y > 0)
        differences(down, row - w, row, weights - w, w, 1, gradient);
    return cost;
}

/* Each sum is a mean: over the three planes' differences in that direction. */
static double variation(const PstLoss *loss, const float *x, float *gradient)
{
    const PstLossOptions *o = &loss->options;
    int h = o->height, parts = h < PARTS ? h : PARTS;
    double across = 1 / (3 * loss->across), down = 1 / (3 * loss->down);
    Variation a = {(float) (o->tv * across), (float) (o->tv2 * across)};
    Variation d = {(float) (o->tv * down), (float) (o->tv2 * down)};
    double costs[PARTS] = {0}, all = 0;
#pragma omp parallel for num_threads(o->threads)
    for (int part = 0; part < parts; part++) {
        for (int i = 3 * h * part / parts; i < 3 * h * (part + 1) / parts; i++)
            costs[part] += row_variation(a, d, loss, i % h, x + (size_t) i * o->width,
                                         gradient + (size_t) i * o->width);
    }
    for (int part = 0; part < parts; part++)
        all += costs[part];
    return all;
}

/* ---- The whole ------------------------------------------------------------------------------- */

PstStatus pst_loss_evaluate(PstLoss *loss, const float *picture, double *value, float *gradient,
                            PstPulse pulse, void *user, PstMessage *message)
{
    const PstLossOptions *o = &loss->options;
    PstStatus status = pst_tiling_forward(loss->tiling, picture, pulse, user, message);
    if (status)
        return status;
    *value = 0;
    for (int i = 0; i < o->layer_count; i++)
        *value += layer_terms(loss, i);
    loss->evaluations++;
    status = pst_tiling_back(loss->tiling, gradient, pulse, user, message);
    if (status)
        return status;
    if (o->tv > 0 || o->tv2 > 0)
        *value += variation(loss, picture, gradient);
    return PST_OK;
}
