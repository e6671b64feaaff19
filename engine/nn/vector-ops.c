/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ops that make vectors: of other vectors, or of a map seen whole.
 */
#include "nn/attributes.h"
#include "nn/kernel/moments.h"
#include "nn/kernel/vector.h"

#include <stdint.h>
#include <string.h>

static PstStatus prepare_moments(const PstBuilder *b)
{
    PstStatus status = pst_want_kind(b, 0, PST_KIND_MAP);
    b->node->channels = 2 * pst_input(b, 0)->channels;
    b->node->cell_sums = pst_moments_sums(pst_input(b, 0)->channels);
    return status;
}

static void gather_moments(const PstStep *step, PstBox box, int column, double *sums)
{
    (void) column;
    pst_moments_box(step->maps[0], step->maps[1], box, sums);
}

static void finish_moments(const PstStep *step, const double *sums, size_t cells)
{
    pst_moments_finish(step->maps[0]->channels, sums, cells, step->vector);
}

/* Single pixels at the middles of a grid's fields, each with all its channels. */
static PstStatus prepare_sample(const PstBuilder *b)
{
    PstNode *node = b->node;
    PstStatus status = pst_want_kind(b, 0, PST_KIND_MAP);
    if (!status)
        status = pst_want_int(b, "grid", 1, 32, &node->grid);
    node->channels = node->grid * node->grid * pst_input(b, 0)->channels;
    if (!status && node->channels > PST_MAX_VECTOR)
        status = pst_bad(b, "too many samples of", pst_input(b, 0)->name);
    return status;
}

/* The middle of field i of `grid` along a side of `size` pixels. */
static int sample_at(int i, int grid, int size)
{
    return (int) ((2 * (int64_t) i + 1) * size / (2 * grid));
}

/* No two cells have a sample in common, so each writes its own. */
static void gather_samples(const PstStep *step, PstBox box, int column, double *sums)
{
    (void) sums;
    int grid = step->node->grid, channels = step->maps[0]->channels;
    for (int i = 0; i < grid * grid; i++) {
        int y = sample_at(i / grid, grid, step->height);
        int x = sample_at(i % grid, grid, step->width) - column;
        if (y < box.y0 || y >= box.y1 || x < box.x0 || x >= box.x1)
            continue;
        for (int c = 0; c < channels; c++)
            step->vector[(size_t) i * channels + c] = pst_map_row(step->maps[0], c, y)[x];
    }
}

static PstStatus prepare_linear(const PstBuilder *b)
{
    PstNode *node = b->node;
    int shape[] = {0, pst_input(b, 0)->channels};
    PstStatus status = pst_want_kind(b, 0, PST_KIND_VECTOR);
    if (!status)
        status = pst_want_tensor(b, "weight", 2, shape, &node->weight);
    if (!status)
        status = pst_want_tensor(b, "bias", 1, shape, &node->bias);
    node->channels = shape[0];
    return status ? status : pst_want_bool(b, "relu", &node->relu);
}

static void evaluate_linear(const PstStep *step)
{
    const PstNode *node = step->node;
    pst_linear(node->channels, step->sizes[0], node->weight, node->bias, node->relu,
               step->vectors[0], step->vector);
}

static PstStatus prepare_concat(const PstBuilder *b)
{
    PstStatus status = PST_OK;
    for (int i = 0; i < b->node->input_count && !status; i++) {
        status = pst_want_kind(b, i, PST_KIND_VECTOR);
        b->node->channels += pst_input(b, i)->channels;
        /* else a chain of them would soon pass INT_MAX */
        if (!status && b->node->channels > 2 * PST_MAX_CHANNELS)
            status = pst_bad(b, "too many channels after", pst_input(b, i)->name);
    }
    return status;
}

static void evaluate_concat(const PstStep *step)
{
    float *to = step->vector;
    for (int i = 0; i < step->node->input_count; i++) {
        memcpy(to, step->vectors[i], sizeof *to * step->sizes[i]);
        to += step->sizes[i];
    }
}

static const PstOp ops[] = {
    {"moments", PST_KIND_VECTOR, 1, 1, prepare_moments, .gather = gather_moments,
     .finish = finish_moments, .weighted = true},
    {"sample", PST_KIND_VECTOR, 1, 1, prepare_sample, .gather = gather_samples},
    {"linear", PST_KIND_VECTOR, 1, 1, prepare_linear, .evaluate = evaluate_linear},
    {"concat", PST_KIND_VECTOR, 1, PST_MAX_INPUTS, prepare_concat, .evaluate = evaluate_concat},
};

const PstOp *pst_vector_op_find(const char *name)
{
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        if (strcmp(ops[i].name, name) == 0)
            return &ops[i];
    }
    return NULL;
}
