/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Refine: a draft is optimised until a loss network sees the photo's content and the style's statistics in
 * it.  Coarse scales go first where there is no draft to start from.
 */
#pragma once

#include "image/paint/draft.h"
#include "image/reader.h"
#include "nn/optimise/loss.h"

typedef struct PstRefiner PstRefiner;

/* For Refine, or, where the settings ask for none, for underpainting and finish, which heed nothing that they say of how
 * to refine.  Loads the critic; errors as pst_critic_new().  Free with pst_refiner_free(). */
PstRefiner *pst_refiner_new(const PstEngine *engine, const PstSettings *settings, GError **error);
void pst_refiner_free(PstRefiner *refiner); /* NULL is allowed */

/* Whether the weights have what underpainting and finish take, and whether they can be made in this style: by what is
 * known of it. */
gboolean pst_refiner_helps(const PstEngine *engine);
gboolean pst_refiner_knows(const PstRefiner *refiner, const PstStyle *style);

/* Bytes that pst_refiner_run() takes for a draft of this size, and its work in 10^9 operations; with
 * `taken` bytes beside them that count against the limit, too.  PST_ERROR_MEMORY where it does not fit. */
gboolean pst_refiner_plan(PstRefiner *refiner, PstOctaveKind kind, int width, int height,
                          gsize taken, gsize *bytes, double *gflop, GError **error);

/* Optimises the colours of `draft`, as they are (the painter's, the photo's, or an octave's, enlarged) or, if the
 * settings say so and it is no finer octave, from noise.  `share`, as large, is how much of each pixel is this style's; NULL:
 * all.  What else there is, and what is transparent, counts for nothing, and changes near what does alone.
 * PST_ERROR_USAGE when nothing is known of the style that this critic could aim at.  Where the
 * ticker's callback says that it is enough, what there is becomes the result. */
gboolean pst_refiner_run(PstRefiner *refiner, PstOctaveKind kind, const PstStyle *style,
                         PstReader *photo, const float *share, PstDraft *draft, gsize taken,
                         PstTicker *ticker, GError **error);
