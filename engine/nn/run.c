/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/run.h"

#include "nn/gemm.h"
#include "nn/memory.h"
#include "nn/ops.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const PstPlan *plan;
    const PstGraph *graph;
    const PstRunIo *io;
    PstMessage *message;
    char *block;
    PstPlace *places; /* [node] */
    PstStep *steps;   /* [node] */
    int *ready;       /* [node]: rows done in this pass and stripe */
    bool *known;      /* [node]: vectors that have their value */
    float *scratch;
    double flop; /* done so far */
    int pass;
    int x0, x1, from, to; /* the stripe: columns to write, columns to compute */
} Run;

static bool takes_part(const Run *run, int node)
{
    return run->plan->rows[(size_t) run->pass * run->graph->node_count + node] > 0;
}

/* ---- Vectors --------------------------------------------------------------------------------- */

static PstStatus take_vectors(Run *run)
{
    for (int i = 0; i < run->io->vector_count; i++) {
        const PstVectorIo *v = &run->io->vectors[i];
        if (v->in) {
            memcpy(run->places[v->node].vector, v->in,
                   sizeof(float) * run->graph->nodes[v->node].channels);
            run->known[v->node] = true;
        }
    }
    for (int i = 0; i < run->graph->node_count; i++) {
        const PstNode *node = &run->graph->nodes[i];
        if (node->kind == PST_KIND_VECTOR && !node->op && !run->known[i]) {
            return pst_fail(run->message, PST_E_UNSUPPORTED, "nothing is given for input '%s'",
                            node->name);
        }
    }
    return PST_OK;
}

/* Computes every vector whose inputs are known. */
static void evaluate_vectors(Run *run)
{
    for (int i = 0; i < run->graph->node_count; i++) {
        const PstNode *node = &run->graph->nodes[i];
        bool ripe = node->op && node->op->evaluate && !run->known[i];
        for (int k = 0; k < node->input_count && ripe; k++)
            ripe = run->known[node->inputs[k]];
        if (ripe) {
            node->op->evaluate(&run->steps[i]);
            run->known[i] = true;
        }
    }
}

static void give_vectors(const Run *run)
{
    for (int i = 0; i < run->io->vector_count; i++) {
        const PstVectorIo *v = &run->io->vectors[i];
        if (v->out) {
            memcpy(v->out, run->places[v->node].vector,
                   sizeof(float) * run->graph->nodes[v->node].channels);
        }
    }
}

/* ---- One node, some rows --------------------------------------------------------------------- */

static PstBox cell_box(int cell_x, int cell_y, int columns, int rows, int x1, int y1)
{
    PstBox box = {cell_x * columns, cell_y * rows, (cell_x + 1) * columns, (cell_y + 1) * rows};
    box.x1 = box.x1 < x1 ? box.x1 : x1;
    box.y1 = box.y1 < y1 ? box.y1 : y1;
    return box;
}

/* Rows [y0, y1) of a map: whole cells, shared out among the threads. */
static void compute_map(const Run *run, int node, int y0, int y1)
{
    const PstStep *step = &run->steps[node];
    int rows = pst_cell_rows(step->node->reduction);
    int columns = pst_cell_columns(step->node->reduction);
    int width = (run->to - run->from) / step->node->reduction;
    int across = (width + columns - 1) / columns, first = y0 / rows, last = (y1 + rows - 1) / rows;
    size_t scratch = pst_plan_scratch(run->plan);
#pragma omp parallel for collapse(2) schedule(dynamic) num_threads(run->plan->options.threads)
    for (int y = first; y < last; y++) {
        for (int x = 0; x < across; x++) {
            step->node->op->box(step, cell_box(x, y, columns, rows, width, y1),
                                run->scratch + scratch * omp_get_thread_num());
        }
    }
}

