/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/refine/impression-file.h"

#include "nn/optimise/nearest.h"
#include "nn/optimise/sliced.h"

#include <math.h>
#include <string.h>

#define PREFIX        "critic."
#define MOMENTS       ".moments"
#define PATCHES       ".patches"
#define COARSE        ".coarse"
#define COARSE_BY     ".coarse_moments"
#define KEY           "critic_sha256"
#define CHANNELS_MOST 1024 /* a style file holds no more, anyway */
#define FILED         64   /* quantiles in a file, of PST_QUANTILES */
#define BIN           (PST_QUANTILES / FILED)
#define FILED_PATCHES 256 /* likewise, of PST_PATCHES */
#define MIDDLE        128 /* what a patch's byte is at the mean, and steps a deviation */
#define STEPS         16
#define VALUE_MOST    1e6f /* no critic's features come near it */

/* ---- Projections ----------------------------------------------------------------------------- */

/* Mean and deviation of the projections onto one direction. */
static void project(const PstImpressionLayer *layer, const float *direction, double *mean,
                    double *deviation)
{
    int c = layer->channels;
    double sum = 0, variance = 0;
    for (int i = 0; i < c; i++) {
        double part = 0;
        for (int k = 0; k < c; k++)
            part += (double) layer->cov[(gsize) i * c + k] * direction[k];
        sum += (double) layer->mean[i] * direction[i];
        variance += part * direction[i];
    }
    *mean = sum;
    *deviation = sqrt(MAX(variance, 1e-12));
}

/* The few quantiles of a file between which the many lie: means of bins, and back by straight lines. */
static void file_quantiles(const float *many, double mean, double deviation, float *few)
{
    for (int q = 0; q < FILED; q++) {
        double sum = 0;
        for (int i = 0; i < BIN; i++)
            sum += many[q * BIN + i];
        few[q] = (float) ((sum / BIN - mean) / deviation);
    }
}

static void unfile_quantiles(const float *few, double mean, double deviation, float *many)
{
    for (int i = 0; i < PST_QUANTILES; i++) {
        double at = CLAMP((i + 0.5) / BIN - 0.5, 0, FILED - 1);
        int low = MIN((int) at, FILED - 2);
        many[i] = (float) (mean + deviation * (few[low] + (at - low) * (few[low + 1] - few[low])));
    }
}

/* ---- Writing --------------------------------------------------------------------------------- */

/* One value of a patch, counted from its channel's mean in its deviations. */
static guint8 to_byte(float value, float mean, float deviation)
{
    double apart = (double) value - mean;
    return deviation > 0 ? (guint8) lrint(CLAMP(MIDDLE + apart / deviation * STEPS, 0, 255))
                         : MIDDLE;
}

static float from_byte(guint8 byte, float mean, float deviation)
{
    return (float) (mean + (byte - MIDDLE) / (double) STEPS * deviation);
}

/* [FILED_PATCHES, C] of [PST_PATCHES, C] */
static void to_bytes(const float *patches, int channels, const float *moments, guint8 *bytes)
{
    for (int i = 0; i < FILED_PATCHES * channels; i++) {
        int k = i % channels;
        gsize patch = (gsize) (i / channels) * (PST_PATCHES / FILED_PATCHES);
        bytes[i] = to_byte(patches[patch * channels + k], moments[k], moments[channels + k]);
    }
}

/* … and back */
static void from_bytes(const guint8 *bytes, int channels, const float *moments, float *patches)
{
    for (int i = 0; i < PST_PATCHES * channels; i++) {
        int k = i % channels;
        gsize patch = (gsize) (i / channels) / (PST_PATCHES / FILED_PATCHES);
        patches[i] = from_byte(bytes[patch * channels + k], moments[k], moments[channels + k]);
    }
}

/* `patches` are the layer's, of either kind. */
static void write_patches(const PstImpressionLayer *layer, const char *suffix, const float *patches,
                          const float *moments, PstTensors *tensors)
{
    int c = layer->channels;
    g_autofree guint8 *bytes = g_new(guint8, (gsize) FILED_PATCHES * c);
    g_autofree char *name = g_strconcat(PREFIX, layer->name, suffix, NULL);
    to_bytes(patches, c, moments, bytes);
    pst_tensors_add_bytes(tensors, name, (int[]){FILED_PATCHES, c}, 2, bytes);
}

static void write_coarse(const PstImpressionLayer *layer, PstTensors *tensors)
{
    g_autofree char *name = g_strconcat(PREFIX, layer->name, COARSE_BY, NULL);
    write_patches(layer, COARSE, layer->coarse, layer->coarse_moments, tensors);
    pst_tensors_add_floats(tensors, name, (int[]){2, layer->channels}, 2, layer->coarse_moments);
}

