/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "naive.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One node being computed. */
typedef struct {
    Naive *naive;
    const PstSafetensors *file;
    const RefMap *weights;
    const json_t *json;
    const RefMap *in[16];
} Node;

const NaiveValue *naive_find(const Naive *naive, const char *name)
{
    for (int i = 0; i < naive->count; i++)
        if (strcmp(naive->values[i].name, name) == 0)
            return &naive->values[i];
    printf("no node '%s'\n", name);
    abort();
}

static const char *text(const Node *node, const char *key)
{
    return json_string_value(json_object_get(node->json, key));
}

static int integer(const Node *node, const char *key)
{
    return (int) json_integer_value(json_object_get(node->json, key));
}

static double number(const Node *node, const char *key)
{
    return json_number_value(json_object_get(node->json, key));
}

static bool flag(const Node *node, const char *key)
{
    return json_is_true(json_object_get(node->json, key));
}

/* The values of the tensor that attribute `key` names; freed with free(). */
static float *tensor(const Node *node, const char *key, const PstTensorInfo **info)
{
    const PstTensorInfo *found = pst_safetensors_find(node->file, text(node, key));
    float *values = malloc(found->count * sizeof *values);
    if (!values || pst_tensor_read(found, values, NULL) != PST_OK)
        abort();
    if (info)
        *info = found;
    return values;
}

static RefMap conv(const Node *node, bool modulated)
{
    static const char *const paddings[] = {"reflect", "replicate", "zero"};
    const PstTensorInfo *shape;
    float *weight = tensor(node, "weight", &shape), *bias = tensor(node, "bias", NULL);
    PstConv spec = {
        .out_channels = (int) shape->shape[0],
        .in_channels = (int) shape->shape[1],
        .kernel_h = (int) shape->shape[2],
        .kernel_w = (int) shape->shape[3],
        .stride = integer(node, "stride"),
        .relu = flag(node, "relu"),
        .weight = weight,
        .bias = bias,
    };
    for (int i = 0; i < 3; i++)
        if (strcmp(text(node, "padding"), paddings[i]) == 0)
            spec.padding = (PstPadding) i;
    if (modulated) {
        double strength = node->in[2]->values[0];
        float *gain = tensor(node, "gain", NULL);
        double *baked = malloc(shape->count * sizeof *baked);
        ref_modulate(spec.out_channels, spec.in_channels, spec.kernel_h * spec.kernel_w, weight,
                     gain, node->in[1]->values, strength, baked);
        for (size_t i = 0; i < shape->count; i++)
            weight[i] = (float) baked[i];
        for (int i = 0; i < spec.out_channels && node->in[3]; i++)
            bias[i] += (float) (strength * node->in[3]->values[i]);
        free(gain);
        free(baked);
    }
    RefMap out = ref_conv(&spec, node->in[0]);
    free(weight);
    free(bias);
    return out;
}

static RefMap adain(const Node *node)
{
    int channels = node->in[0]->channels;
    double *scale = malloc(2 * sizeof *scale * (size_t) channels), *shift = scale + channels;
    ref_adain(channels, node->in[1]->values, node->in[2]->values, node->in[3]->values,
              node->in[4]->values[0], scale, shift);
    RefMap out = ref_affine(scale, shift, node->in[0]);
    free(scale);
    return out;
}

static RefMap scale_shift(const Node *node)
{
    int channels = node->in[0]->channels;
    double *scale = malloc(2 * sizeof *scale * (size_t) channels), *shift = scale + channels;
    for (int c = 0; c < channels; c++) {
        scale[c] = number(node, "scale");
        shift[c] = number(node, "shift");
    }
    RefMap out = ref_affine(scale, shift, node->in[0]);
    free(scale);
    return out;
}

static RefMap affine(const Node *node)
{
    const PstTensorInfo *shape;
    float *from = tensor(node, "scale", &shape), *to = tensor(node, "shift", NULL);
    int channels = (int) shape->shape[0];
    double *scale = malloc(2 * sizeof *scale * (size_t) channels), *shift = scale + channels;
    for (int c = 0; c < channels; c++) {
        scale[c] = from[c];
        shift[c] = to[c];
    }
    RefMap out = ref_affine(scale, shift, node->in[0]);
    free(scale);
    free(from);
    free(to);
    return out;
}

