/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is laid in before the painter paints.
 *
 *     test-underpainting WEIGHTS_FOLDER
 */
#include "buffers.h"
#include "image/engine.h"
#include "image/paint/underpainting.h"
#include "image/style/style.h"

#include <glib/gstdio.h>
#include <string.h>

#define WIDTH  320
#define HEIGHT 200

static PstEngine *engine;
static PstStyle *style;

static double contrast = 0.5; /* of the photo */

/* A photo of grays, so that every hue is the style's, with shapes that apart() can tell from each other. */
static GeglBuffer *make_photo(void)
{
    GeglBuffer *photo =
        gegl_buffer_new(GEGL_RECTANGLE(0, 0, WIDTH, HEIGHT), babl_format("Y' float"));
    float *values = g_new(float, WIDTH *HEIGHT);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        double x = i % WIDTH, y = i / WIDTH; /* NOLINT */
        values[i] = (float) (0.3 + contrast * y / HEIGHT + 0.15 * sin(x / 18) * cos(y / 14));
    }
    gegl_buffer_set(photo, NULL, 0, babl_format("Y' float"), values, 0);
    g_free(values);
    return photo;
}

/* Bands of blue, green and orange, with some grain. */
static GeglBuffer *make_painting(void)
{
    GeglBuffer *painting =
        gegl_buffer_new(GEGL_RECTANGLE(0, 0, 160, 160), babl_format("R'G'B' float"));
    const float bands[3][3] = {{0.2f, 0.3f, 0.8f}, {0.3f, 0.6f, 0.3f}, {0.9f, 0.5f, 0.1f}};
    float *values = g_new(float, 3 * 160 * 160);
    for (int i = 0; i < 160 * 160; i++) {
        float grain = (float) check_between(-100, 100) / 1000;
        const float *hue = bands[i / 160 * 3 / 160];
        for (int c = 0; c < 3; c++)
            values[3 * i + c] = hue[c] + grain;
    }
    gegl_buffer_set(painting, NULL, 0, babl_format("R'G'B' float"), values, 0);
    g_free(values);
    return painting;
}

/* By an engine that may have painted it before. */
static float *painted_again(const PstEngine *by, const PstStyle *in, PstSettings settings)
{
    GError *error = NULL;
    GeglBuffer *photo = make_photo();
    GeglBuffer *result = pst_stylize(by, photo, in, &settings, NULL, NULL, &error);
    float *pixels = NULL;
    if (CHECK(result != NULL, "%s", error ? error->message : ""))
        pixels = pixels_of(result);
    g_clear_error(&error);
    g_clear_object(&result);
    g_object_unref(photo);
    return pixels;
}

static float *painted(const PstEngine *by, const PstStyle *in, PstSettings settings)
{
    pst_memo_forget(by->memo);
    return painted_again(by, in, settings);
}

static PstSettings settings_with(double underpainting)
{
    PstSettings settings;
    pst_settings_init(&settings);
    settings.underpainting = underpainting;
    return settings;
}

static bool same(const float *a, const float *b)
{
    return a && b && memcmp(a, b, sizeof(float) * 4 * WIDTH * HEIGHT) == 0;
}

/* How far two pictures are apart in the large: means of squares of 20 pixels. */
static double apart(const float *a, const float *b)
{
    enum { SIDE = 20 };
    double sum = 0;
    for (int y = 0; y < HEIGHT; y += SIDE) {
        for (int x = 0; x < WIDTH; x += SIDE) {
            for (int c = 0; c < 3; c++) {
                double difference = 0;
                for (int i = 0; i < SIDE * SIDE; i++) {
                    int at = 4 * ((y + i / SIDE) * WIDTH + x + i % SIDE) + c;
                    difference += (double) a[at] - b[at];
                }
                sum += fabs(difference);
            }
        }
    }
    return sum / (3 * WIDTH * HEIGHT);
}

/* In the large, a picture is what Refine makes of its thumbnail. */
static void it_is_what_refine_makes(void)
{
    PstSettings refined = settings_with(0);
    refined.refine.iterations = 20;
    float *none = painted(engine, style, settings_with(0));
    float *some = painted(engine, style, settings_with(100));
    float *aim = painted(engine, style, refined);
    if (none && some && aim)
        CHECK(apart(some, aim) < 0.9 * apart(none, aim), "%g instead of %g apart", apart(some, aim),
              apart(none, aim));
    g_free(none);
    g_free(some);
    g_free(aim);
}

