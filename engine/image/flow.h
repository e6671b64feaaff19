/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where strokes run: the direction in which colours change least around each pixel, from the structure tensor of a
 * colour picture (Di Zenzo 1986; Kyprianidis and Döllner 2008, "Image abstraction by structure adaptive filtering",
 * section 3.1).
 */
#pragma once

#include <glib.h>

typedef struct {
    int width, height;
    float *x, *y; /* [height][width]: a unit vector in each pixel, whose sign means nothing */
} PstFlow;

/* Of the planes R', G', B' in `colours`, [3][height][width]; changes count within some `deviation` pixels.  FALSE when
 * there is no memory.  The same bits for any number of threads.  Free with pst_flow_clear(). */
gboolean pst_flow_init(PstFlow *flow, const float *colours, int width, int height, double deviation,
                       int threads);
void pst_flow_clear(PstFlow *flow);

/* How much of its change a picture has along its own flow, [0, 0.5], in half of the pixels at most so much: 0 where
 * strokes are long and even, some 0.4 where it is made of dots.  Pixels count whose weight is at least 0.5, of
 * [height][width]. */
float pst_flow_along(const PstFlow *flow, const float *colours, const float *weights);
