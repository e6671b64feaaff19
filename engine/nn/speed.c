/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/speed.h"

#include "nn/kernel/winograd.h"
#include "nn/memory.h"

#include <stdlib.h>
#include <time.h>

/* A cell of the painter's widest layer but one, some times. */
enum { CHANNELS = 64, WIDTH = 128, HEIGHT = 8, TIMES = 16 };

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

double pst_speed_measure(void)
{
    const PstProcessor *processor = pst_processor(0);
    PstConv conv = {CHANNELS, CHANNELS, 3, 3, 1, PST_PAD_REFLECT, true, NULL, NULL, 4};
    size_t map = (size_t) CHANNELS * WIDTH * HEIGHT;
    size_t packed = pst_winograd_path.packed_size(processor, &conv);
    size_t scratch = pst_winograd_path.scratch(processor, &conv, WIDTH, HEIGHT);
    float *block = pst_alloc(2 * map + CHANNELS + packed + scratch, sizeof *block);
    if (!block)
        return 0;
    conv.bias = block + 2 * map;
    PstMap in = {block, CHANNELS, HEIGHT, WIDTH, HEIGHT, WIDTH}, out = in;
    PstBox box = {0, 0, WIDTH, HEIGHT};
    out.data = block + map;
    double start = 0;
    for (int i = -2; i < TIMES; i++) { /* the first two warm up */
        if (i == 0)
            start = seconds();
        pst_winograd_path.box(processor, &conv, block + 2 * map + CHANNELS, &in, &out, box,
                              block + 2 * map + CHANNELS + packed);
    }
    double taken = seconds() - start;
    free(block);
    return taken > 0 ? 18.0 * CHANNELS * (double) map * TIMES / taken : 0;
}
