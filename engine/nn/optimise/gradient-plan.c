/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/optimise/gradient-plan.h"

#include "nn/memory.h"
#include "nn/ops.h"
#include "nn/optimise/gradient-ops.h"
#include "nn/optimise/taps.h"

#include <stdint.h>
#include <stdlib.h>

/* What making a schedule needs beside it. */
typedef struct {
    PstSchedule *s;
    const PstGraph *graph;
    const PstGradientOptions *options;
    int *value; /* [node]: its buffer */
    int *grad;  /* [node]: buffer of the gradient, −1 = nobody has been there */
} Maker;

static int input_count(const PstNode *node)
{
    return node->op ? node->input_count : 0;
}

/* ---- Sizes ----------------------------------------------------------------------------------- */

/* What is left of a side by a kernel that stays within the padding; 0 where it does not fit in. */
static int size_within(int size, int kernel, int pad, int stride)
{
    int beyond = size + 2 * pad - kernel;
    return beyond < 0 ? 0 : beyond / stride + 1;
}

static PstStatus size_node(PstSchedule *s, const PstGraph *graph, int i, PstMessage *message)
{
    const PstNode *node = &graph->nodes[i];
    int from = node->inputs[0], w = s->width[from], h = s->height[from];
    if (node->pool.kernel > 0) {
        w = size_within(w, node->pool.kernel, node->pool.pad, node->pool.stride);
        h = size_within(h, node->pool.kernel, node->pool.pad, node->pool.stride);
    } else if (node->conv.padding == PST_PAD_NONE) {
        w = size_within(w, node->conv.kernel_w, 0, node->conv.stride);
        h = size_within(h, node->conv.kernel_h, 0, node->conv.stride);
    } else {
        w = (w * node->up + node->down - 1) / node->down;
        h = (h * node->up + node->down - 1) / node->down;
    }
    bool whole =
        w * node->down == s->width[from] * node->up && h * node->down == s->height[from] * node->up;
    if (w < 1 || h < 1 || (node->factor && !whole)) {
        return pst_fail(message, PST_E_FORMAT, "node '%s': the picture is too small", node->name);
    }
    for (int k = 1; k < node->input_count; k++) {
        if (s->width[node->inputs[k]] != w || s->height[node->inputs[k]] != h) {
            return pst_fail(message, PST_E_FORMAT, "node '%s': its inputs differ in size",
                            node->name);
        }
    }
    s->width[i] = w;
    s->height[i] = h;
    return PST_OK;
}

/* Sizes of all that the taps need, in order; and that all of it has a way back. */
static PstStatus size_all(Maker *m, PstMessage *message)
{
    PstSchedule *s = m->s;
    bool needed[PST_MAX_NODES];
    pst_taps_needed(m->graph, m->options->taps, m->options->tap_count, needed);
    for (int i = m->graph->node_count - 1; i > PST_NODE_PICTURE; i--) {
        const PstNode *node = &m->graph->nodes[i];
        PstBackWay way;
        if (needed[i] && (node->kind != PST_KIND_MAP || !node->op || !pst_back_way(node, &way))) {
            return pst_fail(message, PST_E_UNSUPPORTED, "node '%s': there is no gradient of %s'%s'",
                            node->name, node->bilinear ? "a bilinear " : "",
                            node->op ? node->op->name : "input");
        }
    }
    s->width[PST_NODE_PICTURE] = m->options->width;
    s->height[PST_NODE_PICTURE] = m->options->height;
    PstStatus status = PST_OK;
    for (int i = PST_NODE_FIRST_NAMED; i < m->graph->node_count && !status; i++) {
        if (needed[i])
            status = size_node(s, m->graph, i, message);
    }
    return status;
}

/* ---- Steps ----------------------------------------------------------------------------------- */

static int add_buffer(PstSchedule *s, int channels, int height, int width)
{
    PstBuffer *b = &s->buffers[s->buffer_count];
    *b = (PstBuffer){channels, height, width, s->step_count, s->step_count, 0, 0};
    b->floats = (size_t) channels * height * pst_map_stride(width);
    return s->buffer_count++;
}

static int map_buffer(Maker *m, int node)
{
    return add_buffer(m->s, m->graph->nodes[node].channels, m->s->height[node], m->s->width[node]);
}

/* The step that is being made uses the buffer. */
static int use(PstSchedule *s, int buffer)
{
    s->buffers[buffer].last = s->step_count;
    return buffer;
}

static PstGradientStep *new_step(PstSchedule *s, PstStepKind kind, int node)
{
    PstGradientStep *step = &s->steps[s->step_count];
    *step = (PstGradientStep){.kind = kind, .node = node, .value = -1, .gradient = -1};
    step->spread = step->padded = step->part = -1;
    for (int k = 0; k < PST_MAX_INPUTS; k++)
        step->inputs[k] = step->to[k] = -1;
    return step;
}

static void step_value(Maker *m, int node)
{
    PstGradientStep *step = new_step(m->s, PST_STEP_VALUE, node);
    step->value = m->value[node] = map_buffer(m, node);
    for (int k = 0; k < input_count(&m->graph->nodes[node]); k++)
        step->inputs[k] = use(m->s, m->value[m->graph->nodes[node].inputs[k]]);
    m->s->step_count++;
}

