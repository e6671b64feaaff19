/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * pst_stylize() and pst_style_*() on buffers of all kinds: what must stay, stays.
 *
 *     test-stylize WEIGHTS_FOLDER
 */
#include "buffers.h"

#include <string.h>

static PstEngine *engine;
static PstStyle *style;

static GeglBuffer *paint(GeglBuffer *content, const PstSettings *settings)
{
    GError *error = NULL;
    GeglBuffer *result = pst_stylize(engine, content, style, settings, NULL, NULL, &error);
    CHECK(result != NULL, "%s", error ? error->message : "");
    g_clear_error(&error);
    return result;
}

/* ---- Strength -------------------------------------------------------------------------------- */

static void nothing_at_strength_0(void)
{
    PstSettings settings = defaults();
    settings.strength = 0;
    GeglBuffer *content = make_buffer(0, 0, 70, 45, "R'G'B' float");
    GeglBuffer *result = paint(content, &settings);
    CHECK_NEAR(difference(content, result, NULL), 0, 1e-6);
    g_object_unref(result);
    settings.strength = 100;
    result = paint(content, &settings);
    CHECK(difference(content, result, NULL) > 0.05);
    g_object_unref(result);
    g_object_unref(content);
}

/* ---- Alpha ----------------------------------------------------------------------------------- */

/* Gives the buffer an alpha of 0, ½ and 1 in columns, and hides `hidden` where it is 0. */
static void cut_out(GeglBuffer *buffer, float hidden)
{
    float *pixels = pixels_of(buffer);
    int width = gegl_buffer_get_width(buffer);
    for (gsize i = 0; i < count_of(buffer); i++) {
        int third = 3 * (int) (i % width) / width;
        pixels[4 * i + 3] = 0.5f * (float) third;
        for (int c = 0; c < 3 && third == 0; c++)
            pixels[4 * i + c] = hidden;
    }
    gegl_buffer_set(buffer, NULL, 0, babl_format("R'G'B'A float"), pixels, 0);
    g_free(pixels);
}

static void hidden_colours_do_not_leak(void)
{
    PstSettings settings = defaults();
    GeglBuffer *black = make_buffer(0, 0, 90, 50, "R'G'B'A float");
    GeglBuffer *white = make_buffer(0, 0, 90, 50, "R'G'B'A float");
    cut_out(black, 0);
    cut_out(white, 1);
    GeglBuffer *a = paint(black, &settings), *b = paint(white, &settings);
    float *alpha = pixels_of(black), *after = pixels_of(a);
    CHECK_NEAR(difference(a, b, alpha), 0, 0);
    for (gsize i = 3; i < 4 * count_of(black); i += 4)
        CHECK_NEAR(alpha[i], after[i], 0);
    g_free(alpha);
    g_free(after);
    g_object_unref(a);
    g_object_unref(b);
    g_object_unref(black);
    g_object_unref(white);
}

/* Large enough for finish and underpainting to make much of a last digit. */
static void opaque_alpha_changes_nothing(void)
{
    PstSettings settings = defaults();
    GeglBuffer *with = make_buffer(0, 0, 240, 170, "R'G'B'A u8");
    GeglBuffer *without = make_buffer(0, 0, 240, 170, "R'G'B' u8");
    GeglBuffer *a = paint(with, &settings), *b = paint(without, &settings);
    /* one step of 8 bits, as babl may round either way */
    CHECK_NEAR(difference(a, b, NULL), 0, 1.01 / 255);
    CHECK(babl_format_has_alpha(gegl_buffer_get_format(a)));
    CHECK(!babl_format_has_alpha(gegl_buffer_get_format(b)));
    g_object_unref(a);
    g_object_unref(b);
    g_object_unref(with);
    g_object_unref(without);
}

/* ---- Colours --------------------------------------------------------------------------------- */

static void luminance_keeps_chroma(void)
{
    PstSettings settings = defaults();
    settings.keep_colours = PST_KEEP_COLOURS_LUMINANCE;
    GeglBuffer *content = make_buffer(0, 0, 64, 64, "R'G'B' float");
    GeglBuffer *result = paint(content, &settings);
    float *p = pixels_of(content), *q = pixels_of(result);
    gsize inside = 0;
    for (gsize i = 0; i < count_of(content); i++, p += 4, q += 4) {
        bool clipped = false;
        for (int c = 0; c < 3; c++)
            clipped |= q[c] <= 0 || q[c] >= 1;
        if (!clipped) {
            inside++;
            CHECK_NEAR(q[0] - q[1], p[0] - p[1], 1e-5);
            CHECK_NEAR(q[2] - q[1], p[2] - p[1], 1e-5);
        }
    }
    CHECK(inside > 100, "only %zu pixels are not clipped", inside);
    g_free(p - 4 * count_of(content));
    g_free(q - 4 * count_of(content));
    g_object_unref(content);
    g_object_unref(result);
}

