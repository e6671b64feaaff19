/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Total variation of a picture (Rudin, Osher and Fatemi 1992), in its anisotropic form: what neighbours differ by, to
 * the right and below, each pair counting as its first pixel does.  Sums are taken in a fixed order, whatever the
 * threads.
 */
#pragma once

/* How much which pairs count. */
typedef struct {
    const float *weights; /* [height][width], borrowed */
    int width, height;
    double across, down; /* their sums over the pixels that have one to the right, or below; > 0 */
} PstPairs;

PstPairs pst_pairs_of(const float *weights, int width, int height);

/* l1 · mean |∇x| + l2 · mean (∇x)² of picture[3][height][width], the mean being over three planes and one direction;
 * its gradient is added to `gradient`. */
double pst_variation(const PstPairs *pairs, double l1, double l2, int threads, const float *picture,
                     float *gradient);
