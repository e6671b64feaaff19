/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/paint/layers.h"

#include "image/colour.h"

#include <string.h>

void pst_layers_seen(const PstReader *reader, const float *rgba, int width, float *planes[4])
{
    for (int x = 0; x < width; x++, rgba += 4) {
        float seen[3];
        for (int c = 0; c < 3; c++)
            seen[c] = pst_reader_seen(reader, rgba, c);
        planes[0][x] = pst_luma(seen);
        for (int c = 0; c < 3 && planes[1]; c++)
            planes[c + 1][x] = seen[c];
    }
}

/* Rows of floats that enlarge_row() needs: the photo's four, three mixed and three of one draft. */
#define ENLARGE_ROWS 10

/* colours = Σ the drafts' colours by their weights in row `y`; `one` has room for those of one. */
static void mix_row(const PstLayers *layers, int y, int i, const float *photo, float *one,
                    float *mixed)
{
    int width = layers->regions->width;
    memset(mixed, 0, sizeof *mixed * 3 * width);
    for (int k = 0; k < layers->count; k++) {
        const float *weights = pst_regions_row(layers->regions, k, i);
        if (!layers->drafts[k].planes)
            continue;
        pst_draft_enlarge(&layers->drafts[k], y, photo, one);
        for (int c = 0; c < 3; c++)
            for (int x = 0; x < width; x++)
                mixed[c * width + x] += weights[x] * pst_clamp(one[c * width + x]);
    }
}

/* One row of the result. */
static void enlarge_row(const PstLayers *layers, PstCompose *compose, int y, float *space)
{
    int width = compose->content.extent.width;
    const float *pixels = compose->content.rows + (gsize) 4 * width * (y - compose->y);
    float *photo = space, *colour = space + 4 * width;
    const float *planes[3] = {colour, colour + width, colour + 2 * width};
    float *seen[4] = {photo};
    for (int c = 1; c < 4 && layers->mode == PST_MODE_PHOTO; c++)
        seen[c] = photo + c * width;
    pst_layers_seen(&compose->content, pixels, width, seen);
    if (layers->regions)
        mix_row(layers, y, y - compose->y, photo, colour + 3 * width, colour);
    else
        pst_draft_enlarge(layers->drafts, y, photo, colour);
    pst_compose_put(compose, y, planes);
}

static void rewind_drafts(const PstLayers *layers, int y)
{
    for (int k = 0; k < layers->count; k++)
        if (layers->drafts[k].planes)
            pst_draft_rewind(&layers->drafts[k], y);
}

/* Makes ready for some rows. */
static void prepare_rows(const PstLayers *layers, int y, int count, int threads)
{
    for (int k = 0; k < layers->count; k++)
        if (layers->drafts[k].planes)
            pst_draft_prepare(&layers->drafts[k], y, count, threads);
    if (layers->regions)
        pst_regions_get(layers->regions, y, count);
}

gboolean pst_layers_enlarge(const PstLayers *layers, PstCompose *compose, int y0, int y1,
                            int threads, PstTicker *ticker, GError **error)
{
    int width = compose->content.extent.width;
    gsize step = (gsize) ENLARGE_ROWS * width;
    g_autofree float *space = g_try_new(float, step *PST_READER_ROWS);
    if (!space) {
        return pst_error_no_memory(error, "to enlarge the draft");
    }
    rewind_drafts(layers, y0);
    for (int y = y0; y < y1; y += PST_READER_ROWS) {
        PstMessage message;
        int count = MIN(PST_READER_ROWS, y1 - y);
        pst_compose_begin(compose, 0, width, y, count);
        prepare_rows(layers, y, count, threads);
#pragma omp parallel for num_threads(threads)
        for (int i = 0; i < count; i++)
            enlarge_row(layers, compose, y + i, space + step * i);
        pst_compose_end(compose);
        PstStatus status = pst_ticker_tick(ticker, (double) (y - y0) / (y1 - y0), &message);
        if (status)
            return pst_error_from_status(error, status, &message);
    }
    return TRUE;
}