/* Half of it lies halfway between nothing and all; nothing of it is as if it were off. */
static void keep_amount_mixes(void)
{
    PstSettings settings = defaults();
    GeglBuffer *content = make_buffer(0, 0, 64, 48, "R'G'B' float");
    GeglBuffer *off = paint(content, &settings);
    for (int how = PST_KEEP_COLOURS_LUMINANCE; how <= PST_KEEP_COLOURS_MATCH; how++) {
        GeglBuffer *results[3];
        settings.keep_colours = (PstKeepColours) how;
        for (int i = 0; i < 3; i++) {
            settings.keep_amount = 50 * i;
            results[i] = paint(content, &settings);
        }
        CHECK_NEAR(difference(off, results[0], NULL), 0, 0);
        CHECK(difference(off, results[2], NULL) > 0.05);
        float *none = pixels_of(results[0]), *half = pixels_of(results[1]),
              *all = pixels_of(results[2]);
        for (gsize i = 0; i < 4 * count_of(content); i++)
            if (all[i] > 0 && all[i] < 1) /* what is clipped may be beyond */
                CHECK_NEAR(half[i], (none[i] + all[i]) / 2, 1e-5);
        g_free(none);
        g_free(half);
        g_free(all);
        for (int i = 0; i < 3; i++)
            g_object_unref(results[i]);
    }
    g_object_unref(off);
    g_object_unref(content);
}

/* Another number, other strokes; the same one, the same; and of a photo that is not painted nothing. */
static void seed_moves_strokes(void)
{
    PstSettings settings = defaults();
    GeglBuffer *content = make_buffer(0, 0, 96, 64, "R'G'B' float"), *results[4];
    static const guint32 seeds[4] = {0, 1, 1, 2};
    for (int i = 0; i < 4; i++) {
        settings.seed = seeds[i];
        settings.threads = 1 + i;
        results[i] = paint(content, &settings);
    }
    CHECK(difference(results[0], results[1], NULL) > 0.02);
    CHECK_NEAR(difference(results[1], results[2], NULL), 0, 0);
    CHECK(difference(results[2], results[3], NULL) > 0.02);
    settings.strength = 0;
    GeglBuffer *photo = paint(content, &settings);
    CHECK(difference(content, photo, NULL) < 1e-5);
    g_object_unref(photo);
    for (int i = 0; i < 4; i++)
        g_object_unref(results[i]);
    g_object_unref(content);
}

/* A card of one gray gets strokes, too, and not one flat colour. */
static void even_pictures_get_strokes(void)
{
    PstSettings settings = defaults();
    GeglRectangle extent = {0, 0, 160, 120};
    GeglBuffer *card = gegl_buffer_new(&extent, babl_format("R'G'B' float"));
    GeglColor *gray = gegl_color_new("rgb(0.5, 0.5, 0.5)");
    gegl_buffer_set_color(card, &extent, gray);
    GeglBuffer *result = paint(card, &settings);
    float *pixels = pixels_of(result);
    double sum = 0, squares = 0, count = (double) count_of(card);
    for (gsize i = 0; i < count_of(card); i++) {
        sum += pixels[4 * i + 1];
        squares += (double) pixels[4 * i + 1] * pixels[4 * i + 1];
    }
    double deviation = sqrt(squares / count - sum / count * (sum / count));
    CHECK(deviation > 0.02, "a deviation of %g", deviation);
    g_free(pixels);
    g_object_unref(gray);
    g_object_unref(card);
    g_object_unref(result);
}

static void mean_of(GeglBuffer *buffer, double mean[3])
{
    float *pixels = pixels_of(buffer);
    mean[0] = mean[1] = mean[2] = 0;
    for (gsize i = 0; i < 4 * count_of(buffer); i++)
        if (i % 4 < 3)
            mean[i % 4] += pixels[i] / (double) count_of(buffer);
    g_free(pixels);
}

