/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * In which octaves a picture is painted, and what is done to each.
 */
#include "check.h"
#include "image/paint/schedule.h"
#include "image/reduce.h"

static void brush_size_is_a_dial(void)
{
    CHECK(pst_draft_side(&(PstSettings){.brush_size = 0}, 6000, 4000) == 640);
    CHECK(pst_draft_side(&(PstSettings){.brush_size = 200}, 4000, 6000) == 320);
    CHECK(pst_draft_side(&(PstSettings){.brush_size = 400}, 6000, 4000) == 256);
    CHECK(pst_draft_side(&(PstSettings){.brush_size = 25}, 6000, 4000) == 2048);
    CHECK(pst_draft_side(&(PstSettings){.brush_size = 25}, 900, 700) == 900);
    CHECK(pst_draft_side(&(PstSettings){.brush_size = 400}, 1, 1) == 1);
    /* In pixels: 2 % of the long side is 100 per cent. */
    CHECK(pst_draft_side(&(PstSettings){.brush_pixels = 120}, 6000, 4000) == 640);
    CHECK(pst_draft_side(&(PstSettings){.brush_pixels = 240}, 4000, 6000) == 320);
    CHECK(pst_draft_side(&(PstSettings){.brush_pixels = 1}, 6000, 4000) == 2048);
    CHECK(pst_draft_side(&(PstSettings){.brush_pixels = 10000}, 6000, 4000) == 256);
    CHECK(pst_draft_side(&(PstSettings){.brush_pixels = 1}, 1, 1) == 1);
}

/* Each at most 2.5 times the one before, up to a megapixel, more detail up to four, or the picture itself; then grain,
 * where that is less than a quarter of it. */
