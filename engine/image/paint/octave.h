/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One octave of a painting: painted by the network, optimised with a critic, or both.
 */
#pragma once

#include "image/paint/octaves.h"

typedef struct {
    PstOctaves *job;
    const PstOctave *octave;
    GeglBuffer *photo;   /* a copy, of the octave's size */
    GeglBuffer *seen;    /* what is painted, as large; of the first octave, the photo */
    const double *until; /* the progress after the painter, [0], and after the critic, [1] */
} PstOctaveRun;

/* Leaves the octave in job->draft, not measured, and an underpainting in job->under.  On failure these may hold part of
 * it; pst_octaves_clear() frees them. */
gboolean pst_octave_run(const PstOctaveRun *run, GError **error);
