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
    int mask_x, mask_y;
    int x, y;            /* where its first pixel is in the image */
    gboolean is_channel; /* one channel, whose numbers are values of a mask and no light */
    const Babl
        *space; /* what the numbers mean, where the buffer's format does not say so; or NULL */
} PstPixels;

/* Copies all of `from` to `to`, of the same extent, piece by piece: GIMP's buffers travel through a
 * pipe, so that a large one takes seconds.  It is a step of `monitor`, which may stop it. */
gboolean pst_buffer_copy(GeglBuffer *from, GeglBuffer *to, PstMonitor *monitor, GError **error);

/* A copy that no longer depends on GIMP, in a format that the engine takes: RGB in the buffer's own space,
 * or in sRGB where that space has no colours.  Free with g_object_unref(). */
GeglBuffer *pst_buffer_read(GeglBuffer *from, PstMonitor *monitor, GError **error);

/* The same of what is seen beside `like`: colours as numbers of its space, and alpha 0 where the mask is
 * black.  `monitor` may be NULL. */
GeglBuffer *pst_pixels_read(const PstPixels *pixels, const PstPixels *like, PstMonitor *monitor,
                            GError **error);

/* Whether pst_pixels_read() would change nothing. */
gboolean pst_pixels_are_plain(const PstPixels *pixels, const PstPixels *like);

/* A copy whose R'G'B' the engine reads as a mask of the same values; what the mask of a layer hides is
 * transparent. */
GeglBuffer *pst_pixels_read_mask(const PstPixels *pixels, PstMonitor *monitor, GError **error);

/* Multiplies `mask` by `factor`, of which the pixel x, y lies on the mask's first; outside it is 0. */
void pst_mask_multiply(GeglBuffer *mask, GeglBuffer *factor, int x, int y);

G_END_DECLS
