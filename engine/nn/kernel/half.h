/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Half precision of IEEE 754, as bits.
 */
#pragma once

#include <stdint.h>

/* The bits of the float that a half is: exact. */
uint32_t pst_half_widen(uint16_t half);

/* The half nearest to a float, the even one of two; 65504, the largest, for what is beyond it; 0 for NaN. */
uint16_t pst_half_of(float value);
