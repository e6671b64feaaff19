/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A network as data: nodes in topological order, read from the metadata entry `graphs` of a .safetensors
 * file, a JSON object of named graphs:
 *
 *   { "inputs":  [ {"name": "picture", "kind": "map", "channels": 3},
 *                  {"name": "code", "kind": "vector", "channels": 256} ],
 *     "nodes":   [ {"name": "E1", "op": "conv2d", "inputs": ["picture"], "weight": "E1.weight", …} ],
 *     "outputs": ["E1"] }
 *
 * A node is a *map* (c × h × w, at 1/reduction of the picture's resolution) or a *vector* (c).  Vectors
 * come from inputs, from other vectors, or from a map over the whole picture (its moments, samples of it);
 * what depends on those can only be computed once the picture has been seen whole.  `level` counts the
 * waits.
 */
#pragma once

#include "nn/kernel/attention.h"
#include "nn/kernel/conv.h"
#include "nn/kernel/pool.h"
#include "nn/safetensors.h"
#include "nn/status.h"
#include "nn/store.h"

#include <stdbool.h>
#include <stddef.h>

#define PST_MAX_INPUTS 16
#define PST_MAX_NODES  1024
#define PST_MAX_CHANNELS                                                                           \
    4096 /* of maps and linear layers; moments and concat have twice as many at most */
#define PST_MAX_VECTOR    (1 << 18) /* floats of vectors that are inputs or samples */
#define PST_MAX_REDUCTION 32

/* The nodes that every graph begins with. */
enum {
    PST_NODE_PICTURE,   /* the map input */
    PST_NODE_WEIGHTS,   /* a weight a pixel for the moments, one channel, at reduction 1, … */
    PST_NODE_WEIGHTS_2, /* … and reduced by area to 1/2, 1/4, … 1/PST_MAX_REDUCTION */
    PST_NODE_FIRST_NAMED = PST_NODE_WEIGHTS_2 + 5,
};

typedef enum { PST_KIND_MAP, PST_KIND_VECTOR } PstKind;

typedef struct PstOp PstOp; /* ops.h */

typedef struct {
    char *name;
    const PstOp *op; /* NULL: an input */
    PstKind kind;
    int inputs[PST_MAX_INPUTS], input_count; /* indices of earlier nodes */
    int channels;
    int reduction; /* maps: a power of 2, at most PST_MAX_REDUCTION */
    int level;     /* waits on the way from the picture to here */

    /* maps: row y needs the input rows y·down/up − before … y·down/up + after, and columns alike */
    int down, up, before, after;
    double flop; /* floating-point operations an output pixel */

    /* attributes, each used by some ops */
    PstConv conv; /* its weight and bias are the next two */
    float *weight, *bias,
        *gain; /* of `affine`, weight and bias are the scale and the shift of each channel */
    PstAttention attention;
    PstPool pool;
    /* Its size is not its input's over the stride, so that only who has the whole picture at once (gradient.h) can use
     * it. */
    bool whole;
    int factor;
    bool bilinear;
    int grid; /* samples across, and as many down */
    bool relu;
    float scale, shift;  /* of `scale_shift`: of all channels */
    size_t bound_floats; /* that `bind` prepares before a pass */
    size_t cell_sums;    /* doubles that a pass gathers a cell; see ops.h */
} PstNode;

typedef struct {
    PstNode *nodes;
    int node_count;
    int *outputs, output_count;
    PstStore tensors; /* of the nodes */
    int alignment; /* the sides of a picture must be multiples of this, and at least twice this */
} PstGraph;

/* Builds graph `name` of `file`, copying what it needs, weights widened to float.  On success *graph is
 * the caller's, free with pst_graph_free(); on failure it is NULL and `message` names graph, node and
 * what is wrong.  PST_E_FORMAT, PST_E_UNSUPPORTED (unknown op), PST_E_MEMORY.  Immutable afterwards. */
PstStatus pst_graph_new(PstGraph **graph, const PstSafetensors *file, const char *name,
                        PstMessage *message);

void pst_graph_free(PstGraph **graph); /* sets it to NULL; NULL inside is allowed */

/* The index of the node (or input) of this name, or −1. */
int pst_graph_find(const PstGraph *graph, const char *name);

/* Floating-point operations of its maps for a pixel of the picture. */
double pst_graph_flop(const PstGraph *graph);
