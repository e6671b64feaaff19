/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The way back through one node: from the gradient with respect to its output to that with respect to
 * an input.  Threads never meet: values are gathered, box by box of the input's grid, and what is scattered
 * is so by one thread a channel.
 */
#pragma once

#include "nn/optimise/trace.h"

/* Maps to work in that a convolution's way back needs: the gradient with zeros between and around, and that of the input
 * with its padding. */
typedef struct {
    bool spread, padded;
} PstBackNeeds;

/* False: this op has no way back. */
bool pst_back_needs(const PstNode *node, PstBackNeeds *needs);

/* The convolution that takes the gradient back: turned and transposed, `weight` has room for as many floats
 * as the node's, `bias` for in_channels. */
PstConv pst_back_conv(const PstConv *conv, float *weight, float *bias);
PstConv pst_back_shape(const PstConv *conv); /* the same, without weights yet */

/* Where the gradient's pixel (0, 0) lies in `spread`, whose size is that of the input with `pad` on each
 * side. */
typedef struct {
    int pad_x, pad_y, at_x, at_y;
} PstSpread;
PstSpread pst_back_spread(const PstConv *conv);

/* Channel `c` of `spread`: zeros, and the gradient. */
void pst_back_fill_spread(const PstConv *conv, const PstMap *gradient, PstMap *spread, int c);

/* Channel `c` of `to`: that of `padded` with its border folded to where padding had taken it from. */
void pst_back_fold(const PstConv *conv, const PstMap *padded, PstMap *to, int c);

/* Every other op: computes `box` of `to`, the gradient of an input.  `bound` is what the node bound, `trace` what it left. */
void pst_back_box(const PstNode *node, const float *bound, const PstTrace *trace,
                  const PstMap *gradient, int first_channel, PstMap *to, PstBox box);

/* to += part */
void pst_back_add(const PstMap *part, PstMap *to, PstBox box);
