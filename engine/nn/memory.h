/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sizes that cannot overflow unseen, and aligned blocks.
 */
#pragma once

#include "nn/kernel/line.h"
#include "nn/status.h"

#include <stdbool.h>
#include <stddef.h>

#define PST_ALIGN (PST_LINE * sizeof(float)) /* bytes */

/* *product = a * b; false (and *product untouched) when that overflows. */
bool pst_size_mul(size_t a, size_t b, size_t *product);

/* *sum += a; false (and *sum untouched) when that overflows. */
bool pst_size_add(size_t *sum, size_t a);

/* Not zeroed, aligned to PST_ALIGN at least; NULL when there is no memory.  Where the system has huge pages it is asked
 * for them, since the first touch of a small page costs as much as computing what goes into it.  Freed with free(). */
void *pst_alloc_block(size_t bytes);

/* `count` elements of `size` bytes, zeroed, from pst_alloc_block(); NULL also when the product overflows. */
void *pst_alloc(size_t count, size_t size);

/* The same, not zeroed. */
float *pst_alloc_floats(size_t count);

/* PST_E_MEMORY: there was none for so many bytes. */
PstStatus pst_no_memory(PstMessage *message, size_t bytes);

/* The next `floats` of a block of which *used are taken, which begin at a cache line as the block does; NULL where
 * there is no block yet, and its size is counted. */
static inline float *pst_take(float *block, size_t *used, size_t floats)
{
    float *at = block ? block + *used : NULL;
    *used += pst_whole_lines(floats);
    return at;
}
