/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a critic has seen of a style, into a file and back, and files that are not as they should be.
 */
#include "check.h"
#include "image/refine/impression-file.h"
#include "nn/optimise/nearest.h"
#include "nn/optimise/sliced.h"
#include "nn/optimise/statistics.h"

#define C 5

/* Closed; what is in the file is then the caller's. */
static PstSafetensors *parsed(PstTensors *tensors, json_t *metadata)
{
    GBytes *bytes = pst_tensors_finish(tensors, metadata);
    PstSafetensors *file;
    PstMessage message = {""};
    gsize size;
    const void *data = g_bytes_get_data(bytes, &size);
    CHECK(pst_safetensors_parse(&file, data, size, &message) == PST_OK, "%s", message.text);
    g_bytes_unref(bytes);
    return file;
}

/* ---- Halves ---------------------------------------------------------------------------------- */

static void halves(void)
{
    float values[3000] = {0,        -0.0f,        65504,          1e9f,     -1e9f,
                          1,        1 + 0x1p-11f, 1 + 0x1.8p-10f, 0x1p-24f, 0x1.8p-25f,
                          0x1p-25f, 0x1.ffep-15f, 0x1.fffffep-15f};
    const float exact[] = {0,        -0.0f,    65504, 65504,
                           -65504,   1,        1,     1 + 0x1p-9f,
                           0x1p-24f, 0x1p-24f, 0,     0x1.ffcp-15f + 0x1p-25f,
                           0x1p-14f};
    int count = G_N_ELEMENTS(values), known = G_N_ELEMENTS(exact);
    for (int i = known; i < count; i++)
        values[i] = ldexpf(check_uniform(), check_between(-30, 15));
    PstTensors tensors;
    pst_tensors_init(&tensors);
    pst_tensors_add_halves(&tensors, "h", &count, 1, values);
    PstSafetensors *file = parsed(&tensors, json_object());
    float read[3000];
    CHECK(pst_tensor_read(pst_safetensors_find(file, "h"), read, NULL) == PST_OK);
    for (int i = 0; i < known; i++)
        if (i != 11) /* a tie among the subnormal numbers: either neighbour is as near */
            CHECK(read[i] == exact[i], "%d: %.9g", i, read[i]);
    for (int i = known; i < count; i++)
        CHECK_NEAR(read[i], values[i], fmaxf(fabsf(values[i]) * 0x1p-11f, 0x1p-25f));
    pst_safetensors_free(&file);
}

/* ---- There and back -------------------------------------------------------------------------- */

/* Of two layers, of C channels and of one: consistent numbers, as of a picture. */
static PstImpression *make(const char *critic)
{
    const char *names[] = {"relu1_1", "a.b"};
    const int channels[] = {C, 1};
    PstImpression *impression = pst_impression_new(critic, 2, names, channels);
    pst_impression_add_patches(impression);
    pst_impression_add_coarse(impression);
    for (int l = 0; l < 2; l++) {
        PstImpressionLayer *layer = &impression->layers[l];
        int c = layer->channels;
        float map[C][64 * 48];
        check_fill(map[0], C * 64 * 48);
        for (int k = 1; k < c; k++)
            for (int i = 0; i < 64 * 48; i++)
                map[k][i] = (float) k * (0.5f * map[k - 1][i] + map[k][i]) + 3.0f * (float) k;
        PstMap whole = {map[0], c, 48, 64, 48, 64};
        float *room = g_new(float, pst_statistics_room(c, 64, 1) + pst_sliced_room(48, 64, 1));
        float directions[PST_DIRECTIONS * C], counts[48 * 64];
        PstWeights weights = pst_weights_of((PstPictureWeights){NULL}, 64, 48, counts);
        pst_directions(c, directions);
        pst_statistics(&(PstWeighed){&whole, &weights, 1, room}, layer->mean, layer->cov);
        pst_quantiles(&(PstWeighed){&whole, &weights, 1, room}, directions, layer->quantiles);
        pst_patches_of(&whole, &weights, layer->patches);
        for (int i = 0; i < PST_PATCHES * c; i++)
            layer->coarse[i] =
                3 + 2 * layer->patches[PST_PATCHES * c - 1 - i / c * c - (c - 1 - i % c)];
        float *moments = pst_impression_moments(layer);
        for (int i = 0; i < 2 * c; i++)
            layer->coarse_moments[i] = (i < c ? 3 : 0) + 2 * moments[i];
        g_free(moments);
        g_free(room);
    }
    return impression;
}