static void threads_and_memory_change_nothing(void)
{
    PstSettings settings = settings_with(100);
    settings.threads = 1;
    float *one = painted(engine, style, settings);
    settings.threads = 3;
    float *three = painted(engine, style, settings);
    settings.memory = 100000000;
    float *little = painted(engine, style, settings);
    CHECK(same(one, three), "threads");
    CHECK(same(one, little), "memory");
    g_free(one);
    g_free(three);
    g_free(little);
}

/* As from a file of an older version: the same style, of which less is known. */
static PstStyle *make_older(void)
{
    GError *error = NULL;
    PstSettings settings = settings_with(100);
    PstStyle *older = pst_style_new_refinable(engine, style, &settings, NULL, NULL, &error);
    if (CHECK(older != NULL, "%s", error ? error->message : "")) {
        PstStyleSource *source = older->sources->pdata[0];
        for (int i = 0; i < source->impression->count; i++)
            g_clear_pointer(&source->impression->layers[i].coarse, g_free);
    }
    g_clear_error(&error);
    return older;
}

/* What is remembered is what would be made; and what would be another is not what is remembered. */
static void others_are_made_anew(void)
{
    GError *error = NULL;
    PstSettings plain = settings_with(100);
    g_object_unref(make_painting());
    GeglBuffer *painting = make_painting(); /* with other grain than the style's */
    PstStyle *other = pst_style_new_from_buffer(engine, painting, &plain, NULL, NULL, &error);
    PstStyle *older = make_older();
    CHECK(other != NULL, "%s", error ? error->message : "");
    for (int k = 0; k < 6 && other && older; k++) {
        PstSettings settings = settings_with(100);
        const PstStyle *in = k == 3 ? other : k == 5 ? older : style;
        settings.strength = k == 1 ? 60 : 100;
        settings.seed = k == 2 ? 7 : 0;
        g_free(painted(engine, style, settings_with(100)));
        contrast = k == 4 ? 0.4 : 0.5;
        guint before = pst_engine_remembered(engine);
        float *again = painted_again(engine, in, settings);
        guint remembered = pst_engine_remembered(engine) - before;
        CHECK(remembered == (k < 2), "case %d: %u", k, remembered);
        float *anew = painted(engine, in, settings);
        CHECK(same(again, anew), "case %d", k);
        g_free(again);
        g_free(anew);
        contrast = 0.5;
    }
    pst_style_free(older);
    pst_style_free(other);
    g_object_unref(painting);
    g_clear_error(&error);
}

/* Refine has coarse scales of its own, and a photo that is to stay one gets no shapes. */
static void others_have_none(void)
{
    for (int k = 0; k < 2; k++) {
        PstSettings with = settings_with(100), without = settings_with(0);
        with.refine.iterations = without.refine.iterations = k == 0 ? 2 : 0;
        with.mode = without.mode = k == 0 ? PST_MODE_PAINTING : PST_MODE_PHOTO;
        float *a = painted(engine, style, with), *b = painted(engine, style, without);
        CHECK(same(a, b), "case %d", k);
        g_free(a);
        g_free(b);
    }
}

/* A kept style knows as much as it takes; one that nothing was looked at for is painted without. */
static void kept_styles(void)
{
    GError *error = NULL;
    PstSettings settings = settings_with(100);
    float *own = painted(engine, style, settings);
    PstStyle *known = pst_style_new_refinable(engine, style, &settings, NULL, NULL, &error);
    GBytes *bytes[2] = {pst_style_to_bytes(style), pst_style_to_bytes(known)};
    for (int k = 0; k < 2; k++) {
        PstStyle *kept = pst_style_new_from_bytes(engine, bytes[k], &error);
        if (CHECK(kept != NULL, "%s", error ? error->message : "")) {
            float *with = painted(engine, kept, settings_with(100));
            float *without = painted(engine, kept, settings_with(0));
            CHECK(same(with, without) == (k == 0), "kept style %d", k);
            CHECK(same(with, own) == (k == 1), "kept style %d paints as its picture", k);
            g_free(with);
            g_free(without);
        }
        pst_style_free(kept);
        g_bytes_unref(bytes[k]);
    }
    pst_style_free(known);
    g_clear_error(&error);
    g_free(own);
}

static void weights_without_a_critic(const char *weights)
{
    char *folder = g_dir_make_tmp("pastiche-XXXXXX", NULL);
    char *from = g_canonicalize_filename("painter.safetensors", weights);
    char *to = g_build_filename(folder, "painter.safetensors", NULL), *contents;
    gsize length;
    CHECK(g_file_get_contents(from, &contents, &length, NULL) &&
          g_file_set_contents(to, contents, (gssize) length, NULL));
    PstEngine *bare = pst_engine_new(folder, NULL);
    if (CHECK(bare != NULL)) {
        GeglBuffer *painting = make_painting();
        PstSettings settings = settings_with(100);
        PstStyle *its = pst_style_new_from_buffer(bare, painting, &settings, NULL, NULL, NULL);
        float *with = painted(bare, its, settings);
        float *without = painted(bare, its, settings_with(0));
        CHECK(same(with, without));
        g_free(with);
        g_free(without);
        pst_style_free(its);
        g_object_unref(painting);
    }
    pst_engine_free(bare);
    g_remove(to);
    g_rmdir(folder);
    g_free(contents);
    g_free(from);
    g_free(to);
    g_free(folder);
}

