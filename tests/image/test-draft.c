/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Large pictures, which are painted as drafts and enlarged.
 *
 *     test-draft WEIGHTS_FOLDER
 */
#include "check.h"
#include "image/colour.h"
#include "image/paint/checkerboard.h"
#include "image/paint/draft.h"
#include "image/paint/palette.h"
#include "image/paint/smooth.h"
#include "image/reduce.h"
#include "image/style/style.h"

#include <gegl.h>

static PstEngine *engine;
static PstStyle *style;

/* A scene with smooth parts, an edge and a fine texture; x and y in [0, 1]. */
static float scene(double x, double y, int c)
{
    double disc = hypot(x - 0.4, y - 0.5) < 0.25 ? 0.3 : 0;
    double texture = x > 0.7 ? 0.05 * sin(300 * x) * sin(280 * y) : 0;
    return (float) (0.35 + 0.2 * sin(3 * x + c) * cos(2 * y) + disc + texture);
}

static GeglBuffer *make_scene(int width, int height)
{
    GeglRectangle extent = {0, 0, width, height};
    GeglBuffer *buffer = gegl_buffer_new(&extent, babl_format("R'G'B' float"));
    float *pixels = g_new(float, (gsize) 3 * width * height);
    for (int i = 0; i < 3 * width * height; i++) {
        int at = i / 3;
        pixels[i] = scene((at % width + 0.5) / width, (at / width + 0.5) / height, i % 3);
    }
    gegl_buffer_set(buffer, &extent, 0, babl_format("R'G'B' float"), pixels, 0);
    g_free(pixels);
    return buffer;
}

/* All of it, at this width, reduced by area (width divides the buffer's). */
static float *pixels_at(GeglBuffer *buffer, int width)
{
    int full = gegl_buffer_get_width(buffer), step = full / width;
    int height = gegl_buffer_get_height(buffer) / step;
    float *all = g_new(float, (gsize) 3 * full * height * step);
    float *pixels = g_new0(float, (gsize) 3 * width * height);
    gegl_buffer_get(buffer, NULL, 1.0, babl_format("R'G'B' float"), all, 0, GEGL_ABYSS_NONE);
    for (int y = 0; y < height * step; y++)
        for (int x = 0; x < 3 * width * step; x++)
            pixels[3 * (y / step * width + x / 3 / step) + x % 3] +=
                all[(gsize) 3 * full * y + x] / (float) (step * step);
    g_free(all);
    return pixels;
}

static double psnr(const float *a, const float *b, gsize count)
{
    double sum = 1e-20;
    for (gsize i = 0; i < count; i++)
        sum += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
    return -10 * log10(sum / count);
}

static PstSettings settings_of(double brush_size, int threads)
{
    PstSettings settings;
    pst_settings_init(&settings);
    settings.brush_size = brush_size;
    settings.threads = threads;
    return settings;
}

static GeglBuffer *paint(GeglBuffer *content, const PstSettings *settings)
{
    pst_memo_forget(engine->memo);
    GError *error = NULL;
    GeglBuffer *result = pst_stylize(engine, content, style, settings, NULL, NULL, &error);
    CHECK(result != NULL, "%s", error ? error->message : "");
    g_clear_error(&error);
    return result;
}

/* ---- The draft alone ------------------------------------------------------------------------- */

/* A picture that is its own painting comes back: its draft has gains of about 1 where there is anything. */
static void enlarging_undoes_reducing(void)
{
    enum { WIDTH = 256, HEIGHT = 192, STEP = 4 };
    GeglBuffer *full = make_scene(WIDTH * STEP, HEIGHT * STEP);
    float *small = pixels_at(full, WIDTH), *whole = pixels_at(full, WIDTH * STEP);
    PstDraft draft;
    CHECK(pst_draft_init(&draft, PST_MODE_PAINTING, WIDTH, HEIGHT, WIDTH * STEP, HEIGHT * STEP));
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        for (int c = 0; c < 3; c++)
            draft.planes[c * WIDTH * HEIGHT + i] = pst_luma(small + 3 * i);
        draft.planes[PST_DRAFT_LUMA * WIDTH * HEIGHT + i] = pst_luma(small + 3 * i);
    }
    CHECK(pst_draft_measure(&draft, 2));
    double worst = 0, plain = 0;
    for (int y = 0; y < HEIGHT * STEP; y++) {
        float luma[WIDTH * STEP], colour[3 * WIDTH * STEP];
        for (int x = 0; x < WIDTH * STEP; x++)
            luma[x] = pst_luma(whole + 3 * (y * WIDTH * STEP + x));
        pst_draft_prepare(&draft, y, 1, 2);
        pst_draft_enlarge(&draft, y, luma, colour);
        for (int x = 0; x < WIDTH * STEP; x++) {
            double coarse =
                draft.planes[PST_DRAFT_LUMA * WIDTH * HEIGHT + y / STEP * WIDTH + x / STEP];
            worst += fabs((double) colour[x] - luma[x]);
            plain += fabs(coarse - luma[x]);
        }
    }
    /* what is weaker than ε stays soft */
    CHECK(worst < 0.65 * plain, "off by %g, and repeating pixels by %g", worst, plain);
    pst_draft_clear(&draft);
    g_free(small);
    g_free(whole);
    g_object_unref(full);
}

