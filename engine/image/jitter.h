/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a seed does: the painter sees the photo under faint, soft noise, too faint to be seen itself, but
 * where the photo is even it decides where strokes and patches fall.
 */
#pragma once

#include "nn/map.h"

#include <glib.h>

/* Adds value noise (Perlin 2002's interpolation between random values on a lattice) to the three channels of
 * `picture`, which holds `box`; what comes out is in [0, 1].  A value depends on `seed` and its place alone. */
void pst_jitter(guint32 seed, float amount, PstBox box, const PstMap *picture);
