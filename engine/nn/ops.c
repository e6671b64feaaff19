/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/ops.h"

#include "nn/direct.h"
#include "nn/memory.h"
#include "nn/pool.h"
#include "nn/spatial.h"
#include "nn/vector.h"
#include "nn/winograd.h"

#include <math.h>
#include <string.h>

/* ---- Reading a node's attributes ------------------------------------------------------------- */

static PstStatus bad(const PstBuilder *b, const char *what, const char *name)
{
    return pst_fail(b->message, PST_E_FORMAT, "node '%s': %s '%s'", b->node->name, what, name);
}

static const PstNode *input(const PstBuilder *b, int i)
{
    return &b->graph->nodes[b->node->inputs[i]];
}

static PstStatus want_kind(const PstBuilder *b, int i, PstKind kind)
{
    if (input(b, i)->kind != kind) {
        return bad(b, kind == PST_KIND_MAP ? "wants a map, not" : "wants a vector, not",
                   input(b, i)->name);
    }
    return PST_OK;
}

static PstStatus want_vector(const PstBuilder *b, int i, int size)
{
    if (input(b, i)->kind != PST_KIND_VECTOR || input(b, i)->channels != size) {
        return pst_fail(b->message, PST_E_FORMAT, "node '%s': wants a vector of %d, not '%s'",
                        b->node->name, size, input(b, i)->name);
    }
    return PST_OK;
}

static PstStatus want_int(const PstBuilder *b, const char *key, int least, int most, int *value)
{
    const json_t *json = json_object_get(b->json, key);
    if (!json_is_integer(json) || json_integer_value(json) < least ||
        json_integer_value(json) > most) {
        return pst_fail(b->message, PST_E_FORMAT, "node '%s': '%s' must be an integer in [%d, %d]",
                        b->node->name, key, least, most);
    }
    *value = (int) json_integer_value(json);
    return PST_OK;
}

static PstStatus want_number(const PstBuilder *b, const char *key, float *value)
{
    const json_t *json = json_object_get(b->json, key);
    *value = json_is_number(json) ? (float) json_number_value(json) : NAN;
    return isfinite(*value) ? PST_OK : bad(b, "has no finite number", key);
}

static PstStatus want_bool(const PstBuilder *b, const char *key, bool *value)
{
    const json_t *json = json_object_get(b->json, key);
    *value = json_is_true(json);
    return json_is_boolean(json) ? PST_OK : bad(b, "has no true or false", key);
}

static PstStatus want_word(const PstBuilder *b, const char *key, const char *const *words,
                           int *index)
{
    const char *word = json_string_value(json_object_get(b->json, key));
    for (*index = 0; word && words[*index]; ++*index) {
        if (strcmp(word, words[*index]) == 0)
            return PST_OK;
    }
    return word ? pst_fail(b->message, PST_E_UNSUPPORTED, "node '%s': unknown %s '%s'",
                           b->node->name, key, word)
                : bad(b, "has no text", key);
}

/* The tensor that attribute `key` names, of exactly this shape (of any, in the places that are 0; what
 * was found is then written there), widened into a new block. */
static PstStatus want_tensor(const PstBuilder *b, const char *key, int rank, int *shape,
                             float **values)
{
    const char *name = json_string_value(json_object_get(b->json, key));
    const PstTensorInfo *tensor = name ? pst_safetensors_find(b->file, name) : NULL;
    if (!tensor)
        return bad(b, name ? "there is no tensor" : "has no text", name ? name : key);
    bool fits = tensor->rank == rank;
    for (int i = 0; i < rank && fits; i++) {
        fits = tensor->shape[i] > 0 && tensor->shape[i] <= PST_MAX_CHANNELS &&
               (shape[i] == 0 || tensor->shape[i] == (size_t) shape[i]);
    }
    if (!fits)
        return bad(b, "wrong shape of tensor", name);
    *values = pst_alloc(tensor->count, sizeof **values);
    if (!*values)
        return pst_fail(b->message, PST_E_MEMORY, "no memory for tensor '%s'", name);
    for (int i = 0; i < rank; i++)
        shape[i] = (int) tensor->shape[i];
    return pst_tensor_read(tensor, *values, b->message);
}

