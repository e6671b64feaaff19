/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/optimise/gradient.h"

#include "nn/kernel/conv-path.h"
#include "nn/kernel/gemm.h"
#include "nn/memory.h"
#include "nn/ops.h"
#include "nn/optimise/gradient-ops.h"
#include "nn/optimise/gradient-plan.h"
#include "nn/optimise/taps.h"
#include "nn/plan.h"
#include "nn/share.h"

#include <stdlib.h>
#include <string.h>

/* Work between two calls of the pulse, at least; and at most within a step, since threads wait for each other there. */
#define PULSE_FLOP 2e8
#define BAND_FLOP  2e9

/* What a node has beside its maps. */
typedef struct {
    float *bound;
    PstConv conv;  /* the way back */
    float *packed; /* its weights as conv-path.h wants them */
    float *weight, *bias;
} Own;

struct PstGradient {
    const PstGraph *graph;
    int threads;
    bool forward_only;
    PstSchedule schedule;
    PstMap *maps; /* [buffer] */
    Own *owns;    /* [node] */
    PstShare share;
    float *block, *scratch;
    size_t *traces;               /* [node]: where its trace lies in that of all */
    size_t cells;                 /* that a step has, at most */
    size_t bytes, scratch_floats; /* scratch: of one thread */
    size_t trace_bytes;
};

/* A call of forward or back. */
typedef struct {
    PstGradient *g;
    uint8_t *trace;
    PstPulse pulse;
    void *user;
    PstMessage *message;
    double flop, all, told;
    PstStatus status;
} Call;

static PstStatus work_done(Call *call, double flop)
{
    call->flop += flop;
    if (call->pulse && !call->status && call->flop - call->told >= PULSE_FLOP) {
        call->told = call->flop;
        double share = call->all > 0 ? call->flop / call->all : 1;
        call->status = call->pulse(call->user, share < 1 ? share : 1, call->message);
    }
    return call->status;
}

/* ---- Boxes ----------------------------------------------------------------------------------- */

typedef struct {
    const PstNode *node;
    PstTrace trace;      /* empty: none is kept, or it is a convolution's way back */
    const PstConv *conv; /* NULL: it is none */
    PstMap *to;
    PstStep forth; /* VALUE; what follows, GRADIENT */
    const Own *own;
    const PstMap *from;
    int first_channel; /* of the input in `from` */
} Task;

static void value_box(const Task *task, PstBox box, float *scratch)
{
    task->node->op->box(&task->forth, box, scratch);
    pst_trace_note(&task->trace, task->node, task->forth.maps[0], task->to, box);
}

static void back_conv_box(const Task *task, PstBox box, float *scratch)
{
    pst_conv_path_box(task->conv, task->own->packed, task->from, task->to, box, scratch);
}

static void back_box(const Task *task, PstBox box, float *scratch)
{
    (void) scratch;
    PstBack back = {task->node, task->own->bound,    &task->trace,
                    task->from, task->first_channel, task->to};
    pst_back_box(&back, box);
}

static void relu_box(const Task *task, PstBox box, float *scratch)
{
    (void) scratch;
    pst_trace_mask(&task->trace, task->to, box);
}

static void add_box(const Task *task, PstBox box, float *scratch)
{
    (void) scratch;
    pst_back_add(task->from, task->to, box);
}

/* Cells of a node's maps, of which one is width × height.  Where it matters they are those of pass runs, see plan.h,
 * "Exactness"; of what is no convolution, long rows are quickest. */
static PstCells cells_of(const PstGradient *g, const PstNode *node, const PstConv *conv, int width,
                         int height)
{
    PstCells cells = {
        .columns = pst_cell_columns(node->reduction),
        .rows = pst_cell_rows(node->reduction),
        .width = width,
        .height = height,
        .blocks = g->threads,
        .rows_of_block = (height - 1) / g->threads + 1,
    };
    if (conv && width <= cells.columns)
        cells.rows = pst_conv_path_rows(conv, width, height, cells.rows);
    if (!conv || width < cells.columns)
        cells.columns = width;
    cells.x1 = cells.across = (width - 1) / cells.columns + 1;
    cells.y1 = (height - 1) / cells.rows + 1;
    return cells;
}

typedef struct {
    PstGradient *g;
    const Task *task;
    void (*run)(const Task *, PstBox, float *);
} Work;

static void run_cell(void *user, PstBox box, int thread)
{
    const Work *work = user;
    work->run(work->task, box, work->g->scratch + work->g->scratch_floats * thread);
}

