/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See portrait.h.
 */
#include "window/portrait.h"

#include "request.h"

#include <gegl.h>

GdkPixbuf *pst_pixbuf_new_from_buffer(GeglBuffer *picture)
{
    const GeglRectangle *all = gegl_buffer_get_extent(picture);
    GdkPixbuf *pixbuf = gdk_pixbuf_new(GDK_COLORSPACE_RGB, TRUE, 8, all->width, all->height);

    if (pixbuf)
        gegl_buffer_get(picture, all, 1.0, babl_format("R'G'B'A u8"), gdk_pixbuf_get_pixels(pixbuf),
                        gdk_pixbuf_get_rowstride(pixbuf), GEGL_ABYSS_NONE);
    return pixbuf;
}

/* What a saved style has of the picture that it was made from. */
static GdkPixbuf *from_style(const PstEngine *engine, const char *name)
{
    PstSettings settings;
    PstStyle *style;
    const PstStyleInfo *info;
    GdkPixbuf *pixbuf = NULL;

    pst_settings_init(&settings);
    style = pst_style_new_from_name(engine, name, &settings, NULL, NULL, NULL);
    info = style ? pst_style_info(style) : NULL;
    if (info && info->thumbnail) {
        GdkPixbuf *view = gdk_pixbuf_new_from_data(info->thumbnail, GDK_COLORSPACE_RGB, FALSE, 8,
                                                   info->thumbnail_width, info->thumbnail_height,
                                                   3 * info->thumbnail_width, NULL, NULL);

        pixbuf = gdk_pixbuf_copy(view);
        g_object_unref(view);
    }
    pst_style_free(style);
    return pixbuf;
}

GdkPixbuf *pst_style_portrait(const PstEngine *engine, const char *style, int side)
{
    const char *path = pst_style_file_path(style);
    GeglBuffer *picture, *small = NULL;
    GdkPixbuf *pixbuf = NULL;

    if (!path)
        return NULL;
    if (g_str_has_suffix(path, ".style"))
        return engine ? from_style(engine, style) : NULL;
    picture = pst_file_load(path, NULL, NULL);
    if (picture)
        small = pst_preview_picture(picture, 2 * side, NULL); /* its short side counts, too */
    if (small)
        pixbuf = pst_pixbuf_new_from_buffer(small);
    g_clear_object(&small);
    g_clear_object(&picture);
    return pixbuf;
}