/* ---- Maps that move pixels ------------------------------------------------------------------- */

/* A map like its first input. */
static PstStatus prepare_like(const PstBuilder *b)
{
    PstStatus status = want_kind(b, 0, PST_KIND_MAP);
    b->node->channels = input(b, 0)->channels;
    b->node->reduction = input(b, 0)->reduction;
    b->node->down = b->node->up = 1;
    b->node->flop = b->node->channels;
    return status;
}

/* Moves the node to a coarser (down) or finer (up) grid than its input's. */
static PstStatus rescale(const PstBuilder *b, int down, int up)
{
    PstNode *node = b->node;
    int reduction = input(b, 0)->reduction * down;
    if (reduction > PST_MAX_REDUCTION || reduction % up != 0)
        return bad(b, "the resolution gets out of range after", input(b, 0)->name);
    node->reduction = reduction / up;
    node->down = down;
    node->up = up;
    return PST_OK;
}

static PstStatus prepare_unshuffle(const PstBuilder *b)
{
    PstNode *node = b->node;
    PstStatus status = prepare_like(b);
    if (!status)
        status = want_int(b, "factor", 2, 2, &node->factor);
    if (!status)
        status = rescale(b, node->factor, 1);
    node->channels *= node->factor * node->factor;
    node->after = node->factor - 1;
    if (!status && node->channels > PST_MAX_CHANNELS)
        status = bad(b, "too many channels after", input(b, 0)->name);
    return status;
}

static void unshuffle_box(const PstStep *step, PstBox box, float *scratch)
{
    (void) scratch;
    pst_unshuffle_box(step->node->factor, step->maps[0], step->out, box);
}

static PstStatus prepare_shuffle(const PstBuilder *b)
{
    PstNode *node = b->node;
    PstStatus status = prepare_like(b);
    if (!status)
        status = want_int(b, "factor", 2, 2, &node->factor);
    if (!status)
        status = rescale(b, 1, node->factor);
    if (!status && node->channels % (node->factor * node->factor) != 0)
        status = bad(b, "cannot share out the channels of", input(b, 0)->name);
    if (!status)
        node->channels /= node->factor * node->factor;
    return status;
}

static void shuffle_box(const PstStep *step, PstBox box, float *scratch)
{
    (void) scratch;
    pst_shuffle_box(step->node->factor, step->maps[0], step->out, box);
}

static PstStatus prepare_upsample(const PstBuilder *b)
{
    static const char *const modes[] = {"nearest", NULL};
    int mode;
    PstStatus status = prepare_like(b);
    if (!status)
        status = want_word(b, "mode", modes, &mode);
    if (!status)
        status = want_int(b, "factor", 2, 2, &b->node->factor);
    return status ? status : rescale(b, 1, b->node->factor);
}

static void upsample_box(const PstStep *step, PstBox box, float *scratch)
{
    (void) scratch;
    pst_upsample_box(step->node->factor, step->maps[0], step->out, box);
}

static void reduce_box(const PstStep *step, PstBox box, float *scratch)
{
    (void) scratch;
    pst_reduce_box(step->node->factor, step->maps[0], step->out, box);
}

const PstOp pst_op_reduce = {"(reduce)", PST_KIND_MAP, 1,    1,     NULL,
                             NULL,       reduce_box,   NULL, false, false};

