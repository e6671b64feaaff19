/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/kernel/product.h"

#include <string.h>

void pst_product_pack(const PstProcessor *processor, int rows, int columns, const float *weight,
                      const float *scale, float *packed)
{
    memset(packed, 0, sizeof *packed * pst_product_rows(processor, rows) * columns);
    for (int r = 0; r < rows; r++) {
        float *to = packed + pst_product_at(processor, columns, r, 0);
        for (int c = 0; c < columns; c++, to += processor->product_channels)
            *to = *weight++ * (scale ? scale[c] : 1);
    }
}
