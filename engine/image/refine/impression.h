/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The impression that a style leaves on a critic, the loss network of Refine: statistics of the critic's maps.
 * It takes the place of the style's picture in style files, where a tenth of the picture's room is enough
 * for it and nothing of the picture is to be seen.
 *
 * In a style file, for each LAYER of C channels:
 *
 *     critic.LAYER.moments       F32 [2, C]         means and deviations
 *     critic.LAYER.correlations  F16 [C (C − 1)/2]  of the channels: (0, 1), (0, 2) … (1, 2) …; C > 1
 *     critic.LAYER.quantiles     F16 [PST_DIRECTIONS, 64]  of the projections, in units of their deviation from
 *                                their mean
 *     critic.LAYER.patches       U8 [256, C]        see nn/optimise/nearest.h: 128 at the mean, 16 a deviation; some files have
 *                                none
 *     critic.LAYER.coarse        U8 [256, C]        likewise, of the picture at 1/2^PST_COARSE of its size, and by the
 *     critic.LAYER.coarse_moments  F32 [2, C]       moments there; by those above in files without
 *
 * and in the metadata `critic_sha256`, of the critic's data.
 */
#pragma once

#include "image/tensors.h"
#include "nn/safetensors.h"

/* The scale at which larger shapes are patches. */
#define PST_COARSE 2

typedef struct {
    char *name; /* the critic's, of the layer */
    int channels;
    float *mean, *cov, *quantiles; /* as in nn/optimise/seen.h */
    float *patches;                /* likewise, or NULL: not known */
    float *coarse; /* patches of the picture at 1/2^PST_COARSE, or NULL: not known; and … */
    float *
        coarse_moments; /* … all means there, then all deviations, for files to count patches from */
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

/* A layer's means, then its deviations.  Free with g_free(). */
float *pst_impression_moments(const PstImpressionLayer *layer);

PstImpression *pst_impression_ref(PstImpression *impression); /* NULL is allowed */
void pst_impression_unref(PstImpression *impression);         /* likewise */

const PstImpressionLayer *pst_impression_find(const PstImpression *impression, const char *name);

/* to = (1 − share) · to + share · from, for the layers of `to`; of patches, so many of each.  Where `from` has no
 * coarse patches, its others stand in for them; with a `scale` of PST_COARSE or more, its coarse ones, and their
 * moments, are what `to` gets.  FALSE, and `to` as it was, where `from` is of another critic, or lacks one of the
 * layers or the patches that `to` has. */
gboolean pst_impression_mix(PstImpression *to, const PstImpression *from, int scale, double share);

void pst_impression_write(const PstImpression *impression, PstTensors *tensors, json_t *metadata);

/* Moments, correlations and patches become what would come back from a style file. */
void pst_impression_file(PstImpression *impression);

/* What a style file holds; *impression is NULL where it holds none.  FALSE where what it holds is not as
 * above, and *what is then a sentence. */
gboolean pst_impression_read(PstImpression **impression, const PstSafetensors *file,
                             const char **what);
