/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/optimise/nearest.h"

#include "nn/kernel/pointwise.h"
#include "nn/optimise/chance.h"
#include "nn/optimise/statistics.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#define CHUNK    512  /* positions at a time, about */
#define SOFTNESS 1e-3 /* of the patches' mean squared length */
#define SOME     16   /* channels at a time */

/* ---- The style's ------------------------------------------------------------------------------- */

void pst_patches_of(const PstMap *map, const PstWeights *weights, float *patches)
{
    uint64_t state = PST_CHANCE;
    double share = weights->sum / PST_PATCHES, before = 0;
    int at = 0, last = map->width * map->height - 1;
    for (int i = 0; i < PST_PATCHES; i++) {
        /* somewhere in the i-th part, lest the steps keep time with the map's columns */
        double to = (i + pst_chance(&state)) * share;
        for (; at < last && before + weights->values[at] <= to; at++)
            before += weights->values[at];
        for (int c = 0; c < map->channels; c++)
            *patches++ = pst_map_row(map, c, at / map->width)[at % map->width];
    }
}

static double squares(const float *patch, const float *mean, int channels)
{
    double sum = 0;
    for (int c = 0; c < channels; c++)
        sum += ((double) patch[c] - mean[c]) * ((double) patch[c] - mean[c]);
    return sum;
}

float pst_patches_unit(int channels, const float *patches, const float *mean, int count,
                       float *unit)
{
    double all = 0;
    size_t step = (size_t) (PST_PATCHES / count) * channels;
    for (int i = 0; i < count; i++)
        all += squares(patches + i * step, mean, channels) / count;
    double softness = SOFTNESS * all + 1e-12;
    for (int i = 0; i < count; i++, patches += step, unit += channels) {
        double length = sqrt(squares(patches, mean, channels) + softness);
        for (int c = 0; c < channels; c++)
            unit[c] = (float) ((patches[c] - mean[c]) / length);
    }
    return (float) softness;
}

/* ---- Chunks of a map --------------------------------------------------------------------------- */

static int rows_of(int width)
{
    return width < CHUNK ? CHUNK / width : 1;
}

static int count_of(int height, int width)
{
    return (height + rows_of(width) - 1) / rows_of(width);
}

static size_t pixels_of(int width)
{
    return (size_t) width * rows_of(width);
}

static size_t thread_floats(int channels, int width)
{
    return pixels_of(width) * (channels + 2) + PST_DIRECT_PIXELS_MAX + 2 * PST_PATCHES;
}

size_t pst_nearest_room(int channels, int height, int width, int threads)
{
    return 2 * (size_t) count_of(height, width) + PST_PATCHES * (size_t) channels +
           thread_floats(channels, width) * threads + 6 * PST_PATCHES;
}

/* chunk[C][positions] = map − mean of chunk i; returns the positions. */
static int centred(const PstMap *map, const float *mean, int i, float *chunk)
{
    int y0 = i * rows_of(map->width), y1 = y0 + rows_of(map->width);
    pst_centre(map, mean, y0, y1 < map->height ? y1 : map->height, chunk);
    return ((y1 < map->height ? y1 : map->height) - y0) * map->width;
}

/* ---- Matching ---------------------------------------------------------------------------------- */

/* Of each patch, what one thread found: the largest cosine, and where; at equal ones the first place. */
typedef struct {
    float *cosine; /* [count] */
    int *place, count;
} Places;

static Places places_in(float *room, int count)
{
    Places places = {room, (int *) (room + count), count};
    for (int k = 0; k < count; k++) {
        places.cosine[k] = -INFINITY;
        places.place[k] = 0;
    }
    return places;
}

static void keep_place(Places *places, int patch, float cosine, int place)
{
    float before = places->cosine[patch];
    if (cosine > before || (cosine == before && place < places->place[patch])) {
        places->cosine[patch] = cosine;
        places->place[patch] = place;
    }
}

/* scores[0 … n) of one patch are those of the positions from `at` on; `inverse`, 1 over their lengths. */
static void keep_places(Places *places, int patch, const float *scores, const float *inverse, int n,
                        int at)
{
    float top = -INFINITY;
#pragma omp simd reduction(max : top)
    for (int i = 0; i < n; i++)
        top = scores[i] * inverse[i] > top ? scores[i] * inverse[i] : top;
    if (top < places->cosine[patch])
        return;
    for (int i = 0; i < n; i++) {
        if (scores[i] * inverse[i] == top) {
            keep_place(places, patch, top, at + i);
            return;
        }
    }
}

