/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/plan.h"

#include "nn/memory.h"
#include "nn/ops.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A band should have so many of the coarsest cells a thread that none waits long for another, and so many rows of
 * them that each thread has its own (run.c); no more, because fewer rows are kept the narrower it is, and caches and
 * fresh pages are what small maps save. */
#define CELLS_A_THREAD 2
#define ROWS_MOST      4

/* Rows of a cell: enough pixels that the work outweighs the call (a GEMM wants 256 to 1024 columns), few
 * enough that its inputs stay in the second-level cache. */
int pst_cell_rows(int reduction)
{
    switch (reduction) {
    case 1:
    case 2:
        return 4;
    case 4:
    case 8:
        return 8;
    case 16:
        return 4;
    default:
        return 2;
    }
}

int pst_cell_columns(int reduction)
{
    return PST_STRIPE_UNIT / reduction;
}

/* Whether it is a vector that a pass over the picture makes. */
static bool is_gathered(const PstNode *node)
{
    return node->op && node->op->gather;
}

int pst_plan_reduction(const PstGraph *graph, int node)
{
    const PstNode *n = &graph->nodes[node];
    return n->reduction > 0 ? n->reduction : graph->nodes[n->inputs[0]].reduction;
}

int pst_plan_height(const PstPlan *plan, int node)
{
    return plan->options.height / pst_plan_reduction(plan->graph, node);
}

bool pst_plan_is_output(const PstPlan *plan, int node)
{
    for (int i = 0; i < plan->output_count; i++) {
        if (plan->outputs[i] == node)
            return true;
    }
    return false;
}

static int *rows_of(const PstPlan *plan, int pass)
{
    return plan->rows + (size_t) pass * plan->graph->node_count;
}

int pst_plan_rows(const PstPlan *plan, int pass, int node)
{
    return rows_of(plan, pass)[node];
}

int pst_plan_ready(const PstPlan *plan, int pass, int node)
{
    bool before = plan->kept_in[node] >= 0 && plan->kept_in[node] < pass;
    return before && pst_plan_rows(plan, pass, node) > 0 ? pst_plan_height(plan, node) : 0;
}

size_t pst_plan_cells(const PstPlan *plan, int node)
{
    int reduction = pst_plan_reduction(plan->graph, node);
    size_t across = (plan->options.width / reduction - 1) / pst_cell_columns(reduction) + 1;
    size_t down = (plan->options.height / reduction - 1) / pst_cell_rows(reduction) + 1;
    return across * down;
}

static int min_int(int a, int b)
{
    return a < b ? a : b;
}

static int max_int(int a, int b)
{
    return a > b ? a : b;
}

static int round_up(int value, int unit)
{
    return (value + unit - 1) / unit * unit;
}

/* ---- Rows ------------------------------------------------------------------------------------ */

/* How many rows of `node` its input allows of which `ready` of `height` rows are there. */
static int rows_allowed(const PstNode *node, int ready, int height, int all)
{
    if (ready == height)
        return all;
    int last = ready - 1 - node->after;
    return last < 0 ? 0 : min_int(all, (last / node->down + 1) * node->up);
}

int pst_plan_advance(const PstPlan *plan, int pass, int node, const int *ready)
{
    const PstNode *n = &plan->graph->nodes[node];
    int reduction = pst_plan_reduction(plan->graph, node), all = pst_plan_height(plan, node);
    int y = min_int(all, ready[node] + plan->options.band / reduction);
    for (int i = 0; i < n->input_count; i++) {
        int from = n->inputs[i];
        if (plan->graph->nodes[from].kind == PST_KIND_MAP && pst_plan_rows(plan, pass, from) > 0)
            y = min_int(y, rows_allowed(n, ready[from], pst_plan_height(plan, from), all));
    }
    return y == all ? y : y - y % pst_cell_rows(reduction);
}

/* The first row of an input of `height` rows that `node` still needs when `ready` of `all` are done. */
static int first_needed(const PstNode *node, int ready, int all, int height)
{
    if (ready == all)
        return height;
    if (height <= 2 * (node->before + node->after))
        return 0; /* so few rows that padding may reflect to any of them */
    int first = min_int(ready * node->down / node->up - node->before, height - 1 - node->after);
    return max_int(first, 0);
}

/* The first row of `node` that the nodes after it, or the one who takes the output, still need.  A view
 * is done with a row only when its own users are. */
