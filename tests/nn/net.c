/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "net.h"

#include "build.h"
#include "check.h"

/* ---- Making networks ------------------------------------------------------------------------- */

#define MADE_MAX     128
#define CHANNELS_MAX 16
#define TWO_TENSORS  "weight", name, "bias", bias_name

typedef struct {
    char name[16];
    bool map;
    int channels, reduction;
} Made;

typedef struct {
    TestModel model;
    json_t *inputs, *nodes;
    Made made[MADE_MAX];
    int count;
} Maker;

static int add_made(Maker *maker, bool map, int channels, int reduction)
{
    Made *made = &maker->made[maker->count];
    snprintf(made->name, sizeof made->name, "n%d", maker->count);
    made->map = map;
    made->channels = channels;
    made->reduction = reduction;
    return maker->count++;
}

static Maker maker_new(void)
{
    Maker maker = {.model = test_model(), .inputs = json_array(), .nodes = json_array()};
    static const struct {
        const char *kind;
        int channels;
    } inputs[] = {{"map", 3}, {"vector", NET_CODE}, {"vector", 1}};
    for (int i = 0; i < 3; i++) {
        int made = add_made(&maker, i == 0, inputs[i].channels, i == 0);
        json_array_append_new(maker.inputs,
                              json_pack("{s:s, s:s, s:i}", "name", maker.made[made].name, "kind",
                                        inputs[i].kind, "channels", inputs[i].channels));
    }
    return maker;
}

/* A random tensor, of a size that keeps values near 1. */
static void add_tensor(Maker *maker, const char *node, const char *what, const int shape[4])
{
    char name[64];
    size_t count = 1;
    for (int i = 0; i < 4 && shape[i] > 0; i++)
        count *= (size_t) shape[i];
    size_t fan_in = count / (size_t) shape[0];
    float *values = malloc(count * sizeof *values);
    check_fill(values, count);
    for (size_t i = 0; i < count; i++)
        values[i] *= 1.7f / sqrtf((float) fan_in);
    snprintf(name, sizeof name, "%s.%s", node, what);
    test_model_add(&maker->model, name, shape, values);
    free(values);
}

/* Adds a node; the attributes are those of the object `extra`, which is taken over. */
static int add_node(Maker *maker, const char *op, const int *inputs, int input_count, json_t *extra,
                    bool map, int channels, int reduction)
{
    int made = add_made(maker, map, channels, reduction);
    json_t *names = json_array();
    for (int i = 0; i < input_count; i++)
        json_array_append_new(names, json_string(maker->made[inputs[i]].name));
    json_t *node =
        json_pack("{s:s, s:s, s:o}", "name", maker->made[made].name, "op", op, "inputs", names);
    json_object_update(node, extra);
    json_decref(extra);
    json_array_append_new(maker->nodes, node);
    return made;
}

static int random_made(const Maker *maker, bool map)
{
    for (;;) {
        int i = check_between(0, maker->count - 1);
        /* mostly late ones, so that networks get deep */
        if (maker->made[i].map == map && (i > maker->count - 6 || check_between(0, 3) == 0))
            return i;
    }
}

static json_t *with_tensors(Maker *maker, json_t *attributes, const int shape[4], bool gain)
{
    static const char *const names[] = {"weight", "bias", "gain"};
    const char *node = maker->made[maker->count].name; /* the one to come */
    char text[64];
    snprintf(maker->made[maker->count].name, sizeof maker->made[0].name, "n%d", maker->count);
    for (int i = 0; i < (gain ? 3 : 2); i++) {
        add_tensor(maker, node, names[i], i == 0 ? shape : (const int[4]){shape[0], 0, 0, 0});
        snprintf(text, sizeof text, "%s.%s", node, names[i]);
        json_object_set_new(attributes, names[i], json_string(text));
    }
    return attributes;
}

static int add_linear(Maker *maker, int from, int size)
{
    json_t *extra = json_pack("{s:b}", "relu", check_between(0, 3) == 0);
    with_tensors(maker, extra, (const int[4]){size, maker->made[from].channels, 0, 0}, false);
    return add_node(maker, "linear", &from, 1, extra, false, size, 0);
}

