/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where strokes run, and letting them run on.
 *
 *     test-strokes WEIGHTS_FOLDER
 */
#include "check.h"
#include "image/flow.h"
#include "image/paint/strokes.h"
#include "image/style/style.h"

#include <gegl.h>

static PstEngine *engine;
static PstStyle *style;

enum { WIDTH = 90, HEIGHT = 70, COUNT = WIDTH * HEIGHT };

/* Waves whose crests lie at this angle, each `period` pixels. */
static float wave(int x, int y, double angle, double period)
{
    double across = y * cos(angle) - x * sin(angle);
    return (float) (0.5 + 0.2 * sin(2 * G_PI * across / period));
}

/* Waves, all channels alike, with so much noise in each. */
static void fill_waves(float *planes, int width, int height, double angle, float noise)
{
    int count = width * height;
    for (int i = 0; i < 3 * count; i++)
        planes[i] = wave(i % count % width, i % count / width, angle, 12) + noise * check_uniform();
}

static PstDraft make_draft(int width, int height)
{
    PstDraft draft;
    CHECK(pst_draft_init(&draft, PST_MODE_PAINTING, width, height, width, height));
    return draft;
}

/* ---- Flow ------------------------------------------------------------------------------------ */

static void flow_follows_crests(void)
{
    static const double degrees[] = {0, 20, 45, 90, 110, 160};
    float *planes = g_new(float, 3 * COUNT);
    for (guint i = 0; i < G_N_ELEMENTS(degrees); i++) {
        double angle = degrees[i] * G_PI / 180, worst = 1;
        PstFlow flow;
        fill_waves(planes, WIDTH, HEIGHT, angle, 0.02f);
        CHECK(pst_flow_init(&flow, planes, WIDTH, HEIGHT, 4, 2));
        for (int k = 0; k < COUNT; k++) {
            worst = fmin(worst, fabs(flow.x[k] * cos(angle) + flow.y[k] * sin(angle)));
            CHECK_NEAR(hypotf(flow.x[k], flow.y[k]), 1, 1e-5);
        }
        CHECK(worst > 0.96, "%g degrees: %g", degrees[i], worst);
        pst_flow_clear(&flow);
    }
    g_free(planes);
}

static float along_of(const float *planes, const float *weights)
{
    PstFlow flow;
    CHECK(pst_flow_init(&flow, planes, WIDTH, HEIGHT, 2.5, 2));
    float along = pst_flow_along(&flow, planes, weights);
    pst_flow_clear(&flow);
    return along;
}

/* Long strokes have next to nothing along them, dots as much as across; what is transparent counts for nothing. */
static void strokes_are_told_from_dots(void)
{
    float *planes = g_new(float, 3 * COUNT), *weights = g_new(float, COUNT);
    for (int i = 0; i < COUNT; i++)
        weights[i] = 1;
    fill_waves(planes, WIDTH, HEIGHT, 0.7, 0);
    float strokes = along_of(planes, weights);
    fill_waves(planes, WIDTH, HEIGHT, 0.7, 0.02f);
    float rough = along_of(planes, weights);
    fill_waves(planes, WIDTH, HEIGHT, 0.7, 1);
    float dots = along_of(planes, weights);
    CHECK(strokes < 0.02 && rough > strokes && rough < 0.2, "%g, rough %g", strokes, rough);
    CHECK(dots > 0.3 && dots <= 0.5, "%g", dots);
    CHECK(pst_strokes_amount(strokes) == 1 && pst_strokes_amount(dots) == 0);
    CHECK(pst_strokes_is_valid(strokes) && pst_strokes_is_valid(dots));
    CHECK(!pst_strokes_is_valid(NAN) && !pst_strokes_is_valid(-1) && !pst_strokes_is_valid(0.6f));

    for (int i = 0; i < 3 * COUNT; i++)
        if (i % COUNT % WIDTH < WIDTH / 3)
            planes[i] = wave(i % COUNT % WIDTH, i % COUNT / WIDTH, 0.7, 12);
    CHECK(along_of(planes, weights) > 0.2);
    for (int i = 0; i < COUNT; i++)
        weights[i] = i % WIDTH < WIDTH / 3 - 8;
    CHECK(along_of(planes, weights) < 0.05, "%g", along_of(planes, weights));
    memset(weights, 0, sizeof *weights * COUNT);
    CHECK(pst_strokes_is_valid(along_of(planes, weights)));
    g_free(weights);
    g_free(planes);
}

