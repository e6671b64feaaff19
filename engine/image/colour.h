/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Colours, all of them non-linear R'G'B': clamped, as luma, in sums, and how the content's are kept.
 */
#pragma once

/* Clamps to [0, 1]; NaN becomes 0. */
static inline float pst_clamp(float value)
{
    return value > 0 ? (value < 1 ? value : 1) : 0;
}

#define PST_LUMA_GREEN 0.587f

/* BT.601. */
static inline float pst_luma(const float rgb[3])
{
    return 0.299f * rgb[0] + PST_LUMA_GREEN * rgb[1] + 0.114f * rgb[2];
}

/* Mean and covariance of colours, weighted. */
typedef struct {
    double weight, sum[3], product[3][3];
} PstColourSums;

void pst_colour_sums_add(PstColourSums *sums, const float rgb[3], double weight);

/* rgb -> matrix · rgb + offset */
typedef struct {
    double matrix[3][3], offset[3];
} PstColourMap;

/* The linear map that gives colours with the statistics of `from` those of `to`, and moves them as little
 * as possible: the Monge-Kantorovitch solution between Gaussians (Pitié & Kokaram 2007, eq. 8). */
void pst_colour_match(const PstColourSums *from, const PstColourSums *to, PstColourMap *map);

void pst_colour_apply(const PstColourMap *map, float rgb[3]);

/* Gives `painted` the chroma of `content` and keeps its luminance (Gatys et al. 2016, "Preserving Color in
 * Neural Artistic Style Transfer", luminance-only transfer). */
void pst_colour_luminance(float painted[3], const float content[3]);
