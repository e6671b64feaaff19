/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/optimise/statistics.h"

#include "nn/kernel/gemm.h"
#include "nn/optimise/chance.h"
#include "nn/optimise/chunk.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* Matrices are summed by so many groups of chunks, in order within a group; then the groups in order. */
#define GROUPS 8

#define TINY 1e-12 /* so that what has no weight has a mean, too */

typedef struct {
    float value;
    int index;
} Pair;

static size_t most(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Floats that the room of one thread takes: two chunks and a product. */
static size_t thread_floats(int channels, int width)
{
    return 2 * pst_chunk_most(width) * channels + (size_t) channels * channels;
}

size_t pst_statistics_room(int channels, int height, int width, int threads, bool sliced)
{
    size_t c = channels, n = (size_t) height * width;
    size_t matrices = thread_floats(channels, width) * threads + 2 * GROUPS * (c * c + c);
    size_t projections = sliced ? n * PST_DIRECTIONS + 2 * n * threads : 0;
    return most(matrices, projections) + 2 * c + 16;
}

/* Rows are short enough for float. */
static double mean_of(const PstMap *map, const PstWeights *weights, int c)
{
    double sum = 0;
    for (int y = 0; y < map->height; y++) {
        const float *row = pst_map_row(map, c, y), *weight = pst_weights_row(weights, y);
        float part = 0;
#pragma omp simd reduction(+ : part)
        for (int x = 0; x < map->width; x++)
            part += weight[x] * row[x];
        sum += part;
    }
    return sum / weights->sum;
}

static double variance_of(const PstMap *map, const PstWeights *weights, int c, float mean)
{
    double sum = 0;
    for (int y = 0; y < map->height; y++) {
        const float *row = pst_map_row(map, c, y), *weight = pst_weights_row(weights, y);
        float part = 0;
#pragma omp simd reduction(+ : part)
        for (int x = 0; x < map->width; x++)
            part += weight[x] * (row[x] - mean) * (row[x] - mean);
        sum += part;
    }
    return sum / weights->sum;
}

static void find_means(const PstMap *map, const PstWeights *weights, int threads, float *mean)
{
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (int c = 0; c < map->channels; c++)
        mean[c] = (float) mean_of(map, weights, c);
}

void pst_variances(const PstMap *map, const PstWeights *weights, int threads, float *mean,
                   float *variance)
{
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (int c = 0; c < map->channels; c++) {
        mean[c] = (float) mean_of(map, weights, c);
        variance[c] = (float) variance_of(map, weights, c, mean[c]);
    }
}

void pst_variances_back(const PstMap *map, const PstWeights *weights, int threads,
                        const float *mean, const float *d, const float *dmean, PstMap *to)
{
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (int c = 0; c < map->channels; c++) {
        float still = dmean[c] - d[c] * mean[c];
        for (int y = 0; y < map->height; y++) {
            const float *row = pst_map_row(map, c, y), *weight = pst_weights_row(weights, y);
            float *out = pst_map_row(to, c, y);
#pragma omp simd
            for (int x = 0; x < map->width; x++)
                out[x] += weight[x] * (d[c] * row[x] + still);
        }
    }
}

/* turned[n][C] = weight · chunk[C][n] */
static void turn(const float *chunk, const float *weights, int channels, int n, float *turned)
{
    for (int k = 0; k < channels; k++) {
        for (int p = 0; p < n; p++)
            turned[(size_t) p * channels + k] = weights[p] * chunk[(size_t) k * n + p];
    }
}

/* The chunks of one group, summed into sums[C][C]. */
static void sum_group(const PstMap *map, const PstWeights *weights, const float *mean, int group,
                      double *sums, float *room)
{
    int c = map->channels, chunks = pst_chunk_count(map->width, map->height);
    size_t pixels = pst_chunk_most(map->width);
    float *turned = room + pixels * c, *product = turned + pixels * c;
    memset(sums, 0, sizeof *sums * c * c);
    for (int i = group * chunks / GROUPS; i < (group + 1) * chunks / GROUPS; i++) {
        PstChunk at = pst_chunk_centre(map, mean, i, room);
        turn(room, weights->values + at.first, c, at.count, turned);
        pst_gemm(c, c, at.count, room, turned, product);
        for (int k = 0; k < c * c; k++)
            sums[k] += product[k];
    }
}

void pst_statistics(const PstMap *map, const PstWeights *weights, int threads, float *mean,
                    float *cov, float *room)
{
    int c = map->channels;
    size_t own = thread_floats(c, map->width), matrix = (size_t) c * c;
    double *sums = (double *) room;
    room += 2 * GROUPS * matrix;
    find_means(map, weights, threads, mean);
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (int g = 0; g < GROUPS; g++)
        sum_group(map, weights, mean, g, sums + matrix * g, room + own * omp_get_thread_num());
    for (size_t k = 0; k < matrix; k++) {
        double sum = 0;
        for (int g = 0; g < GROUPS; g++)
            sum += sums[matrix * g + k];
        cov[k] = (float) (sum / weights->sum);
    }
}

void pst_statistics_back(const PstMap *map, const PstWeights *weights, int threads,
                         const float *mean, const float *d, const float *dmean, PstMap *to,
                         float *room)
{
    int c = map->channels, chunks = pst_chunk_count(map->width, map->height);
    size_t own = thread_floats(c, map->width);
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (int i = 0; i < chunks; i++) {
        float *chunk = room + own * omp_get_thread_num();
        float *made = chunk + pst_chunk_most(map->width) * c;
        PstChunk at = pst_chunk_centre(map, mean, i, chunk);
        pst_gemm(c, at.count, c, d, chunk, made);
        for (int k = 0; k < c; k++) {
            for (int y = at.y0; y < at.y1; y++, made += map->width) {
                const float *weight = pst_weights_row(weights, y);
                float *row = pst_map_row(to, k, y);
                for (int x = 0; x < map->width; x++)
                    row[x] += weight[x] * (made[x] + dmean[k]);
            }
        }
    }
}

/* ---- Projections ----------------------------------------------------------------------------- */

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

/* Of n sorted values: each quantile is the mean of those that end in its part of the weights, or of the one that reaches
 * beyond it. */
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

void pst_quantiles(const PstMap *map, const PstWeights *weights, int threads,
                   const float *directions, float *quantiles, float *room)
{
    size_t n = (size_t) map->height * map->width;
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (int k = 0; k < PST_DIRECTIONS; k++) {
        Pair *pairs = (Pair *) room + n * omp_get_thread_num();
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

double pst_sliced_back(const PstMap *map, const PstWeights *weights, int threads,
                       const float *directions, const float *quantiles, double weight, PstMap *to,
                       float *room)
{
    size_t n = (size_t) map->height * map->width;
    float *moves = room + 2 * n * threads;
    double sums[PST_DIRECTIONS], sum = 0, share = weight / (weights->sum * PST_DIRECTIONS);
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (int k = 0; k < PST_DIRECTIONS; k++) {
        Pair *pairs = (Pair *) room + n * omp_get_thread_num();
        project(map, directions + (size_t) k * map->channels, pairs);
        sums[k] =
            draw(pairs, n, weights, quantiles + (size_t) k * PST_QUANTILES, share, moves + k * n);
    }
    for (int k = 0; k < PST_DIRECTIONS; k++)
        sum += sums[k];
#pragma omp parallel for schedule(dynamic) num_threads(threads)
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

/* ---- Normalised maps ------------------------------------------------------------------------- */

/* One channel: v = (x − mean) / s, d = v − target, and back
 * ∂/∂x Σ d² / N = 2 / (N s) · (d − mean of d − v · mean of d·v). */
typedef struct {
    float mean, scale; /* 1 / s */
} Normal;

static Normal normal_of(float mean, float variance)
{
    return (Normal){mean, (float) (1 / sqrt(variance + PST_NORMAL_EPSILON))};
}

void pst_normalise(const PstMap *map, const PstWeights *weights, int threads, float *v)
{
    size_t n = (size_t) map->width * map->height;
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (int c = 0; c < map->channels; c++) {
        float mean = (float) mean_of(map, weights, c);
        Normal normal = normal_of(mean, (float) variance_of(map, weights, c, mean));
        float *to = v + n * c;
        for (int y = 0; y < map->height; y++, to += map->width) {
            const float *row = pst_map_row(map, c, y);
            for (int x = 0; x < map->width; x++)
                to[x] = (row[x] - normal.mean) * normal.scale;
        }
    }
}

/* Σ d, Σ d·v and Σ d², weighted. */
typedef struct {
    double d, along, squared;
} Sums;

static Sums sum_channel(const PstMap *map, const PstWeights *weights, int c, Normal normal,
                        const float *target)
{
    Sums sums = {0};
    for (int y = 0; y < map->height; y++, target += map->width) {
        const float *row = pst_map_row(map, c, y), *weight = pst_weights_row(weights, y);
        float sum = 0, along = 0, squared = 0;
#pragma omp simd reduction(+ : sum, along, squared)
        for (int x = 0; x < map->width; x++) {
            float v = (row[x] - normal.mean) * normal.scale, d = v - target[x];
            float part = weight[x] * d;
            sum += part;
            along += part * v;
            squared += part * d;
        }
        sums.d += sum;
        sums.along += along;
        sums.squared += squared;
    }
    return sums;
}

static double normalised_channel(const PstMap *map, const PstWeights *weights, int c, Normal normal,
                                 const float *target, double share, PstMap *to)
{
    Sums sums = sum_channel(map, weights, c, normal, target);
    float factor = (float) (2 * share * normal.scale);
    float mean = (float) (sums.d / weights->sum), along = (float) (sums.along / weights->sum);
    for (int y = 0; y < map->height; y++, target += map->width) {
        const float *row = pst_map_row(map, c, y), *weight = pst_weights_row(weights, y);
        float *out = pst_map_row(to, c, y);
#pragma omp simd
        for (int x = 0; x < map->width; x++) {
            float v = (row[x] - normal.mean) * normal.scale;
            out[x] += weight[x] * factor * (v - target[x] - mean - v * along);
        }
    }
    return share * sums.squared;
}

double pst_normalised_back(const PstMap *map, const PstWeights *weights, int threads,
                           const float *mean, const float *variance, const float *target,
                           double weight, PstMap *to, float *room)
{
    size_t n = (size_t) map->width * map->height;
    double share = weight / (weights->sum * map->channels), *sums = (double *) room, sum = 0;
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (int c = 0; c < map->channels; c++) {
        Normal normal = normal_of(mean[c], variance[c]);
        sums[c] = normalised_channel(map, weights, c, normal, target + n * c, share, to);
    }
    for (int c = 0; c < map->channels; c++)
        sum += sums[c];
    return sum;
}
