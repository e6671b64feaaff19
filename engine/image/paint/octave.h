/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One octave of a painting: painted by the network, optimised by Refine, or both.
 */
#pragma once

#include "image/paint/octaves.h"

typedef struct {
    PstOctaves *job;
    PstOctaveKind kind;
    gboolean paint, refine; /* what is done to it */
    GeglBuffer *photo;      /* a copy */
    GeglBuffer *seen;       /* what is painted, as large; of the first octave, the photo */
    GeglRectangle to;       /* the size that it is later to be enlarged to */
    const double *painted;  /* the progress after the painter, [0], and after Refine, [1] */
} PstOctave;

/* Makes job->draft of it, not measured; of an underpainting, job->under.  On failure some of it may be there. */
gboolean pst_octave_paint(const PstOctave *octave, GError **error);
