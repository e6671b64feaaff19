/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Results that repeat: no seam between the last column and the first, nor between the rows.
 *
 *     test-tile WEIGHTS_FOLDER
 */
#include "check.h"
#include "pastiche.h"

#include <gegl.h>

enum { WIDTH = 300, HEIGHT = 200, X = -7, Y = 11 };

static PstEngine *engine;
static PstStyle *style;

/* One that repeats, at X, Y. */
static GeglBuffer *make_pattern(int width, int height)
{
    GeglBuffer *buffer =
        gegl_buffer_new(GEGL_RECTANGLE(X, Y, width, height), babl_format("R'G'B' float"));
    float *pixels = g_new(float, (gsize) 3 * width * height);
    for (int i = 0; i < width * height; i++) {
        double x = 2 * G_PI * (i % width) / width, y = 2 * G_PI * (i / width) / height; /* NOLINT */
        for (int c = 0; c < 3; c++)
            pixels[3 * i + c] =
                (float) (0.5 + 0.2 * sin(3 * x + c) * cos(2 * y) + 0.2 * cos(5 * x - 7 * y + c));
    }
    gegl_buffer_set(buffer, NULL, 0, NULL, pixels, GEGL_AUTO_ROWSTRIDE);
    g_free(pixels);
    return buffer;
}

static float *pixels_of(GeglBuffer *buffer)
{
    const GeglRectangle *extent = gegl_buffer_get_extent(buffer);
    float *pixels = g_new(float, (gsize) 3 * extent->width * extent->height);
    gegl_buffer_get(buffer, extent, 1, babl_format("R'G'B' float"), pixels, GEGL_AUTO_ROWSTRIDE,
                    GEGL_ABYSS_NONE);
    return pixels;
}

static GeglBuffer *paint(GeglBuffer *content, const PstPlaces *places, gboolean tileable)
{
    GError *error = NULL;
    PstSettings settings;
    pst_settings_init(&settings);
    settings.tileable = tileable;
    GeglBuffer *result =
        pst_stylize_places(engine, content, style, places, &settings, NULL, NULL, &error);
    CHECK(result != NULL, "%s", error ? error->message : "");
    g_clear_error(&error);
    return result;
}

/* How much two columns differ, or, with `rows`, two rows. */
static double step_between(const float *pixels, int a, int b, gboolean rows)
{
    double sum = 0;
    int count = rows ? WIDTH : HEIGHT;
    for (int i = 0; i < count; i++) {
        const float *p = pixels + 3 * (rows ? a * WIDTH + i : i * WIDTH + a);
        const float *q = pixels + 3 * (rows ? b * WIDTH + i : i * WIDTH + b);
        for (int c = 0; c < 3; c++)
            sum += fabs((double) p[c] - q[c]);
    }
    return sum / (3 * count);
}

/* The step over the edge as a multiple of the largest within: it may be like any other. */
static double seam(const float *pixels, gboolean rows)
{
    int last = (rows ? HEIGHT : WIDTH) - 1;
    double within = 0;
    for (int i = 0; i < last; i++)
        within = MAX(within, step_between(pixels, i, i + 1, rows));
    return step_between(pixels, last, 0, rows) / within;
}

static void no_seam(void)
{
    GeglBuffer *content = make_pattern(WIDTH, HEIGHT);
    double seams[2][2];
    for (int tileable = 0; tileable < 2; tileable++) {
        GeglBuffer *result = paint(content, NULL, tileable);
        CHECK(
            gegl_rectangle_equal(gegl_buffer_get_extent(result), gegl_buffer_get_extent(content)));
        float *pixels = pixels_of(result);
        for (int rows = 0; rows < 2; rows++)
            seams[tileable][rows] = seam(pixels, rows);
        g_free(pixels);
        g_object_unref(result);
    }
    for (int rows = 0; rows < 2; rows++)
        CHECK(seams[1][rows] < 1 && seams[1][rows] < 0.7 * seams[0][rows],
              "%s: %.2f of the largest step, %.2f without", rows ? "rows" : "columns",
              seams[1][rows], seams[0][rows]);
    g_object_unref(content);
}

