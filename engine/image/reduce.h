/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "image/reader.h"

/* Reduces width and height in proportion, to a long side of at most `long_side`. */
void pst_reduced_size(int *width, int *height, int long_side);

/* A copy of the reader's picture, reduced by area (each new pixel is the mean of what it covers, colours
 * weighted by alpha) until its long side is `long_side` pixels; never enlarged.  Our own and not GEGL's, so
 * that all versions of GEGL give the same code for a style.  Returns a new buffer of R'G'B'A float. */
GeglBuffer *pst_reduce(PstReader *reader, int long_side);
