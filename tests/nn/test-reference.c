/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The shipped network, here and in PyTorch: every tap and the result that weights/train/reference.py
 * wrote down must come out.  test-reference WEIGHTS REFERENCE…
 */
#include "nn/run.h"

#include "check.h"

#define TOLERANCE 1e-3 /* relative */

/* A picture[3][height][width], and what it is extended to by reflection. */
typedef struct {
    const float *values;
    int height, width;
    int full_height, full_width;
} Picture;

/* Runs a graph on it; the nodes to be had are the plan's outputs. */
typedef struct {
    const PstGraph *graph;
    Picture picture;
    float *maps[PST_MAX_NODES]; /* by node: [channels][full size / reduction] */
} Driver;

static int reflect(int i, int n)
{
    int period = n > 1 ? 2 * (n - 1) : 1;
    i %= period;
    return i < n ? i : period - i;
}

static PstStatus read_rows(void *user, PstBox box, const PstMap *picture, const PstMap *weights,
                           PstMessage *message)
{
    const Picture *p = &((Driver *) user)->picture;
    (void) message;
    for (int y = box.y0; y < box.y1; y++)
        for (int x = box.x0; x < box.x1; x++) {
            size_t at = (size_t) reflect(y, p->height) * p->width + (size_t) reflect(x, p->width);
            for (int c = 0; c < 3; c++)
                pst_map_row(picture, c, y)[x - box.x0] =
                    p->values[(size_t) c * p->height * p->width + at];
            if (weights)
                pst_map_row(weights, 0, y)[x - box.x0] = y < p->height && x < p->width;
        }
    return PST_OK;
}

static PstStatus write_box(void *user, int node, PstBox box, const PstMap *map, int column,
                           PstMessage *message)
{
    Driver *driver = user;
    const PstNode *n = &driver->graph->nodes[node];
    int height = driver->picture.full_height / n->reduction;
    int width = driver->picture.full_width / n->reduction;
    (void) message;
    for (int c = 0; c < n->channels; c++)
        for (int y = box.y0; y < box.y1; y++)
            memcpy(driver->maps[node] + ((size_t) c * height + y) * width + box.x0,
                   pst_map_row(map, c, y) + box.x0 - column,
                   sizeof(float) * (size_t) (box.x1 - box.x0));
    return PST_OK;
}

/* The values of a tensor, or NULL; freed with free(). */
static float *read_tensor(const PstSafetensors *file, const char *name, const PstTensorInfo **info)
{
    *info = pst_safetensors_find(file, name);
    float *values = *info ? malloc((*info)->count * sizeof *values) : NULL;
    if (values && !CHECK(pst_tensor_read(*info, values, NULL) == PST_OK, "%s", name)) {
        free(values);
        return NULL;
    }
    return values;
}

/* AdaIN divides by the deviation even where a channel hardly varies; what was rounding before weighs hundreds
 * of times more behind it.  So the values of a map are held together, and each alone less strictly, but for
 * those of the picture. */
static void check_values(const char *name, const float *values, const float *expected, size_t count)
{
    double worst = 0, largest = 0, apart_squared = 0, squared = 0;
    for (size_t i = 0; i < count; i++) {
        double apart = fabs((double) values[i] - expected[i]);
        worst = apart <= worst ? worst : apart;
        largest = fmax(largest, fabs(expected[i]));
        apart_squared += apart * apart;
        squared += (double) expected[i] * expected[i];
    }
    double limit = strncmp(name, "result", 6) == 0 ? TOLERANCE : 10 * TOLERANCE;
    CHECK(worst <= limit * largest, "%s: %.3g apart of %.3g", name, worst, largest);
    CHECK(apart_squared <= TOLERANCE * TOLERANCE * squared, "%s: off by %.3g", name,
          sqrt(apart_squared / squared));
    printf("    %-16s %.1e\n", name, worst / largest);
}

static size_t floats_of(const Driver *driver, int node)
{
    const PstNode *n = &driver->graph->nodes[node];
    int r = n->kind == PST_KIND_MAP ? n->reduction : 0;
    return (size_t) n->channels *
           (r ? (size_t) (driver->picture.full_height / r) * (driver->picture.full_width / r) : 1);
}