/* Parts are those of the whole, wherever they lie. */
static void parts(void)
{
    static const GeglRectangle where[] = {{X, Y, 50, 20},           {X + 250, Y + 180, 50, 20},
                                          {X + 3, Y + 15, 200, 30}, {X, Y, WIDTH, HEIGHT},
                                          {X + 100, Y + 100, 9, 9}, {X + 299, Y, 1, 200}};
    PstSettings settings;
    pst_settings_init(&settings);
    settings.tileable = TRUE;
    GeglBuffer *content = make_pattern(WIDTH, HEIGHT), *whole = paint(content, NULL, TRUE);
    PstPainting *painting = pst_painting_new(engine, content, style, &settings, NULL, NULL, NULL);
    for (gsize i = 0; CHECK(painting) && i < G_N_ELEMENTS(where); i++) {
        GeglBuffer *part = pst_painting_read(painting, &where[i], NULL, NULL, NULL);
        GeglBuffer *same = gegl_buffer_create_sub_buffer(whole, &where[i]);
        float *p = pixels_of(part), *q = pixels_of(same);
        CHECK(memcmp(p, q, sizeof *p * 3 * where[i].width * where[i].height) == 0, "part %zu", i);
        g_free(p);
        g_free(q);
        g_object_unref(part);
        g_object_unref(same);
    }
    pst_painting_free(painting);
    g_object_unref(whole);
    g_object_unref(content);
}

/* Masks repeat as well: the right half is painted, and the left one is the photo, up to the edge. */
static void masked(void)
{
    GeglBuffer *content = make_pattern(WIDTH, HEIGHT);
    GeglBuffer *mask = gegl_buffer_new(GEGL_RECTANGLE(0, 0, WIDTH, HEIGHT), babl_format("Y' u8"));
    gegl_buffer_set_color_from_pixel(mask, GEGL_RECTANGLE(WIDTH / 2, 0, WIDTH / 2, HEIGHT),
                                     (guint8[]){255}, babl_format("Y' u8"));
    PstPlaces places = {.mask = {mask, -X, -Y}};
    GeglBuffer *result = paint(content, &places, TRUE);
    float *p = pixels_of(content), *q = pixels_of(result);
    double left = 0, right = 0;
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        double difference = fabs((double) p[3 * i] - q[3 * i]);
        if (i % WIDTH < WIDTH / 2)
            left = fmax(left, difference);
        else
            right += difference / (WIDTH / 2 * HEIGHT);
    }
    CHECK(left < 1e-5, "%g in the photo's half", left);
    CHECK(right > 0.02, "%g in the painted half", right);
    g_free(p);
    g_free(q);
    g_object_unref(result);
    g_object_unref(mask);
    g_object_unref(content);
}

static void small(void)
{
    static const int sizes[][2] = {{1, 1}, {1, 40}, {40, 1}, {2, 3}};
    for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
        GeglBuffer *content = make_pattern(sizes[i][0], sizes[i][1]);
        GeglBuffer *result = paint(content, NULL, TRUE);
        CHECK(
            gegl_rectangle_equal(gegl_buffer_get_extent(result), gegl_buffer_get_extent(content)));
        g_object_unref(result);
        g_object_unref(content);
    }
}

int main(int argc, char **argv)
{
    check_begin("tile");
    gegl_init(NULL, NULL);
    GError *error = NULL;
    engine = pst_engine_new(argc > 1 ? argv[1] : NULL, &error);
    if (!CHECK(engine != NULL, "%s", error ? error->message : ""))
        return check_end();
    PstSettings settings;
    pst_settings_init(&settings);
    GeglBuffer *picture = make_pattern(200, 160);
    style = pst_style_new_from_buffer(engine, picture, &settings, NULL, NULL, &error);
    g_object_unref(picture);
    if (CHECK(style, "%s", error ? error->message : "")) {
        CHECK_RUN(no_seam);
        CHECK_RUN(parts);
        CHECK_RUN(masked);
        CHECK_RUN(small);
    }
    pst_style_free(style);
    pst_engine_free(engine);
    gegl_exit();
    return check_end();
}
