/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Calmer colours: what is painted keeps its luma, stroke by stroke, while its hues vary less.  The differences of R'
 * and B' to the luma are replaced by those of least total variation near them (Rudin, Osher and Fatemi 1992), by
 * projected gradient descent on the dual problem (Chambolle 2005):
 *
 *     min over u of  ½ ‖u − f‖² + λ TV(u)
 */
#pragma once

#include "image/paint/draft.h"

/* Smooths a draft's colours by `amount`, [0, 1], on at most so many threads.  FALSE when there is no memory. */
gboolean pst_smooth_colours(PstDraft *draft, double amount, int threads);
