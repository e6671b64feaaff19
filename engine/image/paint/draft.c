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

#define AUTO_SIDE  640  /* at brush size 100 %: strokes of one to three per cent of the long side */
#define STROKE     0.02 /* a stroke's width there, of the long side */
#define SIDE_LEAST 256
#define SIDE_MOST  2048
#define PHOTO_MOST 1024 /* for a photo that is to stay one, whose functions need no finer grid */

/* Up to so many pixels, octaves are painted, or with sides up to twice as long for more detail; each has sides at
 * most so many times as long as the one before.  A picture of a megapixel is painted at its own size then, and a
 * larger one like its copy of a megapixel: the finest strokes are not of another size in print.  Sides are multiples
 * of 8, so that the grid is the same too, on which the painter's grain depends: a pixel more is enough to turn 26 dB
 * between two sizes of a picture into 23. */
#define FINEST  1e6
#define LONGEST 3072 /* side of those of a panorama, or there would be no end of octaves */
#define RATIO   2.5

/* The grain has sides so many times as long as those of FINEST, of pictures whose sides are twice as long as the finest
 * octave's, which would be soft from near; unless that octave, of more detail, is nearly as large.  Twice as long it
 * would look no better and take 100 MB more. */
#define GRAIN       1.6
#define GRAIN_WORTH 2
#define GRAIN_LEAST 1.25

/* The neighbourhood that a gain is measured in, and the variance below which nothing is to be followed
 * (3 % of full scale, squared). */
#define RADIUS  4
#define EPSILON 1e-3f
#define MOST    2.0f /* no gain beyond that: it would be noise */

/* The underpainting's long side: as a share of the draft's, and its bounds.  A draft that is hardly larger needs none. */
#define UNDER       0.25
#define UNDER_LEAST 96
#define UNDER_MOST  256
#define UNDER_WORTH 1.5

#define CHUNK 64 /* columns that are enlarged at once */

gboolean pst_refines(const PstSettings *settings, const PstDraftOctaves *octaves, int k)
{
    PstOctaveKind kind = octaves->kinds[k];
    if (kind == PST_OCTAVE_UNDERPAINTING)
        return TRUE;
    if (octaves->finish)
        return kind != PST_OCTAVE_GRAIN;
    return settings->refine.iterations > 0 && settings->strength > 0 &&
           settings->mode == PST_MODE_PAINTING &&
           (kind == PST_OCTAVE_DRAFT ||
            (kind == PST_OCTAVE_FINER && settings->refine.statistic == PST_REFINE_NEAREST));
}

gboolean pst_paints(const PstSettings *settings, const PstDraftOctaves *octaves, int k)
{
    return !pst_refines(settings, octaves, k) ||
           (octaves->kinds[k] == PST_OCTAVE_DRAFT &&
            (octaves->finish || settings->refine.from == PST_REFINE_FROM_DRAFT));
}

int pst_draft_side(const PstSettings *settings, int width, int height)
{
    int full = MAX(width, height);
    double brush = settings->brush_size > 0 ? settings->brush_size : 100;
    if (settings->brush_pixels > 0)
        brush = 100 * settings->brush_pixels / (STROKE * full);
    int most = settings->mode == PST_MODE_PHOTO ? PHOTO_MOST : SIDE_MOST;
    int side = (int) CLAMP(AUTO_SIDE * 100 / brush + 0.5, SIDE_LEAST, most);
    /* One that is hardly smaller would only be less sharp. */
    return full <= SIDE_MOST && full * 0.8 <= side ? full : side;
}

/* The long side of what has `most` pixels, or the picture's own. */
static double side_of(double most, int width, int height)
{
    double full = MAX(width, height), side = full * sqrt(most / width / height);
    return MIN(8 * floor(MIN(side, LONGEST) / 8), full);
}

/* Whether the painter may be helped by an optimiser; Refine needs neither underpainting nor finish: it begins with coarse
 * scales of its own, and ends at rest. */
static gboolean can_help(const PstSettings *settings)
{
    return settings->strength > 0 && settings->mode == PST_MODE_PAINTING &&
           settings->refine.iterations == 0;
}

static int underpainting_side(const PstSettings *settings, int draft)
{
    int side = 8 * (int) CLAMP(draft * UNDER / 8, UNDER_LEAST / 8, UNDER_MOST / 8);
    gboolean wanted = settings->underpainting > 0 && can_help(settings);
    return wanted && draft >= side * UNDER_WORTH ? side : 0;
}

static void add_octave(PstDraftOctaves *octaves, PstOctaveKind kind, int side)
{
    g_assert(octaves->count < PST_OCTAVES_MOST);
    octaves->kinds[octaves->count] = kind;
    octaves->sides[octaves->count++] = side;
}

void pst_draft_paint_alone(PstDraftOctaves *octaves)
{
    PstDraftOctaves all = *octaves;
    *octaves = (PstDraftOctaves){.count = 0};
    for (int k = 0; k < all.count; k++)
        if (all.kinds[k] != PST_OCTAVE_UNDERPAINTING)
            add_octave(octaves, all.kinds[k], all.sides[k]);
}

PstDraftOctaves pst_draft_octaves(const PstSettings *settings, int width, int height)
{
    int first = pst_draft_side(settings, width, height);
    double detail = MAX(settings->detail / 100, 1);
    double finest = side_of(FINEST * detail * detail, width, height);
    double grain = side_of(FINEST * GRAIN * GRAIN, width, height);
    double span = log(finest / first);
    gboolean more = settings->detail > 0 && settings->mode == PST_MODE_PAINTING;
    int last = more && span > 0 ? (int) ceil(span / log(RATIO)) : 0;
    PstDraftOctaves octaves = {.finish = settings->finish > 0 && can_help(settings)};
    int under = underpainting_side(settings, first);
    if (under > 0)
        add_octave(&octaves, PST_OCTAVE_UNDERPAINTING, under);
    for (int k = 0; k <= last; k++)
        add_octave(&octaves, k == 0 ? PST_OCTAVE_DRAFT : PST_OCTAVE_FINER,
                   (int) lround(first * exp(span * k / MAX(1, last))));
    if (more && grain > GRAIN_LEAST * octaves.sides[octaves.count - 1] &&
        MAX(width, height) >= GRAIN_WORTH * finest)
        add_octave(&octaves, PST_OCTAVE_GRAIN, (int) grain);
    return octaves;
}

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

/* What a draft lacks comes from the photo. */
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
