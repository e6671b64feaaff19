/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The painter's convolutions, on one thread: every kind of processor that this one is,
 * Winograd's transform with the best of them, im2col with sgemm, and sgemm alone on a matrix that is already there.  All in one run, alternating, on cells of
 * the size that the engine works in; the median of nine rounds, in GFLOP/s of processor time.
 *
 *     meson test -C build --benchmark --verbose
 */
#include "nn/kernel/direct.h"
#include "nn/kernel/gemm.h"
#include "nn/kernel/winograd.h"
#include "nn/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS   9
#define CELLS    3 /* across, and down */
#define PATHS    7 /* kernels, Winograd with both tiles, im2col, sgemm */
#define WINOGRAD (PATHS - 4)
#define IM2COL   (PATHS - 2)
#define PRODUCT  (PATHS - 1)

typedef struct {
    const char *name;
    int in, out, stride, reduction; /* of the output, which decides how large its cells are */
} Layer;

static const Layer layers[] = {
    {"E1", 12, 32, 1, 2},    {"E2, D6", 32, 32, 1, 2},
    {"E3", 32, 64, 2, 4},    {"E4, E5, D3, D4", 64, 64, 1, 4},
    {"E6", 64, 128, 2, 8},   {"E7, D1", 128, 128, 1, 8},
    {"G1", 128, 128, 2, 16}, {"G2, G3", 128, 128, 1, 16},
    {"D2", 128, 64, 1, 8},   {"D5", 64, 32, 1, 4},
    {"D7", 32, 12, 1, 2},
};

static int cell_width(const Layer *layer)
{
    return pst_cell_columns(layer->reduction);
}

static int cell_height(const Layer *layer)
{
    return pst_cell_rows(layer->reduction);
}

typedef struct {
    PstConv conv;
    PstMap in, out;
    float *packed[PATHS], *scratch;
} Case;

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

static float *random_floats(size_t count)
{
    float *values = malloc(count * sizeof *values);
    if (!values)
        abort();
    for (size_t i = 0; i < count; i++)
        values[i] = (float) (rand() % 2000 - 1000) * 1e-3f;
    return values;
}

static PstMap random_map(int channels, int width, int height)
{
    PstMap map = {.channels = channels, .width = width, .height = height, .rows = height};
    map.stride = (size_t) width + 16;
    map.data = random_floats(channels * height * map.stride);
    return map;
}

static int tile_of(int path)
{
    return path == WINOGRAD ? 2 : 4;
}

static Case make_case(const Layer *layer)
{
    int width = CELLS * cell_width(layer), height = CELLS * cell_height(layer);
    Case c = {.conv = {layer->out, layer->in, 3, 3, layer->stride, PST_PAD_REFLECT, true,
                       random_floats((size_t) layer->out * layer->in * 9),
                       random_floats(layer->out)}};
    size_t scratch = pst_conv_scratch(&c.conv, cell_width(layer) * cell_height(layer));
    c.in = random_map(layer->in, width * layer->stride, height * layer->stride);
    c.out = random_map(layer->out, width, height);
    for (int i = 0; pst_processor(i); i++) {
        const PstProcessor *processor = pst_processor(i);
        size_t floats =
            pst_direct_path.scratch(processor, &c.conv, cell_width(layer), cell_height(layer));
        scratch = floats > scratch ? floats : scratch;
        c.packed[i] = random_floats(pst_direct_path.packed_size(processor, &c.conv));
        pst_direct_path.pack(processor, &c.conv, c.conv.weight, c.packed[i]);
    }
    if (pst_winograd_path.serves(&c.conv)) {
        const PstProcessor *processor = pst_processor(0);
        for (int path = WINOGRAD; path < IM2COL; path++) {
            c.conv.tile = tile_of(path);
            size_t floats = pst_winograd_path.scratch(processor, &c.conv, cell_width(layer),
                                                      cell_height(layer));
            scratch = floats > scratch ? floats : scratch;
            c.packed[path] = random_floats(pst_winograd_path.packed_size(processor, &c.conv));
            pst_winograd_path.pack(processor, &c.conv, c.conv.weight, c.packed[path]);
        }
    }
    c.scratch = random_floats(scratch);
    return c;
}

static void free_case(Case *c)
{
    free((float *) c->conv.weight);
    free((float *) c->conv.bias);
    free(c->in.data);
    free(c->out.data);
    for (int i = 0; i < PATHS; i++)
        free(c->packed[i]);
    free(c->scratch);
}

/* All cells by one path; the time that took. */
static double run_path(const Layer *layer, Case *c, int path)
{
    double start = seconds();
    int pixels = cell_width(layer) * cell_height(layer);
    c->conv.tile = tile_of(path);
    for (int y = 0; y < CELLS * cell_height(layer); y += cell_height(layer)) {
        for (int x = 0; x < CELLS * cell_width(layer); x += cell_width(layer)) {
            PstBox box = {x, y, x + cell_width(layer), y + cell_height(layer)};
            if (path == IM2COL)
                pst_conv_box(&c->conv, &c->in, &c->out, box, c->scratch);
            else if (path == PRODUCT)
                pst_gemm(layer->out, pixels, layer->in * 9, c->conv.weight,
                         c->scratch + (size_t) layer->out * pixels, c->scratch);
            else if (path >= WINOGRAD)
                pst_winograd_path.box(pst_processor(0), &c->conv, c->packed[path], &c->in, &c->out,
                                      box, c->scratch);
            else
                pst_direct_path.box(pst_processor(path), &c->conv, c->packed[path], &c->in, &c->out,
                                    box, c->scratch);
        }
    }
    return seconds() - start;
}

static int ascending(const void *a, const void *b)
{
    double p = *(const double *) a, q = *(const double *) b;
    return (p > q) - (p < q);
}

int main(void)
{
    pst_gemm_init();
    printf("%-14s", "layer");
    for (int i = 0; pst_processor(i); i++)
        printf("  direct, %2d lanes", pst_processor(i)->lanes);
    printf("  F(2x2, 3x3)  F(4x4, 3x3)  im2col + sgemm  sgemm alone   GFLOP/s\n");
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        const Layer *layer = &layers[i];
        double times[PATHS][ROUNDS];
        Case c = make_case(layer);
        double flop = 2.0 * layer->in * layer->out * 9 * cell_width(layer) * cell_height(layer) *
                      CELLS * CELLS;
        for (int round = 0; round < ROUNDS; round++)
            for (int path = 0; path < PATHS; path++)
                if (path >= IM2COL || c.packed[path])
                    times[path][round] = run_path(layer, &c, path);
        printf("%-14s", layer->name);
        for (int path = 0; path < PATHS; path++) {
            static const int columns[] = {18, 18, 18, 13, 13, 16, 13};
            bool measured = path >= IM2COL || c.packed[path];
            if (!measured && path >= WINOGRAD)
                printf("%*s", columns[path], "-");
            if (!measured)
                continue;
            qsort(times[path], ROUNDS, sizeof(double), ascending);
            printf("%*.1f", columns[path], flop / times[path][ROUNDS / 2] / 1e9);
        }
        printf("\n");
        free_case(&c);
    }
    return 0;
}
