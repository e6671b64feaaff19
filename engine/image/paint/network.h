/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One run of the painter's network over a picture: what it sees, and what it paints into a draft as large.
 */
#pragma once

#include "image/paint/jitter.h"
#include "image/paint/underpainting.h"

/* All of it is lent. */
typedef struct {
    const PstEngine *engine;
    const PstStyle *style;
    const PstSettings *settings;
    PstTicker *ticker;
    float strength; /* 1 for 100 % */
    gsize taken;    /* bytes beside the network's that count against the limit, too */

    PstReader *seen; /* the picture, of the draft's size; and what is added to it: */
    const PstUnderpainting *under;
    float under_amount; /* how much of it, [0, 1]; 0 where there is none */
    PstJitter jitter;
    const float *share; /* how much of each pixel is this style's, as large; NULL: all */

    PstDraft *draft; /* gets the colours */
} PstNetworkRun;

/* PST_ERROR_MEMORY where it does not fit, PST_ERROR_CANCELLED; the draft's colours may then be there in part. */
gboolean pst_network_run(const PstNetworkRun *run, GError **error);

/* The network's plan for a picture of this size, with `taken` as above; free with pst_plan_free().  NULL and an error
 * where it does not fit. */
PstPlan *pst_network_plan(const PstEngine *engine, int width, int height, gsize taken,
                          const PstSettings *settings, GError **error);