static int first_in_use(const PstPlan *plan, int node, const int *rows, const int *ready)
{
    const PstGraph *graph = plan->graph;
    int height = pst_plan_height(plan, node),
        first = pst_plan_is_output(plan, node) ? ready[node] : height;
    for (int i = node + 1; i < graph->node_count; i++) {
        const PstNode *user = &graph->nodes[i];
        bool uses = false;
        for (int k = 0; rows[i] > 0 && k < user->input_count; k++)
            uses = uses || user->inputs[k] == node;
        if (uses) {
            int done = plan->views[i] ? first_in_use(plan, i, rows, ready) : ready[i];
            first = min_int(first, first_needed(user, done, pst_plan_height(plan, i), height));
        }
    }
    return first;
}

/* Plays the pass through and notes the most rows that each map must hold at once.  For instance, a picture of 192
 * rows in bands of 64; a, a 3 × 3 convolution of it; b, one of stride 2 of a; and c, b enlarged.  How many rows of
 * each are there after each sweep, and from where on they are needed while the last of them are made:
 *
 *              picture       a          b        c
 *     1       64             60         28        56     a waits for the row below its last; whole cells alone
 *     2      128 (59 …)     124 (55 …)  60 (28 …) 120 (56 …)
 *     3      192 (123 …)    188 (119 …) 92 (60 …) 184 (120 …)
 *     4      192            192 (183 …) 96 (92 …) 192 (184 …)
 *     held    69             69         32        64
 */
static void count_rows(PstPlan *plan, int pass, int *ready)
{
    const PstGraph *graph = plan->graph;
    int *rows = rows_of(plan, pass);
    for (int i = 0; i < graph->node_count; i++)
        ready[i] = pst_plan_ready(plan, pass, i);
    for (bool moved = true; moved;) {
        moved = false;
        for (int i = 0; i < graph->node_count; i++) {
            int y = rows[i] > 0 ? pst_plan_advance(plan, pass, i, ready) : 0;
            if (y > ready[i]) {
                int first = first_in_use(plan, i, rows, ready);
                rows[i] = max_int(rows[i], y - first);
                ready[i] = y;
                moved = true;
            }
        }
    }
    for (int i = 0; i < graph->node_count; i++) {
        if (rows[i] > 0 && plan->kept_in[i] >= 0 && plan->kept_in[i] <= pass)
            rows[i] = pst_plan_height(plan, i);
    }
}

/* ---- Passes ---------------------------------------------------------------------------------- */

/* A view needs no map if all its users can read through it. */
static void mark_views(PstPlan *plan)
{
    const PstGraph *graph = plan->graph;
    for (int i = 0; i < graph->node_count; i++) {
        const PstNode *node = &graph->nodes[i];
        plan->views[i] = node->op && node->op->is_view && !pst_plan_is_output(plan, i) &&
                         !plan->views[node->inputs[0]];
    }
    for (int i = 0; i < graph->node_count; i++) {
        const PstNode *user = &graph->nodes[i];
        for (int k = 0; k < user->input_count; k++) {
            if (!user->op->takes_views || k >= PST_VIEWED_INPUTS)
                plan->views[user->inputs[k]] = false;
        }
    }
}

/* Marks what the outputs need, through everything: wanted[node]. */
static void mark_wanted(const PstPlan *plan, int *wanted)
{
    const PstGraph *graph = plan->graph;
    for (int i = graph->node_count - 1; i >= 0; i--) {
        wanted[i] = wanted[i] || pst_plan_is_output(plan, i);
        for (int k = 0; wanted[i] && k < graph->nodes[i].input_count; k++)
            wanted[graph->nodes[i].inputs[k]] = 1;
    }
}

/* Marks the nodes that take part in a pass with a 1 in its rows: its targets (vectors of its level, and
 * outputs), and the maps that these need, back to the picture or to a map kept from an earlier pass. */
static void mark_pass(PstPlan *plan, int pass, const int *wanted)
{
    const PstGraph *graph = plan->graph;
    int *rows = rows_of(plan, pass);
    for (int i = graph->node_count - 1; i >= 0; i--) {
        const PstNode *node = &graph->nodes[i];
        bool gathered = is_gathered(node);
        if (wanted[i] && (gathered ? node->level == pass + 1
                                   : node->kind == PST_KIND_MAP && node->level == pass &&
                                         pst_plan_is_output(plan, i))) {
            rows[i] = 1;
        }
        if (rows[i] == 0)
            continue;
        bool keep = plan->keep && !plan->views[i];
        for (int earlier = 0; earlier < pass && keep && plan->kept_in[i] < 0; earlier++) {
            if (pst_plan_rows(plan, earlier, i) > 0)
                plan->kept_in[i] = earlier;
        }
        bool made_here = plan->kept_in[i] < 0 || plan->kept_in[i] == pass;
        for (int k = 0; made_here && k < node->input_count; k++) {
            if (graph->nodes[node->inputs[k]].kind == PST_KIND_MAP)
                rows[node->inputs[k]] = 1;
        }
    }
    /* They are read together, and a picture that is kept is not read again. */
    if (plan->keep && rows[PST_NODE_PICTURE] && wanted[PST_NODE_WEIGHTS])
        rows[PST_NODE_WEIGHTS] = 1;
}

