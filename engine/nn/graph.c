/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/graph.h"

#include "nn/json.h"
#include "nn/memory.h"
#include "nn/ops.h"

#include <stdlib.h>
#include <string.h>

void pst_graph_free(PstGraph **graph)
{
    if (*graph) {
        for (int i = 0; i < (*graph)->node_count; i++)
            free((*graph)->nodes[i].name);
        pst_store_clear(&(*graph)->tensors);
        free((*graph)->nodes);
        free((*graph)->outputs);
        free(*graph);
        *graph = NULL;
    }
}

int pst_graph_find(const PstGraph *graph, const char *name)
{
    for (int i = 0; i < graph->node_count; i++) {
        if (strcmp(graph->nodes[i].name, name) == 0)
            return i;
    }
    return -1;
}

double pst_graph_flop(const PstGraph *graph)
{
    double flop = 0;
    for (int i = PST_NODE_FIRST_NAMED; i < graph->node_count; i++) {
        const PstNode *node = &graph->nodes[i];
        if (node->kind == PST_KIND_MAP)
            flop += node->flop / node->reduction / node->reduction;
    }
    return flop;
}

/* Adds an empty node, or returns NULL for lack of memory (the array is large enough). */
static PstNode *add_node(PstGraph *graph, const char *name, PstKind kind, int channels,
                         int reduction)
{
    PstNode *node = &graph->nodes[graph->node_count];
    node->name = strdup(name);
    if (!node->name)
        return NULL;
    node->kind = kind;
    node->channels = channels;
    node->reduction = reduction;
    node->down = node->up = 1;
    graph->node_count++;
    return node;
}

/* A new name: text, not yet taken. */
static PstStatus read_name(const PstGraph *graph, const json_t *json, const char **name,
                           PstMessage *message)
{
    *name = json_string_value(json_object_get(json, "name"));
    if (!*name)
        return pst_fail(message, PST_E_FORMAT, "there is an input or node without a name");
    if (pst_graph_find(graph, *name) >= 0)
        return pst_fail(message, PST_E_FORMAT, "there are two nodes named '%s'", *name);
    return PST_OK;
}

/* The picture and the weights of its pixels. */
static PstStatus add_picture(PstGraph *graph, const char *name, int channels, PstMessage *message)
{
    if (graph->node_count > 0) {
        return pst_fail(message, PST_E_FORMAT,
                        "input '%s': the first input, and only that, is a map", name);
    }
    PstNode *node = add_node(graph, name, PST_KIND_MAP, channels, 1);
    for (int reduction = 1; node && reduction <= PST_MAX_REDUCTION; reduction *= 2) {
        node = add_node(graph, "(weights)", PST_KIND_MAP, 1, reduction);
        if (node && reduction > 1) {
            node->op = &pst_op_reduce;
            node->inputs[node->input_count++] = graph->node_count - 2;
            node->factor = node->down = 2;
            node->after = 1;
            node->flop = 4;
        }
    }
    return node ? PST_OK : pst_fail(message, PST_E_MEMORY, "no memory for the graph");
}

static PstStatus add_input(PstGraph *graph, const json_t *json, PstMessage *message)
{
    const char *name;
    PstStatus status = read_name(graph, json, &name, message);
    if (status)
        return status;
    const char *kind = json_string_value(json_object_get(json, "kind"));
    json_int_t channels = json_integer_value(json_object_get(json, "channels"));
    int most = kind && strcmp(kind, "map") == 0 ? PST_MAX_CHANNELS : PST_MAX_VECTOR;
    if (channels < 1 || channels > most) {
        return pst_fail(message, PST_E_FORMAT, "input '%s': 'channels' must be in [1, %d]", name,
                        most);
    }
    if (kind && strcmp(kind, "map") == 0)
        return add_picture(graph, name, (int) channels, message);
    if (!kind || strcmp(kind, "vector") != 0)
        return pst_fail(message, PST_E_FORMAT, "input '%s': 'kind' must be map or vector", name);
    if (graph->node_count == 0)
        return pst_fail(message, PST_E_FORMAT, "input '%s': the first input must be a map", name);
    return add_node(graph, name, PST_KIND_VECTOR, (int) channels, 0)
               ? PST_OK
               : pst_fail(message, PST_E_MEMORY, "no memory for the graph");
}

static PstStatus read_inputs(const PstGraph *graph, PstNode *node, const json_t *json,
                             PstMessage *message)
{
    const json_t *inputs = json_object_get(json, "inputs");
    size_t count = json_array_size(inputs);
    if (count < (size_t) node->op->inputs_min || count > (size_t) node->op->inputs_max) {
        return pst_fail(message, PST_E_FORMAT, "node '%s': %s takes %d to %d inputs, not %zu",
                        node->name, node->op->name, node->op->inputs_min, node->op->inputs_max,
                        count);
    }
    for (size_t i = 0; i < count; i++) {
        const char *name = json_string_value(json_array_get(inputs, i));
        int index = name ? pst_graph_find(graph, name) : -1;
        /* the node itself is the last: it and what comes after it cannot be meant, nor the nodes that nobody named */
        bool hidden = index > PST_NODE_PICTURE && index < PST_NODE_FIRST_NAMED;
        if (index < 0 || index == graph->node_count - 1 || hidden) {
            return pst_fail(message, PST_E_FORMAT, "node '%s': input '%s' is no earlier node",
                            node->name, name ? name : "(not text)");
        }
        node->inputs[node->input_count++] = index;
    }
    return PST_OK;
}

