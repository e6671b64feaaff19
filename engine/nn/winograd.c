/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/winograd.h"

#include <string.h>

#define PLANES 16

/* Floats of a transform that is multiplied at once: half of a second-level cache of 1 MB. */
#define STRIP_FLOATS ((size_t) 128 << 10)

#define GAP 16 /* floats between planes */

bool pst_winograd_serves(const PstConv *conv)
{
    return pst_direct_serves(conv) && conv->stride == 1;
}

/* ---- Weights --------------------------------------------------------------------------------- */

static int blocks_of(const PstDirectKernel *kernel, const PstConv *conv)
{
    return (conv->out_channels + kernel->product_channels - 1) / kernel->product_channels;
}

static size_t block_floats(const PstDirectKernel *kernel, const PstConv *conv)
{
    return (size_t) PLANES * conv->in_channels * kernel->product_channels;
}

size_t pst_winograd_packed_size(const PstDirectKernel *kernel, const PstConv *conv)
{
    return blocks_of(kernel, conv) * block_floats(kernel, conv);
}

/* to[4] = G · (a, b, c) */
static void transform_three(double a, double b, double c, double *to)
{
    to[0] = a;
    to[1] = (a + b + c) / 2;
    to[2] = (a - b + c) / 2;
    to[3] = c;
}

/* to[i · step] = the planes of G g Gᵀ */
static void transform_weights(const float *g, float *to, size_t step)
{
    double columns[3][4], row[4];
    for (int x = 0; x < 3; x++)
        transform_three(g[x], g[3 + x], g[6 + x], columns[x]);
    for (int y = 0; y < 4; y++) {
        transform_three(columns[0][y], columns[1][y], columns[2][y], row);
        for (int x = 0; x < 4; x++)
            to[(size_t) (4 * y + x) * step] = (float) row[x];
    }
}

void pst_winograd_pack(const PstDirectKernel *kernel, const PstConv *conv, const float *weight,
                       float *packed)
{
    size_t plane = (size_t) conv->in_channels * kernel->product_channels;
    memset(packed, 0, sizeof *packed * pst_winograd_packed_size(kernel, conv));
    for (int o = 0; o < conv->out_channels; o++) {
        float *block = packed + o / kernel->product_channels * block_floats(kernel, conv);
        for (int c = 0; c < conv->in_channels; c++, weight += PST_TAPS) {
            size_t at = (size_t) c * kernel->product_channels + o % kernel->product_channels;
            transform_weights(weight, block + at, plane);
        }
    }
}

/* ---- The box --------------------------------------------------------------------------------- */

/* One call of pst_winograd_box(), and where things lie in its scratch: a patch of one channel of the
 * input, padding included, under a strip of tile rows; then the transform of the strip. */
typedef struct {
    const PstDirectKernel *kernel;
    const PstConv *conv;
    const float *packed;
    const PstMap *in;
    PstMap *out;
    PstBox box;         /* in pixels, … */
    PstBox tiles;       /* … and in tiles, odd edges included */
    int across;         /* vectors in a row of tiles */
    int strip;          /* rows of tiles done at once */
    size_t row, pixels; /* of the patch, which is of one channel: floats of a row, and of all */
    size_t step,
        plane; /* of the transform: floats from channel to channel, and from plane to plane */
    float *patch, *transform;
} Work;

/* For width × height tiles. */
static void lay_out(Work *work, int width, int height)
{
    const PstDirectKernel *kernel = work->kernel;
    work->across = (width + kernel->lanes - 1) / kernel->lanes;
    size_t row = (size_t) PLANES * work->conv->in_channels * work->across * kernel->lanes;
    work->strip = row < STRIP_FLOATS ? (int) (STRIP_FLOATS / row) : 1;
    work->strip = work->strip < height ? work->strip : height;
    work->row = 2 * (size_t) work->across * kernel->lanes + 2;
    work->pixels = work->row * (2 * (size_t) work->strip + 2);
    int groups = (work->across * work->strip - 1) / kernel->product_vectors + 1;
    work->step = (size_t) groups * kernel->product_vectors * kernel->lanes;
    /* not a power of two, so that 16 planes do not fall onto each other in the cache */
    work->plane = work->step * work->conv->in_channels + GAP;
}

/* A narrower box may be done in taller strips: so this is a bound, not what lay_out() finds. */
size_t pst_winograd_scratch(const PstDirectKernel *kernel, const PstConv *conv, int width,
                            int height)
{
    Work work = {.kernel = kernel, .conv = conv};
    int rows = height / 2 + 1;
    lay_out(&work, width / 2 + 1, rows);
    size_t channel = (size_t) PLANES * conv->in_channels;
    size_t row = channel * work.across * kernel->lanes, all = row * rows;
    size_t strip = all < STRIP_FLOATS ? all : row < STRIP_FLOATS ? STRIP_FLOATS : row;
    size_t gaps = channel * kernel->product_vectors * kernel->lanes + PLANES * GAP;
    return work.row * (2 * (size_t) rows + 2) + strip + gaps;
}

