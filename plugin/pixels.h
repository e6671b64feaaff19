/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is done to pixels between GIMP and the engine: copies that can be stopped, and what a mask hides.
 */
#pragma once

#include "monitor.h"

#include <gegl.h>

G_BEGIN_DECLS

/* A layer's pixels, and the mask that is applied to them, if any, with its origin at mask_x, mask_y. */
typedef struct {
    GeglBuffer *buffer, *mask;
    int id, mask_id; /* GIMP's numbers for both */
    /* Whether GIMP still has what a number is for; NULL: nothing of this is GIMP's. */
    gboolean (*is_there)(int id);
    int mask_x, mask_y;
    int x, y;            /* where its first pixel is in the image */
    gboolean is_channel; /* one channel, whose numbers are values of a mask and no light */
    const Babl
        *space; /* what the numbers mean, where the buffer's format does not say so; or NULL */
} PstPixels;

/* The piece behind `piece` in `all`, from left to right and from the top, small enough that it is copied in a few
 * milliseconds; FALSE behind the last one.  Starts with an empty piece. */
gboolean pst_next_piece(const GeglRectangle *all, GeglRectangle *piece);

/* Copies all of `from` to `to`, of the same extent, piece by piece: GIMP's buffers travel through a
 * pipe, so that a large one takes seconds.  It is a step of `monitor`, which may stop it. */
gboolean pst_buffer_copy(GeglBuffer *from, GeglBuffer *to, PstMonitor *monitor, GError **error);

/* Whether they have the same pixels, in the same format. */
gboolean pst_buffers_are_same(GeglBuffer *a, GeglBuffer *b);

/* Whether they can be read: GIMP ends a plug-in that reads what people have removed.  All that follows asks before
 * each piece. */
gboolean pst_pixels_are_there(const PstPixels *pixels);

/* A copy of the buffer that no longer depends on GIMP, in a format that the engine takes: RGB in the buffer's own
 * space, or in sRGB where that space has no colours.  `monitor` may be NULL, here and below.  Free with
 * g_object_unref(). */
GeglBuffer *pst_pixels_copy(const PstPixels *pixels, PstMonitor *monitor, GError **error);

/* The same of what is seen beside `like`: colours as numbers of its space, and alpha 0 where the mask is
 * black. */
GeglBuffer *pst_pixels_read(const PstPixels *pixels, const PstPixels *like, PstMonitor *monitor,
                            GError **error);

/* Whether pst_pixels_read() would change nothing. */
gboolean pst_pixels_are_plain(const PstPixels *pixels, const PstPixels *like);

/* A copy whose R'G'B' the engine reads as a mask of the same values; what the mask of a layer hides is
 * transparent. */
GeglBuffer *pst_pixels_read_mask(const PstPixels *pixels, PstMonitor *monitor, GError **error);

/* How much is shown of a picture in the place of `pixels`: as much as their mask and `selection`, of their whole
 * image, are white.  Either may be missing. */
GeglBuffer *pst_pixels_read_shown(const PstPixels *pixels, GeglBuffer *selection,
                                  PstMonitor *monitor, GError **error);

G_END_DECLS
