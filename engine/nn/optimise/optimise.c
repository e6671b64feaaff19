/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/optimise/optimise.h"

#include "nn/memory.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static float clamp(float v)
{
    return v < 0 ? 0 : v > 1 ? 1 : v;
}

/* ---- Vectors --------------------------------------------------------------------------------- */

/* Sums are taken in so many parts, whatever the threads, and the parts are added in order. */
#define PARTS 64

typedef struct {
    size_t count;
    int threads;
} Size;

static double dot(Size size, const float *a, const float *b)
{
    double sums[PARTS], all = 0;
#pragma omp parallel for num_threads(size.threads)
    for (int part = 0; part < PARTS; part++) {
        double sum = 0;
#pragma omp simd reduction(+ : sum)
        for (size_t i = size.count * part / PARTS; i < size.count * (part + 1) / PARTS; i++)
            sum += (double) a[i] * b[i];
        sums[part] = sum;
    }
    for (int part = 0; part < PARTS; part++)
        all += sums[part];
    return all;
}

/* to += factor · a */
static void add(Size size, float *restrict to, float factor, const float *restrict a)
{
#pragma omp parallel for simd num_threads(size.threads)
    for (size_t i = 0; i < size.count; i++)
        to[i] += factor * a[i];
}

/* to = factor · a, which may be the same */
static void scale(Size size, float *to, float factor, const float *a)
{
#pragma omp parallel for simd num_threads(size.threads)
    for (size_t i = 0; i < size.count; i++)
        to[i] = factor * a[i];
}

static void subtract(Size size, float *restrict to, const float *restrict a,
                     const float *restrict b)
{
#pragma omp parallel for simd num_threads(size.threads)
    for (size_t i = 0; i < size.count; i++)
        to[i] = a[i] - b[i];
}

/* Σ aᵀ · metric · a over the places of three planes; without a metric, Σ a². */
static double square(Size size, const float *metric, const float *a)
{
    if (!metric)
        return dot(size, a, a);
    Size plane = {size.count / 3, size.threads};
    double all = 0;
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k <= i; k++)
            all += (i == k ? 1 : 2) * metric[3 * i + k] *
                   dot(plane, a + i * plane.count, a + k * plane.count);
    }
    return all;
}

/* a = metric · a, at each place */
static void turn(Size size, const float *metric, float *a)
{
    size_t plane = size.count / 3;
    float *r = a, *g = a + plane, *b = a + 2 * plane;
#pragma omp parallel for simd num_threads(size.threads)
    for (size_t i = 0; i < plane; i++) {
        float x = r[i], y = g[i], z = b[i];
        r[i] = metric[0] * x + metric[1] * y + metric[2] * z;
        g[i] = metric[3] * x + metric[4] * y + metric[5] * z;
        b[i] = metric[6] * x + metric[7] * y + metric[8] * z;
    }
}

/* to = a + step · direction, within [0, 1] */
static void walk(Size size, float *to, const float *a, double step, const float *direction)
{
#pragma omp parallel for num_threads(size.threads)
    for (size_t i = 0; i < size.count; i++)
        to[i] = clamp((float) (a[i] + step * direction[i]));
}

/* ---- Adam ------------------------------------------------------------------------------------ */

static PstStatus adam(const PstOptimise *o, const PstObjective *objective, float *x, float *room,
                      double *value, PstMessage *message)
{
    const double beta1 = 0.9, beta2 = 0.99;
    float *gradient = room, *first = room + o->count, *second = first + o->count;
    memset(first, 0, sizeof *first * 2 * o->count);
    for (int step = 1; step <= o->evaluations; step++) {
        PstStatus status = objective->evaluate(objective->user, x, value, gradient, message);
        if (status)
            return status;
        /* the last third goes slower, so that it ends at rest */
        double left = (double) (o->evaluations - step + 1) / o->evaluations * 3;
        double rate = o->rate * (left < 1 ? left : 1) / (1 - pow(beta1, step));
        double unbias = 1 / (1 - pow(beta2, step));
#pragma omp parallel for num_threads(o->threads)
        for (size_t i = 0; i < o->count; i++) {
            first[i] = (float) (beta1 * first[i] + (1 - beta1) * gradient[i]);
            second[i] = (float) (beta2 * second[i] + (1 - beta2) * gradient[i] * gradient[i]);
            double scale = sqrt(second[i] * unbias) + 1e-12;
            x[i] = clamp((float) (x[i] - rate * first[i] / scale));
        }
    }
    return PST_OK;
}

/* ---- L-BFGS ---------------------------------------------------------------------------------- */

typedef struct {
    Size size;
    int most, held, next; /* pairs there is room for and there are; where the next goes */
    float *s[PST_LBFGS_HISTORY], *y[PST_LBFGS_HISTORY];
    double rho[PST_LBFGS_HISTORY];
    double start; /* the first guess of H, times the metric */
    const float *metric;
} History;

/* direction = −H · gradient, by the two loops. */
static void find_direction(const History *h, const float *gradient, float *direction)
{
    double alpha[PST_LBFGS_HISTORY];
    scale(h->size, direction, -1, gradient);
    for (int k = 0; k < h->held; k++) {
        int at = (h->next - 1 - k + h->most) % h->most;
        alpha[at] = h->rho[at] * dot(h->size, h->s[at], direction);
        add(h->size, direction, (float) -alpha[at], h->y[at]);
    }
    if (h->metric)
        turn(h->size, h->metric, direction);
    if (h->held > 0)
        scale(h->size, direction, (float) h->start, direction);
    for (int k = h->held - 1; k >= 0; k--) {
        int at = (h->next - 1 - k + h->most) % h->most;
        double beta = h->rho[at] * dot(h->size, h->y[at], direction);
        add(h->size, direction, (float) (alpha[at] - beta), h->s[at]);
    }
}

