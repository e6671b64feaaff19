/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any text as the `graphs` of a model with a few tensors; what is accepted is planned and run over a small
 * picture, in stripes too.
 */
#include "nn/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "fuzz.h"

#define FLOP_MAX  2e7
#define BYTES_MAX ((size_t) 256 << 20)

/* w, b and g fit conv2d and modconv2d of 3 channels, m and mb a linear of 6. */
static TestModel make_model(void)
{
    static const struct {
        const char *name;
        int shape[4];
    } all[] = {
        {"w", {3, 3, 3, 3}}, {"b", {3}},           {"g", {3}},  {"m", {3, 6}},
        {"mb", {3}},         {"w4", {4, 3, 1, 5}}, {"b4", {4}}, {"q", {3, 3}},
    };
    float values[81];
    for (int i = 0; i < 81; i++)
        values[i] = (float) (i % 7 - 3) / 9;
    TestModel model = test_model();
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        test_model_add(&model, all[i].name, all[i].shape, values);
    return model;
}

static PstStatus read_rows(void *user, PstBox box, const PstMap *picture, const PstMap *weights,
                           PstMessage *message)
{
    (void) user, (void) message;
    for (int y = box.y0; y < box.y1; y++)
        for (int x = box.x0; x < box.x1; x++) {
            for (int c = 0; c < picture->channels; c++)
                pst_map_row(picture, c, y)[x - box.x0] =
                    (float) ((x * 31 + y * 17 + c) % 256) / 255;
            if (weights)
                pst_map_row(weights, 0, y)[x - box.x0] = 1;
        }
    return PST_OK;
}

static PstStatus write_box(void *user, int node, PstBox box, const PstMap *map, int column,
                           PstMessage *message)
{
    double *sum = user;
    (void) node, (void) message;
    for (int c = 0; c < map->channels; c++)
        for (int y = box.y0; y < box.y1; y++)
            for (int x = box.x0; x < box.x1; x++)
                *sum += pst_map_row(map, c, y)[x - column];
    return PST_OK;
}

static void run_plan(const PstPlan *plan)
{
    static const float ones[PST_MAX_VECTOR] = {1, 1, 1, 1, 1, 1, 1, 1};
    PstVectorIo vectors[PST_MAX_NODES];
    int count = 0;
    for (int i = 0; i < plan->graph->node_count; i++)
        if (plan->graph->nodes[i].kind == PST_KIND_VECTOR && !plan->graph->nodes[i].op)
            vectors[count++] = (PstVectorIo){i, ones, NULL};
    double sum = 0;
    PstRunIo io = {&sum, read_rows, write_box, NULL, vectors, count};
    PstMessage message = {""};
    if (pst_run(plan, &io, &message) != PST_OK)
        abort();
}

static void try_size(const PstGraph *graph, int width, int height, int stripe)
{
    int unit = graph->alignment;
    PstPlanOptions options = {
        .width = (width + unit - 1) / unit * unit,
        .height = (height + unit - 1) / unit * unit,
        .threads = 1,
        .stripe = stripe,
    };
    PstPlan *plan;
    PstMessage message = {""};
    if (pst_plan_new(&plan, graph, &options, &message) == PST_OK) {
        if (plan->flop < FLOP_MAX && plan->bytes < BYTES_MAX)
            run_plan(plan);
        pst_plan_free(&plan);
    } else if (!message.text[0]) {
        abort();
    }
}

static void try_graph(const PstSafetensors *file)
{
    PstGraph *graph;
    PstMessage message = {""};
    PstStatus status = pst_graph_new(&graph, file, "g", &message);
    if ((status == PST_OK) != (graph != NULL) || (status == PST_OK) != !message.text[0])
        abort();
    if (graph) {
        try_size(graph, 2 * graph->alignment, 2 * graph->alignment, 0);
        try_size(graph, 70, 40, 0);
        try_size(graph, PST_STRIPE_UNIT + 40, 64, PST_STRIPE_UNIT);
    }
    pst_graph_free(&graph);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    json_t *text = json_stringn((const char *) bytes, size);
    if (!text || strlen(json_string_value(text)) != size) {
        json_decref(text);
        return 0; /* not UTF-8, or with a NUL: the reader of the file refuses it already */
    }
    TestModel model = make_model();
    test_model_set(&model, "graphs", json_string_value(text));
    PstSafetensors *file = test_model_open(&model);
    try_graph(file);
    pst_safetensors_free(&file);
    test_model_free(&model);
    json_decref(text);
    return 0;
}