/* A painting that is an affine function of its photo is found to be one, and is applied to every pixel. */
static void functions_are_found(void)
{
    enum { WIDTH = 96, HEIGHT = 64, STEP = 3, COUNT = WIDTH * HEIGHT };
    static const float factors[3][3] = {{0.2f, 0.5f, -0.1f}, {0.3f, -0.2f, 0.4f}, {0, 0.1f, 0.6f}};
    static const float offsets[3] = {0.1f, 0.3f, 0.2f};
    PstDraft draft;
    CHECK(pst_draft_init(&draft, PST_MODE_PHOTO, WIDTH, HEIGHT, WIDTH * STEP, HEIGHT * STEP));
    for (int i = 0; i < 3 * COUNT; i++) /* all colours, so that ε is little beside their variance */
        draft.planes[PST_DRAFT_PHOTO * COUNT + i] = (float) check_between(0, 1);
    for (int c = 0; c < 3; c++) {
        for (int i = 0; i < COUNT; i++) {
            float *painted = &draft.planes[(PST_DRAFT_COLOUR + c) * COUNT + i];
            *painted = offsets[c];
            for (int a = 0; a < 3; a++)
                *painted += factors[c][a] * draft.planes[(PST_DRAFT_PHOTO + a) * COUNT + i];
        }
    }
    CHECK(pst_draft_measure(&draft, 2));
    float photo[4 * WIDTH * STEP], colour[3 * WIDTH * STEP];
    for (int y = 0; y < HEIGHT * STEP; y++) {
        for (int i = 0; i < 4 * WIDTH * STEP; i++)
            photo[i] = (float) check_between(0, 1);
        pst_draft_prepare(&draft, y, 1, 2);
        pst_draft_enlarge(&draft, y, photo, colour);
        for (int x = 0; x < WIDTH * STEP && y % 10 == 0; x++) {
            for (int c = 0; c < 3; c++) {
                double wanted = offsets[c];
                for (int a = 0; a < 3; a++)
                    wanted += factors[c][a] * photo[(a + 1) * WIDTH * STEP + x];
                CHECK_NEAR(colour[c * WIDTH * STEP + x], wanted, 0.05);
            }
        }
    }
    pst_draft_clear(&draft);
}

/* ---- Painting -------------------------------------------------------------------------------- */

static double apart(const float *a, const float *b, int first, int count)
{
    double sum = 0;
    for (int i = first; i < first + count; i++)
        sum += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
    return sqrt(sum);
}

static void measure(GeglBuffer *buffer, float palette[PST_PALETTE])
{
    PstReader reader;
    if (CHECK(pst_reader_open(&reader, buffer, NULL))) {
        pst_palette_measure(&reader, palette);
        pst_reader_close(&reader);
    }
}

/* Mean and covariance of what is painted are nearer to the style's than they would be. */
/* aᵀ · metric · a for a direction of length 1 */
static double along(const float metric[9], float r, float g, float b)
{
    const float a[3] = {r, g, b};
    double sum = 0;
    for (int i = 0; i < 9; i++)
        sum += metric[i] * a[i / 3] * a[i % 3] / (r * r + g * g + b * b);
    return sum;
}

/* Of an engraving colours may go to and from black alone; of a painting, in all directions; of an even picture, in none
 * more than in others. */
