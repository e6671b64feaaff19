/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/optimise/bands.h"

#include "nn/memory.h"
#include "nn/optimise/gradient-plan.h"

#include <stdlib.h>
#include <string.h>

struct PstBands {
    PstGradient *gradient; /* of as many rows as a band is seen with */
    int width, height, threads;
    int rows, seen; /* of a band; and with what is around it.  One band: `seen` is the height */
    int count, tap_count; /* bands */
    PstMap *taps, *seeds; /* of the whole picture, [tap]; unused where there is one band */
    float *block;
    size_t floats;
};

/* Rows of the picture. */
typedef struct {
    int top, y0, y1; /* from where on it is seen; the band itself */
} Band;

static Band band_of(const PstBands *b, int i)
{
    Band band = {.y0 = i * b->rows, .y1 = (i + 1) * b->rows};
    int around = (b->seen - b->rows) / 2;
    band.top = band.y0 - around;
    if (band.top > b->height - b->seen)
        band.top = b->height - b->seen;
    if (band.top < 0)
        band.top = 0;
    if (band.y1 > b->height)
        band.y1 = b->height;
    return band;
}

/* ---- Plan ------------------------------------------------------------------------------------ */

/* How many rows of the picture a pixel of the taps sees above and below its own, at most; −1 where it may be all. */
static PstStatus reach_of(const PstGraph *graph, const PstGradientOptions *options, int *reach,
                          PstMessage *message)
{
    int *all = pst_alloc(graph->node_count, sizeof *all);
    if (!all)
        return pst_fail(message, PST_E_MEMORY, "no memory for the plan");
    *reach = 0;
    for (int i = PST_NODE_FIRST_NAMED; i < graph->node_count; i++) {
        const PstNode *node = &graph->nodes[i];
        for (int k = 0; node->op && k < node->input_count && all[i] >= 0; k++) {
            const PstNode *from = &graph->nodes[node->inputs[k]];
            int side = node->before > node->after ? node->before : node->after;
            int here = all[node->inputs[k]] + side * from->reduction;
            bool known = node->kind == PST_KIND_MAP && from->kind == PST_KIND_MAP && !node->whole &&
                         all[node->inputs[k]] >= 0;
            all[i] = !known ? -1 : here > all[i] ? here : all[i];
        }
    }
    for (int t = 0; t < options->tap_count && *reach >= 0; t++) {
        int here = all[options->taps[t]];
        *reach = here < 0 || here > *reach ? here : *reach;
    }
    free(all);
    return PST_OK;
}

static PstMap map_of(float *block, size_t *used, int channels, int height, int width)
{
    PstMap map = {block ? block + *used : NULL, channels, height, width, height,
                  pst_row_floats(width)};
    *used += (size_t) channels * height * map.stride;
    return map;
}

/* Lays out the maps of the whole picture; counts alone where there is no block yet. */
static void lay_out(PstBands *b, const PstGraph *graph, const PstGradientOptions *options)
{
    b->floats = 0;
    for (int t = 0; t < b->tap_count && b->count > 1; t++) {
        const PstNode *node = &graph->nodes[options->taps[t]];
        int w = b->width / node->reduction, h = b->height / node->reduction;
        b->taps[t] = map_of(b->block, &b->floats, node->channels, h, w);
        if (!options->forward_only)
            b->seeds[t] = map_of(b->block, &b->floats, node->channels, h, w);
    }
}

static PstStatus cut(PstBands *b, const PstGraph *graph, const PstGradientOptions *options,
                     int rows, PstMessage *message)
{
    int unit = graph->alignment, reach = -1;
    PstStatus status = reach_of(graph, options, &reach, message);
    b->rows = b->seen = b->height;
    b->count = 1;
    if (status || rows <= 0 || reach < 0 || b->height % unit)
        return status;
    rows = (rows + unit - 1) / unit * unit;
    int seen = rows + 2 * ((reach + unit - 1) / unit * unit);
    if (seen < b->height && seen >= 2 * unit) {
        b->rows = rows;
        b->seen = seen;
        b->count = (b->height - 1) / rows + 1;
    }
    return PST_OK;
}

static PstStatus build(PstBands *b, const PstGraph *graph, const PstGradientOptions *options,
                       int rows, PstMessage *message)
{
    b->taps = pst_alloc(b->tap_count, sizeof *b->taps);
    b->seeds = pst_alloc(b->tap_count, sizeof *b->seeds);
    if (!b->taps || !b->seeds)
        return pst_fail(message, PST_E_MEMORY, "no memory for the plan");
    PstStatus status = cut(b, graph, options, rows, message);
    if (status)
        return status;
    lay_out(b, graph, options);
    PstGradientOptions inner = *options;
    size_t bytes = b->floats * sizeof(float);
    inner.height = b->seen;
    if (options->memory)
        inner.memory = bytes < options->memory ? options->memory - bytes : 1;
    status = pst_gradient_new(&b->gradient, graph, &inner, message);
    if (status)
        return status;
    b->block = b->floats > 0 ? pst_alloc_floats(b->floats) : NULL;
    if (b->floats > 0 && !b->block)
        return pst_fail(message, PST_E_MEMORY, "there are no %zu MB of memory left",
                        bytes / 1000000 + 1);
    lay_out(b, graph, options);
    return PST_OK;
}

PstStatus pst_bands_new(PstBands **bands, const PstGraph *graph, const PstGradientOptions *options,
                        int rows, PstMessage *message)
{
    *bands = NULL;
    PstBands *b = pst_alloc(1, sizeof *b);
    if (!b)
        return pst_fail(message, PST_E_MEMORY, "no memory for the plan");
    b->width = options->width;
    b->height = options->height;
    b->threads = options->threads;
    b->tap_count = options->tap_count;
    PstStatus status = build(b, graph, options, rows, message);
    if (status)
        pst_bands_free(&b);
    *bands = b;
    return status;
}

