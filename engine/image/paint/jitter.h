/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a photo is even, nothing in it says where strokes should fall, and the painter makes one flat patch of it.  So
 * soft noise is added to what the painter sees there, too faint to be seen itself; and everywhere, where a seed asks
 * for other strokes.
 */
#pragma once

#include "nn/kernel/map.h"

#include <glib.h>

typedef struct {
    guint32 seed;
    float amount;      /* of the noise, where it is not less: [−amount, amount] */
    const float *even; /* [height][width], how much of it there is, [0, 1]; NULL: all */
    int width, height;
} PstJitter;

/* Fills `even` from the luma of a picture: 1 where it does not change at all, and 0 where it changes as much as
 * any photographed surface.  `scratch` has room for two such planes. */
void pst_jitter_find_even(const float *luma, int width, int height, float *even, float *scratch,
                          int threads);

/* Adds value noise (Perlin 2002's interpolation between random values on a lattice) to the three channels of
 * `picture`, which holds `box`; what comes out is in [0, 1].  A value depends on its place and `jitter` alone. */
void pst_jitter_add(const PstJitter *jitter, PstBox box, const PstMap *picture);
