/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/optimise/chunk.h"

PstChunk pst_chunk_centre(const PstMap *map, const float *mean, int i, float *values)
{
    int w = map->width, y0 = i * pst_chunk_rows(w), y1 = y0 + pst_chunk_rows(w);
    y1 = y1 < map->height ? y1 : map->height;
    for (int c = 0; c < map->channels; c++) {
        for (int y = y0; y < y1; y++, values += w) {
            const float *row = pst_map_row(map, c, y);
            for (int x = 0; x < w; x++)
                values[x] = row[x] - mean[c];
        }
    }
    return (PstChunk){y0, y1, (y1 - y0) * w, (size_t) y0 * w};
}
