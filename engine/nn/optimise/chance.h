/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Chance that is the same in every run: what is drawn is kept in style files.
 */
#pragma once

#include <stdint.h>

#define PST_CHANCE 88172645463325252u /* a state to begin with */

/* In [0, 1): 53 bits of xorshift64 (Marsaglia 2003). */
static inline double pst_chance(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (double) (*state >> 11) * 0x1p-53;
}
