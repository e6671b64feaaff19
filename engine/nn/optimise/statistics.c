/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/optimise/statistics.h"

#include "nn/kernel/gemm.h"
#include "nn/optimise/chunk.h"

#include <math.h>
#include <omp.h>
#include <string.h>

/* Matrices are summed by so many groups of chunks, in order within a group; then the groups in order. */
#define GROUPS 8

/* Floats that the room of one thread takes: two chunks and a product. */
static size_t thread_floats(int channels, int width)
{
    return 2 * pst_chunk_most(width) * channels + (size_t) channels * channels;
}

/* Enough for the sums of pst_normalised_back(), too: a double a channel. */
size_t pst_statistics_room(int channels, int width, int threads)
{
    return thread_floats(channels, width) * threads + 2 * GROUPS * (size_t) channels * channels;
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

static void find_means(const PstWeighed *in, float *mean)
{
    const PstMap *map = in->map;
    const PstWeights *weights = in->weights;
#pragma omp parallel for schedule(dynamic) num_threads(in->threads)
    for (int c = 0; c < map->channels; c++)
        mean[c] = (float) mean_of(map, weights, c);
}

void pst_variances(const PstWeighed *in, float *mean, float *variance)
{
    const PstMap *map = in->map;
    const PstWeights *weights = in->weights;
#pragma omp parallel for schedule(dynamic) num_threads(in->threads)
    for (int c = 0; c < map->channels; c++) {
        mean[c] = (float) mean_of(map, weights, c);
        variance[c] = (float) variance_of(map, weights, c, mean[c]);
    }
}

void pst_variances_back(const PstWeighed *in, const float *mean, const float *d, const float *dmean,
                        PstMap *to)
{
    const PstMap *map = in->map;
    const PstWeights *weights = in->weights;
#pragma omp parallel for schedule(dynamic) num_threads(in->threads)
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

void pst_statistics(const PstWeighed *in, float *mean, float *cov)
{
    const PstMap *map = in->map;
    const PstWeights *weights = in->weights;
    int c = map->channels;
    size_t own = thread_floats(c, map->width), matrix = (size_t) c * c;
    double *sums = (double *) in->room;
    float *room = in->room + 2 * GROUPS * matrix;
    find_means(in, mean);
#pragma omp parallel for schedule(dynamic) num_threads(in->threads)
    for (int g = 0; g < GROUPS; g++)
        sum_group(map, weights, mean, g, sums + matrix * g, room + own * omp_get_thread_num());
    for (size_t k = 0; k < matrix; k++) {
        double sum = 0;
        for (int g = 0; g < GROUPS; g++)
            sum += sums[matrix * g + k];
        cov[k] = (float) (sum / weights->sum);
    }
}

void pst_statistics_back(const PstWeighed *in, const float *mean, const float *d,
                         const float *dmean, PstMap *to)
{
    const PstMap *map = in->map;
    const PstWeights *weights = in->weights;
    int c = map->channels, chunks = pst_chunk_count(map->width, map->height);
    size_t own = thread_floats(c, map->width);
#pragma omp parallel for schedule(dynamic) num_threads(in->threads)
    for (int i = 0; i < chunks; i++) {
        float *chunk = in->room + own * omp_get_thread_num();
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

void pst_normalise(const PstWeighed *in, float *v)
{
    const PstMap *map = in->map;
    const PstWeights *weights = in->weights;
    size_t n = (size_t) map->width * map->height;
#pragma omp parallel for schedule(dynamic) num_threads(in->threads)
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

double pst_normalised_back(const PstWeighed *in, const float *mean, const float *variance,
                           const float *target, double weight, PstMap *to)
{
    const PstMap *map = in->map;
    const PstWeights *weights = in->weights;
    size_t n = (size_t) map->width * map->height;
    double share = weight / (weights->sum * map->channels), *sums = (double *) in->room, sum = 0;
#pragma omp parallel for schedule(dynamic) num_threads(in->threads)
    for (int c = 0; c < map->channels; c++) {
        Normal normal = normal_of(mean[c], variance[c]);
        sums[c] = normalised_channel(map, weights, c, normal, target + n * c, share, to);
    }
    for (int c = 0; c < map->channels; c++)
        sum += sums[c];
    return sum;
}
