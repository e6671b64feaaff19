/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/kernel/conv-path.h"

#include "nn/kernel/direct.h"
#include "nn/kernel/pointwise.h"
#include "nn/kernel/winograd.h"

/* Tiles of 4 × 4 take the fewest products, unless their vectors would hang over the box. */
int pst_conv_path_tile(int columns, int rows)
{
    int across = 4 * pst_processor(0)->lanes;
    return columns % across == 0 && rows % 4 == 0 ? 4 : 2;
}

/* The first that serves; NULL where it goes by im2col. */
static const PstConvPath *path_of(const PstConv *conv)
{
    static const PstConvPath *const paths[] = {&pst_winograd_path, &pst_direct_path,
                                               &pst_pointwise_path};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        if (paths[i]->serves(conv))
            return paths[i];
    }
    return NULL;
}

size_t pst_conv_path_packed_size(const PstConv *conv)
{
    const PstConvPath *path = path_of(conv);
    return path ? path->packed_size(pst_processor(0), conv) : 0;
}

void pst_conv_path_pack(const PstConv *conv, const float *weight, float *packed)
{
    const PstConvPath *path = path_of(conv);
    if (path)
        path->pack(pst_processor(0), conv, weight, packed);
}

size_t pst_conv_path_scratch(const PstConv *conv, int width, int height)
{
    const PstConvPath *path = path_of(conv);
    return path ? path->scratch(pst_processor(0), conv, width, height)
                : pst_conv_scratch(conv, width * height);
}

int pst_conv_path_rows(const PstConv *conv, int width, int height, int least)
{
    const PstConvPath *path = path_of(conv);
    return path && path->rows ? path->rows(pst_processor(0), conv, width, height, least) : least;
}

void pst_conv_path_box(const PstConv *conv, const float *packed, const PstMap *in, PstMap *out,
                       PstBox box, float *scratch)
{
    const PstConvPath *path = path_of(conv);
    if (path)
        path->box(pst_processor(0), conv, packed, in, out, box, scratch);
    else
        pst_conv_box(conv, in, out, box, scratch);
}
