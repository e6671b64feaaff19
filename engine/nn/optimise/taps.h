/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What some of a graph's maps, the taps, are made from.
 */
#pragma once

#include "nn/graph.h"

/* needed[node]: whether it is a tap, or one is made from it; the picture is. */
void pst_taps_needed(const PstGraph *graph, const int *taps, int tap_count,
                     bool needed[PST_MAX_NODES]);

/* How many times as small as the picture the smallest needed map is: a power of 2. */
int pst_taps_unit(const PstGraph *graph, const int *taps, int tap_count);

/* How many rows of the picture a pixel of the taps sees above and below its own, at most; −1 where it may be all.  Of
 * columns there are as many. */
int pst_taps_reach(const PstGraph *graph, const int *taps, int tap_count);

/* Floating-point operations a pixel of the picture. */
double pst_taps_flop(const PstGraph *graph, const int *taps, int tap_count);
