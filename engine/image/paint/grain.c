/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/paint/grain.h"

#include "image/blur.h"

/* Of the blur: with more, strokes are crisper still, but sizes of a picture agree less (at 2 pixels twice over, by
 * 1.3 dB at a megapixel). */
#define RADIUS 1

static void subtract_painted(const PstDraft *draft, PstReader *seen, int channel, float *change)
{
    for (int y = 0; y < draft->height; y++, change += draft->width) {
        const float *painted = pst_draft_row(draft, PST_DRAFT_COLOUR + channel, y);
        pst_reader_get(seen, 0, draft->width, y, 1);
        for (int x = 0; x < draft->width; x++)
            change[x] = pst_reader_seen(seen, seen->rows + 4 * x, channel) - painted[x];
    }
}

void pst_grain_keep(PstDraft *draft, PstReader *seen, int threads)
{
    gsize count = (gsize) draft->width * draft->height;
    float *change = pst_draft_row(draft, PST_DRAFT_GAIN, 0);
    float *scratch = pst_draft_row(draft, PST_DRAFT_GAIN + 1, 0);
    for (int c = 0; c < 3; c++) {
        float *painted = pst_draft_row(draft, PST_DRAFT_COLOUR + c, 0);
        subtract_painted(draft, seen, c, change);
        pst_blur(change, scratch, draft->width, draft->height, RADIUS, threads);
#pragma omp parallel for simd num_threads(threads)
        for (gsize i = 0; i < count; i++)
            painted[i] = pst_clamp(painted[i] + change[i]);
    }
}
