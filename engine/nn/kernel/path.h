/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What direct.h, pointwise.h and winograd.h have in common; conv-path.h chooses.
 */
#pragma once

#include "nn/kernel/conv.h"
#include "nn/kernel/processor.h"

#include <stddef.h>

/* A way of computing convolutions. */
typedef struct {
    bool (*serves)(const PstConv *conv);
    /* Floats of the weights when packed for the processor. */
    size_t (*packed_size)(const PstProcessor *processor, const PstConv *conv);
    void (*pack)(const PstProcessor *processor, const PstConv *conv, const float *weight,
                 float *packed);
    /* Floats of scratch for a box of at most this size. */
    size_t (*scratch)(const PstProcessor *processor, const PstConv *conv, int width, int height);
    /* What pst_conv_box() does, from `packed` weights instead of conv->weight. */
    void (*box)(const PstProcessor *processor, const PstConv *conv, const float *packed,
                const PstMap *in, PstMap *out, PstBox box, float *scratch);
    /* How many rows, `least` or more, are best computed in one box of a map of width × height; NULL: as many as
     * one likes. */
    int (*rows)(const PstProcessor *processor, const PstConv *conv, int width, int height,
                int least);
} PstConvPath;
