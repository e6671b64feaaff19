/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For small loops that only choose and move values: compiled once for each kind of processor, of which the loader takes
 * one.  Not for arithmetic, which would have other roundings in each.
 */
#pragma once

#if defined(PST_X86) && defined(__GNUC__) && !defined(__clang__) && defined(__gnu_linux__) &&      \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define PST_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define PST_CLONES
#endif
