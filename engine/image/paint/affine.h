/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A photo in the colours and the light of what was painted, without its strokes.  Around each pixel the draft is
 * taken to be an affine function of the photo's colours, found by least squares over a wide box (the guided filter
 * with colour as its guide, He et al. 2013, eq. 14 to 16); at full resolution the functions, which vary slowly, are
 * enlarged and applied to the photo's own pixels, whose edges and textures stay (after Xia et al. 2020):
 *
 *     result = ↑A · photo + ↑b,   A = g (Σ + ε)⁻¹ cov(↓photo, draft),   b = mean(draft) − A · mean(↓photo)
 *
 * A mean over a box has less contrast than the strokes it is of: g gives it back, as far as 1.5.
 */
#pragma once

#include "image/paint/draft.h"

/* Replaces the draft's colours and the photo's by the functions that are fitted to them.  FALSE when there is no
 * memory. */
gboolean pst_affine_measure(PstDraft *draft, int threads);

/* pst_draft_enlarge() for such a draft; `weights` are those of the four rows of each plane. */
void pst_affine_enlarge(const float *rows[PST_DRAFT_PLANES_MOST][4], const float weights[4],
                        const float *photo, int width, float *colour);
