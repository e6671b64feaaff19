/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture in planes without gaps, [3][height][width], as the loss of Refine takes it; with a fourth, how much each
 * pixel counts (nn/optimise/weights.h).
 */
#pragma once

#include "image/paint/draft.h"
#include "image/reader.h"

typedef struct {
    int count; /* of planes: 3, or 4 with weights */
    int width, height;
    float *planes;
} PstPlanes;

/* All zero; PST_ERROR_MEMORY.  Free with pst_planes_clear(). */
gboolean pst_planes_init(PstPlanes *planes, int width, int height, GError **error);
gboolean pst_planes_init_weighted(PstPlanes *planes, int width, int height, GError **error);
void pst_planes_clear(PstPlanes *planes);

/* NULL where there are none. */
float *pst_planes_weights(const PstPlanes *planes);

/* What the network sees of a picture, extended to the size of `planes`.  Weights, if there are any, are alpha times
 * `share`, which is as large as the picture; NULL: 1. */
void pst_planes_read(PstPlanes *planes, PstReader *reader, const float *share);

/* From the colours of a draft, extended likewise, and back. */
void pst_planes_from_draft(PstPlanes *planes, const PstDraft *draft);
void pst_planes_to_draft(const PstPlanes *planes, PstDraft *draft);

/* Fills `around`, of as many planes, from the picture in its middle, the margins by reflection; and cuts that picture
 * out again. */
void pst_planes_surround(const PstPlanes *inside, PstPlanes *around);
void pst_planes_cut_out(const PstPlanes *around, PstPlanes *inside);

/* Fills the colours with noise of [0, 1], always the same for one size; and adds noise about 0, of this width, another
 * for each seed. */
void pst_planes_fill_noise(PstPlanes *planes);
void pst_planes_add_noise(PstPlanes *planes, guint32 seed, float width);

/* Brings all planes of `from` to the size of `to`, which has as many: by area means where it is smaller, by cubics
 * (cubic.h) where it is larger; pixel centres are kept.  Linear enlarging has a weave of horizontal and vertical
 * threads, which Refine's few steps at the next scale would leave.  The number of threads changes
 * nothing.  PST_ERROR_MEMORY. */
gboolean pst_planes_resample(const PstPlanes *from, PstPlanes *to, int threads, GError **error);
