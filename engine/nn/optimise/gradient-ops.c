/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/optimise/gradient-ops.h"

#include "nn/kernel/spatial.h"
#include "nn/ops.h"

#include <string.h>

/* ---- Convolutions ----------------------------------------------------------------------------- */

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

/* ---- Boxes of every other op ------------------------------------------------------------------ */

static void copy_box(const PstBack *back, PstBox box)
{
    PstMap *to = back->to;
    for (int c = 0; c < to->channels; c++) {
        for (int y = box.y0; y < box.y1; y++) {
            memcpy(pst_map_row(to, c, y) + box.x0,
                   pst_map_row(back->gradient, back->first_channel + c, y) + box.x0,
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

static void affine_box(const PstBack *back, PstBox box)
{
    scale_box(back->bound, back->gradient, back->to, box);
}

static void pool_box(const PstBack *back, PstBox box)
{
    pst_pool_back(&back->node->pool, back->trace->places, back->gradient, back->to, box);
}

static void unshuffle_box(const PstBack *back, PstBox box)
{
    pst_shuffle_box(back->node->factor, back->gradient, back->to, box);
}

static void shuffle_box(const PstBack *back, PstBox box)
{
    pst_unshuffle_box(back->node->factor, back->gradient, back->to, box);
}

/* The sum of a block is so many times its mean. */
static void upsample_box(const PstBack *back, PstBox box)
{
    float times[PST_MAX_CHANNELS];
    int factor = back->node->factor;
    pst_reduce_box(factor, back->gradient, back->to, box);
    for (int c = 0; c < back->to->channels; c++)
        times[c] = (float) (factor * factor);
    scale_box(times, back->to, back->to, box);
}

/* ---- The table -------------------------------------------------------------------------------- */

typedef struct {
    const char *op;
    void (*box)(const PstBack *back, PstBox box); /* NULL: a convolution */
    bool in_turn;
} Way;

static const Way ways[] = {
    {"conv2d", NULL, false},
    {"affine", affine_box, false},
    {"scale_shift", affine_box, false},
    {"maxpool", pool_box, false},
    {"avgpool", pool_box, false},
    {"join", copy_box, true},
    {"add", copy_box, false},
    {"unshuffle", unshuffle_box, false},
    {"shuffle", shuffle_box, false},
    {"upsample", upsample_box, false},
};

/* NULL: there is none. */
static const Way *way_of(const PstNode *node)
{
    for (size_t i = 0; i < sizeof ways / sizeof *ways && !node->bilinear; i++) {
        if (strcmp(ways[i].op, node->op->name) == 0)
            return &ways[i];
    }
    return NULL;
}

bool pst_back_way(const PstNode *node, PstBackWay *way)
{
    const Way *found = way_of(node);
    PstPadding padding = node->conv.padding;
    *way = (PstBackWay){.in_turn = found && found->in_turn};
    if (found && !found->box) {
        way->padded = padding == PST_PAD_REFLECT || padding == PST_PAD_REPLICATE;
        way->spread = node->conv.stride > 1 || padding != PST_PAD_ZERO;
    }
    return found != NULL;
}

void pst_back_box(const PstBack *back, PstBox box)
{
    way_of(back->node)->box(back, box);
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
