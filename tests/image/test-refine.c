/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Refine on small pictures: it changes what it should, the same for any number of threads, and refuses
 * what it cannot do before it starts.
 *
 *     test-refine WEIGHTS_FOLDER
 */
#include "check.h"
#include "image/refine/critic.h"
#include "nn/optimise/nearest.h"
#include "pastiche.h"

#include <gegl.h>

#define WIDTH  120
#define HEIGHT 72

static PstEngine *engine;
static PstStyle *style;

static GeglBuffer *make_picture(int width, int height, float coarse)
{
    GeglRectangle extent = {0, 0, width, height};
    GeglBuffer *buffer = gegl_buffer_new(&extent, babl_format("R'G'B' float"));
    float *pixels = g_new(float, (gsize) 3 * width * height);
    for (int i = 0; i < 3 * width * height; i++) {
        float x = (float) (i / 3 % width), y = (float) (i / 3 / width), c = (float) (i % 3);
        pixels[i] = 0.5f + 0.4f * sinf(coarse * (x + 7 * c)) * cosf(0.8f * coarse * (y - 3 * c));
    }
    gegl_buffer_set(buffer, &extent, 0, babl_format("R'G'B' float"), pixels, 0);
    g_free(pixels);
    return buffer;
}

static PstSettings settings_of(const char *text)
{
    PstSettings settings;
    GError *error = NULL;
    pst_settings_init(&settings);
    settings.threads = 2;
    CHECK(pst_settings_set_all(&settings, text, &error), "%s", error ? error->message : "");
    g_clear_error(&error);
    return settings;
}

/* Of a critic's first layer, the mean deviation of its channels, and of its patches' first channel. */
static void see(GeglBuffer *picture, double *deviation, double *patches)
{
    GError *error = NULL;
    PstSettings settings = settings_of("");
    PstSeeing seeing = {.patches = TRUE, .threads = 2};
    PstCritic *critic = pst_critic_new(engine, &settings, NULL, &error);
    PstStyle *seen = pst_style_new_from_buffer(engine, picture, &settings, NULL, NULL, &error);
    PstImpression *impression = pst_critic_see(critic, seen, &seeing, &error);
    *deviation = *patches = 0;
    if (CHECK(impression, "%s", error ? error->message : "")) {
        const PstImpressionLayer *layer = &impression->layers[0];
        g_autofree float *moments = pst_impression_moments(layer);
        for (int c = 0; c < layer->channels; c++)
            *deviation += moments[layer->channels + c] / layer->channels;
        for (int i = 0; i < PST_PATCHES; i++)
            *patches += pow(layer->patches[i * layer->channels] - moments[0], 2) / PST_PATCHES;
    }
    pst_impression_unref(impression);
    pst_style_free(seen);
    pst_critic_free(critic);
    g_clear_error(&error);
}

/* What is transparent in a style is no part of it. */
static void transparent_style(void)
{
    double alone[2], wide[2];
    GeglBuffer *part = make_picture(WIDTH, WIDTH, 0.4f);
    GeglBuffer *whole =
        gegl_buffer_new(GEGL_RECTANGLE(0, 0, 4 * WIDTH, WIDTH), babl_format("R'G'B'A float"));
    gegl_buffer_copy(part, NULL, GEGL_ABYSS_NONE, whole, NULL);
    see(part, &alone[0], &alone[1]);
    see(whole, &wide[0], &wide[1]);
    for (int i = 0; i < 2; i++)
        CHECK_NEAR(wide[i], alone[i], 0.1 * alone[i]);
    g_object_unref(part);
    g_object_unref(whole);
}

/* The result as floats, or NULL and an error of this code whose message has `says` in it. */
static float *painted(const char *text, int threads, int code, const char *says)
{
    GeglBuffer *photo = make_picture(WIDTH, HEIGHT, 0.13f);
    PstSettings settings = settings_of(text);
    GError *error = NULL;
    settings.threads = threads;
    GeglBuffer *result = pst_stylize(engine, photo, style, &settings, NULL, NULL, &error);
    float *pixels = NULL;
    if (code == 0 && CHECK(result, "%s: %s", text, error ? error->message : "")) {
        pixels = g_new(float, 3 * WIDTH * HEIGHT);
        gegl_buffer_get(result, NULL, 1.0, babl_format("R'G'B' float"), pixels, 0, GEGL_ABYSS_NONE);
    } else if (code) {
        CHECK(!result && g_error_matches(error, PST_ERROR, code), "%s", text);
        CHECK(error && strstr(error->message, says), "%s: %s", text, error ? error->message : "");
    }
    g_clear_error(&error);
    g_clear_object(&result);
    g_object_unref(photo);
    return pixels;
}

