/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The values of a PstMask, row by row, in step with the picture that it belongs to.
 */
#pragma once

#include "image/reader.h"

typedef struct {
    PstReader
        reader; /* of the mask's buffer, which it references; its extent is the picture's, in the buffer */
    float *rows; /* values in [0, 1]; NULL: there is no mask */
} PstMaskReader;

/* For a picture of `extent`.  Where `mask` is NULL or has no buffer, nothing is opened, and that is no
 * error.  Free with pst_mask_close(). */
gboolean pst_mask_open(PstMaskReader *reader, const PstMask *mask, const GeglRectangle *extent,
                       GError **error);
void pst_mask_close(PstMaskReader *reader);

/* Reads columns [x0, x1) of rows [y, y + count) of the picture, count <= PST_READER_ROWS, into
 * reader->rows without gaps. */
void pst_mask_get(PstMaskReader *reader, int x0, int x1, int y, int count);
