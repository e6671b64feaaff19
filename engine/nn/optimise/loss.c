/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/optimise/loss.h"

#include "nn/memory.h"
#include "nn/optimise/aim.h"
#include "nn/optimise/statistics.h"
#include "nn/optimise/tiling.h"
#include "nn/optimise/variation.h"

#include <stdlib.h>

#define MATCHES 5 /* evaluations from one search of what is nearest to the next */

struct PstLoss {
    const PstGraph *graph;
    PstLossOptions options; /* without layers */
    PstTiling *tiling;
    PstAim *aims;
    int *nodes;
    float *block, *room;
    float *weights; /* of the picture, [height][width] */
    PstPairs pairs;
    size_t floats, room_floats;
    double content_total, style_total; /* of layers */
    int evaluations;
};

/* ---- Memory ---------------------------------------------------------------------------------- */

/* Lays out everything but the room; counts alone where there is no block yet. */
static void lay_out(PstLoss *loss)
{
    size_t used = 0;
    loss->weights =
        pst_take(loss->block, &used, (size_t) loss->options.width * loss->options.height);
    for (int i = 0; i < loss->options.layer_count; i++) {
        size_t room = pst_aim_lay_out(&loss->aims[i], &loss->options,
                                      pst_tiling_tap(loss->tiling, i), loss->block, &used);
        loss->room_floats = room > loss->room_floats ? room : loss->room_floats;
    }
    loss->floats = used;
}

static PstStatus allocate(PstLoss *loss, PstMessage *message)
{
    lay_out(loss);
    loss->block = pst_alloc_floats(loss->floats);
    loss->room = pst_alloc_floats(loss->room_floats);
    if (!loss->block || !loss->room)
        return pst_no_memory(message, pst_loss_bytes(loss));
    lay_out(loss);
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
    if (beside >= o->memory)
        return pst_gradient_refuse(&options, pst_loss_bytes(loss), message);
    pst_tiling_free(&loss->tiling);
    options.memory = o->memory - beside;
    return pst_tiling_new(&loss->tiling, loss->graph, &options, o->tile, message);
}

static PstStatus build(PstLoss *loss, const PstLossOptions *options, PstMessage *message)
{
    loss->aims = pst_alloc(options->layer_count, sizeof *loss->aims);
    loss->nodes = pst_alloc(options->layer_count, sizeof *loss->nodes);
    if (!loss->aims || !loss->nodes)
        return pst_fail(message, PST_E_MEMORY, "no memory for the plan");
    for (int i = 0; i < options->layer_count; i++) {
        const PstLossLayer *layer = &options->layers[i];
        loss->aims[i] = pst_aim_of(loss->graph, options, layer);
        loss->nodes[i] = layer->node;
        loss->content_total += layer->content;
        loss->style_total += layer->style;
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
        PstAim *aim = &loss->aims[i];
        const PstMap *map = pst_tiling_tap(loss->tiling, i);
        aim->weights = pst_weights_of((PstPictureWeights){loss->weights, w, h}, map->width,
                                      map->height, aim->counts);
    }
    loss->pairs = pst_pairs_of(loss->weights, w, h);
}

PstStatus pst_loss_set_content(PstLoss *loss, const float *picture, const float *weights,
                               PstPulse pulse, void *user, PstMessage *message)
{
    weigh(loss, weights);
    PstStatus status = pst_tiling_forward(loss->tiling, picture, pulse, user, message);
    for (int i = 0; i < loss->options.layer_count && !status; i++) {
        PstAim *aim = &loss->aims[i];
        PstWeighed in = {pst_tiling_tap(loss->tiling, i), &aim->weights, loss->options.threads,
                         loss->room};
        if (aim->layer.content > 0)
            pst_normalise(&in, aim->content);
    }
    return status;
}

void pst_loss_set_style(PstLoss *loss, const PstSeen *seen, int count)
{
    for (int i = 0; i < loss->options.layer_count; i++) {
        PstAim *aim = &loss->aims[i];
        for (int k = 0; k < count; k++) {
            if (seen[k].node == aim->layer.node && aim->layer.style > 0)
                pst_aim_set_style(aim, &loss->options, &seen[k]);
        }
    }
    loss->evaluations = 0;
}

/* ---- Evaluation ------------------------------------------------------------------------------ */

/* A layer's share of a weight; 0 where it has none. */
static double share_of(double weight, double layer, double total)
{
    return weight > 0 && layer > 0 ? weight * layer / total : 0;
}

static double layer_terms(PstLoss *loss, int i)
{
    const PstLossOptions *o = &loss->options;
    const PstLossLayer *layer = &loss->aims[i].layer;
    double content = share_of(o->content, layer->content, loss->content_total);
    double style = share_of(o->style, layer->style, loss->style_total);
    return pst_aim_terms(&loss->aims[i], o, content, style, loss->evaluations % MATCHES == 0,
                         pst_tiling_tap(loss->tiling, i), pst_tiling_seed(loss->tiling, i),
                         loss->room);
}

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
        *value += pst_variation(&loss->pairs, o->tv, o->tv2, o->threads, picture, gradient);
    return PST_OK;
}
