/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a few steps of optimisation (refine.h) change in what was painted, or enlarged: the less, the lower the strength; and
 * of one region's, the less the more other regions have of a pixel, of which it is to know nothing.
 */
#pragma once

#include "image/paint/draft.h"

typedef struct {
    float *before; /* the draft's colours, three planes */
    float *own;    /* the region's share of each pixel, 1 where it has most; NULL: it is alone */
    float mean[3]; /* of its colours */
} PstFinish;

/* Notes what `draft` is like, and hides from it, and from `photo`, which is as large, what lies in other regions.  `share` is
 * the region's, or NULL.  FALSE when there is no memory.  Free with pst_finish_clear(). */
gboolean pst_finish_begin(PstFinish *finish, PstDraft *draft, const float *share,
                          GeglBuffer *photo);

/* Gives the draft `amount`, [0, 1], of what has changed in it since, and back what was hidden. */
void pst_finish_end(const PstFinish *finish, PstDraft *draft, float amount);

void pst_finish_clear(PstFinish *finish);