/* The sums of the cells that this stripe writes, in rows [y0, y1). */
static void compute_sums(const Run *run, int node, int y0, int y1)
{
    const PstStep *step = &run->steps[node];
    int reduction = pst_plan_reduction(run->graph, node);
    int rows = pst_cell_rows(reduction), columns = pst_cell_columns(reduction);
    int width = run->plan->options.width / reduction;
    int across = (width + columns - 1) / columns, shift = run->from / reduction;
    int x0 = run->x0 / reduction / columns, x1 = (run->x1 / reduction + columns - 1) / columns;
    int first = y0 / rows, last = (y1 + rows - 1) / rows;
#pragma omp parallel for collapse(2) schedule(dynamic) num_threads(run->plan->options.threads)
    for (int y = first; y < last; y++) {
        for (int x = x0; x < x1; x++) {
            PstBox box = cell_box(x, y, columns, rows, width, y1);
            box.x0 -= shift;
            box.x1 -= shift;
            step->node->op->gather(step, box, shift,
                                   run->places[node].sums +
                                       step->node->sums * ((size_t) y * across + x));
        }
    }
}

static void finish_vectors(Run *run)
{
    for (int i = 0; i < run->graph->node_count; i++) {
        const PstStep *step = &run->steps[i];
        if (takes_part(run, i) && step->node->kind == PST_KIND_VECTOR) {
            int reduction = pst_plan_reduction(run->graph, i);
            int rows = pst_cell_rows(reduction), columns = pst_cell_columns(reduction);
            size_t across = (run->plan->options.width / reduction - 1) / columns + 1;
            size_t down = (run->plan->options.height / reduction - 1) / rows + 1;
            if (step->node->op->finish)
                step->node->op->finish(step, run->places[i].sums, across * down);
            run->known[i] = true;
        }
    }
}

static PstStatus read_rows(const Run *run, int y0, int y1)
{
    bool weights = takes_part(run, PST_NODE_WEIGHTS);
    return run->io->read(run->io->user, (PstBox){run->from, y0, run->to, y1},
                         &run->places[PST_NODE_PICTURE].map,
                         weights ? &run->places[PST_NODE_WEIGHTS].map : NULL, run->message);
}

static bool is_output(const Run *run, int node)
{
    for (int i = 0; i < run->plan->options.output_count; i++) {
        if (run->plan->options.outputs[i] == node)
            return true;
    }
    return false;
}

/* Computes rows [y0, y1) of `node`, whatever it is. */
static PstStatus compute(Run *run, int node, int y0, int y1)
{
    const PstNode *n = &run->graph->nodes[node];
    PstStatus status = PST_OK;
    if (node == PST_NODE_PICTURE) {
        status = read_rows(run, y0, y1);
    } else if (node == PST_NODE_WEIGHTS || run->plan->views[node]) {
        return PST_OK; /* read with the picture, which comes before; or by those who use it */
    } else if (n->kind == PST_KIND_VECTOR) {
        compute_sums(run, node, y0, y1);
    } else {
        compute_map(run, node, y0, y1);
        run->flop += n->flop * (run->to - run->from) / n->reduction * (y1 - y0);
    }
    if (!status && n->kind == PST_KIND_MAP && n->level == run->pass && is_output(run, node)) {
        PstBox box = {run->x0 / n->reduction, y0, run->x1 / n->reduction, y1};
        status = run->io->write(run->io->user, node, box, &run->places[node].map,
                                run->from / n->reduction, run->message);
    }
    if (!status && run->io->progress) {
        double done = run->plan->flop > 0 ? run->flop / run->plan->flop : 1;
        status = run->io->progress(run->io->user, done < 1 ? done : 1, run->message);
    }
    return status;
}

/* ---- Passes ---------------------------------------------------------------------------------- */

