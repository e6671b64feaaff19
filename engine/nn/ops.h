/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ops that a graph may use: one row each.  To add one, write its kernel (and a slow twin of it in
 * tests/nn), then its functions and its row in ops.c, or in vector-ops.c where its value is a vector.
 */
#pragma once

#include "nn/graph.h"
#include "nn/kernel/map.h"

#include <jansson.h>

#define PST_VIEWED_INPUTS 2 /* the first so many can be views */

/* One node at work. */
typedef struct PstStep PstStep;
struct PstStep {
    const PstNode *node;
    PstMap *out;                          /* maps: where it writes */
    const PstMap *maps[PST_MAX_INPUTS];   /* input i, where it is a map */
    const float *vectors[PST_MAX_INPUTS]; /* input i, where it is a vector */
    int sizes[PST_MAX_INPUTS];            /* and its length */
    int height, width; /* gather ops: of input 0, without what extends the picture */
    float *vector;     /* vectors: where it writes */
    float *bound;      /* node->bound_floats */
    /* NULL, or the view that input i is read through; maps[i] is then the view's own input */
    const PstStep *views[PST_VIEWED_INPUTS];
};

/* What `prepare` works on: the graph so far, and the file that the tensors are in. */
typedef struct {
    const PstGraph *graph;
    PstStore *tensors; /* the graph's */
    const PstSafetensors *file;
    const json_t *json; /* the node's own object */
    PstNode *node;      /* name, op and inputs are set */
    PstMessage *message;
} PstBuilder;

struct PstOp {
    const char *name;
    PstKind kind;
    int inputs_min, inputs_max;
    /* Checks inputs and attributes and fills the node; on failure the graph is given up. */
    PstStatus (*prepare)(const PstBuilder *builder);
    /* Before a pass: what depends on vectors (may be NULL).  Does not fail, does not allocate. */
    void (*bind)(const PstStep *step);
    /* Maps: computes a box of step->out, with pst_node_scratch() floats of scratch. */
    void (*box)(const PstStep *step, PstBox box, float *scratch);
    /* Vectors: computes step->vector. */
    void (*evaluate)(const PstStep *step);
    /* Or, in its place, for vectors that a pass over the picture makes.  `gather` takes from a cell what it needs, into
     * node->cell_sums doubles of the cell's own: `box` is that of the cell in input 0, whose column 0 is column `column`
     * of the whole map.  `finish`, which may be NULL, makes step->vector of the sums of all cells, in the order of the
     * grid. */
    void (*gather)(const PstStep *step, PstBox box, int column, double *sums);
    void (*finish)(const PstStep *step, const double *sums, size_t cells);
    bool weighted; /* gather ops: the weights of the map's pixels come as one more input */
    /* The map of an `is_view` op is never made where `takes_views` ops alone use it: they read its input, and work out
     * what it would have made of that. */
    bool is_view, takes_views;
};

const PstOp *pst_op_find(const char *name);        /* or NULL */
const PstOp *pst_vector_op_find(const char *name); /* the same, of those in vector-ops.c */

extern const PstOp pst_op_reduce; /* of the weights; graphs cannot name it */

/* Floats of scratch for a box of at most this size. */
size_t pst_node_scratch(const PstNode *node, int width, int height);
