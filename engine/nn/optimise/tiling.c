/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/optimise/tiling.h"

#include "nn/memory.h"
#include "nn/optimise/taps.h"

#include <omp.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Of one side of the picture. */
typedef struct {
    int size;  /* of the picture */
    int side;  /* of a tile, but the last */
    int seen;  /* with what is around it; one tile: the size */
    int count; /* of tiles */
} Axis;

struct PstTiling {
    Axis x, y;
    int around;              /* what a tile sees on each side */
    int workers, threads;    /* gradients, and threads of each */
    PstGradient **gradients; /* [worker] */
    int tap_count;
    PstMap *taps, *seeds; /* of the whole picture, [tap]; unused where there is one tile */
    float *block;
    size_t floats;
    uint8_t *traces; /* [tile][trace_bytes] */
    size_t trace_bytes;
};

static int count_of(const PstTiling *t)
{
    return t->x.count * t->y.count;
}

static bool is_whole(const PstTiling *t)
{
    return count_of(t) == 1;
}

/* ---- Places ---------------------------------------------------------------------------------- */

/* Along one side: the tile itself; where it is seen from. */
typedef struct {
    int from, until, first;
} Span;

static Span span_of(const Axis *axis, int around, int i)
{
    Span span = {i * axis->side, (i + 1) * axis->side, i * axis->side - around};
    if (span.until > axis->size)
        span.until = axis->size;
    if (span.first > axis->size - axis->seen)
        span.first = axis->size - axis->seen;
    if (span.first < 0)
        span.first = 0;
    return span;
}

typedef struct {
    Span x, y;
} Tile;

static Tile tile_of(const PstTiling *t, int i)
{
    return (Tile){span_of(&t->x, t->around, i % t->x.count),
                  span_of(&t->y, t->around, i / t->x.count)};
}

static Span reduced(Span span, int by)
{
    return (Span){span.from / by, span.until / by, span.first / by};
}

/* The tile in a map of the whole. */
static Tile tile_in(const PstTiling *t, Tile tile, const PstMap *whole)
{
    return (Tile){reduced(tile.x, t->x.size / whole->width),
                  reduced(tile.y, t->y.size / whole->height)};
}

/* ---- Plan ------------------------------------------------------------------------------------ */

static Axis axis_of(int size, int side, int around)
{
    bool one = side <= 0 || side + 2 * around >= size;
    if (one)
        return (Axis){size, size, size, 1};
    return (Axis){size, side, side + 2 * around, (size - 1) / side + 1};
}

/* Two tiles with one between them must not see a pixel in common: their gradients are added at the same time. */
static void cut(PstTiling *t, const PstGraph *graph, const PstGradientOptions *options, int side)
{
    int unit = pst_taps_unit(graph, options->taps, options->tap_count);
    int reach = pst_taps_reach(graph, options->taps, options->tap_count);
    t->around = reach > 0 ? (reach + unit - 1) / unit * unit : 0;
    side = (side + unit - 1) / unit * unit;
    if (reach < 0 || options->width % unit || options->height % unit)
        side = 0;
    else if (side > 0 && side < 2 * t->around + 2 * unit)
        side = 2 * t->around + 2 * unit;
    t->x = axis_of(options->width, side, t->around);
    t->y = axis_of(options->height, side, t->around);
}

static PstMap map_of(float *block, size_t *used, int channels, int height, int width)
{
    PstMap map = {block ? block + *used : NULL, channels, height, width, height,
                  pst_map_stride(width)};
    *used += (size_t) channels * height * map.stride;
    return map;
}

/* Lays out the maps of the whole picture; counts alone where there is no block yet. */
static void lay_out(PstTiling *t, const PstGraph *graph, const PstGradientOptions *options)
{
    t->floats = 0;
    for (int i = 0; i < t->tap_count && !is_whole(t); i++) {
        const PstNode *node = &graph->nodes[options->taps[i]];
        int w = t->x.size / node->reduction, h = t->y.size / node->reduction;
        t->taps[i] = map_of(t->block, &t->floats, node->channels, h, w);
        t->seeds[i] = map_of(t->block, &t->floats, node->channels, h, w);
    }
}

static bool fits(const PstTiling *t, const PstGradientOptions *options)
{
    return !options->memory || pst_tiling_bytes(t) <= options->memory;
}

/* As many gradients as there are threads, as far as there are tiles and memory for them. */
static PstStatus make_gradients(PstTiling *t, int most, const PstGraph *graph,
                                const PstGradientOptions *options, PstMessage *message)
{
    PstGradientOptions inner = *options;
    inner.width = t->x.seen;
    inner.height = t->y.seen;
    inner.threads = t->threads;
    inner.memory = is_whole(t) ? options->memory : 0; /* a tile is small */
    while (t->workers < most) {
        PstStatus status = pst_gradient_new(&t->gradients[t->workers], graph, &inner, message);
        if (status)
            return status;
        t->workers++;
        t->trace_bytes = pst_gradient_trace_bytes(t->gradients[0]);
        if (!fits(t, options) && t->workers > 1) {
            pst_gradient_free(&t->gradients[--t->workers]);
            break;
        }
    }
    if (fits(t, options))
        return PST_OK;
    return pst_gradient_refuse(options, pst_tiling_bytes(t), message);
}

