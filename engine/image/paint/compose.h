/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From what the network paints to the result, pixel by pixel: colours to keep, strength, alpha.
 */
#pragma once

#include "image/paint/mask.h"

typedef struct {
    const PstSettings *settings;
    PstReader content;
    PstMaskReader mask; /* how much of the painted picture is seen */
    GeglBuffer *result;
    const Babl *format;   /* of the result */
    int channels;         /* 3 or 4 */
    float *rows;          /* PST_READER_ROWS rows of the result */
    float blend;          /* weight of the painted picture against the photo */
    int x0, x1, y, count; /* what is between begin and end */
} PstCompose;

/* FALSE and an error where the picture's size is out of range or memory is short; `mask` may be NULL, and
 * `original` is for pst_reader_open_copy().  Release with pst_compose_clear(), which leaves `result` alone. */
gboolean pst_compose_init(PstCompose *compose, GeglBuffer *content, const PstReader *original,
                          const PstMask *mask, const PstSettings *settings, GError **error);
void pst_compose_clear(PstCompose *compose);

/* Columns [x0, x1) of rows [y, y + count), count <= PST_READER_ROWS: begin, put each row (in any order, on
 * any thread), end.  After begin, content.rows has the photo's pixels.  `planes` are painted R', G' and B'
 * from column x0 on; they need not be clamped. */
void pst_compose_begin(PstCompose *compose, int x0, int x1, int y, int count);
void pst_compose_put(PstCompose *compose, int y, const float *const planes[3]);
void pst_compose_end(PstCompose *compose);

/* Once all is put: what depends on the statistics of the whole result (keep-colours "match"). */
gboolean pst_compose_has_last_step(const PstCompose *compose);
PstStatus pst_compose_last_step(PstCompose *compose, PstTicker *ticker, PstMessage *message);
