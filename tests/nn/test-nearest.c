/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nearest patches against a plain search, and what is drawn towards them.
 */
#include "check.h"
#include "nn/kernel/gemm.h"
#include "nn/optimise/nearest.h"
#include "nn/optimise/statistics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define C      12
#define WIDTH  75 /* no divisor of a chunk */
#define HEIGHT 31
#define PIXELS (WIDTH * HEIGHT)

static float values[C * PIXELS], patches[PST_PATCHES * C], unit[PST_PATCHES * C];
static float mean[C], room[1 << 18];
static PstPatches style;
static int match[PIXELS], place[PST_PATCHES];

static PstMap map_of(float *data)
{
    return (PstMap){data, C, HEIGHT, WIDTH, HEIGHT, WIDTH};
}

static void fill(void)
{
    check_fill(values, C * PIXELS);
    check_fill(patches, PST_PATCHES * C);
    for (int c = 0; c < C; c++) {
        mean[c] = 0;
        for (int i = 0; i < PST_PATCHES; i++)
            mean[c] += patches[i * C + c] / PST_PATCHES;
    }
}

/* The cosine of position and patch, each from a mean of its own. */
static double cosine(int at, const double *own, int patch)
{
    double product = 0, a = 0, b = 0;
    for (int c = 0; c < C; c++) {
        double x = values[c * PIXELS + at] - own[c], y = patches[patch * C + c] - mean[c];
        product += x * y;
        a += x * x;
        b += y * y;
    }
    return product / sqrt(a * b);
}

static float counts[PIXELS];
static PstWeights weights;

/* All alike. */
static void weigh_evenly(void)
{
    weights = pst_weights_of((PstPictureWeights){NULL}, WIDTH, HEIGHT, counts);
}

/* Nothing to the left, and the more to the right. */
static void weigh_unevenly(void)
{
    static float picture[PIXELS];
    for (int i = 0; i < PIXELS; i++)
        picture[i] = fmaxf(0, (float) (i % WIDTH - WIDTH / 3));
    pst_weights_scale(picture, PIXELS);
    weights = pst_weights_of((PstPictureWeights){picture, WIDTH, HEIGHT}, WIDTH, HEIGHT, counts);
}

static const float *own_means(const PstMap *map)
{
    static float means[C], variances[C];
    pst_variances(&(PstWeighed){map, &weights, 2, room}, means, variances);
    return means;
}

static void finds(void)
{
    double own[C] = {0};
    int other[PIXELS], elsewhere[PST_PATCHES];
    fill();
    PstMap map = map_of(values);
    CHECK(pst_nearest_room(C, HEIGHT, WIDTH, 3) <= sizeof room / sizeof *room);
    style = pst_patches_unit(C, patches, mean, PST_PATCHES, unit);
    pst_nearest_find(&(PstWeighed){&map, &weights, 1, room}, &style, own_means(&map), match, place);
    pst_nearest_find(&(PstWeighed){&map, &weights, 3, room}, &style, own_means(&map), other,
                     elsewhere);
    CHECK(memcmp(match, other, sizeof match) == 0, "threads change what is nearest");
    CHECK(memcmp(place, elsewhere, sizeof place) == 0, "threads change where it is");
    for (int i = 0; i < C * PIXELS; i++)
        own[i / PIXELS] += values[i] / (double) PIXELS;
    int worse = 0;
    for (int i = 0; i < PIXELS; i++) {
        double best = -1;
        for (int k = 0; k < PST_PATCHES; k++)
            best = fmax(best, cosine(i, own, k));
        /* lengths are softened, which a near tie may feel */
        worse += cosine(i, own, match[i]) < best - 2e-3;
    }
    CHECK(worse == 0, "%d of %d", worse, PIXELS);
    for (int k = 0; k < PST_PATCHES; k++) {
        double best = -1;
        for (int i = 0; i < PIXELS; i++)
            best = fmax(best, cosine(i, own, k));
        worse += cosine(place[k], own, k) < best - 2e-3;
    }
    CHECK(worse == 0, "%d of %d patches", worse, PST_PATCHES);
}

/* Of places that are alike, the first, whoever looks there. */
static void finds_the_first(void)
{
    fill();
    for (int i = 0; i < C * PIXELS; i++)
        values[i] = values[i / PIXELS * PIXELS + i % PIXELS % (PIXELS / 3)];
    PstMap map = map_of(values);
    style = pst_patches_unit(C, patches, mean, PST_PATCHES, unit);
    pst_nearest_find(&(PstWeighed){&map, &weights, 3, room}, &style, own_means(&map), match, place);
    for (int k = 0; k < PST_PATCHES; k++)
        CHECK(place[k] >= 0 && place[k] < PIXELS / 3, "%d", place[k]);
}

/* Every part of a map has its share of the patches, and each is a column of it. */
static void samples(void)
{
    int rows[HEIGHT] = {0};
    for (int i = 0; i < C * PIXELS; i++)
        values[i] = (float) (i % PIXELS + 10000 * (i / PIXELS));
    PstMap map = map_of(values);
    pst_patches_of(&map, &weights, patches);
    for (int i = 0; i < PST_PATCHES; i++) {
        int at = (int) patches[i * C];
        if (!CHECK(at >= 0 && at < PIXELS, "%d", at))
            return;
        rows[at / WIDTH]++;
        for (int c = 1; c < C; c++)
            CHECK(patches[i * C + c] == (float) (at + 10000 * c));
    }
    for (int y = 0; y < HEIGHT; y++)
        CHECK_NEAR(rows[y], (double) PST_PATCHES / HEIGHT, 3);
}

