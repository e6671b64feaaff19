/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A gradient (gradient.h) of a picture that is looked at band by band, so that of the maps between picture and taps
 * only a band's must be there at once: an exchange of a second way forth for most of the memory (Chen et al. 2016,
 * "Training Deep Nets with Sublinear Memory Cost", cut in space instead of in depth).  It suits taps that are much
 * smaller than what they are made from, and that see little of the picture.
 *
 * A band is seen with as many rows around it as its taps reach, so that values and gradients are those of the whole
 * picture but for rounding.  For given rows a band, every number of threads gives the same bytes.
 */
#pragma once

#include "nn/optimise/gradient.h"

typedef struct PstBands PstBands;

/* Plans and allocates, as pst_gradient_new() does, whose options and errors these are; the memory is that of all.  With
 * `rows` of 0, and where that would not be less than the picture has, or where a tap sees all of the picture, there are
 * no bands: the whole is one. */
PstStatus pst_bands_new(PstBands **bands, const PstGraph *graph, const PstGradientOptions *options,
                        int rows, PstMessage *message);

void pst_bands_free(PstBands **bands); /* sets it to NULL; NULL inside is allowed */

size_t pst_bands_bytes(const PstBands *bands);

/* Of the whole picture. */
const PstMap *pst_bands_tap(const PstBands *bands, int tap);
PstMap *pst_bands_seed(PstBands *bands, int tap);

/* Fills the taps.  `picture` is planes without gaps, [3][height][width].  The pulse as pst_gradient_forward()'s. */
PstStatus pst_bands_forward(PstBands *bands, const float *picture, PstPulse pulse, void *user,
                            PstMessage *message);

/* Fills `gradient`, planes like those of `picture`, which is what it was at the last call of pst_bands_forward(); the
 * seeds have been filled since.  Where there are no bands, the values of the taps are lost. */
PstStatus pst_bands_back(PstBands *bands, const float *picture, float *gradient, PstPulse pulse,
                         void *user, PstMessage *message);