static PstStatus run_stripe(Run *run, int stripe)
{
    const PstPlan *plan = run->plan;
    pst_plan_stripe(plan, stripe, &run->x0, &run->x1, &run->from, &run->to);
    for (int i = 0; i < run->graph->node_count; i++) {
        const PstNode *node = &run->graph->nodes[i];
        bool before = plan->kept_in[i] >= 0 && plan->kept_in[i] < run->pass;
        run->ready[i] = before ? plan->options.height / node->reduction : 0;
        if (node->kind == PST_KIND_MAP && takes_part(run, i))
            run->places[i].map.width = (run->to - run->from) / node->reduction;
    }
    PstStatus status = PST_OK;
    for (bool moved = true; moved && !status;) {
        moved = false;
        for (int i = 0; i < run->graph->node_count && !status; i++) {
            int y = takes_part(run, i) ? pst_plan_advance(plan, run->pass, i, run->ready) : 0;
            if (y > run->ready[i]) {
                status = compute(run, i, run->ready[i], y);
                run->ready[i] = y;
                moved = true;
            }
        }
    }
    return status;
}

static PstStatus run_pass(Run *run, int pass)
{
    run->pass = pass;
    pst_plan_place(run->plan, pass, run->block, run->places, &run->scratch);
#pragma omp parallel for schedule(dynamic) num_threads(run->plan->options.threads)
    for (int i = 0; i < run->graph->node_count; i++) {
        if (takes_part(run, i) && run->graph->nodes[i].op && run->graph->nodes[i].op->bind) {
            run->steps[i].bound = run->places[i].bound;
            run->graph->nodes[i].op->bind(&run->steps[i]);
        }
    }
    PstStatus status = PST_OK;
    for (int stripe = 0; stripe < run->plan->stripes && !status; stripe++)
        status = run_stripe(run, stripe);
    if (!status) {
        finish_vectors(run);
        evaluate_vectors(run);
    }
    return status;
}

/* Connects the steps: to places whose contents pst_plan_place() moves from pass to pass, but which
 * themselves stay. */
static void connect(Run *run)
{
    for (int i = 0; i < run->graph->node_count; i++) {
        PstStep *step = &run->steps[i];
        step->node = &run->graph->nodes[i];
        step->out = &run->places[i].map;
        step->vector = run->places[i].vector;
        if (step->node->op && step->node->op->gather) {
            int r = pst_plan_reduction(run->graph, i);
            step->height = (run->plan->options.inside_height + r - 1) / r;
            step->width = (run->plan->options.inside_width + r - 1) / r;
        }
        for (int k = 0; k < step->node->input_count; k++) {
            int from = step->node->inputs[k];
            step->maps[k] = &run->places[from].map;
            step->vectors[k] = run->places[from].vector;
            step->sizes[k] = run->graph->nodes[from].channels;
            if (run->plan->views[from]) {
                step->views[k] = &run->steps[from];
                step->maps[k] = &run->places[run->graph->nodes[from].inputs[0]].map;
            }
        }
    }
}

PstStatus pst_run(const PstPlan *plan, const PstRunIo *io, PstMessage *message)
{
    size_t nodes = plan->graph->node_count;
    Run run = {.plan = plan, .graph = plan->graph, .io = io, .message = message};
    run.block = pst_alloc_block(plan->bytes);
    run.places = pst_alloc(nodes, sizeof *run.places);
    run.steps = pst_alloc(nodes, sizeof *run.steps);
    run.ready = pst_alloc(nodes, sizeof *run.ready);
    run.known = pst_alloc(nodes, sizeof *run.known);
    PstStatus status = PST_OK;
    if (!run.block || !run.places || !run.steps || !run.ready || !run.known) {
        status = pst_fail(message, PST_E_MEMORY, "there are no %zu MB of memory left",
                          plan->bytes / 1000000 + 1);
    }
    if (!status) {
        pst_gemm_init();
        pst_plan_place(plan, 0, run.block, run.places, &run.scratch);
        connect(&run);
        status = take_vectors(&run);
    }
    if (!status)
        evaluate_vectors(&run);
    for (int pass = 0; pass < plan->passes && !status; pass++)
        status = run_pass(&run, pass);
    if (!status)
        give_vectors(&run);
    free(run.block);
    free(run.places);
    free(run.steps);
    free(run.ready);
    free(run.known);
    return status;
}