/* Notes a step, unless the curvature along it is not positive. */
static void remember(History *h, const float *x, const float *old_x, const float *g,
                     const float *old_g)
{
    float *s = h->s[h->next], *y = h->y[h->next];
    subtract(h->size, s, x, old_x);
    subtract(h->size, y, g, old_g);
    double curvature = dot(h->size, s, y), change = square(h->size, h->metric, y);
    if (!(curvature > 1e-10 * change)) {
        h->held -= h->held == h->most; /* the oldest was written over */
        return;
    }
    h->rho[h->next] = 1 / curvature;
    h->start = curvature / change;
    h->next = (h->next + 1) % h->most;
    h->held += h->held < h->most;
}

static double largest(const float *values, size_t count)
{
    float most = 0;
    for (size_t i = 0; i < count; i++)
        most = fabsf(values[i]) > most ? fabsf(values[i]) : most;
    return most;
}

/* Where the search stands. */
typedef struct {
    const PstOptimise *o;
    const PstObjective *objective;
    float *x, *gradient, *direction, *tried, *tried_gradient;
    double value;
    int left; /* evaluations */
    History history;
} Search;

/* The first one is as long as the rate says; later ones as long as the curvature does. */
static double first_step(const Search *s)
{
    if (s->history.held > 0)
        return 1;
    return s->o->rate / (largest(s->direction, s->history.size.count) + 1e-30);
}

/* Goes along the direction, half as far each time until the value has fallen enough (Armijo).  *moved
 * tells whether it has. */
static PstStatus line(Search *s, double *value, bool *moved, PstMessage *message)
{
    Size size = s->history.size;
    double slope = dot(size, s->gradient, s->direction), step = first_step(s);
    *moved = false;
    for (int attempt = 0; attempt < 6 && s->left > 0 && slope < 0; attempt++, step *= 0.35) {
        walk(size, s->tried, s->x, step, s->direction);
        PstStatus status =
            s->objective->evaluate(s->objective->user, s->tried, value, s->tried_gradient, message);
        s->left--;
        if (status)
            return status;
        if (*value <= s->value + 1e-4 * step * slope) {
            *moved = true;
            return PST_OK;
        }
    }
    return PST_OK;
}

static PstStatus lbfgs(Search *s, double *value, PstMessage *message)
{
    size_t bytes = sizeof(float) * s->o->count;
    PstStatus status =
        s->objective->evaluate(s->objective->user, s->x, &s->value, s->gradient, message);
    bool moved = true;
    *value = s->value;
    s->left--;
    while (!status && s->left > 0) {
        find_direction(&s->history, s->gradient, s->direction);
        status = line(s, value, &moved, message);
        if (status)
            break;
        if (moved) {
            remember(&s->history, s->tried, s->x, s->tried_gradient, s->gradient);
            memcpy(s->x, s->tried, bytes);
            memcpy(s->gradient, s->tried_gradient, bytes);
            s->value = *value;
        } else if (s->history.held > 0) {
            s->history.held = 0; /* from here on anew, downhill */
        } else {
            break; /* nowhere to go */
        }
    }
    if (!status && s->o->last_untried && moved) {
        find_direction(&s->history, s->gradient, s->direction);
        walk(s->history.size, s->x, s->x, first_step(s), s->direction);
    }
    *value = s->value;
    return status;
}

/* ---- Both ------------------------------------------------------------------------------------ */

/* Pairs that there can be: one of each step, and a step of each evaluation but the first. */
static int history_of(const PstOptimise *options)
{
    int steps = options->evaluations - 1;
    return steps < 1 ? 1 : steps < PST_LBFGS_HISTORY ? steps : PST_LBFGS_HISTORY;
}

static size_t planes_of(const PstOptimise *options)
{
    return options->optimiser == PST_ADAM ? 3 : 4 + 2 * (size_t) history_of(options);
}

size_t pst_optimise_bytes(const PstOptimise *options)
{
    return planes_of(options) * options->count * sizeof(float);
}

PstStatus pst_optimise(const PstOptimise *options, const PstObjective *objective, float *x,
                       double *value, PstMessage *message)
{
    size_t n = options->count, floats;
    double ignored;
    float *room = pst_size_mul(planes_of(options), n, &floats) ? pst_alloc_floats(floats) : NULL;
    if (!room) {
        return pst_fail(message, PST_E_MEMORY, "there are no %zu MB of memory left",
                        pst_optimise_bytes(options) / 1000000 + 1);
    }
    PstStatus status;
    value = value ? value : &ignored;
    if (options->optimiser == PST_ADAM) {
        status = adam(options, objective, x, room, value, message);
    } else {
        Search s = {.o = options,
                    .objective = objective,
                    .x = x,
                    .gradient = room,
                    .direction = room + n,
                    .tried = room + 2 * n,
                    .tried_gradient = room + 3 * n,
                    .left = options->evaluations,
                    .history = {.size = {n, options->threads},
                                .most = history_of(options),
                                .metric = options->metric}};
        for (int k = 0; k < s.history.most; k++) {
            s.history.s[k] = room + (4 + 2 * (size_t) k) * n;
            s.history.y[k] = s.history.s[k] + n;
        }
        status = lbfgs(&s, value, message);
    }
    free(room);
    return status;
}