static int add_conv(Maker *maker, int from, int channels, int kernel_h, int kernel_w, int stride,
                    bool relu)
{
    static const char *const paddings[] = {"reflect", "reflect", "replicate", "zero"};
    json_t *extra = json_pack("{s:i, s:s, s:b}", "stride", stride, "padding",
                              paddings[check_between(0, 3)], "relu", relu);
    Made in = maker->made[from];
    with_tensors(maker, extra, (const int[4]){channels, in.channels, kernel_h, kernel_w}, false);
    return add_node(maker, "conv2d", &from, 1, extra, true, channels, in.reduction * stride);
}

/* Scaled by what a layer makes of the vector `by`. */
static int add_modconv(Maker *maker, int from, int by, int channels, int kernel)
{
    Made in = maker->made[from];
    int inputs[4] = {from, add_linear(maker, by, in.channels), 2};
    int count = 3 + check_between(0, 1);
    if (count == 4)
        inputs[3] = add_linear(maker, random_made(maker, false), channels);
    json_t *extra = json_pack("{s:i, s:s, s:b}", "stride", 1, "padding", "reflect", "relu",
                              check_between(0, 1));
    with_tensors(maker, extra, (const int[4]){channels, in.channels, kernel, kernel}, true);
    return add_node(maker, "modconv2d", inputs, count, extra, true, channels, in.reduction);
}

static int add_moments(Maker *maker, int from)
{
    return add_node(maker, "moments", &from, 1, json_object(), false,
                    2 * maker->made[from].channels, 0);
}

static int add_adain(Maker *maker, int from)
{
    Made in = maker->made[from];
    int inputs[5] = {from, add_moments(maker, from)};
    inputs[2] = add_linear(maker, random_made(maker, false), in.channels);
    inputs[3] = add_linear(maker, random_made(maker, false), in.channels);
    inputs[4] = 2;
    return add_node(maker, "adain", inputs, 5, json_object(), true, in.channels, in.reduction);
}

static int add_sample(Maker *maker, int of, int grid)
{
    return add_node(maker, "sample", &of, 1, json_pack("{s:i}", "grid", grid), false,
                    grid * grid * maker->made[of].channels, 0);
}

/* To tokens from another map, or from this one. */
static int add_attention(Maker *maker, int from)
{
    static const char *const names[] = {"query", "key", "value"};
    int channels = maker->made[from].channels, grid = check_between(1, 4), of = from;
    int inner = check_between(1, 10);
    for (int i = 0; i < maker->count; i++) {
        if (maker->made[i].map && maker->made[i].channels == channels && check_between(0, 1))
            of = i;
    }
    int inputs[4] = {from, add_moments(maker, from), 0, 2};
    inputs[2] = add_sample(maker, of, grid);
    json_t *extra = json_object();
    const char *node = maker->made[maker->count].name; /* the one to come */
    snprintf(maker->made[maker->count].name, sizeof maker->made[0].name, "n%d", maker->count);
    for (int i = 0; i < 6; i++) {
        char key[32], text[64];
        int rows = i / 2 == 2 ? channels : inner;
        snprintf(key, sizeof key, "%s%s", names[i / 2], i % 2 ? "_bias" : "");
        snprintf(text, sizeof text, "%s.%s", node, key);
        add_tensor(maker, node, key, (const int[4]){rows, i % 2 ? 0 : channels, 0, 0});
        json_object_set_new(extra, key, json_string(text));
    }
    return add_node(maker, "attention", inputs, 4, extra, true, channels,
                    maker->made[from].reduction);
}

static int add_add(Maker *maker, int from)
{
    int inputs[2] = {from, from};
    for (int i = 0; i < maker->count; i++) {
        const Made *other = &maker->made[i];
        if (other->map && other->channels == maker->made[from].channels &&
            other->reduction == maker->made[from].reduction && check_between(0, 1))
            inputs[1] = i;
    }
    return add_node(maker, "add", inputs, 2, json_pack("{s:b}", "relu", check_between(0, 1)), true,
                    maker->made[from].channels, maker->made[from].reduction);
}

static int add_affine(Maker *maker, int from)
{
    json_t *extra = json_object();
    char text[64];
    snprintf(maker->made[maker->count].name, sizeof maker->made[0].name, "n%d", maker->count);
    for (int i = 0; i < 2; i++) {
        const char *what = i ? "shift" : "scale";
        int shape[4] = {maker->made[from].channels};
        add_tensor(maker, maker->made[maker->count].name, what, shape);
        snprintf(text, sizeof text, "%s.%s", maker->made[maker->count].name, what);
        json_object_set_new(extra, what, json_string(text));
    }
    return add_node(maker, "affine", &from, 1, extra, true, maker->made[from].channels,
                    maker->made[from].reduction);
}

