/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The impression that a style leaves on a critic, the loss network of Refine: statistics of the critic's maps.
 * It takes the place of the style's picture in style files, where 200 KB are enough for it, a third or a quarter of
 * what the picture's pixels would take, and nothing of the picture is to be seen.
 */
#pragma once

#include <glib.h>

/* Of one impression: a style file holds no more. */
#define PST_IMPRESSION_LAYERS_MOST 32

/* The scale at which larger shapes are patches. */
#define PST_COARSE 2

typedef struct {
    char *name; /* the critic's, of the layer */
    int channels;
    float *mean, *cov, *quantiles; /* as in nn/optimise/seen.h */
    float *patches;                /* likewise, or NULL: not known */
    float *coarse;         /* patches of the picture at 1/2^PST_COARSE, or NULL: not known */
    float *coarse_moments; /* means there, then deviations, in units of which they are filed */
} PstImpressionLayer;

/* Counted references; immutable once there is more than one. */
typedef struct {
    char *critic; /* SHA-256 of its data, in hexadecimal */
    int count;
    PstImpressionLayer *layers;
} PstImpression;

/* All zero, with the layers' names and channels. */
PstImpression *pst_impression_new(const char *critic, int count, const char *const *names,
                                  const int *channels);
/* Adds patches to the layers of a new impression, all zero; and whether each layer has some. */
void pst_impression_add_patches(PstImpression *impression);
void pst_impression_add_coarse(PstImpression *impression);
gboolean pst_impression_has_patches(const PstImpression *impression);

/* A channel's deviation; and a layer's means, then its deviations, which are to be freed with g_free(). */
double pst_impression_deviation(const PstImpressionLayer *layer, int channel);
float *pst_impression_moments(const PstImpressionLayer *layer);

PstImpression *pst_impression_ref(PstImpression *impression); /* NULL is allowed */
void pst_impression_unref(PstImpression *impression);         /* likewise */

const PstImpressionLayer *pst_impression_find(const PstImpression *impression, const char *name);

/* to = (1 − share) · to + share · from, for the layers of `to`; of patches, so many of each.  Where `from` has no
 * coarse patches, its others stand in for them; with a `scale` of PST_COARSE or more, its coarse ones, and their
 * moments, are what `to` gets.  FALSE, and `to` as it was, where `from` is of another critic, or lacks one of the
 * layers or the patches that `to` has. */
gboolean pst_impression_mix(PstImpression *to, const PstImpression *from, int scale, double share);
