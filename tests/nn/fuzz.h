/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The functions of a fuzz target, with the names that libFuzzer calls.  Both return 0.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Before the first input, and not timed like one; a target need not have it. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
