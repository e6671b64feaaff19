/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/reduce.h"

#include "nn/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef float Pixel __attribute__((vector_size(4 * sizeof(float))));
typedef gint32 PixelBits __attribute__((vector_size(4 * sizeof(gint32))));

/* Of premultiplied colours and of alpha. */
typedef double Sums __attribute__((vector_size(4 * sizeof(double))));

/* One copy on its way: rows of the picture are added up as they are, and only what is to be one row of the copy is
 * brought to its width. */
typedef struct {
    GeglBuffer *to;
    int width, height;
    double scale_x, scale_y; /* of it to the picture */
    int line;                /* the row of it that the picture's next row adds to */
    Sums *sums;  /* of that row: the picture's columns, for each thread those that it needs */
    float *rows; /* [PST_READER_ROWS + 1][width] pixels: those that are done, from that row on */
} Copy;

/* Columns that two neighbours both add up, at most. */
#define SHARED 4

/* What a thread has to do with a copy. */
typedef struct {
    const Copy *copy;
    int from, until; /* the copy's columns */
    int first, last; /* the picture's that they touch */
    Sums *sums;      /* from column `first` on */
} Part;

static Part part_of(const Copy *copy, int width, int k, int threads)
{
    Part part = {.copy = copy,
                 .from = (int) ((gint64) copy->width * k / threads),
                 .until = (int) ((gint64) copy->width * (k + 1) / threads)};
    part.first = MAX(0, (int) (part.from / copy->scale_x) - 1);
    part.last = MIN(width, (int) ceil(part.until / copy->scale_x) + 1);
    part.sums = copy->sums + part.first + SHARED * k;
    return part;
}

/* As pst_clamp(). */
static Pixel clamp_pixel(Pixel pixel)
{
    const Pixel one = {1, 1, 1, 1};
    PixelBits over = pixel > one, inside = (pixel > 0) & ~over;
    return (Pixel) (((PixelBits) pixel & inside) | ((PixelBits) one & over));
}

/* Adds `share` of a row of the picture. */
static void add_row(const Part *part, const float *row, double share)
{
    for (int x = part->first; x < part->last; x++) {
        Pixel pixel;
        memcpy(&pixel, row + (gsize) 4 * x, sizeof pixel);
        pixel = clamp_pixel(pixel);
        double weight = share * pixel[3];
        pixel[3] = 1;
        part->sums[x - part->first] += __builtin_convertvector(pixel, Sums) * weight;
    }
}

/* Brings the sums to the copy's width, as pixels, and begins them anew. */
static void finish_row(const Part *part, float *row)
{
    double scale = part->copy->scale_x;
    for (int to = part->from; to < part->until; to++) {
        Sums all = {0};
        for (int x = MAX(part->first, (int) (to / scale)); x < part->last && x * scale < to + 1;
             x++)
            all += part->sums[x - part->first] *
                   MAX(MIN((x + 1) * scale, to + 1.0) - MAX(x * scale, to), 0);
        double alpha = all[3];
        for (int c = 0; c < 3; c++)
            row[4 * to + c] = alpha > 0 ? (float) (all[c] / alpha) : 0;
        row[4 * to + 3] = (float) MIN(alpha, 1.0);
    }
    memset(part->sums, 0, sizeof *part->sums * (gsize) (part->last - part->first));
}

/* Adds rows [y, y + count) of the picture, which lie in `rows`.  Returns the row of the copy that the next one adds
 * to. */
static int add_rows(const Part *part, const float *rows, int width, int y, int count)
{
    const Copy *copy = part->copy;
    int line = copy->line;
    for (int i = 0; i < count; i++, rows += (gsize) 4 * width) {
        double top = (y + i) * copy->scale_y, bottom = (y + i + 1) * copy->scale_y;
        if (bottom >= line + 1 && line + 1 < copy->height) {
            add_row(part, rows, line + 1 - top);
            finish_row(part, copy->rows + (gsize) 4 * copy->width * (line - copy->line));
            top = ++line;
        }
        if (bottom > top)
            add_row(part, rows, bottom - top);
    }
    return line;
}

/* Puts the rows before `line`, which are done, and goes on there. */
static void put_rows(Copy *copy, const Babl *format, int line)
{
    GeglRectangle box = {0, copy->line, copy->width, line - copy->line};
    if (box.height > 0)
        gegl_buffer_set(copy->to, &box, 0, format, copy->rows, GEGL_AUTO_ROWSTRIDE);
    copy->line = line;
}

void pst_reduced_size(int *width, int *height, int long_side)
{
    double scale = MIN(1.0, (double) long_side / MAX(*width, *height));
    *width = MAX(1, (int) lround(*width * scale));
    *height = MAX(1, (int) lround(*height * scale));
}

static void copy_init(Copy *copy, const PstReader *reader, int long_side, int threads)
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
        .sums = pst_alloc((gsize) all->width + SHARED * threads, sizeof *copy->sums),
        .rows = g_try_new(float, (gsize) (PST_READER_ROWS + 1) * 4 * width),
    };
}

static void copy_clear(Copy *copy)
{
    free(copy->sums);
    g_free(copy->rows);
    g_clear_object(&copy->to);
}

/* Adds the reader's rows [y, y + count) to a copy, whose columns the threads share. */
static void add_to_copy(Copy *copy, const PstReader *reader, int y, int count, int threads)
{
    int line = copy->line, width = reader->extent.width;
#pragma omp parallel for num_threads(threads) schedule(static) lastprivate(line)
    for (int k = 0; k < threads; k++) {
        Part part = part_of(copy, width, k, threads);
        line = add_rows(&part, reader->rows, width, y, count);
    }
    put_rows(copy, reader->format, line);
}

/* The last row, which no other ends. */
static void finish_copy(Copy *copy, const PstReader *reader, int threads)
{
    for (int k = 0; k < threads; k++) {
        Part part = part_of(copy, reader->extent.width, k, threads);
        finish_row(&part, copy->rows);
    }
    put_rows(copy, reader->format, copy->line + 1);
}

gboolean pst_reduce_all(PstReader *reader, const int *long_sides, int count, int threads,
                        PstTicker *ticker, GeglBuffer **copies, GError **error)
{
    int width = reader->extent.width, height = reader->extent.height;
    Copy all[PST_REDUCE_MOST];
    PstMessage message;
    PstStatus status = PST_OK;
    g_return_val_if_fail(count >= 1 && count <= PST_REDUCE_MOST, FALSE);
    for (int k = 0; k < count; k++) {
        copy_init(&all[k], reader, long_sides[k], threads);
        if (!all[k].sums || !all[k].rows)
            status = pst_fail(&message, PST_E_MEMORY, "no memory to make the picture smaller");
    }
    for (int y = 0; y < height && !status; y += PST_READER_ROWS) {
        int rows = MIN(PST_READER_ROWS, height - y);
        pst_reader_get(reader, 0, width, y, rows);
        for (int k = 0; k < count; k++)
            add_to_copy(&all[k], reader, y, rows, threads);
        if (ticker)
            status = pst_ticker_tick(ticker, (double) y / height, &message);
    }
    for (int k = 0; k < count; k++) {
        if (!status) {
            finish_copy(&all[k], reader, threads);
            copies[k] = g_steal_pointer(&all[k].to);
        }
        copy_clear(&all[k]);
    }
    return status ? pst_error_from_status(error, status, &message) : TRUE;
}

GeglBuffer *pst_reduce(PstReader *reader, int long_side, int threads, GError **error)
{
    GeglBuffer *copy = NULL;
    pst_reduce_all(reader, &long_side, 1, threads, NULL, &copy, error);
    return copy;
}