static PstStatus build(PstTiling *t, const PstGraph *graph, const PstGradientOptions *options,
                       int side, PstMessage *message)
{
    cut(t, graph, options, side);
    bool whole = is_whole(t);
    t->threads = whole ? options->threads : 1;
    int most = whole ? 1 : options->threads < count_of(t) ? options->threads : count_of(t);
    t->gradients = pst_alloc(most, sizeof *t->gradients);
    t->taps = pst_alloc(t->tap_count, sizeof *t->taps);
    t->seeds = pst_alloc(t->tap_count, sizeof *t->seeds);
    if (!t->gradients || !t->taps || !t->seeds)
        return pst_fail(message, PST_E_MEMORY, "no memory for the plan");
    lay_out(t, graph, options);
    PstStatus status = make_gradients(t, most, graph, options, message);
    if (status)
        return status;
    t->block = pst_alloc_floats(t->floats);
    t->traces = pst_alloc_block(t->trace_bytes * count_of(t));
    if (!t->block || !t->traces)
        return pst_no_memory(message, pst_tiling_bytes(t));
    lay_out(t, graph, options);
    return PST_OK;
}

PstStatus pst_tiling_new(PstTiling **tiling, const PstGraph *graph,
                         const PstGradientOptions *options, int side, PstMessage *message)
{
    *tiling = NULL;
    PstTiling *t = pst_alloc(1, sizeof *t);
    if (!t)
        return pst_fail(message, PST_E_MEMORY, "no memory for the plan");
    t->tap_count = options->tap_count;
    PstStatus status = build(t, graph, options, side, message);
    if (status)
        pst_tiling_free(&t);
    *tiling = t;
    return status;
}

void pst_tiling_free(PstTiling **tiling)
{
    PstTiling *t = *tiling;
    if (t) {
        for (int i = 0; i < t->workers && t->gradients; i++)
            pst_gradient_free(&t->gradients[i]);
        free(t->gradients);
        free(t->taps);
        free(t->seeds);
        free(t->block);
        free(t->traces);
        free(t);
        *tiling = NULL;
    }
}

size_t pst_tiling_bytes(const PstTiling *tiling)
{
    return pst_gradient_bytes(tiling->gradients[0]) * tiling->workers +
           tiling->floats * sizeof(float) + tiling->trace_bytes * count_of(tiling);
}

const PstMap *pst_tiling_tap(const PstTiling *tiling, int tap)
{
    return is_whole(tiling) ? pst_gradient_tap(tiling->gradients[0], tap) : &tiling->taps[tap];
}

PstMap *pst_tiling_seed(PstTiling *tiling, int tap)
{
    return is_whole(tiling) ? pst_gradient_seed(tiling->gradients[0], tap) : &tiling->seeds[tap];
}

/* ---- One tile -------------------------------------------------------------------------------- */

/* A call, of which each tile is an equal part.  The pulse is called by the first worker, which is the caller's
 * thread. */
typedef struct {
    PstTiling *t;
    const float *picture;
    float *gradient;
    PstPulse pulse;
    void *user;
    atomic_int done; /* tiles */
    atomic_bool stopped;
    PstStatus status;
    PstMessage *message;
} Call;

static PstStatus tell(void *user, double done, PstMessage *message)
{
    Call *call = user;
    double share = (atomic_load(&call->done) + done) / count_of(call->t);
    return call->pulse ? call->pulse(call->user, share < 1 ? share : 1, message) : PST_OK;
}

/* Of the other workers: whether the first has been told to stop. */
static PstStatus listen(void *user, double done, PstMessage *message)
{
    (void) done, (void) message;
    Call *call = user;
    return atomic_load(&call->stopped) ? PST_E_CANCELLED : PST_OK;
}

/* Notes that a tile has ended. */
static void note(Call *call, int worker, PstStatus status)
{
    atomic_fetch_add(&call->done, 1);
    if (!status && worker == 0)
        status = tell(call, 0, call->message);
    if (status && worker == 0)
        call->status = status;
    if (status)
        atomic_store(&call->stopped, true);
}

static void keep_tap(const PstTiling *t, Tile tile, const PstMap *seen, PstMap *whole)
{
    Tile own = tile_in(t, tile, whole);
    for (int c = 0; c < whole->channels; c++) {
        for (int y = own.y.from; y < own.y.until; y++)
            memcpy(pst_map_row(whole, c, y) + own.x.from,
                   pst_map_row(seen, c, y - own.y.first) + own.x.from - own.x.first,
                   sizeof(float) * (own.x.until - own.x.from));
    }
}

