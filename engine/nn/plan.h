/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a graph is run over a picture of a given size: passes, stripes, rows kept, bytes.  Everything that
 * can be known before the first pixel is read is known here.
 *
 * A picture streams through the graph from top to bottom, a band of rows at a time, each node computing
 * as many rows as its inputs allow; a map keeps only the rows that somebody still needs.  So nothing is
 * computed twice and memory grows with the width alone.  Pass 0 gathers the moments of the maps of level
 * 0, pass 1 goes on from there, and so on; maps that a later pass needs again are kept whole where the
 * memory limit allows, else computed again.  Where even that is too much, a pass goes over the picture
 * in stripes of columns that overlap by what the graph's kernels reach.
 *
 * Exactness: the work is done in cells, boxes of a grid that is anchored at the picture's origin and
 * fixed for each resolution.  A cell is always computed whole, by the same calls (BLAS gives other bits
 * for calls of another shape), and its moments are summed apart and added in the order of the grid.
 * Bands and stripes end where cells end.  So every band, stripe, limit and number of threads gives the
 * same bytes.
 */
#pragma once

#include "nn/graph.h"
#include "nn/kernel/map.h"

/* Columns of the picture, of which stripes and their overlap are multiples; and rows, of which bands are. */
#define PST_STRIPE_UNIT 512
#define PST_BAND_UNIT   64

/* The cells of a map at 1/reduction: together a multiple of them fills a unit. */
int pst_cell_columns(int reduction);
int pst_cell_rows(int reduction);

typedef struct {
    int width, height; /* of the picture: multiples of graph->alignment, and at least twice that */
    /* The part of it, at the top and the left, that is the picture before it was extended; 0 = all. */
    int inside_width, inside_height;
    int threads;     /* >= 1 */
    size_t memory;   /* limit in bytes; 0 = none */
    size_t reserved; /* bytes within the limit that the caller needs for itself */
    /* Nodes to compute instead of the graph's outputs; NULL = those. */
    const int *outputs;
    int output_count;
    /* These are chosen where they are 0 or false, and rounded to their units: stripes down, bands and overlap up.  None
     * changes a result, but for too small an overlap: −1 is none at all, which is there to show that. */
    int band, stripe, overlap;
    bool recompute; /* keep no map from pass to pass */
} PstPlanOptions;

typedef struct {
    const PstGraph *graph;
    PstPlanOptions options; /* with inside, band, stripe and overlap filled in; without outputs */
    int *outputs, output_count;
    bool keep;
    int passes;
    int *rows;    /* [pass][node]: rows kept of a map, or 1 for a vector; 0 = takes no part */
    int *kept_in; /* [node]: the pass whose results stay to the end, or −1 */
    bool *views;  /* [node]: has no map of its own; see ops.h */
    int stripes;
    size_t bytes; /* of the one block that a run allocates */
    double flop;  /* floating-point operations of all passes */
} PstPlan;

/* Makes the plan that is fastest within the limit; PST_E_MEMORY when there is none.  PST_E_FORMAT where the sizes break
 * the rules above, PST_E_UNSUPPORTED where a node wants the whole picture at once.  The graph must outlive it.  On
 * success *plan is the caller's, free with pst_plan_free(); on failure it is NULL. */
PstStatus pst_plan_new(PstPlan **plan, const PstGraph *graph, const PstPlanOptions *options,
                       PstMessage *message);

void pst_plan_free(PstPlan **plan); /* sets it to NULL; NULL inside is allowed */

/* ---- For run.c ------------------------------------------------------------------------------- */

/* The resolution a node works at: its own or, for a vector that a pass gathers, its map's. */
int pst_plan_reduction(const PstGraph *graph, int node);

bool pst_plan_is_output(const PstPlan *plan, int node);

/* Rows of the map that `node` is or, where it is a vector that a pass gathers, of that which it sees. */
int pst_plan_height(const PstPlan *plan, int node);

/* The cells of that map. */
size_t pst_plan_cells(const PstPlan *plan, int node);

/* plan->rows of a node. */
int pst_plan_rows(const PstPlan *plan, int pass, int node);

/* How many of its rows are there when a pass begins: all that an earlier one has kept, or none. */
int pst_plan_ready(const PstPlan *plan, int pass, int node);

/* Up to which row `node` is computed next when of node i the first ready[i] rows are there: as far as its
 * inputs allow, but no more than a band at once, so that maps need not hold more.  A pass sweeps over the
 * nodes in order until none moves any more. */
int pst_plan_advance(const PstPlan *plan, int pass, int node, const int *ready);

/* The columns that stripe `i` writes, and those that it computes. */
void pst_plan_stripe(const PstPlan *plan, int i, int *x0, int *x1, int *from, int *to);

/* Where things lie in a run's block; the same function counts and places. */
typedef struct {
    PstMap map;    /* data is NULL before the first placing */
    float *vector; /* of vectors */
    float *bound;  /* node->bound_floats */
    double *sums;  /* node->cell_sums a cell */
} PstPlace;
size_t pst_plan_place(const PstPlan *plan, int pass, char *block, PstPlace *places,
                      float **scratch);

/* Floats of scratch a thread. */
size_t pst_plan_scratch(const PstPlan *plan);