/* ---- Running on ------------------------------------------------------------------------------ */

/* The mean square of what differs from waves without noise; and how much of their contrast there is. */
static double noise_of(const PstDraft *draft, double angle, double *contrast)
{
    double noise = 0, own = 0;
    *contrast = 0;
    for (int i = 0; i < 3 * COUNT; i++) {
        float clean = wave(i % COUNT % WIDTH, i % COUNT / WIDTH, angle, 12);
        noise += pow(draft->planes[i] - clean, 2);
        *contrast += (draft->planes[i] - 0.5) * (clean - 0.5);
        own += (clean - 0.5) * (clean - 0.5);
    }
    *contrast /= own;
    return noise / (3 * COUNT);
}

static void strokes_run_on(void)
{
    const double angle = 0.5;
    PstDraft draft = make_draft(WIDTH, HEIGHT);
    double contrast[3], noise[3];
    fill_waves(draft.planes, WIDTH, HEIGHT, angle, 0.06f);
    noise[0] = noise_of(&draft, angle, &contrast[0]);
    CHECK(pst_strokes_run_on(&draft, 0, 2));
    CHECK(noise_of(&draft, angle, &contrast[1]) == noise[0]);
    CHECK(pst_strokes_run_on(&draft, 0.4, 2));
    noise[1] = noise_of(&draft, angle, &contrast[1]);
    fill_waves(draft.planes, WIDTH, HEIGHT, angle, 0.06f);
    CHECK(pst_strokes_run_on(&draft, 1, 2));
    noise[2] = noise_of(&draft, angle, &contrast[2]);
    CHECK(noise[2] < 0.25 * noise[0] && noise[1] < 0.6 * noise[0] && noise[2] < noise[1],
          "%g, %g, %g", noise[0], noise[1], noise[2]);
    CHECK(contrast[2] > 0.93, "contrast %g, before %g", contrast[2], contrast[0]);
    pst_draft_clear(&draft);
}

/* So wide that a few pixels do not turn the flow. */
enum { WIDE = 400, LOW = 60 };

/* A speck of a little more light is drawn along its stroke, both ways alike; one of another colour is not, and nothing
 * is drawn into it. */
static void check_specks(int speck)
{
    enum { X = 200 };
    PstDraft draft = make_draft(WIDE, LOW), plain = make_draft(WIDE, LOW);
    fill_waves(plain.planes, WIDE, LOW, 0, 0);
    memcpy(draft.planes, plain.planes, sizeof(float) * 3 * WIDE * LOW);
    for (int c = 0; c < 3; c++) {
        pst_draft_row(&draft, c, speck)[X] += 0.1f;
        for (int y = speck - 1; y <= speck + 1; y++)
            for (int x = X - 101; x <= X - 99; x++)
                pst_draft_row(&draft, c, y)[x] = c == 0 ? 1 : 0;
    }
    CHECK(pst_strokes_run_on(&draft, 1, 2) && pst_strokes_run_on(&plain, 1, 2));
    const float *row = pst_draft_row(&draft, 0, speck), *without = pst_draft_row(&plain, 0, speck);
    for (int far = 1; far <= 4; far++) {
        CHECK(row[X + far] > without[X + far] + 0.004f, "%d: %g", far, row[X + far]);
        CHECK_NEAR(row[X + far], row[X - far], 2e-3);
        CHECK_NEAR(row[X - 100 - 1 - far], without[X - 100 - 1 - far], 2e-3);
    }
    CHECK(row[X - 100] > 0.98 && pst_draft_row(&draft, 1, speck)[X - 100] < 0.02);
    pst_draft_clear(&draft);
    pst_draft_clear(&plain);
}

/* On both slopes of a wave: a flow that points away from the speck on the one points to it on the other. */
static void colours_that_differ_are_other_strokes(void)
{
    check_specks(24);
    check_specks(30);
}

