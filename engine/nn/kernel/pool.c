/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/kernel/pool.h"

#include <float.h>

/* The part of the window of output pixel (x, y) that lies in the map. */
static PstBox window(const PstPool *pool, const PstMap *in, int x, int y)
{
    int left = x * pool->stride - pool->pad, top = y * pool->stride - pool->pad;
    PstBox box = {left, top, left + pool->kernel, top + pool->kernel};
    box.x0 = box.x0 < 0 ? 0 : box.x0;
    box.y0 = box.y0 < 0 ? 0 : box.y0;
    box.x1 = box.x1 > in->width ? in->width : box.x1;
    box.y1 = box.y1 > in->height ? in->height : box.y1;
    return box;
}

static float sum_of(const PstMap *in, int c, PstBox box)
{
    float sum = 0;
    for (int y = box.y0; y < box.y1; y++) {
        const float *row = pst_map_row(in, c, y);
        for (int x = box.x0; x < box.x1; x++)
            sum += row[x];
    }
    return sum;
}

/* The largest value and where it is. */
static float largest_of(const PstMap *in, int c, PstBox box, int *at_x, int *at_y)
{
    float largest = -FLT_MAX;
    *at_x = box.x0;
    *at_y = box.y0;
    for (int y = box.y0; y < box.y1; y++) {
        const float *row = pst_map_row(in, c, y);
        for (int x = box.x0; x < box.x1; x++) {
            if (row[x] > largest) {
                largest = row[x];
                *at_x = x;
                *at_y = y;
            }
        }
    }
    return largest;
}

/* The common case, without a window's bounds: the largest … */
static void largest_row(const float *restrict a, const float *restrict b, float *restrict to,
                        int x0, int x1)
{
    for (int x = x0; x < x1; x++) {
        float p = a[2 * x] > a[2 * x + 1] ? a[2 * x] : a[2 * x + 1];
        float q = b[2 * x] > b[2 * x + 1] ? b[2 * x] : b[2 * x + 1];
        to[x] = p > q ? p : q;
    }
}

/* … and the mean, in the order of sum_of(). */
static void means_row(const float *restrict a, const float *restrict b, float *restrict to, int x0,
                      int x1)
{
    for (int x = x0; x < x1; x++)
        to[x] = 0.25f * (a[2 * x] + a[2 * x + 1] + b[2 * x] + b[2 * x + 1]);
}

static bool halves(const PstPool *pool)
{
    return pool->kernel == 2 && pool->stride == 2 && pool->pad == 0;
}

void pst_pool_box(const PstPool *pool, const PstMap *in, PstMap *out, PstBox box)
{
    float share = 1.0f / (float) (pool->kernel * pool->kernel);
    for (int c = 0; c < out->channels; c++) {
        for (int y = box.y0; y < box.y1; y++) {
            float *to = pst_map_row(out, c, y);
            if (halves(pool)) {
                (pool->average ? means_row : largest_row)(
                    pst_map_row(in, c, 2 * y), pst_map_row(in, c, 2 * y + 1), to, box.x0, box.x1);
                continue;
            }
            for (int x = box.x0; x < box.x1; x++) {
                int at_x, at_y;
                PstBox w = window(pool, in, x, y);
                to[x] =
                    pool->average ? share * sum_of(in, c, w) : largest_of(in, c, w, &at_x, &at_y);
            }
        }
    }
}

/* Of whole windows of 2 × 2. */
static void places_row(const float *restrict a, const float *restrict b, uint8_t *restrict to,
                       int x0, int x1)
{
    for (int x = x0; x < x1; x++) {
        float p = a[2 * x] >= a[2 * x + 1] ? a[2 * x] : a[2 * x + 1];
        float q = b[2 * x] >= b[2 * x + 1] ? b[2 * x] : b[2 * x + 1];
        int above = !(a[2 * x] >= a[2 * x + 1]), below = 2 + !(b[2 * x] >= b[2 * x + 1]);
        to[x] = (uint8_t) (p >= q ? above : below);
    }
}

