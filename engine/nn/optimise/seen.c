/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/optimise/seen.h"

#include "nn/memory.h"
#include "nn/optimise/nearest.h"
#include "nn/optimise/sliced.h"
#include "nn/optimise/statistics.h"

#include <stdlib.h>
#include <string.h>

#define DIRECTIONS_FLOATS ((size_t) PST_DIRECTIONS * PST_MAX_CHANNELS)

/* So many that doubles may lie behind them. */
static size_t weights_floats(const PstMap *map)
{
    return pst_whole_lines((size_t) map->height * map->width);
}

/* Floats that the statistics of every map need, directions and weights included. */
static size_t room_of(const PstGradient *g, const PstSeen *seen, int count, int threads)
{
    size_t most = 0;
    for (int i = 0; i < count; i++) {
        const PstMap *map = pst_gradient_tap(g, i);
        size_t room = pst_statistics_room(map->channels, map->width, threads);
        size_t sliced = pst_sliced_room(map->height, map->width, threads);
        room = seen[i].quantiles && sliced > room ? sliced : room;
        room += weights_floats(map);
        most = room > most ? room : most;
    }
    return DIRECTIONS_FLOATS + most;
}

/* The way forward, and how many floats the statistics take beside it. */
static PstStatus plan(PstGradient **g, const PstGraph *graph, const PstSeeOptions *options,
                      const PstSeen *seen, int count, size_t *room, PstMessage *message)
{
    PstGradientOptions forward = {.width = options->width, .height = options->height};
    int *taps = pst_alloc(count, sizeof *taps);
    *g = NULL;
    if (!taps)
        return pst_fail(message, PST_E_MEMORY, "no memory for a picture's statistics");
    for (int i = 0; i < count; i++)
        taps[i] = seen[i].node;
    forward.threads = options->threads;
    forward.memory = options->memory;
    forward.forward_only = true;
    forward.taps = taps;
    forward.tap_count = count;
    PstStatus status = pst_gradient_new(g, graph, &forward, message);
    free(taps);
    if (status)
        return status;
    *room = room_of(*g, seen, count, options->threads);
    size_t bytes = pst_gradient_bytes(*g) + *room * sizeof(float);
    return options->memory && bytes > options->memory
               ? pst_gradient_refuse(&forward, bytes, message)
               : PST_OK;
}

static PstStatus measure(PstGradient *g, int threads, PstPictureWeights weights, PstSeen *seen,
                         int count, size_t floats, PstMessage *message)
{
    float *directions = pst_alloc(floats, sizeof *directions);
    if (!directions)
        return pst_fail(message, PST_E_MEMORY, "no memory for a picture's statistics");
    float *own = directions + DIRECTIONS_FLOATS;
    for (int i = 0; i < count; i++) {
        const PstMap *map = pst_gradient_tap(g, i);
        PstWeights counts = pst_weights_of(weights, map->width, map->height, own);
        PstWeighed in = {map, &counts, threads, own + weights_floats(map)};
        pst_statistics(&in, seen[i].mean, seen[i].cov);
        if (seen[i].quantiles) {
            pst_directions(map->channels, directions);
            pst_quantiles(&in, directions, seen[i].quantiles);
        }
        if (seen[i].patches)
            pst_patches_of(map, &counts, seen[i].patches);
    }
    free(directions);
    return PST_OK;
}

PstStatus pst_see(const PstGraph *graph, const PstSeeOptions *options, const float *picture,
                  const float *weights, PstSeen *seen, int count, PstPulse pulse, void *user,
                  PstMessage *message)
{
    PstGradient *g;
    size_t room;
    PstStatus status = plan(&g, graph, options, seen, count, &room, message);
    if (!status) {
        pst_gradient_fill(g, picture, options->width, options->height, 0, 0);
        status = pst_gradient_forward(g, NULL, pulse, user, message);
    }
    if (!status)
        status = measure(g, options->threads,
                         (PstPictureWeights){weights, options->width, options->height}, seen, count,
                         room, message);
    pst_gradient_free(&g);
    return status;
}

PstStatus pst_see_plan(const PstGraph *graph, const PstSeeOptions *options, const PstSeen *seen,
                       int count, size_t *bytes, PstMessage *message)
{
    PstGradient *g;
    size_t room;
    PstStatus status = plan(&g, graph, options, seen, count, &room, message);
    if (!status)
        *bytes = pst_gradient_bytes(g) + room * sizeof(float);
    pst_gradient_free(&g);
    return status;
}
