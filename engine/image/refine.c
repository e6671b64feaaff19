/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/refine.h"

#include "nn/loss.h"
#include "nn/optimise.h"

#include <string.h>

#define FILE_NAME   "critic.safetensors"
#define GRAPH       "features"
#define LAYERS_MOST 32

/* Coarser scales are added as long as the short side stays at least so long, up to so many scales. */
#define SIDE_LEAST  160
#define SCALES_MOST 3

#define RATE_ADAM  0.02
#define RATE_LBFGS 0.05

struct PstRefiner {
    PstGraph *graph;
    const PstSettings *settings;
    PstLossLayer layers[LAYERS_MOST];
    int layer_count;
};

/* A picture in planes without gaps, [3][height][width]. */
typedef struct {
    int width, height;
    float *planes;
} Planes;

/* ---- Layers ---------------------------------------------------------------------------------- */

static PstLossLayer *layer_of(PstRefiner *refiner, int node)
{
    for (int i = 0; i < refiner->layer_count; i++) {
        if (refiner->layers[i].node == node)
            return &refiner->layers[i];
    }
    if (refiner->layer_count == LAYERS_MOST)
        return NULL;
    PstLossLayer *layer = &refiner->layers[refiner->layer_count++];
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
static gboolean add_layer(PstRefiner *refiner, const char *part, gboolean style, GError **error)
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
    int node = pst_graph_find(refiner->graph, g_strstrip(name));
    if (node < PST_NODE_FIRST_NAMED || refiner->graph->nodes[node].kind != PST_KIND_MAP) {
        g_autofree char *names = names_of(refiner->graph);
        g_set_error(error, PST_ERROR, PST_ERROR_USAGE, "the critic has no layer \"%s\"; it has %s",
                    name, names);
        return FALSE;
    }
    PstLossLayer *layer = layer_of(refiner, node);
    if (!layer) {
        g_set_error(error, PST_ERROR, PST_ERROR_USAGE, "more than %d layers", LAYERS_MOST);
        return FALSE;
    }
    *(style ? &layer->style : &layer->content) += weight;
    return TRUE;
}

static gboolean add_layers(PstRefiner *refiner, const char *text, gboolean style, GError **error)
{
    char **parts = g_strsplit(text, ",", -1);
    gboolean ok = TRUE;
    for (char **part = parts; ok && *part; part++)
        ok = add_layer(refiner, *part, style, error);
    g_strfreev(parts);
    return ok;
}

/* What the settings say, else what the file does, else VGG's. */
static const char *layers_text(const PstSafetensors *file, const char *set, const char *key,
                               const char *usual)
{
    const char *said = pst_safetensors_metadata(file, key);
    return *set ? set : said ? said : usual;
}

/* ---- Loading --------------------------------------------------------------------------------- */

static gboolean load(PstRefiner *refiner, const PstSafetensors *file, const char *path,
                     GError **error)
{
    const PstRefine *settings = &refiner->settings->refine;
    PstMessage message;
    if (!pst_weights_check(file, path, error))
        return FALSE;
    PstStatus status = pst_graph_new(&refiner->graph, file, GRAPH, &message);
    if (status) {
        pst_error_from_status(error, status, &message);
        g_prefix_error(error, "%s: ", path);
        return FALSE;
    }
    if (refiner->graph->nodes[PST_NODE_PICTURE].channels != 3) {
        g_set_error(error, PST_ERROR, PST_ERROR_WEIGHTS,
                    "%s: it does not look at pictures of "
                    "three channels",
                    path);
        return FALSE;
    }
    return add_layers(
               refiner,
               layers_text(file, settings->content_layers, "content_layers", "relu3_1*0.5,relu4_1"),
               FALSE, error) &&
           add_layers(refiner,
                      layers_text(file, settings->style_layers, "style_layers",
                                  "relu1_1,relu2_1,relu3_1,relu4_1"),
                      TRUE, error);
}

PstRefiner *pst_refiner_new(const PstEngine *engine, const PstSettings *settings, GError **error)
{
    g_autofree char *path = *settings->refine.critic
                                ? g_strdup(settings->refine.critic)
                                : g_build_filename(engine->folder, FILE_NAME, NULL);
    PstMessage message;
    PstSafetensors *file;
    PstStatus status = pst_safetensors_open(&file, path, &message);
    if (status) {
        pst_error_from_status(error, status, &message);
        return NULL;
    }
    PstRefiner *refiner = g_new0(PstRefiner, 1);
    refiner->settings = settings;
    if (!load(refiner, file, path, error)) {
        pst_refiner_free(refiner);
        refiner = NULL;
    }
    pst_safetensors_free(&file);
    return refiner;
}