static void metric_of_a_palette(void)
{
    const float gray[PST_PALETTE] = {0.5f, 0.5f, 0.5f, 0.04f, 0.04f, 0.04f, 0.04f, 0.04f, 0.04f};
    const float many[PST_PALETTE] = {0.5f, 0.5f, 0.5f, 0.04f, 0.01f, 0.04f, 0, 0.01f, 0.04f};
    const float even[PST_PALETTE] = {0.5f, 0.5f, 0.5f};
    float metric[9];
    CHECK(pst_palette_is_valid(gray) && pst_palette_is_valid(many) && pst_palette_is_valid(even));
    pst_palette_metric(gray, metric);
    CHECK(along(metric, 1, 1, 1) > 0.99 && along(metric, 1, -1, 0) < 0.02);
    CHECK(along(metric, 1, 1, -2) < 0.02 && along(metric, 1, 1, -2) > 0.005 &&
          metric[1] == metric[3] && metric[5] == metric[7]);
    pst_palette_metric(many, metric);
    CHECK(along(metric, 1, 1, 1) > 0.9 && along(metric, 1, -1, 0) > 0.9 &&
          along(metric, 1, 1, -2) > 0.9);
    pst_palette_metric(even, metric);
    CHECK(along(metric, 1, 1, 1) > 0.005 &&
              fabs(along(metric, 1, 1, 1) - along(metric, 1, -1, 0)) < 1e-6,
          "%g", along(metric, 1, 1, 1));
}

static void hostile_palettes(void)
{
    static const float bad[][PST_PALETTE] = {
        {0.5f, 0.5f, 0.5f, 1e30f, 1e30f, 1e30f, 1e30f, 1e30f, 1e30f},
        {0.5f, 0.5f, NAN},
        {0, 0, 2},
        {0.5f, 0.5f, 0.5f, -0.1f, 0, 0.1f, 0, 0, 0.1f},
        {0.5f, 0.5f, 0.5f, 0.04f, 0.05f, 0.04f, 0, 0, 0.04f},
        {0.5f, 0.5f, 0.5f, 0.04f, 0.03f, 0.04f, 0.03f, -0.03f, 0.04f},
    };
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
        CHECK(!pst_palette_is_valid(bad[i]), "palette %u", i);
}

static void colours_approach_the_palette(void)
{
    PstSettings settings = settings_of(100, 2);
    settings.underpainting = 0; /* which has colours of its own */
    GeglBuffer *content = make_scene(320, 240);
    float near[PST_PALETTE], far[PST_PALETTE], *wanted = style->palette;
    GeglBuffer *result = paint(content, &settings);
    measure(result, near);
    g_object_unref(result);
    style->palette = NULL; /* as that of a style file that has none */
    result = paint(content, &settings);
    measure(result, far);
    g_object_unref(result);
    style->palette = wanted;
    CHECK(apart(near, wanted, 0, 3) < 0.7 * apart(far, wanted, 0, 3), "means %g and %g apart",
          apart(near, wanted, 0, 3), apart(far, wanted, 0, 3));
    CHECK(apart(near, wanted, 3, 6) < apart(far, wanted, 3, 6), "covariances %g and %g apart",
          apart(near, wanted, 3, 6), apart(far, wanted, 3, 6));
    g_object_unref(content);
}

/* An even picture is not torn apart, and one that is not seen is left alone. */
static void even_drafts_stay_even(void)
{
    const float palette[PST_PALETTE] = {0.8f, 0.5f, 0.2f, 0.05f, 0, 0.05f, 0, 0, 0.05f};
    const float nothing[64 * 32] = {0};
    PstDraft draft;
    PstReader reader;
    GeglBuffer *seen = make_scene(64, 32);
    CHECK(pst_draft_init(&draft, PST_MODE_PAINTING, 64, 32, 64, 32));
    CHECK(pst_reader_open(&reader, seen, NULL));
    for (int i = 0; i < 3 * 64 * 32; i++)
        draft.planes[i] = 0.4f + 0.002f * (float) (i % 2);
    pst_palette_approach(&draft, &reader, nothing, palette, 0.5);
    CHECK_NEAR(draft.planes[0], 0.4, 1e-6);
    pst_palette_approach(&draft, &reader, NULL, palette, 0.5);
    CHECK_NEAR(draft.planes[0], 0.6, 0.01);
    CHECK_NEAR(draft.planes[2 * 64 * 32], 0.3, 0.01);
    CHECK(fabsf(draft.planes[1] - draft.planes[0]) < 0.01f);
    pst_draft_clear(&draft);
    pst_reader_close(&reader);
    g_object_unref(seen);
}

