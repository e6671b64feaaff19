/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs a plan.  One allocation, at the start; then kernels only.
 */
#pragma once

#include "nn/plan.h"

/* A vector that goes in (where the node is an input) or comes out. */
typedef struct {
    int node;
    const float *in; /* the node's channels floats */
    float *out;
} PstVectorIo;

/* All callbacks run on the thread that called pst_run(); a status other than PST_OK ends the run with it,
 * after `message` has been filled. */
typedef struct {
    void *user;
    /* Fills rows [box.y0, box.y1) of `picture` and, unless it is NULL, of `weights` (values in [0, 1]).
     * Column 0 of the maps is column box.x0 of the picture. */
    PstStatus (*read)(void *user, PstBox box, const PstMap *picture, const PstMap *weights,
                      PstMessage *message);
    /* Takes `box` (in the node's own grid) of the output map `node`: pixel x is in column x − column. */
    PstStatus (*write)(void *user, int node, PstBox box, const PstMap *map, int column,
                       PstMessage *message);
    /* `done` in [0, 1]; called after every few milliseconds of work.  May be NULL. */
    PstStatus (*progress)(void *user, double done, PstMessage *message);
    const PstVectorIo *vectors;
    int vector_count;
} PstRunIo;

/* PST_E_MEMORY, PST_E_UNSUPPORTED (an input vector that nobody gave), or what a callback returned. */
PstStatus pst_run(const PstPlan *plan, const PstRunIo *io, PstMessage *message);
