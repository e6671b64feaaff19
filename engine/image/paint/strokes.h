/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Strokes that run on.  The painter's strokes, and the photo's texture in them, break off after some pixels, which looks
 * like a weave from near.  In a style of long strokes, what is painted is smoothed along its own flow before it is
 * finished: a line integral convolution (Cabral and Leedom 1993) of weights that fall with the distance along the
 * stroke and with the difference of colour (Kang, Lee and Chui 2009, "Flow-based image abstraction", section 3.1).
 */
#pragma once

#include "image/paint/draft.h"
#include "image/reader.h"

/* How much of its change the picture of a style has along its flow, [0, 0.5] (image/flow.h); negative when there is no
 * memory. */
float pst_strokes_measure(PstReader *picture, int threads);

/* Whether a picture can have this: what a file says may be anything. */
gboolean pst_strokes_is_valid(float along);

/* How far strokes run on in such a style, [0, 1]. */
double pst_strokes_amount(float along);

/* Lets a draft's strokes run on by such an amount, on so many threads, which change nothing.  FALSE when there is no
 * memory, of which it takes less than the steps that follow. */
gboolean pst_strokes_run_on(PstDraft *draft, double amount, int threads);
