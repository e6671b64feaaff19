/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/reduce.h"

#include <math.h>
#include <string.h>

/* Adds one row of pixels to a row of sums (premultiplied colours and alpha), with weight `share`. */
static void add_row(double *sums, int to_width, const float *pixels, int width, double share)
{
    double scale = (double) to_width / width;
    for (int x = 0; x < width; x++, pixels += 4) {
        double left = x * scale, right = (x + 1) * scale;
        double alpha = pst_clamp(pixels[3]);
        for (int to = (int) left; to < to_width && to < right; to++) {
            double part = share * (MIN(right, to + 1.0) - MAX(left, to)) * alpha;
            for (int c = 0; c < 3; c++)
                sums[4 * to + c] += part * pst_clamp(pixels[c]);
            sums[4 * to + 3] += part;
        }
    }
}

static void put_row(GeglBuffer *to, const Babl *format, int y, const double *sums, float *row)
{
    int width = gegl_buffer_get_width(to);
    for (int x = 0; x < width; x++) {
        double alpha = sums[4 * x + 3];
        for (int c = 0; c < 3; c++)
            row[4 * x + c] = alpha > 0 ? (float) (sums[4 * x + c] / alpha) : 0;
        row[4 * x + 3] = (float) MIN(alpha, 1.0);
    }
    gegl_buffer_set(to, GEGL_RECTANGLE(0, y, width, 1), 0, format, row, GEGL_AUTO_ROWSTRIDE);
}

void pst_reduced_size(int *width, int *height, int long_side)
{
    double scale = MIN(1.0, (double) long_side / MAX(*width, *height));
    *width = MAX(1, (int) lround(*width * scale));
    *height = MAX(1, (int) lround(*height * scale));
}

GeglBuffer *pst_reduce(PstReader *reader, int long_side)
{
    int width = reader->extent.width, height = reader->extent.height;
    int to_width = width, to_height = height;
    pst_reduced_size(&to_width, &to_height, long_side);
    double scale_y = (double) to_height / height;
    GeglBuffer *to = gegl_buffer_new(GEGL_RECTANGLE(0, 0, to_width, to_height), reader->format);
    g_autofree double *sums = g_new0(double, (gsize) 4 * to_width);
    g_autofree float *row = g_new(float, (gsize) 4 * to_width);

    int line = 0; /* the row of `to` that the sums are of */
    for (int y = 0; y < height; y++) {
        if (y % PST_READER_ROWS == 0)
            pst_reader_get(reader, 0, width, y, MIN(PST_READER_ROWS, height - y));
        const float *pixels = reader->rows + (gsize) 4 * width * (y % PST_READER_ROWS);
        double top = y * scale_y, bottom = (y + 1) * scale_y;
        if (bottom >= line + 1 && line + 1 < to_height) {
            add_row(sums, to_width, pixels, width, line + 1 - top);
            put_row(to, reader->format, line++, sums, row);
            memset(sums, 0, sizeof *sums * 4 * to_width);
            top = line;
        }
        add_row(sums, to_width, pixels, width, bottom - top);
    }
    put_row(to, reader->format, line, sums, row);
    return to;
}
