/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The loss network of Refine, and which of its layers count for how much.
 */
#pragma once

#include "image/style/style.h"
#include "nn/optimise/loss.h"

#define PST_CRITIC_LAYERS_MOST 32

typedef struct {
    PstGraph *graph;
    char *hash; /* SHA-256 of its data, in hexadecimal */
    PstLossLayer layers[PST_CRITIC_LAYERS_MOST];
    int layer_count;
} PstCritic;

/* Loads the critic that the settings name.  PST_ERROR_WEIGHTS where it is missing or no loss network,
 * PST_ERROR_USAGE for a layer that it has not got.  Where neither they nor its file say which layers count for the
 * style, those of `default_layers` do, as settings say it; NULL: VGG's, all alike.  Free with pst_critic_free(). */
PstCritic *pst_critic_new(const PstEngine *engine, const PstSettings *settings,
                          const char *default_layers, GError **error);
void pst_critic_free(PstCritic *critic); /* NULL is allowed */

/* FALSE where the settings name no critic and the weights come without one. */
gboolean pst_critic_exists(const PstEngine *engine, const PstSettings *settings);

/* Whether this critic can see every source of a style, or an impression of it is there; with patches, if they are
 * wanted. */
gboolean pst_critic_can_see(const PstCritic *critic, const PstStyle *style, gboolean patches);

/* How pst_critic_see() is to go about it. */
typedef struct {
    int scale;                   /* at 1/2^scale of the pictures' size */
    gboolean quantiles, patches; /* these, too */
    gboolean
        coarse; /* and patches at 1/2^PST_COARSE, with a scale of 0; without `patches`, nothing else */
    int threads;
    gsize memory; /* limit in bytes */
    PstPulse pulse;
    void *user;
} PstSeeing;

/* The impression that `style` leaves at the layers that count for the style: the weighted mean over its sources.  A
 * source without a picture has its impression taken, whatever the scale, but for patches (pst_impression_mix()).
 * PST_ERROR_USAGE where a source has neither a picture nor an impression on this critic, with patches where they
 * are wanted; what the pulse returns.  Free with pst_impression_unref(). */
PstImpression *pst_critic_see(const PstCritic *critic, const PstStyle *style,
                              const PstSeeing *seeing, GError **error);

/* The same with patches, rounded as in a style file, whether the style is from one or from pictures: so that both give
 * the same result, since any rounding makes an optimisation end elsewhere.  A file has two scales: 0, and
 * PST_COARSE. */
PstImpression *pst_critic_see_filed(const PstCritic *critic, const PstStyle *style,
                                    const PstSeeing *seeing, GError **error);

/* The bytes that it takes for a picture of `side` squared.  PST_ERROR_MEMORY where that is too much. */
gboolean pst_critic_see_plan(const PstCritic *critic, int side, const PstSeeing *seeing,
                             gsize *bytes, GError **error);

/* The impression's layers as nn takes them; the arrays stay the impression's.  Returns how many. */
int pst_critic_bind_impression(const PstCritic *critic, const PstImpression *impression,
                               PstSeen seen[PST_CRITIC_LAYERS_MOST]);
