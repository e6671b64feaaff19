/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The way back through one node: from the gradient with respect to its output to that with respect to
 * an input.  Threads never meet: values are gathered, box by box of the input's grid, and what is scattered
 * is so by one thread a channel.
 */
#pragma once

#include "nn/optimise/trace.h"

typedef struct {
    /* Maps to work in that a convolution needs: the gradient with zeros between and around, and that of the input with
     * its padding. */
    bool spread, padded;
    bool
        in_turn; /* each input has some channels of the gradient, one input after the other; else each has all */
} PstBackWay;

/* False: this op has no way back. */
bool pst_back_way(const PstNode *node, PstBackWay *way);

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

/* Every other op, and one input of it. */
typedef struct {
    const PstNode *node;
    const float *bound;     /* what the node has bound … */
    const PstTrace *trace;  /* … and left behind */
    const PstMap *gradient; /* of the output */
    int first_channel;      /* where the input's begin in there */
    PstMap *to;             /* the gradient of the input */
} PstBack;

/* Computes `box` of back->to. */
void pst_back_box(const PstBack *back, PstBox box);

/* to += part */
void pst_back_add(const PstMap *part, PstMap *to, PstBox box);
