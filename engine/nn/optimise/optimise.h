/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Makes a function of a picture small, by its gradient.  Values stay in [0, 1].
 */
#pragma once

#include "nn/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum {
    PST_ADAM,  /* Kingma & Ba 2015, β = 0.9, 0.99 */
    PST_LBFGS, /* Nocedal & Wright 2006, algorithm 7.4, m = 5 at most, with backtracking */
} PstOptimiser;

/* On twelve development pairs, pictures made with 10 had the same scores (Refine, 20 steps). */
#define PST_LBFGS_HISTORY 5

typedef struct {
    void *user;
    /* The function and its gradient at x; another status than PST_OK ends the optimisation with it. */
    PstStatus (*evaluate)(void *user, const float *x, double *value, float *gradient,
                          PstMessage *message);
} PstObjective;

typedef struct {
    PstOptimiser optimiser;
    size_t count;    /* of values */
    int evaluations; /* at most so many; with less than 1, nothing is done */
    double rate;     /* Adam: of a step; L-BFGS: the largest change of the first step */
    int threads;     /* they do not change the result */
    /* L-BFGS: goes one step more at the end, which no evaluation has tried; where there are few, that is a good part of
     * the way. */
    bool last_untried;
    /* L-BFGS: what a step is like in three planes of colours: the first guess of H is so many times this matrix,
     * symmetric and positive definite, at each place.  NULL: the unit matrix. */
    const float *metric;
} PstOptimise;

/* Bytes that it takes beside x. */
size_t pst_optimise_bytes(const PstOptimise *options);

/* Changes `x` in place.  Whatever the status, x is the best that was reached (Adam: the last); so who
 * stops it keeps what there is.  `value` (may be NULL) is that of the best point, before a step that no evaluation
 * has tried (Adam: that of the last evaluation).  PST_E_MEMORY, or what evaluate() returned. */
PstStatus pst_optimise(const PstOptimise *options, const PstObjective *objective, float *x,
                       double *value, PstMessage *message);