static PstSafetensors *written(const PstImpression *impression)
{
    PstTensors tensors;
    json_t *metadata = json_object();
    pst_tensors_init(&tensors);
    pst_impression_write(impression, &tensors, metadata);
    return parsed(&tensors, metadata);
}

static PstImpression *through_a_file(const PstImpression *impression)
{
    PstImpression *read;
    PstSafetensors *file = written(impression);
    const char *what;
    CHECK(pst_impression_read(&read, file, &what) && read);
    pst_safetensors_free(&file);
    return read;
}

/* A quarter of them comes back, each four times, within a step of a byte. */
static void same_patches(int c, const float *from, const float *to, const float *deviations)
{
    int far = 0;
    if (!CHECK(to))
        return;
    for (int i = 0; i < PST_PATCHES * c; i++) {
        double step = deviations[i % c] / 16;
        far += !(fabs(from[i / c / 4 * 4 * c + i % c] - to[i]) < 0.502 * step);
    }
    CHECK(far == 0, "%d", far);
}

static void there_and_back(void)
{
    PstImpression *one = make("beef"), *two = through_a_file(one);
    CHECK_STRING(two->critic, "beef");
    CHECK(two->count == 2);
    for (int l = 0; l < 2; l++) {
        const PstImpressionLayer *a = &one->layers[l], *b = pst_impression_find(two, a->name);
        if (!CHECK(b && b->channels == a->channels))
            continue;
        double apart = 0;
        for (int i = 0; i < a->channels; i++) {
            CHECK_NEAR(b->mean[i], a->mean[i], 1e-6);
            for (int k = 0; k < a->channels; k++)
                CHECK_NEAR(b->cov[i * a->channels + k], a->cov[i * a->channels + k],
                           1e-3 *
                               sqrt(a->cov[i * (a->channels + 1)] * a->cov[k * (a->channels + 1)]));
        }
        for (int i = 0; i < PST_DIRECTIONS * PST_QUANTILES; i++)
            apart += fabs((double) a->quantiles[i] - b->quantiles[i]);
        CHECK(apart / (PST_DIRECTIONS * PST_QUANTILES) < 0.02, "%g", apart);
        float *moments = pst_impression_moments(a);
        int c = a->channels;
        same_patches(c, a->patches, b->patches, moments + c);
        same_patches(c, a->coarse, b->coarse, a->coarse_moments + c);
        CHECK(memcmp(b->coarse_moments, a->coarse_moments, sizeof *moments * 2 * c) == 0);
        g_free(moments);
    }
    pst_impression_unref(two);
    pst_impression_unref(one);
}

static gboolean same_floats(const float *a, const float *b, int count)
{
    return memcmp(a, b, sizeof *a * count) == 0;
}

/* What pst_impression_file() says of a file; variances, too. */
static void as_from_a_file(void)
{
    PstImpression *one = make("beef"), *two = through_a_file(one);
    CHECK(memcmp(one->layers[0].coarse, two->layers[0].coarse, sizeof(float) * PST_PATCHES * C));
    for (int again = 0; again < 2; again++) {
        pst_impression_file(one);
        for (int c = 0; c < C; c++)
            CHECK(one->layers[0].cov[c * (C + 1)] == two->layers[0].cov[c * (C + 1)]);
        for (int l = 0; l < 2; l++)
            CHECK(same_floats(one->layers[l].coarse, two->layers[l].coarse,
                              PST_PATCHES * one->layers[l].channels) &&
                  same_floats(one->layers[l].patches, two->layers[l].patches,
                              PST_PATCHES * one->layers[l].channels));
    }
    pst_impression_unref(two);
    pst_impression_unref(one);
}