/* Around the tile there is nothing: other tiles have that. */
static void plant_seed(const PstTiling *t, Tile tile, const PstMap *whole, PstMap *seen)
{
    Tile own = tile_in(t, tile, whole);
    for (int c = 0; c < seen->channels; c++) {
        for (int y = 0; y < seen->height; y++) {
            float *row = pst_map_row(seen, c, y);
            int at = own.y.first + y;
            memset(row, 0, sizeof *row * seen->width);
            if (at >= own.y.from && at < own.y.until)
                memcpy(row + own.x.from - own.x.first, pst_map_row(whole, c, at) + own.x.from,
                       sizeof *row * (own.x.until - own.x.from));
        }
    }
}

/* What of a span the gradient of a tile reaches. */
static Span reached(const Axis *axis, int around, Span span)
{
    span.from = span.from - around > 0 ? span.from - around : 0;
    span.until = span.until + around < axis->size ? span.until + around : axis->size;
    return span;
}

static void add_result(const PstTiling *t, Tile tile, const PstMap *result, float *gradient)
{
    Span xs = reached(&t->x, t->around, tile.x), ys = reached(&t->y, t->around, tile.y);
#pragma omp parallel for num_threads(t->threads)
    for (int y = ys.from; y < ys.until; y++) {
        for (int c = 0; c < 3; c++) {
            const float *from = pst_map_row(result, c, y - ys.first);
            float *to = gradient + ((size_t) c * t->y.size + y) * t->x.size;
            for (int x = xs.from; x < xs.until; x++)
                to[x] += from[x - xs.first];
        }
    }
}

static void see_tile(Call *call, int i, int worker)
{
    PstTiling *t = call->t;
    PstGradient *g = t->gradients[worker];
    Tile tile = tile_of(t, i);
    pst_gradient_fill(g, call->picture, t->x.size, t->y.size, tile.x.first, tile.y.first);
    PstStatus status =
        pst_gradient_forward(g, t->traces + t->trace_bytes * i, worker ? listen : tell, call,
                             worker ? NULL : call->message);
    for (int k = 0; k < t->tap_count && !status && !is_whole(t); k++)
        keep_tap(t, tile, pst_gradient_tap(g, k), &t->taps[k]);
    note(call, worker, status);
}

static void back_tile(Call *call, int i, int worker)
{
    PstTiling *t = call->t;
    PstGradient *g = t->gradients[worker];
    Tile tile = tile_of(t, i);
    for (int k = 0; k < t->tap_count && !is_whole(t); k++)
        plant_seed(t, tile, &t->seeds[k], pst_gradient_seed(g, k));
    PstStatus status = pst_gradient_back(g, t->traces + t->trace_bytes * i, worker ? listen : tell,
                                         call, worker ? NULL : call->message);
    if (!status)
        add_result(t, tile, pst_gradient_result(g), call->gradient);
    note(call, worker, status);
}

/* ---- All of them ----------------------------------------------------------------------------- */

/* The tiles in every `step`-th column and row from the i-th of step × step on.  A whole picture has threads of its
 * own, which OpenMP would begin anew each time in a parallel region. */
static void run(Call *call, void (*work)(Call *, int, int), int step, int i)
{
    const PstTiling *t = call->t;
    if (is_whole(t)) {
        if (i == 0)
            work(call, 0, 0);
        return;
    }
    int across = (t->x.count - i % step + step - 1) / step;
    int down = (t->y.count - i / step + step - 1) / step;
#pragma omp parallel for schedule(dynamic) num_threads(t->workers)
    for (int k = 0; k < across * down; k++) {
        int x = i % step + k % across * step, y = i / step + k / across * step;
        if (!atomic_load(&call->stopped))
            work(call, y * t->x.count + x, omp_get_thread_num());
    }
}

PstStatus pst_tiling_forward(PstTiling *t, const float *picture, PstPulse pulse, void *user,
                             PstMessage *message)
{
    Call call = {.t = t, .picture = picture, .pulse = pulse, .user = user, .message = message};
    run(&call, see_tile, 1, 0);
    return call.status;
}

PstStatus pst_tiling_back(PstTiling *t, float *gradient, PstPulse pulse, void *user,
                          PstMessage *message)
{
    Call call = {.t = t, .gradient = gradient, .pulse = pulse, .user = user, .message = message};
#pragma omp parallel for num_threads(t->threads * t->workers)
    for (int y = 0; y < 3 * t->y.size; y++)
        memset(gradient + (size_t) y * t->x.size, 0, sizeof *gradient * t->x.size);
    for (int i = 0; i < 4; i++) /* neighbours have pixels in common, so they take turns */
        run(&call, back_tile, 2, i);
    return call.status;
}