static double distance(const float *a, const float *b)
{
    double sum = 0;
    for (int i = 0; a && b && i < 3 * WIDTH * HEIGHT; i++)
        sum += fabs((double) a[i] - b[i]);
    return sum / (3 * WIDTH * HEIGHT);
}

static void changes(void)
{
    float *plain = painted("", 2, 0, NULL), *refined = painted("refine=6", 1, 0, NULL);
    float *again = painted("refine=6", 3, 0, NULL);
    float *other = painted("refine=6;optimiser=adam;style-loss=sliced", 2, 0, NULL);
    float *noise = painted("refine=3;refine-from=noise", 2, 0, NULL);
    float *content = painted("refine=9;refine-from=photo;style-weight=0;tv=0", 2, 0, NULL);
    float *photo = painted("strength=0;refine=6", 2, 0, NULL);
    CHECK(distance(plain, refined) > 0.003, "%g", distance(plain, refined));
    CHECK(distance(plain, other) > 0.003, "%g", distance(plain, other));
    CHECK(distance(noise, plain) > 0.1, "%g", distance(noise, plain));
    CHECK(distance(refined, again) == 0, "threads change the result");
    /* with no style to follow, the photo is the best there is */
    CHECK(distance(photo, content) < 0.02, "%g", distance(photo, content));
    float *all[] = {plain, refined, again, other, noise, content, photo};
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        g_free(all[i]);
}

static void refusals(void)
{
    painted("refine=5;style-layers=relu9_9", 1, PST_ERROR_USAGE, "relu9_9");
    painted("refine=5;content-layers=relu4_1*0", 1, PST_ERROR_USAGE, "weight");
    painted("refine=5;critic=/nowhere", 1, PST_ERROR_WEIGHTS, "/nowhere");
    painted("refine=5;memory=3M", 1, PST_ERROR_MEMORY, "Refine");
    PstSettings settings = settings_of("refine=5;memory=3M");
    PstPlanSummary summary, without;
    GError *error = NULL;
    CHECK(!pst_stylize_plan(engine, WIDTH, HEIGHT, &settings, &summary, &error));
    CHECK(g_error_matches(error, PST_ERROR, PST_ERROR_MEMORY));
    g_clear_error(&error);
    settings = settings_of("refine=5");
    CHECK(pst_stylize_plan(engine, WIDTH, HEIGHT, &settings, &summary, &error));
    settings = settings_of("");
    CHECK(pst_stylize_plan(engine, WIDTH, HEIGHT, &settings, &without, &error));
    CHECK(summary.gflop > without.gflop && summary.bytes > without.bytes);
}

/* As it comes back from a style file. */
static PstStyle *filed(const PstStyle *from)
{
    GError *error = NULL;
    GBytes *bytes = pst_style_to_bytes(from);
    PstStyle *read = pst_style_new_from_bytes(engine, bytes, &error);
    CHECK(read, "%s", error ? error->message : "");
    g_clear_error(&error);
    g_bytes_unref(bytes);
    return read;
}

static PstStyle *refinable(const PstStyle *from)
{
    GError *error = NULL;
    PstSettings settings = settings_of("");
    PstStyle *made = pst_style_new_refinable(engine, from, &settings, NULL, NULL, &error);
    CHECK(made, "%s", error ? error->message : "");
    g_clear_error(&error);
    return made;
}