/* inverse[n] = 1 / the lengths of the chunk's values. */
static void find_lengths(const float *chunk, int channels, int n, float softness, float *inverse)
{
    memset(inverse, 0, sizeof *inverse * n);
    for (int c = 0; c < channels; c++) {
        const float *v = chunk + (size_t) c * n;
        for (int x = 0; x < n; x++)
            inverse[x] += v[x] * v[x];
    }
    for (int x = 0; x < n; x++)
        inverse[x] = 1 / sqrtf(inverse[x] + softness);
}

/* The best of each of n positions, the first being position `at`, and of each patch, by scores times `inverse`.  Behind
 * the chunk is room for as many as the kernel does at once. */
static void match_chunk(const PstDirectKernel *kernel, const float *packed, int channels,
                        const float *chunk, const float *inverse, int n, int at, int *match,
                        Places *places)
{
    int tile = kernel->product_vectors * kernel->lanes, block = kernel->product_channels;
    float scores[PST_DIRECT_PRODUCT_MAX], best[PST_DIRECT_PIXELS_MAX];
    int which[PST_DIRECT_PIXELS_MAX];
    for (int x = 0; x < n; x += tile) {
        const float *patches = packed;
        int count = n - x < tile ? n - x : tile;
        for (int i = 0; i < tile; i++) {
            best[i] = -INFINITY;
            which[i] = 0;
        }
        for (int k = 0; k < places->count; k += block, patches += (size_t) block * channels) {
            kernel->product(chunk + x, n, channels, patches, scores);
            kernel->keep_best(scores, k, best, which);
            for (int i = 0; i < block; i++)
                keep_places(places, k + i, scores + i * tile, inverse + x, count, at + x);
        }
        memcpy(match + x, which, sizeof *match * count);
    }
}

void pst_nearest_find(const PstMap *map, const PstWeights *weights, int threads, const float *unit,
                      int count, const float *mean, float softness, int *match, int *place,
                      float *room)
{
    const PstDirectKernel *kernel = pst_direct_kernel(0);
    const PstConv patches = {.out_channels = count, .in_channels = map->channels};
    int c = map->channels, chunks = count_of(map->height, map->width);
    size_t pixels = pixels_of(map->width), own = thread_floats(c, map->width);
    float *packed = room;
    room = packed + (size_t) count * c;
    pst_pointwise_path.pack(kernel, &patches, unit, packed);
    Places best = places_in(room + own * threads, count);
#pragma omp parallel num_threads(threads)
    {
        float *chunk = room + own * omp_get_thread_num(),
              *inverse = chunk + pixels * c + PST_DIRECT_PIXELS_MAX;
        Places places = places_in(inverse + pixels, count);
#pragma omp for schedule(dynamic)
        for (int i = 0; i < chunks; i++) {
            int n = centred(map, mean, i, chunk);
            memset(chunk + (size_t) n * c, 0, sizeof *chunk * PST_DIRECT_PIXELS_MAX);
            find_lengths(chunk, c, n, softness, inverse);
            for (int x = 0; x < n; x++)
                inverse[x] *= weights->values[pixels * i + x];
            match_chunk(kernel, packed, c, chunk, inverse, n, (int) pixels * i, match + pixels * i,
                        &places);
        }
#pragma omp critical
        for (int k = 0; k < count; k++)
            keep_place(&best, k, places.cosine[k], places.place[k]);
    }
    memcpy(place, best.place, sizeof *place * count);
}

/* ---- The loss ---------------------------------------------------------------------------------- */

/* With v = x − mean, s = √(|v|² + softness), n = v / s and the patch t: the weighted sum of 1 − n·t over the n
 * positions, whose gradient, (n·t n − t) / s times `share`, takes the place of v in the chunk.  `along` and `across` are
 * room for a number each position. */
