/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Small random networks with every op, and a driver that feeds one to the engine from plain arrays and
 * watches the rules of the callbacks.
 */
#pragma once

#include "nn/run.h"
#include "ref.h"

#define NET_CODE 6 /* channels of the vector input "code"; "strength" has 1 */

typedef struct {
    PstSafetensors *file; /* graph "net" */
    PstGraph *graph;
} Net;

/* About `nodes` nodes, drawn from check_random(). */
Net net_random(int nodes);

/* A chain of `count` convolutions of kernel × kernel at 1/16, and back: one that reaches far. */
Net net_far(int kernel, int count);

/* Moments, which want weights, of a map that follows a sample of the picture, which does not. */
Net net_sampled(void);

void net_free(Net *net);

typedef struct {
    int width, height;
    int inside_width, inside_height; /* where weights are not 0 */
    float *picture, *weights;        /* [3][height][width], [1][height][width] */
    float code[NET_CODE], strength;
} NetInput;

/* Random; extension-like weights of 0 on the right and at the bottom. */
NetInput net_input(int width, int height);
void net_input_free(NetInput *input);

/* All outputs and moments of a run, one after the other. */
typedef struct {
    float *values;
    size_t count;
    long reads, writes, calls;
    double done; /* the last progress */
    long full;   /* callbacks that were told 1 */
} NetResult;

typedef struct {
    PstPlanOptions options; /* width and height are the input's */
    long cancel_at; /* the callback, counted from 1, that returns PST_E_CANCELLED; 0: none */
} NetRun;

/* Checks: each pixel of each output written once; reads in order; progress in [0, 1] and not falling. */
PstStatus net_run(const Net *net, const NetInput *input, const NetRun *run, NetResult *result,
                  PstMessage *message);

/* Where the values of a node lie in a result. */
size_t net_offset(const Net *net, const NetInput *input, int node);
