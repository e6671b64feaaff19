/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A patch holds, for each input channel, the rows under a box, padding included.  Where the stride is 1, a
 * row is its pixels; where it is 2, first the odd ones from −1, then the even ones from 0, so that what a
 * vector of outputs needs lies side by side there too.
 */
#include "nn/kernel/direct.h"

#include <string.h>

static bool serves(const PstConv *conv)
{
    return conv->kernel_h == 3 && conv->kernel_w == 3 && conv->padding != PST_PAD_NONE;
}

/* ---- Weights --------------------------------------------------------------------------------- */

static int blocks_of(const PstProcessor *processor, const PstConv *conv)
{
    return (conv->out_channels + processor->channels - 1) / processor->channels;
}

static size_t packed_size(const PstProcessor *processor, const PstConv *conv)
{
    return (size_t) blocks_of(processor, conv) * processor->channels * conv->in_channels * PST_TAPS;
}

static void pack(const PstProcessor *processor, const PstConv *conv, const float *weight,
                 float *packed)
{
    int row = conv->in_channels * PST_TAPS;
    for (int block = 0; block < blocks_of(processor, conv); block++) {
        for (int i = 0; i < row; i++) {
            for (int o = 0; o < processor->channels; o++) {
                int channel = block * processor->channels + o;
                *packed++ = channel < conv->out_channels ? weight[(size_t) channel * row + i] : 0;
            }
        }
    }
}

/* ---- The patch ------------------------------------------------------------------------------- */

typedef struct {
    int across;       /* vectors in a row of outputs */
    int half;         /* stride 2: where the even pixels begin in a row */
    size_t row, step; /* floats from row to row, and from channel to channel */
    size_t floats;    /* of all channels */
} Layout;

static Layout layout_of(const PstProcessor *processor, const PstConv *conv, int width, int height)
{
    Layout l = {.across = (width + processor->lanes - 1) / processor->lanes};
    l.half = l.across * processor->lanes + 1;
    l.row = conv->stride == 1 ? (size_t) l.half + 1 : 2 * (size_t) l.half;
    l.step = l.row * ((size_t) conv->stride * (height - 1) + 3);
    l.floats = l.step * conv->in_channels;
    return l;
}

static void fill_patch(const PstConv *conv, const Layout *l, const PstMap *in, PstBox box,
                       float *patch)
{
    int rows = (int) (l->step / l->row), count = box.x1 - box.x0;
    for (int c = 0; c < conv->in_channels; c++) {
        for (int r = 0; r < rows; r++, patch += l->row) {
            int y = pst_pad_index(conv->padding, conv->stride * box.y0 + r - 1, in->height);
            if (y < 0) {
                memset(patch, 0, sizeof *patch * l->row);
                continue;
            }
            const float *row = pst_map_row(in, c, y);
            if (conv->stride == 1) {
                pst_patch_row(patch, row, in->width, box.x0, count + 2, 1, -1, conv->padding);
            } else {
                pst_patch_row(patch, row, in->width, box.x0, count + 1, 2, -1, conv->padding);
                pst_patch_row(patch + l->half, row, in->width, box.x0, count, 2, 0, conv->padding);
            }
        }
    }
}

/* ---- The box --------------------------------------------------------------------------------- */

static size_t scratch_floats(const PstProcessor *processor, const PstConv *conv, int width,
                             int height)
{
    return layout_of(processor, conv, width, height).floats;
}

/* Writes one vector of outputs: `count` pixels of one channel. */
static void finish(float *to, const float *from, int count, float bias, bool relu)
{
    for (int i = 0; i < count; i++) {
        float v = from[i] + bias;
        to[i] = relu && v < 0 ? 0 : v;
    }
}

/* One call of compute(). */
typedef struct {
    const PstProcessor *processor;
    const PstConv *conv;
    const float *packed, *patch;
    PstMap *out;
    PstBox box;
    Layout layout;
    size_t tap[PST_TAPS];
} Work;

/* Where in the patch the vectors begin that the box has from `first` on. */
static void find_bases(const Work *work, int first, int total, size_t *base)
{
    const Layout *l = &work->layout;
    for (int v = 0; v < work->processor->vectors; v++) {
        int at = first + v < total ? first + v : total - 1;
        size_t row = (size_t) (at / l->across) * work->conv->stride;
        base[v] = row * l->row + (size_t) (at % l->across) * work->processor->lanes;
    }
}

/* The vectors from `first` on, of the `total` that the box has, for one block of output channels. */
static void run_group(const Work *work, int block, int first, int total)
{
    const PstProcessor *processor = work->processor;
    const PstConv *conv = work->conv;
    size_t base[PST_PROCESSOR_PIXELS_MAX], weights = (size_t) processor->channels * PST_TAPS;
    float made[PST_PROCESSOR_CHANNELS_MAX * PST_PROCESSOR_PIXELS_MAX];
    find_bases(work, first, total, base);
    processor->run(work->patch, work->layout.step, base, work->tap, conv->in_channels,
                   work->packed + weights * conv->in_channels * block, made);
    int channel = block * processor->channels;
    for (int o = 0; o < processor->channels && channel + o < conv->out_channels; o++) {
        for (int v = 0; v < processor->vectors && first + v < total; v++) {
            int y = work->box.y0 + (first + v) / work->layout.across;
            int x = work->box.x0 + (first + v) % work->layout.across * processor->lanes;
            int left = work->box.x1 - x;
            finish(pst_map_row(work->out, channel + o, y) + x,
                   made + (o * processor->vectors + v) * processor->lanes,
                   left < processor->lanes ? left : processor->lanes, conv->bias[channel + o],
                   conv->relu);
        }
    }
}

static void compute(const PstProcessor *processor, const PstConv *conv, const float *packed,
                    const PstMap *in, PstMap *out, PstBox box, float *scratch)
{
    Work work = {processor, conv, packed, scratch, out, box, .tap = {0}};
    Layout *l = &work.layout;
    *l = layout_of(processor, conv, box.x1 - box.x0, box.y1 - box.y0);
    for (int t = 0; t < PST_TAPS; t++) {
        size_t x = t % 3;
        work.tap[t] = t / 3 * l->row + (conv->stride == 1 ? x : x == 1 ? (size_t) l->half : x / 2);
    }
    fill_patch(conv, l, in, box, scratch);
    int total = l->across * (box.y1 - box.y0);
    for (int block = 0; block < blocks_of(processor, conv); block++) {
        for (int first = 0; first < total; first += processor->vectors)
            run_group(&work, block, first, total);
    }
}

const PstConvPath pst_direct_path = {serves, packed_size, pack, scratch_floats, compute, NULL};