/* A style file has no picture: Refine aims at what the critic had seen, where it has that. */
static void style_file(void)
{
    PstStyle *whole = style, *seen = refinable(whole), *file = filed(seen), *bare = filed(whole);
    PstStyle *again = refinable(file), *twice = filed(again);
    static const char *const looks[] = {"refine=6;style-loss=both;refine-from=draft",
                                        "refine=6;style-loss=sliced;refine-from=draft", "refine=6"};
    for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
        float *results[5];
        PstStyle *styles[] = {whole, seen, file, twice};
        for (size_t k = 0; k < G_N_ELEMENTS(styles); k++) {
            style = styles[k];
            results[k] = painted(looks[i], 2, 0, NULL);
        }
        results[4] = painted("", 2, 0, NULL);
        CHECK(distance(results[0], results[1]) == 0);
        for (size_t k = 2; k < 4; k++) {
            double apart = distance(results[0], results[k]), all = distance(results[0], results[4]);
            CHECK(apart < 0.1 * all, "%s, %zu: %g of %g", looks[i], k, apart, all);
        }
        for (size_t k = 0; k < G_N_ELEMENTS(results); k++)
            g_free(results[k]);
    }
    style = bare;
    painted("refine=5", 1, PST_ERROR_USAGE, "nothing of it");
    style = file;
    painted("refine=5;style-layers=relu2_1,conv3_1", 1, PST_ERROR_USAGE, "for other layers");
    style = whole;
    PstStyle *all[] = {seen, file, bare, again, twice};
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        pst_style_free(all[i]);
}

/* Mixes of styles with a picture, with an impression, and with neither. */
static void mixes(void)
{
    PstStyle *whole = style, *seen = refinable(whole), *file = filed(seen), *bare = filed(whole);
    style = pst_style_new_mixed((const PstStyle *const[]){whole, file}, (double[]){1, 2}, 2);
    float *mixed = painted("refine=4", 1, 0, NULL);
    PstStyle *kept = refinable(style);
    pst_style_free(style);
    style = filed(kept);
    float *again = painted("refine=4", 1, 0, NULL);
    pst_style_free(style);
    style = whole;
    float *plain = painted("", 1, 0, NULL);
    CHECK(distance(mixed, again) < 0.1 * distance(mixed, plain), "%g", distance(mixed, again));
    style = pst_style_new_mixed((const PstStyle *const[]){whole, bare}, (double[]){1, 2}, 2);
    painted("refine=4", 1, PST_ERROR_USAGE, "nothing of it");
    PstStyle *still = refinable(style); /* there is nothing to see, and that is no error */
    PstStyle *all[] = {style, seen, file, bare, kept, still};
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        pst_style_free(all[i]);
    style = whole;
    g_free(mixed);
    g_free(again);
    g_free(plain);
}

/* With no style to follow a photo stays what it is, through all scales and octaves. */
static void stays(int width, int height, const char *text)
{
    GeglBuffer *photo = make_picture(width, height, 0.05f);
    PstSettings settings = settings_of(text);
    GError *error = NULL;
    GeglBuffer *result = pst_stylize(engine, photo, style, &settings, NULL, NULL, &error);
    if (CHECK(result, "%s", error ? error->message : "")) {
        gsize count = (gsize) 3 * width * height;
        float *a = g_new(float, 2 * count), *b = a + count;
        double sum = 0;
        gegl_buffer_get(photo, NULL, 1.0, babl_format("R'G'B' float"), a, 0, GEGL_ABYSS_NONE);
        gegl_buffer_get(result, NULL, 1.0, babl_format("R'G'B' float"), b, 0, GEGL_ABYSS_NONE);
        for (gsize i = 0; i < count; i++)
            sum += fabs((double) a[i] - b[i]);
        CHECK(sum / (double) count < 0.02, "%s: %g", text, sum / (double) count);
        g_free(a);
        g_object_unref(result);
    }
    g_clear_error(&error);
    g_object_unref(photo);
}

/* Each seed has another result, and always the same. */
static void seeds(void)
{
    float *none = painted("refine=4", 2, 0, NULL), *one = painted("refine=4;seed=1", 2, 0, NULL);
    float *again = painted("refine=4;seed=1", 1, 0, NULL),
          *two = painted("refine=4;seed=2", 2, 0, NULL);
    CHECK(distance(one, again) == 0);
    CHECK(distance(none, one) > 0.003, "%g", distance(none, one));
    CHECK(distance(one, two) > 0.003, "%g", distance(one, two));
    float *all[] = {none, one, again, two};
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        g_free(all[i]);
}

/* A photo that is to stay one is not refined. */
static void photo(void)
{
    float *plain = painted("mode=photo", 2, 0, NULL),
          *refined = painted("mode=photo;refine=4", 2, 0, NULL);
    CHECK(distance(plain, refined) == 0);
    g_free(plain);
    g_free(refined);
}

