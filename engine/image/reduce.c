/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/reduce.h"

#include <math.h>
#include <string.h>

/* One copy on its way. */
typedef struct {
    GeglBuffer *to;
    int width, height;
    double scale_x, scale_y; /* of it to the picture */
    int line;                /* the row of it that the picture's next row adds to */
    double
        *sums; /* [PST_READER_ROWS + 1][width][4]: premultiplied colours, alpha; from that row on */
} Copy;

/* Adds what of a row of pixels belongs to columns [from, until) of the copy, with weight `share`. */
static void add_row(const Copy *copy, double *sums, const float *pixels, int width, int from,
                    int until, double share)
{
    int first = MAX(0, (int) (from / copy->scale_x) - 1);
    int last = MIN(width, (int) ceil(until / copy->scale_x) + 1);
    for (int x = first; x < last; x++) {
        const float *pixel = pixels + (gsize) 4 * x;
        double left = x * copy->scale_x, right = (x + 1) * copy->scale_x;
        double alpha = pst_clamp(pixel[3]);
        for (int to = MAX((int) left, from); to < until && to < right; to++) {
            double part = share * (MIN(right, to + 1.0) - MAX(left, to)) * alpha;
            for (int c = 0; c < 3; c++)
                sums[4 * to + c] += part * pst_clamp(pixel[c]);
            sums[4 * to + 3] += part;
        }
    }
}

/* The same of rows [y, y + count), which lie in `rows`.  Returns the row of the copy that the next one adds to. */
static int add_rows(const Copy *copy, const float *rows, int width, int y, int count, int from,
                    int until)
{
    int line = copy->line;
    for (int i = 0; i < count; i++, rows += (gsize) 4 * width) {
        double *sums = copy->sums + (gsize) 4 * copy->width * (line - copy->line);
        double top = (y + i) * copy->scale_y, bottom = (y + i + 1) * copy->scale_y;
        if (bottom >= line + 1 && line + 1 < copy->height) {
            add_row(copy, sums, rows, width, from, until, line + 1 - top);
            sums += (gsize) 4 * copy->width;
            top = ++line;
        }
        add_row(copy, sums, rows, width, from, until, bottom - top);
    }
    return line;
}

static void put_row(const Copy *copy, const Babl *format, int y, const double *sums, float *row)
{
    int width = copy->width;
    for (int x = 0; x < width; x++) {
        double alpha = sums[4 * x + 3];
        for (int c = 0; c < 3; c++)
            row[4 * x + c] = alpha > 0 ? (float) (sums[4 * x + c] / alpha) : 0;
        row[4 * x + 3] = (float) MIN(alpha, 1.0);
    }
    gegl_buffer_set(copy->to, GEGL_RECTANGLE(0, y, width, 1), 0, format, row, GEGL_AUTO_ROWSTRIDE);
}

void pst_reduced_size(int *width, int *height, int long_side)
{
    double scale = MIN(1.0, (double) long_side / MAX(*width, *height));
    *width = MAX(1, (int) lround(*width * scale));
    *height = MAX(1, (int) lround(*height * scale));
}

/* Puts the rows before `line`, which are done, and goes on there. */
static void put_rows(Copy *copy, const Babl *format, int line, float *row)
{
    gsize size = (gsize) 4 * copy->width;
    int done = line - copy->line;
    for (int i = 0; i < done; i++)
        put_row(copy, format, copy->line + i, copy->sums + size * i, row);
    if (done > 0) {
        memcpy(copy->sums, copy->sums + size * done, sizeof *copy->sums * size);
        memset(copy->sums + size, 0, sizeof *copy->sums * size * done);
    }
    copy->line = line;
}

static void copy_init(Copy *copy, const PstReader *reader, int long_side)
{
    const GeglRectangle *all = &reader->extent;
    int width = all->width, height = all->height;
    pst_reduced_size(&width, &height, long_side);
    *copy = (Copy){
        .to = gegl_buffer_new(GEGL_RECTANGLE(0, 0, width, height), reader->format),
        .width = width,
        .height = height,
        .scale_x = (double) width / all->width,
        .scale_y = (double) height / all->height,
        .sums = g_new0(double, (gsize) (PST_READER_ROWS + 1) * 4 * width),
    };
}

/* Adds the reader's rows [y, y + count) to a copy, whose columns the threads share. */
static void add_to_copy(Copy *copy, const PstReader *reader, int y, int count, int threads,
                        float *row)
{
    int line = copy->line, width = copy->width;
#pragma omp parallel for num_threads(threads) schedule(static) lastprivate(line)
    for (int k = 0; k < threads; k++)
        line = add_rows(copy, reader->rows, reader->extent.width, y, count,
                        (int) ((gint64) width * k / threads),
                        (int) ((gint64) width * (k + 1) / threads));
    put_rows(copy, reader->format, line, row);
}

gboolean pst_reduce_all(PstReader *reader, const int *long_sides, int count, int threads,
                        PstTicker *ticker, GeglBuffer **copies, GError **error)
{
    int width = reader->extent.width, height = reader->extent.height;
    Copy all[PST_REDUCE_MOST];
    PstMessage message;
    PstStatus status = PST_OK;
    g_return_val_if_fail(count >= 1 && count <= PST_REDUCE_MOST, FALSE);
    for (int k = 0; k < count; k++)
        copy_init(&all[k], reader, long_sides[k]);
    g_autofree float *row = g_new(float, (gsize) 4 * width);

    for (int y = 0; y < height && !status; y += PST_READER_ROWS) {
        int rows = MIN(PST_READER_ROWS, height - y);
        pst_reader_get(reader, 0, width, y, rows);
        for (int k = 0; k < count; k++)
            add_to_copy(&all[k], reader, y, rows, threads, row);
        if (ticker)
            status = pst_ticker_tick(ticker, (double) y / height, &message);
    }
    for (int k = 0; k < count; k++) {
        put_row(&all[k], reader->format, all[k].line, all[k].sums, row);
        g_free(all[k].sums);
        if (status)
            g_object_unref(all[k].to);
        else
            copies[k] = all[k].to;
    }
    return status ? pst_error_from_status(error, status, &message) : TRUE;
}

GeglBuffer *pst_reduce(PstReader *reader, int long_side, int threads)
{
    GeglBuffer *copy = NULL;
    pst_reduce_all(reader, &long_side, 1, threads, NULL, &copy, NULL);
    return copy;
}
