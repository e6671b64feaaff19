/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/paint/strokes.h"

#include "image/colour.h"
#include "image/flow.h"
#include "image/refine/planes.h"
#include "nn/memory.h"

#include <math.h>
#include <stdlib.h>

/* The flow of a style is measured this finely, in pixels of the picture that is encoded. */
#define MEASURED 2.5

/* Where a style has less of its change along its flow, strokes run on all the way; where it has more, not at all.  Munch's
 * and van Gogh's late pictures have 0.14 to 0.23, pointillists' 0.38. */
#define LONG_STROKES 0.18
#define NO_STROKES   0.28

/* The flow of what is painted follows what is larger than a stroke, as a share of the long side: with 0.003 lines wind
 * around each other like worms. */
#define LARGE 0.015

/* The deviation of the weights along a stroke, in pixels, and how many of it are walked. */
#define LENGTH 3.5f
#define WALKED 2
#define STEPS  7 /* WALKED · LENGTH */

/* Colours that differ by more, over all three channels, are another stroke's. */
#define SAME 0.4f

#define CELL 4 /* a pixel's colours side by side, and a number more to fill a vector */

typedef struct {
    PstFlow flow;
    const float *cells; /* [height][width][CELL] */
    float weights[STEPS];
    int steps;
} Walk;

float pst_strokes_measure(PstReader *picture, int threads)
{
    PstPlanes planes;
    PstFlow flow;
    int width = picture->extent.width, height = picture->extent.height;
    float along = -1;
    if (!pst_planes_init_weighted(&planes, width, height, NULL))
        return along;
    pst_planes_read(&planes, picture, NULL);
    if (pst_flow_init(&flow, planes.planes, width, height, MEASURED, threads))
        along = pst_flow_along(&flow, planes.planes, pst_planes_weights(&planes));
    pst_flow_clear(&flow);
    pst_planes_clear(&planes);
    return along;
}

gboolean pst_strokes_is_valid(float along)
{
    return along >= 0 && along <= 0.5f;
}

double pst_strokes_amount(float along)
{
    return CLAMP((NO_STROKES - along) / (NO_STROKES - LONG_STROKES), 0, 1);
}

/* The colours at a place between pixels. */
static inline void sample(const Walk *walk, float x, float y, float colour[CELL])
{
    int width = walk->flow.width, height = walk->flow.height;
    x = CLAMP(x, 0, (float) (width - 1));
    y = CLAMP(y, 0, (float) (height - 1));
    int left = (int) x, above = (int) y;
    gsize right = left + 1 < width ? CELL : 0,
          below = above + 1 < height ? (gsize) CELL * width : 0;
    float across = x - (float) left, down = y - (float) above;
    const float *at = walk->cells + CELL * ((gsize) above * width + left);
    for (int c = 0; c < CELL; c++) {
        float upper = at[c] + across * (at[c + right] - at[c]);
        float lower = at[c + below] + across * (at[c + below + right] - at[c + below]);
        colour[c] = upper + down * (lower - upper);
    }
}

/* 1 for the same colour, 0 for one that differs by SAME (Tukey's biweight). */
static inline float likeness(const float *one, const float *other)
{
    float sum = 0;
    for (int c = 0; c < 3; c++)
        sum += (one[c] - other[c]) * (one[c] - other[c]);
    float like = MAX(1 - sum / (SAME * SAME), 0);
    return like * like;
}

/* Adds what comes along the flow from pixel (x0, y0), one way: `sign` is 1 or −1.  Returns the weights' sum. */
static inline float walk_on(const Walk *walk, int x0, int y0, float sign, float sum[CELL])
{
    const PstFlow *flow = &walk->flow;
    gsize at = (gsize) y0 * flow->width + x0;
    const float *own = walk->cells + CELL * at;
    float x = (float) x0, y = (float) y0, dx = sign * flow->x[at], dy = sign * flow->y[at],
          weights = 0;
    for (int k = 0; k < walk->steps; k++) {
        float colour[CELL];
        x += dx;
        y += dy;
        sample(walk, x, y, colour);
        float weight = walk->weights[k] * likeness(own, colour);
        for (int c = 0; c < CELL; c++)
            sum[c] += weight * colour[c];
        weights += weight;
        int column = CLAMP((int) (x + 0.5f), 0, flow->width - 1);
        int row = CLAMP((int) (y + 0.5f), 0, flow->height - 1);
        gsize next = (gsize) row * flow->width + column;
        float turn = dx * flow->x[next] + dy * flow->y[next] < 0 ? -1 : 1;
        dx = turn * flow->x[next];
        dy = turn * flow->y[next];
    }
    return weights;
}

static void run_row(const Walk *walk, const PstDraft *draft, int y)
{
    for (int x = 0; x < draft->width; x++) {
        const float *own = walk->cells + CELL * ((gsize) y * draft->width + x);
        float sum[CELL] = {own[0], own[1], own[2], 0}, weights = 1;
        weights += walk_on(walk, x, y, 1, sum);
        weights += walk_on(walk, x, y, -1, sum);
        for (int c = 0; c < 3; c++)
            pst_draft_row(draft, PST_DRAFT_COLOUR + c, y)[x] = pst_clamp(sum[c] / weights);
    }
}

static void fill_cells(const PstDraft *draft, float *cells, int threads)
{
#pragma omp parallel for num_threads(threads)
    for (int y = 0; y < draft->height; y++)
        for (int x = 0; x < draft->width; x++)
            for (int c = 0; c < CELL; c++)
                cells[CELL * ((gsize) y * draft->width + x) + c] =
                    c < 3 ? pst_draft_row(draft, PST_DRAFT_COLOUR + c, y)[x] : 0;
}

gboolean pst_strokes_run_on(PstDraft *draft, double amount, int threads)
{
    float length = LENGTH * (float) MIN(amount, 1);
    Walk walk = {.steps = (int) ceilf(WALKED * length)};
    int width = draft->width, height = draft->height;
    if (walk.steps == 0)
        return TRUE;
    for (int k = 0; k < walk.steps; k++) {
        float far = (float) (k + 1) / length;
        walk.weights[k] = expf(-far * far / 2);
    }
    float *cells = pst_alloc_floats((gsize) CELL * width * height);
    gboolean ok = cells && pst_flow_init(&walk.flow, pst_draft_row(draft, PST_DRAFT_COLOUR, 0),
                                         width, height, LARGE * MAX(width, height), threads);
    if (ok) {
        fill_cells(draft, cells, threads);
        walk.cells = cells;
#pragma omp parallel for num_threads(threads)
        for (int y = 0; y < height; y++)
            run_row(&walk, draft, y);
    }
    pst_flow_clear(&walk.flow);
    free(cells);
    return ok;
}
