/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/optimise/optimise.h"

#include "nn/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* NaN becomes 0. */
static float clamp(float v)
{
    return v > 0 ? v < 1 ? v : 1 : 0;
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

/* a = b − a */
static void subtract_from(Size size, const float *restrict b, float *restrict a)
{
#pragma omp parallel for simd num_threads(size.threads)
    for (size_t i = 0; i < size.count; i++)
        a[i] = b[i] - a[i];
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

/* a = factor · metric · a, at each place */
static void turn(Size size, double factor, const float *metric, float *a)
{
    size_t plane = size.count / 3;
    float *r = a, *g = a + plane, *b = a + 2 * plane, m[9];
    for (int i = 0; i < 9; i++)
        m[i] = (float) (factor * metric[i]);
#pragma omp parallel for simd num_threads(size.threads)
    for (size_t i = 0; i < plane; i++) {
        float x = r[i], y = g[i], z = b[i];
        r[i] = m[0] * x + m[1] * y + m[2] * z;
        g[i] = m[3] * x + m[4] * y + m[5] * z;
        b[i] = m[6] * x + m[7] * y + m[8] * z;
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

/* A point and its gradient; or, of two that follow each other, the differences s and y. */
typedef struct {
    float *x, *g;
} Pair;

typedef struct {
    Size size;
    int held, next; /* pairs that there are; where the next goes */
    Pair pairs[PST_LBFGS_HISTORY];
    double rho[PST_LBFGS_HISTORY];
    double start; /* the first guess of H, times the metric: 1 as long as there are no pairs */
    const float *metric;
} History;

static void forget(History *h)
{
    h->held = 0;
    h->start = 1;
}

/* direction = −H · gradient, by the two loops. */
static void find_direction(const History *h, const float *gradient, float *direction)
{
    double alpha[PST_LBFGS_HISTORY];
    scale(h->size, direction, -1, gradient);
    for (int k = 0; k < h->held; k++) {
        int at = (h->next - 1 - k + PST_LBFGS_HISTORY) % PST_LBFGS_HISTORY;
        alpha[at] = h->rho[at] * dot(h->size, h->pairs[at].x, direction);
        add(h->size, direction, (float) -alpha[at], h->pairs[at].g);
    }
    if (h->metric)
        turn(h->size, h->start, h->metric, direction);
    else
        scale(h->size, direction, (float) h->start, direction);
    for (int k = h->held - 1; k >= 0; k--) {
        int at = (h->next - 1 - k + PST_LBFGS_HISTORY) % PST_LBFGS_HISTORY;
        double beta = h->rho[at] * dot(h->size, h->pairs[at].g, direction);
        add(h->size, direction, (float) (alpha[at] - beta), h->pairs[at].x);
    }
}

/* Notes the step from `left` to `reached`, unless the curvature along it is not positive.  What `left` held is lost; it
 * becomes a pair that is not needed any more. */
static void remember(History *h, Pair *left, Pair reached)
{
    subtract_from(h->size, reached.x, left->x);
    subtract_from(h->size, reached.g, left->g);
    double curvature = dot(h->size, left->x, left->g);
    double change = square(h->size, h->metric, left->g);
    if (!(curvature > 1e-10 * change))
        return;
    Pair unused = h->pairs[h->next];
    h->pairs[h->next] = *left;
    *left = unused;
    h->rho[h->next] = 1 / curvature;
    h->start = curvature / change;
    h->next = (h->next + 1) % PST_LBFGS_HISTORY;
    h->held += h->held < PST_LBFGS_HISTORY;
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
    Pair best, tried;
    float *direction;
    double value; /* of the best */
    int left;     /* evaluations */
    History history;
} Search;

/* The first one is as long as the rate says; later ones as long as the curvature does. */
static double first_step(const Search *s)
{
    if (s->history.held > 0)
        return 1;
    return s->o->rate / (largest(s->direction, s->history.size.count) + 1e-30);
}

static PstStatus evaluate(Search *s, Pair at, double *value, PstMessage *message)
{
    s->left--;
    return s->objective->evaluate(s->objective->user, at.x, value, at.g, message);
}

/* Goes along the direction, half as far each time until the value has fallen enough (Armijo).  *moved
 * tells whether it has. */
static PstStatus line(Search *s, double *value, bool *moved, PstMessage *message)
{
    Size size = s->history.size;
    double slope = dot(size, s->best.g, s->direction), step = first_step(s);
    *moved = false;
    for (int attempt = 0; attempt < 6 && s->left > 0 && slope < 0; attempt++, step *= 0.35) {
        walk(size, s->tried.x, s->best.x, step, s->direction);
        PstStatus status = evaluate(s, s->tried, value, message);
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
    PstStatus status = evaluate(s, s->best, &s->value, message);
    bool moved = true;
    while (!status && s->left > 0) {
        find_direction(&s->history, s->best.g, s->direction);
        status = line(s, value, &moved, message);
        if (status)
            break;
        if (moved) {
            Pair unused = s->best;
            remember(&s->history, &unused, s->tried);
            s->best = s->tried;
            s->tried = unused;
            s->value = *value;
        } else if (s->history.held > 0) {
            forget(&s->history); /* from here on anew, downhill */
        } else {
            break; /* nowhere to go */
        }
    }
    if (!status && s->o->last_untried && moved) {
        find_direction(&s->history, s->best.g, s->direction);
        walk(s->history.size, s->best.x, s->best.x, first_step(s), s->direction);
    }
    *value = s->value;
    return status;
}

/* ---- Both ------------------------------------------------------------------------------------ */

/* Of points with their gradients, or pairs: the history's, the best and what is tried; but no more than are
 * evaluated. */
static int pairs_of(const PstOptimise *options)
{
    return options->evaluations < PST_LBFGS_HISTORY + 2 ? options->evaluations
                                                        : PST_LBFGS_HISTORY + 2;
}

/* The first point of L-BFGS is the caller's x; and there is a direction. */
static size_t planes_of(const PstOptimise *options)
{
    return options->optimiser == PST_ADAM ? 3 : 2 * (size_t) pairs_of(options);
}

size_t pst_optimise_bytes(const PstOptimise *options)
{
    return planes_of(options) * options->count * sizeof(float);
}

static PstStatus search(const PstOptimise *options, const PstObjective *objective, float *x,
                        float *room, double *value, PstMessage *message)
{
    size_t n = options->count;
    Search s = {.o = options,
                .objective = objective,
                .best = {x, room},
                .direction = room + n,
                .left = options->evaluations,
                .history = {.size = {n, options->threads}, .start = 1, .metric = options->metric}};
    for (int k = 1; k < pairs_of(options); k++) {
        float *at = room + 2 * (size_t) k * n;
        *(k == 1 ? &s.tried : &s.history.pairs[k - 2]) = (Pair){at, at + n};
    }
    PstStatus status = lbfgs(&s, value, message);
    if (s.best.x != x)
        memcpy(x, s.best.x, sizeof *x * n);
    return status;
}

PstStatus pst_optimise(const PstOptimise *options, const PstObjective *objective, float *x,
                       double *value, PstMessage *message)
{
    size_t floats;
    double ignored;
    value = value ? value : &ignored;
    if (options->evaluations < 1)
        return PST_OK;
    float *room =
        pst_size_mul(planes_of(options), options->count, &floats) ? pst_alloc_floats(floats) : NULL;
    if (!room)
        return pst_no_memory(message, pst_optimise_bytes(options));
    PstStatus status = options->optimiser == PST_ADAM
                           ? adam(options, objective, x, room, value, message)
                           : search(options, objective, x, room, value, message);
    free(room);
    return status;
}
