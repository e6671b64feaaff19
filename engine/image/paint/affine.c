/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/paint/affine.h"

#include "image/blur.h"

#include <math.h>
#include <string.h>

#define RADIUS    (1 / 10.0) /* of the long side */
#define EPSILON   1e-2
#define GAIN_MOST 1.5

/* Means around each pixel, a plane each. */
enum {
    PHOTO = 0,    /* R', G', B' */
    PAINTED = 3,  /* likewise */
    PHOTO_2 = 6,  /* RR, RG, RB, GG, GB, BB */
    PRODUCT = 12, /* painted R' by the photo's R', G', B'; painted G' ...; painted B' ... */
    MEANS = 21,
    SCRATCH = 21,
    KEPT = 22, /* the photo */
    ALL = 25,
};

static void fill_means(const PstDraft *draft, float *block, gsize count, int radius, int threads)
{
    const float *photo = draft->planes + PST_DRAFT_PHOTO * count, *painted = draft->planes;
    memcpy(block + KEPT * count, photo, sizeof *photo * 3 * count);
    memcpy(block + PHOTO * count, photo, sizeof *photo * 3 * count);
    memcpy(block + PAINTED * count, painted, sizeof *painted * 3 * count);
    float *square = block + PHOTO_2 * count, *product = block + PRODUCT * count;
    for (int a = 0; a < 3; a++)
        for (int b = a; b < 3; b++, square += count)
            for (gsize i = 0; i < count; i++)
                square[i] = photo[a * count + i] * photo[b * count + i];
    for (int c = 0; c < 3; c++)
        for (int a = 0; a < 3; a++, product += count)
            for (gsize i = 0; i < count; i++)
                product[i] = painted[c * count + i] * photo[a * count + i];
    for (int plane = 0; plane < MEANS; plane++)
        pst_blur(block + plane * count, block + SCRATCH * count, draft->width, draft->height,
                 radius, threads);
}

/* A and b of one pixel from its means. */
static void solve(const float *means, gsize step, float *planes)
{
    double mean[3], s[6]; /* of the photo; its covariance, xx, xy, xz, yy, yz, zz */
    for (int a = 0; a < 3; a++)
        mean[a] = means[(PHOTO + a) * step];
    for (int a = 0, k = 0; a < 3; a++)
        for (int b = a; b < 3; b++, k++)
            s[k] = means[(PHOTO_2 + k) * step] - mean[a] * mean[b] + (a == b ? EPSILON : 0);
    /* its inverse by cofactors: ε keeps it far from singular */
    double inverse[3][3] = {
        {s[3] * s[5] - s[4] * s[4], s[2] * s[4] - s[1] * s[5], s[1] * s[4] - s[2] * s[3]},
        {0, s[0] * s[5] - s[2] * s[2], s[1] * s[2] - s[0] * s[4]},
        {0, 0, s[0] * s[3] - s[1] * s[1]},
    };
    double determinant = s[0] * inverse[0][0] + s[1] * inverse[0][1] + s[2] * inverse[0][2];
    inverse[1][0] = inverse[0][1];
    inverse[2][0] = inverse[0][2];
    inverse[2][1] = inverse[1][2];
    for (int c = 0; c < 3; c++) {
        double painted = means[(PAINTED + c) * step], offset = painted, covariance[3];
        for (int b = 0; b < 3; b++)
            covariance[b] = means[(PRODUCT + 3 * c + b) * step] - painted * mean[b];
        for (int a = 0; a < 3; a++) {
            double factor = 0;
            for (int b = 0; b < 3; b++)
                factor += inverse[a][b] * covariance[b];
            factor /= determinant;
            planes[(PST_DRAFT_FACTOR + 3 * c + a) * step] = (float) factor;
            offset -= factor * mean[a];
        }
        planes[(PST_DRAFT_COLOUR + c) * step] = (float) offset;
    }
}

/* Sums of one channel's values and of their squares. */
typedef struct {
    double sum, square;
} Sums;

static void add(Sums *sums, double value)
{
    sums->sum += value;
    sums->square += value * value;
}

static double variance(const Sums *sums, gsize count)
{
    double mean = sums->sum / (double) count;
    return MAX(sums->square / (double) count - mean * mean, 0);
}

/* The photo's pixel `i` by its function. */
static double apply(const float *planes, const float *photo, gsize step, gsize i, int c)
{
    double value = planes[(PST_DRAFT_COLOUR + c) * step + i];
    for (int a = 0; a < 3; a++)
        value += (double) planes[(PST_DRAFT_FACTOR + 3 * c + a) * step + i] * photo[a * step + i];
    return value;
}

/* Brings the contrast of all channels together to that of the strokes, around the mean of each. */
static void stretch(PstDraft *draft, const float *photo, gsize count, double painted)
{
    Sums now[3] = {{0, 0}};
    double all = 0;
    for (int c = 0; c < 3; c++) {
        for (gsize i = 0; i < count; i++)
            add(&now[c], apply(draft->planes, photo, count, i, c));
        all += variance(&now[c], count);
    }
    double gain = all > 0 ? CLAMP(sqrt(painted / all), 1, GAIN_MOST) : 1;
    for (gsize i = 0; i < 9 * count; i++)
        draft->planes[PST_DRAFT_FACTOR * count + i] *= (float) gain;
    for (int c = 0; c < 3; c++) {
        float mean = (float) ((1 - gain) * now[c].sum / (double) count);
        float *offset = draft->planes + (PST_DRAFT_COLOUR + c) * count;
        for (gsize i = 0; i < count; i++)
            offset[i] = (float) gain * offset[i] + mean;
    }
}

gboolean pst_affine_measure(PstDraft *draft, int threads)
{
    gsize count = (gsize) draft->width * draft->height;
    g_autofree float *block = g_try_new(float, ALL *count);
    if (!block)
        return FALSE;
    int radius = MAX(1, (int) lround(RADIUS * MAX(draft->width, draft->height)));
    double painted = 0;
    for (int c = 0; c < 3; c++) {
        Sums sums = {0, 0};
        for (gsize i = 0; i < count; i++)
            add(&sums, draft->planes[(PST_DRAFT_COLOUR + c) * count + i]);
        painted += variance(&sums, count);
    }
    fill_means(draft, block, count, radius, threads);
#pragma omp parallel for num_threads(threads)
    for (gsize i = 0; i < count; i++)
        solve(block + i, count, draft->planes + i);
    for (int plane = 0; plane < draft->plane_count; plane++)
        pst_blur(draft->planes + plane * count, block, draft->width, draft->height, radius,
                 threads);
    stretch(draft, block + KEPT * count, count, painted);
    return TRUE;
}

void pst_affine_enlarge(const float *rows[PST_DRAFT_PLANES_MOST][4], const float weights[4],
                        const float *photo, int width, float *colour)
{
    for (int c = 0; c < 3; c++, colour += width) {
        memset(colour, 0, sizeof *colour * width);
        for (int a = -1; a < 3; a++) { /* -1: the offset */
            int plane = a < 0 ? PST_DRAFT_COLOUR + c : PST_DRAFT_FACTOR + 3 * c + a;
            const float *const *p = rows[plane];
            for (int x = 0; x < width; x++) {
                float value = weights[0] * p[0][x] + weights[1] * p[1][x] + weights[2] * p[2][x] +
                              weights[3] * p[3][x];
                colour[x] += a < 0 ? value : value * photo[a * width + x];
            }
        }
    }
}