/* Patch and transform of the rows of tiles [y0, y1). */
static void transform_strip(const Work *work, int y0, int y1)
{
    const PstDirectKernel *kernel = work->kernel;
    const PstConv *conv = work->conv;
    int count = 2 * (work->tiles.x1 - work->tiles.x0) + 2;
    for (int c = 0; c < conv->in_channels; c++) {
        float *patch = work->patch, *to = work->transform + c * work->step;
        for (int y = 2 * y0 - 1; y < 2 * y1 + 1; y++, patch += work->row) {
            int from = pst_pad_index(conv->padding, y, work->in->height);
            if (from < 0)
                memset(patch, 0, sizeof *patch * count);
            else
                pst_patch_row(patch, pst_map_row(work->in, c, from), work->in->width,
                              2 * work->tiles.x0, count, 1, -1, conv->padding);
        }
        for (int y = 0; y < y1 - y0; y++) {
            for (int x = 0; x < work->across; x++, to += kernel->lanes)
                kernel->spread(work->patch + 2 * y * work->row + 2 * x * kernel->lanes, work->row,
                               to, work->plane);
        }
    }
}

/* Copies the part of two rows of `made`, which begin at (x, y), that lies in the box. */
static void copy_inside(const Work *work, int channel, int x, int y, int count, const float *made)
{
    PstBox box = work->box;
    int x0 = x > box.x0 ? x : box.x0, x1 = x + count < box.x1 ? x + count : box.x1;
    for (int i = 0; i < 2; i++, y++, made += count) {
        if (y >= box.y0 && y < box.y1 && x0 < x1)
            memcpy(pst_map_row(work->out, channel, y) + x0, made + x0 - x,
                   sizeof *made * (x1 - x0));
    }
}

/* The outputs of vector `at` of the strip that begins with tile row y0, for one channel. */
static void put_vector(const Work *work, int channel, int at, int y0, const float *products)
{
    const PstDirectKernel *kernel = work->kernel;
    size_t plane = (size_t) kernel->product_channels * kernel->product_vectors * kernel->lanes;
    int count = 2 * kernel->lanes, y = 2 * (y0 + at / work->across);
    int x = 2 * work->tiles.x0 + at % work->across * count;
    float bias = work->conv->bias[channel], made[2 * PST_DIRECT_PIXELS_MAX];
    if (x >= work->box.x0 && x + count <= work->box.x1 && y >= work->box.y0 &&
        y + 2 <= work->box.y1) {
        kernel->gather(products, plane, bias, work->conv->relu,
                       pst_map_row(work->out, channel, y) + x,
                       pst_map_row(work->out, channel, y + 1) + x);
    } else {
        kernel->gather(products, plane, bias, work->conv->relu, made, made + count);
        copy_inside(work, channel, x, y, count, made);
    }
}

/* The products of one block of output channels with a strip, and what comes of them. */
static void multiply_strip(const Work *work, int block, int y0, int y1)
{
    const PstDirectKernel *kernel = work->kernel;
    int channels = kernel->product_channels, vectors = kernel->product_vectors;
    int total = work->across * (y1 - y0), inputs = work->conv->in_channels;
    size_t made = (size_t) channels * vectors * kernel->lanes;
    float products[PLANES * PST_DIRECT_CHANNELS_MAX * PST_DIRECT_PIXELS_MAX];
    for (int first = 0; first < total; first += vectors) {
        const float *weight = work->packed + block * block_floats(kernel, work->conv);
        for (int i = 0; i < PLANES; i++, weight += (size_t) inputs * channels)
            kernel->product(work->transform + i * work->plane + (size_t) first * kernel->lanes,
                            work->step, inputs, weight, products + i * made);
        for (int o = 0; o < channels && block * channels + o < work->conv->out_channels; o++) {
            for (int v = 0; v < vectors && first + v < total; v++)
                put_vector(work, block * channels + o, first + v, y0,
                           products + (size_t) (o * vectors + v) * kernel->lanes);
        }
    }
}

void pst_winograd_box(const PstDirectKernel *kernel, const PstConv *conv, const float *packed,
                      const PstMap *in, PstMap *out, PstBox box, float *scratch)
{
    Work work = {kernel, conv, packed, in, out, box, .patch = scratch};
    work.tiles = (PstBox){box.x0 / 2, box.y0 / 2, (box.x1 + 1) / 2, (box.y1 + 1) / 2};
    lay_out(&work, work.tiles.x1 - work.tiles.x0, work.tiles.y1 - work.tiles.y0);
    work.transform = scratch + work.pixels;
    for (int y = work.tiles.y0; y < work.tiles.y1; y += work.strip) {
        int y1 = y + work.strip < work.tiles.y1 ? y + work.strip : work.tiles.y1;
        transform_strip(&work, y, y1);
        for (int block = 0; block < blocks_of(kernel, conv); block++)
            multiply_strip(&work, block, y, y1);
    }
}
