/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An impression as style files keep it, for each LAYER of C channels:
 *
 *     critic.LAYER.moments         F32 [2, C]         means and deviations
 *     critic.LAYER.correlations    F16 [C (C − 1)/2]  of the channels: (0, 1), (0, 2) … (1, 2) …; C > 1
 *     critic.LAYER.quantiles       F16 [PST_DIRECTIONS, 64]  of the projections, in units of their deviation from
 *                                  their mean
 *     critic.LAYER.patches         U8 [256, C]        see nn/optimise/nearest.h: 128 at the mean, 16 a deviation; some
 *                                  files have none
 *     critic.LAYER.coarse          U8 [256, C]        likewise, of the picture at 1/2^PST_COARSE of its size, and by
 *     critic.LAYER.coarse_moments  F32 [2, C]         the moments there; in files without, by those above
 *
 * and in the metadata `critic_sha256`, of the critic's data.
 */
#pragma once

#include "image/refine/impression.h"
#include "image/tensors.h"
#include "nn/safetensors.h"

void pst_impression_write(const PstImpression *impression, PstTensors *tensors, json_t *metadata);

/* Moments, correlations and patches become what would come back from a style file. */
void pst_impression_file(PstImpression *impression);

/* What a style file holds; *impression is NULL where it holds none.  FALSE where what it holds is not as
 * above, and *what is then a sentence. */
gboolean pst_impression_read(PstImpression **impression, const PstSafetensors *file,
                             const char **what);