static void step_loss(Maker *m)
{
    new_step(m->s, PST_STEP_LOSS, -1);
    m->s->loss = m->s->step_count;
    for (int t = 0; t < m->options->tap_count; t++) {
        int node = m->options->taps[t];
        m->s->taps[t] = use(m->s, m->value[node]);
        if (!m->options->forward_only)
            m->s->seeds[t] = m->grad[node] = map_buffer(m, node);
    }
    m->s->step_count++;
}

static void step_gradient(Maker *m, int node)
{
    const PstNode *n = &m->graph->nodes[node];
    PstGradientStep *step = new_step(m->s, PST_STEP_GRADIENT, node);
    PstBackWay way;
    pst_back_way(n, &way);
    step->gradient = use(m->s, m->grad[node]);
    bool part = false;
    for (int k = 0; k < n->input_count; k++) {
        int from = n->inputs[k];
        step->add[k] = m->grad[from] >= 0;
        if (!step->add[k])
            m->grad[from] = map_buffer(m, from);
        step->to[k] = use(m->s, m->grad[from]);
        part = part || step->add[k];
    }
    int from = n->inputs[0], widest = from;
    for (int k = 0; k < n->input_count; k++) {
        if (m->graph->nodes[n->inputs[k]].channels > m->graph->nodes[widest].channels)
            widest = n->inputs[k];
    }
    PstSpread s = pst_back_spread(&n->conv);
    int h = m->s->height[from] + 2 * s.pad_y, w = m->s->width[from] + 2 * s.pad_x;
    if (way.spread)
        step->spread = add_buffer(m->s, n->channels, h, w);
    if (way.padded)
        step->padded = add_buffer(m->s, m->graph->nodes[from].channels, h, w);
    if (part)
        step->part = map_buffer(m, widest);
    m->s->step_count++;
}

static void list_steps(Maker *m)
{
    int nodes = m->graph->node_count;
    m->s->picture = m->value[PST_NODE_PICTURE] = map_buffer(m, PST_NODE_PICTURE);
    for (int i = PST_NODE_FIRST_NAMED; i < nodes; i++) {
        if (m->s->width[i])
            step_value(m, i);
    }
    step_loss(m);
    for (int i = nodes - 1; i >= PST_NODE_FIRST_NAMED && !m->options->forward_only; i--) {
        if (m->s->width[i] && m->grad[i] >= 0)
            step_gradient(m, i);
    }
    m->s->result = m->grad[PST_NODE_PICTURE];
    if (m->s->result >= 0)
        use(m->s, m->s->result);
}

/* ---- Places ---------------------------------------------------------------------------------- */

/* First fit, in the order in which the buffers come to life. */
static bool place(PstSchedule *s)
{
    for (int i = 0; i < s->buffer_count; i++) {
        PstBuffer *b = &s->buffers[i];
        for (int k = 0; k < i; k++) {
            const PstBuffer *o = &s->buffers[k];
            bool meet = o->last >= b->first && o->first <= b->last;
            if (meet && b->offset < o->offset + o->floats && o->offset < b->offset + b->floats) {
                b->offset = o->offset + o->floats;
                k = -1; /* look again at all of them from here */
            }
        }
        size_t end = b->offset;
        if (!pst_size_add(&end, b->floats) || end > SIZE_MAX / sizeof(float) / 2)
            return false;
        s->floats = end > s->floats ? end : s->floats;
    }
    return true;
}

void pst_schedule_release(PstSchedule *s)
{
    free(s->width);
    free(s->steps);
    free(s->buffers);
    free(s->taps);
    *s = (PstSchedule){0};
}

static bool allocate(Maker *m)
{
    size_t nodes = m->graph->node_count;
    PstSchedule *s = m->s;
    s->width = pst_alloc(2 * nodes, sizeof *s->width);
    s->height = s->width ? s->width + nodes : NULL;
    s->steps = pst_alloc(2 * nodes + 1, sizeof *s->steps);
    s->buffers = pst_alloc(5 * nodes + 1, sizeof *s->buffers);
    s->taps = pst_alloc(2 * (size_t) m->options->tap_count, sizeof *s->taps);
    s->seeds = s->taps ? s->taps + m->options->tap_count : NULL;
    m->value = pst_alloc(2 * nodes, sizeof *m->value);
    m->grad = m->value ? m->value + nodes : NULL;
    for (size_t i = 0; m->value && i < 2 * nodes; i++)
        m->value[i] = -1;
    return s->width && s->steps && s->buffers && s->taps && m->value;
}

PstStatus pst_schedule_make(PstSchedule *schedule, const PstGraph *graph,
                            const PstGradientOptions *options, PstMessage *message)
{
    Maker m = {.s = schedule, .graph = graph, .options = options};
    *schedule = (PstSchedule){0};
    PstStatus status =
        allocate(&m) ? PST_OK : pst_fail(message, PST_E_MEMORY, "no memory for the plan");
    if (!status)
        status = size_all(&m, message);
    if (!status) {
        list_steps(&m);
        if (!place(schedule))
            status = pst_fail(message, PST_E_MEMORY, "the picture is too large to count");
    }
    free(m.value);
    if (status)
        pst_schedule_release(schedule);
    return status;
}
