/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Portable pixmaps: read as text or binary (P2, P3, P5, P6), written as P6.  They have no place for a
 * profile, so they are sRGB.
 */
#include "image/file/format.h"

#include <errno.h>
#include <string.h>

typedef struct {
    FILE *file;
    char kind; /* '2', '3', '5' or '6' */
    int width, height, maximum, channels;
    gboolean broken; /* a number is missing or out of range */
} Reader;

static gboolean matches(const guint8 *head, gsize length)
{
    return length >= 3 && head[0] == 'P' && strchr("2356", head[1]) != NULL && head[1] != '\0' &&
           (g_ascii_isspace(head[2]) || head[2] == '#');
}

/* A decimal number after white space and comments; the one character behind it is read too. */
static int read_number(Reader *reader)
{
    int c = getc(reader->file);
    while (g_ascii_isspace(c) || c == '#') {
        if (c == '#')
            while (c != '\n' && c != EOF)
                c = getc(reader->file);
        c = getc(reader->file);
    }
    gboolean any = FALSE;
    int number = 0;
    for (; c >= '0' && c <= '9'; c = getc(reader->file)) {
        any = TRUE;
        number = MIN(10 * number + (c - '0'), G_MAXINT / 10 - 9);
    }
    if (c == '#')
        ungetc(c, reader->file);
    else if (c != EOF && !g_ascii_isspace(c))
        reader->broken = TRUE;
    if (!any)
        reader->broken = TRUE;
    return number;
}

static int read_sample(Reader *reader)
{
    int sample;
    if (reader->kind < '5') {
        sample = read_number(reader);
    } else {
        sample = getc(reader->file);
        if (reader->maximum > 255 && sample != EOF) {
            int low = getc(reader->file);
            sample = low == EOF ? EOF : sample << 8 | low;
        }
    }
    if (sample < 0 || sample > reader->maximum)
        reader->broken = TRUE;
    return sample;
}

/* Scales samples from [0, maximum] to what the format holds, 255 or 65535. */
static gboolean read_rows(Reader *reader, GeglBuffer *picture, const Babl *format)
{
    int full = reader->maximum > 255 ? 65535 : 255, width = reader->width;
    gsize samples = (gsize) width * (gsize) reader->channels;
    guint16 *row = g_new(guint16, samples);
    guint8 *row8 = (guint8 *) row;
    for (int y = 0; y < reader->height && !reader->broken; y++) {
        for (gsize i = 0; i < samples && !reader->broken; i++) {
            int sample = read_sample(reader);
            int value = (int) (((gint64) sample * full + reader->maximum / 2) / reader->maximum);
            if (full > 255)
                row[i] = (guint16) value;
            else
                row8[i] = (guint8) value;
        }
        if (!reader->broken)
            gegl_buffer_set(picture, GEGL_RECTANGLE(0, y, width, 1), 0, format, row,
                            GEGL_AUTO_ROWSTRIDE);
    }
    g_free(row);
    return !reader->broken;
}

static GeglBuffer *load(FILE *file, const char *path G_GNUC_UNUSED, PstFileMeta *meta,
                        GError **error)
{
    Reader reader = {.file = file};
    getc(file); /* 'P' */
    reader.kind = (char) getc(file);
    reader.channels = reader.kind == '3' || reader.kind == '6' ? 3 : 1;
    reader.width = read_number(&reader);
    reader.height = read_number(&reader);
    reader.maximum = read_number(&reader);
    if (reader.broken || reader.maximum < 1 || reader.maximum > 65535) {
        pst_file_fail(error, "damaged header of a portable pixmap");
        return NULL;
    }

    gboolean deep = reader.maximum > 255;
    const Babl *format = reader.channels == 3 ? babl_format(deep ? "R'G'B' u16" : "R'G'B' u8")
                                              : babl_format(deep ? "Y' u16" : "Y' u8");
    *meta = (PstFileMeta){.info.bits = deep ? 16 : 8, .orientation = 1};
    GeglBuffer *picture =
        pst_file_buffer_new((guint64) reader.width, (guint64) reader.height, format, error);
    if (picture != NULL && !read_rows(&reader, picture, format)) {
        g_clear_object(&picture);
        if (feof(file))
            pst_file_fail(error, "the file ends before the picture does");
        else
            pst_file_fail(error, "a sample is not a number from 0 to %d", reader.maximum);
    }
    return picture;
}

static gboolean save(FILE *file, const char *path G_GNUC_UNUSED, GeglBuffer *picture,
                     const PstFileInfo *info, GError **error)
{
    int width = gegl_buffer_get_width(picture), height = gegl_buffer_get_height(picture);
    int bits = info->bits > 8 ? 16 : 8;
    guint16 *rows = pst_file_rows_new(3 * sizeof *rows * (gsize) width, error);
    if (rows == NULL)
        return FALSE;
    gboolean ok = fprintf(file, "P6\n%d %d\n%d\n", width, height, (1 << bits) - 1) > 0;
    for (int y = 0; ok && y < height; y += PST_FILE_ROWS) {
        int count = MIN(PST_FILE_ROWS, height - y);
        gsize samples = 3 * (gsize) width * (gsize) count;
        pst_file_get_opaque(picture, y, count, bits, TRUE, rows);
        if (bits == 16)
            for (gsize i = 0; i < samples; i++)
                rows[i] = GUINT16_TO_BE(rows[i]);
        ok = fwrite(rows, (gsize) bits / 8, samples, file) == samples;
    }
    g_free(rows);
    return ok || pst_file_fail(error, "%s", g_strerror(errno));
}

const PstFileFormat pst_file_ppm = {"PPM", {"ppm", "pnm"}, matches, load, save};
