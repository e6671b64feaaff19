/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a picture is painted: masks and regions.
 *
 *     test-places WEIGHTS_FOLDER
 */
#include "buffers.h"
#include "image/engine.h"

#include <string.h>

static PstEngine *engine;
static PstStyle *style, *other;

static GeglBuffer *paint(GeglBuffer *content, const PstPlaces *places, const PstSettings *settings)
{
    pst_memo_forget(engine->memo);
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
        /* of bytes, babl may make other floats than the engine, in the last bit */
        CHECK(painted ? r[i] == q[i] : fabsf(r[i] - p[i]) < 1e-6f, "at %d, %d", x, y);
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
    settings.finish = 0;
    GeglBuffer *content = make_buffer(0, 0, 700, 300, "R'G'B' u8");
    GeglBuffer *mask = make_mask(0, 0, 700, 300, "Y' u8");
    PstPlaces places = {.mask = {.buffer = mask}};
    GeglBuffer *one = paint(content, &places, &settings);
    settings.threads = 1;
    settings.memory = 80 << 20;
    GeglBuffer *again = paint(content, &places, &settings);
    CHECK_NEAR(difference(one, again, NULL), 0, 0);
    g_object_unref(one);
    g_object_unref(again);
    g_object_unref(mask);
    g_object_unref(content);
}

/* ---- Regions --------------------------------------------------------------------------------- */

/* A mask of one value in columns [x0, x1), and 0 elsewhere. */
static GeglBuffer *make_columns(int width, int height, int x0, int x1, float value)
{
    GeglBuffer *mask =
        gegl_buffer_new(GEGL_RECTANGLE(0, 0, width, height), babl_format("Y' float"));
    gegl_buffer_set_color_from_pixel(mask, GEGL_RECTANGLE(x0, 0, x1 - x0, height), &value,
                                     babl_format("Y' float"));
    return mask;
}

static GeglBuffer *paint_in(GeglBuffer *content, const PstStyle *alone, const PstSettings *settings)
{
    const PstStyle *kept = style;
    style = (PstStyle *) alone;
    GeglBuffer *result = paint(content, NULL, settings);
    style = (PstStyle *) kept;
    return result;
}

/* A mask that is white alone is the other style alone; a gray one is a mixture of both. */
static void a_region_has_its_style(void)
{
    PstSettings settings = defaults();
    GeglBuffer *content = make_buffer(3, 5, 128, 64, "R'G'B' float");
    GeglBuffer *first = paint_in(content, style, &settings);
    GeglBuffer *second = paint_in(content, other, &settings);
    CHECK(difference(first, second, NULL) > 0.05);
    for (int step = 0; step <= 2; step++) {
        float weight = 0.5f * (float) step, value;
        GeglBuffer *mask = make_columns(128, 64, 0, 128, weight);
        PstRegion region = {other, {.buffer = mask, .x = -3, .y = -5}};
        PstPlaces places = {.regions = &region, .region_count = 1};
        GeglBuffer *mixed = paint(content, &places, &settings);
        float *p = pixels_of(first), *q = pixels_of(second), *r = pixels_of(mixed);
        for (gsize i = 0; i < 4 * count_of(content); i++) {
            value = p[i] + weight * (q[i] - p[i]);
            CHECK_NEAR(r[i], value,
                       1e-3); /* weights that are no powers of 2 round the statistics */
        }
        g_free(p);
        g_free(q);
        g_free(r);
        g_object_unref(mixed);
        g_object_unref(mask);
    }
    g_object_unref(first);
    g_object_unref(second);
    g_object_unref(content);
}

/* What lies far away in another region changes nothing; in the same region it does. */
static void check_statistics(int refine)
{
    PstSettings settings = defaults();
    settings.refine.iterations = refine;
    GeglBuffer *content = make_buffer(0, 0, 800, 48, "R'G'B' float"), *changed;
    GeglBuffer *mask = make_columns(800, 48, 0, 200, 1);
    PstRegion region = {other, {.buffer = mask}};
    PstPlaces places = {.regions = &region, .region_count = 1};
    /* the same bytes but for the right quarter */
    const Babl *format = gegl_buffer_get_format(content);
    float *numbers = g_new(float, 3 * 800 * 48);
    gegl_buffer_get(content, NULL, 1.0, format, numbers, 0, GEGL_ABYSS_NONE);
    for (int i = 0; i < 3 * 800 * 48; i++)
        if (i / 3 % 800 >= 600)
            numbers[i] = 0;
    changed = gegl_buffer_new(gegl_buffer_get_extent(content), format);
    gegl_buffer_set(changed, NULL, 0, format, numbers, 0);
    g_free(numbers);
    for (int regions = 1; regions >= 0; regions--) {
        places.region_count = regions;
        GeglBuffer *one = paint(content, &places, &settings);
        GeglBuffer *two = paint(changed, &places, &settings);
        float *p = pixels_of(one), *q = pixels_of(two);
        double most = 0;
        for (int y = 0; y < 48; y++)
            for (int i = 0; i < 4 * 150; i++)
                most = MAX(most, fabs((double) p[y * 3200 + i] - q[y * 3200 + i]));
        /* not 0: what is seen of a pixel is rounded by the mean of the whole picture */
        CHECK(regions == 1 ? most < 1e-4 : most > 1e-3, "refine %d, %d regions: %g", refine,
              regions, most);
        g_free(p);
        g_free(q);
        g_object_unref(one);
        g_object_unref(two);
    }
    g_object_unref(changed);
    g_object_unref(mask);
    g_object_unref(content);
}

static void statistics_are_the_regions_own(void)
{
    check_statistics(0);
    check_statistics(3);
}

