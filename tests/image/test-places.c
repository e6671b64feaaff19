/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a picture is painted: masks.
 *
 *     test-places WEIGHTS_FOLDER
 */
#include "buffers.h"

#include <string.h>

static PstEngine *engine;
static PstStyle *style;

static GeglBuffer *paint(GeglBuffer *content, const PstPlaces *places, const PstSettings *settings)
{
    GError *error = NULL;
    GeglBuffer *result =
        pst_stylize_places(engine, content, style, places, settings, NULL, NULL, &error);
    CHECK(result != NULL, "%s", error ? error->message : "");
    g_clear_error(&error);
    return result;
}

/* From black at the left to white at the right, with as much of both as there is between. */
static float ramp(int x, int width)
{
    return CLAMP((3.0f * (float) x - (float) width) / (float) width, 0, 1);
}

/* The ramp as a mask of this format. */
static GeglBuffer *make_mask(int x, int y, int width, int height, const char *format)
{
    GeglBuffer *mask = gegl_buffer_new(GEGL_RECTANGLE(x, y, width, height), babl_format(format));
    float *values = g_new(float, (gsize) width *height);
    for (int i = 0; i < width * height; i++)
        values[i] = ramp(i % width, width);
    gegl_buffer_set(mask, NULL, 0, babl_format("Y' float"), values, 0);
    g_free(values);
    return mask;
}

/* Photo where the mask is black, what there is without mask where it is white, and both mixed between. */
static void check_mixed(GeglBuffer *content, GeglBuffer *whole, GeglBuffer *masked, double most)
{
    float *p = pixels_of(content), *q = pixels_of(whole), *r = pixels_of(masked);
    int width = gegl_buffer_get_width(content);
    for (gsize i = 0; i < 4 * count_of(content); i++) {
        float m = ramp((int) (i / 4) % width, width);
        if (m == 0)
            CHECK(r[i] == p[i], "%g is not the photo's %g", r[i], p[i]);
        else if (m == 1)
            CHECK(r[i] == q[i], "%g is not the painter's %g", r[i], q[i]);
        else
            CHECK_NEAR(r[i], p[i] + m * (q[i] - p[i]), most);
    }
    g_free(p);
    g_free(q);
    g_free(r);
}

static void a_mask_mixes(void)
{
    static const struct {
        const char *format;
        double most;
    } masks[] = {{"Y' float", 1e-5}, {"Y' u8", 3e-3}, {"R'G'B'A u16", 2e-5}, {"RGB float", 1e-4}};
    PstSettings settings = defaults();
    GeglBuffer *content = make_buffer(7, -4, 96, 40, "R'G'B'A float");
    GeglBuffer *whole = paint(content, NULL, &settings);
    CHECK(difference(content, whole, NULL) > 0.05);
    for (gsize i = 0; i < G_N_ELEMENTS(masks); i++) {
        GeglBuffer *mask = make_mask(7, -4, 96, 40, masks[i].format);
        PstPlaces places = {.mask = {.buffer = mask}};
        GeglBuffer *masked = paint(content, &places, &settings);
        check_mixed(content, whole, masked, masks[i].most);
        g_object_unref(masked);
        g_object_unref(mask);
    }
    g_object_unref(whole);
    g_object_unref(content);
}

