/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/optimise/trace.h"

#include "nn/kernel/pool.h"

#include <string.h>

#define TOGETHER 8 /* channels of a byte */

static bool has_signs(const PstNode *node)
{
    return node->relu || node->conv.relu;
}

static bool has_places(const PstNode *node)
{
    return node->pool.kernel > 0 && !node->pool.average;
}

static size_t signs_bytes(const PstNode *node, int height, int width)
{
    int groups = (node->channels + TOGETHER - 1) / TOGETHER;
    return has_signs(node) ? (size_t) groups * height * width : 0;
}

size_t pst_trace_bytes(const PstNode *node, int height, int width)
{
    size_t places = has_places(node) ? (size_t) node->channels * height * width : 0;
    return signs_bytes(node, height, width) + places;
}

PstTrace pst_trace_at(const PstNode *node, int height, int width, uint8_t *bytes)
{
    PstTrace trace = {node->channels, height, width, NULL, NULL};
    if (has_signs(node))
        trace.signs = bytes;
    if (has_places(node))
        trace.places = bytes + signs_bytes(node, height, width);
    return trace;
}

/* Channels [first, first + TOGETHER) of row y. */
static uint8_t *signs_row(const PstTrace *trace, int first, int y)
{
    return trace->signs + ((size_t) first / TOGETHER * trace->height + y) * trace->width;
}

static void note_row(const float *restrict values, uint8_t bit, int count, uint8_t *restrict signs)
{
    for (int i = 0; i < count; i++)
        signs[i] |= values[i] > 0 ? bit : 0;
}

static void mask_row(const uint8_t *restrict signs, uint8_t bit, int count,
                     float *restrict gradient)
{
    for (int i = 0; i < count; i++)
        gradient[i] = signs[i] & bit ? gradient[i] : 0;
}

static uint8_t bit_of(int channel)
{
    return (uint8_t) (1 << channel % TOGETHER);
}

static void note_signs(const PstTrace *trace, const PstMap *value, int c, PstBox box)
{
    size_t count = (size_t) (box.x1 - box.x0);
    for (int y = box.y0; y < box.y1; y++) {
        uint8_t *signs = signs_row(trace, c, y) + box.x0;
        if (c % TOGETHER == 0)
            memset(signs, 0, count);
        note_row(pst_map_row(value, c, y) + box.x0, bit_of(c), (int) count, signs);
    }
}

void pst_trace_note(const PstTrace *trace, const PstNode *node, const PstMap *input,
                    const PstMap *value, PstBox box)
{
    for (int c = 0; c < trace->channels && trace->signs; c++)
        note_signs(trace, value, c, box);
    if (trace->places)
        pst_pool_places(&node->pool, input, value, trace->places, box);
}

void pst_trace_mask(const PstTrace *trace, PstMap *gradient, PstBox box)
{
    for (int c = 0; c < trace->channels; c++) {
        for (int y = box.y0; y < box.y1; y++)
            mask_row(signs_row(trace, c, y) + box.x0, bit_of(c), box.x1 - box.x0,
                     pst_map_row(gradient, c, y) + box.x0);
    }
}
