/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The colours of a style's picture as a whole, and how what is painted is moved towards them.  The painter gives each
 * place what suits it there, which altogether tends to be fewer hues than the style has.
 */
#pragma once

#include "image/paint/draft.h"
#include "image/reader.h"

/* Floats: mean R', G', B', and covariance RR, GR, GG, BR, BG, BB, by alpha. */
enum { PST_PALETTE = 9 };

void pst_palette_measure(PstReader *picture, float palette[PST_PALETTE]);

/* Whether a picture can have such a palette; for those that come from a file. */
gboolean pst_palette_is_valid(const float palette[PST_PALETTE]);

/* How far colours may move in each direction, other things being equal: all of the way where the palette's colours
 * differ much, hardly at all where they do not.  A symmetric 3 × 3 matrix with eigenvalues in (0, 1). */
void pst_palette_metric(const float palette[PST_PALETTE], float metric[9]);

/* Moves the colours of a draft by `amount`, [0, 1], of the way to `palette`.  `seen` is the picture that was
 * painted, of the draft's size: transparent pixels do not count; nor do those whose `share`, [height][width] or
 * NULL, is 0.  How far contrast can be stretched is bounded. */
void pst_palette_approach(PstDraft *draft, PstReader *seen, const float *share,
                          const float palette[PST_PALETTE], double amount);
