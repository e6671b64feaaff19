/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ops that make maps; those that make vectors are in vector-ops.c.
 */
#include "nn/ops.h"

#include "nn/attributes.h"
#include "nn/kernel/conv-path.h"
#include "nn/kernel/pool.h"
#include "nn/kernel/processor.h"
#include "nn/kernel/spatial.h"
#include "nn/kernel/vector.h"
#include "nn/plan.h"

#include <string.h>

/* ---- Maps that move pixels ------------------------------------------------------------------- */

/* A map like its first input. */
static PstStatus prepare_like(const PstBuilder *b)
{
    PstStatus status = pst_want_kind(b, 0, PST_KIND_MAP);
    b->node->channels = pst_input(b, 0)->channels;
    b->node->reduction = pst_input(b, 0)->reduction;
    b->node->down = b->node->up = 1;
    b->node->flop = b->node->channels;
    return status;
}

/* Moves the node to a coarser (down) or finer (up) grid than its input's. */
static PstStatus rescale(const PstBuilder *b, int down, int up)
{
    PstNode *node = b->node;
    int reduction = pst_input(b, 0)->reduction * down;
    if (reduction > PST_MAX_REDUCTION || reduction % up != 0)
        return pst_bad(b, "the resolution gets out of range after", pst_input(b, 0)->name);
    node->reduction = reduction / up;
    node->down = down;
    node->up = up;
    return PST_OK;
}

/* Like the input, but at another resolution: the factor is 2 or 4, since those are powers of 2. */
static PstStatus prepare_shuffled(const PstBuilder *b, bool back)
{
    int *factor = &b->node->factor;
    PstStatus status = prepare_like(b);
    status = status ? status : pst_want_int(b, "factor", 2, 4, factor);
    if (status || *factor == 3)
        return status ? status : pst_bad(b, "takes a power of 2 as", "factor");
    return rescale(b, back ? 1 : *factor, back ? *factor : 1);
}

static PstStatus prepare_unshuffle(const PstBuilder *b)
{
    PstNode *node = b->node;
    PstStatus status = prepare_shuffled(b, false);
    node->channels *= node->factor * node->factor;
    node->after = node->factor - 1;
    if (!status && node->channels > PST_MAX_CHANNELS)
        status = pst_bad(b, "too many channels after", pst_input(b, 0)->name);
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
    PstStatus status = prepare_shuffled(b, true);
    if (!status && node->channels % (node->factor * node->factor) != 0)
        status = pst_bad(b, "cannot share out the channels of", pst_input(b, 0)->name);
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
    static const char *const modes[] = {"nearest", "bilinear", NULL};
    int mode = 0;
    PstStatus status = prepare_like(b);
    if (!status)
        status = pst_want_word(b, "mode", modes, &mode);
    if (!status)
        status = pst_want_int(b, "factor", 2, 2, &b->node->factor);
    b->node->bilinear = mode == 1;
    b->node->before = b->node->after = b->node->bilinear ? 1 : 0;
    return status ? status : rescale(b, 1, b->node->factor);
}

static void upsample_box(const PstStep *step, PstBox box, float *scratch)
{
    (void) scratch;
    if (step->node->bilinear)
        pst_upsample_bilinear_box(step->maps[0], step->out, box);
    else
        pst_upsample_box(step->node->factor, step->maps[0], step->out, box);
}

static void reduce_box(const PstStep *step, PstBox box, float *scratch)
{
    (void) scratch;
    pst_reduce_box(step->node->factor, step->maps[0], step->out, box);
}

const PstOp pst_op_reduce = {"(reduce)", PST_KIND_MAP, 1, 1, NULL, .box = reduce_box};

