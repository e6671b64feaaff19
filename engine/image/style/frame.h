/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The plain frame around a painting: a scan's black border, a print's white margin, a mount.  Its straight lines and
 * its one colour are no part of a style, but statistics cannot know that: they would come back all over the result.
 */
#pragma once

#include "image/reader.h"

/* What of a picture, reduced to PST_STYLE_SIDE, lies inside its frame, in pixels of its extent; all of it where there
 * is none.  A frame is of one colour, lies on opposite sides, and ends at a straight edge along most of each: what
 * only fades into its surroundings, or stands alone before a plain ground, is a picture's own.  Frames within one
 * another are one.  `picture` is not read where it is larger than that.  FALSE and an error when there is no memory. */
gboolean pst_frame_find(PstReader *picture, GeglRectangle *inside, GError **error);