enum { SMALL = 16, LARGE = 96 };

/* Dark on the left, bright on the right. */
static float photo_at(int x, int width)
{
    return 2 * x < width ? 0.25f : 0.75f;
}

/* An underpainting of two colours, one for each half of a photo of two halves, on a draft of one colour with a grain. */
static void settled(PstDraft *large)
{
    PstDraft small;
    PstUnderpainting under = {.colours = {.planes = NULL}};
    GeglRectangle extent = {0, 0, SMALL, SMALL};
    GeglBuffer *photo = gegl_buffer_new(&extent, babl_format("R'G'B'A float"));
    float pixels[SMALL * SMALL][4];
    CHECK(pst_draft_init(&small, PST_MODE_PAINTING, SMALL, SMALL, LARGE, LARGE));
    for (int i = 0; i < SMALL * SMALL; i++) {
        for (int c = 0; c < 3; c++) {
            pixels[i][c] = photo_at(i % SMALL, SMALL);
            pst_draft_row(&small, c, 0)[i] = (c == 0) == (2 * (i % SMALL) < SMALL) ? 0.7f : 0.2f;
        }
        pixels[i][3] = 1;
    }
    for (int i = 0; i < LARGE * LARGE; i++) {
        for (int c = 0; c < 3; c++)
            pst_draft_row(large, c, 0)[i] = i % 2 ? 0.5f : 0.4f;
        pst_draft_row(large, PST_DRAFT_LUMA, 0)[i] = photo_at(i % LARGE, LARGE);
    }
    gegl_buffer_set(photo, NULL, 0, babl_format("R'G'B'A float"), pixels, GEGL_AUTO_ROWSTRIDE);
    PstReader reader;
    CHECK(pst_reader_open(&reader, photo, NULL));
    CHECK(pst_underpainting_take(&under, &small, &reader, NULL));
    pst_reader_close(&reader);
    CHECK(pst_underpainting_settle(&under, 1, large, 2, NULL));
    pst_underpainting_clear(&under);
    pst_draft_clear(&small);
    g_object_unref(photo);
}

/* Each half has its colour, up to where the photo's edge is, and its own grain. */
static void colours_settle(void)
{
    PstDraft large;
    CHECK(pst_draft_init(&large, PST_MODE_PAINTING, LARGE, LARGE, LARGE, LARGE));
    settled(&large);
    for (int c = 0; c < 3; c++) {
        for (int y = 0; y < LARGE; y += 5) {
            const float *row = pst_draft_row(&large, c, y);
            for (int x = 0; x + 1 < LARGE; x += 2) {
                bool near = abs(x - LARGE / 2) < 4;
                double wanted = (c == 0) == (2 * x < LARGE) ? 0.7 : 0.2;
                CHECK_NEAR((row[x] + row[x + 1]) / 2, wanted, near ? 0.15 : 0.08);
                CHECK_NEAR(row[x + 1] - row[x], 0.1, 0.02);
            }
        }
    }
    pst_draft_clear(&large);
}

int main(int argc, char **argv)
{
    check_begin("underpainting");
    gegl_init(NULL, NULL);
    GError *error = NULL;
    PstSettings settings = settings_with(100);
    engine = pst_engine_new(argc > 1 ? argv[1] : NULL, &error);
    if (!CHECK(engine != NULL, "%s", error ? error->message : ""))
        return check_end();
    GeglBuffer *painting = make_painting();
    style = pst_style_new_from_buffer(engine, painting, &settings, NULL, NULL, NULL);
    g_object_unref(painting);
    if (CHECK(style != NULL)) {
        CHECK_RUN(colours_settle);
        CHECK_RUN(it_is_what_refine_makes);
        CHECK_RUN(threads_and_memory_change_nothing);
        CHECK_RUN(others_are_made_anew);
        CHECK_RUN(others_have_none);
        CHECK_RUN(kept_styles);
        weights_without_a_critic(argc > 1 ? argv[1] : "weights");
    }
    pst_style_free(style);
    pst_engine_free(engine);
    gegl_exit();
    return check_end();
}
