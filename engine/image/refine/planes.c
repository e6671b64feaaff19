/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/refine/planes.h"

#include "image/cubic.h"
#include "nn/memory.h"

#include <stdlib.h>
#include <string.h>

gboolean pst_planes_init(PstPlanes *planes, int width, int height, GError **error)
{
    *planes = (PstPlanes){width, height, pst_alloc((gsize) 3 * width * height, sizeof(float))};
    if (!planes->planes)
        g_set_error_literal(error, PST_ERROR, PST_ERROR_MEMORY, "no memory to refine the draft");
    return planes->planes != NULL;
}

void pst_planes_clear(PstPlanes *planes)
{
    g_clear_pointer(&planes->planes, free);
}

static float *row_of(const PstPlanes *planes, int c, int y)
{
    return planes->planes + ((gsize) c * planes->height + y) * planes->width;
}

void pst_planes_read(PstPlanes *planes, PstReader *reader)
{
    PstMap map = {planes->planes,        3, planes->height, planes->width, planes->height,
                  (size_t) planes->width};
    pst_reader_fill(reader, (PstBox){0, 0, planes->width, planes->height}, &map, NULL);
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
    for (int c = 0; c < 3; c++) {
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
    for (int c = 0; c < 3; c++) {
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

/* Each pixel the mean of those that it covers, the farther the less. */
static void reduce_line(const float *from, int count, gsize from_step, float *to, int to_count,
                        gsize to_step)
{
    double ratio = (double) count / to_count;
    for (int i = 0; i < to_count; i++) {
        double sum = 0, weights = 0, centre = (i + 0.5) * ratio - 0.5;
        for (int k = (int) (centre - ratio); k <= (int) (centre + ratio) + 1; k++) {
            double w = MAX(0.0, ratio - ABS(k - centre));
            sum += w * from[CLAMP(k, 0, count - 1) * from_step];
            weights += w;
        }
        to[i * to_step] = (float) (sum / weights);
    }
}

static void enlarge_line(const float *from, int count, gsize from_step, float *to, int to_count,
                         gsize to_step)
{
    double blur = pst_cubic_blur(count, to_count);
    for (int i = 0; i < to_count; i++) {
        int first;
        float weights[4], sum = 0;
        pst_cubic_weights(pst_cubic_position(i, count, to_count), blur, &first, weights);
        for (int k = 0; k < 4; k++)
            sum += weights[k] * from[CLAMP(first + k, 0, count - 1) * from_step];
        to[i * to_step] = sum;
    }
}

static void resample_line(const float *from, int count, gsize from_step, float *to, int to_count,
                          gsize to_step)
{
    (count < to_count ? enlarge_line : reduce_line)(from, count, from_step, to, to_count, to_step);
}

gboolean pst_planes_resample(const PstPlanes *from, PstPlanes *to, GError **error)
{
    PstPlanes half;
    if (!pst_planes_init(&half, to->width, from->height, error))
        return FALSE;
    for (int c = 0; c < 3; c++) {
        for (int y = 0; y < from->height; y++)
            resample_line(row_of(from, c, y), from->width, 1, row_of(&half, c, y), to->width, 1);
        for (int x = 0; x < to->width; x++) {
            resample_line(row_of(&half, c, 0) + x, from->height, to->width, row_of(to, c, 0) + x,
                          to->height, to->width);
        }
    }
    free(half.planes);
    return TRUE;
}
