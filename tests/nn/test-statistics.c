/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Weighted statistics against plain sums, against maps in which a position is there as often as it counts, and their
 * gradients against differences.
 */
#include "check.h"
#include "nn/kernel/gemm.h"
#include "nn/optimise/sliced.h"
#include "nn/optimise/statistics.h"

#define C      5
#define WIDTH  40
#define HEIGHT 30
#define PIXELS (WIDTH * HEIGHT)

static float values[C * PIXELS], counts[PIXELS];
static float room[1 << 18];

static PstMap map_of(float *data)
{
    return (PstMap){data, C, HEIGHT, WIDTH, HEIGHT, WIDTH};
}

/* Weights of quarters, from 0 to 1, of a picture twice as wide and high. */
static PstWeights fill(void)
{
    static float picture[4 * PIXELS];
    check_fill(values, C * PIXELS);
    for (int i = 0; i < 4 * PIXELS; i++)
        picture[i] = check_uniform() > 0;
    return pst_weights_of((PstPictureWeights){picture, 2 * WIDTH, 2 * HEIGHT}, WIDTH, HEIGHT,
                          counts);
}

static double mean_of(const float *channel)
{
    double sum = 0, all = 0;
    for (int i = 0; i < PIXELS; i++) {
        sum += (double) counts[i] * channel[i];
        all += counts[i];
    }
    return sum / all;
}

static double covariance_of(const float *a, const float *b)
{
    double sum = 0, all = 0, mean_a = mean_of(a), mean_b = mean_of(b);
    for (int i = 0; i < PIXELS; i++) {
        sum += counts[i] * (a[i] - mean_a) * (b[i] - mean_b);
        all += counts[i];
    }
    return sum / all;
}

static void sums(void)
{
    float mean[C], variance[C], cov[C * C], other[C * C];
    PstWeights weights = fill();
    PstMap map = map_of(values);
    CHECK(pst_statistics_room(C, WIDTH, 3) <= sizeof room / sizeof *room);
    pst_variances(&(PstWeighed){&map, &weights, 2, room}, mean, variance);
    pst_statistics(&(PstWeighed){&map, &weights, 1, room}, mean, cov);
    pst_statistics(&(PstWeighed){&map, &weights, 3, room}, mean, other);
    CHECK(memcmp(cov, other, sizeof cov) == 0, "threads change covariances");
    for (int a = 0; a < C; a++) {
        const float *channel = values + a * PIXELS;
        CHECK_NEAR(mean[a], mean_of(channel), 1e-6);
        CHECK_NEAR(variance[a], covariance_of(channel, channel), 1e-5);
        for (int b = 0; b < C; b++)
            CHECK_NEAR(cov[a * C + b], covariance_of(channel, values + b * PIXELS), 1e-5);
    }
}

/* Of Σ dmean · mean + Σ d · cov, with `d` symmetric, and of its diagonal alone. */
static double linear(const float *d, const float *dmean, bool diagonal)
{
    double sum = 0;
    for (int a = 0; a < C; a++) {
        sum += dmean[a] * mean_of(values + a * PIXELS);
        for (int b = 0; b < C; b++) {
            if (!diagonal || a == b)
                sum += d[a * C + b] * covariance_of(values + a * PIXELS, values + b * PIXELS);
        }
    }
    return sum;
}

static void gradients(void)
{
    float mean[C], variance[C], d[C * C], dmean[C], back[C * C], back_own[C], back_mean[C];
    static float all[C * PIXELS], own[C * PIXELS];
    PstWeights weights = fill();
    PstMap map = map_of(values), to = map_of(all), to_own = map_of(own);
    check_fill(dmean, C);
    for (int a = 0; a < C; a++) {
        for (int b = 0; b <= a; b++)
            d[a * C + b] = d[b * C + a] = check_uniform();
        back_own[a] = 2 * d[a * (C + 1)] / (float) weights.sum;
        back_mean[a] = dmean[a] / (float) weights.sum;
    }
    for (int i = 0; i < C * C; i++)
        back[i] = 2 * d[i] / (float) weights.sum;
    pst_variances(&(PstWeighed){&map, &weights, 2, room}, mean, variance);
    pst_statistics_back(&(PstWeighed){&map, &weights, 2, room}, mean, back, back_mean, &to);
    pst_variances_back(&(PstWeighed){&map, &weights, 2, room}, mean, back_own, back_mean, &to_own);
    for (int k = 0; k < 40; k++) {
        int at = k * 149 % (C * PIXELS);
        for (int diagonal = 0; diagonal < 2; diagonal++) {
            float before = values[at], step = 0.25f;
            values[at] = before + step;
            double high = linear(d, dmean, diagonal);
            values[at] = before - step;
            double slope = (high - linear(d, dmean, diagonal)) / (2 * step);
            values[at] = before;
            CHECK_NEAR((diagonal ? own : all)[at], slope, 1e-8);
        }
    }
}

/* Each position as often as it counts quarters: the rest of the map is cut off. */
static void quantiles(void)
{
    static float often[C * 4 * PIXELS], two[PST_DIRECTIONS * PST_QUANTILES],
        one[PST_DIRECTIONS * PST_QUANTILES], ones[4 * PIXELS];
    static float more[1 << 18];
    float directions[PST_DIRECTIONS * C];
    PstWeights weights = fill();
    PstMap map = map_of(values);
    int n = (int) lrint(4 * weights.sum), at = 0;
    for (int i = 0; i < PIXELS; i++) {
        for (int k = 0; k < lrintf(4 * counts[i]); k++, at++) {
            for (int c = 0; c < C; c++)
                often[c * n + at] = values[c * PIXELS + i];
        }
    }
    CHECK(at == n);
    PstMap whole = {often, C, 1, n, 1, n};
    PstWeights even = pst_weights_of((PstPictureWeights){NULL}, n, 1, ones);
    pst_directions(C, directions);
    pst_quantiles(&(PstWeighed){&map, &weights, 2, room}, directions, one);
    CHECK(pst_sliced_room(1, n, 2) <= sizeof more / sizeof *more);
    pst_quantiles(&(PstWeighed){&whole, &even, 2, more}, directions, two);
    double apart = 0;
    for (int i = 0; i < PST_DIRECTIONS * PST_QUANTILES; i++)
        apart += fabs(one[i] - two[i]) / (PST_DIRECTIONS * PST_QUANTILES);
    CHECK(apart < 5e-3, "%g", apart);
}

/* Maps need not divide their pictures evenly, nor be smaller. */
static void any_size(void)
{
    float picture[9 * 7], map[20 * 20];
    for (int i = 0; i < 9 * 7; i++)
        picture[i] = (float) (i % 9) / 9;
    for (int width = 1; width <= 20; width++) {
        for (int height = 1; height <= 20; height++) {
            PstWeights weights =
                pst_weights_of((PstPictureWeights){picture, 9, 7}, width, height, map);
            double sum = 0;
            for (int i = 0; i < width * height; i++) {
                int before = i % width > 0 ? i - 1 : i;
                CHECK(map[i] >= map[before] && map[i] <= 8.0f / 9);
                sum += map[i];
            }
            CHECK_NEAR(weights.sum, sum, 1e-4);
            CHECK_NEAR(sum / (width * height), 4.0 / 9, 0.05);
        }
    }
}

int main(void)
{
    pst_gemm_init();
    check_begin("statistics");
    CHECK_RUN(sums);
    CHECK_RUN(gradients);
    CHECK_RUN(quantiles);
    CHECK_RUN(any_size);
    return check_end();
}
