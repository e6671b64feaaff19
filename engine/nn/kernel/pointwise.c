/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/kernel/pointwise.h"

#include "nn/kernel/product.h"

#include <string.h>

static bool serves(const PstConv *conv)
{
    return conv->kernel_h == 1 && conv->kernel_w == 1 && conv->stride == 1;
}

static size_t packed_size(const PstProcessor *processor, const PstConv *conv)
{
    return pst_product_rows(processor, conv->out_channels) * conv->in_channels;
}

static void pack(const PstProcessor *processor, const PstConv *conv, const float *weight,
                 float *packed)
{
    pst_product_pack(processor, conv->out_channels, conv->in_channels, weight, NULL, packed);
}

static size_t scratch_floats(const PstProcessor *processor, const PstConv *conv, int width,
                             int height)
{
    (void) width, (void) height;
    return (size_t) pst_product_tile(processor) * conv->in_channels;
}

static void put(const PstConv *conv, int channel, const float *sums, int count, float *to)
{
    float bias = conv->bias[channel];
    bool relu = conv->relu;
#pragma omp simd
    for (int i = 0; i < count; i++) {
        float value = sums[i] + bias;
        to[i] = relu && !(value > 0) ? 0 : value;
    }
}

/* A box of one row, at most a tile wide. */
static void do_tile(const PstProcessor *processor, const PstConv *conv, const float *packed,
                    const PstMap *in, PstMap *out, PstBox box, float *scratch)
{
    int block = processor->product_channels, tile = pst_product_tile(processor);
    int count = box.x1 - box.x0;
    const float *from = pst_map_row(in, 0, box.y0) + box.x0;
    size_t step = (size_t) in->rows * in->stride;
    float sums[PST_PROCESSOR_PRODUCT_MAX];
    if (count < tile) { /* the processor does whole ones, and the map may end here */
        memset(scratch, 0, sizeof *scratch * tile * conv->in_channels);
        for (int c = 0; c < conv->in_channels; c++)
            memcpy(scratch + (size_t) tile * c, from + step * c, sizeof *from * count);
        from = scratch;
        step = tile;
    }
    for (int o = 0; o < conv->out_channels; o += block) {
        processor->product(from, step, conv->in_channels, packed, sums);
        packed += (size_t) block * conv->in_channels;
        for (int i = 0; i < block && o + i < conv->out_channels; i++)
            put(conv, o + i, sums + i * tile, count, pst_map_row(out, o + i, box.y0) + box.x0);
    }
}

static void compute(const PstProcessor *processor, const PstConv *conv, const float *packed,
                    const PstMap *in, PstMap *out, PstBox box, float *scratch)
{
    int tile = pst_product_tile(processor);
    for (int y = box.y0; y < box.y1; y++) {
        for (int x = box.x0; x < box.x1; x += tile) {
            PstBox part = {x, y, box.x1 - x < tile ? box.x1 : x + tile, y + 1};
            do_tile(processor, conv, packed, in, out, part, scratch);
        }
    }
}

const PstConvPath pst_pointwise_path = {serves, packed_size, pack, scratch_floats, compute, NULL};
