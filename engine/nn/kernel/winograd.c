/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/kernel/winograd.h"

#include <math.h>
#include <string.h>

/* Floats of a transform that is multiplied at once: three quarters of a second-level cache of 1 MB. */
#define STRIP_FLOATS ((size_t) 192 << 10)

#define GAP 16 /* floats between planes */

#define PLANES_MAX 36
#define TILE_MAX   4

static bool serves(const PstConv *conv)
{
    return pst_direct_path.serves(conv) && conv->stride == 1;
}

static const PstTiles *tiles_of(const PstDirectKernel *kernel, const PstConv *conv)
{
    return &kernel->tiles[conv->tile == 4];
}

static int planes_of(const PstTiles *tiles)
{
    return (tiles->m + 2) * (tiles->m + 2);
}

/* ---- Weights --------------------------------------------------------------------------------- */

static int blocks_of(const PstDirectKernel *kernel, const PstConv *conv)
{
    return (conv->out_channels + kernel->product_channels - 1) / kernel->product_channels;
}

static size_t block_floats(const PstDirectKernel *kernel, const PstConv *conv)
{
    return (size_t) planes_of(tiles_of(kernel, conv)) * conv->in_channels *
           kernel->product_channels;
}

static size_t packed_size(const PstDirectKernel *kernel, const PstConv *conv)
{
    return blocks_of(kernel, conv) * block_floats(kernel, conv);
}

/* G, for the points 0, ±1, ∞ … */
static const double g_2[4][3] = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};

/* … and for 0, ±√½, ±√2, ∞ */
static const double g_4[6][3] = {
    {1, 0, 0},
    {-2. / 3, -2. / 3 * M_SQRT1_2, -1. / 3},
    {-2. / 3, 2. / 3 * M_SQRT1_2, -1. / 3},
    {1. / 6, 1. / 6 * M_SQRT2, 1. / 3},
    {1. / 6, -1. / 6 * M_SQRT2, 1. / 3},
    {0, 0, 1},
};

/* to[i · plane + o] = the planes of G g Gᵀ for a block of output channels, `g[tap][o]`, all at once. */
static void transform_weights(const double (*matrix)[3], int n, int channels,
                              double (*g)[PST_DIRECT_CHANNELS_MAX], float *to, size_t plane)
{
    double columns[3][PST_DIRECT_CHANNELS_MAX];
    for (int y = 0; y < n; y++) {
        for (int x = 0; x < 3; x++) {
            for (int o = 0; o < channels; o++)
                columns[x][o] = matrix[y][0] * g[x][o] + matrix[y][1] * g[3 + x][o] +
                                matrix[y][2] * g[6 + x][o];
        }
        for (int x = 0; x < n; x++, to += plane) {
            for (int o = 0; o < channels; o++)
                to[o] = (float) (matrix[x][0] * columns[0][o] + matrix[x][1] * columns[1][o] +
                                 matrix[x][2] * columns[2][o]);
        }
    }
}

static void pack(const PstDirectKernel *kernel, const PstConv *conv, const float *weight,
                 float *packed)
{
    int m = tiles_of(kernel, conv)->m, channels = kernel->product_channels;
    size_t inputs = conv->in_channels, plane = inputs * channels;
    for (int first = 0; first < conv->out_channels; first += channels) {
        int count = conv->out_channels - first;
        count = count < channels ? count : channels;
        for (size_t c = 0; c < inputs; c++) {
            double g[PST_TAPS][PST_DIRECT_CHANNELS_MAX] = {{0}};
            for (int o = 0; o < count; o++) {
                const float *from = weight + ((first + o) * inputs + c) * PST_TAPS;
                for (int i = 0; i < PST_TAPS; i++)
                    g[i][o] = from[i];
            }
            transform_weights(m == 4 ? g_4 : g_2, m + 2, channels, g, packed + c * channels, plane);
        }
        packed += block_floats(kernel, conv);
    }
}