/* Of the channels (0, 1), (0, 2) … (1, 2) …  Free with g_free(). */
static float *correlations_of(const PstImpressionLayer *layer)
{
    int c = layer->channels;
    gsize at = 0;
    float *correlations = g_new(float, (gsize) c *(c - 1) / 2);
    for (int i = 0; i < c; i++) {
        for (int k = i + 1; k < c; k++) {
            double product =
                pst_impression_deviation(layer, i) * pst_impression_deviation(layer, k);
            correlations[at++] =
                product > 0 ? (float) (layer->cov[(gsize) i * c + k] / product) : 0;
        }
    }
    return correlations;
}

static void set_cov(const PstImpressionLayer *layer, const float *moments,
                    const float *correlations)
{
    int c = layer->channels;
    gsize at = 0;
    for (int i = 0; i < c; i++) {
        float deviation = moments[c + i];
        layer->cov[(gsize) i * (c + 1)] = deviation * deviation;
        for (int k = i + 1; k < c; k++)
            layer->cov[(gsize) i * c + k] = layer->cov[(gsize) k * c + i] =
                correlations[at++] * deviation * moments[c + k];
    }
}

static void write_layer(const PstImpressionLayer *layer, PstTensors *tensors)
{
    int c = layer->channels;
    gsize pairs = (gsize) c * (c - 1) / 2;
    g_autofree float *moments = pst_impression_moments(layer);
    g_autofree float *correlations = correlations_of(layer);
    g_autofree float *directions = g_new(float, (gsize) c *PST_DIRECTIONS);
    g_autofree float *quantiles = g_new(float, FILED *PST_DIRECTIONS);
    pst_directions(c, directions);
    for (int d = 0; d < PST_DIRECTIONS; d++) {
        double mean, deviation;
        project(layer, directions + (gsize) d * c, &mean, &deviation);
        file_quantiles(layer->quantiles + d * PST_QUANTILES, mean, deviation,
                       quantiles + d * FILED);
    }
    g_autofree char *name = g_strconcat(PREFIX, layer->name, MOMENTS, NULL);
    pst_tensors_add_floats(tensors, name, (int[]){2, c}, 2, moments);
    g_autofree char *second = g_strconcat(PREFIX, layer->name, ".correlations", NULL);
    if (pairs > 0)
        pst_tensors_add_halves(tensors, second, (int[]){(int) pairs}, 1, correlations);
    g_autofree char *third = g_strconcat(PREFIX, layer->name, ".quantiles", NULL);
    pst_tensors_add_halves(tensors, third, (int[]){PST_DIRECTIONS, FILED}, 2, quantiles);
    if (layer->patches)
        write_patches(layer, PATCHES, layer->patches, moments, tensors);
    if (layer->coarse)
        write_coarse(layer, tensors);
}

void pst_impression_write(const PstImpression *impression, PstTensors *tensors, json_t *metadata)
{
    for (int i = 0; i < impression->count; i++)
        write_layer(&impression->layers[i], tensors);
    json_object_set_new(metadata, KEY, json_string(impression->critic));
}

/* ---- Reading --------------------------------------------------------------------------------- */

/* The values of PREFIX `layer` `suffix`, if there are `count` of them, none larger than `most`; or NULL.
 * Free with g_free(). */
static float *read_values(const PstSafetensors *file, const char *layer, const char *suffix,
                          gsize count, float most)
{
    g_autofree char *name = g_strconcat(PREFIX, layer, suffix, NULL);
    const PstTensorInfo *tensor = pst_safetensors_find(file, name);
    if (!tensor || tensor->count != count)
        return NULL;
    g_autofree float *values = g_new(float, count);
    if (pst_tensor_read(tensor, values, NULL))
        return NULL;
    for (gsize i = 0; i < count; i++)
        if (!(fabsf(values[i]) <= most))
            return NULL;
    return g_steal_pointer(&values);
}

/* TRUE where there are none, too. */
static gboolean read_patches(const PstImpressionLayer *layer, const char *suffix,
                             const PstSafetensors *file, const float *moments, float **patches)
{
    int c = layer->channels;
    g_autofree char *name = g_strconcat(PREFIX, layer->name, suffix, NULL);
    const PstTensorInfo *tensor = pst_safetensors_find(file, name);
    if (!tensor)
        return TRUE;
    if (tensor->dtype != PST_DTYPE_U8 || tensor->rank != 2 || tensor->shape[0] != FILED_PATCHES ||
        tensor->shape[1] != (size_t) c)
        return FALSE;
    *patches = g_new(float, (gsize) PST_PATCHES *c);
    from_bytes(tensor->data, c, moments, *patches);
    return TRUE;
}

