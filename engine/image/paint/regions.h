/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Several styles in one picture.  Each is painted over all of it, with the statistics of its own region, and
 * the regions' weights mix them pixel by pixel, so that the network never sees a border.  Region 0 is what the
 * masks leave over.
 */
#pragma once

#include "image/paint/mask.h"

#define PST_REGIONS_ALL (PST_REGIONS_MOST + 1)

typedef struct {
    int count; /* 1: there are no masks, and nothing below is set but is_seen */
    int width, height;
    PstMaskReader masks[PST_REGIONS_MOST];
    float *rows;  /* [count][PST_READER_ROWS · width] */
    float *plane; /* [count][small_height][small_width]: weights by area */
    int small_width, small_height;
    gboolean is_seen[PST_REGIONS_ALL]; /* it weighs something in some pixel */
} PstRegions;

/* FALSE and PST_ERROR_USAGE where there are more regions than there can be; NULL is none. */
gboolean pst_places_check(const PstPlaces *places, GError **error);

/* The regions of a picture of `extent`, whose weights are reduced to a long side of `long_side`.  `places`
 * may be NULL.  Free with pst_regions_close(). */
gboolean pst_regions_open(PstRegions *regions, const PstPlaces *places, const GeglRectangle *extent,
                          int long_side, GError **error);
void pst_regions_close(PstRegions *regions);

/* Bytes that so many regions take, beside their buffers. */
gsize pst_regions_bytes(int count, int width, int height, int long_side);

/* Reads the weights of rows [y, y + count) of the picture, count <= PST_READER_ROWS; they add up to 1. */
void pst_regions_get(PstRegions *regions, int y, int count);

/* Those of region `region` in row `i` of what was read. */
static inline const float *pst_regions_row(const PstRegions *regions, int region, int i)
{
    return regions->rows + ((gsize) region * PST_READER_ROWS + i) * regions->width;
}

/* The weights of one region, reduced to a smaller picture; NULL when there is no memory.  Free with
 * g_free(). */
float *pst_regions_reduced(const PstRegions *regions, int region, int width, int height);