/* Around a centre the flow's sign changes, where it is level; strokes go on there as elsewhere. */
static void strokes_go_round(void)
{
    double left[2][2] = {{0}};
    PstDraft draft = make_draft(WIDE, WIDE);
    for (int after = 0; after < 2; after++) {
        for (int i = 0; i < WIDE * WIDE; i++) {
            int x = i % WIDE - WIDE / 2, y = i / WIDE - WIDE / 2;
            float clean = wave(0, (int) lrint(hypot(x, y)), 0, 24), *value = &draft.planes[i];
            if (!after)
                value[0] = value[WIDE * WIDE] = value[2 * WIDE * WIDE] =
                    clean + 0.05f * check_uniform();
            if (abs(x) < 4 && abs(y) > 60)
                left[0][after] += pow(*value - clean, 2);
            if (abs(abs(x) - abs(y)) < 4 && abs(y) > 60)
                left[1][after] += pow(*value - clean, 2);
        }
        CHECK(after || pst_strokes_run_on(&draft, 1, 2));
    }
    double level = left[0][1] / left[0][0], slanting = left[1][1] / left[1][0];
    CHECK(level < 0.3 && level < 1.4 * slanting, "%g where it is level, %g elsewhere", level,
          slanting);
    pst_draft_clear(&draft);
}

static void threads_change_nothing(void)
{
    PstDraft one = make_draft(WIDTH, HEIGHT), many = make_draft(WIDTH, HEIGHT);
    fill_waves(one.planes, WIDTH, HEIGHT, 0.5, 0.3f);
    memcpy(many.planes, one.planes, sizeof(float) * 3 * COUNT);
    CHECK(pst_strokes_run_on(&one, 0.7, 1) && pst_strokes_run_on(&many, 0.7, 5));
    CHECK(memcmp(one.planes, many.planes, sizeof(float) * 3 * COUNT) == 0);
    pst_draft_clear(&one);
    pst_draft_clear(&many);
}

/* Numbers of [0, 1] stay such, and an even picture stays as it is, whatever its size. */
static void any_size(void)
{
    static const int sizes[][2] = {{1, 1}, {1, 40}, {40, 1}, {2, 3}, {300, 2}};
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        int width = sizes[i][0], height = sizes[i][1], count = 3 * width * height;
        PstDraft draft = make_draft(width, height);
        for (int k = 0; k < count; k++)
            draft.planes[k] = k / (width * height) == 1 ? 0.25f : 0.75f;
        CHECK(pst_strokes_run_on(&draft, 1, 2));
        for (int k = 0; k < count; k++)
            CHECK_NEAR(draft.planes[k], k / (width * height) == 1 ? 0.25 : 0.75, 1e-6);
        for (int k = 0; k < count; k++)
            draft.planes[k] = check_between(0, 1);
        CHECK(pst_strokes_run_on(&draft, 1, 2));
        for (int k = 0; k < count; k++)
            CHECK(draft.planes[k] >= 0 && draft.planes[k] <= 1, "%g", draft.planes[k]);
        pst_draft_clear(&draft);
    }
}

/* ---- Styles' pictures ------------------------------------------------------------------------ */

static void pictures_are_measured(void)
{
    const Babl *format = babl_format("R'G'B'A float");
    GeglBuffer *buffer = gegl_buffer_new(GEGL_RECTANGLE(0, 0, WIDTH, HEIGHT), format);
    float *pixels = g_new(float, 4 * COUNT), along[2];
    for (int noisy = 0; noisy < 2; noisy++) {
        PstReader reader;
        for (int i = 0; i < 4 * COUNT; i++)
            pixels[i] = i % 4 == 3 ? 1
                        : noisy    ? 0.5f + 0.5f * check_uniform()
                                   : wave(i / 4 % WIDTH, i / 4 / WIDTH, 1, 12);
        gegl_buffer_set(buffer, NULL, 0, format, pixels, GEGL_AUTO_ROWSTRIDE);
        CHECK(pst_reader_open(&reader, buffer, NULL));
        along[noisy] = pst_strokes_measure(&reader, 2);
        pst_reader_close(&reader);
    }
    CHECK(along[0] >= 0 && along[0] < 0.05 && along[1] > 0.3, "%g, %g", along[0], along[1]);
    g_free(pixels);
    g_object_unref(buffer);
}

static PstStyle *through_a_file(const PstStyle *from)
{
    GError *error = NULL;
    GBytes *bytes = pst_style_to_bytes(from);
    PstStyle *read = pst_style_new_from_bytes(engine, bytes, &error);
    CHECK(read != NULL, "%s", error ? error->message : "");
    g_bytes_unref(bytes);
    return read;
}