/* Plans for the nodes in `wanted` and runs; vectors come back in driver->maps too.  `tokens` is NULL where
 * the network knows of none. */
static bool run(Driver *driver, const int *wanted, int count, const float *code,
                const float *tokens, float strength)
{
    PstPlanOptions options = {
        .width = driver->picture.full_width,
        .height = driver->picture.full_height,
        .inside_width = driver->picture.width,
        .inside_height = driver->picture.height,
        .threads = 2,
        .outputs = wanted,
        .output_count = count,
    };
    PstVectorIo vectors[PST_MAX_NODES];
    int vector_count = 0;
    if (code) {
        vectors[vector_count++] = (PstVectorIo){pst_graph_find(driver->graph, "code"), code, NULL};
        vectors[vector_count++] =
            (PstVectorIo){pst_graph_find(driver->graph, "strength"), &strength, NULL};
    }
    if (tokens)
        vectors[vector_count++] =
            (PstVectorIo){pst_graph_find(driver->graph, "tokens"), tokens, NULL};
    for (int i = 0; i < count; i++) {
        driver->maps[wanted[i]] = calloc(floats_of(driver, wanted[i]), sizeof(float));
        if (driver->graph->nodes[wanted[i]].kind == PST_KIND_VECTOR)
            vectors[vector_count++] = (PstVectorIo){wanted[i], NULL, driver->maps[wanted[i]]};
    }
    PstRunIo io = {driver, read_rows, write_box, NULL, vectors, vector_count};
    PstPlan *plan;
    PstMessage message = {""};
    PstStatus status = pst_plan_new(&plan, driver->graph, &options, &message);
    if (status == PST_OK)
        status = pst_run(plan, &io, &message);
    pst_plan_free(&plan);
    return CHECK(status == PST_OK, "%s", message.text);
}

static void release(Driver *driver)
{
    for (int i = 0; i < driver->graph->node_count; i++)
        free(driver->maps[i]);
    memset(driver->maps, 0, sizeof driver->maps);
}

static int round_up(int size, int unit)
{
    int up = (size + unit - 1) / unit * unit;
    return up < 2 * unit ? 2 * unit : up;
}

/* The nodes of this graph that the reference names "GRAPH.node". */
static int find_wanted(const PstGraph *graph, const char *prefix, const PstSafetensors *reference,
                       int *wanted)
{
    int count = 0;
    for (size_t i = 0; i < pst_safetensors_count(reference); i++) {
        const char *name = pst_safetensors_at(reference, i)->name;
        if (strncmp(name, prefix, strlen(prefix)) != 0)
            continue;
        int node = pst_graph_find(graph, name + strlen(prefix));
        if (CHECK(node >= 0, "no node for %s", name))
            wanted[count++] = node;
    }
    CHECK(count > 0, "nothing to compare for %s", prefix);
    return count;
}

static void compare_nodes(const Driver *driver, const char *prefix, const PstSafetensors *reference,
                          const int *wanted, int count)
{
    for (int i = 0; i < count; i++) {
        char name[64];
        const PstTensorInfo *info;
        snprintf(name, sizeof name, "%s%s", prefix, driver->graph->nodes[wanted[i]].name);
        float *expected = read_tensor(reference, name, &info);
        if (expected && CHECK(info->count == floats_of(driver, wanted[i]), "%s: size", name))
            check_values(name, driver->maps[wanted[i]], expected, info->count);
        free(expected);
    }
}

/* `result` of the reference covers the picture alone, without its extension. */
static void compare_result(const Driver *driver, int node, const PstSafetensors *reference,
                           const char *name)
{
    const PstTensorInfo *info;
    const Picture *p = &driver->picture;
    float *expected = read_tensor(reference, name, &info);
    if (!CHECK(expected && info->count == 3 * (size_t) p->height * p->width, "%s", name))
        return;
    float *cropped = malloc(info->count * sizeof *cropped);
    for (int i = 0; i < 3 * p->height; i++)
        memcpy(cropped + (size_t) i * p->width,
               driver->maps[node] +
                   ((size_t) (i / p->height) * p->full_height + i % p->height) * p->full_width,
               sizeof(float) * p->width);
    check_values(name, cropped, expected, info->count);
    free(cropped);
    free(expected);
}

