/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Frames around a style's picture: what is one, what is none, and that a style knows nothing of its own.
 *
 *     test-frame WEIGHTS_FOLDER
 */
#include "buffers.h"
#include "check.h"
#include "image/style/frame.h"

#include <math.h>

enum { WIDTH = 300, HEIGHT = 260, RIM = 8 };

static const char *weights = "weights";

/* Sets the pixels of a box to one grey, with the noise that a scan has. */
static void fill(GeglBuffer *buffer, int x, int y, int width, int height, float grey)
{
    float *pixels = g_new(float, (gsize) 3 * width * height);
    for (int i = 0; i < 3 * width * height; i++)
        pixels[i] = grey + 0.02f * (float) ((i * 7919) % 13 - 6) / 6;
    gegl_buffer_set(buffer, GEGL_RECTANGLE(x, y, width, height), 0, babl_format("R'G'B' float"),
                    pixels, 0);
    g_free(pixels);
}

static void frame(GeglBuffer *buffer, int from, int across, int down, float grey)
{
    int width = WIDTH - 2 * from, height = HEIGHT - 2 * from;
    if (across > 0) {
        fill(buffer, from, from, across, height, grey);
        fill(buffer, WIDTH - from - across, from, across, height, grey);
    }
    if (down > 0) {
        fill(buffer, from, from, width, down, grey);
        fill(buffer, from, HEIGHT - from - down, width, down, grey);
    }
}

/* Checks what is found inside, in the corner `x`, `y` and as far from the opposite one, and frees. */
static void inside(const char *what, GeglBuffer *buffer, int x, int y)
{
    PstReader reader;
    GeglRectangle found;
    g_assert_true(pst_reader_open(&reader, buffer, NULL));
    CHECK(pst_frame_find(&reader, &reader.extent, &found, NULL));
    CHECK(found.x == x && found.y == y && found.width == WIDTH - 2 * x &&
              found.height == HEIGHT - 2 * y,
          "%s: %d × %d from (%d, %d)", what, found.width, found.height, found.x, found.y);
    pst_reader_close(&reader);
    g_object_unref(buffer);
}

static GeglBuffer *painting(void)
{
    return make_buffer(0, 0, WIDTH, HEIGHT, "R'G'B'A float");
}

static void frames(void)
{
    GeglBuffer *buffer = painting();
    frame(buffer, 0, 20, 20, 0.05f);
    inside("a black frame", buffer, 20 + RIM, 20 + RIM);
    buffer = painting();
    frame(buffer, 0, 20, 12, 0.9f);
    inside("a white one of two widths", buffer, 20 + RIM, 12 + RIM);
    buffer = painting();
    frame(buffer, 0, 0, 30, 0);
    inside("bars above and below", buffer, 0, 30 + RIM);
    buffer = painting();
    frame(buffer, 0, 10, 10, 0.05f);
    frame(buffer, 10, 30, 30, 0.9f);
    inside("a mount in a frame", buffer, 40 + RIM, 40 + RIM);
    buffer = painting();
    frame(buffer, 0, 20, 12, 0.05f);
    for (int i = 1; i <= 6; i++)
        fill(buffer, 19 + i, 40 * i, 1, HEIGHT - 40 * i, 0.05f);
    inside("a crooked one", buffer, 20 + RIM, 12 + RIM);
}

/* A buffer at whose borders the painting fades to black over 40 pixels. */
static GeglBuffer *vignette(void)
{
    GeglBuffer *buffer = painting();
    float *pixels = pixels_of(buffer);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        int x = i % WIDTH, y = i / WIDTH;
        int depth = MIN(MIN(x, WIDTH - 1 - x), MIN(y, HEIGHT - 1 - y));
        for (int c = 0; c < 3; c++)
            pixels[4 * i + c] *= depth < 40 ? (float) depth / 40 : 1;
    }
    gegl_buffer_set(buffer, NULL, 0, babl_format("R'G'B'A float"), pixels, 0);
    g_free(pixels);
    return buffer;
}

