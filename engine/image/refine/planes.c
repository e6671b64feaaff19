/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/refine/planes.h"

#include "image/cubic.h"
#include "nn/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static gboolean init(PstPlanes *planes, int count, int width, int height, GError **error)
{
    *planes =
        (PstPlanes){count, width, height, pst_alloc((gsize) count * width * height, sizeof(float))};
    return planes->planes || pst_error_no_memory(error, "to refine the draft");
}

gboolean pst_planes_init(PstPlanes *planes, int width, int height, GError **error)
{
    return init(planes, 3, width, height, error);
}

gboolean pst_planes_init_weighted(PstPlanes *planes, int width, int height, GError **error)
{
    return init(planes, 4, width, height, error);
}

void pst_planes_clear(PstPlanes *planes)
{
    g_clear_pointer(&planes->planes, free);
}

static float *row_of(const PstPlanes *planes, int c, int y)
{
    return planes->planes + ((gsize) c * planes->height + y) * planes->width;
}

float *pst_planes_weights(const PstPlanes *planes)
{
    return planes->count > 3 ? row_of(planes, 3, 0) : NULL;
}

static PstMap map_of(const PstPlanes *planes, float *from, int channels)
{
    int height = planes->height;
    return (PstMap){from, channels, height, planes->width, height, (size_t) planes->width};
}

/* Weighs what is in the picture by `share`, and what it is extended by like what it mirrors. */
static void weigh(PstPlanes *planes, int width, int height, const float *share)
{
    float *weights = pst_planes_weights(planes);
    for (gsize i = 0; i < (gsize) width * height && share; i++)
        weights[i / width * planes->width + i % width] *= share[i];
    for (int y = 0; y < planes->height; y++) {
        const float *from = row_of(planes, 3, pst_pad_index(PST_PAD_REFLECT, y, height));
        float *to = row_of(planes, 3, y);
        for (int x = y < height ? width : 0; x < planes->width; x++)
            to[x] = from[pst_pad_index(PST_PAD_REFLECT, x, width)];
    }
}

void pst_planes_read(PstPlanes *planes, PstReader *reader, const float *share)
{
    PstMap picture = map_of(planes, planes->planes, 3);
    PstMap weights = map_of(planes, pst_planes_weights(planes), 1);
    pst_reader_fill(reader, (PstBox){0, 0, planes->width, planes->height}, &picture,
                    weights.data ? &weights : NULL);
    if (weights.data)
        weigh(planes, reader->extent.width, reader->extent.height, share);
}

void pst_planes_from_draft(PstPlanes *planes, const PstDraft *draft)
{
    for (int c = 0; c < 3; c++) {
        for (int y = 0; y < planes->height; y++) {
            const float *from = pst_draft_row(draft, PST_DRAFT_COLOUR + c,
                                              pst_pad_index(PST_PAD_REFLECT, y, draft->height));
            float *to = row_of(planes, c, y);
            for (int x = 0; x < planes->width; x++)
                to[x] = from[pst_pad_index(PST_PAD_REFLECT, x, draft->width)];
        }
    }
}

void pst_planes_to_draft(const PstPlanes *planes, PstDraft *draft)
{
    for (int c = 0; c < 3; c++) {
        for (int y = 0; y < draft->height; y++) {
            memcpy(pst_draft_row(draft, PST_DRAFT_COLOUR + c, y), row_of(planes, c, y),
                   sizeof(float) * draft->width);
        }
    }
}

void pst_planes_surround(const PstPlanes *inside, PstPlanes *around)
{
    int left = (around->width - inside->width) / 2, top = (around->height - inside->height) / 2;
    for (int c = 0; c < inside->count; c++) {
        for (int y = 0; y < around->height; y++) {
            const float *from =
                row_of(inside, c, pst_pad_index(PST_PAD_REFLECT, y - top, inside->height));
            float *to = row_of(around, c, y);
            for (int x = 0; x < around->width; x++)
                to[x] = from[pst_pad_index(PST_PAD_REFLECT, x - left, inside->width)];
        }
    }
}

void pst_planes_cut_out(const PstPlanes *around, PstPlanes *inside)
{
    int left = (around->width - inside->width) / 2, top = (around->height - inside->height) / 2;
    for (int c = 0; c < inside->count; c++) {
        for (int y = 0; y < inside->height; y++) {
            memcpy(row_of(inside, c, y), row_of(around, c, y + top) + left,
                   sizeof(float) * inside->width);
        }
    }
}

/* SplitMix64: in [0, 1). */
static float noise(guint64 *state)
{
    guint64 z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (float) ((z ^ z >> 31) >> 40) * 0x1p-24f;
}

