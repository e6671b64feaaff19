/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Means over boxes.
 */
#pragma once

/* values[height][width] = the mean over what there is of the box of 2·radius + 1 pixels a side around each;
 * `scratch` is as large.  The same bits for any number of threads. */
void pst_blur(float *values, float *scratch, int width, int height, int radius, int threads);
