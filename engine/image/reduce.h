/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "image/reader.h"

/* Reduces width and height in proportion, to a long side of at most `long_side`. */
void pst_reduced_size(int *width, int *height, int long_side);

/* Copies of the reader's picture, reduced by area (each new pixel is the mean of what it covers, colours
 * weighted by alpha) until their long sides are long_sides[0 .. count) pixels; never enlarged.  Our own and not
 * GEGL's, so that all versions of GEGL give the same code for a style; the same bytes for any number of threads.
 * The picture is read once, however many they are.  `copies` becomes new buffers of R'G'B'A float; FALSE, an
 * error, and `copies` as it was when the ticker says so or memory is short.  NULL is a ticker that says nothing. */
#define PST_REDUCE_MOST 5 /* all octaves but the underpainting */
gboolean pst_reduce_all(PstReader *reader, const int *long_sides, int count, int threads,
                        PstTicker *ticker, GeglBuffer **copies, GError **error);

/* One of them, which nobody stops; NULL and PST_ERROR_MEMORY on failure. */
GeglBuffer *pst_reduce(PstReader *reader, int long_side, int threads, GError **error);