static void mixing(void)
{
    PstImpression *one = make("beef"), *two = make("beef"), *other = make("dead");
    PstImpression *less = pst_impression_new("beef", 1, (const char *[]){"a.b"}, (int[]){1});
    float first = one->layers[0].mean[2], second = two->layers[0].mean[2];
    CHECK(first != second);
    CHECK(pst_impression_mix(one, two, 0, 0.25));
    CHECK_NEAR(one->layers[0].mean[2], 0.75 * first + 0.25 * second, 1e-6);
    int taken = 0;
    for (int i = 0; i < PST_PATCHES; i++)
        taken += one->layers[1].patches[i] == two->layers[1].patches[i];
    CHECK(taken == PST_PATCHES / 4, "%d", taken);
    CHECK(!pst_impression_mix(one, other, 0, 0.5)); /* of another critic */
    CHECK(!pst_impression_mix(one, less, 0, 0.5));  /* without one of the layers */
    CHECK(pst_impression_mix(less, two, 0, 1));
    CHECK(!pst_impression_has_patches(less) && pst_impression_has_patches(two));
    CHECK(!pst_impression_mix(two, less, 0, 0)); /* without patches */
    CHECK(less->layers[0].mean[0] == two->layers[1].mean[0]);
    PstImpression *all[] = {one, two, other, less};
    for (guint i = 0; i < G_N_ELEMENTS(all); i++)
        pst_impression_unref(all[i]);
}

/* Coarse patches go to coarse ones, and at a coarse scale to all; where there are none, the others do. */
static void mixing_coarse(void)
{
    PstImpression *from = make("beef"), *to = make("beef");
    const PstImpressionLayer *a = &from->layers[0], *b = &to->layers[0];
    gsize size = sizeof(float) * PST_PATCHES * C;
    CHECK(pst_impression_mix(to, from, PST_COARSE - 1, 1));
    CHECK(memcmp(b->patches, a->patches, size) == 0 && memcmp(b->coarse, a->coarse, size) == 0);
    CHECK(memcmp(b->patches, b->coarse, size) != 0);
    CHECK(pst_impression_mix(to, from, PST_COARSE, 1));
    CHECK(memcmp(b->patches, a->coarse, size) == 0);
    for (int l = 0; l < 2; l++)
        g_clear_pointer(&from->layers[l].coarse, g_free);
    CHECK(pst_impression_mix(to, from, PST_COARSE, 1));
    CHECK(memcmp(b->patches, a->patches, size) == 0 && memcmp(b->coarse, a->patches, size) == 0);
    pst_impression_unref(from);
    pst_impression_unref(to);
}

/* Of four styles with equal weights, mixed one by one, each has its part of the patches. */
static void mixing_patches(void)
{
    PstImpression *all = make("beef"), *each[4];
    int counts[4] = {0};
    for (int k = 0; k < 4; k++) {
        each[k] = make("beef");
        for (int i = 0; i < PST_PATCHES; i++)
            each[k]->layers[1].patches[i] = (float) k;
        CHECK(pst_impression_mix(all, each[k], 0, 1.0 / (k + 1)));
    }
    for (int i = 0; i < PST_PATCHES; i++)
        counts[(int) all->layers[1].patches[i]]++;
    for (int k = 0; k < 4; k++) {
        CHECK_NEAR(counts[k], PST_PATCHES / 4, PST_PATCHES / 20);
        pst_impression_unref(each[k]);
    }
    pst_impression_unref(all);
}

/* ---- Hostile files --------------------------------------------------------------------------- */

typedef struct {
    const char *critic;
    float moment, correlation, quantile; /* one value of each */
    int rows, channels, pairs, quantiles, patches;
    float coarse; /* a deviation of coarse patches, 0: none are said */
} File;

