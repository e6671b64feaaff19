/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/jitter.h"

#include "image/reader.h"

#include <math.h>

/* Pixels between two lattice points: about what the painter's first layers see at once. */
#define STEP 5.3f
#define COS  0.8253356f /* of 0.6 */
#define SIN  0.5646425f

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

void pst_jitter(guint32 seed, float amount, PstBox box, const PstMap *picture)
{
    for (int y = box.y0; y < box.y1; y++) {
        for (int x = box.x0; x < box.x1; x++) {
            float add = amount * noise_at(seed, x, y);
            for (int c = 0; c < 3; c++) {
                float *value = pst_map_row(picture, c, y) + (x - box.x0);
                *value = pst_clamp(*value + add);
            }
        }
    }
}
