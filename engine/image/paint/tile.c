/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/paint/tile.h"

#include <string.h>

#define MARGIN (1 / 8.0) /* of the long side: more than a stroke, and what one depends on */

/* Of the margin, where one painting begins to give over to the other, and where that ends: far from where either
 * ends, and over a short way, since the mean of two patterns has less contrast than each. */
#define GIVES_OVER_FROM 0.375
#define GIVES_OVER_TO   0.625

PstTile pst_tile_of(const GeglRectangle *extent)
{
    int margin = MAX(1, (int) (MARGIN * MAX(extent->width, extent->height)));
    return (PstTile){*extent, MIN(margin, extent->width), MIN(margin, extent->height)};
}

GeglBuffer *pst_tile_wrap(const PstTile *tile, GeglBuffer *buffer, int x, int y)
{
    const GeglRectangle *p = &tile->period;
    GeglRectangle all = {p->x, p->y, p->width + tile->margin_x, p->height + tile->margin_y};
    GeglBuffer *wrapped = gegl_buffer_new(&all, gegl_buffer_get_format(buffer));
    for (int i = 0; i < 2; i++) {
        for (int k = 0; k < 2; k++) {
            GeglRectangle from = {p->x + x, p->y + y, i ? tile->margin_x : p->width,
                                  k ? tile->margin_y : p->height};
            GeglRectangle to = {p->x + i * p->width, p->y + k * p->height, from.width, from.height};
            gegl_buffer_copy(buffer, &from, GEGL_ABYSS_NONE, wrapped, &to);
        }
    }
    return wrapped;
}

/* How much of the painting behind the far side is seen at place `i`. */
static float share(int i, int margin)
{
    double t = ((i + 0.5) / margin - GIVES_OVER_FROM) / (GIVES_OVER_TO - GIVES_OVER_FROM);
    t = CLAMP(t, 0, 1);
    return (float) (1 - t * t * (3 - 2 * t));
}

gboolean pst_tile_rows_behind(const PstTile *tile, int *y0, int *y1)
{
    int last = MIN(*y1, tile->margin_y);
    if (*y0 >= last)
        return FALSE;
    *y0 += tile->period.height;
    *y1 = last + tile->period.height;
    return TRUE;
}

/* row += weight · what was painted in row y, counted from the period's corner. */
static void add_row(const PstTile *tile, GeglBuffer *painted, const Babl *format, int channels,
                    int y, float weight, const GeglRectangle *part, float *row, float *scratch)
{
    int x0 = part->x - tile->period.x, behind = CLAMP(tile->margin_x - x0, 0, part->width);
    float *far = scratch + channels * part->width;
    GeglRectangle near = {part->x, tile->period.y + y, part->width, 1};
    gegl_buffer_get(painted, &near, 1, format, scratch, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
    if (behind > 0) {
        GeglRectangle box = {near.x + tile->period.width, near.y, behind, 1};
        gegl_buffer_get(painted, &box, 1, format, far, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
    }
    for (int x = 0; x < part->width; x++) {
        float of_far = x < behind ? share(x0 + x, tile->margin_x) : 0;
        for (int c = 0; c < channels; c++) {
            int i = channels * x + c;
            row[i] +=
                weight * (of_far > 0 ? scratch[i] + of_far * (far[i] - scratch[i]) : scratch[i]);
        }
    }
}

GeglBuffer *pst_tile_fold(const PstTile *tile, GeglBuffer *painted, const GeglRectangle *part,
                          GError **error)
{
    const Babl *own = gegl_buffer_get_format(painted);
    int channels = babl_format_has_alpha(own) ? 4 : 3;
    const Babl *format = babl_format_with_space(channels == 4 ? "R'G'B'A float" : "R'G'B' float",
                                                babl_format_get_space(own));
    gsize count = (gsize) channels * part->width;
    g_autofree float *rows = g_try_new(float, 3 * count);
    if (!rows) {
        g_set_error_literal(error, PST_ERROR, PST_ERROR_MEMORY, "no memory for the result's rows");
        return NULL;
    }
    GeglBuffer *folded = gegl_buffer_new(part, own);
    for (int i = 0; i < part->height; i++) {
        int y = part->y + i - tile->period.y;
        float behind = y < tile->margin_y ? share(y, tile->margin_y) : 0;
        memset(rows, 0, count * sizeof *rows);
        if (behind < 1)
            add_row(tile, painted, format, channels, y, 1 - behind, part, rows, rows + count);
        if (behind > 0)
            add_row(tile, painted, format, channels, y + tile->period.height, behind, part, rows,
                    rows + count);
        GeglRectangle line = {part->x, part->y + i, part->width, 1};
        gegl_buffer_set(folded, &line, 0, format, rows, GEGL_AUTO_ROWSTRIDE);
    }
    return folded;
}
