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
    float *floats;
    size_t size, used;
};

static PstStoreBlock *block_new(PstStoreBlock *before, size_t least)
{
    size_t size = before && before->size <= SIZE_MAX / 2 ? 2 * before->size : FIRST;
    PstStoreBlock *block = malloc(sizeof *block);
    if (!block)
        return NULL;
    *block = (PstStoreBlock){.before = before, .size = size > least ? size : least};
    block->floats = pst_alloc_floats(block->size);
    if (!block->floats) {
        free(block);
        return NULL;
    }
    return block;
}

float *pst_store_take(PstStore *store, size_t floats)
{
    PstStoreBlock *block = store->last;
    if (floats > SIZE_MAX - PST_LINE)
        return NULL;
    floats = pst_whole_lines(floats);
    if (!block || floats > block->size - block->used) {
        block = block_new(store->last, floats);
        if (!block)
            return NULL;
        store->last = block;
    }
    return pst_take(block->floats, &block->used, floats);
}

void pst_store_clear(PstStore *store)
{
    while (store->last) {
        PstStoreBlock *block = store->last;
        store->last = block->before;
        free(block->floats);
        free(block);
    }
}