static double nearest_of(float *data, float *gradient, int threads)
{
    PstMap map = map_of(data), to = map_of(gradient);
    memset(gradient, 0, sizeof(float) * C * PIXELS);
    return pst_nearest_back(&(PstWeighed){&map, &weights, threads, room}, &style, match, 3, &to);
}

static double coverage_of(float *data, float *gradient, int threads)
{
    PstMap map = map_of(data), to = map_of(gradient);
    memset(gradient, 0, sizeof(float) * C * PIXELS);
    return pst_coverage_back(&(PstWeighed){&map, &weights, threads, room}, &style, place, 3, &to);
}

static void draws(double (*loss_of)(float *, float *, int))
{
    static float gradient[C * PIXELS], other[C * PIXELS], moved[C * PIXELS];
    fill();
    PstMap map = map_of(values);
    style = pst_patches_unit(C, patches, mean, PST_PATCHES, unit);
    pst_nearest_find(&(PstWeighed){&map, &weights, 2, room}, &style, own_means(&map), match, place);
    double value = loss_of(values, gradient, 1);
    CHECK(value > 0 && value < 3, "%g", value);
    CHECK(loss_of(values, other, 3) == value);
    CHECK(memcmp(gradient, other, sizeof gradient) == 0, "threads change the gradient");
    for (int i = 0; i < 20; i++) {
        /* of every other, where some patch is */
        int at = abs((int) (check_uniform() * 0.999f * C * PIXELS));
        at = i % 2 ? at / PIXELS * PIXELS + place[i] : at;
        memcpy(moved, values, sizeof moved);
        moved[at] = values[at] + 0.01f;
        double high = loss_of(moved, other, 1);
        moved[at] = values[at] - 0.01f;
        double slope = (high - loss_of(moved, other, 1)) / 0.02;
        CHECK_NEAR(slope, gradient[at], 1e-3 * fabs(gradient[at]) + 1e-7);
    }
    /* who is where his patch is wants nothing */
    for (int i = 0; i < PIXELS; i++)
        match[i] = i % PST_PATCHES;
    for (int k = 0; k < PST_PATCHES; k++)
        place[k] = k;
    for (int i = 0; i < C * PIXELS; i++)
        moved[i] = patches[match[i % PIXELS] * C + i / PIXELS];
    CHECK(loss_of(moved, gradient, 2) < 0.01);
}

static void draws_to_the_nearest(void)
{
    draws(nearest_of);
}

static void draws_from_all(void)
{
    draws(coverage_of);
}

static void draws_by_weight(void)
{
    weigh_unevenly();
    draws(nearest_of);
    draws(coverage_of);
    weigh_evenly();
}

/* What has no weight is no place, and gives no patches. */
static void finds_what_counts(void)
{
    static float seen[PST_PATCHES * C];
    fill();
    PstMap map = map_of(values);
    weigh_unevenly();
    style = pst_patches_unit(C, patches, mean, PST_PATCHES, unit);
    pst_nearest_find(&(PstWeighed){&map, &weights, 2, room}, &style, own_means(&map), match, place);
    for (int k = 0; k < PST_PATCHES; k++)
        CHECK(counts[place[k]] > 0, "patch %d", k);
    for (int i = 0; i < PIXELS; i++)
        values[i] = counts[i];
    pst_patches_of(&map, &weights, seen);
    double sum = 0;
    for (int k = 0; k < PST_PATCHES; k++) {
        CHECK(seen[k * C] > 0, "patch %d", k);
        sum += seen[k * C];
    }
    /* more where it weighs more: Σ w² / Σ w */
    CHECK_NEAR(sum / PST_PATCHES, 2.0 / 3, 0.05);
    weigh_evenly();
}

/* Nothing at all, and what is no number: no crash, and the loss of nothing is finite. */
static void nothing(void)
{
    static float gradient[C * PIXELS];
    memset(values, 0, sizeof values);
    memset(patches, 0, sizeof patches);
    memset(mean, 0, sizeof mean);
    PstMap map = map_of(values);
    style = pst_patches_unit(C, patches, mean, PST_PATCHES, unit);
    pst_nearest_find(&(PstWeighed){&map, &weights, 2, room}, &style, own_means(&map), match, place);
    CHECK(isfinite(nearest_of(values, gradient, 2)));
    CHECK(isfinite(coverage_of(values, gradient, 2)));
    for (int i = 0; i < C * PIXELS; i++)
        CHECK(isfinite(gradient[i]));
    for (int k = 0; k < 2; k++) {
        values[5] = NAN;
        for (int i = 0; i < C * PIXELS && k == 1; i++)
            values[i] = NAN;
        pst_nearest_find(&(PstWeighed){&map, &weights, 2, room}, &style, own_means(&map), match,
                         place);
        for (int i = 0; i < PIXELS; i++)
            CHECK(match[i] >= 0 && match[i] < PST_PATCHES);
        for (int i = 0; i < PST_PATCHES; i++)
            CHECK(place[i] >= 0 && place[i] < PIXELS);
    }
}

int main(void)
{
    pst_gemm_init();
    check_begin("nearest");
    weigh_evenly();
    CHECK_RUN(samples);
    CHECK_RUN(finds);
    CHECK_RUN(finds_the_first);
    CHECK_RUN(draws_to_the_nearest);
    CHECK_RUN(draws_from_all);
    CHECK_RUN(draws_by_weight);
    CHECK_RUN(finds_what_counts);
    CHECK_RUN(nothing);
    return check_end();
}
