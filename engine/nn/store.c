/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/store.h"

#include "nn/memory.h"

#include <stdint.h>
#include <stdlib.h>

#define FIRST ((size_t) 64 << 10) /* floats; each block is twice as large as the one before */

struct PstStoreBlock {
    PstStoreBlock *before;
    size_t size, used;
    _Alignas(PST_ALIGN) float floats[];
};

/* Put in front of the store's others. */
static PstStoreBlock *add_block(PstStore *store, size_t least)
{
    PstStoreBlock *before = store->last, *block;
    size_t size = before ? 2 * before->size : FIRST, bytes;
    if (size < least)
        size = least;
    if (!pst_size_mul(size, sizeof(float), &bytes) || !pst_size_add(&bytes, sizeof *block))
        return NULL;
    block = pst_alloc_block(bytes);
    if (!block)
        return NULL;
    block->before = before;
    block->size = size;
    block->used = 0;
    return store->last = block;
}

float *pst_store_take(PstStore *store, size_t floats)
{
    PstStoreBlock *block = store->last;
    if (floats > SIZE_MAX - PST_LINE)
        return NULL;
    if (!block || pst_whole_lines(floats) > block->size - block->used)
        block = add_block(store, pst_whole_lines(floats));
    return block ? pst_take(block->floats, &block->used, floats) : NULL;
}

void pst_store_clear(PstStore *store)
{
    while (store->last) {
        PstStoreBlock *block = store->last;
        store->last = block->before;
        free(block);
    }
}
