/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a large print shows from near: an enlarged picture is soft there, and painting it over makes its strokes crisp
 * and gives them texture.  But the painter also moves colours and adds strokes of its own, which would make a large
 * picture another one than a small one.  So of what it paints only the grain is taken, whatever is finer than the
 * picture that was enlarged can be:
 *
 *     result = painted + blur(seen − painted)
 *
 * What is even, or changes slowly, stays as it was seen.
 */
#pragma once

#include "image/paint/draft.h"
#include "image/reader.h"

/* Reduces the draft's colours, which were painted from `seen`, to `seen` with their grain.  The planes of the draft's
 * gains are used as scratch. */
void pst_grain_keep(PstDraft *draft, PstReader *seen, int threads);
