/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Puts .safetensors files together in memory: good ones, and ones that break any rule wanted.
 */
#pragma once

#include <stddef.h>

typedef struct {
    unsigned char *bytes; /* freed with free() */
    size_t size;
} TestFile;

/* The length of `header`, the header, and `data_size` bytes of `data` (zeros when NULL). */
TestFile test_file(const char *header, const void *data, size_t data_size);
