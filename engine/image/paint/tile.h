/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures that repeat.  What is painted sees a little more than the picture: behind its right and lower sides the
 * picture begins again.  There are then two paintings of what lies at the left and the upper side; the first columns
 * of the result are of the one behind the right side, so that they go on where the last columns end, and some way in
 * it gives over to the other.
 */
#pragma once

#include "image/reader.h"

typedef struct {
    GeglRectangle period;   /* the picture */
    int margin_x, margin_y; /* what is seen behind it; 0: it does not repeat */
} PstTile;

/* For a picture of this extent. */
PstTile pst_tile_of(const GeglRectangle *extent);

/* A copy of what `buffer` has at the period, moved by x, y, with its margins; and there. */
GeglBuffer *pst_tile_wrap(const PstTile *tile, GeglBuffer *buffer, int x, int y);

/* Rows [*y0, *y1) behind the lower side that rows [y0, y1) of the result need as well; FALSE: none. */
gboolean pst_tile_rows_behind(const PstTile *tile, int *y0, int *y1);

/* A new buffer of `part` of the period from what was painted of the picture with its margins.  NULL and an error when
 * there is no memory. */
GeglBuffer *pst_tile_fold(const PstTile *tile, GeglBuffer *painted, const GeglRectangle *part,
                          GError **error);