/* A mask that lies elsewhere, with alpha and an end, and a picture that is enlarged from a draft. */
static void a_mask_has_a_place(void)
{
    PstSettings settings = defaults();
    settings.brush_size = 400;
    GeglBuffer *content = make_buffer(0, 0, 500, 300, "R'G'B' u8");
    GeglBuffer *mask = make_buffer(100, 0, 200, 1000, "R'G'B'A float");
    float white[] = {1, 1, 1, 1}, clear[] = {1, 1, 1, 0};
    gegl_buffer_set_color_from_pixel(mask, NULL, white, babl_format("R'G'B'A float"));
    gegl_buffer_set_color_from_pixel(mask, GEGL_RECTANGLE(100, 0, 50, 1000), clear,
                                     babl_format("R'G'B'A float"));
    PstPlaces places = {.mask = {.buffer = mask, .x = 50, .y = 900}};
    GeglBuffer *whole = paint(content, NULL, &settings);
    GeglBuffer *masked = paint(content, &places, &settings);
    float *p = pixels_of(content), *q = pixels_of(whole), *r = pixels_of(masked);
    for (gsize i = 0; i < 4 * count_of(content); i++) {
        int x = (int) (i / 4) % 500, y = (int) (i / 4) / 500;
        bool painted = x >= 100 && x < 250 && y < 100;
        CHECK(r[i] == (painted ? q : p)[i], "at %d, %d", x, y);
    }
    g_free(p);
    g_free(q);
    g_free(r);
    g_object_unref(whole);
    g_object_unref(masked);
    g_object_unref(mask);
    g_object_unref(content);
}

/* Photo's own numbers, which the network would not see, come back where nothing is painted. */
static void black_keeps_wild_numbers(void)
{
    PstSettings settings = defaults();
    settings.keep_colours = PST_KEEP_COLOURS_MATCH;
    GeglBuffer *content = make_buffer(0, 0, 48, 48, "R'G'B' float");
    float wild[] = {1e30f, -1e30f, 3, -5, 7, 0.5f};
    gegl_buffer_set(content, GEGL_RECTANGLE(3, 10, 2, 1), 0, babl_format("R'G'B' float"), wild, 0);
    GeglBuffer *mask = make_mask(0, 0, 48, 48, "Y' u8");
    PstPlaces places = {.mask = {.buffer = mask}};
    GeglBuffer *masked = paint(content, &places, &settings);
    float *p = pixels_of(content), *r = pixels_of(masked);
    CHECK(memcmp(p + 4 * (480 + 3), r + 4 * (480 + 3), 8 * sizeof *p) == 0);
    g_free(p);
    g_free(r);
    g_object_unref(masked);
    g_object_unref(mask);
    g_object_unref(content);
}

/* Neither threads nor the limit change a byte. */
static void masked_is_exact(void)
{
    PstSettings settings = defaults();
    settings.keep_colours = PST_KEEP_COLOURS_MATCH;
    GeglBuffer *content = make_buffer(0, 0, 700, 300, "R'G'B' u8");
    GeglBuffer *mask = make_mask(0, 0, 700, 300, "Y' u8");
    PstPlaces places = {.mask = {.buffer = mask}};
    GeglBuffer *one = paint(content, &places, &settings);
    settings.threads = 1;
    settings.memory = 60 << 20;
    GeglBuffer *other = paint(content, &places, &settings);
    CHECK_NEAR(difference(one, other, NULL), 0, 0);
    g_object_unref(one);
    g_object_unref(other);
    g_object_unref(mask);
    g_object_unref(content);
}

int main(int argc, char **argv)
{
    check_begin("places");
    gegl_init(NULL, NULL);
    GError *error = NULL;
    PstSettings settings = defaults();
    engine = pst_engine_new(argc > 1 ? argv[1] : NULL, &error);
    if (!CHECK(engine != NULL, "%s", error ? error->message : ""))
        return check_end();
    GeglBuffer *picture = make_buffer(5, 5, 120, 77, "R'G'B' u8");
    style = pst_style_new_from_buffer(engine, picture, &settings, NULL, NULL, &error);
    g_object_unref(picture);
    if (CHECK(style != NULL, "%s", error ? error->message : "")) {
        CHECK_RUN(a_mask_mixes);
        CHECK_RUN(a_mask_has_a_place);
        CHECK_RUN(black_keeps_wild_numbers);
        CHECK_RUN(masked_is_exact);
    }
    pst_style_free(style);
    pst_engine_free(engine);
    gegl_exit();
    return check_end();
}
