/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/paint/jitter.h"

#include "image/blur.h"
#include "image/colour.h"

#include <math.h>

/* Pixels between two lattice points: about what the painter's first layers see at once. */
#define STEP 5.3f
#define COS  0.8253356f /* of 0.6 */
#define SIN  0.5646425f

/* Of luma around a pixel: the deviation from which it is not even any more, two steps of 8 bits. */
#define UNEVEN 0.008f
#define RADIUS 6

/* [-1, 1), from the bits of a point; an integer hash of two multiplications (Wellons 2018, "lowbias32"). */
static float value_at(guint32 seed, int x, int y)
{
    guint32 bits = seed * 0x9e3779b9u ^ (guint32) y * 0x85ebca6bu ^ (guint32) x;
    bits = (bits ^ bits >> 16) * 0x7feb352du;
    bits = (bits ^ bits >> 15) * 0x846ca68bu;
    bits ^= bits >> 16;
    return (float) (bits >> 8) * 0x1p-23f - 1;
}

/* 0 and 1 at 0 and 1, with a first and second derivative of 0. */
static float fade(float t)
{
    return t * t * t * (t * (6 * t - 15) + 10);
}

static float mix(float a, float b, float t)
{
    return a + t * (b - a);
}

/* The lattice is turned and its step no whole number of pixels, or strokes would come to lie on its lines. */
static float noise_at(guint32 seed, int x, int y)
{
    const float turned_x = (COS * (float) x - SIN * (float) y) / STEP;
    const float turned_y = (SIN * (float) x + COS * (float) y) / STEP;
    int left = (int) floorf(turned_x), top = (int) floorf(turned_y);
    float tx = fade(turned_x - (float) left), ty = fade(turned_y - (float) top);
    return mix(mix(value_at(seed, left, top), value_at(seed, left + 1, top), tx),
               mix(value_at(seed, left, top + 1), value_at(seed, left + 1, top + 1), tx), ty);
}

void pst_jitter_find_even(const float *luma, int width, int height, float *even, float *scratch,
                          int threads)
{
    gsize count = (gsize) width * height;
    float *mean = even, *square = scratch, *rest = scratch + count;
    for (gsize i = 0; i < count; i++) {
        mean[i] = luma[i];
        square[i] = luma[i] * luma[i];
    }
    pst_blur(mean, rest, width, height, RADIUS, threads);
    pst_blur(square, rest, width, height, RADIUS, threads);
    for (gsize i = 0; i < count; i++) {
        float deviation = sqrtf(MAX(square[i] - mean[i] * mean[i], 0));
        even[i] = MAX(1 - deviation / UNEVEN, 0);
    }
}

void pst_jitter_add(const PstJitter *jitter, PstBox box, const PstMap *picture)
{
    for (int y = box.y0; y < box.y1; y++) {
        gsize row = (gsize) MIN(y, jitter->height - 1) * jitter->width;
        for (int x = box.x0; x < box.x1; x++) {
            float part = jitter->even ? jitter->even[row + MIN(x, jitter->width - 1)] : 1;
            if (part <= 0)
                continue;
            float add = part * jitter->amount * noise_at(jitter->seed, x, y);
            for (int c = 0; c < 3; c++) {
                float *value = pst_map_row(picture, c, y) + (x - box.x0);
                *value = pst_clamp(*value + add);
            }
        }
    }
}
