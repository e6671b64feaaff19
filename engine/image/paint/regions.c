/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/paint/regions.h"

#include "image/reduce.h"

#include <math.h>
#include <string.h>

/* ---- Reducing -------------------------------------------------------------------------------- */

/* Adds row `y` of `height` to a plane of to_width × to_height: each pixel gets the mean of what it covers. */
static void add_row(float *to, int to_width, int to_height, const float *row, int y, int width,
                    int height)
{
    double scale_x = (double) to_width / width, scale_y = (double) to_height / height;
    double top = y * scale_y, bottom = (y + 1) * scale_y;
    for (int line = (int) top; line < to_height && line < bottom; line++) {
        double share = MIN(bottom, line + 1.0) - MAX(top, line);
        for (int x = 0; x < width; x++) {
            double left = x * scale_x, right = (x + 1) * scale_x;
            for (int i = (int) left; i < to_width && i < right; i++)
                to[(gsize) line * to_width + i] +=
                    (float) (share * (MIN(right, i + 1.0) - MAX(left, i)) * row[x]);
        }
    }
}

float *pst_regions_reduced(const PstRegions *regions, int region, int width, int height)
{
    int small_width = regions->small_width, small_height = regions->small_height;
    const float *from = regions->plane + (gsize) region * small_width * small_height;
    float *to = g_try_new0(float, (gsize) width *height);
    for (int y = 0; to && y < small_height; y++)
        add_row(to, width, height, from + (gsize) y * small_width, y, small_width, small_height);
    return to;
}

/* Reads the whole once. */
static void fill_planes(PstRegions *regions)
{
    gsize size = (gsize) regions->small_width * regions->small_height;
    for (int y = 0; y < regions->height; y += PST_READER_ROWS) {
        int count = MIN(PST_READER_ROWS, regions->height - y);
        pst_regions_get(regions, y, count);
        for (int k = 0; k < regions->count; k++) {
            for (int i = 0; i < count; i++) {
                const float *row = pst_regions_row(regions, k, i);
                for (int x = 0; x < regions->width && !regions->is_seen[k]; x++)
                    regions->is_seen[k] = row[x] > 0;
                add_row(regions->plane + k * size, regions->small_width, regions->small_height, row,
                        y + i, regions->width, regions->height);
            }
        }
    }
}

gboolean pst_places_check(const PstPlaces *places, GError **error)
{
    if (!places || (places->region_count >= 0 && places->region_count <= PST_REGIONS_MOST))
        return TRUE;
    g_set_error(error, PST_ERROR, PST_ERROR_USAGE, "%d regions: there can be 0 to %d",
                places->region_count, PST_REGIONS_MOST);
    return FALSE;
}

/* ---- Opening --------------------------------------------------------------------------------- */

gsize pst_regions_bytes(int count, int width, int height, int long_side)
{
    gsize rows = (gsize) PST_READER_ROWS * width;
    pst_reduced_size(&width, &height, long_side);
    return count > 1 ? sizeof(float) *
                           (rows * (count + (count - 1) * 5) + (gsize) (count + 1) * width * height)
                     : 0;
}

static gboolean open(PstRegions *regions, const PstPlaces *places, const GeglRectangle *extent,
                     GError **error)
{
    for (int k = 0; k + 1 < regions->count; k++)
        if (!pst_mask_open(&regions->masks[k], &places->regions[k].mask, extent, error))
            return FALSE;
    regions->rows = g_try_new(float, (gsize) regions->count *PST_READER_ROWS * regions->width);
    regions->plane =
        g_try_new0(float, (gsize) regions->count * regions->small_width * regions->small_height);
    if (!regions->rows || !regions->plane) {
        return pst_error_no_memory(error, "for the regions");
    }
    fill_planes(regions);
    return TRUE;
}

gboolean pst_regions_open(PstRegions *regions, const PstPlaces *places, const GeglRectangle *extent,
                          int long_side, GError **error)
{
    int width = extent->width, height = extent->height;
    pst_reduced_size(&width, &height, long_side);
    *regions = (PstRegions){.count = 1 + (places ? places->region_count : 0),
                            .width = extent->width,
                            .height = extent->height,
                            .small_width = width,
                            .small_height = height,
                            .is_seen = {TRUE}};
    if (regions->count == 1)
        return TRUE;
    regions->is_seen[0] = FALSE;
    if (open(regions, places, extent, error))
        return TRUE;
    pst_regions_close(regions);
    return FALSE;
}

void pst_regions_close(PstRegions *regions)
{
    for (int k = 0; k + 1 < regions->count; k++)
        pst_mask_close(&regions->masks[k]);
    g_clear_pointer(&regions->rows, g_free);
    g_clear_pointer(&regions->plane, g_free);
}

/* ---- Weights --------------------------------------------------------------------------------- */

void pst_regions_get(PstRegions *regions, int y, int count)
{
    gsize pixels = (gsize) count * regions->width, step = (gsize) PST_READER_ROWS * regions->width;
    int masks = regions->count - 1;
    for (int k = 0; k < masks; k++)
        pst_mask_get(&regions->masks[k], 0, regions->width, y, count);
    for (gsize i = 0; i < pixels; i++) {
        float sum = 0, *weights = regions->rows + i;
        for (int k = 0; k < masks; k++)
            sum += regions->masks[k].rows[i];
        /* where masks overlap they share the pixel; what they leave is region 0's */
        for (int k = 0; k < masks; k++)
            weights[(k + 1) * step] = regions->masks[k].rows[i] / MAX(sum, 1);
        weights[0] = MAX(1 - sum, 0);
    }
}