/* What is measured comes along into files and mixes; a number that no picture has is none. */
static void styles_hold_it(void)
{
    static const float hostile[] = {NAN, -0.1f, 0.6f, INFINITY};
    CHECK(style->along != NULL);
    float own = *style->along;
    PstStyle *read = through_a_file(style);
    CHECK(read->along && *read->along == own);
    *read->along = 0.5f;
    PstStyle *mixed = pst_style_new_mixed((const PstStyle *[]){style, read}, (double[]){3, 1}, 2);
    CHECK_NEAR(*mixed->along, 0.75 * own + 0.125, 1e-6);
    pst_style_free(mixed);
    for (guint i = 0; i < G_N_ELEMENTS(hostile); i++) {
        *style->along = hostile[i];
        PstStyle *without = through_a_file(style);
        CHECK(!without->along, "%g", hostile[i]);
        mixed = pst_style_new_mixed((const PstStyle *[]){read, without}, (double[]){1, 1}, 2);
        CHECK(!mixed->along);
        pst_style_free(mixed);
        pst_style_free(without);
    }
    *style->along = own;
    pst_style_free(read);
}

static char *painted_with(GeglBuffer *photo, const PstSettings *settings, float *along)
{
    float *own = style->along;
    style->along = along;
    GError *error = NULL;
    GeglBuffer *result = pst_stylize(engine, photo, style, settings, NULL, NULL, &error);
    style->along = own;
    if (!CHECK(result != NULL, "%s", error ? error->message : ""))
        return NULL;
    gsize size = (gsize) 3 * gegl_buffer_get_width(result) * gegl_buffer_get_height(result);
    guchar *pixels = g_malloc(size);
    gegl_buffer_get(result, NULL, 1, babl_format("R'G'B' u8"), pixels, GEGL_AUTO_ROWSTRIDE,
                    GEGL_ABYSS_NONE);
    char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, pixels, size);
    g_free(pixels);
    g_object_unref(result);
    return sum;
}

/* A style of dots is painted as one of which nothing is known; without a finish, all are. */
static void styles_of_dots_stay(GeglBuffer *photo)
{
    PstSettings settings;
    float dots = 0.4f, strokes = 0.1f;
    pst_settings_init(&settings);
    settings.threads = 2;
    for (int finish = 0; finish <= 2; finish += 2) {
        settings.finish = finish;
        char *unknown = painted_with(photo, &settings, NULL);
        char *with_dots = painted_with(photo, &settings, &dots);
        char *with_strokes = painted_with(photo, &settings, &strokes);
        CHECK_STRING(with_dots, unknown);
        CHECK((g_strcmp0(with_strokes, unknown) == 0) == (finish == 0));
        g_free(unknown);
        g_free(with_dots);
        g_free(with_strokes);
    }
}

static void painting(void)
{
    const Babl *format = babl_format("R'G'B' float");
    GeglBuffer *photo = gegl_buffer_new(GEGL_RECTANGLE(0, 0, WIDTH, HEIGHT), format);
    float *pixels = g_new(float, 3 * COUNT);
    for (int i = 0; i < 3 * COUNT; i++)
        pixels[i] = wave(i / 3 % WIDTH, i / 3 / WIDTH, 1 + i % 3, 30);
    gegl_buffer_set(photo, NULL, 0, format, pixels, GEGL_AUTO_ROWSTRIDE);
    GError *error = NULL;
    PstSettings settings;
    pst_settings_init(&settings);
    style = pst_style_new_from_buffer(engine, photo, &settings, NULL, NULL, &error);
    if (CHECK(style != NULL, "%s", error ? error->message : "")) {
        styles_hold_it();
        styles_of_dots_stay(photo);
    }
    pst_style_free(style);
    g_free(pixels);
    g_object_unref(photo);
}

int main(int argc, char **argv)
{
    check_begin("strokes");
    gegl_init(NULL, NULL);
    GError *error = NULL;
    engine = pst_engine_new(argc > 1 ? argv[1] : NULL, &error);
    if (!CHECK(engine != NULL, "%s", error ? error->message : ""))
        return check_end();
    CHECK_RUN(flow_follows_crests);
    CHECK_RUN(strokes_are_told_from_dots);
    CHECK_RUN(strokes_run_on);
    CHECK_RUN(colours_that_differ_are_other_strokes);
    CHECK_RUN(strokes_go_round);
    CHECK_RUN(threads_change_nothing);
    CHECK_RUN(any_size);
    CHECK_RUN(pictures_are_measured);
    CHECK_RUN(painting);
    pst_engine_free(engine);
    gegl_exit();
    return check_end();
}
