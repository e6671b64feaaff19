/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/kernel/half.h"

#include <math.h>
#include <string.h>

#define MOST   65504.0f
#define NORMAL 0x1p-14f /* the smallest; below it are multiples of 2^-24 */

uint32_t pst_half_widen(uint16_t half)
{
    uint32_t sign = (half & 0x8000u) << 16, exponent = half >> 10 & 31u, fraction = half & 1023u;
    uint32_t magnitude;
    if (exponent == 0) {
        float value = (float) fraction * 0x1p-24f;
        memcpy(&magnitude, &value, sizeof magnitude);
    } else {
        magnitude = (exponent == 31 ? 255u : exponent + 127 - 15) << 23 | fraction << 13;
    }
    return sign | magnitude;
}

uint16_t pst_half_of(float value)
{
    uint16_t sign = signbit(value) ? 0x8000u : 0;
    float magnitude = isnan(value) ? 0 : fabsf(value);
    uint32_t bits;
    if (magnitude < NORMAL)
        return sign | (uint16_t) lrintf(magnitude * 0x1p24f);
    magnitude = magnitude < MOST ? magnitude : MOST;
    memcpy(&bits, &magnitude, sizeof bits);
    bits +=
        0xfffu + (bits >> 13 & 1); /* half of what is cut off; a carry belongs to the exponent */
    return sign | (uint16_t) ((bits >> 13) - ((127 - 15) << 10));
}