static Picture open_picture(const PstSafetensors *reference, const char *name, int unit)
{
    const PstTensorInfo *info;
    Picture picture = {.values = read_tensor(reference, name, &info)};
    if (!CHECK(picture.values && info->rank == 3 && info->shape[0] == 3, "%s", name))
        exit(check_end());
    picture.height = (int) info->shape[1];
    picture.width = (int) info->shape[2];
    picture.full_height = round_up(picture.height, unit);
    picture.full_width = round_up(picture.width, unit);
    return picture;
}

static void check_output(const Driver *driver, int node, const PstSafetensors *reference,
                         const char *name)
{
    const PstTensorInfo *info;
    float *expected = read_tensor(reference, name, &info);
    if (CHECK(expected && info->count == floats_of(driver, node), "%s", name))
        check_values(name, driver->maps[node], expected, info->count);
    free(expected);
}

static void check_encode(const PstGraph *graph, const PstSafetensors *reference)
{
    int wanted[PST_MAX_NODES];
    Driver driver = {.graph = graph, .picture = open_picture(reference, "style", graph->alignment)};
    int count = find_wanted(graph, "encode.", reference, wanted), named = count;
    for (int i = 0; i < graph->output_count; i++)
        wanted[count++] = graph->outputs[i];
    if (run(&driver, wanted, count, NULL, NULL, 0)) {
        compare_nodes(&driver, "encode.", reference, wanted, named);
        for (int i = 0; i < graph->output_count; i++)
            check_output(&driver, graph->outputs[i], reference, i == 0 ? "code" : "tokens");
    }
    release(&driver);
    free((float *) driver.picture.values);
}

static void check_paint(const PstGraph *graph, const PstSafetensors *reference)
{
    int wanted[PST_MAX_NODES], result = graph->outputs[0];
    const PstTensorInfo *info;
    Driver driver = {.graph = graph,
                     .picture = open_picture(reference, "content", graph->alignment)};
    float *code = read_tensor(reference, "code", &info);
    float *tokens = read_tensor(reference, "tokens", &info);
    int count = find_wanted(graph, "paint.", reference, wanted);
    wanted[count++] = result;
    CHECK((tokens != NULL) == (pst_graph_find(graph, "tokens") >= 0), "tokens");
    if (CHECK(code != NULL) && run(&driver, wanted, count, code, tokens, 1)) {
        compare_nodes(&driver, "paint.", reference, wanted, count - 1);
        compare_result(&driver, result, reference, "result");
    }
    release(&driver);
    if (code && run(&driver, &result, 1, code, tokens, 0.5f))
        compare_result(&driver, result, reference, "result_half");
    release(&driver);
    free(code);
    free(tokens);
    free((float *) driver.picture.values);
}

static PstSafetensors *open_file(const char *path)
{
    PstSafetensors *file;
    PstMessage message = {""};
    if (!CHECK(pst_safetensors_open(&file, path, &message) == PST_OK, "%s", message.text))
        exit(check_end());
    return file;
}

static PstGraph *open_graph(const PstSafetensors *file, const char *name)
{
    PstGraph *graph;
    PstMessage message = {""};
    if (!CHECK(pst_graph_new(&graph, file, name, &message) == PST_OK, "%s", message.text))
        exit(check_end());
    return graph;
}

int main(int argc, char **argv)
{
    check_begin("reference");
    if (argc < 3) {
        fprintf(stderr, "usage: test-reference WEIGHTS REFERENCE...\n");
        return 2;
    }
    PstSafetensors *weights = open_file(argv[1]);
    PstGraph *encode = open_graph(weights, "encode"), *paint = open_graph(weights, "paint");
    for (int i = 2; i < argc; i++) {
        printf("  %s\n", argv[i]);
        PstSafetensors *reference = open_file(argv[i]);
        const char *model = pst_safetensors_metadata(reference, "model_sha256");
        CHECK(model, "the reference names no model");
        CHECK_STRING(model, pst_safetensors_metadata(weights, "data_sha256"));
        check_encode(encode, reference);
        check_paint(paint, reference);
        pst_safetensors_free(&reference);
    }
    pst_graph_free(&encode);
    pst_graph_free(&paint);
    pst_safetensors_free(&weights);
    return check_end();
}