static void run_task(Call *call, const Task *task, double flop,
                     void (*run)(const Task *, PstBox, float *))
{
    PstGradient *g = call->g;
    Work work = {g, task, run};
    PstCells cells = cells_of(g, task->node, task->conv, task->to->width, task->to->height);
    double row_flop = flop * cells.rows * cells.width;
    int down = cells.y1, band = (int) (BAND_FLOP / (row_flop + 1)) + 1;
    for (int top = 0; top < down && !call->status; top += band) {
        cells.y0 = top;
        cells.y1 = top + band < down ? top + band : down;
        pst_share_out(&g->share, &cells, run_cell, &work);
        work_done(call, row_flop * (cells.y1 - top));
    }
}

/* ---- Steps ----------------------------------------------------------------------------------- */

static PstMap *map_of(const PstGradient *g, int buffer)
{
    return buffer < 0 ? NULL : &g->maps[buffer];
}

/* That of a node; empty where none is kept. */
static PstTrace trace_of(const Call *call, int node)
{
    const PstGradient *g = call->g;
    if (!call->trace)
        return (PstTrace){0};
    return pst_trace_at(&g->graph->nodes[node], g->schedule.height[node], g->schedule.width[node],
                        call->trace + g->traces[node]);
}

static void run_value(Call *call, const PstGradientStep *step)
{
    const PstGradient *g = call->g;
    Task task = {.node = &g->graph->nodes[step->node], .to = map_of(g, step->value)};
    task.trace = trace_of(call, step->node);
    task.conv = task.node->conv.weight ? &task.node->conv : NULL;
    task.forth = (PstStep){.node = task.node, .out = task.to};
    task.forth.bound = g->owns[step->node].bound;
    for (int k = 0; k < task.node->input_count; k++)
        task.forth.maps[k] = map_of(g, step->inputs[k]);
    run_task(call, &task, task.node->flop, value_box);
}

/* From the gradient of a convolution's output to that of its input. */
static void run_back_conv(Call *call, const PstGradientStep *step, PstMap *to)
{
    PstGradient *g = call->g;
    Task task = {.node = &g->graph->nodes[step->node]};
    PstMap *gradient = map_of(g, step->gradient), *spread = map_of(g, step->spread);
    PstMap *padded = map_of(g, step->padded);
    const PstConv *conv = &task.node->conv;
    task.own = &g->owns[step->node];
    task.conv = &task.own->conv;
    task.from = spread ? spread : gradient;
    task.to = padded ? padded : to;
#pragma omp parallel for schedule(dynamic) num_threads(g->threads)
    for (int c = 0; c < (spread ? spread->channels : 0); c++)
        pst_back_fill_spread(conv, gradient, spread, c);
    run_task(call, &task, task.node->flop, back_conv_box);
#pragma omp parallel for schedule(dynamic) num_threads(g->threads)
    for (int c = 0; c < (padded ? padded->channels : 0); c++)
        pst_back_fold(conv, padded, to, c);
}

static void run_back_input(Call *call, const PstGradientStep *step, int k, int first_channel)
{
    PstGradient *g = call->g;
    const PstNode *node = &g->graph->nodes[step->node];
    PstMap *to = map_of(g, step->to[k]), part = *to;
    if (step->add[k]) /* its room is that of the widest input */
        part.data = map_of(g, step->part)->data;
    if (node->conv.weight) {
        run_back_conv(call, step, &part);
    } else {
        Task task = {.node = node, .own = &g->owns[step->node], .to = &part};
        task.trace = trace_of(call, step->node);
        task.from = map_of(g, step->gradient);
        task.first_channel = first_channel;
        run_task(call, &task, node->channels, back_box);
    }
    if (step->add[k]) {
        Task add = {.node = node, .from = &part, .to = to};
        run_task(call, &add, 0, add_box);
    }
}

static void run_gradient(Call *call, const PstGradientStep *step)
{
    const PstNode *node = &call->g->graph->nodes[step->node];
    PstBackWay way;
    pst_back_way(node, &way);
    Task mask = {.node = node, .trace = trace_of(call, step->node)};
    if (mask.trace.signs) {
        mask.to = map_of(call->g, step->gradient);
        run_task(call, &mask, 0, relu_box);
    }
    for (int k = 0, channel = 0; k < node->input_count && !call->status; k++) {
        run_back_input(call, step, k, channel);
        channel += way.in_turn ? call->g->graph->nodes[node->inputs[k]].channels : 0;
    }
}

static double flop_of(const PstGradient *g, const PstGradientStep *step)
{
    if (step->node < 0)
        return 0;
    return g->graph->nodes[step->node].flop * g->schedule.width[step->node] *
           g->schedule.height[step->node];
}

