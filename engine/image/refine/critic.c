/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/refine/critic.h"

#include "image/refine/impression-file.h"
#include "image/refine/planes.h"
#include "nn/optimise/nearest.h"

#include <string.h>

#define FILE_NAME "critic.safetensors"
#define GRAPH     "features"

/* ---- Layers ---------------------------------------------------------------------------------- */

static PstLossLayer *layer_of(PstCritic *critic, int node)
{
    for (int i = 0; i < critic->layer_count; i++) {
        if (critic->layers[i].node == node)
            return &critic->layers[i];
    }
    if (critic->layer_count == PST_CRITIC_LAYERS_MOST)
        return NULL;
    PstLossLayer *layer = &critic->layers[critic->layer_count++];
    *layer = (PstLossLayer){.node = node};
    return layer;
}

static char *names_of(const PstGraph *graph)
{
    GString *names = g_string_new(NULL);
    for (int i = PST_NODE_FIRST_NAMED; i < graph->node_count && names->len < 400; i++)
        g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", graph->nodes[i].name);
    return g_string_free(names, FALSE);
}

/* One "NAME" or "NAME*WEIGHT". */
static gboolean add_layer(PstCritic *critic, const char *part, gboolean style, GError **error)
{
    const char *star = strrchr(part, '*');
    char *end = NULL;
    double weight = star ? g_ascii_strtod(star + 1, &end) : 1;
    g_autofree char *name = star ? g_strndup(part, star - part) : g_strdup(part);
    if (star && (end == star + 1 || *end || !(weight > 0 && weight <= 1000))) {
        g_set_error(error, PST_ERROR, PST_ERROR_USAGE,
                    "\"%s\": a layer's weight is a number above 0, at most 1000", part);
        return FALSE;
    }
    int node = pst_graph_find(critic->graph, g_strstrip(name));
    if (node < PST_NODE_FIRST_NAMED || critic->graph->nodes[node].kind != PST_KIND_MAP) {
        g_autofree char *names = names_of(critic->graph);
        g_set_error(error, PST_ERROR, PST_ERROR_USAGE, "the critic has no layer \"%s\"; it has %s",
                    name, names);
        return FALSE;
    }
    PstLossLayer *layer = layer_of(critic, node);
    if (!layer) {
        g_set_error(error, PST_ERROR, PST_ERROR_USAGE, "more than %d layers",
                    PST_CRITIC_LAYERS_MOST);
        return FALSE;
    }
    *(style ? &layer->style : &layer->content) += weight;
    return TRUE;
}

static gboolean add_layers(PstCritic *critic, const char *text, gboolean style, GError **error)
{
    char **parts = g_strsplit(text, ",", -1);
    gboolean ok = TRUE;
    for (char **part = parts; ok && *part; part++)
        ok = add_layer(critic, *part, style, error);
    g_strfreev(parts);
    return ok;
}

/* What the settings say, else what the file does, else VGG's. */
static const char *layers_text(const PstSafetensors *file, const char *set, const char *key,
                               const char *default_layers)
{
    const char *said = pst_safetensors_metadata(file, key);
    return *set ? set : said ? said : default_layers;
}

/* ---- Loading --------------------------------------------------------------------------------- */

static gboolean load(PstCritic *critic, const PstSafetensors *file, const char *path,
                     const PstRefine *settings, const char *default_layers, GError **error)
{
    PstMessage message;
    if (!pst_weights_check(file, path, error))
        return FALSE;
    PstStatus status = pst_graph_new(&critic->graph, file, GRAPH, &message);
    if (status) {
        pst_error_from_status(error, status, &message);
        g_prefix_error(error, "%s: ", path);
        return FALSE;
    }
    if (critic->graph->nodes[PST_NODE_PICTURE].channels != 3) {
        g_set_error(error, PST_ERROR, PST_ERROR_WEIGHTS,
                    "%s: it does not look at pictures of three channels", path);
        return FALSE;
    }
    critic->hash = g_strdup(pst_safetensors_metadata(file, "data_sha256"));
    const char *content =
        layers_text(file, settings->content_layers, "content_layers", "relu3_1*0.5,relu4_1");
    const char *style =
        layers_text(file, settings->style_layers, "style_layers",
                    default_layers ? default_layers : "relu1_1,relu2_1,relu3_1,relu4_1");
    return add_layers(critic, content, FALSE, error) && add_layers(critic, style, TRUE, error);
}

static char *path_of(const PstEngine *engine, const PstSettings *settings)
{
    return *settings->refine.critic ? g_strdup(settings->refine.critic)
                                    : g_build_filename(engine->folder, FILE_NAME, NULL);
}

gboolean pst_critic_exists(const PstEngine *engine, const PstSettings *settings)
{
    g_autofree char *path = path_of(engine, settings);
    return *settings->refine.critic || g_file_test(path, G_FILE_TEST_EXISTS);
}

