/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "fail.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_long live;
static atomic_size_t calls;
static atomic_bool failed;
static size_t target;
static FailMode target_mode;

/* The linker's names: __wrap_X takes the calls of X, __real_X is X. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
char *__real_strdup(const char *text);
int __real_posix_memalign(void **block, size_t alignment, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
char *__wrap_strdup(const char *text);
int __wrap_posix_memalign(void **block, size_t alignment, size_t size);
void __wrap_free(void *block);

bool fail_now(void)
{
    if (target == 0)
        return false;
    size_t call = atomic_fetch_add(&calls, 1) + 1;
    if (call != target && !(target_mode == FAIL_REST && call > target))
        return false;
    atomic_store(&failed, true);
    errno = ENOMEM;
    return true;
}

static void *counted(void *block)
{
    if (block)
        atomic_fetch_add(&live, 1);
    return block;
}

void *__wrap_malloc(size_t size)
{
    return fail_now() ? NULL : counted(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fail_now() ? NULL : counted(__real_calloc(count, size));
}

void *__wrap_realloc(void *block, size_t size)
{
    if (fail_now())
        return NULL;
    void *grown = __real_realloc(block, size);
    return block ? grown : counted(grown);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return fail_now() ? NULL : counted(__real_aligned_alloc(alignment, size));
}

char *__wrap_strdup(const char *text)
{
    return fail_now() ? NULL : counted(__real_strdup(text));
}

int __wrap_posix_memalign(void **block, size_t alignment, size_t size)
{
    if (fail_now())
        return ENOMEM;
    int status = __real_posix_memalign(block, alignment, size);
    if (status == 0)
        atomic_fetch_add(&live, 1);
    return status;
}

void __wrap_free(void *block)
{
    if (block)
        atomic_fetch_sub(&live, 1);
    __real_free(block);
}

void fail_begin(size_t n, FailMode mode)
{
    atomic_store(&calls, 0);
    atomic_store(&failed, false);
    target_mode = mode;
    target = n;
}

size_t fail_calls(void)
{
    return atomic_load(&calls);
}

bool fail_end(void)
{
    target = 0;
    return atomic_load(&failed);
}

long fail_live(void)
{
    return atomic_load(&live);
}