static PstStatus run_steps(Call *call, int first, int end)
{
    const PstSchedule *s = &call->g->schedule;
    for (int i = first; i < end; i++)
        call->all += flop_of(call->g, &s->steps[i]);
    for (int i = first; i < end && !call->status; i++) {
        if (s->steps[i].kind == PST_STEP_VALUE)
            run_value(call, &s->steps[i]);
        else
            run_gradient(call, &s->steps[i]);
    }
    return call->status;
}

PstStatus pst_gradient_forward(PstGradient *gradient, uint8_t *trace, PstPulse pulse, void *user,
                               PstMessage *message)
{
    Call call = {.g = gradient, .trace = trace, .pulse = pulse, .user = user, .message = message};
    return run_steps(&call, 0, gradient->schedule.loss);
}

PstStatus pst_gradient_back(PstGradient *gradient, uint8_t *trace, PstPulse pulse, void *user,
                            PstMessage *message)
{
    Call call = {.g = gradient, .trace = trace, .pulse = pulse, .user = user, .message = message};
    return run_steps(&call, gradient->schedule.loss + 1, gradient->schedule.step_count);
}

/* ---- Memory ---------------------------------------------------------------------------------- */

/* How many cells a task of a step has at most, and what one thread needs for one; `buffer`, where it is one, is a map
 * that the step writes. */
static void measure_task(PstGradient *g, const PstGradientStep *step, int buffer)
{
    if (buffer < 0)
        return;
    const PstBuffer *map = &g->schedule.buffers[buffer];
    const PstNode *node = &g->graph->nodes[step->node];
    bool forth = step->kind == PST_STEP_VALUE;
    PstConv conv = forth ? node->conv : pst_back_shape(&node->conv);
    PstCells plain = cells_of(g, node, NULL, map->width, map->height), cells = plain;
    size_t scratch = 0; /* only convolutions that have a way back want some */
    if (node->conv.weight) {
        cells = cells_of(g, node, &conv, map->width, map->height);
        scratch = pst_conv_path_scratch(&conv, cells.columns, cells.rows);
    }
    size_t most = (size_t) plain.y1 * cells.across; /* of a convolution there are no more */
    g->scratch_floats = scratch > g->scratch_floats ? scratch : g->scratch_floats;
    g->cells = most > g->cells ? most : g->cells;
}

static void measure_step(PstGradient *g, const PstGradientStep *step)
{
    if (step->node < 0)
        return;
    if (step->kind == PST_STEP_VALUE) {
        measure_task(g, step, step->value);
        return;
    }
    measure_task(g, step, step->gradient);
    measure_task(g, step, step->padded);
    for (int k = 0; k < g->graph->nodes[step->node].input_count; k++)
        measure_task(g, step, step->to[k]);
}

/* Lays out everything; counts alone where there is no block yet. */
static void lay_out(PstGradient *g)
{
    size_t used = g->schedule.floats;
    g->scratch_floats = 16;
    g->cells = 1;
    g->trace_bytes = 0;
    for (int i = 0; i < g->graph->node_count; i++) {
        const PstNode *node = &g->graph->nodes[i];
        const PstConv *conv = &node->conv;
        Own *own = &g->owns[i];
        if (!g->schedule.width[i] || !node->op)
            continue;
        g->traces[i] = g->trace_bytes;
        g->trace_bytes += pst_trace_bytes(node, g->schedule.height[i], g->schedule.width[i]);
        own->bound = pst_take(g->block, &used, node->bound_floats);
        if (conv->weight && !g->forward_only) {
            PstConv back = pst_back_shape(conv);
            own->weight = pst_take(g->block, &used, pst_conv_floats(conv));
            own->bias = pst_take(g->block, &used, conv->in_channels);
            own->packed = pst_take(g->block, &used, pst_conv_path_packed_size(&back));
        }
    }
    for (int i = 0; i < g->schedule.step_count; i++)
        measure_step(g, &g->schedule.steps[i]);
    g->scratch_floats = (g->scratch_floats + 31) / 16 * 16;
    g->scratch = pst_take(g->block, &used, g->scratch_floats * g->threads);
    g->bytes = used * sizeof(float) + g->cells * sizeof *g->share.turns;
}

static void bind(PstGradient *g)
{
    for (int i = 0; i < g->graph->node_count; i++) {
        const PstNode *node = &g->graph->nodes[i];
        Own *own = &g->owns[i];
        if (!g->schedule.width[i] || !node->op)
            continue;
        PstStep step = {.node = node, .bound = own->bound};
        if (node->op->bind)
            node->op->bind(&step);
        if (own->weight) {
            own->conv = pst_back_conv(&node->conv, own->weight, own->bias);
            pst_conv_path_pack(&own->conv, own->weight, own->packed);
        }
    }
    for (int i = 0; i < g->schedule.buffer_count; i++) {
        const PstBuffer *b = &g->schedule.buffers[i];
        g->maps[i] = (PstMap){g->block + b->offset,    b->channels, b->height, b->width, b->height,
                              pst_map_stride(b->width)};
    }
}

