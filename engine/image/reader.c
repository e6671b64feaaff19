/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/reader.h"

#include "image/file/format.h"

#include <math.h>
#include <string.h>

/* What stands for infinity: the largest half float, so that no format of a picture makes it infinite. */
#define INFINITE 65504.0f

/* R'G'B'A float in the space of `buffer`, or in sRGB where that space is not one of RGB. */
static const Babl *own_format(GeglBuffer *buffer)
{
    const Babl *space = babl_format_get_space(gegl_buffer_get_format(buffer));
    return babl_format_with_space("R'G'B'A float", babl_space_is_cmyk(space) ? NULL : space);
}

/* ---- Samples --------------------------------------------------------------------------------- */

/* Formats of a picture whose samples are read as they are: what babl makes of the same ones can differ in the last bit
 * from run to run, since it takes the way that it has just found to be the fastest. */
static const PstSamples plain[] = {
    {"R'G'B' u8", 3, 1},  {"R'G'B'A u8", 4, 1},  {"Y' u8", 1, 1},  {"Y'A u8", 2, 1},
    {"R'G'B' u16", 3, 2}, {"R'G'B'A u16", 4, 2}, {"Y' u16", 1, 2}, {"Y'A u16", 2, 2},
};

/* NULL: others. */
static const PstSamples *samples_of(const Babl *format)
{
    const Babl *space = babl_format_get_space(format);
    for (guint i = 0; i < G_N_ELEMENTS(plain); i++)
        if (format == babl_format_with_space(plain[i].format, space))
            return &plain[i];
    return NULL;
}

/* One channel of rows[count][4], from each pixel's sample number `at`. */
static void widen_channel(const PstSamples *samples, const guint8 *from, int at, float *rows,
                          gsize count)
{
    gsize step = samples->count;
    if (samples->bytes == 1) {
        for (gsize i = 0; i < count; i++)
            rows[4 * i] = (float) from[step * i + at] / 255;
    } else {
        const guint16 *wide = (const guint16 *) (const void *) from;
        for (gsize i = 0; i < count; i++)
            rows[4 * i] = (float) wide[step * i + at] / 65535;
    }
}

static void widen(const PstSamples *samples, const guint8 *from, float *rows, gsize count)
{
    gboolean gray = samples->count < 3, alpha = samples->count % 2 == 0;
    for (int c = 0; c < 3; c++)
        widen_channel(samples, from, gray ? 0 : c, rows + c, count);
    if (alpha)
        widen_channel(samples, from, samples->count - 1, rows + 3, count);
    for (gsize i = 0; i < count && !alpha; i++)
        rows[4 * i + 3] = 1;
}

/* ---- Opening --------------------------------------------------------------------------------- */

/* reader->mean, from all pixels. */
static void measure_mean(PstReader *reader)
{
    double sums[4] = {0};
    int width = reader->extent.width, height = reader->extent.height;
    for (int y = 0; y < height; y += PST_READER_ROWS) {
        int count = MIN(PST_READER_ROWS, height - y);
        pst_reader_get(reader, 0, width, y, count);
        for (gsize i = 0; i < (gsize) count * width; i++) {
            const float *pixel = reader->rows + 4 * i;
            float alpha = pst_clamp(pixel[3]);
            for (int c = 0; c < 3; c++)
                sums[c] += (double) alpha * pst_clamp(pixel[c]);
            sums[3] += alpha;
        }
    }
    for (int c = 0; c < 3; c++)
        reader->mean[c] = sums[3] > 0 ? (float) (sums[c] / sums[3]) : 0.5f;
}

gboolean pst_reader_check_size(int width, int height, GError **error)
{
    return pst_file_check_size((guint64) MAX(width, 0), (guint64) MAX(height, 0), error);
}

gboolean pst_reader_make_room(PstReader *reader)
{
    const gsize most =
        4 * sizeof(float) +
        4 * sizeof(guint16); /* of a pixel: samples lie behind what becomes of them */
    g_free(reader->rows);
    reader->rows = g_try_malloc(most * reader->extent.width * PST_READER_ROWS);
    return reader->rows != NULL;
}

