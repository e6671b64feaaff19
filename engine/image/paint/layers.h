/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From drafts to the result: enlarged, and mixed where there are several regions.
 */
#pragma once

#include "image/paint/compose.h"
#include "image/paint/draft.h"
#include "image/paint/regions.h"

/* Drafts that are enlarged together, one for each region, all measured.  A region that weighs nothing anywhere has
 * none. */
typedef struct {
    PstDraft *drafts;
    PstRegions *regions; /* NULL where there is one draft */
    int count;
    PstMode mode; /* of all of them */
} PstLayers;

/* `width` pixels as the network sees them: luma into planes[0] and, where the others are not NULL, R', G' and B'
 * into those. */
void pst_layers_seen(const PstReader *reader, const float *rgba, int width, float *planes[4]);

/* Enlarges the drafts along the outlines of compose->content, and mixes them, into rows [y0, y1) of compose->result. */
gboolean pst_layers_enlarge(const PstLayers *layers, PstCompose *compose, int y0, int y1,
                            int threads, PstTicker *ticker, GError **error);
