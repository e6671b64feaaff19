/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * 3 × 3 convolutions of stride 1 with fewer multiplications: Winograd's F(2 × 2, 3 × 3) and F(4 × 4, 3 × 3),
 * after Lavin and Gray (2016).  Each tile of m × m outputs comes from (m + 2) × (m + 2) inputs by as many
 * products a pair of channels, 16 where the plain sum takes 36, or 36 where it takes 144, with sums and
 * differences before and after.  Tiles lie on the multiples of m of the map, and their sums are always taken
 * in the same order: no box changes a bit of them.
 *
 * For m = 4 the points are 0, ±√½, ±√2 and ∞: of those tried they lose the fewest digits (the error's root mean
 * square over 64 channels, relative to the outputs', is 1.0e-6; that of 0, ±1, ±2, ∞ is 2.9e-6, that of m = 2
 * is 3.6e-7).
 */
#pragma once

#include "nn/kernel/path.h"

/* Packed: [blocks of out_channels][planes][in_channels][product_channels]. */
extern const PstConvPath pst_winograd_path;