void pst_refiner_free(PstRefiner *refiner)
{
    if (refiner) {
        pst_graph_free(&refiner->graph);
        g_free(refiner);
    }
}

/* ---- Memory ---------------------------------------------------------------------------------- */

static PstOptimise optimise_of(const PstRefiner *refiner, int width, int height)
{
    const PstRefine *r = &refiner->settings->refine;
    PstOptimise o = {.count = (gsize) 3 * width * height, .evaluations = r->iterations};
    o.optimiser = r->optimiser == PST_REFINE_LBFGS ? PST_LBFGS : PST_ADAM;
    o.rate = r->learning_rate > 0               ? r->learning_rate
             : r->optimiser == PST_REFINE_LBFGS ? RATE_LBFGS
                                                : RATE_ADAM;
    return o;
}

/* What a run holds beside loss and optimiser: content, start and result at all scales. */
static gsize planes_bytes(int width, int height)
{
    return sizeof(float) * 3 * 4 * (gsize) width * height;
}

static PstLoss *loss_new(const PstRefiner *refiner, int width, int height, gsize taken,
                         GError **error)
{
    const PstRefine *r = &refiner->settings->refine;
    PstOptimise optimise = optimise_of(refiner, width, height);
    gsize beside = taken + planes_bytes(width, height) + pst_optimise_bytes(&optimise);
    gsize limit = pst_settings_memory(refiner->settings);
    PstLossOptions options = {
        .width = width,
        .height = height,
        .threads = pst_settings_threads(refiner->settings),
        .memory = limit > beside ? limit - beside : 1,
        .layers = refiner->layers,
        .layer_count = refiner->layer_count,
        .content = r->content_weight,
        /* half a style is half as strong a wish */
        .style = r->style_weight * refiner->settings->strength / 100,
        .tv = r->tv,
        .tv2 = r->tv2,
        .gram = r->statistic == PST_REFINE_BOTH || r->statistic == PST_REFINE_GRAM,
        .moments = r->statistic == PST_REFINE_BOTH || r->statistic == PST_REFINE_MOMENTS,
        .sliced = r->statistic == PST_REFINE_SLICED,
    };
    PstMessage message;
    PstLoss *loss;
    PstStatus status = pst_loss_new(&loss, refiner->graph, &options, &message);
    if (status == PST_E_MEMORY) {
        g_set_error(error, PST_ERROR, PST_ERROR_MEMORY,
                    "Refine does not fit: %s, of which other things take %" G_GSIZE_FORMAT
                    " MB.  A larger brush or more memory would help",
                    message.text, beside / 1000000 + 1);
    } else if (status) {
        pst_error_from_status(error, status, &message);
    }
    return loss;
}

gboolean pst_refiner_plan(PstRefiner *refiner, int width, int height, gsize taken, gsize *bytes,
                          double *gflop, GError **error)
{
    int w = pst_reader_extended(refiner->graph, width);
    int h = pst_reader_extended(refiner->graph, height);
    PstOptimise optimise = optimise_of(refiner, w, h);
    PstLoss *loss = loss_new(refiner, w, h, taken, error);
    if (!loss)
        return FALSE;
    *bytes = pst_loss_bytes(loss) + planes_bytes(w, h) + pst_optimise_bytes(&optimise);
    *gflop = 0;
    for (int i = PST_NODE_FIRST_NAMED; i < refiner->graph->node_count; i++) {
        double r = refiner->graph->nodes[i].reduction;
        *gflop += 2 * refiner->graph->nodes[i].flop * w / r * h / r / 1e9;
    }
    *gflop *= refiner->settings->refine.iterations;
    pst_loss_free(&loss);
    return TRUE;
}

/* ---- Planes ---------------------------------------------------------------------------------- */

static gboolean planes_init(Planes *planes, int width, int height, GError **error)
{
    *planes = (Planes){width, height, g_try_new0(float, (gsize) 3 * width * height)};
    if (!planes->planes)
        g_set_error_literal(error, PST_ERROR, PST_ERROR_MEMORY, "no memory to refine the draft");
    return planes->planes != NULL;
}

static float *row_of(const Planes *planes, int c, int y)
{
    return planes->planes + ((gsize) c * planes->height + y) * planes->width;
}

/* What the network sees of a picture, extended to what it takes. */
static void read_planes(PstReader *reader, Planes *planes)
{
    PstMap map = {planes->planes,        3, planes->height, planes->width, planes->height,
                  (size_t) planes->width};
    pst_reader_fill(reader, (PstBox){0, 0, planes->width, planes->height}, &map, NULL);
}

