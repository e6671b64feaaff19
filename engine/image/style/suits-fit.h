/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Written by weights/train/suits.py: ridge regression (penalty 0.03) on 350 painted pairs of
 * training pictures; scores of unseen photos and styles were ranked with a correlation of 0.62.
 * In the order of the features in suits.c.
 */
#pragma once

/* clang-format off */
static const double fit_means[] = {
    0.130784, /* palette */
    0.0979814, /* hues */
    0.953729, /* scale */
    0.0732356, /* busy */
    0.611899, /* content luma */
    0.555136, /* style luma */
    0.447442, /* content hues */
    0.348115, /* style hues */
    1.02704, /* content uneven */
    0.683664, /* style uneven */
    1.7361, /* content sparse */
    1.57585, /* style sparse */
    -4.64533, /* content detail 0 */
    -4.22581, /* content detail 1 */
    -3.85913, /* content detail 2 */
    -3.50097, /* content detail 3 */
    -4.54699, /* style detail 0 */
    -4.14437, /* style detail 1 */
    -3.78037, /* style detail 2 */
    -3.46656, /* style detail 3 */
};
static const double fit_deviations[] = {
    0.0578438, /* palette */
    0.0589509, /* hues */
    0.619165, /* scale */
    0.854525, /* busy */
    0.144143, /* content luma */
    0.159121, /* style luma */
    0.280445, /* content hues */
    0.163492, /* style hues */
    0.57859, /* content uneven */
    0.367398, /* style uneven */
    0.567889, /* content sparse */
    0.717679, /* style sparse */
    0.878222, /* content detail 0 */
    0.733912, /* content detail 1 */
    0.609058, /* content detail 2 */
    0.529274, /* content detail 3 */
    0.687706, /* style detail 0 */
    0.609303, /* style detail 1 */
    0.566544, /* style detail 2 */
    0.546604, /* style detail 3 */
};
static const double fit_weights[] = {
    0.00978309, /* palette */
    0.0165921, /* hues */
    -0.00900116, /* scale */
    -0.00586474, /* busy */
    0.00665974, /* content luma */
    -0.0264267, /* style luma */
    0.00476105, /* content hues */
    -0.0106117, /* style hues */
    0.0136054, /* content uneven */
    0.0122546, /* style uneven */
    0.0178477, /* content sparse */
    -0.0464848, /* style sparse */
    0.00229723, /* content detail 0 */
    -0.0117281, /* content detail 1 */
    0.0174357, /* content detail 2 */
    0.0121928, /* content detail 3 */
    -0.0481373, /* style detail 0 */
    0.020475, /* style detail 1 */
    0.0142143, /* style detail 2 */
    -0.00768206, /* style detail 3 */
};
/* The standard deviation of the predictions. */
static const double fit_spread = 0.0649847;
/* clang-format on */