static void match_keeps_the_mean(void)
{
    PstSettings settings = defaults();
    GeglBuffer *content = make_buffer(0, 0, 96, 80, "R'G'B' float");
    double wanted[3], plain[3], matched[3];
    mean_of(content, wanted);
    GeglBuffer *result = paint(content, &settings);
    mean_of(result, plain);
    g_object_unref(result);
    settings.keep_colours = PST_KEEP_COLOURS_MATCH;
    result = paint(content, &settings);
    mean_of(result, matched);
    for (int c = 0; c < 3; c++)
        CHECK_NEAR(matched[c], wanted[c], 0.03); /* clipping moves it a little */
    g_object_unref(result);
    g_object_unref(content);
}

/* ---- Parts ----------------------------------------------------------------------------------- */

static gboolean same_bytes(GeglBuffer *whole, const GeglRectangle *part, GeglBuffer *piece)
{
    gsize size = (gsize) 4 * sizeof(float) * part->width * part->height;
    float *p = g_malloc(size), *q = g_malloc(size);
    const Babl *format = babl_format("R'G'B'A float");
    gegl_buffer_get(whole, part, 1.0, format, p, 0, GEGL_ABYSS_NONE);
    gegl_buffer_get(piece, part, 1.0, format, q, 0, GEGL_ABYSS_NONE);
    gboolean same = memcmp(p, q, size) == 0;
    g_free(p);
    g_free(q);
    return same;
}

/* Any part, in any order, has the bytes of the whole: also where the picture is enlarged, and where its
 * colours depend on all of it. */
static void parts_are_of_the_whole(void)
{
    static const GeglRectangle parts[] = {
        {900, 600, 150, 90}, {-20, 30, 1, 1}, {-20, 30, 300, 200}, {1150, 700, 30, 130}};
    for (int keep = 0; keep < 3; keep++) {
        PstSettings settings = defaults();
        settings.keep_colours = (PstKeepColours) keep;
        settings.brush_size = 250;
        GError *error = NULL;
        GeglBuffer *content = make_buffer(-20, 30, 1200, 800, "R'G'B'A float");
        GeglBuffer *whole = paint(content, &settings);
        PstPainting *painting =
            pst_painting_new(engine, content, style, &settings, NULL, NULL, &error);
        CHECK(painting != NULL, "%s", error ? error->message : "");
        for (gsize i = 0; i < G_N_ELEMENTS(parts) && painting && whole; i++) {
            GeglBuffer *piece = pst_painting_read(painting, &parts[i], NULL, NULL, &error);
            CHECK(piece && gegl_rectangle_equal(gegl_buffer_get_extent(piece), &parts[i]));
            CHECK(piece && same_bytes(whole, &parts[i], piece), "part %d, keep %d", (int) i, keep);
            g_clear_object(&piece);
        }
        pst_painting_free(painting);
        g_clear_object(&whole);
        g_object_unref(content);
    }
}

/* ---- Buffers of all kinds -------------------------------------------------------------------- */

static void every_format_and_place(void)
{
    static const char *const formats[] = {
        "R'G'B' u8", "R'G'B'A u16", "RGB float",        "RGBA double",  "Y' u8",
        "YA float",  "Y' u16",      "R'aG'aB'aA float", "CIE Lab float"};
    PstSettings settings = defaults();
    for (gsize i = 0; i < G_N_ELEMENTS(formats); i++) {
        GeglBuffer *content = make_buffer(-13, 21, 40, 33, formats[i]);
        GeglBuffer *result = paint(content, &settings);
        CHECK(
            gegl_rectangle_equal(gegl_buffer_get_extent(content), gegl_buffer_get_extent(result)));
        g_object_unref(result);
        g_object_unref(content);
    }
    static const int sizes[][2] = {{1, 1}, {1, 40}, {33, 1}, {2, 2}, {15, 17}};
    for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
        GeglBuffer *content = make_buffer(0, 0, sizes[i][0], sizes[i][1], "R'G'B' u8");
        GeglBuffer *result = paint(content, &settings);
        CHECK(count_of(result) == count_of(content));
        g_object_unref(result);
        g_object_unref(content);
    }
}

static void own_space_is_kept(void)
{
    PstSettings settings = defaults();
    const Babl *space = babl_space("Adobish");
    const Babl *format = babl_format_with_space("R'G'B' u8", space);
    GeglBuffer *content = gegl_buffer_new(GEGL_RECTANGLE(0, 0, 40, 40), format);
    GeglBuffer *result = paint(content, &settings);
    CHECK(babl_format_get_space(gegl_buffer_get_format(result)) == space);
    g_object_unref(result);
    g_object_unref(content);
}

