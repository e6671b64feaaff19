/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/optimise/nearest.h"

#include "nn/kernel/product.h"
#include "nn/optimise/chance.h"
#include "nn/optimise/chunk.h"

#include <math.h>
#include <omp.h>
#include <string.h>

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

PstPatches pst_patches_unit(int channels, const float *patches, const float *mean, int count,
                            float *unit)
{
    PstPatches made = {count, channels, unit, mean, 0};
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
    made.softness = (float) softness;
    return made;
}

/* ---- Room -------------------------------------------------------------------------------------- */

/* Between the map's value at a place, seen from the mean, and the patch that is to be there. */
typedef struct {
    int place;
    const float *patch;
    double squared, cosine, length; /* |v|² + softness, n·t, its root */
} Angle;

/* Of one thread: a chunk, what the processor reads beyond it, two numbers for each position, and places. */
static size_t thread_floats(int channels, int width)
{
    return pst_chunk_most(width) * (channels + 2) + PST_PROCESSOR_PIXELS_MAX + 2 * PST_PATCHES;
}

size_t pst_nearest_room(int channels, int height, int width, int threads)
{
    return 2 * (size_t) pst_chunk_count(width, height) + PST_PATCHES * (size_t) channels +
           thread_floats(channels, width) * threads + PST_PATCHES * sizeof(Angle) / sizeof(float);
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

/* scores[0 … n) of one patch are those of the positions from `at` on; `factor`, their weights over
 * their lengths. */
static void keep_places(Places *places, int patch, const float *scores, const float *factor, int n,
                        int at)
{
    float top = -INFINITY;
#pragma omp simd reduction(max : top)
    for (int i = 0; i < n; i++)
        top = scores[i] * factor[i] > top ? scores[i] * factor[i] : top;
    if (top < places->cosine[patch])
        return;
    for (int i = 0; i < n; i++) {
        if (scores[i] * factor[i] == top) {
            keep_place(places, patch, top, at + i);
            return;
        }
    }
}

/* factor[n] = weight / length of the chunk's values. */
static void find_lengths(const float *chunk, int channels, int n, float softness,
                         const float *weights, float *factor)
{
    memset(factor, 0, sizeof *factor * n);
    for (int c = 0; c < channels; c++) {
        const float *v = chunk + (size_t) c * n;
        for (int x = 0; x < n; x++)
            factor[x] += v[x] * v[x];
    }
    for (int x = 0; x < n; x++)
        factor[x] = 1 / sqrtf(factor[x] + softness) * weights[x];
}

/* What all threads look for. */
typedef struct {
    const PstProcessor *processor;
    const PstPatches *patches;
    const float *packed; /* the patches as the processor wants them */
    int *match;
} Search;

/* The patch of the largest score for each of a chunk's positions, and for each patch the position of the largest
 * score · factor.  Behind the chunk is room for as many positions as the processor does at once. */
static void match_chunk(const Search *search, PstChunk at, const float *chunk, const float *factor,
                        Places *places)
{
    const PstProcessor *processor = search->processor;
    int tile = pst_product_tile(processor), block = processor->product_channels;
    int *match = search->match + at.first;
    float scores[PST_PROCESSOR_PRODUCT_MAX], best[PST_PROCESSOR_PIXELS_MAX];
    int which[PST_PROCESSOR_PIXELS_MAX];
    for (int x = 0; x < at.count; x += tile) {
        const float *packed = search->packed;
        int count = at.count - x < tile ? at.count - x : tile;
        for (int i = 0; i < tile; i++) {
            best[i] = -INFINITY;
            which[i] = 0;
        }
        for (int k = 0; k < places->count; k += block) {
            processor->product(chunk + x, at.count, search->patches->channels, packed, scores);
            processor->keep_best(scores, k, best, which);
            for (int i = 0; i < block; i++)
                keep_places(places, k + i, scores + i * tile, factor + x, count,
                            (int) at.first + x);
            packed += (size_t) block * search->patches->channels;
        }
        memcpy(match + x, which, sizeof *match * count);
    }
}

void pst_nearest_find(const PstWeighed *in, const PstPatches *patches, const float *mean,
                      int *match, int *place)
{
    const PstMap *map = in->map;
    int c = map->channels, count = patches->count;
    Search search = {pst_processor(0), patches, in->room, match};
    size_t own = thread_floats(c, map->width);
    pst_product_pack(search.processor, count, c, patches->unit, NULL, in->room);
    float *room = in->room + (size_t) count * c;
    Places best = places_in(room + own * in->threads, count);
#pragma omp parallel num_threads(in->threads)
    {
        float *chunk = room + own * omp_get_thread_num();
        float *factor = chunk + pst_chunk_most(map->width) * c + PST_PROCESSOR_PIXELS_MAX;
        Places places = places_in(factor + pst_chunk_most(map->width), count);
#pragma omp for schedule(dynamic)
        for (int i = 0; i < pst_chunk_count(map->width, map->height); i++) {
            PstChunk at = pst_chunk_centre(map, mean, i, chunk);
            memset(chunk + (size_t) at.count * c, 0, sizeof *chunk * PST_PROCESSOR_PIXELS_MAX);
            find_lengths(chunk, c, at.count, patches->softness, in->weights->values + at.first,
                         factor);
            match_chunk(&search, at, chunk, factor, &places);
        }
#pragma omp critical
        for (int k = 0; k < count; k++)
            keep_place(&best, k, places.cosine[k], places.place[k]);
    }
    memcpy(place, best.place, sizeof *place * count);
}

/* ---- The loss ---------------------------------------------------------------------------------- */

/* The positions of a chunk, and what they are drawn to. */
typedef struct {
    float *values;         /* [C][count]: v = x − mean */
    float *along, *across; /* room for a number each position */
    const float *weights;
    const int *match;
    int count;
} Drawn;

/* With s = √(|v|² + softness), n = v / s and the patch t: the weighted sum of 1 − n·t, whose gradient, (n·t n − t) / s
 * times `share`, takes the place of v. */
static double draw_chunk(const PstPatches *patches, const Drawn *drawn, double share)
{
    const int *match = drawn->match, channels = patches->channels, n = drawn->count;
    float *along = drawn->along, *across = drawn->across;
    double sum = 0;
    memset(along, 0, sizeof *along * n);
    memset(across, 0, sizeof *across * n);
    for (int c = 0; c < channels; c++) {
        const float *v = drawn->values + (size_t) c * n, *t = patches->unit + c;
#pragma omp simd
        for (int x = 0; x < n; x++) {
            along[x] += v[x] * v[x];
            across[x] += v[x] * t[match[x] * channels];
        }
    }
    for (int x = 0; x < n; x++) {
        double squared = along[x] + (double) patches->softness, length = sqrt(squared);
        double cosine = across[x] / length, weight = drawn->weights[x];
        sum += weight * (1 - cosine);
        weight *= share;
        along[x] = (float) (weight * cosine / squared);
        across[x] = (float) (weight / length);
    }
    for (int c = 0; c < channels; c++) {
        float *v = drawn->values + (size_t) c * n;
        const float *t = patches->unit + c;
#pragma omp simd
        for (int x = 0; x < n; x++)
            v[x] = along[x] * v[x] - across[x] * t[match[x] * channels];
    }
    return sum;
}

static void add_chunk(const float *values, PstChunk at, PstMap *to)
{
    for (int c = 0; c < to->channels; c++) {
        for (int y = at.y0; y < at.y1; y++, values += to->width) {
            float *row = pst_map_row(to, c, y);
            for (int x = 0; x < to->width; x++)
                row[x] += values[x];
        }
    }
}

double pst_nearest_back(const PstWeighed *in, const PstPatches *patches, const int *match,
                        double weight, PstMap *to)
{
    const PstMap *map = in->map;
    const PstWeights *weights = in->weights;
    int chunks = pst_chunk_count(map->width, map->height);
    size_t own = thread_floats(map->channels, map->width), pixels = pst_chunk_most(map->width);
    double *sums = (double *) in->room, sum = 0, share = weight / weights->sum;
    float *room = in->room + 2 * (size_t) chunks;
#pragma omp parallel for schedule(dynamic) num_threads(in->threads)
    for (int i = 0; i < chunks; i++) {
        float *values = room + own * omp_get_thread_num(), *along = values + pixels * map->channels;
        PstChunk at = pst_chunk_centre(map, patches->mean, i, values);
        Drawn drawn = {values,           along,   along + pixels, weights->values + at.first,
                       match + at.first, at.count};
        sums[i] = draw_chunk(patches, &drawn, share);
        add_chunk(values, at, to);
    }
    for (int i = 0; i < chunks; i++)
        sum += sums[i];
    return share * sum;
}

static Angle angle_at(const PstMap *map, int place, const PstPatches *patches, int patch)
{
    int y = place / map->width, x = place % map->width;
    const float *unit = patches->unit + (size_t) patch * map->channels;
    double squared = patches->softness, across = 0;
    for (int c = 0; c < map->channels; c++) {
        double v = pst_map_row(map, c, y)[x] - patches->mean[c];
        squared += v * v;
        across += v * unit[c];
    }
    double length = sqrt(squared);
    return (Angle){place, unit, squared, across / length, length};
}

/* The gradient of share · (1 − n·t), of channels [from, until). */
static void draw_place(const PstMap *map, const float *mean, const Angle *angle, double share,
                       int from, int until, PstMap *to)
{
    int y = angle->place / map->width, x = angle->place % map->width;
    double along = share * angle->cosine / angle->squared, across = share / angle->length;
    for (int c = from; c < until; c++) {
        double v = pst_map_row(map, c, y)[x] - mean[c];
        pst_map_row(to, c, y)[x] += (float) (along * v - across * angle->patch[c]);
    }
}

double pst_coverage_back(const PstWeighed *in, const PstPatches *patches, const int *place,
                         double weight, PstMap *to)
{
    const PstMap *map = in->map;
    const PstWeights *weights = in->weights;
    int channels = map->channels, count = patches->count;
    double sum = 0, share = weight / (weights->sum > count ? weights->sum : count);
    Angle *angles = (Angle *) in->room;
#pragma omp parallel for num_threads(in->threads)
    for (int k = 0; k < count; k++)
        angles[k] = angle_at(map, place[k], patches, k);
        /* some channels each, since several patches may have one place */
#pragma omp parallel for num_threads(in->threads)
    for (int from = 0; from < channels; from += SOME) {
        int until = from + SOME < channels ? from + SOME : channels;
        for (int k = 0; k < count; k++)
            draw_place(map, patches->mean, &angles[k], share * weights->values[place[k]], from,
                       until, to);
    }
    for (int k = 0; k < count; k++)
        sum += weights->values[place[k]] * (1 - angles[k].cosine);
    return share * sum;
}
