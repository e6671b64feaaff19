/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/guide.h"

#include "image/blur.h"
#include "nn/memory.h"

#include <stdlib.h>

void pst_guide_blur(const PstGuide *guide, float *values)
{
    pst_blur(values, guide->scratch, guide->width, guide->height, guide->radius, guide->threads);
}

gboolean pst_guide_init(PstGuide *guide)
{
    gsize count = (gsize) guide->width * guide->height;
    const float *luma = guide->luma;
    float *mean = guide->mean = pst_alloc_floats(3 * count);
    if (!mean)
        return FALSE;
    float *variance = guide->variance = mean + count;
    guide->scratch = variance + count;
#pragma omp parallel for simd num_threads(guide->threads)
    for (gsize i = 0; i < count; i++) {
        mean[i] = luma[i];
        variance[i] = luma[i] * luma[i];
    }
    pst_guide_blur(guide, mean);
    pst_guide_blur(guide, variance);
#pragma omp parallel for simd num_threads(guide->threads)
    for (gsize i = 0; i < count; i++)
        variance[i] = MAX(variance[i] - mean[i] * mean[i], 0);
    return TRUE;
}

void pst_guide_clear(PstGuide *guide)
{
    g_clear_pointer(&guide->mean, free);
}

void pst_guide_slopes(const PstGuide *guide, float *values, float *slopes)
{
    gsize count = (gsize) guide->width * guide->height;
    const float *luma = guide->luma, *mean = guide->mean, *variance = guide->variance;
#pragma omp parallel for simd num_threads(guide->threads)
    for (gsize i = 0; i < count; i++)
        slopes[i] = values[i] * luma[i];
    pst_guide_blur(guide, values);
    pst_guide_blur(guide, slopes);
#pragma omp parallel for simd num_threads(guide->threads)
    for (gsize i = 0; i < count; i++)
        slopes[i] = (slopes[i] - mean[i] * values[i]) / (variance[i] + guide->least);
}