static gboolean grows(double done, gpointer user)
{
    double *last = user;
    CHECK(done >= *last && done <= 1, "%g after %g", done, *last);
    *last = done;
    return TRUE;
}

/* Before anything is done with them, and as an error like others. */
static void too_many_regions(void)
{
    GeglBuffer *content = gegl_buffer_new(GEGL_RECTANGLE(0, 0, 40, 30), babl_format("R'G'B' u8"));
    PstRegion regions[PST_REGIONS_MOST + 2];
    PstPlaces places = {.regions = regions};
    PstSettings settings;
    PstPlanSummary summary;
    pst_settings_init(&settings);
    for (guint k = 0; k < G_N_ELEMENTS(regions); k++)
        regions[k] = (PstRegion){style, {content, 0, 0}};
    for (int way = 0; way < 4; way++) {
        GError *errors[2] = {NULL};
        settings.tileable = way & 1;
        places.region_count = way & 2 ? (int) G_N_ELEMENTS(regions) : -1;
        CHECK(!pst_painting_new_places(engine, content, style, &places, &settings, NULL, NULL,
                                       &errors[0]));
        CHECK(!pst_stylize_plan_places(engine, 40, 30, &places, &settings, &summary, &errors[1]));
        for (int i = 0; i < 2; i++) {
            CHECK(g_error_matches(errors[i], PST_ERROR, PST_ERROR_USAGE), "way %d, %d", way, i);
            g_clear_error(&errors[i]);
        }
    }
    g_object_unref(content);
}

/* Four regions that overlap, and a draft that is enlarged: the same bytes for any threads and limit, at the
 * once and in parts; and the plan knows of them. */
static void regions_are_exact(void)
{
    PstSettings settings = defaults();
    PstRegion regions[PST_REGIONS_MOST];
    GError *error = NULL;
    double last = 0;
    settings.brush_size = 400;
    GeglBuffer *content = make_buffer(0, 0, 600, 200, "R'G'B'A u8");
    for (int k = 0; k < PST_REGIONS_MOST; k++)
        regions[k] = (PstRegion){k % 2 ? style : other,
                                 {.buffer = make_columns(600, 200, 100 * k, 100 * k + 150, 0.75f)}};
    PstPlaces places = {.regions = regions, .region_count = PST_REGIONS_MOST};
    GeglBuffer *one =
        pst_stylize_places(engine, content, style, &places, &settings, grows, &last, &error);
    CHECK(one != NULL && last > 0.7, "%g", last);
    settings.threads = 1;
    settings.memory = 330 << 20;
    GeglBuffer *two = paint(content, &places, &settings);
    CHECK_NEAR(difference(one, two, NULL), 0, 0);

    PstPainting *painting =
        pst_painting_new_places(engine, content, style, &places, &settings, NULL, NULL, &error);
    GeglBuffer *part =
        pst_painting_read(painting, GEGL_RECTANGLE(10, 77, 300, 50), NULL, NULL, &error);
    GeglBuffer *same =
        gegl_buffer_new(GEGL_RECTANGLE(10, 77, 300, 50), gegl_buffer_get_format(one));
    gegl_buffer_copy(one, GEGL_RECTANGLE(10, 77, 300, 50), GEGL_ABYSS_NONE, same, NULL);
    CHECK_NEAR(difference(part, same, NULL), 0, 0);
    pst_painting_free(painting);

    PstPlanSummary alone, all;
    settings.memory = 0;
    CHECK(pst_stylize_plan(engine, 600, 200, &settings, &alone, &error));
    CHECK(pst_stylize_plan_places(engine, 600, 200, &places, &settings, &all, &error));
    CHECK_NEAR(all.gflop, 5 * alone.gflop, 1e-6 * all.gflop);
    CHECK(all.bytes > alone.bytes);
    for (int k = 0; k < PST_REGIONS_MOST; k++)
        g_object_unref(regions[k].mask.buffer);
    g_object_unref(same);
    g_object_unref(part);
    g_object_unref(one);
    g_object_unref(two);
    g_object_unref(content);
}

/* A style of the buffer of this format and size. */
static PstStyle *style_of(int width, int height, int x, GError **error)
{
    PstSettings settings = defaults();
    GeglBuffer *picture = make_buffer(x, 5, width, height, "R'G'B' u8");
    float blue[] = {0.1f, 0.3f, 0.8f};
    if (x != 5) /* two colours */
        gegl_buffer_set_color_from_pixel(picture, GEGL_RECTANGLE(x, 5, width / 2, height), blue,
                                         babl_format("R'G'B' float"));
    PstStyle *made = pst_style_new_from_buffer(engine, picture, &settings, NULL, NULL, error);
    g_object_unref(picture);
    return made;
}

int main(int argc, char **argv)
{
    check_begin("places");
    gegl_init(NULL, NULL);
    GError *error = NULL;
    engine = pst_engine_new(argc > 1 ? argv[1] : NULL, &error);
    if (!CHECK(engine != NULL, "%s", error ? error->message : ""))
        return check_end();
    style = style_of(120, 77, 5, &error);
    other = style ? style_of(60, 90, 0, &error) : NULL;
    if (CHECK(other != NULL, "%s", error ? error->message : "")) {
        CHECK_RUN(a_mask_mixes);
        CHECK_RUN(a_mask_has_a_place);
        CHECK_RUN(black_keeps_wild_numbers);
        CHECK_RUN(masked_is_exact);
        CHECK_RUN(a_region_has_its_style);
        CHECK_RUN(statistics_are_the_regions_own);
        CHECK_RUN(regions_are_exact);
        CHECK_RUN(too_many_regions);
    }
    pst_style_free(style);
    pst_style_free(other);
    pst_engine_free(engine);
    gegl_exit();
    return check_end();
}
