/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cameras store pictures as the sensor lies and note in EXIF how to hold them.  This finds the note
 * and turns the pixels.
 */
#include "image/file/format.h"

#include <string.h>

/* ---- The tag --------------------------------------------------------------------------------- */

typedef struct {
    const guint8 *data;
    gsize length;
    gboolean big_endian;
} Exif;

/* The unsigned number of `bytes` (2 or 4) bytes at `offset`; 0 outside the block. */
static guint32 number_at(const Exif *exif, gsize offset, int bytes)
{
    if (offset > exif->length || exif->length - offset < (gsize) bytes)
        return 0;
    guint32 number = 0;
    for (int i = 0; i < bytes; i++) {
        guint32 byte = exif->data[offset + (gsize) (exif->big_endian ? i : bytes - 1 - i)];
        number = number << 8 | byte;
    }
    return number;
}

/* TIFF 6.0, section 2: byte order and 42, the offset of the first directory, there a count and
 * entries of 12 bytes: tag, type, count, value. */
int pst_exif_orientation(const guint8 *data, gsize length)
{
    enum { ORIENTATION = 0x0112, SHORT = 3 };
    if (length >= 6 && memcmp(data, "Exif\0\0", 6) == 0) {
        data += 6;
        length -= 6;
    }
    if (length < 8 || (memcmp(data, "II*\0", 4) != 0 && memcmp(data, "MM\0*", 4) != 0))
        return 1;
    Exif exif = {data, length, data[0] == 'M'};
    gsize directory = number_at(&exif, 4, 4);
    guint32 entries = number_at(&exif, directory, 2);
    for (guint32 i = 0; i < entries; i++) {
        gsize entry = directory + 2 + 12 * (gsize) i;
        if (number_at(&exif, entry, 2) == ORIENTATION && number_at(&exif, entry + 2, 2) == SHORT) {
            guint32 value = number_at(&exif, entry + 8, 2);
            return value >= 1 && value <= 8 ? (int) value : 1;
        }
    }
    return 1;
}

/* ---- The pixels ------------------------------------------------------------------------------ */

/* How to reach the stored pixel of an upright one: swap x and y first, then count each from its end. */
typedef struct {
    gboolean swap, from_right, from_bottom;
} Turn;

static const Turn turns[9] = {
    [2] = {FALSE, TRUE, FALSE}, [3] = {FALSE, TRUE, TRUE}, [4] = {FALSE, FALSE, TRUE},
    [5] = {TRUE, FALSE, FALSE}, [6] = {TRUE, FALSE, TRUE}, [7] = {TRUE, TRUE, TRUE},
    [8] = {TRUE, TRUE, FALSE},
};

/* Where the upright tile `to` lies in the stored picture of `width` by `height`. */
static GeglRectangle stored_area(Turn turn, const GeglRectangle *to, int width, int height)
{
    GeglRectangle from = *to;
    if (turn.swap)
        from = (GeglRectangle){to->y, to->x, to->height, to->width};
    if (turn.from_right)
        from.x = width - from.x - from.width;
    if (turn.from_bottom)
        from.y = height - from.y - from.height;
    return from;
}

/* The pixels of one tile: `stored` and `upright` are rows without gaps, `bytes` a pixel. */
static void turn_tile(Turn turn, const guint8 *stored, guint8 *upright, int width, int height,
                      gsize bytes)
{
    int stored_width = turn.swap ? height : width, stored_height = turn.swap ? width : height;
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            int sx = turn.swap ? y : x, sy = turn.swap ? x : y;
            if (turn.from_right)
                sx = stored_width - 1 - sx;
            if (turn.from_bottom)
                sy = stored_height - 1 - sy;
            memcpy(upright, stored + ((gsize) sy * (gsize) stored_width + (gsize) sx) * bytes,
                   bytes);
            upright += bytes;
        }
    }
}

GeglBuffer *pst_file_upright(GeglBuffer *picture, int orientation)
{
    enum { TILE = 256 };
    if (orientation <= 1 || orientation > 8)
        return g_object_ref(picture);

    const Babl *format = gegl_buffer_get_format(picture);
    gsize bytes = (gsize) babl_format_get_bytes_per_pixel(format);
    int width = gegl_buffer_get_width(picture), height = gegl_buffer_get_height(picture);
    Turn turn = turns[orientation];
    GeglRectangle extent = {0, 0, turn.swap ? height : width, turn.swap ? width : height};
    GeglBuffer *upright = gegl_buffer_new(&extent, format);
    guint8 *from = g_malloc(2 * TILE * TILE * bytes), *to = from + TILE * TILE * bytes;

    for (int y = 0; y < extent.height; y += TILE) {
        for (int x = 0; x < extent.width; x += TILE) {
            GeglRectangle tile = {x, y, MIN(TILE, extent.width - x), MIN(TILE, extent.height - y)};
            GeglRectangle area = stored_area(turn, &tile, width, height);
            gegl_buffer_get(picture, &area, 1, format, from, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
            turn_tile(turn, from, to, tile.width, tile.height, bytes);
            gegl_buffer_set(upright, &tile, 0, format, to, GEGL_AUTO_ROWSTRIDE);
        }
    }
    g_free(from);
    return upright;
}
