/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See pixels.h.
 */
#include "pixels.h"

#include "refusal.h"

#include <string.h>

/* A multiple of GIMP's and GEGL's tile sizes. */
#define PIECE        256
#define PIECE_PIXELS (PIECE * PIECE)

/* ---- Piece by piece -------------------------------------------------------------------------- */

gboolean pst_next_piece(const GeglRectangle *all, GeglRectangle *piece)
{
    if (piece->width == 0) {
        piece->x = all->x;
        piece->y = all->y;
    } else {
        piece->x += PIECE;
        if (piece->x >= all->x + all->width) {
            piece->x = all->x;
            piece->y += PIECE;
        }
    }
    piece->width = MIN(PIECE, all->x + all->width - piece->x);
    piece->height = MIN(PIECE, all->y + all->height - piece->y);
    return piece->width > 0 && piece->height > 0;
}

/* How much of `all` lies before `piece`. */
static double done_before(const GeglRectangle *all, const GeglRectangle *piece)
{
    double rows = piece->y - all->y;

    return (rows + (double) piece->height * (piece->x - all->x) / all->width) / all->height;
}

gboolean pst_buffers_are_same(GeglBuffer *a, GeglBuffer *b)
{
    const Babl *format = gegl_buffer_get_format(a);
    const GeglRectangle *all = gegl_buffer_get_extent(a);
    gsize pixel = (gsize) babl_format_get_bytes_per_pixel(format);
    GeglRectangle piece = {0};
    gboolean same =
        gegl_buffer_get_format(b) == format && gegl_rectangle_equal(all, gegl_buffer_get_extent(b));
    guint8 *bytes = g_malloc(2 * PIECE_PIXELS * pixel), *others = bytes + PIECE_PIXELS * pixel;

    while (same && pst_next_piece(all, &piece)) {
        gegl_buffer_get(a, &piece, 1, format, bytes, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
        gegl_buffer_get(b, &piece, 1, format, others, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
        same = memcmp(bytes, others, (gsize) piece.width * piece.height * pixel) == 0;
    }
    g_free(bytes);
    return same;
}

gboolean pst_pixels_are_there(const PstPixels *pixels)
{
    return !pixels->is_there ||
           (pixels->is_there(pixels->id) && (!pixels->mask || pixels->is_there(pixels->mask_id)));
}

/* Before each piece; `pixels` and `monitor` may be NULL. */
static gboolean go_on(const PstPixels *pixels, const GeglRectangle *all, const GeglRectangle *piece,
                      PstMonitor *monitor, GError **error)
{
    if (monitor && !pst_monitor_check(monitor, done_before(all, piece), error))
        return FALSE;
    return !pixels || pst_pixels_are_there(pixels) ||
           pst_refuse(error, PST_REFUSE_LAYER_GONE, NULL);
}

static gboolean copy_pieces(GeglBuffer *from, GeglBuffer *to, const PstPixels *pixels,
                            PstMonitor *monitor, GError **error)
{
    const GeglRectangle *all = gegl_buffer_get_extent(from);
    GeglRectangle piece = {0};

    while (pst_next_piece(all, &piece)) {
        if (!go_on(pixels, all, &piece, monitor, error))
            return FALSE;
        gegl_buffer_copy(from, &piece, GEGL_ABYSS_NONE, to, &piece);
    }
    return pst_swap_check(error);
}

gboolean pst_buffer_copy(GeglBuffer *from, GeglBuffer *to, PstMonitor *monitor, GError **error)
{
    return copy_pieces(from, to, NULL, monitor, error);
}

/* ---- Formats --------------------------------------------------------------------------------- */

/* The space in which a picture of that space is painted. */
static const Babl *paint_space(const Babl *space)
{
    return babl_space_is_gray(space) || babl_space_is_cmyk(space) ? babl_space("sRGB") : space;
}

/* As precise as `format`, where that is one of RGB in a space of colours, and else floating point. */
static const Babl *read_format(const Babl *format)
{
    const Babl *space = paint_space(babl_format_get_space(format));

    if (!babl_format_is_palette(format) && space == babl_format_get_space(format))
        return format;
    return babl_format_with_space(babl_format_has_alpha(format) ? "R'G'B'A float" : "R'G'B' float",
                                  space);
}

GeglBuffer *pst_pixels_copy(const PstPixels *pixels, PstMonitor *monitor, GError **error)
{
    GeglBuffer *from = pixels->buffer;
    GeglBuffer *copy =
        gegl_buffer_new(gegl_buffer_get_extent(from), read_format(gegl_buffer_get_format(from)));

    if (!copy_pieces(from, copy, pixels, monitor, error))
        g_clear_object(&copy);
    return copy;
}

/* ---- Masks ----------------------------------------------------------------------------------- */

/* Multiplies every `step`th of `count` values by the factors. */
static void multiply(float *values, int step, const float *factors, gsize count)
{
    for (gsize i = 0; i < count; i++)
        values[i * (gsize) step] *= factors[i];
}

/* R'G'B'A float in the space that the buffer's format names, or in the one that is meant. */
static const Babl *named_format(const PstPixels *pixels)
{
    const Babl *format = gegl_buffer_get_format(pixels->buffer);

    return babl_format_with_space("R'G'B'A float", paint_space(babl_format_get_space(format)));
}

static const Babl *meant_format(const PstPixels *pixels)
{
    return pixels->space ? babl_format_with_space("R'G'B'A float", paint_space(pixels->space))
                         : named_format(pixels);
}

gboolean pst_pixels_are_plain(const PstPixels *pixels, const PstPixels *like)
{
    return !pixels->mask && meant_format(pixels) == meant_format(like);
}

/* The factors of the mask for a piece of the buffer. */
static void get_mask(const PstPixels *pixels, GeglRectangle piece, float *factors)
{
    piece.x -= pixels->mask_x;
    piece.y -= pixels->mask_y;
    gegl_buffer_get(pixels->mask, &piece, 1, babl_format("Y float"), factors, GEGL_AUTO_ROWSTRIDE,
                    GEGL_ABYSS_NONE);
}

GeglBuffer *pst_pixels_read(const PstPixels *pixels, const PstPixels *like, PstMonitor *monitor,
                            GError **error)
{
    const Babl *named = named_format(pixels), *format = meant_format(like);
    const Babl *fish = babl_fish(meant_format(pixels), format);
    const GeglRectangle *all = gegl_buffer_get_extent(pixels->buffer);
    GeglRectangle piece = {0};
    GeglBuffer *copy;
    float *rgba, *factors;

    if (pst_pixels_are_plain(pixels, like))
        return pst_pixels_copy(pixels, monitor, error);
    copy = gegl_buffer_new(all, format);
    rgba = g_new(float, 4 * PIECE_PIXELS);
    factors = g_new(float, PIECE_PIXELS);
    while (copy && pst_next_piece(all, &piece)) {
        gsize count = (gsize) piece.width * piece.height;

        if (!go_on(pixels, all, &piece, monitor, error)) {
            g_clear_object(&copy);
            break;
        }
        gegl_buffer_get(pixels->buffer, &piece, 1, named, rgba, GEGL_AUTO_ROWSTRIDE,
                        GEGL_ABYSS_NONE);
        babl_process(fish, rgba, rgba, (long) count);
        if (pixels->mask) {
            get_mask(pixels, piece, factors);
            multiply(rgba + 3, 4, factors, count);
        }
        gegl_buffer_set(copy, &piece, 0, format, rgba, GEGL_AUTO_ROWSTRIDE);
    }
    g_free(factors);
    g_free(rgba);
    return copy;
}

GeglBuffer *pst_pixels_read_mask(const PstPixels *pixels, PstMonitor *monitor, GError **error)
{
    const GeglRectangle *all = gegl_buffer_get_extent(pixels->buffer);
    GeglRectangle piece = {0};
    GeglBuffer *copy;
    float *values;

    if (!pixels->is_channel)
        return pst_pixels_read(pixels, pixels, monitor, error);
    copy = gegl_buffer_new(all, babl_format("Y' u16"));
    values = g_new(float, PIECE_PIXELS);
    while (copy && pst_next_piece(all, &piece)) {
        if (!go_on(pixels, all, &piece, monitor, error)) {
            g_clear_object(&copy);
            break;
        }
        gegl_buffer_get(pixels->buffer, &piece, 1, babl_format("Y float"), values,
                        GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
        gegl_buffer_set(copy, &piece, 0, babl_format("Y' float"), values, GEGL_AUTO_ROWSTRIDE);
    }
    g_free(values);
    return copy;
}

/* What is shown of a piece. */
static void get_shown(const PstPixels *pixels, GeglBuffer *selection, const GeglRectangle *piece,
                      float *values, float *factors)
{
    GeglRectangle selected = *piece;
    gsize count = (gsize) piece->width * piece->height;

    selected.x += pixels->x;
    selected.y += pixels->y;
    for (gsize i = 0; i < count; i++)
        values[i] = 1;
    if (selection)
        gegl_buffer_get(selection, &selected, 1, babl_format("Y float"), values,
                        GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
    if (pixels->mask) {
        get_mask(pixels, *piece, factors);
        multiply(values, 1, factors, count);
    }
}

GeglBuffer *pst_pixels_read_shown(const PstPixels *pixels, GeglBuffer *selection,
                                  PstMonitor *monitor, GError **error)
{
    const Babl *format = babl_format("Y float");
    const GeglRectangle *all = gegl_buffer_get_extent(pixels->buffer);
    GeglBuffer *shown = gegl_buffer_new(all, format);
    float *values = g_new(float, PIECE_PIXELS), *factors = g_new(float, PIECE_PIXELS);
    GeglRectangle piece = {0};

    while (shown && pst_next_piece(all, &piece)) {
        if (!go_on(pixels, all, &piece, monitor, error)) {
            g_clear_object(&shown);
            break;
        }
        get_shown(pixels, selection, &piece, values, factors);
        gegl_buffer_set(shown, &piece, 0, format, values, GEGL_AUTO_ROWSTRIDE);
    }
    g_free(factors);
    g_free(values);
    return shown;
}
