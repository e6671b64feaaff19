/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/optimise/taps.h"

#include <string.h>

void pst_taps_needed(const PstGraph *graph, const int *taps, int tap_count,
                     bool needed[PST_MAX_NODES])
{
    memset(needed, 0, sizeof *needed * graph->node_count);
    needed[PST_NODE_PICTURE] = true;
    for (int t = 0; t < tap_count; t++)
        needed[taps[t]] = true;
    for (int i = graph->node_count - 1; i > PST_NODE_PICTURE; i--) {
        const PstNode *node = &graph->nodes[i];
        for (int k = 0; needed[i] && node->op && k < node->input_count; k++)
            needed[node->inputs[k]] = true;
    }
}

int pst_taps_unit(const PstGraph *graph, const int *taps, int tap_count)
{
    bool needed[PST_MAX_NODES];
    int unit = 1;
    pst_taps_needed(graph, taps, tap_count, needed);
    for (int i = 0; i < graph->node_count; i++) {
        if (needed[i] && graph->nodes[i].reduction > unit)
            unit = graph->nodes[i].reduction;
    }
    return unit;
}

/* Of a node, where that of its inputs is known. */
static int node_reach(const PstGraph *graph, const PstNode *node, const int *reach)
{
    int side = node->before > node->after ? node->before : node->after, most = 0;
    for (int k = 0; k < node->input_count; k++) {
        const PstNode *from = &graph->nodes[node->inputs[k]];
        int here = reach[node->inputs[k]];
        if (here < 0 || node->whole || node->kind != PST_KIND_MAP || from->kind != PST_KIND_MAP)
            return -1;
        here += side * from->reduction;
        most = here > most ? here : most;
    }
    return most;
}

int pst_taps_reach(const PstGraph *graph, const int *taps, int tap_count)
{
    int reach[PST_MAX_NODES] = {0}, most = 0;
    for (int i = PST_NODE_FIRST_NAMED; i < graph->node_count; i++) {
        if (graph->nodes[i].op)
            reach[i] = node_reach(graph, &graph->nodes[i], reach);
    }
    for (int t = 0; t < tap_count; t++) {
        if (reach[taps[t]] < 0)
            return -1;
        most = reach[taps[t]] > most ? reach[taps[t]] : most;
    }
    return most;
}

double pst_taps_flop(const PstGraph *graph, const int *taps, int tap_count)
{
    bool needed[PST_MAX_NODES];
    double flop = 0;
    pst_taps_needed(graph, taps, tap_count, needed);
    for (int i = 0; i < graph->node_count; i++) {
        const PstNode *node = &graph->nodes[i];
        if (needed[i] && node->op)
            flop += node->flop / ((double) node->reduction * node->reduction);
    }
    return flop;
}
