/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/style/frame.h"

#include "image/style/style.h"

#include <math.h>

/* Colours differ by so much in each channel */
#define LIKE   0.06f /* along a frame's lines: grain of paper, noise of JPEG */
#define UNLIKE 0.12f /* from most of what it holds */

/* Lines of pixels */
#define EDGE  4  /* so far beyond a frame, even a crooked one, the picture is UNLIKE it */
#define RIM   8  /* so many beyond a frame are taken off, too: a bevel, a shadow, bare canvas */
#define LEAST 64 /* that are left */

#define PLAIN  0.98 /* of a frame's line that is of its colour */
#define WIDEST 5    /* a frame's side is at most a fifth of the picture's */
#define FRAMES 3    /* within one another */

typedef enum { LEFT, RIGHT, TOP, BOTTOM } Side;

/* Colours as the networks see them, and the part of them that is looked at. */
typedef struct {
    PstMap picture;
    GeglRectangle part;
} View;

/* One value of the line that is `depth` from a side, counted along it. */
static float value_at(const View *view, Side side, int depth, int along, int channel)
{
    const GeglRectangle *part = &view->part;
    int x = part->x + along, y = part->y + along;
    if (side == LEFT || side == RIGHT)
        x = part->x + (side == LEFT ? depth : part->width - 1 - depth);
    else
        y = part->y + (side == TOP ? depth : part->height - 1 - depth);
    return pst_map_row(&view->picture, channel, y)[x];
}

/* How many of a line's pixels [from, to) are that near the colour, from 0 to 1. */
static double share_of(const View *view, Side side, int depth, int from, int to,
                       const float *colour, float near)
{
    int count = 0;
    for (int i = from; i < to; i++) {
        float apart = 0;
        for (int c = 0; c < 3; c++)
            apart = fmaxf(apart, fabsf(value_at(view, side, depth, i, c) - colour[c]));
        count += apart < near;
    }
    return (double) count / (to - from);
}

static void mean_of_line(const View *view, Side side, int length, float *colour)
{
    double sums[3] = {0};
    for (int i = 0; i < length; i++) {
        for (int c = 0; c < 3; c++)
            sums[c] += value_at(view, side, 0, i, c);
    }
    for (int c = 0; c < 3; c++)
        colour[c] = (float) (sums[c] / length);
}

/* Pixels of a frame, with its rim, on one side; 0 for none. */
static int frame_width(const View *view, Side side)
{
    gboolean upright = side == LEFT || side == RIGHT;
    int length = upright ? view->part.height : view->part.width;
    int widest = (upright ? view->part.width : view->part.height) / WIDEST - RIM, width = 0;
    float colour[3];
    mean_of_line(view, side, length, colour);
    while (width < widest && share_of(view, side, width, 0, length, colour, LIKE) >= PLAIN)
        width++;
    if (width == 0 || width >= widest)
        return 0;
    /* without the quarters at the line's ends, where the frame's other sides are */
    double still =
        share_of(view, side, width + EDGE, length / 4, length - length / 4, colour, UNLIKE);
    return still > 0.5 ? 0 : width + RIM;
}

/* Takes the frame off a pair of sides; FALSE where there is none. */
static gboolean take_off(View *view, Side first, Side second)
{
    int before = frame_width(view, first), after = before > 0 ? frame_width(view, second) : 0;
    if (after == 0)
        return FALSE;
    if (first == LEFT) {
        view->part.x += before;
        view->part.width -= before + after;
    } else {
        view->part.y += before;
        view->part.height -= before + after;
    }
    return TRUE;
}

static void find(View *view)
{
    GeglRectangle found = view->part;
    for (int i = 0; i < FRAMES; i++) {
        /* both, whatever the first says */
        gboolean beside = take_off(view, LEFT, RIGHT), around = take_off(view, TOP, BOTTOM);
        if (!beside && !around)
            break;
        if (MIN(view->part.width, view->part.height) >= LEAST)
            found = view->part;
    }
    view->part = found;
}

gboolean pst_frame_find(PstReader *copy, const GeglRectangle *extent, GeglRectangle *inside,
                        GError **error)
{
    int width = copy->extent.width, height = copy->extent.height;
    *inside = *extent;
    if (MIN(width, height) <= LEAST || MAX(width, height) > PST_STYLE_SIDE)
        return TRUE;
    g_autofree float *values = g_try_new(float, (gsize) 3 * width * height);
    if (!values)
        return pst_error_no_memory(error, "to look at the style");
    View view = {{values, 3, height, width, height, (size_t) width}, {0, 0, width, height}};
    pst_reader_fill(copy, (PstBox){0, 0, width, height}, &view.picture, NULL);
    find(&view);
    inside->x += (int) ((gint64) view.part.x * extent->width / width);
    inside->y += (int) ((gint64) view.part.y * extent->height / height);
    inside->width = (int) ((gint64) view.part.width * extent->width / width);
    inside->height = (int) ((gint64) view.part.height * extent->height / height);
    return TRUE;
}
