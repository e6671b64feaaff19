/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A map: c × h × w floats, of which only a sliding range of rows is kept.  Row y of channel c lies at
 * data[c][y mod rows][0 … width), so that a map of any height streams through a buffer of fixed size.
 */
#pragma once

#include "nn/kernel/line.h"

#include <stddef.h>

typedef struct {
    float *data;
    int channels;
    int height, width; /* of the whole map (of the stripe, in x) */
    int rows;          /* kept: [1, height] */
    size_t stride;     /* floats from row to row, >= width */
} PstMap;

/* Part of a map: x in [x0, x1), y in [y0, y1). */
typedef struct {
    int x0, y0, x1, y1;
} PstBox;

/* For so many columns: an odd number of cache lines, so that the rows of a kernel do not fall onto each other. */
static inline size_t pst_map_stride(int width)
{
    size_t floats = pst_whole_lines(width);
    return floats + (floats % (2 * PST_LINE) == 0 ? PST_LINE : 0);
}

static inline float *pst_map_row(const PstMap *map, int channel, int y)
{
    return map->data + ((size_t) channel * map->rows + y % map->rows) * map->stride;
}
