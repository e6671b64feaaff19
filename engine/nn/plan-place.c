/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the maps, vectors and sums of a plan lie, and what they take.
 */
#include "nn/memory.h"
#include "nn/ops.h"
#include "nn/plan.h"

#include <stdint.h>

size_t pst_plan_scratch(const PstPlan *plan)
{
    size_t most = 0;
    for (int i = 0; i < plan->graph->node_count; i++) {
        const PstNode *node = &plan->graph->nodes[i];
        if (node->kind == PST_KIND_MAP) {
            size_t floats = pst_node_scratch(node, pst_cell_columns(node->reduction),
                                             pst_cell_rows(node->reduction));
            most = floats > most ? floats : most;
        }
    }
    return most + PST_ALIGN;
}

typedef struct {
    char *block;
    size_t used; /* SIZE_MAX once it has overflowed */
} Taker;

static void *take(Taker *taker, size_t count, size_t size)
{
    size_t bytes, start = taker->used;
    if (!pst_size_mul(count, size, &bytes) || !pst_size_add(&bytes, PST_ALIGN) ||
        !pst_size_add(&taker->used, bytes - bytes % PST_ALIGN)) {
        taker->used = SIZE_MAX;
        return NULL;
    }
    return taker->block ? taker->block + start : NULL;
}

static void take_map(Taker *taker, const PstPlan *plan, int node, int width, int rows,
                     PstPlace *place)
{
    const PstNode *n = &plan->graph->nodes[node];
    size_t floats = 0;
    PstMap map = {.channels = n->channels, .height = pst_plan_height(plan, node), .rows = rows};
    map.width = width / n->reduction;
    map.stride = pst_map_stride(map.width);
    if (!pst_size_mul((size_t) rows * n->channels, map.stride, &floats))
        taker->used = SIZE_MAX;
    map.data = take(taker, floats, sizeof(float));
    place->map = map;
}

/* What stays for all passes: vectors, scratch, kept maps. */
static void place_lasting(Taker *taker, const PstPlan *plan, int width, PstPlace *places,
                          float **scratch)
{
    for (int i = 0; i < plan->graph->node_count; i++) {
        const PstNode *node = &plan->graph->nodes[i];
        if (node->kind == PST_KIND_VECTOR) {
            places[i].vector = take(taker, node->channels, sizeof(float));
        } else if (plan->kept_in[i] >= 0) {
            take_map(taker, plan, i, width, pst_plan_height(plan, i), &places[i]);
        }
    }
    *scratch = take(taker, (size_t) plan->options.threads * pst_plan_scratch(plan), sizeof(float));
}

size_t pst_plan_place(const PstPlan *plan, int pass, char *block, PstPlace *places, float **scratch)
{
    const PstPlanOptions *options = &plan->options;
    Taker taker = {block, 0};
    int width = options->stripe + 2 * options->overlap;
    width = width < options->width ? width : options->width;
    place_lasting(&taker, plan, width, places, scratch);
    for (int i = 0; i < plan->graph->node_count; i++) {
        const PstNode *node = &plan->graph->nodes[i];
        int rows = pst_plan_rows(plan, pass, i);
        if (rows == 0)
            continue;
        if (node->kind == PST_KIND_VECTOR) {
            places[i].sums =
                take(&taker, pst_plan_cells(plan, i), sizeof(double) * node->cell_sums);
        } else if (plan->kept_in[i] < 0 && !plan->views[i]) {
            take_map(&taker, plan, i, width, rows, &places[i]);
        }
        places[i].bound = take(&taker, node->bound_floats, sizeof(float));
    }
    return taker.used;
}