/* Between neighbours along the rows: of R' - B', on either side of the middle and across it; and of the luma. */
static void variations(const PstDraft *draft, double *within, double *across, double *luma)
{
    int width = draft->width, count = width * draft->height;
    const float *p = draft->planes;
    *within = *across = *luma = 0;
    for (int i = 0; i + 1 < count; i++) {
        if ((i + 1) % width == 0)
            continue;
        double step = fabs((double) (p[i + 1] - p[i + 1 + 2 * count]) - (p[i] - p[i + 2 * count]));
        *(i % width == width / 2 - 1 ? across : within) += step;
        *luma +=
            fabs((double) pst_luma((float[]){p[i + 1], p[i + 1 + count], p[i + 1 + 2 * count]}) -
                 pst_luma((float[]){p[i], p[i + count], p[i + 2 * count]}));
    }
}

/* Speckles of other hues go; the light of each pixel and the edge between two hues stay. */
/* A ramp along x, and on it a checkerboard so strong. */
static void draw_squares(PstDraft *draft, float amount)
{
    for (int plane = 0; plane < 3; plane++)
        for (int y = 0; y < draft->height; y++)
            for (int x = 0; x < draft->width; x++)
                pst_draft_row(draft, PST_DRAFT_COLOUR + plane, y)[x] =
                    0.3f + 0.01f * (float) x + ((x + y) % 2 ? amount : -amount);
}

static double farthest(const PstDraft *draft)
{
    double most = 0;
    for (int y = 0; y < draft->height; y++)
        for (int x = 0; x < draft->width; x++)
            most = fmax(most, fabs(pst_draft_row(draft, 1, y)[x] - (0.3 + 0.01 * x)));
    return most;
}

/* Strong ones are not left as strong; faint ones, and what is smooth, are left as they are. */
static void checkerboards_are_bounded(void)
{
    static const int sizes[][2] = {{1, 1}, {2, 5}, {3, 1}, {4, 4}, {5, 3}, {37, 20}};
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        PstDraft draft, other;
        int width = sizes[i][0], height = sizes[i][1];
        CHECK(pst_draft_init(&draft, PST_MODE_PAINTING, width, height, width, height));
        CHECK(pst_draft_init(&other, PST_MODE_PAINTING, width, height, width, height));
        draw_squares(&draft, 0.2f);
        draw_squares(&other, 0.2f);
        pst_checkerboard_bound(&draft, 1);
        pst_checkerboard_bound(&other, 3);
        CHECK(memcmp(draft.planes, other.planes, sizeof(float) * 3 * (gsize) (width * height)) ==
              0);
        if (width > 6) {
            float *row = pst_draft_row(&draft, 0, height / 2);
            CHECK_NEAR(fabsf(row[10] - row[11] + 0.01f), 2 * 0.045, 1e-3);
        }
        draw_squares(&draft, 0.03f);
        pst_checkerboard_bound(&draft, 2);
        CHECK_NEAR(farthest(&draft), 0.03, 5e-3);
        draw_squares(&draft, 0);
        pst_checkerboard_bound(&draft, 2);
        CHECK(farthest(&draft) < 5e-3, "%g", farthest(&draft));
        pst_draft_clear(&draft);
        pst_draft_clear(&other);
    }
}

static void smooth_takes_speckles(void)
{
    enum { WIDTH = 120, HEIGHT = 80, COUNT = WIDTH * HEIGHT };
    double within[2], across[2], luma[2];
    PstDraft draft;
    CHECK(pst_draft_init(&draft, PST_MODE_PAINTING, WIDTH, HEIGHT, WIDTH, HEIGHT));
    for (int i = 0; i < COUNT; i++) {
        float *red = &draft.planes[i], light = 0.1f * check_uniform();
        red[0] = 0.4f + light + (i % WIDTH < WIDTH / 2 ? 0.2f : 0) + 0.05f * check_uniform();
        red[COUNT] = 0.4f + light;
        red[2 * COUNT] = 0.5f + light + 0.05f * check_uniform();
    }
    variations(&draft, &within[0], &across[0], &luma[0]);
    CHECK(pst_smooth_colours(&draft, 0, 2));
    variations(&draft, &within[1], &across[1], &luma[1]);
    CHECK(within[1] == within[0] && luma[1] == luma[0]);
    CHECK(pst_smooth_colours(&draft, 0.25, 2));
    variations(&draft, &within[1], &across[1], &luma[1]);
    CHECK(within[1] < 0.3 * within[0], "speckles %g, before %g", within[1], within[0]);
    CHECK(across[1] > 0.6 * across[0], "the edge %g, before %g", across[1], across[0]);
    CHECK_NEAR(luma[1], luma[0], 1e-3 * luma[0]);
    pst_draft_clear(&draft);
}