static PstStatus prepare_pool(const PstBuilder *b, bool average)
{
    PstNode *node = b->node;
    PstPool *pool = &node->pool;
    PstStatus status = prepare_like(b);
    if (!status)
        status = want_int(b, "kernel", 2, 15, &pool->kernel);
    if (!status)
        status = want_int(b, "stride", 1, 2, &pool->stride);
    if (!status)
        status = want_int(b, "pad", 0, pool->kernel / 2, &pool->pad);
    if (!status)
        status = rescale(b, pool->stride, 1);
    pool->average = average;
    int beyond = pool->kernel - 2 * pool->pad;
    node->whole = beyond <= 0 || beyond > pool->stride;
    node->before = pool->pad;
    node->after = pool->kernel - 1 - pool->pad;
    node->flop = (double) node->channels * pool->kernel * pool->kernel;
    return status;
}

static PstStatus prepare_maxpool(const PstBuilder *b)
{
    return prepare_pool(b, false);
}

static PstStatus prepare_avgpool(const PstBuilder *b)
{
    return prepare_pool(b, true);
}

static void pool_box(const PstStep *step, PstBox box, float *scratch)
{
    (void) scratch;
    pst_pool_box(&step->node->pool, step->maps[0], step->out, box);
}

/* Maps of one resolution, their channels one after the other. */
static PstStatus prepare_join(const PstBuilder *b)
{
    PstNode *node = b->node;
    PstStatus status = prepare_like(b);
    for (int i = 1; i < node->input_count && !status; i++) {
        status = want_kind(b, i, PST_KIND_MAP);
        if (!status && input(b, i)->reduction != node->reduction)
            status = bad(b, "the first input has another shape than", input(b, i)->name);
        node->channels += input(b, i)->channels;
        if (!status && node->channels > PST_MAX_CHANNELS)
            status = bad(b, "too many channels after", input(b, i)->name);
    }
    return status;
}

static void join_box(const PstStep *step, PstBox box, float *scratch)
{
    (void) scratch;
    int channel = 0;
    for (int i = 0; i < step->node->input_count; i++) {
        for (int c = 0; c < step->maps[i]->channels; c++, channel++) {
            for (int y = box.y0; y < box.y1; y++) {
                memcpy(pst_map_row(step->out, channel, y) + box.x0,
                       pst_map_row(step->maps[i], c, y) + box.x0,
                       sizeof(float) * (box.x1 - box.x0));
            }
        }
    }
}

/* ---- Maps that work on each pixel alone ------------------------------------------------------ */

static PstStatus prepare_add(const PstBuilder *b)
{
    PstStatus status = prepare_like(b);
    if (!status)
        status = want_kind(b, 1, PST_KIND_MAP);
    if (!status && (input(b, 1)->channels != b->node->channels ||
                    input(b, 1)->reduction != b->node->reduction)) {
        status = bad(b, "the first input has another shape than", input(b, 1)->name);
    }
    return status ? status : want_bool(b, "relu", &b->node->relu);
}

static PstTerm term(const PstStep *step, int i)
{
    PstTerm term = {.map = step->maps[i], .factor = 1};
    const PstStep *view = step->views[i];
    if (view && view->bound) {
        term.scale = view->bound;
        term.shift = view->bound + view->node->channels;
    } else if (view) {
        term.factor = view->node->factor;
    }
    return term;
}

static void add_box(const PstStep *step, PstBox box, float *scratch)
{
    (void) scratch;
    pst_add_box(step->node->relu, term(step, 0), term(step, 1), step->out, box);
}

static PstStatus prepare_scale_shift(const PstBuilder *b)
{
    PstNode *node = b->node;
    PstStatus status = prepare_like(b);
    if (!status)
        status = want_number(b, "scale", &node->scale);
    if (!status)
        status = want_number(b, "shift", &node->shift);
    node->bound = 2 * (size_t) node->channels;
    return status;
}

static void bind_scale_shift(const PstStep *step)
{
    for (int c = 0; c < step->node->channels; c++) {
        step->bound[c] = step->node->scale;
        step->bound[step->node->channels + c] = step->node->shift;
    }
}

