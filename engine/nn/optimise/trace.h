/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the way back needs to know of the way forth, instead of its values: all that a ReLU and a maximum do depends
 * on is which of its values were positive, a bit each, and which of a window was the largest, a byte each.
 */
#pragma once

#include "nn/graph.h"
#include "nn/kernel/map.h"

#include <stdint.h>

/* Of one node, whose maps are channels × height × width. */
typedef struct {
    int channels, height, width;
    /* [channels / 8][height][width]: bit c % 8 of channel c; NULL where there is no ReLU */
    uint8_t *signs;
    /* [channels][height][width], see pool.h; NULL where there is no maximum */
    uint8_t *places;
} PstTrace;

/* How much a node leaves behind. */
size_t pst_trace_bytes(const PstNode *node, int height, int width);

/* That of a node in so many bytes. */
PstTrace pst_trace_at(const PstNode *node, int height, int width, uint8_t *bytes);

/* Notes `box` of a node's value, and which of its input made it. */
void pst_trace_note(const PstTrace *trace, const PstNode *node, const PstMap *input,
                    const PstMap *value, PstBox box);

/* Sets the gradient to 0 where the value was not positive. */
void pst_trace_mask(const PstTrace *trace, PstMap *gradient, PstBox box);
