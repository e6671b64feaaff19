/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Arrays of floats that end together, side by side in a few large blocks: each in a block of its own, they would lie on
 * thousands of small pages, and to touch those first takes longer than to fill them.
 */
#pragma once

#include <stddef.h>

typedef struct PstStoreBlock PstStoreBlock;

/* Begins as {NULL}. */
typedef struct {
    PstStoreBlock *last;
} PstStore;

/* Not zeroed, aligned to PST_ALIGN; the store's.  NULL when there is no memory. */
float *pst_store_take(PstStore *store, size_t floats);

/* Frees all that was taken. */
void pst_store_clear(PstStore *store);
