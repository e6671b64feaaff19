/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A GeglBuffer as the networks see it: non-linear R'G'B' in its own space, clamped to [0, 1], extended at
 * the right and the bottom by reflection, and with nothing to be seen of what lies under transparency.
 */
#pragma once

#include "image/colour.h"
#include "image/engine.h"

#include <gegl.h>

/* How a format keeps a pixel, whose colours are R'G'B' or Y' in its own space. */
typedef struct {
    const char *format;
    int count,
        bytes; /* samples of a pixel, the last one alpha where they are even; bytes of each */
} PstSamples;

typedef struct {
    GeglBuffer *buffer; /* borrowed */
    GeglRectangle extent;
    const Babl *format;        /* R'G'B'A float in the buffer's space */
    const PstSamples *samples; /* of the buffer, where babl need not be asked; or NULL */
    gboolean has_alpha;
    float mean[3]; /* of the colours, by alpha: what is seen where alpha is 0 */
    float *rows;   /* PST_READER_ROWS rows of R'G'B'A */
    int threads;   /* of pst_reader_fill(); 1 when it is opened */
} PstReader;

#define PST_READER_ROWS 16

/* PST_ERROR_FILE when a side is not in [1, 262144].  Free with pst_reader_close(). */
gboolean pst_reader_open(PstReader *reader, GeglBuffer *buffer, GError **error);

/* The same for `copy`, in another size, of what `original` reads: it gets that reader's mean instead of measuring its
 * own.  Without an original (NULL) it does measure. */
gboolean pst_reader_open_copy(PstReader *reader, GeglBuffer *copy, const PstReader *original,
                              GError **error);

void pst_reader_close(PstReader *reader);

/* Makes room for rows anew, after the extent was changed.  FALSE when there is no memory, and there are no rows then. */
gboolean pst_reader_make_room(PstReader *reader);

/* FALSE and PST_ERROR_FILE when a side is not in [1, 262144]. */
gboolean pst_reader_check_size(int width, int height, GError **error);

/* Width or height, extended to what `graph` takes. */
int pst_reader_extended(const PstGraph *graph, int side);

/* Reads columns [x0, x1) of rows [y, y + count), count <= PST_READER_ROWS, into reader->rows without gaps:
 * values as they are, not clamped, not extended; but NaN is read as 0 and infinities as ±65504. */
void pst_reader_get(PstReader *reader, int x0, int x1, int y, int count);

/* The colour that the network sees of one R'G'B'A pixel.  Where alpha is 1 it is the pixel's to the last digit: with
 * another one, an optimisation that begins with it would end elsewhere. */
static inline float pst_reader_seen(const PstReader *reader, const float *rgba, int channel)
{
    float alpha = pst_clamp(rgba[3]);
    return alpha * pst_clamp(rgba[channel]) + (1 - alpha) * reader->mean[channel];
}

/* PstRunIo's `read`, with a PstReader in place of `user`. */
void pst_reader_fill(PstReader *reader, PstBox box, const PstMap *picture, const PstMap *weights);