static void octaves_fill_the_range(void)
{
    static const struct {
        double brush, detail;
        int width, height, count, sides[PST_OCTAVES_MOST];
        gboolean grain;
    } cases[] = {
        {0, 100, 6000, 4000, 3, {640, 1224, 1952}, TRUE},
        {0, 100, 1224, 816, 2, {640, 1224}, FALSE},
        {0, 100, 1500, 1000, 2, {640, 1224}, FALSE},
        {0, 100, 2400, 1600, 2, {640, 1224}, FALSE},
        {0, 100, 2500, 1600, 3, {640, 1248, 2000}, TRUE},
        {0, 100, 700, 500, 1, {700}, FALSE},
        {0, 100, 400, 1000, 2, {640, 1000}, FALSE},
        {400, 100, 20000, 10, 4, {256, 586, 1342, 3072}, FALSE},
        {25, 100, 6000, 4000, 1, {2048}, FALSE},
        {0, 100, 1, 1, 1, {1}, FALSE},
        {0, 50, 6000, 4000, 3, {640, 1224, 1952}, TRUE},
        {0, 0, 6000, 4000, 1, {640}, FALSE},
        {0, 120, 6000, 4000, 3, {640, 1464, 1952}, TRUE},
        {0, 150, 6000, 4000, 3, {640, 1083, 1832}, FALSE},
        {0, 200, 6000, 4000, 3, {640, 1252, 2448}, FALSE},
        {25, 200, 6000, 4000, 2, {2048, 2448}, FALSE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        PstSettings settings = {.brush_size = cases[i].brush, .detail = cases[i].detail};
        PstSchedule s = pst_schedule(&settings, cases[i].width, cases[i].height, TRUE);
        const PstOctave *last = &s.octaves[s.count - 1];
        CHECK(s.count == cases[i].count, "case %u: %d octaves", i, s.count);
        for (int k = 0; k < s.count; k++) {
            int side = pst_octave_side(&s.octaves[k]);
            CHECK(side == cases[i].sides[k], "case %u: side %d is %d", i, k, side);
        }
        CHECK((last->kind == PST_OCTAVE_GRAIN) == cases[i].grain, "case %u", i);
        CHECK(last->to_width == cases[i].width && last->to_height == cases[i].height);
    }
}

/* Of any shape, painted in any way: a panorama with large strokes has the most of them. */
static void octaves_have_room(void)
{
    int most = 0;
    for (double brush = 25; brush <= 400; brush *= 2) {
        for (double detail = 0; detail <= 200; detail += 50) {
            PstSettings settings;
            pst_settings_init(&settings);
            settings.brush_size = brush;
            settings.detail = detail;
            for (int width = 500; width <= 16000; width *= 2) {
                for (double shape = 1; shape <= 16; shape += 0.5) {
                    int height = (int) (width / shape);
                    PstSchedule s = pst_schedule(&settings, width, height, TRUE);
                    int reduced = s.count - pst_schedule_has_underpainting(&s);
                    CHECK(reduced <= PST_REDUCE_MOST, "%d x %d: %d", width, height, reduced);
                    most = MAX(most, s.count);
                }
            }
        }
    }
    CHECK(most == PST_OCTAVES_MOST, "at most %d octaves", most);
}

/* P: painted, O: optimised, B: both; in lower case for the underpainting. */
static void check_done(const PstSettings *settings, gboolean helped, const char *expected)
{
    PstSchedule s = pst_schedule(settings, 6000, 4000, helped);
    char done[PST_OCTAVES_MOST + 1] = "";
    for (int k = 0; k < s.count; k++) {
        const PstOctave *octave = &s.octaves[k];
        char what = octave->is_painted && octave->is_optimised ? 'B'
                    : octave->is_painted                       ? 'P'
                                                               : 'O';
        done[k] = octave->kind == PST_OCTAVE_UNDERPAINTING ? g_ascii_tolower(what) : what;
    }
    CHECK(strcmp(done, expected) == 0, "%s, not %s", done, expected);
    CHECK(s.is_helped == (helped && settings->refine.iterations == 0 && *expected == 'o'));
}

static void each_is_painted_or_optimised(void)
{
    PstSettings settings;
    pst_settings_init(&settings);
    check_done(&settings, TRUE, "oBOP"); /* laid in, finished, and the grain painted */
    check_done(&settings, FALSE, "PPP");
    settings.finish = 0;
    check_done(&settings, TRUE, "oPPP");
    pst_settings_init(&settings);
    settings.refine.iterations = 20;
    check_done(&settings, TRUE, "OOP");
    check_done(&settings, FALSE, "OOP");
    settings.refine.from = PST_REFINE_FROM_DRAFT;
    check_done(&settings, TRUE, "BOP");
    settings.refine.statistic = PST_REFINE_GRAM;
    check_done(&settings, TRUE, "BPP");
    settings.mode = PST_MODE_PHOTO;
    check_done(&settings, TRUE, "P");
    pst_settings_init(&settings);
    settings.strength = 0;
    check_done(&settings, TRUE, "PPP");
}

/* Each is enlarged to the next, and the last to the picture. */
static void sizes_follow_each_other(void)
{
    PstSettings settings;
    pst_settings_init(&settings);
    for (int width = 1; width < 9000; width = width * 5 / 3 + 1) {
        PstSchedule s = pst_schedule(&settings, width, 3001, TRUE);
        for (int k = 0; k < s.count; k++) {
            const PstOctave *octave = &s.octaves[k], *next = octave + 1;
            gboolean is_last = k + 1 == s.count;
            CHECK(octave->to_width == (is_last ? width : next->width), "%d: %d", width, k);
            CHECK(octave->to_height == (is_last ? 3001 : next->height), "%d: %d", width, k);
            CHECK(octave->width >= 1 && octave->width <= octave->to_width);
            CHECK(octave->height >= 1 && octave->height <= octave->to_height);
        }
    }
}

int main(void)
{
    check_begin("schedule");
    CHECK_RUN(brush_size_is_a_dial);
    CHECK_RUN(octaves_fill_the_range);
    CHECK_RUN(octaves_have_room);
    CHECK_RUN(each_is_painted_or_optimised);
    CHECK_RUN(sizes_follow_each_other);
    return check_end();
}