/* ---- The box --------------------------------------------------------------------------------- */

/* One call of compute(), and where things lie in its scratch: a row of pixels of one channel of the
 * input, where padding belongs to it; the rows under a strip of tile rows, split into phases; then the transform of
 * the strip. */
typedef struct {
    const PstDirectKernel *kernel;
    const PstTiles *tiles;
    const PstConv *conv;
    const float *packed;
    const PstMap *in;
    PstMap *out;
    PstBox box;        /* in pixels, … */
    PstBox cut;        /* … and in tiles, those at the edges included */
    int across;        /* vectors in a row of tiles */
    int strip;         /* rows of tiles done at once */
    size_t pixels;     /* floats of the row of pixels */
    size_t phase, row; /* of the patch: floats from phase to phase, and from row to row */
    size_t step,
        plane; /* of the transform: floats from channel to channel, and from plane to plane */
    float *line, *patch, *transform;
} Work;

/* For width × height tiles. */
static void lay_out(Work *work, int width, int height)
{
    const PstDirectKernel *kernel = work->kernel;
    int planes = planes_of(work->tiles), m = work->tiles->m;
    work->across = (width + kernel->lanes - 1) / kernel->lanes;
    size_t vectors = (size_t) work->across * kernel->lanes;
    size_t row = (size_t) planes * work->conv->in_channels * vectors;
    work->strip = row < STRIP_FLOATS ? (int) (STRIP_FLOATS / row) : 1;
    work->strip = work->strip < height ? work->strip : height;
    work->pixels = m * vectors + 2;
    work->phase = vectors + kernel->lanes;
    work->row = m * work->phase;
    int groups = (work->across * work->strip - 1) / kernel->product_vectors + 1;
    work->step = (size_t) groups * kernel->product_vectors * kernel->lanes;
    /* not a power of two, so that the planes do not fall onto each other in the cache */
    work->plane = work->step * work->conv->in_channels + GAP;
}

/* A narrower box may be done in taller strips: so this is a bound, not what lay_out() finds. */
static size_t scratch_floats(const PstDirectKernel *kernel, const PstConv *conv, int width,
                             int height)
{
    Work work = {.kernel = kernel, .tiles = tiles_of(kernel, conv), .conv = conv};
    int m = work.tiles->m, rows = (height - 1) / m + 2;
    lay_out(&work, (width - 1) / m + 2, rows);
    size_t channel = (size_t) planes_of(work.tiles) * conv->in_channels;
    size_t row = channel * work.across * kernel->lanes, all = row * rows;
    size_t strip = all < STRIP_FLOATS ? all : row < STRIP_FLOATS ? STRIP_FLOATS : row;
    size_t gaps = channel * kernel->product_vectors * kernel->lanes + PLANES_MAX * GAP;
    return work.pixels + work.row * (m * (size_t) rows + 2) + strip + gaps;
}

/* Patch and transform of the rows of tiles [y0, y1). */
static void transform_strip(const Work *work, int y0, int y1)
{
    const PstDirectKernel *kernel = work->kernel;
    const PstTiles *tiles = work->tiles;
    const PstConv *conv = work->conv;
    int m = tiles->m, count = m * (work->cut.x1 - work->cut.x0) + 2, left = m * work->cut.x0 - 1;
    bool inside = left >= 0 && left + work->pixels <= (size_t) work->in->width;
    for (int c = 0; c < conv->in_channels; c++) {
        float *patch = work->patch, *to = work->transform + c * work->step;
        for (int y = m * y0 - 1; y < m * y1 + 1; y++, patch += work->row) {
            int from = pst_pad_index(conv->padding, y, work->in->height);
            if (from < 0) {
                memset(patch, 0, sizeof *patch * work->row);
                continue;
            }
            const float *pixels = pst_map_row(work->in, c, from);
            if (!inside)
                pst_patch_row(work->line, pixels, work->in->width, left, count, 1, 0,
                              conv->padding);
            tiles->split(inside ? pixels + left : work->line, work->across, patch, work->phase);
        }
        for (int y = 0; y < y1 - y0; y++) {
            for (int x = 0; x < work->across; x++, to += kernel->lanes)
                tiles->spread(work->patch + m * y * work->row + (size_t) x * kernel->lanes,
                              work->row, work->phase, to, work->plane);
        }
    }
}