static double draw_chunk(const float *unit, int channels, const int *match, double softness,
                         const float *weights, double share, int n, float *chunk, float *along,
                         float *across)
{
    double sum = 0;
    memset(along, 0, sizeof *along * n);
    memset(across, 0, sizeof *across * n);
    for (int c = 0; c < channels; c++) {
        const float *v = chunk + (size_t) c * n, *t = unit + c;
#pragma omp simd
        for (int x = 0; x < n; x++) {
            along[x] += v[x] * v[x];
            across[x] += v[x] * t[match[x] * channels];
        }
    }
    for (int x = 0; x < n; x++) {
        double squared = along[x] + softness, length = sqrt(squared), cosine = across[x] / length;
        double weight = weights[x];
        sum += weight * (1 - cosine);
        weight *= share;
        along[x] = (float) (weight * cosine / squared);
        across[x] = (float) (weight / length);
    }
    for (int c = 0; c < channels; c++) {
        float *v = chunk + (size_t) c * n;
        const float *t = unit + c;
#pragma omp simd
        for (int x = 0; x < n; x++)
            v[x] = along[x] * v[x] - across[x] * t[match[x] * channels];
    }
    return sum;
}

double pst_nearest_back(const PstMap *map, const PstWeights *weights, int threads,
                        const float *unit, const float *mean, float softness, const int *match,
                        double weight, PstMap *to, float *room)
{
    int c = map->channels, w = map->width, chunks = count_of(map->height, w);
    size_t pixels = pixels_of(w), own = thread_floats(c, w);
    double *sums = (double *) room, sum = 0, share = weight / weights->sum;
    room += 2 * (size_t) chunks;
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (int i = 0; i < chunks; i++) {
        float *chunk = room + own * omp_get_thread_num();
        int n = centred(map, mean, i, chunk);
        float *along = chunk + pixels * c, *across = along + pixels;
        sums[i] = draw_chunk(unit, c, match + pixels * i, softness, weights->values + pixels * i,
                             share, n, chunk, along, across);
        for (int k = 0; k < c; k++) {
            for (int x = 0; x < n; x += w, chunk += w) {
                float *row = pst_map_row(to, k, i * rows_of(w) + x / w);
                for (int j = 0; j < w; j++)
                    row[j] += chunk[j];
            }
        }
    }
    for (int i = 0; i < chunks; i++)
        sum += sums[i];
    return share * sum;
}

/* Of the map's value at a place, from the mean, and the patch that is to be there. */
typedef struct {
    double squared, cosine, length; /* |v|² + softness, n·t, its root */
} Angle;

static Angle angle_at(const PstMap *map, int place, const float *mean, const float *unit,
                      float softness)
{
    int y = place / map->width, x = place % map->width;
    double squared = softness, across = 0;
    for (int c = 0; c < map->channels; c++) {
        double v = pst_map_row(map, c, y)[x] - mean[c];
        squared += v * v;
        across += v * unit[c];
    }
    double length = sqrt(squared);
    return (Angle){squared, across / length, length};
}

/* The gradient of share · (1 − n·t), of channels [from, until). */
static void draw_place(const PstMap *map, int place, const float *mean, const float *unit,
                       Angle angle, double share, int from, int until, PstMap *to)
{
    int y = place / map->width, x = place % map->width;
    double along = share * angle.cosine / angle.squared, across = share / angle.length;
    for (int c = from; c < until; c++) {
        double v = pst_map_row(map, c, y)[x] - mean[c];
        pst_map_row(to, c, y)[x] += (float) (along * v - across * unit[c]);
    }
}

double pst_coverage_back(const PstMap *map, const PstWeights *weights, int threads,
                         const float *unit, int count, const float *mean, float softness,
                         const int *place, double weight, PstMap *to, float *room)
{
    int channels = map->channels;
    double sum = 0, share = weight / (weights->sum > count ? weights->sum : count);
    Angle *angles = (Angle *) room;
#pragma omp parallel for num_threads(threads)
    for (int k = 0; k < count; k++)
        angles[k] = angle_at(map, place[k], mean, unit + (size_t) k * channels, softness);
        /* some channels each, since several patches may have one place */
#pragma omp parallel for num_threads(threads)
    for (int from = 0; from < channels; from += SOME) {
        int until = from + SOME < channels ? from + SOME : channels;
        for (int k = 0; k < count; k++)
            draw_place(map, place[k], mean, unit + (size_t) k * channels, angles[k],
                       share * weights->values[place[k]], from, until, to);
    }
    for (int k = 0; k < count; k++)
        sum += weights->values[place[k]] * (1 - angles[k].cosine);
    return share * sum;
}
