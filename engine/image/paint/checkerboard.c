/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/paint/checkerboard.h"

#include "image/colour.h"

/* How much of what is finer than a period of some three pixels stays.  With 0 pictures look soft, and swd is 0.269
 * instead of 0.250 (23 development pairs); with 0.1 dots beside edges can still be seen. */
#define MOST 0.045f

/* The filter (−1 2 6 2 −1) / 8 leaves a period of four pixels and of more as it is, all but, and nothing of one of
 * two. */
static inline float low(float a, float b, float c, float d, float e)
{
    return 0.75f * c + 0.25f * (b + d) - 0.125f * (a + e);
}

/* Near an end, whose pixel goes on beyond it. */
static float low_at(const float *row, int x, int last)
{
    return low(row[MAX(x - 2, 0)], row[MAX(x - 1, 0)], row[x], row[MIN(x + 1, last)],
               row[MIN(x + 2, last)]);
}

static void low_row(const float *row, int width, float *to)
{
    int last = width - 1;
#pragma omp simd
    for (int x = 2; x < width - 2; x++)
        to[x] = low(row[x - 2], row[x - 1], row[x], row[x + 1], row[x + 2]);
    for (int x = 0; x < MIN(2, width); x++)
        to[x] = low_at(row, x, last);
    for (int x = MAX(2, width - 2); x < width; x++)
        to[x] = low_at(row, x, last);
}

/* `rows`: those that lie around it, after low_row(). */
static void bound_row(float *row, int width, const float *const rows[5])
{
#pragma omp simd
    for (int x = 0; x < width; x++) {
        float coarse = low(rows[0][x], rows[1][x], rows[2][x], rows[3][x], rows[4][x]);
        float fine = row[x] - coarse;
        row[x] = pst_clamp(coarse + (fine < -MOST ? -MOST : fine > MOST ? MOST : fine));
    }
}

void pst_checkerboard_bound(PstDraft *draft, int threads)
{
    int width = draft->width, height = draft->height;
    for (int c = 0; c < 3; c++) {
#pragma omp parallel for num_threads(threads)
        for (int y = 0; y < height; y++)
            low_row(pst_draft_row(draft, PST_DRAFT_COLOUR + c, y), width,
                    pst_draft_row(draft, PST_DRAFT_GAIN + c, y));
#pragma omp parallel for num_threads(threads)
        for (int y = 0; y < height; y++) {
            const float *rows[5];
            for (int k = 0; k < 5; k++)
                rows[k] = pst_draft_row(draft, PST_DRAFT_GAIN + c, CLAMP(y + k - 2, 0, height - 1));
            bound_row(pst_draft_row(draft, PST_DRAFT_COLOUR + c, y), width, rows);
        }
    }
}