PstCritic *pst_critic_new(const PstEngine *engine, const PstSettings *settings,
                          const char *default_layers, GError **error)
{
    g_autofree char *path = path_of(engine, settings);
    PstMessage message;
    PstSafetensors *file;
    PstStatus status = pst_safetensors_open(&file, path, &message);
    if (status) {
        pst_error_from_status(error, status, &message);
        return NULL;
    }
    PstCritic *critic = g_new0(PstCritic, 1);
    if (!load(critic, file, path, &settings->refine, default_layers, error)) {
        pst_critic_free(critic);
        critic = NULL;
    }
    pst_safetensors_free(&file);
    return critic;
}

void pst_critic_free(PstCritic *critic)
{
    if (critic) {
        pst_graph_free(&critic->graph);
        g_free(critic->hash);
        g_free(critic);
    }
}

/* ---- Looking --------------------------------------------------------------------------------- */

gboolean pst_critic_can_see(const PstCritic *critic, const PstStyle *style, gboolean patches)
{
    for (guint i = 0; i < style->sources->len; i++) {
        const PstStyleSource *source = style->sources->pdata[i];
        const PstImpression *known = source->impression;
        if (!source->buffer && (!known || strcmp(known->critic, critic->hash) != 0 ||
                                (patches && !pst_impression_has_patches(known))))
            return FALSE;
    }
    return style->sources->len > 0;
}

/* All zero, with a layer for each that counts for the style. */
static PstImpression *impression_new(const PstCritic *critic, const PstSeeing *seeing)
{
    const char *names[PST_CRITIC_LAYERS_MOST];
    int channels[PST_CRITIC_LAYERS_MOST], count = 0;
    for (int i = 0; i < critic->layer_count; i++) {
        const PstNode *node = &critic->graph->nodes[critic->layers[i].node];
        if (critic->layers[i].style > 0) {
            names[count] = node->name;
            channels[count++] = node->channels;
        }
    }
    PstImpression *impression = pst_impression_new(critic->hash, count, names, channels);
    if (seeing->patches)
        pst_impression_add_patches(impression);
    if (seeing->coarse)
        pst_impression_add_coarse(impression);
    return impression;
}

int pst_critic_bind_impression(const PstCritic *critic, const PstImpression *impression,
                               PstSeen seen[PST_CRITIC_LAYERS_MOST])
{
    for (int i = 0; i < impression->count; i++) {
        const PstImpressionLayer *layer = &impression->layers[i];
        seen[i] = (PstSeen){pst_graph_find(critic->graph, layer->name), layer->mean, layer->cov,
                            layer->quantiles, layer->patches};
    }
    return impression->count;
}

static PstSeeOptions options_of(const PstSeeing *seeing, int width, int height)
{
    return (PstSeeOptions){width, height, seeing->threads, seeing->memory};
}

static int seen_of(const PstCritic *critic, const PstImpression *impression,
                   const PstSeeing *seeing, PstSeen seen[PST_CRITIC_LAYERS_MOST])
{
    int count = pst_critic_bind_impression(critic, impression, seen);
    for (int i = 0; i < count && !seeing->quantiles; i++)
        seen[i].quantiles = NULL;
    return count;
}

/* Of weighted planes. */
static gboolean see_planes(const PstCritic *critic, PstPlanes *planes, const PstSeeing *seeing,
                           PstImpression *to, GError **error)
{
    PstSeen seen[PST_CRITIC_LAYERS_MOST];
    PstMessage message;
    PstSeeOptions options = options_of(seeing, planes->width, planes->height);
    int count = seen_of(critic, to, seeing, seen);
    pst_weights_scale(pst_planes_weights(planes), (gsize) planes->width * planes->height);
    PstStatus status = pst_see(critic->graph, &options, planes->planes, pst_planes_weights(planes),
                               seen, count, seeing->pulse, seeing->user, &message);
    return !status || pst_error_from_status(error, status, &message);
}

static gboolean see_picture(const PstCritic *critic, GeglBuffer *picture, const PstSeeing *seeing,
                            PstImpression *to, GError **error)
{
    PstReader reader;
    PstPlanes whole = {0}, small = {0};
    if (!pst_reader_open(&reader, picture, error))
        return FALSE;
    const PstGraph *graph = critic->graph;
    int width = reader.extent.width, height = reader.extent.height;
    gboolean ok = pst_planes_init_weighted(&whole, pst_reader_extended(graph, width),
                                           pst_reader_extended(graph, height), error);
    if (ok)
        pst_planes_read(&whole, &reader, NULL);
    pst_reader_close(&reader);
    if (ok && seeing->scale > 0) {
        ok = pst_planes_init_weighted(
                 &small, pst_reader_extended(graph, MAX(1, width >> seeing->scale)),
                 pst_reader_extended(graph, MAX(1, height >> seeing->scale)), error) &&
             pst_planes_resample(&whole, &small, seeing->threads, error);
    }
    ok = ok && see_planes(critic, seeing->scale > 0 ? &small : &whole, seeing, to, error);
    pst_planes_clear(&whole);
    pst_planes_clear(&small);
    return ok;
}

