/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the picture formats share: errors, sizes, pixels without alpha.
 */
#include "image/file/format.h"

#define SIDE_MOST 262144

gboolean pst_file_fail(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, PST_ERROR, PST_ERROR_FILE, text);
    g_free(text);
    return FALSE;
}

gboolean pst_file_no_memory(GError **error)
{
    g_set_error_literal(error, PST_ERROR, PST_ERROR_MEMORY, "no memory for the picture's pixels");
    return FALSE;
}

gpointer pst_file_rows_new(gsize stride, GError **error)
{
    gpointer rows = g_try_malloc0_n(stride, PST_FILE_ROWS);
    if (rows == NULL)
        pst_file_no_memory(error);
    return rows;
}

gboolean pst_file_check_size(guint64 width, guint64 height, GError **error)
{
    if (width >= 1 && height >= 1 && width <= SIDE_MOST && height <= SIDE_MOST)
        return TRUE;
    return pst_file_fail(error,
                         "%" G_GUINT64_FORMAT " by %" G_GUINT64_FORMAT
                         " pixels: each side must be from 1 to %d",
                         width, height, SIDE_MOST);
}

GeglBuffer *pst_file_buffer_new(guint64 width, guint64 height, const Babl *format, GError **error)
{
    if (!pst_file_check_size(width, height, error))
        return NULL;
    return gegl_buffer_new(GEGL_RECTANGLE(0, 0, (int) width, (int) height), format);
}

gboolean pst_file_check_writable(GeglBuffer *picture, int limit, const char *name, GError **error)
{
    const GeglRectangle *extent = gegl_buffer_get_extent(picture);
    if (extent->width <= limit && extent->height <= limit)
        return TRUE;
    return pst_file_fail(error, "%d by %d pixels: a side of a %s picture has at most %d",
                         extent->width, extent->height, name, limit);
}

const guint8 *pst_file_icc(GeglBuffer *picture, gsize *length)
{
    const Babl *space = babl_format_get_space(gegl_buffer_get_format(picture));
    int bytes = 0;
    const char *icc = babl_space_get_icc(space, &bytes);
    *length = icc ? (gsize) bytes : 0;
    return (const guint8 *) icc;
}

/* Light over white: colour + (1 - alpha), in the non-linear values that painters of pixels expect. */
static void flatten(const float *rgba, float *rgb, gsize pixels)
{
    for (gsize i = 0; i < pixels; i++)
        for (int c = 0; c < 3; c++)
            rgb[3 * i + c] = rgba[4 * i + c] + (1 - rgba[4 * i + 3]);
}

void pst_file_get_opaque(GeglBuffer *picture, int y, int count, int bits, gboolean srgb,
                         gpointer rows)
{
    const GeglRectangle *extent = gegl_buffer_get_extent(picture);
    const GeglRectangle area = {extent->x, extent->y + y, extent->width, count};
    const Babl *own = gegl_buffer_get_format(picture);
    const Babl *space = srgb ? NULL : babl_format_get_space(own);
    const Babl *wanted = babl_format_with_space(bits > 8 ? "R'G'B' u16" : "R'G'B' u8", space);

    if (!babl_format_has_alpha(own)) {
        gegl_buffer_get(picture, &area, 1, wanted, rows, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
        return;
    }
    gsize width = (gsize) extent->width;
    gsize stride = width * (gsize) babl_format_get_bytes_per_pixel(wanted);
    const Babl *mixed = babl_format_with_space("R'aG'aB'aA float", space);
    const Babl *fish = babl_fish(babl_format_with_space("R'G'B' float", space), wanted);
    float *rgba = g_new(float, 4 * width), *rgb = g_new(float, 3 * width);
    for (int i = 0; i < count; i++) {
        GeglRectangle row = {area.x, area.y + i, area.width, 1};
        gegl_buffer_get(picture, &row, 1, mixed, rgba, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
        flatten(rgba, rgb, width);
        babl_process(fish, rgb, (guint8 *) rows + stride * (gsize) i, (long) width);
    }
    g_free(rgb);
    g_free(rgba);
}
