/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a picture is painted: in octaves, coarsest first, each larger than the one before; how large each is, and what is
 * done to it.  It follows from the settings and the picture's size alone.
 */
#pragma once

#include "image/engine.h"

typedef enum {
    PST_OCTAVE_UNDERPAINTING, /* a thumbnail that is optimised, for the draft to be painted over (underpainting.h) */
    PST_OCTAVE_DRAFT, /* whose size decides how large strokes are (draft.h) */
    PST_OCTAVE_FINER, /* the draft enlarged, for finer strokes */
    PST_OCTAVE_GRAIN, /* once more, of a much larger picture, for the grain alone (grain.h) */
} PstOctaveKind;

typedef struct {
    PstOctaveKind kind;
    int width, height;       /* that it is painted in */
    int to_width, to_height; /* that it is enlarged to: the next octave's, or the picture's */
    gboolean is_painted;     /* by the network */
    gboolean
        is_optimised; /* by a critic, after that: as an underpainting, by Refine, or for a finish */
} PstOctave;

/* An underpainting, a draft, three finer ones and the grain: of a panorama. */
#define PST_OCTAVES_MOST 6

typedef struct {
    int count; /* at least 1 */
    PstOctave octaves[PST_OCTAVES_MOST];
    gboolean
        is_helped; /* there are an underpainting or a finish, for which a critic must know the style */
} PstSchedule;

/* Without help, as where no critic is, there are neither underpainting nor finish. */
PstSchedule pst_schedule(const PstSettings *settings, int width, int height, gboolean helped);

static inline gboolean pst_schedule_has_underpainting(const PstSchedule *schedule)
{
    return schedule->octaves[0].kind == PST_OCTAVE_UNDERPAINTING;
}

static inline int pst_octave_side(const PstOctave *octave)
{
    return MAX(octave->width, octave->height);
}

/* The long side of the draft of a picture of this size: at most the picture's own, and at most 2048, or 1024 for a
 * photo that is to stay one. */
int pst_draft_side(const PstSettings *settings, int width, int height);
