/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/refine/impression.h"

#include "nn/kernel/half.h"
#include "nn/optimise/nearest.h"
#include "nn/optimise/statistics.h"

#include <math.h>
#include <string.h>

#define PREFIX        "critic."
#define MOMENTS       ".moments"
#define PATCHES       ".patches"
#define COARSE        ".coarse"
#define COARSE_BY     ".coarse_moments"
#define KEY           "critic_sha256"
#define LAYERS_MOST   32
#define CHANNELS_MOST 1024 /* a style file holds no more, anyway */
#define FILED         64   /* quantiles in a file, of PST_QUANTILES */
#define BIN           (PST_QUANTILES / FILED)
#define FILED_PATCHES 256 /* likewise, of PST_PATCHES */
#define MIDDLE        128 /* what a patch's byte is at the mean, and steps a deviation */
#define STEPS         16
#define VALUE_MOST    1e6f /* no critic's features come near it */

/* ---- Life ------------------------------------------------------------------------------------ */

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

static double deviation_of(const PstImpressionLayer *layer, int channel)
{
    return sqrt(MAX(0, layer->cov[(gsize) channel * (layer->channels + 1)]));
}

float *pst_impression_moments(const PstImpressionLayer *layer)
{
    int c = layer->channels;
    float *moments = g_new(float, 2 * (gsize) c);
    memcpy(moments, layer->mean, sizeof *moments * c);
    for (int i = 0; i < c; i++)
        moments[c + i] = (float) deviation_of(layer, i);
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
    const PstImpressionLayer *others[LAYERS_MOST];
    if (strcmp(to->critic, from->critic) != 0 || to->count > LAYERS_MOST)
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
            double product = deviation_of(layer, i) * deviation_of(layer, k);
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
static int find_layers(const PstSafetensors *file, char *names[LAYERS_MOST],
                       int channels[LAYERS_MOST])
{
    int count = 0;
    for (gsize i = 0; i < pst_safetensors_count(file); i++) {
        const PstTensorInfo *tensor = pst_safetensors_at(file, i);
        gsize length = strlen(tensor->name);
        if (length <= strlen(PREFIX MOMENTS) || !g_str_has_prefix(tensor->name, PREFIX) ||
            !g_str_has_suffix(tensor->name, MOMENTS))
            continue;
        if (count == LAYERS_MOST || tensor->rank != 2 || tensor->shape[0] != 2 ||
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
    char *names[LAYERS_MOST];
    int channels[LAYERS_MOST];
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

static float through_half(float value)
{
    guint32 bits = pst_half_widen(pst_half_of(value));
    memcpy(&value, &bits, sizeof value);
    return value;
}

void pst_impression_file(PstImpression *impression)
{
    for (int i = 0; i < impression->count; i++) {
        const PstImpressionLayer *layer = &impression->layers[i];
        int channels = layer->channels;
        g_autofree float *moments = pst_impression_moments(layer);
        g_autofree float *correlations = correlations_of(layer);
        for (gsize k = 0; k < (gsize) channels * (channels - 1) / 2; k++)
            correlations[k] = through_half(correlations[k]);
        set_cov(layer, moments, correlations);
        if (layer->patches)
            file_patches(layer->patches, channels, moments);
        if (layer->coarse)
            file_patches(layer->coarse, channels, layer->coarse_moments);
    }
}
