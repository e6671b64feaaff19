/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A group is as many pixels, or tokens, as a tile of product.h: a matrix here is [rows][group], and weights are
 * packed as that wants them.
 */
#include "nn/kernel/attention.h"

#include "nn/kernel/moments.h"
#include "nn/kernel/product.h"

#include <math.h>
#include <string.h>

/* Where things lie in the bound block. */
typedef struct {
    size_t query, query_bias, keys, values, value_bias; /* what boxes read */
    size_t scale, packed, in, made;                     /* to work in */
    size_t floats;
} Layout;

static size_t take(Layout *layout, size_t floats)
{
    size_t at = layout->floats;
    layout->floats += pst_whole_lines(floats);
    return at;
}

static Layout layout_of(const PstProcessor *processor, const PstAttention *a)
{
    Layout l = {.floats = 16}; /* the first float tells whether there are tokens at all */
    size_t inner = pst_product_rows(processor, a->inner),
           channels = pst_product_rows(processor, a->channels);
    size_t most = inner > channels ? inner : channels;
    l.query = take(&l, inner * a->channels);
    l.query_bias = take(&l, inner);
    l.keys = take(&l, pst_product_rows(processor, a->tokens) * a->inner);
    l.values = take(&l, channels * a->tokens);
    l.value_bias = take(&l, channels);
    l.scale = take(&l, 2 * channels);
    l.packed = take(&l, most * a->channels);
    l.in = take(&l, (size_t) a->channels * pst_product_tile(processor));
    l.made = take(&l, most * pst_product_tile(processor));
    return l;
}

size_t pst_attention_bound(const PstProcessor *processor, const PstAttention *attention)
{
    return layout_of(processor, attention).floats;
}

/* made[rows, whole blocks][group] = packed · in[columns][group] */
static void multiply(const PstProcessor *processor, int rows, int columns, const float *packed,
                     const float *in, float *made)
{
    int block = processor->product_channels, group = pst_product_tile(processor);
    for (int r = 0; r < rows; r += block) {
        processor->product(in, group, columns, packed, made);
        packed += (size_t) block * columns;
        made += (size_t) block * group;
    }
}

/* ---- Before a pass --------------------------------------------------------------------------- */

/* The content's moments, 1/√inner, and log2(e), so that softmax takes powers of 2: all into the query. */
static void bind_query(const PstProcessor *processor, const PstAttention *a, const float *moments,
                       const Layout *l, float *bound)
{
    const float *weight = a->weight[PST_QUERY];
    double whole_scale = 1.4426950408889634 / sqrt(a->inner);
    float *scale = bound + l->scale;
    for (int c = 0; c < a->channels; c++)
        scale[c] = (float) (whole_scale / moments[a->channels + c]);
    pst_product_pack(processor, a->inner, a->channels, weight, scale, bound + l->query);
    for (int d = 0; d < a->inner; d++, weight += a->channels) {
        double sum = whole_scale * a->bias[PST_QUERY][d];
        for (int c = 0; c < a->channels; c++)
            sum -= (double) weight[c] * scale[c] * moments[c];
        bound[l->query_bias + d] = (float) sum;
    }
}

/* mean[channels] of the tokens, then 1/deviation[channels]; returns 1/√(mean of their squares + ε), or 0
 * where there are none. */
static float measure(const PstAttention *a, const float *tokens, float *mean)
{
    double all = 0;
    for (int c = 0; c < a->channels; c++) {
        double sum = 0, squares = 0, variance = 0;
        for (int t = 0; t < a->tokens; t++) {
            double value = tokens[(size_t) t * a->channels + c];
            sum += value;
            squares += value * value;
        }
        sum /= a->tokens;
        for (int t = 0; t < a->tokens; t++) {
            double apart = tokens[(size_t) t * a->channels + c] - sum;
            variance += apart * apart;
        }
        mean[c] = (float) sum;
        mean[a->channels + c] = (float) (1 / sqrt(variance / a->tokens + PST_MOMENTS_EPSILON));
        all += squares;
    }
    double mean_square = all / ((double) a->tokens * a->channels);
    return mean_square > 0 ? (float) (1 / sqrt(mean_square + PST_MOMENTS_EPSILON)) : 0;
}

/* in[channels][group] = the tokens from `first` on, and zeros after the last; normalised if `mean`. */
static void load_tokens(const PstAttention *a, const float *tokens, int first, int group,
                        const float *mean, float *in)
{
    int count = first + group < a->tokens ? group : a->tokens - first;
    memset(in, 0, sizeof *in * a->channels * group);
    for (int i = 0; i < count; i++) {
        const float *token = tokens + (size_t) (first + i) * a->channels;
        for (int c = 0; c < a->channels; c++) {
            in[(size_t) c * group + i] =
                mean ? (token[c] - mean[c]) * mean[a->channels + c] : token[c];
        }
    }
}

static void bind_keys(const PstProcessor *processor, const PstAttention *a, const float *tokens,
                      const Layout *l, float *bound)
{
    int group = pst_product_tile(processor);
    float *made = bound + l->made;
    pst_product_pack(processor, a->inner, a->channels, a->weight[PST_KEY], NULL, bound + l->packed);
    memset(bound + l->keys, 0, sizeof *bound * pst_product_rows(processor, a->tokens) * a->inner);
    for (int first = 0; first < a->tokens; first += group) {
        load_tokens(a, tokens, first, group, bound + l->scale, bound + l->in);
        multiply(processor, a->inner, a->channels, bound + l->packed, bound + l->in, made);
        for (int i = 0; i < group && first + i < a->tokens; i++) {
            for (int d = 0; d < a->inner; d++)
                bound[l->keys + pst_product_at(processor, a->inner, first + i, d)] =
                    made[(size_t) d * group + i] + a->bias[PST_KEY][d];
        }
    }
}

