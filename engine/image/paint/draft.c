/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/paint/draft.h"

#include "image/cubic.h"
#include "image/guide.h"
#include "image/paint/affine.h"
#include "nn/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The neighbourhood that a gain is measured in, and the variance below which nothing is to be followed
 * (3 % of full scale, squared). */
#define RADIUS  4
#define EPSILON 1e-3f
#define MOST    2.0f /* no gain beyond that: it would be noise */

#define CHUNK 64 /* columns that are enlarged at once */

static int plane_count(PstMode mode)
{
    return mode == PST_MODE_PHOTO ? PST_DRAFT_PLANES_MOST : PST_DRAFT_PLANES;
}

gsize pst_draft_bytes(PstMode mode, int width, int height, int full_width)
{
    gsize count = plane_count(mode), planes = count * width * height;
    return sizeof(float) * (2 * planes + PST_DRAFT_RING * count * full_width);
}

gboolean pst_draft_init(PstDraft *draft, PstMode mode, int width, int height, int full_width,
                        int full_height)
{
    gsize count = plane_count(mode);
    *draft = (PstDraft){mode, (int) count, width, height, full_width, full_height, NULL, NULL, 0};
    draft->planes = pst_alloc_floats(count * width * height);
    draft->wide = pst_alloc_floats(PST_DRAFT_RING * count * full_width);
    if (draft->planes && draft->wide)
        return TRUE;
    pst_draft_clear(draft);
    return FALSE;
}

void pst_draft_clear(PstDraft *draft)
{
    g_clear_pointer(&draft->planes, free);
    g_clear_pointer(&draft->wide, free);
}

/* ---- Gains ----------------------------------------------------------------------------------- */

static gboolean measure_gains(PstDraft *draft, int threads)
{
    gsize count = (gsize) draft->width * draft->height;
    if (draft->width == draft->full_width && draft->height == draft->full_height) {
        memset(pst_draft_row(draft, PST_DRAFT_GAIN, 0), 0, 3 * count * sizeof(float));
        return TRUE;
    }
    PstGuide guide = {.luma = pst_draft_row(draft, PST_DRAFT_LUMA, 0),
                      .width = draft->width,
                      .height = draft->height,
                      .radius = RADIUS,
                      .least = EPSILON,
                      .threads = threads};
    g_autofree float *colour = g_try_new(float, count);
    gboolean ok = pst_guide_init(&guide) && colour;
    for (int c = 0; ok && c < 3; c++) {
        float *gain = pst_draft_row(draft, PST_DRAFT_GAIN + c, 0);
        memcpy(colour, pst_draft_row(draft, PST_DRAFT_COLOUR + c, 0), count * sizeof(float));
        pst_guide_slopes(&guide, colour, gain);
#pragma omp parallel for simd num_threads(threads)
        for (gsize i = 0; i < count; i++)
            gain[i] = CLAMP(gain[i], -MOST, MOST);
        pst_guide_blur(&guide, gain);
    }
    pst_guide_clear(&guide);
    return ok;
}

gboolean pst_draft_measure(PstDraft *draft, int threads)
{
    return draft->mode == PST_MODE_PHOTO ? pst_affine_measure(draft, threads)
                                         : measure_gains(draft, threads);
}

/* ---- Enlarging ------------------------------------------------------------------------------- */

/* Adds the detail that an enlarged draft lacks, from the photo. */
static double blur_of(const PstDraft *draft)
{
    return pst_cubic_blur(draft->width, draft->full_width);
}

static float *wide_row(const PstDraft *draft, int plane, int y)
{
    gsize row = (gsize) (y % PST_DRAFT_RING) * draft->plane_count + plane;
    return draft->wide + row * draft->full_width;
}

/* Brings columns [x0, x1), at most CHUNK, of rows [y0, y1) of the draft to full width. */
static void widen_chunk(const PstDraft *draft, int x0, int x1, int y0, int y1)
{
    int last = draft->width - 1, at[CHUNK][4];
    float weights[CHUNK][4];
    double blur = blur_of(draft);
    for (int x = x0; x < x1; x++) {
        int first;
        pst_cubic_weights(pst_cubic_position(x, draft->width, draft->full_width), blur, &first,
                          weights[x - x0]);
        for (int k = 0; k < 4; k++)
            at[x - x0][k] = CLAMP(first + k, 0, last);
    }
    for (int y = y0; y < y1; y++) {
        for (int plane = 0; plane < draft->plane_count; plane++) {
            const float *row = pst_draft_row(draft, plane, y);
            float *to = wide_row(draft, plane, y) + x0;
            for (int i = 0; i < x1 - x0; i++) {
                const float *w = weights[i];
                const int *from = at[i];
                to[i] = w[0] * row[from[0]] + w[1] * row[from[1]] + w[2] * row[from[2]] +
                        w[3] * row[from[3]];
            }
        }
    }
}

void pst_draft_rewind(PstDraft *draft, int y)
{
    int first;
    float weights[4];
    pst_cubic_weights(pst_cubic_position(y, draft->height, draft->full_height), 0, &first, weights);
    draft->widened = MAX(first, 0);
}

void pst_draft_prepare(PstDraft *draft, int y, int count, int threads)
{
    int first;
    float weights[4];
    pst_cubic_weights(pst_cubic_position(y + count - 1, draft->height, draft->full_height), 0,
                      &first, weights);
    int rows = MIN(first + 4, draft->height);
    if (rows <= draft->widened)
        return;
#pragma omp parallel for num_threads(threads)
    for (int x = 0; x < draft->full_width; x += CHUNK)
        widen_chunk(draft, x, MIN(x + CHUNK, draft->full_width), draft->widened, rows);
    draft->widened = rows;
}

void pst_draft_enlarge(const PstDraft *draft, int y, const float *photo, float *colour)
{
    int first, width = draft->full_width;
    float w[4];
    const float *rows[PST_DRAFT_PLANES_MOST][4], *luma = photo;
    pst_cubic_weights(pst_cubic_position(y, draft->height, draft->full_height), blur_of(draft),
                      &first, w);
    for (int plane = 0; plane < draft->plane_count; plane++)
        for (int k = 0; k < 4; k++)
            rows[plane][k] = wide_row(draft, plane, CLAMP(first + k, 0, draft->height - 1));
    if (draft->mode == PST_MODE_PHOTO) {
        pst_affine_enlarge(rows, w, photo + width, width, colour);
        return;
    }
    const float *const *l = rows[PST_DRAFT_LUMA];
    /* what the draft lacks of the photo; the last colour takes its place */
    float *fine = colour + 2 * width;
#pragma omp simd
    for (int x = 0; x < width; x++)
        fine[x] = luma[x] - (w[0] * l[0][x] + w[1] * l[1][x] + w[2] * l[2][x] + w[3] * l[3][x]);
    for (int c = 0; c < 3; c++, colour += width) {
        const float *const *p = rows[PST_DRAFT_COLOUR + c], *const *g = rows[PST_DRAFT_GAIN + c];
#pragma omp simd
        for (int x = 0; x < width; x++) {
            float painted = w[0] * p[0][x] + w[1] * p[1][x] + w[2] * p[2][x] + w[3] * p[3][x];
            float gain = w[0] * g[0][x] + w[1] * g[1][x] + w[2] * g[2][x] + w[3] * g[3][x];
            colour[x] = painted + gain * fine[x];
        }
    }
}
