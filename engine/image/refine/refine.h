/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Refine: a draft is optimised until a loss network sees the photo's content and the style's statistics in
 * it.  Coarse scales go first where there is no draft to start from.
 */
#pragma once

#include "image/paint/draft.h"
#include "image/paint/schedule.h"
#include "image/reader.h"

typedef struct PstRefiner PstRefiner;

/* For Refine, or, where the settings ask for none, for underpainting and finish, which heed nothing that they say of
 * how to refine.  Loads the critic; errors as pst_critic_new().  Free with pst_refiner_free(). */
PstRefiner *pst_refiner_new(const PstEngine *engine, const PstSettings *settings, GError **error);
void pst_refiner_free(PstRefiner *refiner); /* NULL is allowed */

/* Whether there is a critic for underpainting and finish, and whether it knows enough of this style for them. */
gboolean pst_refiner_is_available(const PstEngine *engine);
gboolean pst_refiner_knows(const PstRefiner *refiner, const PstStyle *style);

/* Bytes that pst_refiner_run() takes for this octave, and its work in 10^9 operations; with `taken` bytes beside them
 * that count against the limit, too.  PST_ERROR_MEMORY where it does not fit. */
gboolean pst_refiner_plan(PstRefiner *refiner, const PstOctave *octave, gsize taken, gsize *bytes,
                          double *gflop, GError **error);

/* What is refined.  All of it is lent. */
typedef struct {
    PstOctaveKind octave;
    const PstStyle *style;
    PstReader *photo;
    const float
        *share;      /* how much of each pixel is this style's, as large as the photo; NULL: all */
    PstDraft *draft; /* as large; its colours are optimised */
    gsize taken;     /* bytes beside its own that count against the limit, too */
    PstTicker *ticker;
} PstRefineJob;

/* Optimises the draft's colours: those that are there (the painter's, the photo's, or an octave's, enlarged) or, if the
 * settings say so and it is no finer octave, noise.  Transparent pixels and those of other styles count for nothing;
 * they change near pixels that do alone.  PST_ERROR_USAGE when nothing is known of the style that this critic could aim
 * at. Where the ticker's callback says that it is enough, what there is becomes the result. */
gboolean pst_refiner_run(PstRefiner *refiner, const PstRefineJob *job, GError **error);