void pst_bands_free(PstBands **bands)
{
    if (*bands) {
        pst_gradient_free(&(*bands)->gradient);
        free((*bands)->taps);
        free((*bands)->seeds);
        free((*bands)->block);
        free(*bands);
        *bands = NULL;
    }
}

size_t pst_bands_bytes(const PstBands *bands)
{
    return pst_gradient_bytes(bands->gradient) + bands->floats * sizeof(float);
}

const PstMap *pst_bands_tap(const PstBands *bands, int tap)
{
    return bands->count > 1 ? &bands->taps[tap] : pst_gradient_tap(bands->gradient, tap);
}

PstMap *pst_bands_seed(PstBands *bands, int tap)
{
    return bands->count > 1 ? &bands->seeds[tap] : pst_gradient_seed(bands->gradient, tap);
}

/* ---- Run ------------------------------------------------------------------------------------- */

/* A call, of which each band is an equal part. */
typedef struct {
    PstPulse pulse;
    void *user;
    double before, share; /* of what runs now */
} Call;

static PstStatus tell(void *user, double done, PstMessage *message)
{
    const Call *call = user;
    return call->pulse(call->user, call->before + call->share * done, message);
}

static PstStatus look(PstBands *b, Band band, const float *picture, Call *call, PstMessage *message)
{
    PstMap *map = pst_gradient_picture(b->gradient);
#pragma omp parallel for num_threads(b->threads)
    for (int i = 0; i < 3 * b->seen; i++) {
        size_t row = (size_t) i / b->seen * b->height + band.top + i % b->seen;
        memcpy(pst_map_row(map, i / b->seen, i % b->seen), picture + row * b->width,
               sizeof(float) * b->width);
    }
    return pst_gradient_forward(b->gradient, call->pulse ? tell : NULL, call, message);
}

/* The band's rows of a tap; where they lie in what is seen of it. */
static Band rows_of_tap(const PstBands *b, Band band, const PstMap *whole)
{
    int reduction = b->height / whole->height;
    return (Band){band.top / reduction, band.y0 / reduction, band.y1 / reduction};
}

static void keep_tap(PstBands *b, Band band, int tap)
{
    const PstMap *from = pst_gradient_tap(b->gradient, tap);
    PstMap *to = &b->taps[tap];
    Band rows = rows_of_tap(b, band, to);
#pragma omp parallel for num_threads(b->threads)
    for (int c = 0; c < to->channels; c++)
        for (int y = rows.y0; y < rows.y1; y++)
            memcpy(pst_map_row(to, c, y), pst_map_row(from, c, y - rows.top),
                   sizeof(float) * to->width);
}

/* Around the band there is nothing: other bands have those rows. */
static void plant_seed(PstBands *b, Band band, int tap)
{
    const PstMap *from = &b->seeds[tap];
    PstMap *to = pst_gradient_seed(b->gradient, tap);
    Band rows = rows_of_tap(b, band, from);
#pragma omp parallel for num_threads(b->threads)
    for (int c = 0; c < to->channels; c++) {
        for (int y = 0; y < to->height; y++) {
            float *row = pst_map_row(to, c, y);
            int at = rows.top + y;
            if (at >= rows.y0 && at < rows.y1)
                memcpy(row, pst_map_row(from, c, at), sizeof(float) * to->width);
            else
                memset(row, 0, sizeof(float) * to->width);
        }
    }
}

static void add_result(const PstBands *b, Band band, float *gradient)
{
    const PstMap *result = pst_gradient_result(b->gradient);
#pragma omp parallel for num_threads(b->threads)
    for (int i = 0; i < 3 * b->seen; i++) {
        const float *from = pst_map_row(result, i / b->seen, i % b->seen);
        size_t row = (size_t) i / b->seen * b->height + band.top + i % b->seen;
        float *to = gradient + row * b->width;
        for (int x = 0; x < b->width; x++)
            to[x] += from[x];
    }
}

PstStatus pst_bands_forward(PstBands *b, const float *picture, PstPulse pulse, void *user,
                            PstMessage *message)
{
    Call call = {.pulse = pulse, .user = user, .share = 1.0 / b->count};
    PstStatus status = PST_OK;
    for (int i = 0; i < b->count && !status; i++) {
        call.before = (double) i / b->count;
        status = look(b, band_of(b, i), picture, &call, message);
        for (int t = 0; t < b->tap_count && !status && b->count > 1; t++)
            keep_tap(b, band_of(b, i), t);
    }
    return status;
}

PstStatus pst_bands_back(PstBands *b, const float *picture, float *gradient, PstPulse pulse,
                         void *user, PstMessage *message)
{
    Call call = {.pulse = pulse, .user = user, .share = 0.5 / b->count};
    PstStatus status = PST_OK;
    memset(gradient, 0, sizeof(float) * 3 * b->width * b->height);
    for (int i = b->count - 1; i >= 0 && !status; i--) {
        Band band = band_of(b, i);
        call.before = (b->count - 1.0 - i) / b->count;
        if (i < b->count - 1) /* which is what the way forth has ended with */
            status = look(b, band, picture, &call, message);
        for (int t = 0; t < b->tap_count && !status && b->count > 1; t++)
            plant_seed(b, band, t);
        call.before += call.share;
        if (!status)
            status = pst_gradient_back(b->gradient, pulse ? tell : NULL, &call, message);
        if (!status)
            add_result(b, band, gradient);
    }
    return status;
}
