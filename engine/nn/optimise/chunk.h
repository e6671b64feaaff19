/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A map in chunks of whole rows, few enough positions for a core's nearest cache: what is dense there can be
 * multiplied.
 */
#pragma once

#include "nn/kernel/map.h"

#include <stddef.h>

#define PST_CHUNK 512 /* positions, about */

/* Rows [y0, y1) of a map. */
typedef struct {
    int y0, y1;
    int count;    /* positions */
    size_t first; /* of the map's */
} PstChunk;

static inline int pst_chunk_rows(int width)
{
    return width < PST_CHUNK ? PST_CHUNK / width : 1;
}

static inline int pst_chunk_count(int width, int height)
{
    return (height + pst_chunk_rows(width) - 1) / pst_chunk_rows(width);
}

/* The positions of the largest. */
static inline size_t pst_chunk_most(int width)
{
    return (size_t) width * pst_chunk_rows(width);
}

/* values[C][count] = map − mean, of the i-th chunk. */
PstChunk pst_chunk_centre(const PstMap *map, const float *mean, int i, float *values);
