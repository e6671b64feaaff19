/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Enlarging by the cubics of Mitchell and Netravali (1988, eq. 8, with 2C + B = 1): a blur B of 0 is Catmull-Rom's,
 * which goes through the samples, and 1 is the B-spline, which has no stairs along what is oblique.
 */
#pragma once

/* The blur that suits enlarging `from` samples to `to`: none where nothing is enlarged, and all of it from twice the
 * size on, where there is no sharpness to be kept. */
double pst_cubic_blur(int from, int to);

/* Where the centre of pixel `i` of `to` lies among the pixel centres of `from`. */
double pst_cubic_position(int i, int from, int to);

/* The weights of the four samples around position `at`, of which the first is sample *first; it may lie outside. */
void pst_cubic_weights(double at, double blur, int *first, float weights[4]);
