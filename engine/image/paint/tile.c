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

/* A result with its margins, while a part of it is folded into one without. */
typedef struct {
    const PstTile *tile;
    GeglBuffer *painted;
    const GeglRectangle *part;
    const Babl *format; /* of the rows */
    int channels;
    float *row;        /* of the part */
    float *near, *far; /* of what was painted there, and behind the far side */
} Fold;

/* row += weight · what was painted in row y, counted from the period's corner. */
static void add_row(const Fold *fold, int y, float weight)
{
    const PstTile *tile = fold->tile;
    int width = fold->part->width, channels = fold->channels;
    int x0 = fold->part->x - tile->period.x, behind = CLAMP(tile->margin_x - x0, 0, width);
    GeglRectangle box = {fold->part->x, tile->period.y + y, width, 1};
    gegl_buffer_get(fold->painted, &box, 1, fold->format, fold->near, GEGL_AUTO_ROWSTRIDE,
                    GEGL_ABYSS_NONE);
    if (behind > 0) {
        box.x += tile->period.width;
        box.width = behind;
        gegl_buffer_get(fold->painted, &box, 1, fold->format, fold->far, GEGL_AUTO_ROWSTRIDE,
                        GEGL_ABYSS_NONE);
    }
    for (int x = 0; x < width; x++) {
        float of_far = x < behind ? share(x0 + x, tile->margin_x) : 0;
        for (int i = channels * x; i < channels * (x + 1); i++) {
            float near = fold->near[i];
            fold->row[i] += weight * (of_far > 0 ? near + of_far * (fold->far[i] - near) : near);
        }
    }
}

GeglBuffer *pst_tile_fold(const PstTile *tile, GeglBuffer *painted, const GeglRectangle *part,
                          GError **error)
{
    const Babl *own = gegl_buffer_get_format(painted);
    int channels = babl_format_has_alpha(own) ? 4 : 3;
    gsize count = (gsize) channels * part->width;
    g_autofree float *rows = g_try_new(float, 3 * count);
    if (!rows) {
        pst_error_no_memory(error, "for the result's rows");
        return NULL;
    }
    Fold fold = {
        .tile = tile,
        .painted = painted,
        .part = part,
        .format = babl_format_with_space(channels == 4 ? "R'G'B'A float" : "R'G'B' float",
                                         babl_format_get_space(own)),
        .channels = channels,
        .row = rows,
        .near = rows + count,
        .far = rows + 2 * count,
    };
    GeglBuffer *folded = gegl_buffer_new(part, own);
    for (int i = 0; i < part->height; i++) {
        int y = part->y + i - tile->period.y;
        float behind = y < tile->margin_y ? share(y, tile->margin_y) : 0;
        memset(rows, 0, count * sizeof *rows);
        if (behind < 1)
            add_row(&fold, y, 1 - behind);
        if (behind > 0)
            add_row(&fold, y + tile->period.height, behind);
        GeglRectangle line = {part->x, part->y + i, part->width, 1};
        gegl_buffer_set(folded, &line, 0, fold.format, rows, GEGL_AUTO_ROWSTRIDE);
    }
    return folded;
}