/* Copies the part of the rows of `made`, which begin at (x, y), that lies in the box. */
static void copy_inside(const Work *work, int channel, int x, int y, int count, const float *made)
{
    PstBox box = work->box;
    int x0 = x > box.x0 ? x : box.x0, x1 = x + count < box.x1 ? x + count : box.x1;
    for (int i = 0; i < work->tiles->m; i++, y++, made += count) {
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
    int m = work->tiles->m, count = m * kernel->lanes, y = m * (y0 + at / work->across);
    int x = m * work->cut.x0 + at % work->across * count;
    float bias = work->conv->bias[channel], made[TILE_MAX * TILE_MAX * PST_DIRECT_LANES_MAX];
    float *rows[TILE_MAX];
    bool whole = x >= work->box.x0 && x + count <= work->box.x1 && y >= work->box.y0 &&
                 y + m <= work->box.y1;
    for (int i = 0; i < m; i++)
        rows[i] = whole ? pst_map_row(work->out, channel, y + i) + x : made + i * count;
    work->tiles->gather(products, plane, bias, work->conv->relu, rows);
    if (!whole)
        copy_inside(work, channel, x, y, count, made);
}

/* The products of one block of output channels with a strip, and what comes of them. */
static void multiply_strip(const Work *work, int block, int y0, int y1)
{
    const PstDirectKernel *kernel = work->kernel;
    int channels = kernel->product_channels, vectors = kernel->product_vectors;
    int total = work->across * (y1 - y0), inputs = work->conv->in_channels;
    size_t made = (size_t) channels * vectors * kernel->lanes;
    float products[PLANES_MAX * PST_DIRECT_PRODUCT_MAX];
    for (int first = 0; first < total; first += vectors) {
        const float *weight = work->packed + block * block_floats(kernel, work->conv);
        for (int i = 0; i < planes_of(work->tiles); i++, weight += (size_t) inputs * channels)
            kernel->product(work->transform + i * work->plane + (size_t) first * kernel->lanes,
                            work->step, inputs, weight, products + i * made);
        for (int o = 0; o < channels && block * channels + o < work->conv->out_channels; o++) {
            for (int v = 0; v < vectors && first + v < total; v++)
                put_vector(work, block * channels + o, first + v, y0,
                           products + (size_t) (o * vectors + v) * kernel->lanes);
        }
    }
}

static void compute(const PstDirectKernel *kernel, const PstConv *conv, const float *packed,
                    const PstMap *in, PstMap *out, PstBox box, float *scratch)
{
    Work work = {kernel, tiles_of(kernel, conv), conv, packed, in, out, box, .line = scratch};
    int m = work.tiles->m;
    work.cut = (PstBox){box.x0 / m, box.y0 / m, (box.x1 + m - 1) / m, (box.y1 + m - 1) / m};
    lay_out(&work, work.cut.x1 - work.cut.x0, work.cut.y1 - work.cut.y0);
    work.patch = work.line + work.pixels;
    work.transform = work.patch + work.row * (m * (size_t) work.strip + 2);
    for (int y = work.cut.y0; y < work.cut.y1; y += work.strip) {
        int y1 = y + work.strip < work.cut.y1 ? y + work.strip : work.cut.y1;
        transform_strip(&work, y, y1);
        for (int block = 0; block < blocks_of(kernel, conv); block++)
            multiply_strip(&work, block, y, y1);
    }
}

const PstConvPath pst_winograd_path = {serves, packed_size, pack, scratch_floats, compute};
