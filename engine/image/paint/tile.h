/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures that repeat.  More than the picture is painted: beyond its right and lower sides it begins again.  So what
 * lies along the left and the upper side is painted twice.  The first columns of the result are those from beyond the
 * right side, so that they continue where the last columns end; some way further in, they give way to the others.
 */
#pragma once

#include "image/reader.h"

typedef struct {
    GeglRectangle period;   /* the picture */
    int margin_x, margin_y; /* what is painted beyond it; 0: it does not repeat */
} PstTile;

/* For a picture of this extent. */
PstTile pst_tile_of(const GeglRectangle *extent);

/* A copy of the period, which begins at x, y beyond its own place in `buffer`, with its margins; at its own place. */
GeglBuffer *pst_tile_wrap(const PstTile *tile, GeglBuffer *buffer, int x, int y);

/* The rows beyond the lower side that rows [*y0, *y1) of the result need as well, in place of these; FALSE: none. */
gboolean pst_tile_rows_behind(const PstTile *tile, int *y0, int *y1);

/* A new buffer of a part of the period, from the painting of the picture with its margins.  NULL and an error when
 * there is no memory. */
GeglBuffer *pst_tile_fold(const PstTile *tile, GeglBuffer *painted, const GeglRectangle *part,
                          GError **error);
