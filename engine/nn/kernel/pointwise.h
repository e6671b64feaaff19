/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * 1 × 1 convolutions by processor.h's product, from the map's own rows: no im2col, and the sum of an output is
 * always taken in the same order, whatever is computed around it.
 */
#pragma once

#include "nn/kernel/path.h"

/* Packed: [blocks of out_channels][in_channels][product_channels]. */
extern const PstConvPath pst_pointwise_path;
