/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pooling: the largest value, or the mean, of kernel × kernel pixels; forth and back.
 */
#pragma once

#include "nn/kernel/map.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    int kernel, stride;
    int pad;      /* on each side; a padded pixel is never the largest, and counts as 0 in a mean */
    bool average; /* else the largest */
} PstPool;

/* Computes `box` of `out`. */
void pst_pool_box(const PstPool *pool, const PstMap *in, PstMap *out, PstBox box);

/* Computes `box` of places[c][y][x], as large as `out`: where in its window, row by row from its corner, the largest
 * value is; of equal ones the first. */
void pst_pool_places(const PstPool *pool, const PstMap *in, const PstMap *out, uint8_t *places,
                     PstBox box);

/* Computes `box` of `to`, the gradient with respect to the input, from `gradient`, that with respect to the output,
 * and the places, which a mean has no need of. */
void pst_pool_back(const PstPool *pool, const uint8_t *places, const PstMap *gradient, PstMap *to,
                   PstBox box);
