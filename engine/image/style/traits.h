/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is measured of a picture, photo or style, to tell how well the two go together: its colours, and how
 * much detail it has at which scale.  Measured at a long side of 256 pixels, whatever its size.
 */
#pragma once

#include "image/reader.h"

enum {
    PST_TRAIT_QUANTILES = 8, /* of luma, R' − luma and B' − luma: what the palette is */
    PST_TRAIT_OCTAVES = 4,   /* pixels of 1, 2, 4 and 8 */

    PST_TRAIT_PALETTE = 0,                                          /* [3][PST_TRAIT_QUANTILES] */
    PST_TRAIT_DETAIL = PST_TRAIT_PALETTE + 3 * PST_TRAIT_QUANTILES, /* log2 of the mean gradient */
    PST_TRAIT_SPARSE =
        PST_TRAIT_DETAIL + PST_TRAIT_OCTAVES, /* log2 of how much it gathers in edges */
    PST_TRAIT_UNEVEN =
        PST_TRAIT_SPARSE + PST_TRAIT_OCTAVES, /* how much detail varies over the picture */
    PST_TRAITS,
};

/* Whether a picture can have these: what a file says may be anything. */
gboolean pst_traits_are_valid(const float traits[PST_TRAITS]);

/* FALSE and an error when there is no memory. */
gboolean pst_traits_measure(PstReader *picture, float traits[PST_TRAITS], GError **error);