static gboolean open_unmeasured(PstReader *reader, GeglBuffer *buffer, GError **error)
{
    *reader =
        (PstReader){.buffer = buffer, .extent = *gegl_buffer_get_extent(buffer), .threads = 1};
    if (!pst_reader_check_size(reader->extent.width, reader->extent.height, error))
        return FALSE;
    if (!pst_reader_make_room(reader))
        return pst_error_no_memory(error, "to read the picture");
    reader->format = own_format(buffer);
    reader->samples = samples_of(gegl_buffer_get_format(buffer));
    reader->has_alpha = babl_format_has_alpha(gegl_buffer_get_format(buffer));
    return TRUE;
}

gboolean pst_reader_open(PstReader *reader, GeglBuffer *buffer, GError **error)
{
    return pst_reader_open_copy(reader, buffer, NULL, error);
}

gboolean pst_reader_open_copy(PstReader *reader, GeglBuffer *copy, const PstReader *original,
                              GError **error)
{
    if (!open_unmeasured(reader, copy, error))
        return FALSE;
    if (original)
        memcpy(reader->mean, original->mean, sizeof reader->mean);
    else if (reader->has_alpha)
        measure_mean(reader);
    return TRUE;
}

void pst_reader_close(PstReader *reader)
{
    g_clear_pointer(&reader->rows, g_free);
}

int pst_reader_extended(const PstGraph *graph, int side)
{
    int unit = graph->alignment;
    return MAX(2 * unit, (side + unit - 1) / unit * unit);
}

/* Looks at a block at a time, since there is hardly ever anything to do: 0 times what is finite is 0. */
static void make_finite(float *values, gsize count)
{
    const gsize block = 1024;
    for (gsize from = 0; from < count; from += block) {
        gsize to = MIN(from + block, count);
        float nothing = 0;
#pragma omp simd reduction(+ : nothing)
        for (gsize i = from; i < to; i++)
            nothing += 0 * values[i];
        for (gsize i = from; i < to && nothing != 0; i++) {
            if (!isfinite(values[i]))
                values[i] = isnan(values[i]) ? 0 : copysignf(INFINITE, values[i]);
        }
    }
}

void pst_reader_get(PstReader *reader, int x0, int x1, int y, int count)
{
    GeglRectangle box = {reader->extent.x + x0, reader->extent.y + y, x1 - x0, count};
    gsize pixels = (gsize) box.width * box.height;
    if (reader->samples) {
        guint8 *samples = (guint8 *) (reader->rows + 4 * pixels);
        gegl_buffer_get(reader->buffer, &box, 1.0, NULL, samples, GEGL_AUTO_ROWSTRIDE,
                        GEGL_ABYSS_NONE);
        widen(reader->samples, samples, reader->rows, pixels);
    } else {
        gegl_buffer_get(reader->buffer, &box, 1.0, reader->format, reader->rows,
                        GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
        make_finite(reader->rows, 4 * pixels);
    }
}

/* One row of the maps from one row of pixels, whose first is column box.x0 and which has `width` of them;
 * the rest is extension. */
static void fill_row(const PstReader *reader, const float *pixels, int width, PstBox box, int y,
                     gboolean inside, const PstMap *picture, const PstMap *weights)
{
    for (int c = 0; c < 3; c++) {
        float *to = pst_map_row(picture, c, y);
        for (int x = 0; x < width; x++)
            to[x] = pst_reader_seen(reader, pixels + 4 * x, c);
        for (int x = width; x < box.x1 - box.x0; x++) {
            int from = pst_pad_index(PST_PAD_REFLECT, box.x0 + x, reader->extent.width) - box.x0;
            to[x] = to[from];
        }
    }
    if (weights) {
        float *to = pst_map_row(weights, 0, y);
        for (int x = 0; x < box.x1 - box.x0; x++)
            to[x] = inside && x < width ? pst_clamp(pixels[4 * x + 3]) : 0;
    }
}

void pst_reader_fill(PstReader *reader, PstBox box, const PstMap *picture, const PstMap *weights)
{
    int height = reader->extent.height;
    int x1 = MIN(box.x1, reader->extent.width), width = x1 - box.x0;
    for (int y = box.y0; y < box.y1;) {
        int count = y < height ? MIN(PST_READER_ROWS, MIN(height, box.y1) - y) : 1;
        pst_reader_get(reader, box.x0, x1, pst_pad_index(PST_PAD_REFLECT, y, height), count);
#pragma omp parallel for num_threads(reader->threads)
        for (int i = 0; i < count; i++) {
            fill_row(reader, reader->rows + (gsize) 4 * width * i, width, box, y + i, y < height,
                     picture, weights);
        }
        y += count;
    }
}
