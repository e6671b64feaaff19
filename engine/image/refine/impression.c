/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/refine/impression.h"

#include "nn/optimise/nearest.h"
#include "nn/optimise/sliced.h"

#include <math.h>
#include <string.h>

PstImpression *pst_impression_new(const char *critic, int count, const char *const *names,
                                  const int *channels)
{
    PstImpression *impression = g_atomic_rc_box_new0(PstImpression);
    impression->critic = g_strdup(critic);
    impression->count = count;
    impression->layers = g_new0(PstImpressionLayer, count);
    for (int i = 0; i < count; i++) {
        gsize c = channels[i];
        impression->layers[i] = (PstImpressionLayer){
            .name = g_strdup(names[i]),
            .channels = channels[i],
            .mean = g_new0(float, c),
            .cov = g_new0(float, c *c),
            .quantiles = g_new0(float, PST_DIRECTIONS *PST_QUANTILES),
        };
    }
    return impression;
}

void pst_impression_add_patches(PstImpression *impression)
{
    for (int i = 0; i < impression->count; i++) {
        PstImpressionLayer *layer = &impression->layers[i];
        layer->patches = g_new0(float, (gsize) layer->channels *PST_PATCHES);
    }
}

void pst_impression_add_coarse(PstImpression *impression)
{
    for (int i = 0; i < impression->count; i++) {
        PstImpressionLayer *layer = &impression->layers[i];
        layer->coarse = g_new0(float, (gsize) layer->channels *PST_PATCHES);
        layer->coarse_moments = g_new0(float, 2 * (gsize) layer->channels);
    }
}

gboolean pst_impression_has_patches(const PstImpression *impression)
{
    for (int i = 0; i < impression->count; i++)
        if (!impression->layers[i].patches)
            return FALSE;
    return TRUE;
}

PstImpression *pst_impression_ref(PstImpression *impression)
{
    return impression ? g_atomic_rc_box_acquire(impression) : NULL;
}

static void clear(gpointer data)
{
    PstImpression *impression = data;
    for (int i = 0; i < impression->count; i++) {
        PstImpressionLayer *layer = &impression->layers[i];
        g_free(layer->name);
        g_free(layer->mean);
        g_free(layer->cov);
        g_free(layer->quantiles);
        g_free(layer->patches);
        g_free(layer->coarse);
        g_free(layer->coarse_moments);
    }
    g_free(impression->layers);
    g_free(impression->critic);
}

void pst_impression_unref(PstImpression *impression)
{
    if (impression)
        g_atomic_rc_box_release_full(impression, clear);
}

const PstImpressionLayer *pst_impression_find(const PstImpression *impression, const char *name)
{
    for (int i = 0; i < impression->count; i++)
        if (strcmp(impression->layers[i].name, name) == 0)
            return &impression->layers[i];
    return NULL;
}

/* ---- Mixing ---------------------------------------------------------------------------------- */

static void mix(float *to, const float *from, gsize count, double share)
{
    for (gsize i = 0; i < count; i++)
        to[i] = (float) ((1 - share) * to[i] + share * from[i]);
}

/* So many patches are taken over, one somewhere in each part: every second and then every fourth would always hit
 * what the same earlier mix had put there. */
static void mix_patches(float *to, const float *from, int channels, double share)
{
    int count = (int) lrint(share * PST_PATCHES);
    GRand *rand = g_rand_new_with_seed(1);
    for (int i = 0; i < count; i++) {
        int patch = (int) ((i + g_rand_double(rand)) * PST_PATCHES / count);
        gsize at = (gsize) patch * channels;
        memcpy(to + at, from + at, sizeof *to * channels);
    }
    g_rand_free(rand);
}

/* Means and covariances of a layer's patches. */
static void measure_patches(const float *patches, int channels, float *mean, float *cov)
{
    gsize c = channels;
    g_autofree double *sums = g_new0(double, c), *products = g_new0(double, c *c);
    for (gsize i = 0; i < PST_PATCHES * c; i++)
        sums[i % c] += patches[i];
    for (gsize i = 0; i < c; i++)
        mean[i] = (float) (sums[i] / PST_PATCHES);
    for (const float *patch = patches; patch < patches + PST_PATCHES * c; patch += c) {
        for (gsize i = 0; i < c; i++)
            sums[i] = (double) patch[i] - mean[i];
        for (gsize i = 0; i < c; i++)
            for (gsize j = 0; j <= i; j++)
                products[i * c + j] += sums[i] * sums[j];
    }
    for (gsize i = 0; i < c; i++)
        for (gsize j = 0; j <= i; j++)
            cov[i * c + j] = cov[j * c + i] = (float) (products[i * c + j] / PST_PATCHES);
}

double pst_impression_deviation(const PstImpressionLayer *layer, int channel)
{
    return sqrt(MAX(0, layer->cov[(gsize) channel * (layer->channels + 1)]));
}

float *pst_impression_moments(const PstImpressionLayer *layer)
{
    int c = layer->channels;
    float *moments = g_new(float, 2 * (gsize) c);
    memcpy(moments, layer->mean, sizeof *moments * c);
    for (int i = 0; i < c; i++)
        moments[c + i] = (float) pst_impression_deviation(layer, i);
    return moments;
}

static void mix_coarse(PstImpressionLayer *to, const PstImpressionLayer *from, double share)
{
    gsize c = to->channels;
    g_autofree float *mean = g_new(float, c), *cov = g_new(float, c *c);
    measure_patches(from->coarse, to->channels, mean, cov);
    mix(to->mean, mean, c, share);
    mix(to->cov, cov, c * c, share);
    if (to->patches)
        mix_patches(to->patches, from->coarse, to->channels, share);
}

static void mix_layer(PstImpressionLayer *to, const PstImpressionLayer *from, int scale,
                      double share)
{
    gsize c = to->channels;
    mix(to->quantiles, from->quantiles, PST_DIRECTIONS * PST_QUANTILES, share);
    if (to->coarse) {
        g_autofree float *own = pst_impression_moments(from);
        mix_patches(to->coarse, from->coarse ? from->coarse : from->patches, to->channels, share);
        mix(to->coarse_moments, from->coarse ? from->coarse_moments : own, 2 * c, share);
    }
    if (scale >= PST_COARSE && from->coarse) {
        mix_coarse(to, from, share);
        return;
    }
    mix(to->mean, from->mean, c, share);
    mix(to->cov, from->cov, c * c, share);
    if (to->patches)
        mix_patches(to->patches, from->patches, to->channels, share);
}

static gboolean can_mix(const PstImpressionLayer *to, const PstImpressionLayer *from, int scale)
{
    gboolean coarse = from->coarse != NULL;
    return to->channels == from->channels &&
           (!to->patches || from->patches || (coarse && scale >= PST_COARSE)) &&
           (!to->coarse || from->patches || coarse);
}

gboolean pst_impression_mix(PstImpression *to, const PstImpression *from, int scale, double share)
{
    const PstImpressionLayer *others[PST_IMPRESSION_LAYERS_MOST];
    if (strcmp(to->critic, from->critic) != 0 || to->count > PST_IMPRESSION_LAYERS_MOST)
        return FALSE;
    for (int i = 0; i < to->count; i++) {
        others[i] = pst_impression_find(from, to->layers[i].name);
        if (!others[i] || !can_mix(&to->layers[i], others[i], scale))
            return FALSE;
    }
    for (int i = 0; i < to->count; i++)
        mix_layer(&to->layers[i], others[i], scale, share);
    return TRUE;
}