static void no_frames(void)
{
    inside("a painting alone", painting(), 0, 0);
    inside("a vignette", vignette(), 0, 0);
    GeglBuffer *buffer = painting();
    fill(buffer, 0, 0, 20, HEIGHT, 0.05f);
    inside("one side alone", buffer, 0, 0);
    buffer = painting();
    fill(buffer, 0, 0, WIDTH, HEIGHT, 0.9f);
    inside("an empty sheet", buffer, 0, 0);
    buffer = painting();
    fill(buffer, 0, 0, WIDTH, HEIGHT, 0.9f);
    fill(buffer, 60, 20, 20, 220, 0.1f);
    fill(buffer, 20, 100, 260, 20, 0.1f);
    inside("a drawing on paper", buffer, 0, 0);
    buffer = painting();
    frame(buffer, 0, 70, 0, 0.9f);
    inside("walls rather than a frame", buffer, 0, 0);
}

/* Where there is no frame, nothing is lost by rounding. */
static void all_of_it(void)
{
    GeglBuffer *copy = painting();
    PstReader reader;
    g_assert_true(pst_reader_open(&reader, copy, NULL));
    for (int size = HEIGHT; size < 40 * WIDTH; size = size * 21 / 20 + 1) {
        GeglRectangle extent = {3, -5, size, size / 2 + 100}, found;
        CHECK(pst_frame_find(&reader, &extent, &found, NULL));
        CHECK(gegl_rectangle_equal(&found, &extent), "%d: %d × %d", size, found.width,
              found.height);
    }
    pst_reader_close(&reader);
    g_object_unref(copy);
}

/* Checks that the style of the picture is, byte for byte, that of its part; frees it. */
static void style_of_part(PstEngine *engine, GeglBuffer *picture, GeglRectangle part)
{
    PstSettings settings = defaults();
    GeglBuffer *cut = gegl_buffer_create_sub_buffer(picture, &part);
    PstStyle *framed = pst_style_new_from_buffer(engine, picture, &settings, NULL, NULL, NULL);
    PstStyle *bare = pst_style_new_from_buffer(engine, cut, &settings, NULL, NULL, NULL);
    GBytes *a = pst_style_to_bytes(framed), *b = pst_style_to_bytes(bare);
    CHECK(g_bytes_equal(a, b));
    g_bytes_unref(a);
    g_bytes_unref(b);
    pst_style_free(framed);
    pst_style_free(bare);
    g_object_unref(cut);
    g_object_unref(picture);
}

static void styles(void)
{
    GError *error = NULL;
    PstEngine *engine = pst_engine_new(weights, &error);
    if (!CHECK(engine != NULL, "%s", error ? error->message : ""))
        return;
    GeglBuffer *buffer = painting();
    frame(buffer, 0, 20, 12, 0.05f);
    style_of_part(
        engine, buffer,
        (GeglRectangle){20 + RIM, 12 + RIM, WIDTH - 2 * (20 + RIM), HEIGHT - 2 * (12 + RIM)});

    /* found in a copy of half the size, read from the picture itself, whose corner is not at 0 */
    buffer = make_buffer(-7, 9, 1024, 700, "R'G'B' u8");
    fill(buffer, -7, 9, 40, 700, 0.05f);
    fill(buffer, 1024 - 47, 9, 40, 700, 0.05f);
    style_of_part(engine, buffer,
                  (GeglRectangle){40 + 2 * RIM - 7, 9, 1024 - 2 * (40 + 2 * RIM), 700});
    pst_engine_free(engine);
}

int main(int argc, char **argv)
{
    check_begin("frame");
    gegl_init(NULL, NULL);
    weights = argc > 1 ? argv[1] : weights;
    CHECK_RUN(frames);
    CHECK_RUN(no_frames);
    CHECK_RUN(all_of_it);
    CHECK_RUN(styles);
    gegl_exit();
    return check_end();
}
