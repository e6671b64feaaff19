/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is left of an octave that was painted for its grain.
 */
#include "check.h"
#include "image/paint/grain.h"

#include <gegl.h>
#include <math.h>
#include <string.h>

static PstReader seen;

enum { WIDTH = 60, HEIGHT = 44 };

static float seen_at(int x, int y, int c)
{
    return 0.3f + 0.004f * (float) x + 0.003f * (float) y + 0.02f * (float) c;
}

static GeglBuffer *make_seen(void)
{
    static float pixels[HEIGHT][WIDTH][3];
    GeglRectangle extent = {0, 0, WIDTH, HEIGHT};
    GeglBuffer *buffer = gegl_buffer_new(&extent, babl_format("R'G'B' float"));
    for (int i = 0; i < WIDTH * HEIGHT * 3; i++)
        (&pixels[0][0][0])[i] = seen_at(i / 3 % WIDTH, i / 3 / WIDTH, i % 3);
    gegl_buffer_set(buffer, &extent, 0, babl_format("R'G'B' float"), pixels, 0);
    return buffer;
}

/* The draft's colours, from what is seen, another hue and a chequered pattern; then its grain alone. */
static PstDraft keep(float hue, float pattern, int threads)
{
    PstDraft draft;
    g_assert_true(pst_draft_init(&draft, PST_MODE_PAINTING, WIDTH, HEIGHT, 2 * WIDTH, 2 * HEIGHT));
    for (int c = 0; c < 3; c++)
        for (int y = 0; y < HEIGHT; y++)
            for (int x = 0; x < WIDTH; x++)
                pst_draft_row(&draft, c, y)[x] =
                    seen_at(x, y, c) + hue * (float) c + ((x + y) % 2 ? pattern : -pattern);
    pst_grain_keep(&draft, &seen, threads);
    return draft;
}

/* Another hue goes, and what changes from pixel to pixel stays: of a chequered pattern, 8/9. */
static void the_fine_stays(void)
{
    PstDraft draft = keep(0.1f, 0.05f, 1);
    for (int c = 0; c < 3; c++)
        for (int y = 1; y < HEIGHT - 1; y++)
            for (int x = 1; x < WIDTH - 1; x++) {
                float wanted = (x + y) % 2 ? 0.05f : -0.05f;
                float got = pst_draft_row(&draft, c, y)[x] - seen_at(x, y, c);
                if (!CHECK(fabsf(got - wanted * 8 / 9) < 1e-3f, "%d, %d: %g", x, y, got))
                    return;
            }
    pst_draft_clear(&draft);
}

static void colours_stay_colours(void)
{
    PstDraft draft = keep(0, 2, 1);
    for (int i = 0; i < 3 * WIDTH * HEIGHT; i++)
        if (!CHECK(draft.planes[i] >= 0 && draft.planes[i] <= 1, "%g", draft.planes[i]))
            break;
    pst_draft_clear(&draft);
}

static void threads_change_nothing(void)
{
    PstDraft one = keep(0.1f, 0.05f, 1), three = keep(0.1f, 0.05f, 3);
    CHECK(memcmp(one.planes, three.planes, sizeof(float) * 3 * WIDTH * HEIGHT) == 0);
    pst_draft_clear(&one);
    pst_draft_clear(&three);
}

int main(int argc, char **argv)
{
    check_begin("grain");
    gegl_init(&argc, &argv);
    GeglBuffer *buffer = make_seen();
    if (CHECK(pst_reader_open(&seen, buffer, NULL))) {
        CHECK_RUN(the_fine_stays);
        CHECK_RUN(colours_stay_colours);
        CHECK_RUN(threads_change_nothing);
        pst_reader_close(&seen);
    }
    g_object_unref(buffer);
    gegl_exit();
    return check_end();
}
