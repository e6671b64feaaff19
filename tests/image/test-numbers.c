/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers that pictures of floats can hold and pictures of bytes cannot, and pictures of which there is
 * nothing to measure.  Whatever goes in as content or as style, what comes out is finite, and what was
 * finite comes out as it went in at strength 0.  docs/inputs.md tells it to users.
 *
 *     test-numbers WEIGHTS_FOLDER
 */
#include "check.h"
#include "pastiche.h"

#include <float.h>
#include <gegl.h>

#define INFINITE 65504.0f /* what is painted in infinity's place */

static PstEngine *engine;
static PstStyle *wave_style;

/* What one component of a picture is like: a wave, and every so often one of these. */
typedef struct {
    const char *name;
    float values[4]; /* in turn */
    int every;       /* 1 = nothing else */
    bool in_alpha;
} Kind;

static const Kind kinds[] = {
    {"wave", {0.5f, 0.5f, 0.5f, 0.5f}, 1 << 20, false},
    {"NaN", {NAN, NAN, NAN, NAN}, 5, false},
    {"NaN alone", {NAN, NAN, NAN, NAN}, 1, true},
    {"infinite", {INFINITY, -INFINITY, INFINITY, 3}, 3, false},
    {"infinite alone", {INFINITY, -INFINITY, INFINITY, INFINITY}, 1, true},
    {"below black", {-0.5f, -1e6f, -FLT_MAX, -1}, 2, false},
    {"above white", {1.5f, 1e6f, FLT_MAX, 100}, 2, false},
    {"denormal", {1e-40f, -1e-42f, FLT_MIN, 1e-45f}, 1, true},
    {"black", {0, 0, 0, 0}, 1, false},
    {"white", {1, 1, 1, 1}, 1, false},
    {"transparent", {0.25f, 0.75f, 0, 0}, 1, true},
    {"alpha of NaN", {0.25f, 0.5f, 0.75f, NAN}, 1, true},
    {"alpha beyond 1", {0.25f, 0.5f, 0.75f, 7}, 1, true},
};

static float value_of(const Kind *kind, int width, int i, int c)
{
    float x = (float) (i % width), y = (float) (i / width);
    if (i % kind->every == 0 && (c < 3 || kind->in_alpha))
        return kind->values[kind->in_alpha ? c : (c + i) % 4];
    return c == 3 ? 1 : 0.5f + 0.4f * sinf(0.3f * (x + (float) c)) * cosf(0.2f * y);
}

static GeglBuffer *make_picture(const Kind *kind, int width, int height, const char *format)
{
    GeglBuffer *picture = gegl_buffer_new(GEGL_RECTANGLE(0, 0, width, height), babl_format(format));
    float *pixels = g_new(float, (gsize) 4 * width * height);
    for (int i = 0; i < width * height; i++)
        for (int c = 0; c < 4; c++)
            pixels[4 * i + c] = value_of(kind, width, i, c);
    gegl_buffer_set(picture, NULL, 0, babl_format("R'G'B'A float"), pixels, GEGL_AUTO_ROWSTRIDE);
    g_free(pixels);
    return picture;
}

static float *pixels_of(GeglBuffer *picture)
{
    int width = gegl_buffer_get_width(picture), height = gegl_buffer_get_height(picture);
    float *pixels = g_new(float, (gsize) 4 * width * height);
    gegl_buffer_get(picture, NULL, 1, babl_format("R'G'B'A float"), pixels, GEGL_AUTO_ROWSTRIDE,
                    GEGL_ABYSS_NONE);
    return pixels;
}

static bool all_finite(GeglBuffer *picture)
{
    gsize count = (gsize) 4 * gegl_buffer_get_width(picture) * gegl_buffer_get_height(picture);
    float *pixels = pixels_of(picture);
    bool good = true;
    for (gsize i = 0; i < count; i++)
        good = good && isfinite(pixels[i]);
    g_free(pixels);
    return good;
}

static PstSettings settings_of(double strength)
{
    PstSettings settings;
    pst_settings_init(&settings);
    settings.threads = 2;
    settings.strength = strength;
    return settings;
}

/* Paints, and looks whether the result is whole and finite.  Free with g_object_unref(). */
static GeglBuffer *paint(GeglBuffer *content, const PstStyle *style, const PstSettings *settings,
                         const char *what)
{
    GError *error = NULL;
    GeglBuffer *result = pst_stylize(engine, content, style, settings, NULL, NULL, &error);
    if (CHECK(result, "%s: %s", what, error ? error->message : "")) {
        CHECK(
            gegl_rectangle_equal(gegl_buffer_get_extent(result), gegl_buffer_get_extent(content)));
        CHECK(all_finite(result), "%s, strength %g, keep colours %d", what, settings->strength,
              settings->keep_colours);
    }
    g_clear_error(&error);
    return result;
}

static PstStyle *style_of(const Kind *kind, int width, int height)
{
    GError *error = NULL;
    PstSettings settings = settings_of(100);
    GeglBuffer *picture = make_picture(kind, width, height, "R'G'B'A float");
    PstStyle *style = pst_style_new_from_buffer(engine, picture, &settings, NULL, NULL, &error);
    CHECK(style, "%s: %s", kind->name, error ? error->message : "");
    g_clear_error(&error);
    g_object_unref(picture);
    return style;
}

/* ---- Contents -------------------------------------------------------------------------------- */