/* Once more, smaller, for the coarse patches alone. */
static gboolean see_coarse(const PstCritic *critic, GeglBuffer *picture, const PstSeeing *seeing,
                           PstImpression *to, GError **error)
{
    PstSeeing smaller = *seeing;
    smaller.scale = PST_COARSE;
    smaller.quantiles = smaller.coarse = FALSE;
    smaller.patches = TRUE;
    PstImpression *coarse = impression_new(critic, &smaller);
    gboolean ok = see_picture(critic, picture, &smaller, coarse, error);
    for (int i = 0; ok && i < to->count; i++) {
        g_free(to->layers[i].coarse);
        g_free(to->layers[i].coarse_moments);
        to->layers[i].coarse = g_steal_pointer(&coarse->layers[i].patches);
        to->layers[i].coarse_moments = pst_impression_moments(&coarse->layers[i]);
    }
    pst_impression_unref(coarse);
    return ok;
}

static gboolean mix_impression(const PstCritic *critic, const PstImpression *from,
                               const PstSeeing *seeing, double share, PstImpression *to,
                               GError **error)
{
    if (from && pst_impression_mix(to, from, seeing->scale, share))
        return TRUE;
    g_set_error(
        error, PST_ERROR, PST_ERROR_USAGE,
        from ? "Refine needs the style's picture: its style file was made for another "
               "critic, or for other layers, than this one (%.12s), or by an older version.  "
               "Give the picture itself, or save the style anew"
             : "Refine needs the style's picture: its style file has nothing of it for "
               "this critic (%.12s).  Give the picture itself, or save the style anew",
        critic->hash);
    return FALSE;
}

PstImpression *pst_critic_see(const PstCritic *critic, const PstStyle *style,
                              const PstSeeing *seeing, GError **error)
{
    PstImpression *all = impression_new(critic, seeing);
    PstImpression *one = impression_new(critic, seeing);
    double total = 0;
    gboolean ok = TRUE;
    for (guint i = 0; ok && i < style->sources->len; i++) {
        const PstStyleSource *source = style->sources->pdata[i];
        double share = source->weight / (total += source->weight);
        if (source->buffer) {
            gboolean alone = seeing->coarse && !seeing->patches;
            ok = (alone || see_picture(critic, source->buffer, seeing, one, error)) &&
                 (!seeing->coarse || see_coarse(critic, source->buffer, seeing, one, error)) &&
                 pst_impression_mix(all, one, 0, share);
        } else {
            ok = mix_impression(critic, source->impression, seeing, share, all, error);
        }
    }
    pst_impression_unref(one);
    if (!ok)
        g_clear_pointer(&all, pst_impression_unref);
    return all;
}

/* The coarse patches in place of the patches. */
static PstImpression *coarse_alone(const PstCritic *critic, PstImpression *seen)
{
    PstSeeing patches = {.patches = TRUE};
    PstImpression *to = impression_new(critic, &patches);
    pst_impression_mix(to, seen, PST_COARSE, 1);
    pst_impression_unref(seen);
    return to;
}

PstImpression *pst_critic_see_filed(const PstCritic *critic, const PstStyle *style,
                                    const PstSeeing *seeing, GError **error)
{
    PstSeeing filed = *seeing;
    filed.scale = 0;
    filed.quantiles = FALSE;
    filed.coarse = seeing->scale >= PST_COARSE;
    filed.patches = !filed.coarse;
    PstImpression *seen = pst_critic_see(critic, style, &filed, error);
    if (seen)
        pst_impression_file(seen);
    return seen && filed.coarse ? coarse_alone(critic, seen) : seen;
}

gboolean pst_critic_see_plan(const PstCritic *critic, int side, const PstSeeing *seeing,
                             gsize *bytes, GError **error)
{
    PstSeen seen[PST_CRITIC_LAYERS_MOST];
    PstMessage message;
    PstImpression *none = impression_new(critic, &(PstSeeing){.scale = 0});
    int extended = pst_reader_extended(critic->graph, side);
    PstSeeOptions options = options_of(seeing, extended, extended);
    PstStatus status = pst_see_plan(critic->graph, &options, seen,
                                    seen_of(critic, none, seeing, seen), bytes, &message);
    for (int i = 0; i < none->count && seeing->patches && !status; i++)
        *bytes += 2 * sizeof(float) * PST_PATCHES * none->layers[i].channels;
    pst_impression_unref(none);
    return !status || pst_error_from_status(error, status, &message);
}
