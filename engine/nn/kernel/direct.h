/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * 3 × 3 convolutions without a matrix: a small block of outputs stays in registers while the input, copied
 * once into a patch with its padding, passes by.  No im2col, no packing inside BLAS; and the sum of an
 * output is always taken in the same order, whatever is computed around it.
 */
#pragma once

#include "nn/kernel/path.h"

/* Packed: [blocks of out_channels][in_channels][9][channels]. */
extern const PstConvPath pst_direct_path;