void pst_planes_fill_noise(PstPlanes *planes)
{
    guint64 state = 20261121;
    for (gsize i = 0; i < (gsize) 3 * planes->width * planes->height; i++)
        planes->planes[i] = noise(&state);
}

void pst_planes_add_noise(PstPlanes *planes, guint32 seed, float width)
{
    guint64 state = seed;
    for (gsize i = 0; i < (gsize) 3 * planes->width * planes->height; i++)
        planes->planes[i] = pst_clamp(planes->planes[i] + width * (noise(&state) - 0.5f));
}

/* ---- Resampling ------------------------------------------------------------------------------ */

/* Sample i of a line is `taps` of another one, from first[i] on, by so many weights for each. */
typedef struct {
    int taps;
    int *first;
    float *weights;
} Line;

static void line_clear(Line *line)
{
    g_free(line->first);
    g_free(line->weights);
}

/* Gives `taps` weights for samples from `first` on to sample i; what lies outside is like the outermost. */
static void line_set(Line *line, int i, int first, const double *weights, int taps, int from)
{
    double sum = 0;
    int at = line->first[i] = CLAMP(first, 0, from - line->taps);
    for (int k = 0; k < taps; k++)
        sum += weights[k];
    for (int k = 0; k < taps; k++) {
        int sample = CLAMP(first + k, 0, from - 1);
        line->weights[i * line->taps + sample - at] += (float) (weights[k] / sum);
    }
}

/* Each the mean of those that it covers, the farther the less. */
static void line_reduce(Line *line, int from, int to, double *weights)
{
    double ratio = (double) from / to;
    for (int i = 0; i < to; i++) {
        double centre = (i + 0.5) * ratio - 0.5;
        int first = (int) ceil(centre - ratio), taps = 0;
        for (; first + taps <= centre + ratio; taps++)
            weights[taps] = MAX(0.0, ratio - fabs(first + taps - centre));
        line_set(line, i, first, weights, taps, from);
    }
}

static void line_enlarge(Line *line, int from, int to)
{
    double blur = pst_cubic_blur(from, to);
    for (int i = 0; i < to; i++) {
        int first;
        float weights[4];
        pst_cubic_weights(pst_cubic_position(i, from, to), blur, &first, weights);
        line_set(line, i, first, (double[]){weights[0], weights[1], weights[2], weights[3]}, 4,
                 from);
    }
}

/* From so many samples to so many. */
static gboolean line_init(Line *line, int from, int to)
{
    int most = from < to ? 4 : 2 * from / to + 2;
    g_autofree double *weights = g_try_new(double, most);
    *line = (Line){.taps = MIN(most, from)};
    line->first = g_try_new(int, to);
    line->weights = g_try_new0(float, (gsize) to * line->taps);
    if (!weights || !line->first || !line->weights)
        return FALSE;
    if (from < to)
        line_enlarge(line, from, to);
    else
        line_reduce(line, from, to, weights);
    return TRUE;
}

static void resample_along(const Line *line, const PstPlanes *from, PstPlanes *to, int threads)
{
#pragma omp parallel for num_threads(threads)
    for (int i = 0; i < to->count * to->height; i++) {
        const float *row = from->planes + (gsize) i * from->width;
        float *result = to->planes + (gsize) i * to->width;
        for (int x = 0; x < to->width; x++) {
            float sum = 0;
            for (int k = 0; k < line->taps; k++)
                sum += line->weights[x * line->taps + k] * row[line->first[x] + k];
            result[x] = sum;
        }
    }
}

static void resample_across(const Line *line, const PstPlanes *from, PstPlanes *to, int threads)
{
#pragma omp parallel for num_threads(threads)
    for (int i = 0; i < to->count * to->height; i++) {
        int c = i / to->height, y = i % to->height;
        float *result = row_of(to, c, y);
        memset(result, 0, sizeof *result * to->width);
        for (int k = 0; k < line->taps; k++) {
            const float *row = row_of(from, c, line->first[y] + k);
            float weight = line->weights[y * line->taps + k];
            for (int x = 0; x < to->width; x++)
                result[x] += weight * row[x];
        }
    }
}

gboolean pst_planes_resample(const PstPlanes *from, PstPlanes *to, int threads, GError **error)
{
    PstPlanes half;
    Line along = {0}, across = {0};
    gboolean ok = init(&half, from->count, to->width, from->height, error);
    if (ok && (!line_init(&along, from->width, to->width) ||
               !line_init(&across, from->height, to->height)))
        ok = pst_error_no_memory(error, "to refine the draft");
    if (ok) {
        resample_along(&along, from, &half, threads);
        resample_across(&across, &half, to, threads);
    }
    line_clear(&along);
    line_clear(&across);
    pst_planes_clear(&half);
    return ok;
}