/* Area mean where the target is smaller, linear where it is larger; pixel centres are kept. */
static void resample_line(const float *from, int count, gsize from_step, float *to, int to_count,
                          gsize to_step)
{
    double ratio = (double) count / to_count;
    for (int i = 0; i < to_count; i++) {
        double sum = 0, weights = 0, radius = MAX(1.0, ratio), centre = (i + 0.5) * ratio - 0.5;
        for (int k = (int) (centre - radius); k <= (int) (centre + radius) + 1; k++) {
            double w = MAX(0.0, radius - ABS(k - centre));
            sum += w * from[CLAMP(k, 0, count - 1) * from_step];
            weights += w;
        }
        to[i * to_step] = (float) (sum / weights);
    }
}

static gboolean resample(const Planes *from, Planes *to, GError **error)
{
    Planes half;
    if (!planes_init(&half, to->width, from->height, error))
        return FALSE;
    for (int c = 0; c < 3; c++) {
        for (int y = 0; y < from->height; y++)
            resample_line(row_of(from, c, y), from->width, 1, row_of(&half, c, y), to->width, 1);
        for (int x = 0; x < to->width; x++) {
            resample_line(row_of(&half, c, 0) + x, from->height, to->width, row_of(to, c, 0) + x,
                          to->height, to->width);
        }
    }
    g_free(half.planes);
    return TRUE;
}

/* ---- Starts ---------------------------------------------------------------------------------- */

/* SplitMix64, from a fixed seed: the same noise for the same size. */
static void fill_noise(Planes *planes)
{
    guint64 state = 20261121;
    for (gsize i = 0; i < (gsize) 3 * planes->width * planes->height; i++) {
        guint64 z = state += 0x9e3779b97f4a7c15u;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
        z = (z ^ z >> 27) * 0x94d049bb133111ebu;
        planes->planes[i] = (float) ((z ^ z >> 31) >> 40) * 0x1p-24f;
    }
}

static void read_draft(const PstDraft *draft, Planes *planes)
{
    for (int c = 0; c < 3; c++) {
        for (int y = 0; y < planes->height; y++) {
            const float *from = pst_draft_row(draft, PST_DRAFT_COLOUR + c,
                                              pst_pad_index(PST_PAD_REFLECT, y, draft->height));
            float *to = row_of(planes, c, y);
            for (int x = 0; x < planes->width; x++)
                to[x] = from[pst_pad_index(PST_PAD_REFLECT, x, draft->width)];
        }
    }
}

static void write_draft(PstDraft *draft, const Planes *planes)
{
    for (int c = 0; c < 3; c++) {
        for (int y = 0; y < draft->height; y++) {
            memcpy(pst_draft_row(draft, PST_DRAFT_COLOUR + c, y), row_of(planes, c, y),
                   sizeof(float) * draft->width);
        }
    }
}

/* ---- One scale ------------------------------------------------------------------------------- */

/* A run. */
typedef struct {
    PstRefiner *refiner;
    const PstStyle *style;
    PstTicker *ticker;
    gsize taken;
    PstLoss *loss;
    int done, all; /* evaluations */
    GError **error;
} Run;

static PstStatus pulse(void *user, double done, PstMessage *message)
{
    (void) done;
    Run *run = user;
    return pst_ticker_tick(run->ticker, MIN(1.0, (double) run->done / run->all), message);
}

static PstStatus evaluate(void *user, const float *x, double *value, float *gradient,
                          PstMessage *message)
{
    Run *run = user;
    PstStatus status = pst_loss_evaluate(run->loss, x, value, gradient, pulse, run, message);
    run->done++;
    return status;
}

/* One of the style's pictures, at 1/2^scale of its size. */
static gboolean add_style(Run *run, const PstStylePicture *picture, int scale)
{
    PstReader reader;
    Planes whole = {0}, small = {0};
    if (!pst_reader_open(&reader, picture->buffer, run->error))
        return FALSE;
    const PstGraph *graph = run->refiner->graph;
    int w = MAX(1, reader.extent.width >> scale), h = MAX(1, reader.extent.height >> scale);
    gboolean ok = planes_init(&whole, pst_reader_extended(graph, reader.extent.width),
                              pst_reader_extended(graph, reader.extent.height), run->error) &&
                  planes_init(&small, pst_reader_extended(graph, w), pst_reader_extended(graph, h),
                              run->error);
    if (ok) {
        read_planes(&reader, &whole);
        ok = resample(&whole, &small, run->error);
    }
    if (ok) {
        PstMessage message;
        PstStatus status = pst_loss_add_style(run->loss, small.planes, small.width, small.height,
                                              picture->weight, pulse, run, &message);
        ok = !status || pst_error_from_status(run->error, status, &message);
    }
    g_free(whole.planes);
    g_free(small.planes);
    pst_reader_close(&reader);
    return ok;
}