void pst_pool_places(const PstPool *pool, const PstMap *in, const PstMap *out, uint8_t *places,
                     PstBox box)
{
    for (int c = 0; c < out->channels; c++) {
        for (int y = box.y0; y < box.y1; y++) {
            uint8_t *to = places + ((size_t) c * out->height + y) * out->width;
            if (halves(pool)) {
                places_row(pst_map_row(in, c, 2 * y), pst_map_row(in, c, 2 * y + 1), to, box.x0,
                           box.x1);
                continue;
            }
            for (int x = box.x0; x < box.x1; x++) {
                int at_x, at_y;
                largest_of(in, c, window(pool, in, x, y), &at_x, &at_y);
                to[x] = (uint8_t) ((at_y + pool->pad - y * pool->stride) * pool->kernel + at_x +
                                   pool->pad - x * pool->stride);
            }
        }
    }
}

/* The gradient of one pixel: what the windows over it pass on. */
static float back_pixel(const PstPool *pool, const uint8_t *places, const PstMap *gradient, int c,
                        int x, int y)
{
    float sum = 0, share = 1.0f / (float) (pool->kernel * pool->kernel);
    int last_x = (x + pool->pad) / pool->stride, last_y = (y + pool->pad) / pool->stride;
    for (int v = last_y; v >= 0 && v * pool->stride + pool->kernel > y + pool->pad; v--) {
        for (int u = last_x; u >= 0 && u * pool->stride + pool->kernel > x + pool->pad; u--) {
            if (u >= gradient->width || v >= gradient->height)
                continue;
            float g = pst_map_row(gradient, c, v)[u];
            if (pool->average) {
                sum += share * g;
                continue;
            }
            int here = (y + pool->pad - v * pool->stride) * pool->kernel + x + pool->pad -
                       u * pool->stride;
            sum +=
                places[((size_t) c * gradient->height + v) * gradient->width + u] == here ? g : 0;
        }
    }
    return sum;
}

/* The windows [u0, u1) of 2 × 2 over two rows. */
static void back_largest_row(const uint8_t *restrict place, const float *restrict g,
                             float *restrict above, float *restrict below, int u0, int u1)
{
    for (int u = u0; u < u1; u++) {
        above[2 * u] = place[u] == 0 ? g[u] : 0;
        above[2 * u + 1] = place[u] == 1 ? g[u] : 0;
        below[2 * u] = place[u] == 2 ? g[u] : 0;
        below[2 * u + 1] = place[u] == 3 ? g[u] : 0;
    }
}

static void back_means_row(const float *restrict g, float *restrict above, float *restrict below,
                           int u0, int u1)
{
    for (int u = u0; u < u1; u++)
        above[2 * u] = above[2 * u + 1] = below[2 * u] = below[2 * u + 1] = 0.25f * g[u];
}

/* Two rows, of whole windows. */
static void back_rows(const PstPool *pool, const uint8_t *places, const PstMap *gradient, int c,
                      PstMap *to, PstBox box, int y)
{
    const float *g = pst_map_row(gradient, c, y / 2);
    float *above = pst_map_row(to, c, y), *below = pst_map_row(to, c, y + 1);
    if (pool->average) {
        back_means_row(g, above, below, box.x0 / 2, box.x1 / 2);
        return;
    }
    back_largest_row(places + ((size_t) c * gradient->height + y / 2) * gradient->width, g, above,
                     below, box.x0 / 2, box.x1 / 2);
}

/* Whether the windows under the box are whole, and nobody else's. */
static bool back_halves(const PstPool *pool, const PstMap *to, PstBox box)
{
    return halves(pool) && to->width % 2 == 0 && to->height % 2 == 0 && box.x0 % 2 == 0 &&
           box.x1 % 2 == 0 && box.y0 % 2 == 0 && box.y1 % 2 == 0;
}

void pst_pool_back(const PstPool *pool, const uint8_t *places, const PstMap *gradient, PstMap *to,
                   PstBox box)
{
    bool whole = back_halves(pool, to, box);
    for (int c = 0; c < to->channels; c++) {
        for (int y = box.y0; whole && y < box.y1; y += 2)
            back_rows(pool, places, gradient, c, to, box, y);
        for (int y = box.y0; !whole && y < box.y1; y++) {
            float *row = pst_map_row(to, c, y);
            for (int x = box.x0; x < box.x1; x++)
                row[x] = back_pixel(pool, places, gradient, c, x, y);
        }
    }
}
