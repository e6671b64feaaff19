/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/paint/mask.h"

gboolean pst_mask_open(PstMaskReader *reader, const PstMask *mask, const GeglRectangle *extent,
                       GError **error)
{
    *reader = (PstMaskReader){.rows = NULL};
    if (!mask || !mask->buffer)
        return TRUE;
    if (!pst_reader_open(&reader->reader, mask->buffer, error)) {
        reader->reader.buffer = NULL;
        return FALSE;
    }
    g_object_ref(mask->buffer);
    /* the picture's part of it; what lies beyond the mask is read as transparent */
    PstReader *pixels = &reader->reader;
    pixels->extent = *extent;
    pixels->extent.x += mask->x;
    pixels->extent.y += mask->y;
    reader->rows = g_try_new(float, (gsize) extent->width *PST_READER_ROWS);
    if (pst_reader_make_room(pixels) && reader->rows)
        return TRUE;
    pst_mask_close(reader);
    return pst_error_no_memory(error, "to read the mask");
}

void pst_mask_close(PstMaskReader *reader)
{
    pst_reader_close(&reader->reader);
    g_clear_object(&reader->reader.buffer);
    g_clear_pointer(&reader->rows, g_free);
}

/* What reading leaves beside black and white is rounding: both must be exact. */
#define NEAR 2e-5f

/* BT.601 luma by alpha; of a gray the gray itself, exactly. */
static float value_of(const float *rgba)
{
    float r = pst_clamp(rgba[0]), g = pst_clamp(rgba[1]), b = pst_clamp(rgba[2]);
    float value = (g + 0.299f * (r - g) + 0.114f * (b - g)) * pst_clamp(rgba[3]);
    return value < NEAR ? 0 : value > 1 - NEAR ? 1 : value;
}

void pst_mask_get(PstMaskReader *reader, int x0, int x1, int y, int count)
{
    if (!reader->rows)
        return;
    pst_reader_get(&reader->reader, x0, x1, y, count);
    for (gsize i = 0; i < (gsize) count * (x1 - x0); i++)
        reader->rows[i] = value_of(reader->reader.rows + 4 * i);
}