static void bind_values(const PstProcessor *processor, const PstAttention *a, const float *tokens,
                        float scale, const Layout *l, float *bound)
{
    int group = pst_product_tile(processor);
    float *made = bound + l->made;
    pst_product_pack(processor, a->channels, a->channels, a->weight[PST_VALUE], NULL,
                     bound + l->packed);
    memset(bound + l->values, 0,
           sizeof *bound * pst_product_rows(processor, a->channels) * a->tokens);
    for (int first = 0; first < a->tokens; first += group) {
        load_tokens(a, tokens, first, group, NULL, bound + l->in);
        multiply(processor, a->channels, a->channels, bound + l->packed, bound + l->in, made);
        for (int i = 0; i < group && first + i < a->tokens; i++) {
            for (int c = 0; c < a->channels; c++)
                bound[l->values + pst_product_at(processor, a->tokens, c, first + i)] =
                    made[(size_t) c * group + i] * scale;
        }
    }
}

void pst_attention_bind(const PstProcessor *processor, const PstAttention *attention,
                        const float *moments, const float *tokens, float strength, float *bound)
{
    Layout l = layout_of(processor, attention);
    bind_query(processor, attention, moments, &l, bound);
    float scale = measure(attention, tokens, bound + l.scale);
    bound[0] = scale > 0 && strength != 0;
    if (bound[0] == 0)
        return;
    bind_keys(processor, attention, tokens, &l, bound);
    bind_values(processor, attention, tokens, strength * scale, &l, bound);
    for (int c = 0; c < attention->channels; c++)
        bound[l.value_bias + c] = strength * attention->bias[PST_VALUE][c];
}

/* ---- The box --------------------------------------------------------------------------------- */

/* Rows of [group] floats: pixels, queries, scores, what comes out, and one factor a pixel. */
size_t pst_attention_scratch(const PstProcessor *processor, const PstAttention *attention)
{
    size_t rows = attention->channels + pst_product_rows(processor, attention->inner) +
                  pst_product_rows(processor, attention->tokens) +
                  pst_product_rows(processor, attention->channels) + 1;
    return rows * pst_product_tile(processor);
}

/* Copies `count` pixels of one channel, the box's from `first` on row by row, out of the map or into it. */
static void copy_pixels(const PstMap *map, int channel, PstBox box, int first, int count,
                        float *pixels, bool into)
{
    int width = box.x1 - box.x0;
    for (int i = 0; i < count;) {
        int x = (first + i) % width, run = width - x < count - i ? width - x : count - i;
        float *row = pst_map_row(map, channel, box.y0 + (first + i) / width) + box.x0 + x;
        memcpy(into ? row : pixels + i, into ? pixels + i : row, sizeof *row * run);
        i += run;
    }
}

/* From q to Σ e_t v_t: scores, their powers, values. */
static void attend(const PstProcessor *processor, const PstAttention *a, const float *bound,
                   const Layout *l, float *pixels, float *made, float *factor)
{
    int group = pst_product_tile(processor);
    float *query = made + pst_product_rows(processor, a->channels) * group;
    float *scores = query + pst_product_rows(processor, a->inner) * group;
    multiply(processor, a->inner, a->channels, bound + l->query, pixels, query);
    for (int d = 0; d < a->inner; d++) {
        for (int i = 0; i < group; i++)
            query[(size_t) d * group + i] += bound[l->query_bias + d];
    }
    multiply(processor, a->tokens, a->inner, bound + l->keys, query, scores);
    processor->softmax(scores, a->tokens, factor);
    multiply(processor, a->channels, a->tokens, bound + l->values, scores, made);
}

static void clear_box(PstMap *out, PstBox box)
{
    for (int c = 0; c < out->channels; c++) {
        for (int y = box.y0; y < box.y1; y++)
            memset(pst_map_row(out, c, y) + box.x0, 0, sizeof(float) * (box.x1 - box.x0));
    }
}

void pst_attention_box(const PstProcessor *processor, const PstAttention *attention,
                       const float *bound, const PstMap *in, PstMap *out, PstBox box,
                       float *scratch)
{
    Layout l = layout_of(processor, attention);
    int group = pst_product_tile(processor), channels = attention->channels;
    int total = (box.x1 - box.x0) * (box.y1 - box.y0);
    float *factor = scratch, *pixels = factor + group, *made = pixels + (size_t) channels * group;
    if (bound[0] == 0) {
        clear_box(out, box);
        return;
    }
    for (int first = 0; first < total; first += group) {
        int count = total - first < group ? total - first : group;
        memset(pixels, 0, sizeof *pixels * channels * group);
        for (int c = 0; c < channels; c++)
            copy_pixels(in, c, box, first, count, pixels + (size_t) c * group, false);
        attend(processor, attention, bound, &l, pixels, made, factor);
        for (int c = 0; c < channels; c++) {
            float *row = made + (size_t) c * group, bias = bound[l.value_bias + c];
            for (int i = 0; i < group; i++)
                row[i] = row[i] * factor[i] + bias;
            copy_pixels(out, c, box, first, count, row, true);
        }
    }
}