/* Moments also read the weights at the resolution of their map; what a pass gathers ends a level. */
static void finish_node(const PstGraph *graph, PstNode *node)
{
    if (node->op->weighted) {
        int weights = PST_NODE_WEIGHTS;
        while (graph->nodes[weights].reduction < graph->nodes[node->inputs[0]].reduction)
            weights++;
        node->inputs[node->input_count++] = weights;
    }
    for (int i = 0; i < node->input_count; i++) {
        int level = graph->nodes[node->inputs[i]].level;
        node->level = level > node->level ? level : node->level;
    }
    node->level += node->op->gather != NULL;
}

static PstStatus add_op(PstGraph *graph, const PstSafetensors *file, const json_t *json,
                        PstMessage *message)
{
    const char *name;
    PstStatus status = read_name(graph, json, &name, message);
    if (status)
        return status;
    const char *op_name = json_string_value(json_object_get(json, "op"));
    const PstOp *op = op_name ? pst_op_find(op_name) : NULL;
    if (!op) {
        return pst_fail(message, PST_E_UNSUPPORTED, "node '%s': unknown op '%s'", name,
                        op_name ? op_name : "(none)");
    }
    PstNode *node = add_node(graph, name, op->kind, 0, 0);
    if (!node)
        return pst_fail(message, PST_E_MEMORY, "no memory for the graph");
    node->op = op;
    status = read_inputs(graph, node, json, message);
    if (!status) {
        status = op->prepare(&(PstBuilder){graph, &graph->tensors, file, json, node, message});
    }
    if (!status) {
        finish_node(graph, node);
        graph->alignment = node->reduction > graph->alignment ? node->reduction : graph->alignment;
    }
    return status;
}

static PstStatus add_outputs(PstGraph *graph, const json_t *outputs, PstMessage *message)
{
    for (size_t i = 0; i < json_array_size(outputs); i++) {
        const char *name = json_string_value(json_array_get(outputs, i));
        int index = name ? pst_graph_find(graph, name) : -1;
        if (index < PST_NODE_FIRST_NAMED) {
            return pst_fail(message, PST_E_FORMAT, "output '%s' is not a node",
                            name ? name : "(not text)");
        }
        graph->outputs[graph->output_count++] = index;
    }
    return graph->output_count > 0 ? PST_OK : pst_fail(message, PST_E_FORMAT, "there is no output");
}

static PstStatus build(PstGraph *graph, const PstSafetensors *file, const json_t *json,
                       PstMessage *message)
{
    const json_t *inputs = json_object_get(json, "inputs"), *nodes = json_object_get(json, "nodes");
    const json_t *outputs = json_object_get(json, "outputs");
    size_t limit = json_array_size(inputs) + json_array_size(nodes) + PST_NODE_FIRST_NAMED;
    if (!json_is_array(inputs) || !json_is_array(nodes) || !json_is_array(outputs) ||
        limit > PST_MAX_NODES) {
        return pst_fail(message, PST_E_FORMAT,
                        "'inputs', 'nodes' and 'outputs' must be lists, of at most %d in all",
                        PST_MAX_NODES);
    }
    if (json_array_size(inputs) == 0)
        return pst_fail(message, PST_E_FORMAT, "there is no input");
    graph->nodes = pst_alloc(limit, sizeof *graph->nodes);
    graph->outputs = pst_alloc(json_array_size(outputs), sizeof *graph->outputs);
    graph->alignment = 1;
    if (!graph->nodes || !graph->outputs)
        return pst_fail(message, PST_E_MEMORY, "no memory for the graph");
    PstStatus status = PST_OK;
    for (size_t i = 0; i < json_array_size(inputs) && !status; i++)
        status = add_input(graph, json_array_get(inputs, i), message);
    for (size_t i = 0; i < json_array_size(nodes) && !status; i++)
        status = add_op(graph, file, json_array_get(nodes, i), message);
    return status ? status : add_outputs(graph, outputs, message);
}

PstStatus pst_graph_new(PstGraph **graph, const PstSafetensors *file, const char *name,
                        PstMessage *message)
{
    *graph = NULL;
    const char *text = pst_safetensors_metadata(file, "graphs");
    if (!text)
        return pst_fail(message, PST_E_FORMAT, "the metadata have no 'graphs'");
    json_t *all;
    PstStatus status = pst_json_parse(&all, text, strlen(text), "'graphs'", message);
    const json_t *json = json_object_get(all, name);
    if (status)
        return status;
    if (!json_is_object(json)) {
        status = pst_fail(message, PST_E_FORMAT, "there is no graph '%s'", name);
    } else if (!(*graph = pst_alloc(1, sizeof **graph))) {
        status = pst_fail(message, PST_E_MEMORY, "no memory for graph '%s'", name);
    } else {
        status = pst_fail_within(message, build(*graph, file, json, message), "graph", name);
    }
    if (status)
        pst_graph_free(graph);
    json_decref(all);
    return status;
}