static void wild_numbers_stay_apart(void)
{
    PstSettings settings = defaults();
    GeglBuffer *content = make_buffer(0, 0, 48, 48, "R'G'B' float");
    float wild[] = {NAN, INFINITY, -INFINITY, 1e30f, -5, 7};
    gegl_buffer_set(content, GEGL_RECTANGLE(10, 10, 2, 1), 0, babl_format("R'G'B' float"), wild, 0);
    GeglBuffer *result = paint(content, &settings);
    float *pixels = pixels_of(result);
    for (gsize i = 0; i < 4 * count_of(result); i++)
        CHECK(pixels[i] >= 0 && pixels[i] <= 1);
    g_free(pixels);
    g_object_unref(result);
    g_object_unref(content);
}

/* ---- Refusals and progress ------------------------------------------------------------------- */

static gboolean count_calls(double done, gpointer user)
{
    double *last = user;
    CHECK(done >= last[0] && done <= 1, "%g after %g", done, last[0]);
    last[0] = done;
    last[1]++;
    return last[1] != last[2];
}

static void progress_and_cancel(void)
{
    PstSettings settings = defaults();
    settings.keep_colours = PST_KEEP_COLOURS_MATCH;
    GeglBuffer *content = make_buffer(0, 0, 900, 700, "R'G'B' u8");
    double last[3] = {0, 0, -1};
    GError *error = NULL;
    GeglBuffer *result = pst_stylize(engine, content, style, &settings, count_calls, last, &error);
    CHECK(result && !error && last[1] >= 2, "%g calls", last[1]);
    g_clear_object(&result);
    for (int call = 1; call <= 2; call++) {
        double cancel[3] = {0, 0, call};
        result = pst_stylize(engine, content, style, &settings, count_calls, cancel, &error);
        CHECK(!result && g_error_matches(error, PST_ERROR, PST_ERROR_CANCELLED));
        CHECK(cancel[1] == call, "called again after it said stop");
        g_clear_object(&result);
        g_clear_error(&error);
    }
    g_object_unref(content);
}

static void refuse(GeglBuffer *content, const PstSettings *settings, PstError code,
                   const char *text)
{
    GError *error = NULL;
    GeglBuffer *result = pst_stylize(engine, content, style, settings, NULL, NULL, &error);
    CHECK(!result && g_error_matches(error, PST_ERROR, code), "%s", error ? error->message : "");
    CHECK(error && strstr(error->message, text), "%s", error ? error->message : "");
    g_clear_error(&error);
}

static void refusals(void)
{
    PstSettings settings = defaults();
    GeglBuffer *empty = gegl_buffer_new(GEGL_RECTANGLE(0, 0, 0, 0), babl_format("R'G'B' u8"));
    refuse(empty, &settings, PST_ERROR_FILE, "0 by 0");
    g_object_unref(empty);
    GeglBuffer *content = make_buffer(0, 0, 600, 400, "R'G'B' u8");
    settings.memory = 1000000;
    refuse(content, &settings, PST_ERROR_MEMORY, "limit is 1 MB");
    g_object_unref(content);

    GError *error = NULL;
    CHECK(!pst_style_new_from_name(engine, "nosuch", &settings, NULL, NULL, &error));
    CHECK(g_error_matches(error, PST_ERROR, PST_ERROR_USAGE) && strstr(error->message, "nosuch"));
    g_clear_error(&error);
    CHECK(!pst_engine_new("/nonexistent", &error));
    CHECK(g_error_matches(error, PST_ERROR, PST_ERROR_WEIGHTS) &&
          strstr(error->message, "/nonexistent/painter.safetensors"));
    g_clear_error(&error);
}

int main(int argc, char **argv)
{
    check_begin("stylize");
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
        CHECK_RUN(nothing_at_strength_0);
        CHECK_RUN(hidden_colours_do_not_leak);
        CHECK_RUN(opaque_alpha_changes_nothing);
        CHECK_RUN(luminance_keeps_chroma);
        CHECK_RUN(match_keeps_the_mean);
        CHECK_RUN(keep_amount_mixes);
        CHECK_RUN(seed_moves_strokes);
        CHECK_RUN(even_pictures_get_strokes);
        CHECK_RUN(parts_are_of_the_whole);
        CHECK_RUN(every_format_and_place);
        CHECK_RUN(own_space_is_kept);
        CHECK_RUN(wild_numbers_stay_apart);
        CHECK_RUN(progress_and_cancel);
        CHECK_RUN(refusals);
    }
    pst_style_free(style);
    pst_engine_free(engine);
    gegl_exit();
    return check_end();
}