/* Of those whose size is their input's over the stride. */
static int add_pool(Maker *maker, int from)
{
    static const int kinds[][3] = {{2, 2, 0}, {3, 2, 1}, {3, 1, 1}, {5, 1, 2}, {4, 2, 1}};
    int reduction = maker->made[from].reduction;
    const int *kind = kinds[check_between(0, 4)];
    if (reduction * kind[1] > PST_MAX_REDUCTION)
        kind = kinds[2];
    json_t *extra =
        json_pack("{s:i, s:i, s:i}", "kernel", kind[0], "stride", kind[1], "pad", kind[2]);
    return add_node(maker, check_between(0, 1) ? "maxpool" : "avgpool", &from, 1, extra, true,
                    maker->made[from].channels, reduction * kind[1]);
}

static int add_join(Maker *maker, int from)
{
    int inputs[3] = {from}, count = 1, channels = maker->made[from].channels;
    for (int i = 0; i < maker->count && count < 3; i++) {
        const Made *other = &maker->made[i];
        if (other->map && other->reduction == maker->made[from].reduction &&
            channels + other->channels <= CHANNELS_MAX && check_between(0, 1)) {
            inputs[count++] = i;
            channels += other->channels;
        }
    }
    return add_node(maker, "join", inputs, count, json_object(), true, channels,
                    maker->made[from].reduction);
}

static int add_upsample(Maker *maker, int from)
{
    const char *mode = check_between(0, 1) ? "nearest" : "bilinear";
    json_t *extra = json_pack("{s:i, s:s}", "factor", 2, "mode", mode);
    return add_node(maker, "upsample", &from, 1, extra, true, maker->made[from].channels,
                    maker->made[from].reduction / 2);
}

static int add_concat(Maker *maker)
{
    int inputs[3], count = check_between(1, 3), size = 0;
    for (int i = 0; i < count; i++) {
        inputs[i] = random_made(maker, false);
        size += maker->made[inputs[i]].channels;
    }
    return add_node(maker, "concat", inputs, count, json_object(), false, size, 0);
}

/* Mostly small; now and then one that reaches past both ends of a small map. */
static int random_kernel(void)
{
    return 2 * (check_between(0, 9) ? check_between(0, 3) : check_between(4, 7)) + 1;
}

/* Now and then more than a vector register or a line of cache holds. */
static int random_channels(void)
{
    return check_between(0, 5) ? check_between(1, 8) : check_between(9, 20);
}

/* One more node or a few, of a random op that can follow a random map. */
static void grow(Maker *maker)
{
    int from = random_made(maker, true), reduction = maker->made[from].reduction;
    int channels = maker->made[from].channels;
    int times = check_between(0, 2) ? 2 : 4, area = times * times;
    json_t *factor = json_pack("{s:i}", "factor", times);
    switch (check_between(0, 13)) {
    case 0:
        if (reduction * times <= PST_MAX_REDUCTION && channels * area <= CHANNELS_MAX)
            add_node(maker, "unshuffle", &from, 1, json_incref(factor), true, channels * area,
                     reduction * times);
        break;
    case 1:
        if (reduction >= times && channels % area == 0)
            add_node(maker, "shuffle", &from, 1, json_incref(factor), true, channels / area,
                     reduction / times);
        break;
    case 2:
        if (reduction > 1)
            add_upsample(maker, from);
        break;
    case 3:
        add_node(maker, "scale_shift", &from, 1,
                 json_pack("{s:f, s:f}", "scale", (double) check_uniform(), "shift",
                           (double) check_uniform()),
                 true, channels, reduction);
        break;
    case 4:
        add_add(maker, from);
        break;
    case 5:
        add_adain(maker, from);
        break;
    case 6:
        add_modconv(maker, from, random_made(maker, false), random_channels(), random_kernel());
        break;
    case 7:
        add_concat(maker);
        break;
    case 8:
        add_affine(maker, from);
        break;
    case 9:
        add_pool(maker, from);
        break;
    case 10:
        add_join(maker, from);
        break;
    case 11:
        add_attention(maker, from);
        break;
    default:
        add_conv(maker, from, random_channels(), random_kernel(), random_kernel(),
                 reduction < PST_MAX_REDUCTION ? check_between(1, 2) : 1, check_between(0, 1));
    }
    json_decref(factor);
}

