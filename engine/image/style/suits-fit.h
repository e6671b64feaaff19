/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Written by weights/train/suits.py: ridge regression (penalty 0.03) on 700 painted pairs of
 * training pictures; scores of unseen photos and styles were ranked with a correlation of 0.75.
 * In the order of the features in suits.c.
 */
#pragma once

/* clang-format off */
static const double fit_means[] = {
    0.13014, /* palette */
    0.0957122, /* hues */
    0.936509, /* scale */
    0.143434, /* busy */
    0.623153, /* content luma */
    0.58191, /* style luma */
    0.404517, /* content hues */
    0.384907, /* style hues */
    0.997156, /* content uneven */
    0.648305, /* style uneven */
    1.69711, /* content sparse */
    1.47242, /* style sparse */
    -4.56348, /* content detail 0 */
    -4.16581, /* content detail 1 */
    -3.80937, /* content detail 2 */
    -3.46092, /* content detail 3 */
    -4.38867, /* style detail 0 */
    -3.99695, /* style detail 1 */
    -3.66677, /* style detail 2 */
    -3.37346, /* style detail 3 */
};
static const double fit_deviations[] = {
    0.0578545, /* palette */
    0.0660439, /* hues */
    0.630582, /* scale */
    0.864171, /* busy */
    0.152476, /* content luma */
    0.162158, /* style luma */
    0.233526, /* content hues */
    0.234623, /* style hues */
    0.565556, /* content uneven */
    0.408674, /* style uneven */
    0.588321, /* content sparse */
    0.720891, /* style sparse */
    0.868204, /* content detail 0 */
    0.73517, /* content detail 1 */
    0.615011, /* content detail 2 */
    0.516418, /* content detail 3 */
    0.713833, /* style detail 0 */
    0.637437, /* style detail 1 */
    0.585183, /* style detail 2 */
    0.556299, /* style detail 3 */
};
static const double fit_weights[] = {
    -0.00222921, /* palette */
    0.0213869, /* hues */
    -0.00983696, /* scale */
    -0.0105075, /* busy */
    0.00545489, /* content luma */
    -0.036389, /* style luma */
    0.00978371, /* content hues */
    -0.000932416, /* style hues */
    0.00801296, /* content uneven */
    -0.00574348, /* style uneven */
    -0.00307622, /* content sparse */
    -0.0718507, /* style sparse */
    -0.0125166, /* content detail 0 */
    -0.00136794, /* content detail 1 */
    0.0173595, /* content detail 2 */
    0.00939044, /* content detail 3 */
    -0.0344855, /* style detail 0 */
    -0.000248108, /* style detail 1 */
    0.0109899, /* style detail 2 */
    -0.000938674, /* style detail 3 */
};
/* The standard deviation of the predictions. */
static const double fit_spread = 0.0862426;
/* clang-format on */