/* ---- Columns --------------------------------------------------------------------------------- */

/* How far, in columns of the picture, the value of a pixel reaches through the maps of a pass. */
static int reach(const PstPlan *plan)
{
    const PstGraph *graph = plan->graph;
    int farthest = 0;
    int needs[PST_MAX_NODES] = {0}; /* columns of the node's own grid, beyond what is wanted */
    for (int i = graph->node_count - 1; i >= 0; i--) {
        const PstNode *node = &graph->nodes[i];
        for (int k = 0; node->kind == PST_KIND_MAP && k < node->input_count; k++) {
            int from = node->inputs[k];
            if (graph->nodes[from].kind == PST_KIND_MAP) {
                int radius = max_int(node->before, node->after);
                int need = (needs[i] * node->down + node->up - 1) / node->up + radius;
                needs[from] = max_int(needs[from], need);
                farthest = max_int(farthest, needs[from] * graph->nodes[from].reduction);
            }
        }
    }
    return farthest;
}

void pst_plan_stripe(const PstPlan *plan, int i, int *x0, int *x1, int *from, int *to)
{
    int width = plan->options.width;
    *x0 = i * plan->options.stripe;
    *x1 = min_int(width, *x0 + plan->options.stripe);
    *from = max_int(0, *x0 - plan->options.overlap);
    *to = min_int(width, *x1 + plan->options.overlap);
}

/* ---- The plan -------------------------------------------------------------------------------- */

static void count_flop(PstPlan *plan)
{
    plan->flop = 0;
    for (int stripe = 0; stripe < plan->stripes; stripe++) {
        int x0, x1, from, to;
        pst_plan_stripe(plan, stripe, &x0, &x1, &from, &to);
        for (int pass = 0; pass < plan->passes; pass++) {
            for (int i = 0; i < plan->graph->node_count; i++) {
                const PstNode *node = &plan->graph->nodes[i];
                bool made = !plan->views[i] && (plan->kept_in[i] < 0 || plan->kept_in[i] == pass);
                if (pst_plan_rows(plan, pass, i) > 0 && node->kind == PST_KIND_MAP && made) {
                    double r = node->reduction;
                    plan->flop += node->flop * (to - from) / r * plan->options.height / r;
                }
            }
        }
    }
}

/* Works out passes, rows and bytes for the options as they stand. */
static PstStatus work_out(PstPlan *plan, PstMessage *message)
{
    size_t nodes = plan->graph->node_count;
    int *wanted = pst_alloc(2 * nodes, sizeof *wanted);
    PstPlace *places = pst_alloc(nodes, sizeof *places);
    if (!wanted || !places) {
        free(wanted);
        free(places);
        return pst_fail(message, PST_E_MEMORY, "no memory for the plan");
    }
    memset(plan->rows, 0, nodes * plan->passes * sizeof *plan->rows);
    for (size_t i = 0; i < nodes; i++)
        plan->kept_in[i] = -1;
    mark_wanted(plan, wanted);
    for (int pass = 0; pass < plan->passes; pass++)
        mark_pass(plan, pass, wanted);
    plan->bytes = 0;
    plan->stripes = (plan->options.width - 1) / plan->options.stripe + 1;
    /* also without a pass: vectors that need no picture have to lie somewhere */
    for (int pass = 0; pass == 0 || pass < plan->passes; pass++) {
        float *scratch;
        count_rows(plan, pass, wanted + nodes);
        size_t bytes = pst_plan_place(plan, pass, NULL, places, &scratch);
        plan->bytes = bytes > plan->bytes ? bytes : plan->bytes;
    }
    count_flop(plan);
    free(wanted);
    free(places);
    return PST_OK;
}