/* The same picture at twice the resolution gets the same strokes, at twice the size. */
static void resolution_changes_no_stroke(void)
{
    PstSettings settings = settings_of(100, 2);
    GeglBuffer *small = make_scene(1024, 640), *large = make_scene(2048, 1280);
    GeglBuffer *a = paint(small, &settings), *b = paint(large, &settings);
    float *p = pixels_at(a, 1024), *q = pixels_at(b, 1024), *photo = pixels_at(small, 1024);
    double alike = psnr(p, q, 3 * 1024 * 640), changed = psnr(p, photo, 3 * 1024 * 640);
    CHECK(alike > 28 && alike > changed + 6, "%.1f dB alike, %.1f dB from the photo", alike,
          changed);
    g_free(p);
    g_free(q);
    g_free(photo);
    g_object_unref(a);
    g_object_unref(b);
    g_object_unref(small);
    g_object_unref(large);
}

/* A finish takes more, and its bands are the same for all that. */
static void threads_and_memory_change_nothing_in(PstMode mode, int finish)
{
    GeglBuffer *content = make_scene(1300, 700);
    PstSettings settings = settings_of(200, 1);
    settings.mode = mode;
    settings.finish = finish;
    GeglBuffer *result = paint(content, &settings);
    float *wanted = pixels_at(result, 1300);
    g_object_unref(result);
    for (int way = 0; way < 2; way++) {
        settings = settings_of(200, way == 0 ? 3 : 2);
        settings.mode = mode;
        settings.finish = finish;
        settings.memory = way == 0 ? 0 : finish > 0 ? 450000000 : 180000000;
        result = paint(content, &settings);
        float *made = pixels_at(result, 1300);
        CHECK(memcmp(wanted, made, sizeof(float) * 3 * 1300 * 700) == 0, "way %d", way);
        g_free(made);
        g_object_unref(result);
    }
    g_free(wanted);
    g_object_unref(content);
}

static void threads_and_memory_change_nothing(void)
{
    threads_and_memory_change_nothing_in(PST_MODE_PAINTING, 0);
    threads_and_memory_change_nothing_in(PST_MODE_PAINTING, 2);
    threads_and_memory_change_nothing_in(PST_MODE_PHOTO, 0);
}

/* Of the differences between neighbours, how much of b's is a's: 1 where both have the same edges. */
static double detail_alike(const float *a, const float *b, int width, int height)
{
    double ab = 0, aa = 0, bb = 0;
    for (int i = 0; i < width * height - 1; i++) {
        double p = (double) pst_luma(a + 3 * (i + 1)) - pst_luma(a + 3 * i);
        double q = (double) pst_luma(b + 3 * (i + 1)) - pst_luma(b + 3 * i);
        ab += p * q;
        aa += p * p;
        bb += q * q;
    }
    return ab / sqrt(aa * bb + 1e-12);
}