PstStatus pst_gradient_refuse(const PstGradientOptions *options, size_t bytes, PstMessage *message)
{
    return pst_fail(message, PST_E_MEMORY,
                    "%s %d × %d pixels needs %zu MB, and %zu MB of the limit are left for it",
                    options->forward_only ? "looking at" : "optimising", options->width,
                    options->height, bytes / 1000000 + 1, options->memory / 1000000);
}

static PstStatus plan(PstGradient *g, const PstGradientOptions *options, PstMessage *message)
{
    g->owns = pst_alloc(g->graph->node_count, sizeof *g->owns);
    g->traces = pst_alloc(g->graph->node_count, sizeof *g->traces);
    if (!g->owns || !g->traces)
        return pst_fail(message, PST_E_MEMORY, "no memory for the plan");
    PstStatus status = pst_schedule_make(&g->schedule, g->graph, options, message);
    if (status)
        return status;
    lay_out(g);
    if (options->memory && g->bytes > options->memory)
        return pst_gradient_refuse(options, g->bytes, message);
    return PST_OK;
}

static PstStatus build(PstGradient *g, const PstGradientOptions *options, PstMessage *message)
{
    PstStatus status = plan(g, options, message);
    if (status)
        return status;
    g->maps = pst_alloc(g->schedule.buffer_count, sizeof *g->maps);
    g->block = pst_alloc_block(g->bytes);
    if (!pst_share_init(&g->share, g->threads, g->cells) || !g->maps || !g->block)
        return pst_no_memory(message, g->bytes);
    lay_out(g);
    bind(g);
    return PST_OK;
}

PstStatus pst_gradient_new(PstGradient **gradient, const PstGraph *graph,
                           const PstGradientOptions *options, PstMessage *message)
{
    int unit = pst_taps_unit(graph, options->taps, options->tap_count);
    *gradient = NULL;
    if (options->width % unit || options->height % unit || options->width < 2 * unit ||
        options->height < 2 * unit) {
        return pst_fail(message, PST_E_FORMAT,
                        "%d × %d is no multiple of %d, or less than twice that", options->width,
                        options->height, unit);
    }
    PstGradient *g = pst_alloc(1, sizeof *g);
    if (!g)
        return pst_fail(message, PST_E_MEMORY, "no memory for the plan");
    g->graph = graph;
    g->threads = options->threads;
    g->forward_only = options->forward_only;
    pst_gemm_init();
    PstStatus status = build(g, options, message);
    if (status)
        pst_gradient_free(&g);
    *gradient = g;
    return status;
}

void pst_gradient_free(PstGradient **gradient)
{
    if (*gradient) {
        pst_schedule_release(&(*gradient)->schedule);
        pst_share_clear(&(*gradient)->share);
        free((*gradient)->maps);
        free((*gradient)->owns);
        free((*gradient)->traces);
        free((*gradient)->block);
        free(*gradient);
        *gradient = NULL;
    }
}

size_t pst_gradient_bytes(const PstGradient *gradient)
{
    return gradient->bytes;
}

size_t pst_gradient_trace_bytes(const PstGradient *gradient)
{
    return gradient->trace_bytes;
}

PstMap *pst_gradient_picture(PstGradient *gradient)
{
    return map_of(gradient, gradient->schedule.picture);
}

void pst_gradient_fill(PstGradient *gradient, const float *planes, int width, int height, int x0,
                       int y0)
{
    PstMap *map = pst_gradient_picture(gradient);
#pragma omp parallel for num_threads(gradient->threads)
    for (int i = 0; i < map->channels * map->height; i++) {
        int c = i / map->height, y = i % map->height;
        memcpy(pst_map_row(map, c, y), planes + ((size_t) c * height + y0 + y) * width + x0,
               sizeof(float) * map->width);
    }
}

const PstMap *pst_gradient_tap(const PstGradient *gradient, int tap)
{
    return map_of(gradient, gradient->schedule.taps[tap]);
}

PstMap *pst_gradient_seed(PstGradient *gradient, int tap)
{
    return map_of(gradient, gradient->schedule.seeds[tap]);
}

const PstMap *pst_gradient_result(const PstGradient *gradient)
{
    return map_of(gradient, gradient->schedule.result);
}
