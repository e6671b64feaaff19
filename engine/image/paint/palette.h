/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The colours of a style's picture as a whole, and what is painted moved towards them.  The painter gives
 * each place what suits it there, and together that tends to be fewer hues than the style has.
 */
#pragma once

#include "image/paint/draft.h"
#include "image/reader.h"

/* Floats: mean R', G', B', and covariance RR, GR, GG, BR, BG, BB, by alpha. */
enum { PST_PALETTE = 9 };

void pst_palette_measure(PstReader *picture, float palette[PST_PALETTE]);

/* Whether those of a picture can be like this; for what comes out of a file. */
gboolean pst_palette_is_valid(const float palette[PST_PALETTE]);

/* How far colours may go in each direction, all being equal else: all of the way where those of the palette are apart,
 * and hardly any where they are not.  A symmetric 3 × 3 matrix with eigenvalues in (0, 1). */
void pst_palette_metric(const float palette[PST_PALETTE], float metric[9]);

/* Moves the colours of a draft by `amount`, [0, 1], of the way to `palette`.  `seen` is the picture that was
 * painted, of the draft's size: transparent pixels do not count; nor do those whose `share`, [height][width] or
 * NULL, is 0.  How far contrast can be stretched is bounded. */
void pst_palette_approach(PstDraft *draft, PstReader *seen, const float *share,
                          const float palette[PST_PALETTE], double amount);
