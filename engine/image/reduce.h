/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "image/reader.h"

/* A copy of the reader's picture, reduced by area (each new pixel is the mean of what it covers, colours
 * weighted by alpha) until its long side is `long_side` pixels; never enlarged.  Our own and not GEGL's, so
 * that all versions of GEGL give the same code for a style.  Returns a new buffer of R'G'B'A float. */
GeglBuffer *pst_reduce(PstReader *reader, int long_side);