/* A scale and a shift a channel: what is left of a batch normalisation, or of a colour mean. */
static PstStatus prepare_affine(const PstBuilder *b)
{
    PstNode *node = b->node;
    PstStatus status = prepare_like(b);
    int shape[] = {node->channels};
    if (!status)
        status = want_tensor(b, "scale", 1, shape, &node->weight);
    if (!status)
        status = want_tensor(b, "shift", 1, shape, &node->bias);
    node->bound = 2 * (size_t) node->channels;
    return status;
}

static void bind_affine(const PstStep *step)
{
    size_t channels = step->node->channels;
    memcpy(step->bound, step->node->weight, sizeof(float) * channels);
    memcpy(step->bound + channels, step->node->bias, sizeof(float) * channels);
}

/* inputs: x, moments of x, γ, β, strength */
static PstStatus prepare_adain(const PstBuilder *b)
{
    PstNode *node = b->node;
    PstStatus status = prepare_like(b);
    int sizes[] = {0, 2 * node->channels, node->channels, node->channels, 1};
    for (int i = 1; i < 5 && !status; i++)
        status = want_vector(b, i, sizes[i]);
    node->bound = 2 * (size_t) node->channels;
    return status;
}

static void bind_adain(const PstStep *step)
{
    int channels = step->node->channels;
    pst_adain(channels, step->vectors[1], step->vectors[2], step->vectors[3], step->vectors[4][0],
              step->bound, step->bound + channels);
}

static void affine_box(const PstStep *step, PstBox box, float *scratch)
{
    (void) scratch;
    pst_affine_box(step->bound, step->bound + step->node->channels, step->maps[0], step->out, box);
}

/* ---- Convolutions ---------------------------------------------------------------------------- */

static PstStatus read_kernel(const PstBuilder *b)
{
    PstNode *node = b->node;
    int shape[4] = {0, node->channels, 0, 0};
    PstStatus status = want_tensor(b, "weight", 4, shape, &node->weight);
    if (!status && (shape[2] % 2 == 0 || shape[3] % 2 == 0 || shape[2] > 15 || shape[3] > 15))
        status = bad(b, "needs an odd kernel of at most 15 × 15 in", "weight");
    if (!status)
        status = want_tensor(b, "bias", 1, shape, &node->bias);
    node->conv.in_channels = shape[1];
    node->conv.out_channels = node->channels = shape[0];
    node->conv.kernel_h = shape[2];
    node->conv.kernel_w = shape[3];
    node->conv.weight = node->weight;
    node->conv.bias = node->bias;
    node->flop = 2.0 * shape[0] * shape[1] * shape[2] * shape[3];
    return status;
}

static PstStatus prepare_conv(const PstBuilder *b)
{
    static const char *const paddings[] = {"reflect", "replicate", "zero", "none", NULL};
    PstNode *node = b->node;
    int padding = 0;
    PstStatus status = prepare_like(b);
    if (!status)
        status = read_kernel(b);
    if (!status)
        status = want_int(b, "stride", 1, 2, &node->conv.stride);
    if (!status)
        status = want_word(b, "padding", paddings, &padding);
    if (!status)
        status = want_bool(b, "relu", &node->conv.relu);
    if (!status)
        status = rescale(b, node->conv.stride, 1);
    node->conv.padding = (PstPadding) padding;
    node->whole = node->conv.padding == PST_PAD_NONE;
    int radius =
        node->conv.kernel_h > node->conv.kernel_w ? node->conv.kernel_h : node->conv.kernel_w;
    node->before = node->after = radius / 2;
    return status;
}

/* Floats that the weights take once they are packed for the path that serves them. */
static size_t packed_floats(const PstConv *conv)
{
    const PstDirectKernel *kernel = pst_direct_kernel(0);
    return pst_winograd_serves(conv) ? pst_winograd_packed_size(kernel, conv)
           : pst_direct_serves(conv) ? pst_direct_packed_size(kernel, conv)
                                     : 0;
}

