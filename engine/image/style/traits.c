/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/style/traits.h"

#include "image/colour.h"
#include "image/reduce.h"

#include <math.h>

#define SIDE   256
#define BLOCKS 4    /* a side: what detail is compared between */
#define LEAST  1e-4 /* of a mean gradient: a sixth of what 8 bits can show, over a flat picture */
#define MOST   64   /* far beyond any trait: of colours, or logarithms of what is at least LEAST */

/* A plane of floats. */
typedef struct {
    int width, height;
    float *values;
} Plane;

/* The value that would be at k, were those from `first` to `last` sorted; those before k are then no larger, and those
 * after it no smaller (Hoare 1961, FIND). */
static float select_value(float *values, gssize first, gssize last, gssize k)
{
    while (first < last) {
        float pivot = values[first + (last - first) / 2];
        gssize i = first, j = last;
        while (i <= j) {
            while (values[i] < pivot)
                i++;
            while (pivot < values[j])
                j--;
            if (i <= j) {
                float value = values[i];
                values[i++] = values[j];
                values[j--] = value;
            }
        }
        if (k <= j)
            last = j;
        else if (k >= i)
            first = i;
        else
            break;
    }
    return values[k];
}

/* The quantiles of one plane, whose values change places on the way. */
static void measure_palette(float *values, gsize count, float *quantiles)
{
    gssize first = 0;
    for (int i = 0; i < PST_TRAIT_QUANTILES; i++) {
        gssize k = (gssize) ((i + 0.5) / PST_TRAIT_QUANTILES * (double) count);
        quantiles[i] = select_value(values, first, (gssize) count - 1, k);
        first = k;
    }
}

static float gradient(const Plane *plane, int x, int y)
{
    const float *at = plane->values + (gsize) plane->width * y + x;
    float across = x + 1 < plane->width ? at[1] - at[0] : 0;
    float down = y + 1 < plane->height ? at[plane->width] - at[0] : 0;
    return sqrtf(across * across + down * down);
}

static void measure_detail(const Plane *plane, float *detail, float *sparse)
{
    double sum = 0, squares = 0;
    for (int y = 0; y < plane->height; y++) {
        for (int x = 0; x < plane->width; x++) {
            double g = gradient(plane, x, y);
            sum += g;
            squares += g * g;
        }
    }
    double count = (double) plane->width * plane->height, mean = sum / count + LEAST;
    *detail = (float) log2(mean);
    *sparse = (float) log2((squares / count + LEAST * LEAST) / (mean * mean));
}

/* The standard deviation, over blocks, of the logarithm of their detail. */
static float measure_unevenness(const Plane *plane)
{
    double sums[BLOCKS * BLOCKS] = {0}, counts[BLOCKS * BLOCKS] = {0}, mean = 0, squares = 0;
    int used = 0;
    for (int y = 0; y < plane->height; y++) {
        for (int x = 0; x < plane->width; x++) {
            int block = y * BLOCKS / plane->height * BLOCKS + x * BLOCKS / plane->width;
            sums[block] += gradient(plane, x, y);
            counts[block]++;
        }
    }
    for (int i = 0; i < BLOCKS * BLOCKS; i++) {
        if (counts[i] > 0) {
            double detail = log2(sums[i] / counts[i] + LEAST);
            mean += detail;
            squares += detail * detail;
            used++;
        }
    }
    mean /= used;
    return (float) sqrt(MAX(squares / used - mean * mean, 0));
}

/* Half the size, in place. */
static void halve(Plane *plane)
{
    int width = MAX(plane->width / 2, 1), height = MAX(plane->height / 2, 1);
    int across = plane->width > 1, down = plane->height > 1;
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            const float *at = plane->values + (gsize) plane->width * y * 2 + x * 2;
            const float *under = at + (gsize) plane->width * down;
            plane->values[(gsize) width * y + x] =
                (at[0] + at[across] + under[0] + under[across]) / 4;
        }
    }
    plane->width = width;
    plane->height = height;
}

/* Luma, R' − luma and B' − luma, one plane after the other. */
static float *read_planes(PstReader *reader, int width, int height)
{
    gsize count = (gsize) width * height;
    float *planes = g_new(float, 3 * count);
    for (int y = 0; y < height; y++) {
        pst_reader_get(reader, 0, width, y, 1);
        for (int x = 0; x < width; x++) {
            float rgb[3];
            gsize at = (gsize) width * y + x;
            for (int c = 0; c < 3; c++)
                rgb[c] = pst_reader_seen(reader, reader->rows + 4 * x, c);
            planes[at] = pst_luma(rgb);
            planes[at + count] = rgb[0] - planes[at];
            planes[at + 2 * count] = rgb[2] - planes[at];
        }
    }
    return planes;
}

static void measure(PstReader *reader, float traits[PST_TRAITS])
{
    Plane luma = {reader->extent.width, reader->extent.height, NULL};
    gsize count = (gsize) luma.width * luma.height;
    g_autofree float *planes = read_planes(reader, luma.width, luma.height);
    g_autofree float *copy = g_memdup2(planes, sizeof *planes * count);
    luma.values = copy;
    for (int c = 0; c < 3; c++)
        measure_palette(planes + (gsize) c * count, count,
                        traits + PST_TRAIT_PALETTE + PST_TRAIT_QUANTILES * c);
    traits[PST_TRAIT_UNEVEN] = measure_unevenness(&luma);
    for (int k = 0; k < PST_TRAIT_OCTAVES; k++) {
        measure_detail(&luma, &traits[PST_TRAIT_DETAIL + k], &traits[PST_TRAIT_SPARSE + k]);
        halve(&luma);
    }
}

gboolean pst_traits_are_valid(const float traits[PST_TRAITS])
{
    for (int i = 0; i < PST_TRAITS; i++)
        if (!(fabsf(traits[i]) <= MOST))
            return FALSE;
    return TRUE;
}

gboolean pst_traits_measure(PstReader *picture, float traits[PST_TRAITS], GError **error)
{
    PstReader small;
    GeglBuffer *reduced = pst_reduce(picture, SIDE, 1, error);
    gboolean ok = reduced && pst_reader_open(&small, reduced, error);
    if (ok) {
        measure(&small, traits);
        pst_reader_close(&small);
    }
    g_clear_object(&reduced);
    return ok;
}