/* Pixels outside the map are left out of a maximum, and 0 in a mean. */
static RefMap pool(const Node *node, bool average)
{
    const RefMap *in = node->in[0];
    int k = integer(node, "kernel"), s = integer(node, "stride"), pad = integer(node, "pad");
    RefMap out = ref_map(in->channels, (in->height + 2 * pad - k) / s + 1,
                         (in->width + 2 * pad - k) / s + 1);
    for (int c = 0; c < out.channels; c++) {
        for (int i = 0; i < out.height * out.width; i++) {
            double sum = 0, most = -INFINITY;
            for (int t = 0; t < k * k; t++) {
                int y = i / out.width * s - pad + t / k, x = i % out.width * s - pad + t % k;
                if (y < 0 || x < 0 || y >= in->height || x >= in->width)
                    continue;
                sum += *ref_at(in, c, y, x);
                most = fmax(most, *ref_at(in, c, y, x));
            }
            *ref_at(&out, c, i / out.width, i % out.width) = average ? sum / (k * k) : most;
        }
    }
    return out;
}

static RefMap join(const Node *node)
{
    int channels = 0, at = 0;
    for (int i = 0; i < 16 && node->in[i]; i++)
        channels += node->in[i]->channels;
    RefMap out = ref_map(channels, node->in[0]->height, node->in[0]->width);
    for (int i = 0; i < 16 && node->in[i]; i++) {
        int count = node->in[i]->channels * out.height * out.width;
        memcpy(out.values + at, node->in[i]->values, sizeof *out.values * (size_t) count);
        at += count;
    }
    return out;
}

static RefMap moments(const Node *node)
{
    RefMap weights = ref_reduce(1, node->weights), out = ref_map(2 * node->in[0]->channels, 1, 1);
    while (weights.width > node->in[0]->width) {
        RefMap half = ref_reduce(2, &weights);
        free(weights.values);
        weights = half;
    }
    ref_moments(node->in[0], &weights, out.values);
    free(weights.values);
    return out;
}

/* Of the part that has weights. */
static RefMap sample(const Node *node)
{
    const RefMap *in = node->in[0], *weights = node->weights;
    int grid = integer(node, "grid"), unit = weights->width / in->width, height = 0, width = 0;
    for (int y = 0; y < weights->height; y++)
        for (int x = 0; x < weights->width; x++)
            if (*ref_at(weights, 0, y, x) > 0) {
                height = y + 1;
                width = x >= width ? x + 1 : width;
            }
    RefMap out = ref_map(grid * grid * in->channels, 1, 1);
    ref_sample(grid, in, (height + unit - 1) / unit, (width + unit - 1) / unit, out.values);
    return out;
}

static RefMap attention(const Node *node)
{
    static const char *const names[][2] = {
        {"query", "query_bias"}, {"key", "key_bias"}, {"value", "value_bias"}};
    PstAttention a = {.channels = node->in[0]->channels};
    a.tokens = node->in[2]->channels / a.channels;
    for (int l = 0; l < PST_ATTENTION_LAYERS; l++) {
        const PstTensorInfo *shape;
        a.weight[l] = tensor(node, names[l][0], &shape);
        a.bias[l] = tensor(node, names[l][1], NULL);
        a.inner = l == PST_QUERY ? (int) shape->shape[0] : a.inner;
    }
    RefMap out = ref_attention(&a, node->in[0], node->in[1]->values, node->in[2]->values,
                               node->in[3]->values[0]);
    for (int l = 0; l < PST_ATTENTION_LAYERS; l++) {
        free(a.weight[l]);
        free(a.bias[l]);
    }
    return out;
}

static RefMap linear(const Node *node)
{
    const PstTensorInfo *shape;
    float *weight = tensor(node, "weight", &shape), *bias = tensor(node, "bias", NULL);
    RefMap out = ref_map((int) shape->shape[0], 1, 1);
    ref_linear(out.channels, (int) shape->shape[1], weight, bias, flag(node, "relu"),
               node->in[0]->values, out.values);
    free(weight);
    free(bias);
    return out;
}