static void pack(const PstConv *conv, const float *weight, float *packed)
{
    if (pst_winograd_serves(conv))
        pst_winograd_pack(pst_direct_kernel(0), conv, weight, packed);
    else if (pst_direct_serves(conv))
        pst_direct_pack(pst_direct_kernel(0), conv, weight, packed);
}

static void convolve(const PstConv *conv, const float *packed, const PstStep *step, PstBox box,
                     float *scratch)
{
    const PstDirectKernel *kernel = pst_direct_kernel(0);
    if (pst_winograd_serves(conv))
        pst_winograd_box(kernel, conv, packed, step->maps[0], step->out, box, scratch);
    else if (pst_direct_serves(conv))
        pst_direct_box(kernel, conv, packed, step->maps[0], step->out, box, scratch);
    else
        pst_conv_box(conv, step->maps[0], step->out, box, scratch);
}

static PstStatus prepare_plain_conv(const PstBuilder *b)
{
    PstStatus status = prepare_conv(b);
    b->node->bound = packed_floats(&b->node->conv);
    return status;
}

static void bind_conv(const PstStep *step)
{
    pack(&step->node->conv, step->node->conv.weight, step->bound);
}

static void conv_box(const PstStep *step, PstBox box, float *scratch)
{
    convolve(&step->node->conv, step->bound, step, box, scratch);
}

static size_t kernel_floats(const PstConv *conv)
{
    return (size_t) conv->out_channels * conv->in_channels * conv->kernel_h * conv->kernel_w;
}

/* inputs: x, m, strength and, optionally, a bias */
static PstStatus prepare_modconv(const PstBuilder *b)
{
    PstNode *node = b->node;
    PstStatus status = prepare_conv(b);
    int shape[] = {node->channels};
    if (!status)
        status = want_tensor(b, "gain", 1, shape, &node->gain);
    if (!status)
        status = want_vector(b, 1, node->conv.in_channels);
    if (!status)
        status = want_vector(b, 2, 1);
    if (!status && node->input_count == 4)
        status = want_vector(b, 3, node->channels);
    node->bound = kernel_floats(&node->conv) + node->channels + packed_floats(&node->conv);
    return status;
}

static void bind_modconv(const PstStep *step)
{
    const PstConv *conv = &step->node->conv;
    float strength = step->vectors[2][0], *bias = step->bound + kernel_floats(conv);
    pst_modulate(conv->out_channels, conv->in_channels, conv->kernel_h * conv->kernel_w,
                 conv->weight, step->node->gain, step->vectors[1], strength, step->bound);
    for (int o = 0; o < conv->out_channels; o++)
        bias[o] = conv->bias[o] + (step->vectors[3] ? strength * step->vectors[3][o] : 0);
    pack(conv, step->bound, bias + conv->out_channels);
}

static void modconv_box(const PstStep *step, PstBox box, float *scratch)
{
    PstConv conv = step->node->conv;
    conv.weight = step->bound;
    conv.bias = step->bound + kernel_floats(&conv);
    convolve(&conv, conv.bias + conv.out_channels, step, box, scratch);
}

/* ---- Vectors --------------------------------------------------------------------------------- */

static PstStatus prepare_moments(const PstBuilder *b)
{
    PstStatus status = want_kind(b, 0, PST_KIND_MAP);
    b->node->channels = 2 * input(b, 0)->channels;
    return status;
}

static PstStatus prepare_linear(const PstBuilder *b)
{
    PstNode *node = b->node;
    int shape[] = {0, input(b, 0)->channels};
    PstStatus status = want_kind(b, 0, PST_KIND_VECTOR);
    if (!status)
        status = want_tensor(b, "weight", 2, shape, &node->weight);
    if (!status)
        status = want_tensor(b, "bias", 1, shape, &node->bias);
    node->channels = shape[0];
    return status ? status : want_bool(b, "relu", &node->relu);
}

