/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/optimise/aim.h"

#include "nn/graph.h"
#include "nn/memory.h"
#include "nn/optimise/sliced.h"
#include "nn/optimise/statistics.h"

#include <math.h>
#include <string.h>

#define TINY      1e-6
#define DEVIATION 1e-5 /* added to variances */

/* ---- Memory ---------------------------------------------------------------------------------- */

PstAim pst_aim_of(const PstGraph *graph, const PstLossOptions *options, const PstLossLayer *layer)
{
    const PstNode *node = &graph->nodes[layer->node];
    return (PstAim){
        .layer = *layer,
        .channels = node->channels,
        /* a single pixel looks like nothing: its colours are left to the moments */
        .matched = options->nearest > 0 && layer->style > 0 && node->reduction > 1,
    };
}

static int patch_count(const PstLossOptions *options)
{
    return options->patches > 0 ? options->patches : PST_PATCHES;
}

static int *take_ints(float *block, size_t *used, size_t count)
{
    _Static_assert(sizeof(int) == sizeof(float), "a block of both");
    return (int *) pst_take(block, used, count);
}

static size_t most(size_t a, size_t b)
{
    return a > b ? a : b;
}

size_t pst_aim_lay_out(PstAim *aim, const PstLossOptions *options, const PstMap *map, float *block,
                       size_t *used)
{
    size_t c = aim->channels, matrix = c * c, pixels = (size_t) map->width * map->height;
    bool style = aim->layer.style > 0, sliced = style && options->sliced > 0;
    aim->counts = pst_take(block, used, pixels);
    aim->content = pst_take(block, used, aim->layer.content > 0 ? c * pixels : 0);
    aim->mean = pst_take(block, used, style ? c : 0);
    aim->cov = pst_take(block, used, style ? matrix : 0);
    aim->now_mean = pst_take(block, used, c);
    aim->now_variance = pst_take(block, used, c);
    aim->now_cov = pst_take(block, used, style ? matrix : 0);
    aim->d = pst_take(block, used, style ? matrix : 0);
    aim->dmean = pst_take(block, used, style ? c : 0);
    aim->dvariance = pst_take(block, used, style ? c : 0);
    aim->directions = pst_take(block, used, sliced ? c * PST_DIRECTIONS : 0);
    aim->quantiles = pst_take(block, used, sliced ? PST_QUANTILES * PST_DIRECTIONS : 0);
    aim->unit = pst_take(block, used, aim->matched ? c * patch_count(options) : 0);
    aim->match = take_ints(block, used, aim->matched ? pixels : 0);
    aim->place = take_ints(block, used, aim->matched ? patch_count(options) : 0);
    if (block && sliced)
        pst_directions(aim->channels, aim->directions);
    size_t room = pst_statistics_room(aim->channels, map->width, options->threads);
    if (sliced)
        room = most(room, pst_sliced_room(map->height, map->width, options->threads));
    if (aim->matched)
        room =
            most(room, pst_nearest_room(aim->channels, map->height, map->width, options->threads));
    return room;
}

void pst_aim_set_style(PstAim *aim, const PstLossOptions *options, const PstSeen *seen)
{
    size_t c = aim->channels;
    memcpy(aim->mean, seen->mean, sizeof(float) * c);
    memcpy(aim->cov, seen->cov, sizeof(float) * c * c);
    if (options->sliced > 0)
        memcpy(aim->quantiles, seen->quantiles, sizeof(float) * PST_QUANTILES * PST_DIRECTIONS);
    if (aim->matched)
        aim->patches = pst_patches_unit(aim->channels, seen->patches, aim->mean,
                                        patch_count(options), aim->unit);
}

/* ---- Terms ----------------------------------------------------------------------------------- */

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
static double gram_term(PstAim *aim, double weight)
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
static double moments_term(PstAim *aim, double weight)
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
static double spread_of(const PstAim *aim)
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
static void scale_derivatives(PstAim *aim, double pixels, bool with_gram)
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
static double statistics_term(PstAim *aim, const PstLossOptions *o, double weight,
                              const PstWeighed *in, PstMap *seed)
{
    double value = moments_term(aim, weight * o->moments);
    double pixels = aim->weights.sum;
    if (o->gram > 0) {
        pst_statistics(in, aim->now_mean, aim->now_cov);
        value += gram_term(aim, weight * o->gram);
        scale_derivatives(aim, pixels, true);
        pst_statistics_back(in, aim->now_mean, aim->d, aim->dmean, seed);
    } else {
        scale_derivatives(aim, pixels, false);
        pst_variances_back(in, aim->now_mean, aim->dvariance, aim->dmean, seed);
    }
    return value;
}

static double nearest_terms(PstAim *aim, const PstLossOptions *o, double weight, bool search,
                            const PstWeighed *in, PstMap *seed)
{
    if (search)
        pst_nearest_find(in, &aim->patches, aim->now_mean, aim->match, aim->place);
    double value = pst_nearest_back(in, &aim->patches, aim->match, weight * o->nearest, seed);
    if (o->coverage > 0)
        value += pst_coverage_back(in, &aim->patches, aim->place, weight * o->coverage, seed);
    return value;
}

static double style_term(PstAim *aim, const PstLossOptions *o, double weight, bool search,
                         const PstWeighed *in, PstMap *seed)
{
    double value = 0;
    if (o->gram > 0 || o->moments > 0)
        value += statistics_term(aim, o, weight, in, seed);
    if (o->sliced > 0) {
        value += pst_sliced_back(in, aim->directions, aim->quantiles,
                                 weight * o->sliced / spread_of(aim), seed);
    }
    if (aim->matched)
        value += nearest_terms(aim, o, weight, search, in, seed);
    return value;
}

static void clear(PstMap *map, int threads)
{
#pragma omp parallel for num_threads(threads)
    for (int i = 0; i < map->channels * map->height; i++)
        memset(pst_map_row(map, i / map->height, i % map->height), 0, sizeof(float) * map->width);
}

double pst_aim_terms(PstAim *aim, const PstLossOptions *options, double content, double style,
                     bool search, const PstMap *map, PstMap *seed, float *room)
{
    PstWeighed in = {map, &aim->weights, options->threads, room};
    double value = 0;
    clear(seed, options->threads);
    pst_variances(&in, aim->now_mean, aim->now_variance);
    if (content > 0) {
        value +=
            pst_normalised_back(&in, aim->now_mean, aim->now_variance, aim->content, content, seed);
    }
    if (style > 0)
        value += style_term(aim, options, style, search, &in, seed);
    return value;
}