/* Large enough that a coarser scale goes first, and that an octave follows. */
static void scales(void)
{
    stays(353, 337, "refine=2;style-weight=0;tv=0;memory=1G");
    stays(1000, 90, "refine=4;style-weight=0;tv=0;memory=1G");
    stays(1000, 90,
          "refine=4;style-weight=0;tv=0;memory=1G;refine-from=photo;style-loss=both;detail=0");
}

static gboolean stop(double done, gpointer user)
{
    int *calls = user;
    CHECK(done >= 0 && done <= 1, "%g", done);
    return ++*calls < 3;
}

/* Says so when Refine, which is nearly all of the work, has begun, and counts how often it is told of it
 * afterwards: each time that is 30 ms of work at least. */
static gboolean enough(double done, gpointer user)
{
    int *calls = user;
    *calls += done > 0.01 && done < 0.7;
    return *calls > 0 ? PST_ENOUGH : TRUE;
}

static void enough_is_enough(void)
{
    GeglBuffer *photo = make_picture(WIDTH * 4, HEIGHT * 4, 0.1f);
    PstSettings settings = settings_of("refine=1000");
    GError *error = NULL;
    int calls = 0;
    GeglBuffer *result = pst_stylize(engine, photo, style, &settings, enough, &calls, &error);
    CHECK(result, "%s", error ? error->message : "");
    CHECK(calls >= 1 && calls <= 2, "%d", calls);
    g_clear_error(&error);
    g_clear_object(&result);
    g_object_unref(photo);
}

static gboolean enough_already(double done, gpointer user)
{
    (void) done, (void) user;
    return PST_ENOUGH;
}

/* Before anything was optimised: what it starts from is no result where that is noise. */
static void enough_of_noise(void)
{
    GeglBuffer *photo = make_picture(WIDTH * 4, HEIGHT * 4, 0); /* even */
    PstSettings settings = settings_of("refine=1000;refine-from=noise");
    GError *error = NULL;
    GeglBuffer *result = pst_stylize(engine, photo, style, &settings, enough_already, NULL, &error);
    if (CHECK(result, "%s", error ? error->message : "")) {
        float row[3 * WIDTH * 4], least = 1, most = 0;
        gegl_buffer_get(result, GEGL_RECTANGLE(0, HEIGHT, WIDTH * 4, 1), 1,
                        babl_format("R'G'B' float"), row, 0, GEGL_ABYSS_NONE);
        for (int i = 0; i < WIDTH * 4; i++) {
            least = MIN(least, row[3 * i]);
            most = MAX(most, row[3 * i]);
        }
        CHECK(most - least < 0.05, "from %g to %g", least, most);
    }
    g_clear_error(&error);
    g_clear_object(&result);
    g_object_unref(photo);
}

static void cancelling(void)
{
    GeglBuffer *photo = make_picture(WIDTH * 4, HEIGHT * 4, 0.1f);
    PstSettings settings = settings_of("refine=1000");
    GError *error = NULL;
    int calls = 0;
    GeglBuffer *result = pst_stylize(engine, photo, style, &settings, stop, &calls, &error);
    CHECK(!result && g_error_matches(error, PST_ERROR, PST_ERROR_CANCELLED));
    CHECK(calls == 3, "%d", calls);
    g_clear_error(&error);
    g_object_unref(photo);
}

int main(int argc, char **argv)
{
    GError *error = NULL;
    gegl_init(NULL, NULL);
    check_begin("refine");
    engine = pst_engine_new(argc > 1 ? argv[1] : NULL, &error);
    if (!CHECK(engine, "%s", error ? error->message : ""))
        return check_end();
    GeglBuffer *painting = make_picture(160, 128, 0.4f);
    PstSettings settings = settings_of("");
    style = pst_style_new_from_buffer(engine, painting, &settings, NULL, NULL, &error);
    g_object_unref(painting);
    CHECK_RUN(changes);
    CHECK_RUN(transparent_style);
    CHECK_RUN(refusals);
    CHECK_RUN(style_file);
    CHECK_RUN(mixes);
    CHECK_RUN(scales);
    CHECK_RUN(seeds);
    CHECK_RUN(photo);
    CHECK_RUN(cancelling);
    CHECK_RUN(enough_is_enough);
    CHECK_RUN(enough_of_noise);
    pst_style_free(style);
    pst_engine_free(engine);
    gegl_exit();
    return check_end();
}
