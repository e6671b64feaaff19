/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/optimise/sliced.h"

#include "nn/optimise/chance.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>

#define TINY 1e-12 /* so that what has no weight has a mean, too */

typedef struct {
    float value;
    int index;
} Pair;

/* The pairs of each thread, and what moves each position along each direction. */
size_t pst_sliced_room(int height, int width, int threads)
{
    size_t n = (size_t) height * width;
    return 2 * n * threads + n * PST_DIRECTIONS;
}

void pst_directions(int channels, float *directions)
{
    uint64_t state = PST_CHANCE;
    for (int k = 0; k < PST_DIRECTIONS; k++, directions += channels) {
        double norm = 0;
        for (int c = 0; c < channels; c++) {
            double sum = -6; /* twelve uniform numbers are as good as a normal one here */
            for (int i = 0; i < 12; i++)
                sum += pst_chance(&state);
            directions[c] = (float) sum;
            norm += sum * sum;
        }
        for (int c = 0; c < channels; c++)
            directions[c] /= (float) sqrt(norm);
    }
}

static int by_value(const void *a, const void *b)
{
    const Pair *p = a, *q = b;
    if (p->value != q->value)
        return p->value < q->value ? -1 : 1;
    return p->index < q->index ? -1 : p->index > q->index;
}

/* The map's projections onto one direction, sorted. */
static void project(const PstMap *map, const float *direction, Pair *pairs)
{
    int w = map->width;
    for (int y = 0; y < map->height; y++) {
        Pair *row = pairs + (size_t) y * w;
        for (int x = 0; x < w; x++)
            row[x] = (Pair){0, y * w + x};
        for (int c = 0; c < map->channels; c++) {
            const float *from = pst_map_row(map, c, y);
            for (int x = 0; x < w; x++)
                row[x].value += direction[c] * from[x];
        }
    }
    qsort(pairs, (size_t) map->height * w, sizeof *pairs, by_value);
}

/* Of n sorted values: each quantile is the mean of those that end in its part of the weights, or of the one that
 * reaches beyond it. */
static void divide(const Pair *pairs, size_t n, const PstWeights *weights, float *quantiles)
{
    size_t from = 0;
    double before = 0;
    for (int q = 0; q < PST_QUANTILES; q++) {
        double until = (q + 1) * weights->sum / PST_QUANTILES, after = before, sum = 0, all = 0;
        size_t end = from;
        for (; end < n; end++) {
            double weight = weights->values[pairs[end].index];
            if (end > from && after + weight > until)
                break;
            after += weight;
            all += weight + TINY;
            sum += (weight + TINY) * pairs[end].value;
        }
        quantiles[q] = (float) (sum / all);
        if (after <= until && end < n) {
            from = end;
            before = after;
        }
    }
}

void pst_quantiles(const PstWeighed *in, const float *directions, float *quantiles)
{
    const PstMap *map = in->map;
    const PstWeights *weights = in->weights;
    size_t n = (size_t) map->height * map->width;
#pragma omp parallel for schedule(dynamic) num_threads(in->threads)
    for (int k = 0; k < PST_DIRECTIONS; k++) {
        Pair *pairs = (Pair *) in->room + n * omp_get_thread_num();
        project(map, directions + (size_t) k * map->channels, pairs);
        divide(pairs, n, weights, quantiles + (size_t) k * PST_QUANTILES);
    }
}

/* The quantile `at` such a share of the way through them. */
static float quantile_at(const float *quantiles, double at)
{
    at = at * PST_QUANTILES - 0.5;
    if (at <= 0)
        return quantiles[0];
    int low = (int) at;
    if (low >= PST_QUANTILES - 1)
        return quantiles[PST_QUANTILES - 1];
    return (float) (quantiles[low] + (at - low) * (quantiles[low + 1] - quantiles[low]));
}

/* One direction's distances, squared and summed; moves[n] = 2 · share · weight · distance of each position. */
static double draw(const Pair *pairs, size_t n, const PstWeights *weights, const float *quantiles,
                   double share, float *moves)
{
    double before = 0, sum = 0;
    for (size_t i = 0; i < n; i++) {
        double weight = weights->values[pairs[i].index];
        double d = pairs[i].value - quantile_at(quantiles, (before + weight / 2) / weights->sum);
        before += weight;
        sum += weight * d * d;
        moves[pairs[i].index] = (float) (2 * share * weight * d);
    }
    return sum;
}

double pst_sliced_back(const PstWeighed *in, const float *directions, const float *quantiles,
                       double weight, PstMap *to)
{
    const PstMap *map = in->map;
    const PstWeights *weights = in->weights;
    size_t n = (size_t) map->height * map->width;
    float *moves = in->room + 2 * n * in->threads;
    double sums[PST_DIRECTIONS], sum = 0, share = weight / (weights->sum * PST_DIRECTIONS);
#pragma omp parallel for schedule(dynamic) num_threads(in->threads)
    for (int k = 0; k < PST_DIRECTIONS; k++) {
        Pair *pairs = (Pair *) in->room + n * omp_get_thread_num();
        project(map, directions + (size_t) k * map->channels, pairs);
        sums[k] =
            draw(pairs, n, weights, quantiles + (size_t) k * PST_QUANTILES, share, moves + k * n);
    }
    for (int k = 0; k < PST_DIRECTIONS; k++)
        sum += sums[k];
#pragma omp parallel for schedule(dynamic) num_threads(in->threads)
    for (int c = 0; c < map->channels; c++) {
        for (int y = 0; y < map->height; y++) {
            float *row = pst_map_row(to, c, y);
            for (int k = 0; k < PST_DIRECTIONS; k++) {
                const float *here = moves + k * n + (size_t) y * map->width;
                float part = directions[(size_t) k * map->channels + c];
                for (int x = 0; x < map->width; x++)
                    row[x] += part * here[x];
            }
        }
    }
    return sum * share;
}
