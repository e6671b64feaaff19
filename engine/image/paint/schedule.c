/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/paint/schedule.h"

#include "image/reduce.h"

#include <math.h>

#define AUTO_SIDE  640  /* at brush size 100 %: strokes of one to three per cent of the long side */
#define STROKE     0.02 /* a stroke's width there, of the long side */
#define SIDE_LEAST 256
#define SIDE_MOST  2048
#define PHOTO_MOST 1024 /* for a photo that is to stay one, whose functions need no finer grid */

/* There are octaves up to so many pixels, or with sides up to twice as long for more detail; each has sides at most
 * RATIO times as long as the one before.  So a picture of a megapixel is painted at its own size, and a larger one like
 * its copy of a megapixel: in print, the finest strokes have the same size.  Sides are multiples of 8, since the
 * painter's grain depends on its grid: one pixel more turns 26 dB between two sizes of a picture into 23. */
#define FINEST  1e6
#define LONGEST 3072 /* side of those of a panorama, or there would be no end of octaves */
#define RATIO   2.5

/* The grain is for pictures whose sides are GRAIN_WORTH times as long as the finest octave's, which are soft from near.
 * Its sides are GRAIN times as long as those of FINEST (twice as long it looks no better and takes 100 MB more), and
 * there is none where the finest octave, for more detail, is nearly as large. */
#define GRAIN       1.6
#define GRAIN_WORTH 2
#define GRAIN_LEAST 1.25

/* The underpainting's long side: as a share of the draft's, and its bounds.  A draft that is hardly larger needs
 * none. */
#define UNDER       0.25
#define UNDER_LEAST 96
#define UNDER_MOST  256
#define UNDER_WORTH 1.5

int pst_draft_side(const PstSettings *settings, int width, int height)
{
    int full = MAX(width, height);
    double brush = settings->brush_size > 0 ? settings->brush_size : 100;
    if (settings->brush_pixels > 0)
        brush = 100 * settings->brush_pixels / (STROKE * full);
    int most = settings->mode == PST_MODE_PHOTO ? PHOTO_MOST : SIDE_MOST;
    int side = (int) CLAMP(AUTO_SIDE * 100 / brush + 0.5, SIDE_LEAST, most);
    /* a draft that is hardly smaller than the picture would only be less sharp */
    return full <= SIDE_MOST && full * 0.8 <= side ? full : side;
}

/* The long side of what has `most` pixels, or the picture's own. */
static double side_of(double most, int width, int height)
{
    double full = MAX(width, height), side = full * sqrt(most / width / height);
    return MIN(8 * floor(MIN(side, LONGEST) / 8), full);
}

/* Whether underpainting and finish may help the painter.  Refine needs neither: it begins with coarse scales of its
 * own, and goes on until little changes. */
static gboolean can_help(const PstSettings *settings)
{
    return settings->strength > 0 && settings->mode == PST_MODE_PAINTING &&
           !pst_settings_refines(settings);
}

static int underpainting_side(int draft)
{
    int side = 8 * (int) CLAMP(draft * UNDER / 8, UNDER_LEAST / 8, UNDER_MOST / 8);
    return draft >= side * UNDER_WORTH ? side : 0;
}

/* Refine optimises the draft.  The octaves above it are the painter's; but where Refine aims at the nearest patches of
 * the style, the painter's strokes would hide them, and Refine does all but the grain, which hides nothing.  A photo
 * that is to stay one has no strokes to refine. */
static gboolean is_refined(const PstSettings *settings, PstOctaveKind kind)
{
    return pst_settings_refines(settings) && settings->strength > 0 &&
           settings->mode == PST_MODE_PAINTING &&
           (kind == PST_OCTAVE_DRAFT ||
            (kind == PST_OCTAVE_FINER && settings->refine.statistic == PST_REFINE_NEAREST));
}

/* What is done to an octave, with a finish or without. */
static void decide(PstOctave *octave, const PstSettings *settings, gboolean finish)
{
    gboolean is_draft = octave->kind == PST_OCTAVE_DRAFT;
    if (octave->kind == PST_OCTAVE_UNDERPAINTING)
        octave->is_optimised = TRUE;
    else if (finish)
        octave->is_optimised = octave->kind != PST_OCTAVE_GRAIN;
    else
        octave->is_optimised = is_refined(settings, octave->kind);
    octave->is_painted = !octave->is_optimised ||
                         (is_draft && (finish || settings->refine.from == PST_REFINE_FROM_DRAFT));
}

static void add_octave(PstSchedule *schedule, PstOctaveKind kind, int side)
{
    g_assert(schedule->count < PST_OCTAVES_MOST);
    PstOctave *octave = &schedule->octaves[schedule->count++];
    octave->kind = kind;
    octave->width = octave->height = side; /* for now */
}

/* Turns long sides into sizes, for a picture of width × height. */
static void set_sizes(PstSchedule *schedule, int width, int height)
{
    int to_width = width, to_height = height;
    for (int k = schedule->count - 1; k >= 0; k--) {
        PstOctave *octave = &schedule->octaves[k];
        int side = octave->width;
        gboolean is_under =
            octave->kind == PST_OCTAVE_UNDERPAINTING; /* it is of the draft's copy */
        octave->width = is_under ? to_width : width;
        octave->height = is_under ? to_height : height;
        pst_reduced_size(&octave->width, &octave->height, side);
        octave->to_width = to_width;
        octave->to_height = to_height;
        to_width = octave->width;
        to_height = octave->height;
    }
}

PstSchedule pst_schedule(const PstSettings *settings, int width, int height, gboolean helped)
{
    PstSchedule schedule = {.count = 0};
    int first = pst_draft_side(settings, width, height);
    double detail = MAX(settings->detail / 100, 1);
    double finest = side_of(FINEST * detail * detail, width, height);
    double grain = side_of(FINEST * GRAIN * GRAIN, width, height);
    double span = log(finest / first);
    gboolean more = settings->detail > 0 && settings->mode == PST_MODE_PAINTING;
    gboolean help = helped && can_help(settings), finish = help && settings->finish > 0;
    int last = more && span > 0 ? (int) ceil(span / log(RATIO)) : 0;
    int under = help && settings->underpainting > 0 ? underpainting_side(first) : 0;
    if (under > 0)
        add_octave(&schedule, PST_OCTAVE_UNDERPAINTING, under);
    for (int k = 0; k <= last; k++)
        add_octave(&schedule, k == 0 ? PST_OCTAVE_DRAFT : PST_OCTAVE_FINER,
                   (int) lround(first * exp(span * k / MAX(1, last))));
    if (more && grain > GRAIN_LEAST * schedule.octaves[schedule.count - 1].width &&
        MAX(width, height) >= GRAIN_WORTH * finest)
        add_octave(&schedule, PST_OCTAVE_GRAIN, (int) grain);
    set_sizes(&schedule, width, height);
    for (int k = 0; k < schedule.count; k++)
        decide(&schedule.octaves[k], settings, finish);
    schedule.is_helped = under > 0 || finish;
    return schedule;
}
