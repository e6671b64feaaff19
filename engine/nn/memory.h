/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sizes that cannot overflow unseen, and aligned blocks.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define PST_ALIGN 64 /* bytes: a cache line, and the widest vector */

/* *product = a * b; false (and *product untouched) when that overflows. */
bool pst_size_mul(size_t a, size_t b, size_t *product);

/* *sum += a; false (and *sum untouched) when that overflows. */
bool pst_size_add(size_t *sum, size_t a);

/* `count` elements of `size` bytes, zeroed and aligned to PST_ALIGN; NULL when there is no memory or the
 * product overflows.  Freed with free(). */
void *pst_alloc(size_t count, size_t size);

/* The same, not zeroed. */
float *pst_alloc_floats(size_t count);

/* The next `floats` of a block of which *used are taken, which begins at a cache line as the block does; NULL where there
 * is no block yet, and its size is counted. */
static inline float *pst_take(float *block, size_t *used, size_t floats)
{
    float *at = block ? block + *used : NULL;
    *used += (floats + 15) / 16 * 16;
    return at;
}

/* What both are made of: not zeroed, aligned to PST_ALIGN at least; NULL when there is no memory.  Where the
 * system has huge pages it is asked for them, since the first touch of a small page costs as much as
 * computing what goes into it.  Freed with free(). */
void *pst_alloc_block(size_t bytes);
