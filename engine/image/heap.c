/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "pastiche.h"

#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

/* Rows and tables are smaller, planes of drafts larger. */
#define LARGE (4 << 20)

void pst_heap_return_early(void)
{
#ifdef M_MMAP_THRESHOLD
    mallopt(M_MMAP_THRESHOLD, LARGE);
#endif
}