static Net finish(Maker *maker, const int *outputs, int output_count)
{
    json_t *names = json_array();
    for (int i = 0; i < output_count; i++)
        json_array_append_new(names, json_string(maker->made[outputs[i]].name));
    json_t *graph = json_pack("{s:o, s:o, s:o}", "inputs", maker->inputs, "nodes", maker->nodes,
                              "outputs", names);
    Net net = {.file = test_model_open_graph(&maker->model, "net", graph)};
    PstMessage message = {""};
    if (!CHECK(pst_graph_new(&net.graph, net.file, "net", &message) == PST_OK, "%s", message.text))
        abort();
    test_model_free(&maker->model);
    return net;
}

Net net_random(int nodes)
{
    Maker maker = maker_new();
    while (maker.count < nodes + 3)
        grow(&maker);
    /* The last map and vector, and another map. */
    int outputs[3] = {maker.count - 1}, count = 1;
    bool map = maker.made[outputs[0]].map;
    for (int i = maker.count - 2; i > 2 && count < 3; i--)
        if (maker.made[i].map != map || check_between(0, 3) == 0) {
            outputs[count++] = i;
            map = !map;
        }
    return finish(&maker, outputs, count);
}

Net net_far(int kernel, int count)
{
    Maker maker = maker_new();
    int at = 0;
    for (int i = 0; i < 4; i++)
        at = add_conv(&maker, at, 2, 3, 3, 2, false);
    for (int i = 0; i < count; i++)
        at = add_conv(&maker, at, 2, kernel, kernel, 1, false);
    for (int i = 0; i < 4; i++)
        at = add_upsample(&maker, at);
    return finish(&maker, &at, 1);
}

Net net_sampled(void)
{
    Maker maker = maker_new();
    int at = add_modconv(&maker, 0, add_sample(&maker, 0, 2), 3, 3);
    at = add_moments(&maker, at);
    return finish(&maker, &at, 1);
}

void net_free(Net *net)
{
    pst_graph_free(&net->graph);
    pst_safetensors_free(&net->file);
}

/* ---- Running them ---------------------------------------------------------------------------- */

NetInput net_input(int width, int height)
{
    NetInput input = {.width = width, .height = height};
    input.inside_width = width < 8 ? width : width - 7;
    input.inside_height = height < 5 ? height : height - 4;
    size_t pixels = (size_t) width * height;
    input.picture = malloc(3 * pixels * sizeof(float));
    input.weights = malloc(pixels * sizeof(float));
    if (!input.picture || !input.weights)
        abort();
    check_fill(input.picture, 3 * pixels);
    for (size_t i = 0; i < pixels; i++) {
        bool outside = i % (size_t) width >= (size_t) input.inside_width ||
                       i / (size_t) width >= (size_t) input.inside_height;
        input.weights[i] = outside ? 0 : fabsf(check_uniform());
    }
    check_fill(input.code, NET_CODE);
    input.strength = 1.5f * fabsf(check_uniform());
    return input;
}

void net_input_free(NetInput *input)
{
    free(input->picture);
    free(input->weights);
}

static size_t floats_of(const Net *net, const NetInput *input, int node)
{
    const PstNode *n = &net->graph->nodes[node];
    size_t pixels = n->kind == PST_KIND_MAP ? (size_t) (input->width / n->reduction) *
                                                  (size_t) (input->height / n->reduction)
                                            : 1;
    return pixels * (size_t) n->channels;
}

size_t net_offset(const Net *net, const NetInput *input, int node)
{
    size_t offset = 0;
    for (int i = 0; i < net->graph->output_count && net->graph->outputs[i] != node; i++)
        offset += floats_of(net, input, net->graph->outputs[i]);
    return offset;
}

typedef struct {
    const Net *net;
    const NetInput *input;
    NetResult *result;
    unsigned char *written;
    long cancel_at;
    int next_row; /* to be read */
} Driver;

static PstStatus counted(Driver *driver, PstMessage *message)
{
    if (++driver->result->calls == driver->cancel_at)
        return pst_fail(message, PST_E_CANCELLED, "stopped at %ld", driver->cancel_at);
    return PST_OK;
}

