/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The plain frame around a painting: a scan's black border, a print's white margin, a mount.  Its straight lines and
 * its one colour are no part of a style, but statistics cannot know that: they would come back all over the result.
 */
#pragma once

#include "image/reader.h"

/* Sets *inside to what of a picture's `extent` lies within its frame: all of it where there is none.  The frame is
 * looked for in a copy of the picture, reduced to PST_STYLE_SIDE; in a larger one none is found.
 *
 * A frame is of one colour, lies on opposite sides, and ends at a straight edge along most of each: what only fades
 * into its surroundings, or stands alone before a plain ground, is a picture's own.  Frames within one another count as
 * one.  FALSE and an error when there is no memory. */
gboolean pst_frame_find(PstReader *copy, const GeglRectangle *extent, GeglRectangle *inside,
                        GError **error);
