/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/kernel/winograd.h"

#include "nn/kernel/direct.h"
#include "nn/kernel/product.h"

#include <math.h>
#include <string.h>

/* Floats of a transform that is multiplied at once: three quarters of a second-level cache of 1 MB. */
#define STRIP_FLOATS ((size_t) 192 << 10)

#define GAP 16 /* floats between planes */

#define BOX_TILES 256 /* the most that rows() puts into one box */

#define PLANES_MAX 36
#define TILE_MAX   4

static bool serves(const PstConv *conv)
{
    return pst_direct_path.serves(conv) && conv->stride == 1;
}

static const PstTiles *tiles_of(const PstProcessor *processor, const PstConv *conv)
{
    return &processor->tiles[conv->tile == 4];
}

static int planes_of(const PstTiles *tiles)
{
    return (tiles->m + 2) * (tiles->m + 2);
}

/* ---- Weights --------------------------------------------------------------------------------- */

static size_t block_floats(const PstProcessor *processor, const PstConv *conv)
{
    return (size_t) planes_of(tiles_of(processor, conv)) * conv->in_channels *
           processor->product_channels;
}

static size_t packed_size(const PstProcessor *processor, const PstConv *conv)
{
    return pst_product_blocks(processor, conv->out_channels) * block_floats(processor, conv);
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
                              double (*g)[PST_PROCESSOR_CHANNELS_MAX], float *to, size_t plane)
{
    double columns[3][PST_PROCESSOR_CHANNELS_MAX];
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

static void pack(const PstProcessor *processor, const PstConv *conv, const float *weight,
                 float *packed)
{
    int m = tiles_of(processor, conv)->m, channels = processor->product_channels;
    size_t inputs = conv->in_channels, plane = inputs * channels;
    for (int first = 0; first < conv->out_channels; first += channels) {
        int count = conv->out_channels - first;
        count = count < channels ? count : channels;
        for (size_t c = 0; c < inputs; c++) {
            double g[PST_TAPS][PST_PROCESSOR_CHANNELS_MAX] = {{0}};
            for (int o = 0; o < count; o++) {
                const float *from = weight + ((first + o) * inputs + c) * PST_TAPS;
                for (int i = 0; i < PST_TAPS; i++)
                    g[i][o] = from[i];
            }
            transform_weights(m == 4 ? g_4 : g_2, m + 2, channels, g, packed + c * channels, plane);
        }
        packed += block_floats(processor, conv);
    }
}

/* ---- The box --------------------------------------------------------------------------------- */

/* One call of compute(), and where things lie in its scratch: a row of pixels of one channel of the
 * input, where padding belongs to it; the rows under a strip of tile rows, split into phases; then the transform of
 * the strip.  Where a vector would hang over each row of tiles, the rows of a strip are joined: they lie in the vectors
 * one behind the other, and what a row's last tile needs of the next one lies apart. */
typedef struct {
    const PstProcessor *processor;
    const PstTiles *tiles;
    const PstConv *conv;
    const float *packed;
    const PstMap *in;
    PstMap *out;
    PstBox box; /* in pixels, … */
    PstBox cut; /* … and in tiles, those at the edges included */
    bool joined;
    int first, count; /* rows of tiles of the strip at hand … */
    int vectors;      /* … and vectors that they fill: each, or joined */
    /* Floats: in the patch from phase to phase, and from row to row; in the transform from channel to channel, and from
     * plane to plane. */
    size_t phase, row, step, plane;
    float *line, *patch, *transform;
} Work;

static int vectors_of(const PstProcessor *processor, int tiles)
{
    return (tiles + processor->lanes - 1) / processor->lanes;
}

static int rows_in(size_t floats, int height)
{
    size_t rows = STRIP_FLOATS / floats;
    return rows < 1 ? 1 : rows < (size_t) height ? (int) rows : height;
}

/* So many rows of tiles are done at once, joined or not. */
typedef struct {
    int rows;
    bool joined;
} Strips;

/* For width × height tiles. */
static Strips cut_strips(const PstProcessor *processor, const PstConv *conv, int width, int height)
{
    size_t tile = (size_t) planes_of(tiles_of(processor, conv)) * conv->in_channels;
    int vectors = vectors_of(processor, width), joined = rows_in(tile * width, height);
    if (vectors_of(processor, joined * width) < joined * vectors)
        return (Strips){joined, true};
    return (Strips){rows_in(tile * vectors * processor->lanes, height), false};
}

/* What all strips take, in groups of vectors that are multiplied at once. */
static int groups_of(const PstProcessor *processor, const PstConv *conv, int width, int height)
{
    Strips strips = cut_strips(processor, conv, width, height);
    int groups = 0, vectors = vectors_of(processor, width);
    for (int y = 0, count; y < height; y += count) {
        count = strips.rows < height - y ? strips.rows : height - y;
        int all = strips.joined ? vectors_of(processor, count * width) : count * vectors;
        groups += (all - 1) / processor->product_vectors + 1;
    }
    return groups;
}

/* Boxes of about the same height, of which the fewest vectors hang over. */
static int rows(const PstProcessor *processor, const PstConv *conv, int width, int height,
                int least)
{
    int m = tiles_of(processor, conv)->m, across = (width - 1) / m + 1, down = (height - 1) / m + 1;
    int best = 0, fewest = 0;
    for (int boxes = (height - 1) / least + 1; boxes > 0; boxes--) {
        int high = (down - 1) / boxes + 1, rest = down % high;
        if (best > 0 && high * across > BOX_TILES)
            break;
        int groups = down / high * groups_of(processor, conv, across, high);
        groups += rest > 0 ? groups_of(processor, conv, across, rest) : 0;
        if (best == 0 || groups < fewest) {
            best = m * high;
            fewest = groups;
        }
    }
    return best;
}

/* For so many rows of tiles. */
static void begin_strip(Work *work, int first, int count)
{
    const PstProcessor *processor = work->processor;
    int m = work->tiles->m, width = work->cut.x1 - work->cut.x0;
    work->first = first;
    work->count = count;
    work->vectors = vectors_of(processor, work->joined ? count * width : width);
    work->phase = (size_t) (work->vectors + 1) * processor->lanes;
    work->row = (work->joined ? m + 2 : m) * work->phase;
    int all = work->joined ? work->vectors : work->vectors * count;
    int groups = (all - 1) / processor->product_vectors + 1;
    work->step = (size_t) groups * processor->product_vectors * processor->lanes;
    /* not a power of two, so that the planes do not fall onto each other in the cache */
    work->plane = work->step * work->conv->in_channels + GAP;
}

/* Floats of line, patch and transform. */
typedef struct {
    size_t line, patch, transform;
} Room;

/* Bounds for boxes of at most so many tiles: a narrower one may be done in taller strips, joined or not. */
static Room room_for(const PstProcessor *processor, const PstConv *conv, int width, int height)
{
    const PstTiles *tiles = tiles_of(processor, conv);
    size_t m = tiles->m, lanes = processor->lanes, channel = planes_of(tiles) * conv->in_channels;
    size_t row = (vectors_of(processor, width) + 1) * lanes, all = row * height;
    size_t apart = m * row * (m * height + 2), joined = (m + 2) * (m + 2) * (all + lanes);
    size_t strip = channel * all < STRIP_FLOATS ? channel * all : STRIP_FLOATS;
    strip = strip > channel * row ? strip : channel * row;
    return (Room){
        .line = pst_whole_lines((m + 2) * m * (all + lanes)),
        .patch = pst_whole_lines(apart > joined ? apart : joined),
        .transform = strip + channel * processor->product_vectors * lanes + PLANES_MAX * GAP,
    };
}

static size_t scratch_floats(const PstProcessor *processor, const PstConv *conv, int width,
                             int height)
{
    int m = tiles_of(processor, conv)->m;
    Room room = room_for(processor, conv, (width - 1) / m + 2, (height - 1) / m + 2);
    return room.line + room.patch + room.transform;
}

/* Rows of pixels under one row of tiles after the other, split. */
static void split_rows(const Work *work, int channel)
{
    const PstMap *in = work->in;
    PstPadding padding = work->conv->padding;
    int m = work->tiles->m, left = m * work->cut.x0 - 1, top = m * work->first - 1;
    int count = m * (work->cut.x1 - work->cut.x0) + 2;
    size_t read = (size_t) m * work->vectors * work->processor->lanes + 2;
    bool inside = left >= 0 && left + read <= (size_t) in->width;
    float *patch = work->patch;
    for (int y = top; y < top + m * work->count + 2; y++, patch += work->row) {
        int from = pst_pad_index(padding, y, in->height);
        if (from < 0) {
            memset(patch, 0, sizeof *patch * work->row);
            continue;
        }
        const float *pixels = pst_map_row(in, channel, from);
        if (!inside)
            pst_patch_row(work->line, pixels, in->width, left, count, 1, 0, padding);
        work->tiles->split(inside ? pixels + left : work->line, work->vectors, patch, work->phase);
    }
}

/* What padding shows of row i of those under a row of tiles: `count` pixels from column x on. */
static void copy_row(const Work *work, int channel, int row, int i, int x, int count, float *to)
{
    const PstMap *in = work->in;
    PstPadding padding = work->conv->padding;
    int y = pst_pad_index(padding, work->tiles->m * (work->first + row) - 1 + i, in->height);
    if (y < 0)
        memset(to, 0, sizeof *to * count);
    else
        pst_patch_row(to, pst_map_row(in, channel, y), in->width, x, count, 1, 0, padding);
}

/* The same of all rows of tiles at once: the first row of pixels under each, one behind the other, then the second.
 * Two more phases hold the first two, shifted by a tile.  This takes three rounds, since who reads a vector right after
 * it was written piece by piece waits until all of that has left the store buffer. */
static void split_joined(const Work *work, int channel)
{
    int m = work->tiles->m, width = work->cut.x1 - work->cut.x0, left = m * work->cut.x0 - 1;
    size_t all = (size_t) width * work->count, line = m * (all + work->processor->lanes);
    float *patch = work->patch;
    for (int i = 0; i < m + 2; i++)
        for (int row = 0; row < work->count; row++)
            copy_row(work, channel, row, i, left, m * width,
                     work->line + line * i + (size_t) m * width * row);
    for (int i = 0; i < m + 2; i++)
        work->tiles->split(work->line + line * i, work->vectors, patch + work->row * i,
                           work->phase);
    for (int i = 0; i < m + 2; i++, patch += work->row) {
        float *next[2] = {patch + m * work->phase, patch + (m + 1) * work->phase}, last[2];
        for (int p = 0; p < 2; p++)
            memcpy(next[p], patch + p * work->phase + 1, sizeof **next * all);
        for (int row = 0; row < work->count; row++) {
            copy_row(work, channel, row, i, left + m * width, 2, last);
            for (int p = 0; p < 2; p++)
                next[p][(size_t) width * (row + 1) - 1] = last[p];
        }
    }
}

/* Patch and transform of one channel of the strip. */
static void transform_channel(const Work *work, int c)
{
    const PstProcessor *processor = work->processor;
    int m = work->tiles->m, rows = work->joined ? 1 : work->count;
    size_t next = work->joined ? m * work->phase : 1;
    float *to = work->transform + c * work->step;
    if (work->joined)
        split_joined(work, c);
    else
        split_rows(work, c);
    for (int y = 0; y < rows; y++) {
        for (int v = 0; v < work->vectors; v++, to += processor->lanes)
            work->tiles->spread(work->patch + m * y * work->row + (size_t) v * processor->lanes,
                                work->row, work->phase, next, to, work->plane);
    }
}

/* Copies the part of `count` outputs a row, made from (x, y) on, that lies in the box. */
static void copy_inside(const Work *work, int channel, int x, int y, int count, const float *made)
{
    PstBox box = work->box;
    int x0 = x > box.x0 ? x : box.x0, x1 = x + count < box.x1 ? x + count : box.x1;
    int m = work->tiles->m;
    for (int i = 0; i < m; i++, y++, made += m * work->processor->lanes) {
        if (y >= box.y0 && y < box.y1 && x0 < x1)
            memcpy(pst_map_row(work->out, channel, y) + x0, made + x0 - x,
                   sizeof *made * (x1 - x0));
    }
}

/* The outputs of a vector that hangs over the box or, joined, has tiles of several rows. */
static void copy_tiles(const Work *work, int channel, int vector, const float *made)
{
    int m = work->tiles->m, lanes = work->processor->lanes, width = work->cut.x1 - work->cut.x0;
    int across = work->joined ? width : work->vectors * lanes;
    for (int i = 0, count; i < lanes; i += count) {
        int tile = vector * lanes + i, row = tile / across, column = tile % across;
        count = across - column < lanes - i ? across - column : lanes - i;
        copy_inside(work, channel, m * (work->cut.x0 + column), m * (work->first + row), m * count,
                    made + m * i);
    }
}

/* The box has all tiles of the vector, and they lie side by side. */
static bool is_whole(const Work *work, int vector)
{
    int m = work->tiles->m, count = m * work->processor->lanes;
    int x = m * work->cut.x0 + vector % work->vectors * count;
    int y = m * (work->first + vector / work->vectors);
    return !work->joined && x >= work->box.x0 && x + count <= work->box.x1 && y >= work->box.y0 &&
           y + m <= work->box.y1;
}

/* The outputs of a vector of the strip, for one channel: in the map if it is whole, else in `made`. */
static void make_vector(const Work *work, int channel, int vector, const float *products,
                        float *made)
{
    const PstProcessor *processor = work->processor;
    size_t plane =
        (size_t) processor->product_channels * processor->product_vectors * processor->lanes;
    int m = work->tiles->m, count = m * processor->lanes;
    int x = m * work->cut.x0 + vector % work->vectors * count;
    int y = m * (work->first + vector / work->vectors);
    float *rows[TILE_MAX];
    bool whole = is_whole(work, vector);
    for (int i = 0; i < m; i++)
        rows[i] = whole ? pst_map_row(work->out, channel, y + i) + x : made + i * count;
    work->tiles->gather(products, plane, work->conv->bias[channel], work->conv->relu, rows);
}

/* What comes of the products of `count` vectors with a block of output channels.  First all is made, then copied: see
 * split_joined(). */
static void put_vectors(const Work *work, int block, int first, int count, const float *products)
{
    const PstProcessor *processor = work->processor;
    int channel = block * processor->product_channels, left = work->conv->out_channels - channel;
    int channels = processor->product_channels < left ? processor->product_channels : left;
    float made[PST_PROCESSOR_PRODUCT_MAX][TILE_MAX * TILE_MAX];
    for (int o = 0; o < channels; o++) {
        for (int v = 0; v < count; v++) {
            int at = (o * processor->product_vectors + v) * processor->lanes;
            make_vector(work, channel + o, first + v, products + at, made[at]);
        }
    }
    for (int v = 0; v < count; v++) {
        for (int o = 0; o < channels && !is_whole(work, first + v); o++)
            copy_tiles(work, channel + o, first + v,
                       made[(o * processor->product_vectors + v) * processor->lanes]);
    }
}

/* The products of one block of output channels with the strip, and what comes of them. */
static void multiply_strip(const Work *work, int block)
{
    const PstProcessor *processor = work->processor;
    int channels = processor->product_channels, vectors = processor->product_vectors;
    int total = work->joined ? work->vectors : work->vectors * work->count;
    int inputs = work->conv->in_channels;
    float products[PLANES_MAX * PST_PROCESSOR_PRODUCT_MAX];
    for (int first = 0; first < total; first += vectors) {
        const float *weight = work->packed + block * block_floats(processor, work->conv);
        for (int i = 0; i < planes_of(work->tiles); i++, weight += (size_t) inputs * channels)
            processor->product(
                work->transform + i * work->plane + (size_t) first * processor->lanes, work->step,
                inputs, weight, products + (size_t) i * channels * vectors * processor->lanes);
        put_vectors(work, block, first, vectors < total - first ? vectors : total - first,
                    products);
    }
}

static void compute(const PstProcessor *processor, const PstConv *conv, const float *packed,
                    const PstMap *in, PstMap *out, PstBox box, float *scratch)
{
    Work work = {processor, tiles_of(processor, conv), conv, packed, in, out, box, .line = scratch};
    int m = work.tiles->m;
    work.cut = (PstBox){box.x0 / m, box.y0 / m, (box.x1 + m - 1) / m, (box.y1 + m - 1) / m};
    int width = work.cut.x1 - work.cut.x0, height = work.cut.y1 - work.cut.y0;
    Room room = room_for(processor, conv, width, height);
    work.patch = work.line + room.line;
    work.transform = work.patch + room.patch;
    Strips strips = cut_strips(processor, conv, width, height);
    work.joined = strips.joined;
    for (int y = work.cut.y0; y < work.cut.y1; y += strips.rows) {
        int left = work.cut.y1 - y;
        begin_strip(&work, y, left < strips.rows ? left : strips.rows);
        for (int c = 0; c < conv->in_channels; c++)
            transform_channel(&work, c);
        for (int block = 0; block < pst_product_blocks(processor, conv->out_channels); block++)
            multiply_strip(&work, block);
    }
}

const PstConvPath pst_winograd_path = {serves, packed_size, pack, scratch_floats, compute, rows};
