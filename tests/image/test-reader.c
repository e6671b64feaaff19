/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures as the networks see them: whole numbers become the same floats in each run.
 */
#include "check.h"
#include "image/reader.h"

enum { WIDTH = 37, HEIGHT = 21 };

static const struct {
    const char *format;
    int samples;
    gboolean deep; /* 16 bits a sample, and not 8 */
} cases[] = {
    {"R'G'B' u8", 3, FALSE}, {"R'G'B'A u8", 4, FALSE}, {"Y' u8", 1, FALSE}, {"Y'A u8", 2, FALSE},
    {"R'G'B' u16", 3, TRUE}, {"R'G'B'A u16", 4, TRUE}, {"Y' u16", 1, TRUE}, {"Y'A u16", 2, TRUE},
};

static guint16 values[WIDTH * HEIGHT * 4];

/* Of any samples. */
static GeglBuffer *make_picture(const char *format, const Babl *space, int samples, gboolean deep)
{
    GeglRectangle extent = {5, -3, WIDTH, HEIGHT};
    const Babl *own = babl_format_with_space(format, space);
    GeglBuffer *buffer = gegl_buffer_new(&extent, own);
    guint8 bytes[WIDTH * HEIGHT * 4];
    for (int i = 0; i < WIDTH * HEIGHT * samples; i++) {
        values[i] = (guint16) (deep ? check_random() : check_random() & 255);
        bytes[i] = (guint8) values[i];
    }
    gegl_buffer_set(buffer, &extent, 0, own, deep ? (void *) values : (void *) bytes, 0);
    return buffer;
}

/* What R', G', B' or A of pixel `i` is to be. */
static float expected(int i, int channel, int samples, gboolean deep)
{
    int at = channel == 3 ? samples - 1 : samples < 3 ? 0 : channel;
    if (channel == 3 && samples % 2 == 1)
        return 1;
    return (float) values[i * samples + at] / (deep ? 65535.0f : 255.0f);
}

static void check_space(const Babl *space)
{
    for (guint k = 0; k < G_N_ELEMENTS(cases); k++) {
        int samples = cases[k].samples;
        GeglBuffer *buffer = make_picture(cases[k].format, space, samples, cases[k].deep);
        PstReader reader;
        if (!CHECK(pst_reader_open(&reader, buffer, NULL)))
            continue;
        const int x0 = 3, x1 = WIDTH - 2, y = HEIGHT - PST_READER_ROWS;
        pst_reader_get(&reader, x0, x1, y, PST_READER_ROWS);
        for (int i = 0; i < (x1 - x0) * PST_READER_ROWS; i++) {
            int pixel = (y + i / (x1 - x0)) * WIDTH + x0 + i % (x1 - x0);
            for (int c = 0; c < 4; c++) {
                float wanted = expected(pixel, c, samples, cases[k].deep);
                float is = reader.rows[4 * i + c];
                CHECK(is == wanted, "%s: %.9g, not %.9g", cases[k].format, is, wanted);
            }
        }
        pst_reader_close(&reader);
        g_object_unref(buffer);
    }
}

static void samples_are_exact(void)
{
    check_space(NULL);
    check_space(babl_space("Adobe"));
}

/* Linear light, which babl must make non-linear. */
static void others_are_converted(void)
{
    GeglRectangle extent = {0, 0, 1, 1};
    GeglBuffer *buffer = gegl_buffer_new(&extent, babl_format("RGBA float"));
    PstReader reader;
    gegl_buffer_set(buffer, &extent, 0, NULL, (float[]){0.2140411f, 1, 0, 0.25f}, 0);
    if (CHECK(pst_reader_open(&reader, buffer, NULL))) {
        pst_reader_get(&reader, 0, 1, 0, 1);
        CHECK(fabsf(reader.rows[0] - 0.5f) < 1e-4f, "%g", reader.rows[0]);
        CHECK(fabsf(reader.rows[1] - 1) < 1e-4f && fabsf(reader.rows[2]) < 1e-4f);
        CHECK(reader.rows[3] == 0.25f);
    }
    pst_reader_close(&reader);
    g_object_unref(buffer);
}

int main(void)
{
    check_begin("reader");
    gegl_init(NULL, NULL);
    CHECK_RUN(samples_are_exact);
    CHECK_RUN(others_are_converted);
    gegl_exit();
    return check_end();
}
