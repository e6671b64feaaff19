/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How values follow the photo's luma around each pixel: the slopes of a guided filter (He, Sun and Tang 2010, "Guided
 * image filtering", equations 5 and 6).
 */
#pragma once

#include <glib.h>

typedef struct {
    const float *luma; /* [height][width], the caller's, who keeps it as long */
    int width, height;
    int radius;  /* of the boxes that count, in pixels */
    float least; /* variance of luma below which nothing is to be followed */
    int threads;
    float *mean, *variance, *scratch; /* pst_guide_init()'s */
} PstGuide;

/* Measures the luma, once the fields above were set.  FALSE where memory is short; free with pst_guide_clear() in any
 * case. */
gboolean pst_guide_init(PstGuide *guide);
void pst_guide_clear(PstGuide *guide);

/* slopes = by how much `values` change with the luma, in each box; values = their means there. */
void pst_guide_slopes(const PstGuide *guide, float *values, float *slopes);

/* A mean over boxes, in place. */
void pst_guide_blur(const PstGuide *guide, float *values);