static void contents(void)
{
    static const double strengths[] = {0, 15, 100, 150};
    static const char *const formats[] = {"R'G'B'A float", "R'aG'aB'aA float", "RGBA half"};
    for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++) {
        for (int i = 0; i < 12; i++) {
            PstSettings settings = settings_of(strengths[i / 3]);
            settings.keep_colours = (PstKeepColours) (i % 3);
            settings.mode = (PstMode) (i % 2);
            GeglBuffer *content = make_picture(&kinds[k], 37, 21, formats[(i + k) % 3]);
            GeglBuffer *result = paint(content, wave_style, &settings, kinds[k].name);
            g_clear_object(&result);
            g_object_unref(content);
        }
    }
}

static void expect_same(const Kind *kind, GeglBuffer *content, GeglBuffer *result)
{
    float *before = pixels_of(content), *after = pixels_of(result);
    for (int i = 0; i < 4 * 37 * 21; i++) {
        float expected = isnan(before[i])   ? 0
                         : isinf(before[i]) ? copysignf(INFINITE, before[i])
                                            : before[i];
        if (!CHECK(after[i] == expected, "%s: %g became %g", kind->name, before[i], after[i]))
            break;
    }
    g_free(before);
    g_free(after);
}

static void strength_0_keeps_what_is_finite(void)
{
    PstSettings settings = settings_of(0);
    for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++) {
        GeglBuffer *content = make_picture(&kinds[k], 37, 21, "R'G'B'A float");
        GeglBuffer *result = paint(content, wave_style, &settings, kinds[k].name);
        if (result)
            expect_same(&kinds[k], content, result);
        g_clear_object(&result);
        g_object_unref(content);
    }
}

/* ---- Styles ---------------------------------------------------------------------------------- */

static void styles(void)
{
    for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++) {
        PstStyle *style = style_of(&kinds[k], 40, 33);
        PstSettings settings = settings_of(100);
        settings.keep_colours = (PstKeepColours) (k % 3);
        GeglBuffer *content = make_picture(&kinds[0], 50, 40, "R'G'B' u8");
        GeglBuffer *result = style ? paint(content, style, &settings, kinds[k].name) : NULL;
        g_clear_object(&result);
        g_object_unref(content);
        pst_style_free(style);
    }
}

static void suitability(void)
{
    for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++) {
        PstSuit suit;
        GeglBuffer *content = make_picture(&kinds[k], 31, 17, "R'G'B'A float");
        PstSubject *subject = pst_subject_new(content, NULL);
        PstStyle *style = style_of(&kinds[G_N_ELEMENTS(kinds) - 1 - k], 20, 20);
        if (CHECK(subject && style))
            CHECK(pst_subject_suits(subject, style, &suit, NULL) && suit.score >= 0 &&
                      suit.score <= 100 && isfinite(suit.strength) && isfinite(suit.brush_size),
                  "%s", kinds[k].name);
        pst_style_free(style);
        pst_subject_free(subject);
        g_object_unref(content);
    }
}

/* ---- Sizes and limits ------------------------------------------------------------------------ */

static void sizes(void)
{
    static const int all[][2] = {{1, 1}, {1, 2}, {2, 1}, {1, 700}, {900, 1}, {3, 2}, {17, 1}};
    static const char *const limits[] = {
        "",
        "brush-size=25",
        "brush-size=400",
        "brush-size=1px",
        "brush-size=10000px",
        "strength=150;keep-colours=match",
        "threads=256",
        "mode=photo",
        "tileable=yes",
        "smooth=100",
    };
    for (size_t s = 0; s < G_N_ELEMENTS(all); s++) {
        PstStyle *style = style_of(&kinds[s % 2 ? 0 : 9], all[s][1], all[s][0]);
        for (size_t l = 0; style && l < G_N_ELEMENTS(limits); l++) {
            PstSettings settings = settings_of(100);
            GeglBuffer *content = make_picture(&kinds[0], all[s][0], all[s][1], "R'G'B' u8");
            CHECK(pst_settings_set_all(&settings, limits[l], NULL));
            settings.result_bits = (int) (l % 3) * 8;
            GeglBuffer *result = paint(content, style, &settings, limits[l]);
            g_clear_object(&result);
            g_object_unref(content);
        }
        pst_style_free(style);
    }
}

static void refined(void)
{
    for (size_t k = 1; k < G_N_ELEMENTS(kinds); k += 2) {
        PstSettings settings = settings_of(100);
        settings.refine.iterations = 2;
        PstStyle *style = style_of(&kinds[k], 40, 33);
        GeglBuffer *content = make_picture(&kinds[k], 33, 40, "R'G'B'A float");
        GeglBuffer *result = style ? paint(content, style, &settings, kinds[k].name) : NULL;
        g_clear_object(&result);
        g_object_unref(content);
        pst_style_free(style);
    }
}

int main(int argc, char **argv)
{
    check_begin("numbers");
    gegl_init(NULL, NULL);
    GError *error = NULL;
    engine = pst_engine_new(argc > 1 ? argv[1] : NULL, &error);
    if (!CHECK(engine, "%s", error ? error->message : ""))
        return check_end();
    wave_style = style_of(&kinds[0], 60, 50);
    if (wave_style) {
        CHECK_RUN(contents);
        CHECK_RUN(strength_0_keeps_what_is_finite);
        CHECK_RUN(styles);
        CHECK_RUN(suitability);
        CHECK_RUN(sizes);
        CHECK_RUN(refined);
    }
    pst_style_free(wave_style);
    pst_engine_free(engine);
    gegl_exit();
    return check_end();
}