static gboolean refine_scale(Run *run, const Planes *content, Planes *picture, int scale)
{
    PstMessage message;
    run->loss = loss_new(run->refiner, picture->width, picture->height, run->taken, run->error);
    gboolean ok = run->loss != NULL;
    for (guint i = 0; ok && i < run->style->pictures->len; i++)
        ok = add_style(run, run->style->pictures->pdata[i], scale);
    if (ok) {
        PstStatus status = pst_loss_set_content(run->loss, content->planes, pulse, run, &message);
        PstOptimise options = optimise_of(run->refiner, picture->width, picture->height);
        PstObjective objective = {run, evaluate};
        if (!status)
            status = pst_optimise(&options, &objective, picture->planes, NULL, &message);
        ok = !status || pst_error_from_status(run->error, status, &message);
    }
    pst_loss_free(&run->loss);
    return ok;
}

/* ---- All scales ------------------------------------------------------------------------------ */

/* fine += the coarse result − what the coarse scale began with, enlarged. */
static gboolean add_coarse(const Planes *before, const Planes *after, Planes *fine, GError **error)
{
    Planes change, wide = {0};
    gsize count = (gsize) 3 * before->width * before->height;
    gboolean ok = planes_init(&change, before->width, before->height, error) &&
                  planes_init(&wide, fine->width, fine->height, error);
    if (ok) {
        for (gsize i = 0; i < count; i++)
            change.planes[i] = after->planes[i] - before->planes[i];
        ok = resample(&change, &wide, error);
    }
    for (gsize i = 0; ok && i < (gsize) 3 * fine->width * fine->height; i++)
        fine->planes[i] = pst_clamp(fine->planes[i] + wide.planes[i]);
    g_free(change.planes);
    g_free(wide.planes);
    return ok;
}

/* Refines at 1/2^scale, then brings what has changed to `picture`. */
static gboolean refine_coarse(Run *run, const Planes *content, Planes *picture, int scale)
{
    const PstGraph *graph = run->refiner->graph;
    int w = pst_reader_extended(graph, picture->width >> scale);
    int h = pst_reader_extended(graph, picture->height >> scale);
    Planes small = {0}, before = {0}, after = {0};
    gboolean ok = planes_init(&small, w, h, run->error) && planes_init(&before, w, h, run->error) &&
                  planes_init(&after, w, h, run->error) && resample(content, &small, run->error) &&
                  resample(picture, &before, run->error);
    if (ok) {
        memcpy(after.planes, before.planes, sizeof(float) * 3 * w * h);
        ok = refine_scale(run, &small, &after, scale) &&
             add_coarse(&before, &after, picture, run->error);
    }
    g_free(small.planes);
    g_free(before.planes);
    g_free(after.planes);
    return ok;
}

/* A draft is right in the large already. */
static int scales_of(const PstRefiner *refiner, const PstDraft *draft)
{
    int scales = 1, side = MIN(draft->width, draft->height);
    while (refiner->settings->refine.from != PST_REFINE_FROM_DRAFT && scales < SCALES_MOST &&
           side >> scales >= SIDE_LEAST)
        scales++;
    return scales;
}

gboolean pst_refiner_run(PstRefiner *refiner, const PstStyle *style, PstReader *photo,
                         PstDraft *draft, gsize taken, PstTicker *ticker, GError **error)
{
    int scales = scales_of(refiner, draft);
    Run run = {refiner, style, ticker, taken, .error = error};
    run.all = scales * refiner->settings->refine.iterations;
    if (style->pictures->len == 0) {
        g_set_error_literal(error, PST_ERROR, PST_ERROR_USAGE,
                            "Refine needs the style's picture, and a style file holds none: give "
                            "the picture itself");
        return FALSE;
    }
    int w = pst_reader_extended(refiner->graph, draft->width);
    int h = pst_reader_extended(refiner->graph, draft->height);
    Planes content, picture = {0};
    gboolean ok = planes_init(&content, w, h, error) && planes_init(&picture, w, h, error);
    if (ok) {
        read_planes(photo, &content);
        if (refiner->settings->refine.from == PST_REFINE_FROM_DRAFT)
            read_draft(draft, &picture);
        else if (refiner->settings->refine.from == PST_REFINE_FROM_PHOTO)
            memcpy(picture.planes, content.planes, sizeof(float) * 3 * w * h);
        else
            fill_noise(&picture);
    }
    for (int scale = scales - 1; ok && scale > 0; scale--)
        ok = refine_coarse(&run, &content, &picture, scale);
    ok = ok && refine_scale(&run, &content, &picture, 0);
    if (ok)
        write_draft(draft, &picture);
    g_free(content.planes);
    g_free(picture.planes);
    return ok;
}