/* −1: refused, 0: nothing of an impression, 1: read. */
static int outcome(const File *f)
{
    static float values[1 << 17];
    PstTensors tensors;
    json_t *metadata = json_object();
    if (f->critic)
        json_object_set_new(metadata, "critic_sha256", json_string(f->critic));
    pst_tensors_init(&tensors);
    memset(values, 0, sizeof values);
    values[f->channels] = f->moment;
    pst_tensors_add_floats(&tensors, "critic.l.moments", (int[]){f->rows, f->channels}, 2, values);
    values[f->channels] = 0;
    values[0] = f->correlation;
    if (f->pairs)
        pst_tensors_add_halves(&tensors, "critic.l.correlations", &f->pairs, 1, values);
    values[0] = f->quantile;
    if (f->quantiles)
        pst_tensors_add_halves(&tensors, "critic.l.quantiles", (int[]){16, f->quantiles}, 2,
                               values);
    if (f->patches)
        pst_tensors_add_bytes(&tensors, "critic.l.patches", (int[]){f->patches, f->channels}, 2,
                              (const guint8 *) values);
    for (int i = 0; i < 2 * f->channels; i++)
        values[i] = f->coarse;
    if (f->coarse != 0)
        pst_tensors_add_floats(&tensors, "critic.l.coarse_moments",
                               (int[]){2, f->coarse == 7 ? 1 : f->channels}, 2, values);
    PstSafetensors *file = parsed(&tensors, metadata);
    PstImpression *impression;
    const char *what = NULL;
    gboolean ok = pst_impression_read(&impression, file, &what);
    CHECK(ok || (!impression && strstr(what, "Refine")));
    int found = !ok ? -1 : impression != NULL;
    pst_impression_unref(impression);
    pst_safetensors_free(&file);
    return found;
}

static void hostile(void)
{
    static const struct {
        File file;
        int outcome;
    } cases[] = {
        {{"c", 1, 0.5f, 2, 2, 3, 3, 64, 0, 0}, 1},
        {{"c", 0, 0, 0, 2, 1, 0, 64, 0, 0}, 1},
        {{NULL, 1, 0.5f, 2, 2, 3, 3, 64, 0, 0}, 0},  /* nobody knows whose eyes */
        {{"c", -1, 0.5f, 2, 2, 3, 3, 64, 0, 0}, -1}, /* a deviation below 0 */
        {{"c", 2e6f, 0.5f, 2, 2, 3, 3, 64, 0, 0}, -1},
        {{"c", 1, 1.5f, 2, 2, 3, 3, 64, 0, 0}, -1},
        {{"c", 1, 0.5f, 2000, 2, 3, 3, 64, 0, 0}, -1},
        {{"c", 1, 0.5f, 2, 3, 3, 3, 64, 0, 0}, -1},
        {{"c", 1, 0.5f, 2, 1, 3, 3, 64, 0, 0}, -1},
        {{"c", 1, 0.5f, 2, 2, 3, 2, 64, 0, 0}, -1},
        {{"c", 1, 0.5f, 2, 2, 3, 0, 64, 0, 0}, -1},
        {{"c", 1, 0.5f, 2, 2, 3, 3, 63, 0, 0}, -1},
        {{"c", 1, 0.5f, 2, 2, 3, 3, 0, 0, 0}, -1},
        {{"c", 1, 0, 0, 2, 1025, 3, 64, 0, 0}, -1},
        {{"c", 1, 0.5f, 2, 2, 3, 3, 64, 256, 0}, 1},
        {{"c", 1, 0.5f, 2, 2, 3, 3, 64, 255, 0}, -1},
        {{"c", 1, 0.5f, 2, 2, 3, 3, 64, 256, 2}, 1},
        {{"c", 1, 0.5f, 2, 2, 3, 3, 64, 256, -1}, -1},
        {{"c", 1, 0.5f, 2, 2, 3, 3, 64, 256, 2e6f}, -1},
        {{"c", 1, 0.5f, 2, 2, 3, 3, 64, 256, NAN}, -1},
        {{"c", 1, 0.5f, 2, 2, 3, 3, 64, 256, 7}, -1}, /* of too few channels */
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        int found = outcome(&cases[i].file);
        CHECK(found == cases[i].outcome, "case %u: %d", i, found);
    }
}

int main(void)
{
    check_begin("impression");
    CHECK_RUN(halves);
    CHECK_RUN(there_and_back);
    CHECK_RUN(as_from_a_file);
    CHECK_RUN(mixing);
    CHECK_RUN(mixing_patches);
    CHECK_RUN(mixing_coarse);
    CHECK_RUN(hostile);
    return check_end();
}
