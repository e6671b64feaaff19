/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The painter enlarges by repeating pixels and by shuffling them, and beside a strong edge that shows: as stairs of two
 * pixels and dots in every other one (checkerboard artefacts, Odena et al. 2016).  What changes from pixel to pixel is
 * bounded, so that they go, while the grain of strokes, which is fainter, stays.
 */
#pragma once

#include "image/paint/draft.h"

/* Bounds the changes in a draft's colours, and clamps these again.  The draft's gains must not have been measured yet:
 * their planes are used as scratch.  The same bytes for any number of threads. */
void pst_checkerboard_bound(PstDraft *draft, int threads);
