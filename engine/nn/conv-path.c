/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/conv-path.h"

#include "nn/pointwise.h"
#include "nn/winograd.h"

/* Tiles of 4 × 4 take the fewest products, unless their vectors would hang over the box. */
int pst_conv_path_tile(int columns, int rows)
{
    int across = 4 * pst_direct_kernel(0)->lanes;
    return columns % across == 0 && rows % 4 == 0 ? 4 : 2;
}

size_t pst_conv_path_packed_size(const PstConv *conv)
{
    const PstDirectKernel *kernel = pst_direct_kernel(0);
    return pst_winograd_serves(conv)    ? pst_winograd_packed_size(kernel, conv)
           : pst_direct_serves(conv)    ? pst_direct_packed_size(kernel, conv)
           : pst_pointwise_serves(conv) ? pst_pointwise_packed_size(kernel, conv)
                                        : 0;
}

void pst_conv_path_pack(const PstConv *conv, const float *weight, float *packed)
{
    if (pst_winograd_serves(conv))
        pst_winograd_pack(pst_direct_kernel(0), conv, weight, packed);
    else if (pst_direct_serves(conv))
        pst_direct_pack(pst_direct_kernel(0), conv, weight, packed);
    else if (pst_pointwise_serves(conv))
        pst_pointwise_pack(pst_direct_kernel(0), conv, weight, packed);
}

size_t pst_conv_path_scratch(const PstConv *conv, int width, int height)
{
    const PstDirectKernel *kernel = pst_direct_kernel(0);
    return pst_winograd_serves(conv)    ? pst_winograd_scratch(kernel, conv, width, height)
           : pst_direct_serves(conv)    ? pst_direct_scratch(kernel, conv, width, height)
           : pst_pointwise_serves(conv) ? pst_pointwise_scratch(kernel, conv, width, height)
                                        : pst_conv_scratch(conv, width * height);
}

void pst_conv_path_box(const PstConv *conv, const float *packed, const PstMap *in, PstMap *out,
                       PstBox box, float *scratch)
{
    const PstDirectKernel *kernel = pst_direct_kernel(0);
    if (pst_winograd_serves(conv))
        pst_winograd_box(kernel, conv, packed, in, out, box, scratch);
    else if (pst_direct_serves(conv))
        pst_direct_box(kernel, conv, packed, in, out, box, scratch);
    else if (pst_pointwise_serves(conv))
        pst_pointwise_box(kernel, conv, packed, in, out, box, scratch);
    else
        pst_conv_box(conv, in, out, box, scratch);
}
