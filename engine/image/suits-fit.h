/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Written by weights/train/suits.py: ridge regression (penalty 0.3) on 150 painted pairs of
 * training pictures; scores of unseen photos and styles were ranked with a correlation of 0.56.
 * In the order of the features in suits.c.
 */
#pragma once

/* clang-format off */
static const double fit_means[] = {
    0.137976, /* palette */
    0.100023, /* hues */
    0.909729, /* scale */
    0.130083, /* busy */
    0.590177, /* content luma */
    0.534645, /* style luma */
    0.395386, /* content hues */
    0.389014, /* style hues */
    1.15495, /* content uneven */
    0.659023, /* style uneven */
    1.81209, /* content sparse */
    1.41957, /* style sparse */
    -4.75292, /* content detail 0 */
    -4.34117, /* content detail 1 */
    -3.97407, /* content detail 2 */
    -3.60571, /* content detail 3 */
    -4.60457, /* style detail 0 */
    -4.19946, /* style detail 1 */
    -3.83683, /* style detail 2 */
    -3.51268, /* style detail 3 */
};
static const double fit_deviations[] = {
    0.058767, /* palette */
    0.0587288, /* hues */
    0.528835, /* scale */
    0.824832, /* busy */
    0.159356, /* content luma */
    0.133845, /* style luma */
    0.247633, /* content hues */
    0.183328, /* style hues */
    0.662513, /* content uneven */
    0.370478, /* style uneven */
    0.537088, /* content sparse */
    0.590663, /* style sparse */
    0.850416, /* content detail 0 */
    0.737354, /* content detail 1 */
    0.635775, /* content detail 2 */
    0.566479, /* content detail 3 */
    0.619582, /* style detail 0 */
    0.556864, /* style detail 1 */
    0.49999, /* style detail 2 */
    0.440395, /* style detail 3 */
};
static const double fit_weights[] = {
    0.0144223, /* palette */
    0.0315358, /* hues */
    -0.00656815, /* scale */
    -0.0076271, /* busy */
    -0.00265647, /* content luma */
    -0.0151668, /* style luma */
    0.00249705, /* content hues */
    0.000402837, /* style hues */
    0.00663184, /* content uneven */
    0.00527013, /* style uneven */
    0.0100257, /* content sparse */
    -0.0187805, /* style sparse */
    0.00230444, /* content detail 0 */
    0.00527037, /* content detail 1 */
    0.00945986, /* content detail 2 */
    0.0102372, /* content detail 3 */
    0.00205839, /* style detail 0 */
    0.000905059, /* style detail 1 */
    -0.00667155, /* style detail 2 */
    -0.0135073, /* style detail 3 */
};
/* The standard deviation of the predictions. */
static const double fit_spread = 0.056928;
/* clang-format on */