/* A photo that stays one has its own edges, and the style's colours. */
static void a_photo_stays_one(void)
{
    PstSettings settings = settings_of(100, 2);
    GeglBuffer *content = make_scene(700, 500), *result[2];
    float *p = pixels_at(content, 700), *q[2], colours[2][PST_PALETTE], own[PST_PALETTE];
    for (int i = 0; i < 700 * 500; i++)
        p[3 * i] *= 0.3f; /* hardly any red, which the style has */
    gegl_buffer_set(content, NULL, 0, babl_format("R'G'B' float"), p, GEGL_AUTO_ROWSTRIDE);
    measure(content, own);
    for (int mode = 0; mode < 2; mode++) {
        settings.mode = (PstMode) mode;
        result[mode] = paint(content, &settings);
        q[mode] = pixels_at(result[mode], 700);
        measure(result[mode], colours[mode]);
    }
    double painting = detail_alike(p, q[PST_MODE_PAINTING], 700, 500);
    double photo = detail_alike(p, q[PST_MODE_PHOTO], 700, 500);
    CHECK(photo > 0.85 && photo > painting + 0.05, "edges: %.3f of a photo, %.3f of a painting",
          photo, painting);
    CHECK(apart(colours[1], style->palette, 0, 3) < 0.7 * apart(own, style->palette, 0, 3),
          "colours %g from the style's, the photo's own %g",
          apart(colours[1], style->palette, 0, 3), apart(own, style->palette, 0, 3));
    for (int mode = 0; mode < 2; mode++) {
        g_free(q[mode]);
        g_object_unref(result[mode]);
    }
    g_free(p);
    g_object_unref(content);
}

/* What a finish paints over the draft is a step or two: not their number, but how far they go is the dial. */
static void detail_is_a_dial(void)
{
    static const double details[] = {100, 60, 20, 1};
    PstSettings settings = settings_of(100, 2);
    GeglBuffer *content = make_scene(900, 600);
    float *full = NULL;
    double last = 0;
    for (guint i = 0; i < G_N_ELEMENTS(details); i++) {
        settings.detail = details[i];
        GeglBuffer *result = paint(content, &settings);
        float *pixels = pixels_at(result, 900);
        double alike = full ? psnr(full, pixels, 3 * 900 * 600) : 200;
        CHECK(i == 0 || (alike < last - 1 && alike < 60), "%.1f dB at %g, %.1f dB before", alike,
              details[i], last);
        last = alike;
        if (!full)
            full = g_steal_pointer(&pixels);
        g_free(pixels);
        g_object_unref(result);
    }
    g_free(full);
    g_object_unref(content);
}

static void strength_0_is_the_photo(void)
{
    PstSettings settings = settings_of(400, 2);
    settings.strength = 0;
    GeglBuffer *content = make_scene(701, 333), *result = paint(content, &settings);
    float *p = pixels_at(content, 701), *q = pixels_at(result, 701);
    CHECK(psnr(p, q, 3 * 701 * 333) > 100);
    g_free(p);
    g_free(q);
    g_object_unref(result);
    g_object_unref(content);
}

static void a_line_of_pixels(void)
{
    PstSettings settings = settings_of(400, 2);
    static const int sizes[][2] = {{3000, 1}, {1, 3000}, {2, 900}};
    for (int i = 0; i < 3; i++) {
        GeglBuffer *content = make_scene(sizes[i][0], sizes[i][1]);
        GeglBuffer *result = paint(content, &settings);
        CHECK(
            gegl_rectangle_equal(gegl_buffer_get_extent(content), gegl_buffer_get_extent(result)));
        g_object_unref(result);
        g_object_unref(content);
    }
}

int main(int argc, char **argv)
{
    check_begin("draft");
    gegl_init(NULL, NULL);
    GError *error = NULL;
    PstSettings settings = settings_of(0, 2);
    engine = pst_engine_new(argc > 1 ? argv[1] : NULL, &error);
    if (!CHECK(engine != NULL, "%s", error ? error->message : ""))
        return check_end();
    GeglBuffer *picture = make_scene(200, 160);
    style = pst_style_new_from_buffer(engine, picture, &settings, NULL, NULL, &error);
    g_object_unref(picture);
    CHECK_RUN(enlarging_undoes_reducing);
    CHECK_RUN(functions_are_found);
    CHECK_RUN(resolution_changes_no_stroke);
    CHECK_RUN(a_photo_stays_one);
    CHECK_RUN(metric_of_a_palette);
    CHECK_RUN(hostile_palettes);
    CHECK_RUN(colours_approach_the_palette);
    CHECK_RUN(even_drafts_stay_even);
    CHECK_RUN(checkerboards_are_bounded);
    CHECK_RUN(smooth_takes_speckles);
    CHECK_RUN(threads_and_memory_change_nothing);
    CHECK_RUN(detail_is_a_dial);
    CHECK_RUN(strength_0_is_the_photo);
    CHECK_RUN(a_line_of_pixels);
    pst_style_free(style);
    pst_engine_free(engine);
    gegl_exit();
    return check_end();
}