static PstStatus read_rows(void *user, PstBox box, const PstMap *picture, const PstMap *weights,
                           PstMessage *message)
{
    Driver *driver = user;
    const NetInput *in = driver->input;
    CHECK(box.x0 >= 0 && box.x0 < box.x1 && box.x1 <= in->width);
    CHECK(box.y0 >= 0 && box.y0 < box.y1 && box.y1 <= in->height);
    CHECK(box.y0 == 0 || box.y0 == driver->next_row, "rows from %d after %d", box.y0,
          driver->next_row);
    driver->next_row = box.y1;
    driver->result->reads++;
    for (int y = box.y0; y < box.y1; y++)
        for (int c = 0; c < 4; c++) {
            const float *from =
                c < 3 ? in->picture + (size_t) c * in->width * in->height : in->weights;
            if (c < 3 || weights)
                memcpy(c < 3 ? pst_map_row(picture, c, y) : pst_map_row(weights, 0, y),
                       from + (size_t) y * in->width + box.x0,
                       sizeof(float) * (size_t) (box.x1 - box.x0));
        }
    return counted(driver, message);
}

static PstStatus write_box(void *user, int node, PstBox box, const PstMap *map, int column,
                           PstMessage *message)
{
    Driver *driver = user;
    const PstNode *n = &driver->net->graph->nodes[node];
    int width = driver->input->width / n->reduction, height = driver->input->height / n->reduction;
    CHECK(box.x0 >= 0 && box.x0 < box.x1 && box.x1 <= width);
    CHECK(box.y0 >= 0 && box.y0 < box.y1 && box.y1 <= height);
    CHECK(box.x0 >= column && map->channels == n->channels);
    driver->result->writes++;
    size_t offset = net_offset(driver->net, driver->input, node);
    for (int c = 0; c < n->channels; c++)
        for (int y = box.y0; y < box.y1; y++)
            for (int x = box.x0; x < box.x1; x++) {
                size_t at = offset + ((size_t) c * height + y) * width + x;
                driver->result->values[at] = pst_map_row(map, c, y)[x - column];
                driver->written[at]++;
            }
    return counted(driver, message);
}

static PstStatus progress(void *user, double done, PstMessage *message)
{
    Driver *driver = user;
    CHECK(done >= driver->result->done && done <= 1, "%g after %g", done, driver->result->done);
    driver->result->done = done;
    driver->result->full += done == 1;
    return counted(driver, message);
}

static PstStatus run_plan(const PstPlan *plan, Driver *driver, PstMessage *message)
{
    const PstGraph *graph = driver->net->graph;
    PstVectorIo vectors[2 + 3];
    int count = 0;
    vectors[count++] = (PstVectorIo){pst_graph_find(graph, "n1"), driver->input->code, NULL};
    vectors[count++] = (PstVectorIo){pst_graph_find(graph, "n2"), &driver->input->strength, NULL};
    for (int i = 0; i < graph->output_count; i++) {
        int node = graph->outputs[i];
        size_t offset = net_offset(driver->net, driver->input, node);
        if (graph->nodes[node].kind == PST_KIND_VECTOR) {
            vectors[count++] = (PstVectorIo){node, NULL, driver->result->values + offset};
            memset(driver->written + offset, 1, (size_t) graph->nodes[node].channels);
        }
    }
    PstRunIo io = {driver, read_rows, write_box, progress, vectors, count};
    return pst_run(plan, &io, message);
}

PstStatus net_run(const Net *net, const NetInput *input, const NetRun *run, NetResult *result,
                  PstMessage *message)
{
    PstPlanOptions options = run->options;
    options.width = input->width;
    options.height = input->height;
    options.inside_width = input->inside_width;
    options.inside_height = input->inside_height;
    *result = (NetResult){0};
    for (int i = 0; i < net->graph->output_count; i++)
        result->count += floats_of(net, input, net->graph->outputs[i]);
    PstPlan *plan;
    PstStatus status = pst_plan_new(&plan, net->graph, &options, message);
    if (status != PST_OK)
        return status;
    Driver driver = {.net = net, .input = input, .result = result, .cancel_at = run->cancel_at};
    result->values = malloc(result->count * sizeof *result->values);
    driver.written = calloc(result->count, 1);
    status = result->values && driver.written ? run_plan(plan, &driver, message) : PST_E_MEMORY;
    size_t once = 0;
    for (size_t i = 0; status == PST_OK && i < result->count; i++)
        once += driver.written[i] == 1;
    CHECK(status != PST_OK || once == result->count, "%zu of %zu values written once", once,
          result->count);
    free(driver.written);
    if (status != PST_OK) {
        free(result->values);
        result->values = NULL;
    }
    pst_plan_free(&plan);
    return status;
}
