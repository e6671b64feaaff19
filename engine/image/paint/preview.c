/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a preview needs beside pst_stylize(): a smaller picture, and how small it may be.
 */
#include "image/paint/schedule.h"
#include "image/reduce.h"

int pst_preview_side(const PstSettings *settings, int width, int height)
{
    return pst_draft_side(settings, width, height);
}

GeglBuffer *pst_preview_picture(GeglBuffer *picture, int long_side, GError **error)
{
    PstReader reader;
    PstSettings plain;
    pst_settings_init(&plain);
    if (!pst_reader_open(&reader, picture, error))
        return NULL;
    GeglBuffer *reduced =
        pst_reduce(&reader, MAX(1, long_side), pst_settings_threads(&plain), error);
    pst_reader_close(&reader);
    return reduced;
}
