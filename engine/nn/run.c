/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/run.h"

#include "nn/kernel/gemm.h"
#include "nn/memory.h"
#include "nn/ops.h"
#include "nn/share.h"

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
    size_t scratch_floats; /* of one thread */
    PstShare share;
    double flop; /* done so far */
    int pass;
    int x0, x1, from, to; /* the stripe: columns to write, columns to compute */
} Run;

static bool takes_part(const Run *run, int node)
{
    return pst_plan_rows(run->plan, run->pass, node) > 0;
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

/* A node and a run, for the threads. */
typedef struct {
    const Run *run;
    int node;
    PstCells cells;
} Work;

/* Rows [y0, y1) of a node's map, or of the one that it sums up, which is `width` columns of the picture wide. */
static Work work_of(const Run *run, int node, int width, int y0, int y1)
{
    int reduction = pst_plan_reduction(run->graph, node);
    int rows_of_block = PST_BAND_UNIT / reduction;
    PstCells cells = {
        .columns = pst_cell_columns(reduction),
        .rows = pst_cell_rows(reduction),
        .width = width / reduction,
        .height = y1,
        .blocks = run->plan->options.band / PST_BAND_UNIT,
        .rows_of_block = rows_of_block > 0 ? rows_of_block : 1,
    };
    cells.y0 = y0 / cells.rows;
    cells.y1 = (y1 + cells.rows - 1) / cells.rows;
    cells.x1 = cells.across = (cells.width + cells.columns - 1) / cells.columns;
    return (Work){run, node, cells};
}

/* The most cells that a node computes at once. */
static size_t cells_at_once(const PstPlan *plan)
{
    size_t most = 1;
    for (int i = 0; i < plan->graph->node_count; i++) {
        int reduction = plan->graph->nodes[i].reduction;
        if (plan->graph->nodes[i].kind == PST_KIND_MAP) {
            size_t down = plan->options.band / reduction / pst_cell_rows(reduction) + 1;
            size_t across = plan->options.width / reduction / pst_cell_columns(reduction) + 1;
            most = down * across > most ? down * across : most;
        }
    }
    return most;
}

static void fill_cell(void *user, PstBox box, int thread)
{
    const Work *work = user;
    const PstStep *step = &work->run->steps[work->node];
    step->node->op->box(step, box, work->run->scratch + work->run->scratch_floats * thread);
}

static void compute_map(Run *run, int node, int y0, int y1)
{
    Work work = work_of(run, node, run->to - run->from, y0, y1);
    pst_share_out(&run->share, &work.cells, fill_cell, &work);
}

static void sum_cell(void *user, PstBox box, int thread)
{
    (void) thread;
    const Work *work = user;
    const Run *run = work->run;
    const PstCells *cells = &work->cells;
    const PstStep *step = &run->steps[work->node];
    int shift = run->from / pst_plan_reduction(run->graph, work->node);
    size_t cell = (size_t) (box.y0 / cells->rows) * cells->across + box.x0 / cells->columns;
    box.x0 -= shift;
    box.x1 -= shift;
    step->node->op->gather(step, box, shift,
                           run->places[work->node].sums + step->node->cell_sums * cell);
}

/* The sums of the cells that this stripe writes, in rows [y0, y1). */
static void compute_sums(Run *run, int node, int y0, int y1)
{
    Work work = work_of(run, node, run->plan->options.width, y0, y1);
    int unit = work.cells.columns * pst_plan_reduction(run->graph, node);
    work.cells.x0 = run->x0 / unit;
    work.cells.x1 = (run->x1 + unit - 1) / unit;
    pst_share_out(&run->share, &work.cells, sum_cell, &work);
}

static void finish_vectors(Run *run)
{
    for (int i = 0; i < run->graph->node_count; i++) {
        const PstStep *step = &run->steps[i];
        if (takes_part(run, i) && step->node->kind == PST_KIND_VECTOR) {
            if (step->node->op->finish)
                step->node->op->finish(step, run->places[i].sums, pst_plan_cells(run->plan, i));
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
    if (!status && n->kind == PST_KIND_MAP && n->level == run->pass &&
        pst_plan_is_output(run->plan, node)) {
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
        run->ready[i] = pst_plan_ready(plan, run->pass, i);
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
    bool shares = pst_share_init(&run.share, plan->options.threads, cells_at_once(plan));
    PstStatus status = PST_OK;
    if (!run.block || !run.places || !run.steps || !run.ready || !run.known || !shares)
        status = pst_no_memory(message, plan->bytes);
    if (!status) {
        pst_gemm_init();
        pst_plan_place(plan, 0, run.block, run.places, &run.scratch);
        run.scratch_floats = pst_plan_scratch(plan);
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
    pst_share_clear(&run.share);
    return status;
}
