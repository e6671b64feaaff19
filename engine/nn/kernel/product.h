/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Matrices for the processor's product: rows of weights in blocks of product_channels, and pixels, or whatever the
 * columns are, in tiles.  Packed weights are [blocks of rows][columns][rows of a block], zeros after the last row.
 */
#pragma once

#include "nn/kernel/processor.h"

/* Pixels that the product takes at once. */
static inline int pst_product_tile(const PstProcessor *processor)
{
    return processor->product_vectors * processor->lanes;
}

static inline int pst_product_blocks(const PstProcessor *processor, int rows)
{
    return (rows + processor->product_channels - 1) / processor->product_channels;
}

/* `rows`, filled up to whole blocks. */
static inline size_t pst_product_rows(const PstProcessor *processor, int rows)
{
    return (size_t) pst_product_blocks(processor, rows) * processor->product_channels;
}

/* Where the element at `row` and `column` of a packed matrix lies. */
static inline size_t pst_product_at(const PstProcessor *processor, int columns, int row, int column)
{
    int block = processor->product_channels;
    return ((size_t) (row / block) * columns + column) * block + row % block;
}

/* Packs weight[rows][columns], its columns times scale[columns] (NULL: as they are). */
void pst_product_pack(const PstProcessor *processor, int rows, int columns, const float *weight,
                      const float *scale, float *packed);