static RefMap concat(const Node *node)
{
    int size = 0, at = 0;
    for (int i = 0; i < 16 && node->in[i]; i++)
        size += node->in[i]->channels;
    RefMap out = ref_map(size, 1, 1);
    for (int i = 0; i < 16 && node->in[i]; i++)
        for (int c = 0; c < node->in[i]->channels; c++)
            out.values[at++] = node->in[i]->values[c];
    return out;
}

static RefMap compute(const Node *node)
{
    const char *op = text(node, "op");
    if (strcmp(op, "conv2d") == 0)
        return conv(node, false);
    if (strcmp(op, "modconv2d") == 0)
        return conv(node, true);
    if (strcmp(op, "adain") == 0)
        return adain(node);
    if (strcmp(op, "scale_shift") == 0)
        return scale_shift(node);
    if (strcmp(op, "affine") == 0)
        return affine(node);
    if (strcmp(op, "maxpool") == 0 || strcmp(op, "avgpool") == 0)
        return pool(node, *op == 'a');
    if (strcmp(op, "join") == 0)
        return join(node);
    if (strcmp(op, "add") == 0)
        return ref_add(flag(node, "relu"), node->in[0], node->in[1]);
    if (strcmp(op, "unshuffle") == 0)
        return ref_unshuffle(integer(node, "factor"), node->in[0]);
    if (strcmp(op, "shuffle") == 0)
        return ref_shuffle(integer(node, "factor"), node->in[0]);
    if (strcmp(op, "upsample") == 0)
        return strcmp(text(node, "mode"), "bilinear") == 0
                   ? ref_upsample_bilinear(node->in[0])
                   : ref_upsample(integer(node, "factor"), node->in[0]);
    if (strcmp(op, "moments") == 0)
        return moments(node);
    if (strcmp(op, "sample") == 0)
        return sample(node);
    if (strcmp(op, "attention") == 0)
        return attention(node);
    if (strcmp(op, "linear") == 0)
        return linear(node);
    if (strcmp(op, "concat") == 0)
        return concat(node);
    printf("op '%s' has no slow twin\n", op);
    abort();
}

static void add_value(Naive *naive, const json_t *json, bool is_map, RefMap map)
{
    const char *name = json_string_value(json_object_get(json, "name"));
    naive->values[naive->count++] = (NaiveValue){name, is_map, map};
}

Naive naive_run(const PstSafetensors *file, const char *graph, const RefMap *picture,
                const RefMap *weights, const float *const *vectors)
{
    Naive naive = {.json = json_loads(pst_safetensors_metadata(file, "graphs"), 0, NULL)};
    const json_t *json = json_object_get(naive.json, graph);
    json_t *inputs = json_object_get(json, "inputs"), *nodes = json_object_get(json, "nodes"),
           *item;
    naive.values = calloc(json_array_size(inputs) + json_array_size(nodes), sizeof *naive.values);
    size_t i;
    json_array_foreach(inputs, i, item)
    {
        RefMap value =
            i == 0 ? ref_reduce(1, picture)
                   : ref_map((int) json_integer_value(json_object_get(item, "channels")), 1, 1);
        for (int c = 0; i > 0 && c < value.channels; c++)
            value.values[c] = vectors[i - 1][c];
        add_value(&naive, item, i == 0, value);
    }
    json_array_foreach(nodes, i, item)
    {
        Node node = {.naive = &naive, .file = file, .weights = weights, .json = item};
        json_t *names = json_object_get(item, "inputs");
        for (size_t k = 0; k < json_array_size(names); k++)
            node.in[k] = &naive_find(&naive, json_string_value(json_array_get(names, k)))->map;
        const char *op = text(&node, "op");
        bool is_map = strcmp(op, "moments") && strcmp(op, "linear") && strcmp(op, "concat") &&
                      strcmp(op, "sample");
        add_value(&naive, item, is_map, compute(&node));
    }
    return naive;
}

void naive_free(Naive *naive)
{
    for (int i = 0; i < naive->count; i++)
        free(naive->values[i].map.values);
    free(naive->values);
    json_decref(naive->json);
}