/* Likewise, with their moments. */
static gboolean read_coarse(PstImpressionLayer *layer, const PstSafetensors *file, const float *own)
{
    gsize c = layer->channels;
    g_autofree char *name = g_strconcat(PREFIX, layer->name, COARSE_BY, NULL);
    layer->coarse_moments = pst_safetensors_find(file, name)
                                ? read_values(file, layer->name, COARSE_BY, 2 * c, VALUE_MOST)
                                : g_memdup2(own, sizeof *own * 2 * c);
    for (gsize i = c; i < 2 * c; i++)
        if (!layer->coarse_moments || layer->coarse_moments[i] < 0)
            return FALSE;
    return read_patches(layer, COARSE, file, layer->coarse_moments, &layer->coarse);
}

static gboolean read_layer(PstImpressionLayer *layer, const PstSafetensors *file)
{
    int c = layer->channels;
    gsize pairs = (gsize) c * (c - 1) / 2;
    g_autofree float *moments = read_values(file, layer->name, MOMENTS, 2 * (gsize) c, VALUE_MOST);
    g_autofree float *correlations =
        pairs > 0 ? read_values(file, layer->name, ".correlations", pairs, 1.01f) : NULL;
    g_autofree float *quantiles =
        read_values(file, layer->name, ".quantiles", FILED * PST_DIRECTIONS, 1e3f);
    if (!moments || (pairs > 0 && !correlations) || !quantiles)
        return FALSE;
    memcpy(layer->mean, moments, sizeof *moments * c);
    for (int i = 0; i < c; i++)
        if (moments[c + i] < 0)
            return FALSE;
    set_cov(layer, moments, correlations);
    g_autofree float *directions = g_new(float, (gsize) c *PST_DIRECTIONS);
    pst_directions(c, directions);
    for (int d = 0; d < PST_DIRECTIONS; d++) {
        double mean, deviation;
        project(layer, directions + (gsize) d * c, &mean, &deviation);
        unfile_quantiles(quantiles + d * FILED, mean, deviation,
                         layer->quantiles + d * PST_QUANTILES);
    }
    return read_patches(layer, PATCHES, file, moments, &layer->patches) &&
           read_coarse(layer, file, moments);
}

/* The layers that the file has moments of: names, which are the caller's to free, and channels.  −1 where
 * they break a rule. */
static int find_layers(const PstSafetensors *file, char *names[PST_IMPRESSION_LAYERS_MOST],
                       int channels[PST_IMPRESSION_LAYERS_MOST])
{
    int count = 0;
    for (gsize i = 0; i < pst_safetensors_count(file); i++) {
        const PstTensorInfo *tensor = pst_safetensors_at(file, i);
        gsize length = strlen(tensor->name);
        if (length <= strlen(PREFIX MOMENTS) || !g_str_has_prefix(tensor->name, PREFIX) ||
            !g_str_has_suffix(tensor->name, MOMENTS))
            continue;
        if (count == PST_IMPRESSION_LAYERS_MOST || tensor->rank != 2 || tensor->shape[0] != 2 ||
            tensor->shape[1] > CHANNELS_MOST) {
            for (int k = 0; k < count; k++)
                g_free(names[k]);
            return -1;
        }
        names[count] = g_strndup(tensor->name + strlen(PREFIX), length - strlen(PREFIX MOMENTS));
        channels[count++] = (int) tensor->shape[1];
    }
    return count;
}

gboolean pst_impression_read(PstImpression **impression, const PstSafetensors *file,
                             const char **what)
{
    char *names[PST_IMPRESSION_LAYERS_MOST];
    int channels[PST_IMPRESSION_LAYERS_MOST];
    const char *critic = pst_safetensors_metadata(file, KEY);
    *impression = NULL;
    *what = "its statistics for Refine are not as they should be";
    int count = critic ? find_layers(file, names, channels) : 0;
    if (count <= 0)
        return count == 0;
    PstImpression *read = pst_impression_new(critic, count, (const char *const *) names, channels);
    gboolean ok = TRUE;
    for (int i = 0; i < count; i++) {
        ok = ok && read_layer(&read->layers[i], file);
        g_free(names[i]);
    }
    if (ok)
        *impression = read;
    else
        pst_impression_unref(read);
    return ok;
}

static void file_patches(float *patches, int channels, const float *moments)
{
    g_autofree guint8 *bytes = g_new(guint8, (gsize) FILED_PATCHES * channels);
    to_bytes(patches, channels, moments, bytes);
    from_bytes(bytes, channels, moments, patches);
}

void pst_impression_file(PstImpression *impression)
{
    for (int i = 0; i < impression->count; i++) {
        const PstImpressionLayer *layer = &impression->layers[i];
        int channels = layer->channels;
        g_autofree float *moments = pst_impression_moments(layer);
        g_autofree float *correlations = correlations_of(layer);
        for (gsize k = 0; k < (gsize) channels * (channels - 1) / 2; k++)
            correlations[k] = pst_tensors_through_half(correlations[k]);
        set_cov(layer, moments, correlations);
        if (layer->patches)
            file_patches(layer->patches, channels, moments);
        if (layer->coarse)
            file_patches(layer->coarse, channels, layer->coarse_moments);
    }
}
