/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A graph over a whole picture, forth and back: the values of some of its maps (the taps), and the
 * gradient with respect to the picture of whatever is computed from them.  The weights stay as they are.
 *
 *     forward: pst_gradient_picture() is filled; pst_gradient_forward(); the taps can be read.
 *     back:    pst_gradient_seed() of each tap is filled with ∂L/∂tap; pst_gradient_back(); then
 *              pst_gradient_result() is ∂L/∂picture, and picture and taps are lost.
 *
 * Memory is planned before anything runs: a list of steps, and for each map the steps between which it
 * must be there.  Of the way forth the way back needs no values, but a trace of them (trace.h), which the caller
 * keeps: so one PstGradient can see several pictures before it goes back for each.
 *
 * Every number of threads gives the same bytes.
 */
#pragma once

#include "nn/graph.h"
#include "nn/kernel/map.h"

#include <stdint.h>

typedef struct PstGradient PstGradient;

typedef struct {
    int width, height; /* of the picture: multiples of pst_taps_unit(), and at least twice that */
    int threads;       /* >= 1 */
    size_t memory;     /* limit in bytes; 0 = none */
    const int *taps;   /* nodes, maps; each once; they may be freed after pst_gradient_new() */
    int tap_count;     /* >= 1 */
    bool forward_only; /* there will be no way back, and less memory is taken */
} PstGradientOptions;

/* PST_E_MEMORY: `bytes` for a picture like this are more than the options allow. */
PstStatus pst_gradient_refuse(const PstGradientOptions *options, size_t bytes, PstMessage *message);

/* Plans and allocates.  PST_E_FORMAT (the size, or maps that do not fit together), PST_E_UNSUPPORTED (an
 * op without a gradient, named), PST_E_MEMORY (says how much it would take).  The graph must outlive it.
 * On success *gradient is the caller's, free with pst_gradient_free(); on failure it is NULL. */
PstStatus pst_gradient_new(PstGradient **gradient, const PstGraph *graph,
                           const PstGradientOptions *options, PstMessage *message);

void pst_gradient_free(PstGradient **gradient); /* sets it to NULL; NULL inside is allowed */

size_t pst_gradient_bytes(const PstGradient *gradient);       /* that it has allocated */
size_t pst_gradient_trace_bytes(const PstGradient *gradient); /* of a trace, beside */

PstMap *pst_gradient_picture(PstGradient *gradient);

/* Fills the picture from planes without gaps, [3][height][width]: what lies there from (x0, y0) on. */
void pst_gradient_fill(PstGradient *gradient, const float *planes, int width, int height, int x0,
                       int y0);

const PstMap *pst_gradient_tap(const PstGradient *gradient, int tap);
PstMap *pst_gradient_seed(PstGradient *gradient, int tap);
const PstMap *pst_gradient_result(const PstGradient *gradient);

/* Called on the caller's thread, every few milliseconds, with the share of this call's work that is
 * done; another status than PST_OK ends the call with it, after `message` has been filled. */
typedef PstStatus (*PstPulse)(void *user, double done, PstMessage *message);

/* `trace` is room for pst_gradient_trace_bytes(), or NULL where there will be no way back. */
PstStatus pst_gradient_forward(PstGradient *gradient, uint8_t *trace, PstPulse pulse, void *user,
                               PstMessage *message);

/* `trace` is what a way forth has left. */
PstStatus pst_gradient_back(PstGradient *gradient, uint8_t *trace, PstPulse pulse, void *user,
                            PstMessage *message);