static PstStatus prepare_pool(const PstBuilder *b, bool average)
{
    PstNode *node = b->node;
    PstPool *pool = &node->pool;
    PstStatus status = prepare_like(b);
    if (!status)
        status = pst_want_int(b, "kernel", 2, 15, &pool->kernel);
    if (!status)
        status = pst_want_int(b, "stride", 1, 2, &pool->stride);
    if (!status)
        status = pst_want_int(b, "pad", 0, pool->kernel / 2, &pool->pad);
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
        status = pst_want_kind(b, i, PST_KIND_MAP);
        if (!status && pst_input(b, i)->reduction != node->reduction)
            status = pst_bad(b, "the first input has another shape than", pst_input(b, i)->name);
        node->channels += pst_input(b, i)->channels;
        if (!status && node->channels > PST_MAX_CHANNELS)
            status = pst_bad(b, "too many channels after", pst_input(b, i)->name);
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
        status = pst_want_kind(b, 1, PST_KIND_MAP);
    if (!status && (pst_input(b, 1)->channels != b->node->channels ||
                    pst_input(b, 1)->reduction != b->node->reduction)) {
        status = pst_bad(b, "the first input has another shape than", pst_input(b, 1)->name);
    }
    return status ? status : pst_want_bool(b, "relu", &b->node->relu);
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
        term.bilinear = view->node->bilinear;
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
        status = pst_want_number(b, "scale", &node->scale);
    if (!status)
        status = pst_want_number(b, "shift", &node->shift);
    node->bound_floats = 2 * (size_t) node->channels;
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
        status = pst_want_tensor(b, "scale", 1, shape, &node->weight);
    if (!status)
        status = pst_want_tensor(b, "shift", 1, shape, &node->bias);
    node->bound_floats = 2 * (size_t) node->channels;
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
        status = pst_want_vector(b, i, sizes[i]);
    node->bound_floats = 2 * (size_t) node->channels;
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

/* ---- Attention ------------------------------------------------------------------------------- */

/* inputs: x, moments of x, tokens, strength */
static PstStatus prepare_attention(const PstBuilder *b)
{
    static const char *const names[PST_ATTENTION_LAYERS][2] = {
        {"query", "query_bias"}, {"key", "key_bias"}, {"value", "value_bias"}};
    PstNode *node = b->node;
    PstAttention *a = &node->attention;
    PstStatus status = prepare_like(b);
    a->channels = node->channels;
    a->tokens = pst_input(b, 2)->channels / (status ? 1 : a->channels);
    if (!status)
        status = pst_want_vector(b, 1, 2 * a->channels);
    if (!status && (a->tokens < 1 || a->tokens > PST_TOKENS_MOST))
        status = pst_bad(b, "wants 1 to 1024 tokens, not", pst_input(b, 2)->name);
    if (!status)
        status = pst_want_vector(b, 2, a->tokens * a->channels);
    if (!status)
        status = pst_want_vector(b, 3, 1);
    for (int i = 0; i < PST_ATTENTION_LAYERS && !status; i++) {
        int shape[2] = {i == PST_VALUE ? a->channels : a->inner, a->channels};
        status = pst_want_tensor(b, names[i][0], 2, shape, &a->weight[i]);
        if (!status)
            status = pst_want_tensor(b, names[i][1], 1, shape, &a->bias[i]);
        a->inner = i == PST_VALUE ? a->inner : shape[0];
    }
    if (!status)
        node->bound_floats = pst_attention_bound(pst_processor(0), a);
    node->flop = 2.0 * (a->inner + a->tokens) * a->channels + (2.0 * a->inner + 16) * a->tokens;
    return status;
}

static void bind_attention(const PstStep *step)
{
    pst_attention_bind(pst_processor(0), &step->node->attention, step->vectors[1], step->vectors[2],
                       step->vectors[3][0], step->bound);
}

static void attention_box(const PstStep *step, PstBox box, float *scratch)
{
    pst_attention_box(pst_processor(0), &step->node->attention, step->bound, step->maps[0],
                      step->out, box, scratch);
}

/* ---- Convolutions ---------------------------------------------------------------------------- */

static PstStatus read_kernel(const PstBuilder *b)
{
    PstNode *node = b->node;
    int shape[4] = {0, node->channels, 0, 0};
    PstStatus status = pst_want_tensor(b, "weight", 4, shape, &node->weight);
    if (!status && (shape[2] % 2 == 0 || shape[3] % 2 == 0 || shape[2] > 15 || shape[3] > 15))
        status = pst_bad(b, "needs an odd kernel of at most 15 × 15 in", "weight");
    if (!status)
        status = pst_want_tensor(b, "bias", 1, shape, &node->bias);
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
        status = pst_want_int(b, "stride", 1, 2, &node->conv.stride);
    if (!status)
        status = pst_want_word(b, "padding", paddings, &padding);
    if (!status)
        status = pst_want_bool(b, "relu", &node->conv.relu);
    if (!status)
        status = rescale(b, node->conv.stride, 1);
    if (!status)
        node->conv.tile =
            pst_conv_path_tile(pst_cell_columns(node->reduction), pst_cell_rows(node->reduction));
    node->conv.padding = (PstPadding) padding;
    node->whole = node->conv.padding == PST_PAD_NONE;
    int radius =
        node->conv.kernel_h > node->conv.kernel_w ? node->conv.kernel_h : node->conv.kernel_w;
    node->before = node->after = radius / 2;
    return status;
}

static PstStatus prepare_plain_conv(const PstBuilder *b)
{
    PstStatus status = prepare_conv(b);
    b->node->bound_floats = pst_conv_path_packed_size(&b->node->conv);
    return status;
}

static void bind_conv(const PstStep *step)
{
    pst_conv_path_pack(&step->node->conv, step->node->conv.weight, step->bound);
}

static void conv_box(const PstStep *step, PstBox box, float *scratch)
{
    pst_conv_path_box(&step->node->conv, step->bound, step->maps[0], step->out, box, scratch);
}

/* inputs: x, m, strength and, optionally, a bias */
static PstStatus prepare_modconv(const PstBuilder *b)
{
    PstNode *node = b->node;
    PstStatus status = prepare_conv(b);
    int shape[] = {node->channels};
    if (!status)
        status = pst_want_tensor(b, "gain", 1, shape, &node->gain);
    if (!status)
        status = pst_want_vector(b, 1, node->conv.in_channels);
    if (!status)
        status = pst_want_vector(b, 2, 1);
    if (!status && node->input_count == 4)
        status = pst_want_vector(b, 3, node->channels);
    node->bound_floats =
        pst_conv_floats(&node->conv) + node->channels + pst_conv_path_packed_size(&node->conv);
    return status;
}

static void bind_modconv(const PstStep *step)
{
    const PstConv *conv = &step->node->conv;
    float strength = step->vectors[2][0], *bias = step->bound + pst_conv_floats(conv);
    pst_modulate(conv->out_channels, conv->in_channels, conv->kernel_h * conv->kernel_w,
                 conv->weight, step->node->gain, step->vectors[1], strength, step->bound);
    for (int o = 0; o < conv->out_channels; o++)
        bias[o] = conv->bias[o] + (step->vectors[3] ? strength * step->vectors[3][o] : 0);
    pst_conv_path_pack(conv, step->bound, bias + conv->out_channels);
}

static void modconv_box(const PstStep *step, PstBox box, float *scratch)
{
    PstConv conv = step->node->conv;
    conv.weight = step->bound;
    conv.bias = step->bound + pst_conv_floats(&conv);
    pst_conv_path_box(&conv, conv.bias + conv.out_channels, step->maps[0], step->out, box, scratch);
}

/* ---- The table ------------------------------------------------------------------------------- */

static const PstOp ops[] = {
    {"conv2d", PST_KIND_MAP, 1, 1, prepare_plain_conv, .bind = bind_conv, .box = conv_box},
    {"modconv2d", PST_KIND_MAP, 3, 4, prepare_modconv, .bind = bind_modconv, .box = modconv_box},
    {"adain", PST_KIND_MAP, 5, 5, prepare_adain, .bind = bind_adain, .box = affine_box,
     .is_view = true},
    {"attention", PST_KIND_MAP, 4, 4, prepare_attention, .bind = bind_attention,
     .box = attention_box},
    {"scale_shift", PST_KIND_MAP, 1, 1, prepare_scale_shift, .bind = bind_scale_shift,
     .box = affine_box, .is_view = true},
    {"affine", PST_KIND_MAP, 1, 1, prepare_affine, .bind = bind_affine, .box = affine_box,
     .is_view = true},
    {"maxpool", PST_KIND_MAP, 1, 1, prepare_maxpool, .box = pool_box},
    {"avgpool", PST_KIND_MAP, 1, 1, prepare_avgpool, .box = pool_box},
    {"join", PST_KIND_MAP, 1, PST_MAX_INPUTS, prepare_join, .box = join_box},
    {"add", PST_KIND_MAP, 2, 2, prepare_add, .box = add_box, .takes_views = true},
    {"unshuffle", PST_KIND_MAP, 1, 1, prepare_unshuffle, .box = unshuffle_box},
    {"shuffle", PST_KIND_MAP, 1, 1, prepare_shuffle, .box = shuffle_box},
    {"upsample", PST_KIND_MAP, 1, 1, prepare_upsample, .box = upsample_box, .is_view = true},
};

const PstOp *pst_op_find(const char *name)
{
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        if (strcmp(ops[i].name, name) == 0)
            return &ops[i];
    }
    return pst_vector_op_find(name);
}

size_t pst_node_scratch(const PstNode *node, int width, int height)
{
    const PstProcessor *processor = pst_processor(0);
    if (node->attention.tokens)
        return pst_attention_scratch(processor, &node->attention);
    if (!node->conv.weight)
        return 0;
    return pst_conv_path_scratch(&node->conv, width, height);
}
