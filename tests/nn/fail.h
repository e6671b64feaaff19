/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Allocations that fail on purpose.  The test program is linked with --wrap for malloc and its kin
 * (fail_link_args in meson.build), so this reaches the engine's own calls and, through nn/json.c, jansson's;
 * not those of OpenBLAS, OpenMP and the C library, which are not linked statically.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef enum {
    FAIL_ONE,  /* the n-th alone: a passing shortage */
    FAIL_REST, /* the n-th and all after it: memory has run out */
} FailMode;

/* From here on, allocation number `n` (from 1) fails; 0 means none. */
void fail_begin(size_t n, FailMode mode);

/* Counts one allocation, and says whether it is to fail: for wrappers of other allocators. */
bool fail_now(void);

/* Allocations since fail_begin(), which counts them where n is not 0. */
size_t fail_calls(void);

/* Back to normal.  True when an allocation was failed. */
bool fail_end(void);

/* Blocks allocated by the wrapped calls and not freed yet. */
long fail_live(void);
