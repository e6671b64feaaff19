/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A gradient (gradient.h) of a picture that is looked at tile by tile, a tile by each thread: of the maps between
 * picture and taps only those tiles' are there at once, small enough for a core's caches, and threads need not wait
 * for each other at every layer.  It suits taps that see little of the picture.
 *
 * A tile is seen with as much around it as its taps reach, so that values and gradients are those of the whole
 * picture but for rounding.  For tiles of a given size, every number of threads gives the same bytes.
 */
#pragma once

#include "nn/optimise/gradient.h"

typedef struct PstTiling PstTiling;

/* Plans and allocates, as pst_gradient_new() does, whose options and errors these are; the memory is that of all,
 * traces included, and where it is short, fewer threads have a tile.  Tiles are squares of about `side`, and larger
 * where taps reach far.  With a side of 0, and where there would be no more than one, or where a tap sees all of the
 * picture, the whole is one, and its layers are shared among the threads. */
PstStatus pst_tiling_new(PstTiling **tiling, const PstGraph *graph,
                         const PstGradientOptions *options, int side, PstMessage *message);

void pst_tiling_free(PstTiling **tiling); /* sets it to NULL; NULL inside is allowed */

size_t pst_tiling_bytes(const PstTiling *tiling);

/* Of the whole picture. */
const PstMap *pst_tiling_tap(const PstTiling *tiling, int tap);
PstMap *pst_tiling_seed(PstTiling *tiling, int tap);

/* Fills the taps.  `picture` is planes without gaps, [3][height][width].  The pulse as pst_gradient_forward()'s. */
PstStatus pst_tiling_forward(PstTiling *tiling, const float *picture, PstPulse pulse, void *user,
                             PstMessage *message);

/* Fills `gradient`, planes like the picture's, with that of the last call of pst_tiling_forward(); the seeds have been
 * filled since.  The values of the taps may be lost. */
PstStatus pst_tiling_back(PstTiling *tiling, float *gradient, PstPulse pulse, void *user,
                          PstMessage *message);
