/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

bool pst_size_mul(size_t a, size_t b, size_t *product)
{
    if (a != 0 && b > SIZE_MAX / a)
        return false;
    *product = a * b;
    return true;
}

bool pst_size_add(size_t *sum, size_t a)
{
    if (a > SIZE_MAX - *sum)
        return false;
    *sum += a;
    return true;
}

void *pst_alloc(size_t count, size_t size)
{
    size_t bytes;
    void *block = pst_size_mul(count, size, &bytes) ? pst_alloc_block(bytes) : NULL;
    if (block)
        memset(block, 0, bytes);
    return block;
}

float *pst_alloc_floats(size_t count)
{
    size_t bytes;
    return pst_size_mul(count, sizeof(float), &bytes) ? pst_alloc_block(bytes) : NULL;
}

#define HUGE_PAGE ((size_t) 2 << 20)

void *pst_alloc_block(size_t bytes)
{
    size_t unit = bytes < HUGE_PAGE ? PST_ALIGN : HUGE_PAGE;
    if (!pst_size_add(&bytes, unit))
        return NULL;
    bytes -= bytes % unit; /* aligned_alloc() wants a multiple; never 0, thanks to the addition */
    void *block = aligned_alloc(unit, bytes);
#ifdef MADV_HUGEPAGE
    if (block && unit == HUGE_PAGE)
        madvise(block, bytes, MADV_HUGEPAGE); /* no more than a wish */
#endif
    return block;
}

PstStatus pst_no_memory(PstMessage *message, size_t bytes)
{
    return pst_fail(message, PST_E_MEMORY, "there are no %zu MB of memory left",
                    bytes / 1000000 + 1);
}