/* Tries, from fast to frugal: maps kept, maps computed again, narrow bands, ever narrower stripes. */
static PstStatus choose(PstPlan *plan, const PstPlanOptions *asked, PstMessage *message)
{
    PstPlanOptions *options = &plan->options;
    int all = round_up(options->width, PST_STRIPE_UNIT), across = all / PST_STRIPE_UNIT;
    int rows = max_int((CELLS_A_THREAD * options->threads + across - 1) / across,
                       min_int(options->threads, ROWS_MOST));
    int tall = rows * PST_BAND_UNIT;
    for (int attempt = 0;; attempt++) {
        options->stripe = asked->stripe ? asked->stripe : all >> max_int(0, attempt - 2);
        options->stripe -= options->stripe % PST_STRIPE_UNIT;
        options->stripe = max_int(options->stripe, PST_STRIPE_UNIT);
        options->band = asked->band ? asked->band : attempt < 2 ? tall : PST_BAND_UNIT;
        options->band = round_up(options->band, PST_BAND_UNIT);
        plan->keep = !asked->recompute && attempt == 0 && options->stripe >= options->width;
        PstStatus status = work_out(plan, message);
        size_t needed = plan->bytes;
        bool countable = pst_size_add(&needed, options->reserved) && plan->bytes != SIZE_MAX;
        if (status || (countable && (!options->memory || needed <= options->memory)))
            return status;
        if (attempt > 2 && (asked->stripe || options->stripe == PST_STRIPE_UNIT)) {
            return pst_fail(
                message, PST_E_MEMORY, "a picture of %d × %d needs %zu MB, and the limit is %zu MB",
                options->width, options->height, needed / 1000000 + 1, options->memory / 1000000);
        }
    }
}

static PstStatus copy_outputs(PstPlan *plan, const PstPlanOptions *options, PstMessage *message)
{
    const int *from = options->outputs ? options->outputs : plan->graph->outputs;
    int count = options->outputs ? options->output_count : plan->graph->output_count;
    plan->outputs = pst_alloc(count, sizeof *plan->outputs);
    if (!plan->outputs)
        return pst_fail(message, PST_E_MEMORY, "no memory for the plan");
    memcpy(plan->outputs, from, count * sizeof *plan->outputs);
    plan->output_count = count;
    for (int i = 0; i < count; i++) {
        const PstNode *node = &plan->graph->nodes[from[i]];
        int last = node->kind == PST_KIND_MAP ? node->level : node->level - 1;
        plan->passes = max_int(plan->passes, last + 1);
    }
    return PST_OK;
}

PstStatus pst_plan_new(PstPlan **plan, const PstGraph *graph, const PstPlanOptions *options,
                       PstMessage *message)
{
    int unit = graph->alignment;
    *plan = NULL;
    if (options->width % unit || options->height % unit || options->width < 2 * unit ||
        options->height < 2 * unit) {
        return pst_fail(message, PST_E_FORMAT,
                        "%d × %d is no multiple of %d, or less than twice that", options->width,
                        options->height, unit);
    }
    if (options->inside_width < 0 || options->inside_width > options->width ||
        options->inside_height < 0 || options->inside_height > options->height) {
        return pst_fail(message, PST_E_FORMAT, "%d × %d does not lie inside %d × %d",
                        options->inside_width, options->inside_height, options->width,
                        options->height);
    }
    for (int i = 0; i < graph->node_count; i++) {
        if (graph->nodes[i].whole) {
            return pst_fail(message, PST_E_UNSUPPORTED, "node '%s': only whole pictures can pass",
                            graph->nodes[i].name);
        }
    }
    PstPlan *p = pst_alloc(1, sizeof *p);
    if (!p)
        return pst_fail(message, PST_E_MEMORY, "no memory for the plan");
    p->graph = graph;
    p->options = *options;
    p->options.outputs = NULL;
    p->options.inside_width = options->inside_width ? options->inside_width : options->width;
    p->options.inside_height = options->inside_height ? options->inside_height : options->height;
    int overlap = options->overlap ? max_int(options->overlap, 0) : reach(p);
    p->options.overlap = round_up(overlap, PST_STRIPE_UNIT);
    PstStatus status = copy_outputs(p, options, message);
    if (!status) {
        p->views = pst_alloc(graph->node_count, sizeof *p->views);
        p->rows = pst_alloc((size_t) graph->node_count * max_int(1, p->passes), sizeof *p->rows);
        p->kept_in = pst_alloc(graph->node_count, sizeof *p->kept_in);
        if (p->rows && p->kept_in && p->views) {
            mark_views(p);
            status = choose(p, options, message);
        } else {
            status = pst_fail(message, PST_E_MEMORY, "no memory for the plan");
        }
    }
    if (status)
        pst_plan_free(&p);
    *plan = p;
    return status;
}

void pst_plan_free(PstPlan **plan)
{
    if (*plan) {
        free((*plan)->outputs);
        free((*plan)->rows);
        free((*plan)->kept_in);
        free((*plan)->views);
        free(*plan);
        *plan = NULL;
    }
}
