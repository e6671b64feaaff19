/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/flow.h"

#include "image/blur.h"
#include "nn/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A single pixel's noise has no direction: gradients are of means over 3 × 3 pixels. */
#define FINEST 1

/* Means over boxes, so many times over, are near a Gaussian. */
#define BOXES 3

/* Squared gradients of this size are nothing: 0.3 % of full scale. */
#define NOTHING 1e-5f

#define BINS 1000 /* of the range [0, 1] */

typedef struct {
    float x, y;
} Vector;

/* Central differences at pixel (x, y); at the borders, one-sided. */
static inline Vector gradient(const float *plane, int width, int height, int x, int y)
{
    int left = MAX(x - 1, 0), right = MIN(x + 1, width - 1);
    int above = MAX(y - 1, 0), below = MIN(y + 1, height - 1);
    const float *row = plane + (gsize) y * width;
    return (Vector){(row[right] - row[left]) / 2,
                    (plane[(gsize) below * width + x] - plane[(gsize) above * width + x]) / 2};
}

/* BOXES passes of this radius have a variance of BOXES · ((2·radius + 1)² − 1) / 12. */
static int radius_of(double deviation)
{
    return (int) MAX(lrint((sqrt(1 + 12 * deviation * deviation / BOXES) - 1) / 2), 1);
}

/* Adds the products of a plane's gradients: the tensor's xx, xy and yy. */
static void add_products(const float *plane, int width, int height, int threads, float *tensor)
{
    gsize count = (gsize) width * height;
#pragma omp parallel for num_threads(threads)
    for (int y = 0; y < height; y++) {
        float *xx = tensor + (gsize) y * width, *xy = xx + count, *yy = xy + count;
        for (int x = 0; x < width; x++) {
            Vector g = gradient(plane, width, height, x, y);
            xx[x] += g.x * g.x;
            xy[x] += g.x * g.y;
            yy[x] += g.y * g.y;
        }
    }
}

/* The tensor's eigenvector of the smaller eigenvalue, by half-angle formulas: the other one has an angle of
 * ½ atan2(2 xy, xx − yy). */
static Vector direction(float xx, float xy, float yy)
{
    float across = xx - yy, length = sqrtf(across * across + 4 * xy * xy);
    float cosine = length > 0 ? across / length : 1;
    float sine = sqrtf(MAX(1 - cosine, 0) / 2);
    return (Vector){xy > 0 ? -sine : sine, sqrtf(MAX(1 + cosine, 0) / 2)};
}

gboolean pst_flow_init(PstFlow *flow, const float *colours, int width, int height, double deviation,
                       int threads)
{
    gsize count = (gsize) width * height;
    int radius = radius_of(deviation);
    float *tensor = pst_alloc(5 * count, sizeof *tensor);
    *flow = (PstFlow){width, height, tensor, NULL};
    if (!tensor)
        return FALSE;
    float *plane = tensor + 3 * count, *scratch = plane + count;
    for (int c = 0; c < 3; c++) {
        memcpy(plane, colours + c * count, sizeof *plane * count);
        pst_blur(plane, scratch, width, height, FINEST, threads);
        add_products(plane, width, height, threads, tensor);
    }
    for (int k = 0; k < 3; k++)
        for (int i = 0; i < BOXES; i++)
            pst_blur(tensor + k * count, scratch, width, height, radius, threads);
    flow->y = tensor + count;
#pragma omp parallel for num_threads(threads)
    for (gsize i = 0; i < count; i++) {
        Vector v = direction(tensor[i], tensor[i + count], tensor[i + 2 * count]);
        flow->x[i] = v.x;
        flow->y[i] = v.y;
    }
    return TRUE;
}

void pst_flow_clear(PstFlow *flow)
{
    g_clear_pointer(&flow->x, free);
    flow->y = NULL;
}

/* Of the squared gradient at pixel (x, y), the share that is along the flow. */
static float along(const PstFlow *flow, const float *colours, int x, int y)
{
    gsize count = (gsize) flow->width * flow->height, at = (gsize) y * flow->width + x;
    float sum = 0, all = NOTHING;
    for (int c = 0; c < 3; c++) {
        Vector g = gradient(colours + c * count, flow->width, flow->height, x, y);
        float part = g.x * flow->x[at] + g.y * flow->y[at];
        sum += part * part;
        all += g.x * g.x + g.y * g.y;
    }
    return sum / all;
}

float pst_flow_along(const PstFlow *flow, const float *colours, const float *weights)
{
    gsize bins[BINS] = {0}, count = 0, below = 0;
    int bin = 0;
    for (int y = 0; y < flow->height; y++) {
        for (int x = 0; x < flow->width; x++) {
            if (!(weights[(gsize) y * flow->width + x] >= 0.5f))
                continue;
            int k = (int) (BINS * along(flow, colours, x, y));
            bins[CLAMP(k, 0, BINS - 1)]++;
            count++;
        }
    }
    while (bin < BINS - 1 && 2 * (below + bins[bin]) < count)
        below += bins[bin++];
    return MIN((bin + 0.5f) / BINS, 0.5f);
}
