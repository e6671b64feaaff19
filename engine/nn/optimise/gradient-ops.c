/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/optimise/gradient-ops.h"

#include "nn/kernel/spatial.h"
#include "nn/ops.h"

#include <string.h>

static bool is(const PstNode *node, const char *op)
{
    return strcmp(node->op->name, op) == 0;
}

bool pst_back_needs(const PstNode *node, PstBackNeeds *needs)
{
    static const char *const plain[] = {"affine",  "scale_shift", "add",     "join",    "avgpool",
                                        "maxpool", "unshuffle",   "shuffle", "upsample"};
    *needs = (PstBackNeeds){0};
    if (node->bilinear)
        return false;
    if (is(node, "conv2d")) {
        needs->padded =
            node->conv.padding == PST_PAD_REFLECT || node->conv.padding == PST_PAD_REPLICATE;
        needs->spread = node->conv.stride > 1 || node->conv.padding != PST_PAD_ZERO;
        return true;
    }
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        if (is(node, plain[i]))
            return true;
    }
    return false;
}

PstConv pst_back_shape(const PstConv *conv)
{
    PstConv back = *conv;
    back.in_channels = conv->out_channels;
    back.out_channels = conv->in_channels;
    back.stride = 1;
    back.padding = PST_PAD_ZERO;
    back.relu = false;
    back.weight = back.bias = NULL;
    return back;
}

PstConv pst_back_conv(const PstConv *conv, float *weight, float *bias)
{
    int taps = conv->kernel_h * conv->kernel_w;
    for (int o = 0; o < conv->out_channels; o++) {
        for (int i = 0; i < conv->in_channels; i++) {
            const float *from = conv->weight + ((size_t) o * conv->in_channels + i) * taps;
            float *to = weight + ((size_t) i * conv->out_channels + o) * taps;
            for (int t = 0; t < taps; t++)
                to[taps - 1 - t] = from[t];
        }
    }
    memset(bias, 0, sizeof *bias * conv->in_channels);
    PstConv back = pst_back_shape(conv);
    back.weight = weight;
    back.bias = bias;
    return back;
}

PstSpread pst_back_spread(const PstConv *conv)
{
    int x = conv->kernel_w / 2, y = conv->kernel_h / 2;
    switch (conv->padding) {
    case PST_PAD_NONE:
        return (PstSpread){0, 0, x, y};
    case PST_PAD_ZERO:
        return (PstSpread){0, 0, 0, 0};
    default:
        return (PstSpread){x, y, x, y};
    }
}

void pst_back_fill_spread(const PstConv *conv, const PstMap *gradient, PstMap *spread, int c)
{
    PstSpread s = pst_back_spread(conv);
    for (int y = 0; y < spread->height; y++)
        memset(pst_map_row(spread, c, y), 0, sizeof(float) * spread->width);
    for (int y = 0; y < gradient->height; y++) {
        const float *from = pst_map_row(gradient, c, y);
        float *to = pst_map_row(spread, c, s.at_y + conv->stride * y) + s.at_x;
        for (int x = 0; x < gradient->width; x++)
            to[(size_t) conv->stride * x] = from[x];
    }
}

void pst_back_fold(const PstConv *conv, const PstMap *padded, PstMap *to, int c)
{
    PstSpread s = pst_back_spread(conv);
    for (int y = 0; y < to->height; y++) {
        memcpy(pst_map_row(to, c, y), pst_map_row(padded, c, y + s.pad_y) + s.pad_x,
               sizeof(float) * to->width);
    }
    for (int y = 0; y < padded->height; y++) {
        bool inside = y >= s.pad_y && y < s.pad_y + to->height;
        const float *from = pst_map_row(padded, c, y);
        float *row = pst_map_row(to, c, pst_pad_index(conv->padding, y - s.pad_y, to->height));
        for (int x = 0; x < padded->width; x++) {
            if (inside && x == s.pad_x)
                x += to->width; /* copied above */
            if (x < padded->width)
                row[pst_pad_index(conv->padding, x - s.pad_x, to->width)] += from[x];
        }
    }
}

static void copy_box(const PstMap *from, int first_channel, PstMap *to, PstBox box)
{
    for (int c = 0; c < to->channels; c++) {
        for (int y = box.y0; y < box.y1; y++) {
            memcpy(pst_map_row(to, c, y) + box.x0, pst_map_row(from, first_channel + c, y) + box.x0,
                   sizeof(float) * (box.x1 - box.x0));
        }
    }
}

static void scale_box(const float *scale, const PstMap *from, PstMap *to, PstBox box)
{
    for (int c = 0; c < to->channels; c++) {
        for (int y = box.y0; y < box.y1; y++) {
            const float *g = pst_map_row(from, c, y);
            float *row = pst_map_row(to, c, y);
            for (int x = box.x0; x < box.x1; x++)
                row[x] = g[x] * scale[c];
        }
    }
}

void pst_back_box(const PstNode *node, const float *bound, const PstTrace *trace,
                  const PstMap *gradient, int first_channel, PstMap *to, PstBox box)
{
    if (is(node, "add") || is(node, "join")) {
        copy_box(gradient, first_channel, to, box);
    } else if (is(node, "affine") || is(node, "scale_shift")) {
        scale_box(bound, gradient, to, box);
    } else if (is(node, "maxpool") || is(node, "avgpool")) {
        pst_pool_back(&node->pool, trace->places, gradient, to, box);
    } else if (is(node, "unshuffle")) {
        pst_shuffle_box(node->factor, gradient, to, box);
    } else if (is(node, "shuffle")) {
        pst_unshuffle_box(node->factor, gradient, to, box);
    } else { /* upsample: the sum of a block is so many times its mean */
        float times[PST_MAX_CHANNELS];
        pst_reduce_box(node->factor, gradient, to, box);
        for (int c = 0; c < to->channels; c++)
            times[c] = (float) (node->factor * node->factor);
        scale_box(times, to, to, box);
    }
}

void pst_back_add(const PstMap *part, PstMap *to, PstBox box)
{
    for (int c = 0; c < to->channels; c++) {
        for (int y = box.y0; y < box.y1; y++) {
            const float *p = pst_map_row(part, c, y);
            float *row = pst_map_row(to, c, y);
            for (int x = box.x0; x < box.x1; x++)
                row[x] += p[x];
        }
    }
}
