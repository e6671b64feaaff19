/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The steps of gradient.c, and where their maps lie.
 */
#pragma once

#include "nn/optimise/gradient.h"

typedef struct {
    int channels, height, width;
    int first, last; /* steps between which it is there */
    size_t floats, offset;
} PstBuffer;

typedef enum { PST_STEP_VALUE, PST_STEP_LOSS, PST_STEP_GRADIENT } PstStepKind;

/* A step back computes the gradients of all inputs of its node. */
typedef struct {
    PstStepKind kind;
    int node;
    int value;                  /* buffers, VALUE alone: that it writes, … */
    int inputs[PST_MAX_INPUTS]; /* … and of the inputs' values */
    int gradient;               /* buffers, GRADIENT alone: of the node … */
    int to[PST_MAX_INPUTS];     /* … and of its inputs, −1 where nobody wants it, … */
    bool add[PST_MAX_INPUTS];   /* … which are added to where somebody has been there before */
    int spread, padded, part;   /* room to work, −1 where it needs none; see gradient-ops.h */
} PstGradientStep;

typedef struct {
    int *width, *height; /* [node], 0 = takes no part */
    PstGradientStep *steps;
    int step_count, loss; /* loss: the step between forward and back */
    PstBuffer *buffers;
    int buffer_count;
    int picture, result; /* buffers */
    int *taps, *seeds;   /* [tap]: buffers */
    size_t floats;
} PstSchedule;

/* On success its arrays are the caller's, freed with pst_schedule_release(); on failure they are freed. */
PstStatus pst_schedule_make(PstSchedule *schedule, const PstGraph *graph,
                            const PstGradientOptions *options, PstMessage *message);

void pst_schedule_release(PstSchedule *schedule);