static void evaluate_linear(const PstStep *step)
{
    const PstNode *node = step->node;
    pst_linear(node->channels, step->sizes[0], node->weight, node->bias, node->relu,
               step->vectors[0], step->vector);
}

static PstStatus prepare_concat(const PstBuilder *b)
{
    PstStatus status = PST_OK;
    for (int i = 0; i < b->node->input_count && !status; i++) {
        status = want_kind(b, i, PST_KIND_VECTOR);
        b->node->channels += input(b, i)->channels;
        /* else a chain of them would soon pass INT_MAX */
        if (!status && b->node->channels > 2 * PST_MAX_CHANNELS)
            status = bad(b, "too many channels after", input(b, i)->name);
    }
    return status;
}

static void evaluate_concat(const PstStep *step)
{
    float *to = step->vector;
    for (int i = 0; i < step->node->input_count; i++) {
        memcpy(to, step->vectors[i], sizeof *to * step->sizes[i]);
        to += step->sizes[i];
    }
}

/* ---- The table ------------------------------------------------------------------------------- */

static const PstOp ops[] = {
    {"conv2d", PST_KIND_MAP, 1, 1, prepare_plain_conv, bind_conv, conv_box, NULL, false, false},
    {"modconv2d", PST_KIND_MAP, 3, 4, prepare_modconv, bind_modconv, modconv_box, NULL, false,
     false},
    {"adain", PST_KIND_MAP, 5, 5, prepare_adain, bind_adain, affine_box, NULL, true, false},
    {"scale_shift", PST_KIND_MAP, 1, 1, prepare_scale_shift, bind_scale_shift, affine_box, NULL,
     true, false},
    {"affine", PST_KIND_MAP, 1, 1, prepare_affine, bind_affine, affine_box, NULL, true, false},
    {"maxpool", PST_KIND_MAP, 1, 1, prepare_maxpool, NULL, pool_box, NULL, false, false},
    {"avgpool", PST_KIND_MAP, 1, 1, prepare_avgpool, NULL, pool_box, NULL, false, false},
    {"join", PST_KIND_MAP, 1, PST_MAX_INPUTS, prepare_join, NULL, join_box, NULL, false, false},
    {"add", PST_KIND_MAP, 2, 2, prepare_add, NULL, add_box, NULL, false, true},
    {"unshuffle", PST_KIND_MAP, 1, 1, prepare_unshuffle, NULL, unshuffle_box, NULL, false, false},
    {"shuffle", PST_KIND_MAP, 1, 1, prepare_shuffle, NULL, shuffle_box, NULL, false, false},
    {"upsample", PST_KIND_MAP, 1, 1, prepare_upsample, NULL, upsample_box, NULL, true, false},
    {"moments", PST_KIND_VECTOR, 1, 1, prepare_moments, NULL, NULL, NULL, false, false},
    {"linear", PST_KIND_VECTOR, 1, 1, prepare_linear, NULL, NULL, evaluate_linear, false, false},
    {"concat", PST_KIND_VECTOR, 1, PST_MAX_INPUTS, prepare_concat, NULL, NULL, evaluate_concat,
     false, false},
};

const PstOp *pst_op_find(const char *name)
{
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        if (strcmp(ops[i].name, name) == 0)
            return &ops[i];
    }
    return NULL;
}

size_t pst_node_scratch(const PstNode *node, int width, int height)
{
    if (!node->conv.weight)
        return 0;
    const PstDirectKernel *kernel = pst_direct_kernel(0);
    return pst_winograd_serves(&node->conv)
               ? pst_winograd_scratch(kernel, &node->conv, width, height)
           : pst_direct_serves(&node->conv) ? pst_direct_scratch(kernel, &node->conv, width, height)
                                            : pst_conv_scratch(&node->conv, width * height);
}
