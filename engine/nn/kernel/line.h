/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Floats in whole cache lines, so that what comes after them begins where a line does, if they do.
 */
#pragma once

#include <stddef.h>

#define PST_LINE 16 /* floats of a cache line, and of the widest vector */

static inline size_t pst_whole_lines(size_t floats)
{
    return (floats + PST_LINE - 1) / PST_LINE * PST_LINE;
}
