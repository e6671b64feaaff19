/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/refine/refine.h"

#include "image/paint/palette.h"
#include "image/refine/critic.h"
#include "image/refine/kind.h"
#include "image/refine/planes.h"
#include "image/settings-field.h"
#include "nn/optimise/loss.h"
#include "nn/optimise/optimise.h"
#include "nn/optimise/taps.h"

#include <math.h>
#include <string.h>

#define NOISE                                                                                      \
    0.25f /* at the coarsest scale, with a seed: even parts find other nearest patches in it */

/* Maps of fewer pixels lie in one core's caches, and another one would wait for what it has there: at 88 × 64, 1.25
 * times as long. */
#define PIXELS_SHARED 12000

/* How the critic saw a style, to be used again. */
typedef struct {
    const PstStyle *style;
    gboolean filed; /* as from a style file */
    int scale;
    PstImpression *impression;
} Sighting;

struct PstRefiner {
    PstCritic *critic;
    PstSettings settings; /* without Refine, those that suit underpainting and finish */
    gboolean refines;
    Sighting last; /* the next octave often wants the same */
};

PstRefiner *pst_refiner_new(const PstEngine *engine, const PstSettings *settings, GError **error)
{
    PstRefiner *refiner = g_new(PstRefiner, 1);
    *refiner = (PstRefiner){.settings = *settings, .refines = pst_settings_refines(settings)};
    if (!refiner->refines) { /* they are made at full strength, of which octave.c takes a share */
        pst_refine_settings_init(&refiner->settings.refine);
        refiner->settings.refine.iterations = settings->finish;
        refiner->settings.strength = 100;
    }
    refiner->critic =
        pst_critic_new(engine, &refiner->settings, pst_refine_layers(refiner->refines), error);
    if (!refiner->critic)
        g_clear_pointer(&refiner, g_free);
    return refiner;
}

static const PstRefineKind *kind_of(const PstRefiner *refiner, PstOctaveKind octave)
{
    return pst_refine_kind(octave, refiner->refines);
}

/* What the optimisation of an octave begins with. */
static PstRefineFrom from_of(const PstRefiner *refiner, const PstRefineKind *kind)
{
    return kind->is_painted ? PST_REFINE_FROM_DRAFT : refiner->settings.refine.from;
}

gboolean pst_refiner_is_available(const PstEngine *engine)
{
    PstSettings plain;
    pst_settings_init(&plain);
    return pst_critic_exists(engine, &plain);
}

gboolean pst_refiner_knows(const PstRefiner *refiner, const PstStyle *style)
{
    return pst_critic_can_see(refiner->critic, style, TRUE);
}

void pst_refiner_free(PstRefiner *refiner)
{
    if (refiner) {
        pst_critic_free(refiner->critic);
        pst_impression_unref(refiner->last.impression);
        g_free(refiner);
    }
}

/* ---- Steps ----------------------------------------------------------------------------------- */

/* Evaluations of the loss at 1/2^scale, of so many scales. */
static int evaluations(const PstRefiner *refiner, const PstRefineKind *kind, int scales, int scale)
{
    const PstSettings *settings = &refiner->settings;
    int own = scale > 0 ? kind->coarse_steps : kind->fine_steps;
    double count = own > 0 ? own : settings->refine.iterations;
    if (own == 0 && scale == 0)
        count *= scales > 1 ? kind->settled_share : kind->fine_share;
    if (kind->by_detail)
        count *= settings->detail / 100;
    return (int) MAX(lrint(count), 1);
}

/* ---- Layers ---------------------------------------------------------------------------------- */

/* Fills in the layers of the critic that count, all of them where none would, and returns how many.  At least one of
 * them has a share in the content. */
static int layers_of(const PstRefiner *refiner, const PstRefineKind *kind,
                     PstLossLayer layers[PST_CRITIC_LAYERS_MOST])
{
    const PstCritic *critic = refiner->critic;
    PstRefineSight sight = kind->sight;
    int count = 0;
    double style = 0, content = 0;
    for (int i = 0; i < critic->layer_count; i++) {
        int reduction = critic->graph->nodes[critic->layers[i].node].reduction;
        if (reduction < sight.least || reduction > sight.most)
            continue;
        style += critic->layers[i].style;
        content += critic->layers[i].content;
        layers[count++] = critic->layers[i];
    }
    if (!(style > 0)) {
        memcpy(layers, critic->layers, sizeof *layers * critic->layer_count);
        return critic->layer_count;
    }
    if (!(content > 0))
        layers[count - 1].content = 1;
    return count;
}

/* ---- Memory ---------------------------------------------------------------------------------- */

static int threads_of(const PstRefiner *refiner, int width, int height)
{
    return width * height < PIXELS_SHARED ? 1 : pst_settings_threads(&refiner->settings);
}

static PstOptimise optimise_of(const PstRefiner *refiner, const PstRefineKind *kind,
                               int evaluations, int width, int height)
{
    const PstRefine *r = &refiner->settings.refine;
    PstOptimise o = {.count = (gsize) 3 * width * height,
                     .evaluations = evaluations,
                     .threads = threads_of(refiner, width, height),
                     .last_untried = true};
    o.optimiser = r->optimiser == PST_REFINE_LBFGS ? PST_LBFGS : PST_ADAM;
    o.rate = pst_refine_rate(kind, r);
    return o;
}

/* Along a picture's borders the critic sees less, which leaves a trace there; a margin moves that out of the
 * picture. */
static int margin_of(const PstRefiner *refiner, const PstRefineKind *kind, int scale)
{
    int half = MAX(1, refiner->critic->graph->alignment / 2); /* one lies on each side */
    int margin = scale > 0 ? kind->coarse_margin : kind->margin;
    return (margin + half - 1) / half * half;
}

/* What a run holds beside loss and optimiser: content, picture, and the picture with margins; and what goes from
 * one scale to the next.  The content with margins is gone before the optimiser's larger room is taken. */
static gsize planes_bytes(const PstRefineKind *kind, int width, int height)
{
    int pictures = kind->scales == 1 ? 3 : 5;
    int weights = kind->scales == 1 ? 1 : 2;
    if (kind->is_finish)
        pictures++; /* what it began with is kept, too */
    return sizeof(float) * (3 * pictures + weights) * (gsize) width * height;
}

/* How the critic is to look at the style.  `taken` bytes beside count against the limit, too. */
static PstSeeing seeing_of(const PstRefiner *refiner, gsize taken)
{
    gsize limit = pst_settings_memory(&refiner->settings);
    return (PstSeeing){
        .quantiles = refiner->settings.refine.statistic == PST_REFINE_SLICED,
        .patches = refiner->settings.refine.statistic == PST_REFINE_NEAREST,
        .threads = pst_settings_threads(&refiner->settings),
        .memory = limit > taken ? limit - taken : 1,
    };
}

/* `taken` bytes beside it count against the limit, too. */
static PstLoss *loss_new(const PstRefiner *refiner, const PstRefineKind *kind, int width,
                         int height, gsize taken, GError **error)
{
    gsize limit = pst_settings_memory(&refiner->settings);
    PstLossLayer layers[PST_CRITIC_LAYERS_MOST];
    PstLossOptions options = {
        .width = width,
        .height = height,
        .threads = threads_of(refiner, width, height),
        .memory = limit > taken ? limit - taken : 1,
        .layers = layers,
        .layer_count = layers_of(refiner, kind, layers),
        .tile = kind->tile,
        .patches = kind->patches,
    };
    pst_refine_terms(kind, &refiner->settings.refine, &options);
    /* even a small style weight changes much: squared, equal steps of the dial look more equal */
    options.style *= refiner->settings.strength / 100 * refiner->settings.strength / 100;
    PstMessage message;
    PstLoss *loss;
    PstStatus status = pst_loss_new(&loss, refiner->critic->graph, &options, &message);
    if (status == PST_E_MEMORY) {
        g_set_error(error, PST_ERROR, PST_ERROR_MEMORY,
                    "%s does not fit: the limit is %" G_GSIZE_FORMAT
                    " MB, of which other things take %" G_GSIZE_FORMAT
                    " MB.  Less detail, a larger brush%s or more memory would help",
                    kind->name, limit / 1000000, taken / 1000000 + 1,
                    kind->is_finish ? ", a finish of 0" : "");
    } else if (status) {
        pst_error_from_status(error, status, &message);
    }
    return loss;
}

/* One is enough for a draft, which is right in the large already. */
static int scales_of(const PstRefiner *refiner, const PstRefineKind *kind, int width, int height)
{
    int scales = 1, side = MIN(width, height);
    if (from_of(refiner, kind) == PST_REFINE_FROM_DRAFT)
        return 1;
    while (scales < kind->scales && side >> scales >= kind->least_side)
        scales++;
    return scales;
}

/* What is done before the first evaluation takes as long as so many of them. */
#define PREPARED 1

/* 10^9 operations of one evaluation, forward and back. */
static double gflop_of(const PstRefiner *refiner, const PstRefineKind *kind, int width, int height)
{
    PstLossLayer layers[PST_CRITIC_LAYERS_MOST];
    int nodes[PST_CRITIC_LAYERS_MOST], count = layers_of(refiner, kind, layers);
    for (int i = 0; i < count; i++)
        nodes[i] = layers[i].node;
    return 2 * pst_taps_flop(refiner->critic->graph, nodes, count) * width * height / 1e9;
}

gboolean pst_refiner_plan(PstRefiner *refiner, const PstOctave *octave, gsize taken, gsize *bytes,
                          double *gflop, GError **error)
{
    const PstRefineKind *kind = kind_of(refiner, octave->kind);
    const PstGraph *graph = refiner->critic->graph;
    int margin = margin_of(refiner, kind, 0);
    int w = pst_reader_extended(graph, octave->width) + 2 * margin;
    int h = pst_reader_extended(graph, octave->height) + 2 * margin;
    int scales = scales_of(refiner, kind, octave->width, octave->height);
    PstOptimise optimise = optimise_of(refiner, kind, evaluations(refiner, kind, scales, 0), w, h);
    gsize planes = planes_bytes(kind, w, h);
    gsize beside = planes + pst_optimise_bytes(&optimise);
    PstLoss *loss = loss_new(refiner, kind, w, h, taken + beside, error);
    if (!loss)
        return FALSE;
    *bytes = pst_loss_bytes(loss) + beside;
    pst_loss_free(&loss);
    gsize seen;
    int side = PST_STYLE_SIDE >> MAX(kind->filed_scale, 0);
    PstSeeing seeing = seeing_of(refiner, taken + planes);
    if (!pst_critic_see_plan(refiner->critic, side, &seeing, &seen, error)) {
        g_prefix_error(error, "%s does not fit: ", kind->name);
        return FALSE;
    }
    *bytes = MAX(*bytes, planes + seen);
    *gflop = 0;
    for (int scale = scales - 1; scale >= 0; scale--)
        *gflop += (evaluations(refiner, kind, scales, scale) + PREPARED) *
                  gflop_of(refiner, kind, w >> scale, h >> scale);
    return TRUE;
}

/* ---- One scale ------------------------------------------------------------------------------- */

/* A run of pst_refiner_run(). */
typedef struct {
    PstRefiner *refiner;
    const PstRefineJob *job;
    const PstRefineKind *kind;
    int scales;
    int noisy; /* the scale at which noise is added, or -1: the painter's draft had its own (jitter.h) */
    int width, height; /* of the finest scale */
    PstLoss *loss;
    int done, all; /* evaluations */
    GError **error;
} Run;

static PstStatus pulse(void *user, double done, PstMessage *message)
{
    (void) done;
    Run *run = user;
    return pst_ticker_tick(run->job->ticker, MIN(1.0, (double) run->done / run->all), message);
}

/* The pulse of the optimisation, which may be ended at any moment. */
static PstStatus pulse_until_enough(void *user, double done, PstMessage *message)
{
    PstStatus status = pulse(user, done, message);
    if (!status && ((Run *) user)->job->ticker->enough)
        status = pst_fail(message, PST_E_CANCELLED, "it was enough");
    return status;
}

static PstStatus evaluate(void *user, const float *x, double *value, float *gradient,
                          PstMessage *message)
{
    Run *run = user;
    PstStatus status =
        pst_loss_evaluate(run->loss, x, value, gradient, pulse_until_enough, run, message);
    run->done++;
    return status;
}

static PstImpression *see_style(Run *run, int scale)
{
    PstRefiner *refiner = run->refiner;
    int at = run->kind->filed_scale;
    Sighting *last = &refiner->last, now = {run->job->style, at >= 0, at >= 0 ? at : scale, NULL};
    if (last->style == now.style && last->filed == now.filed && last->scale == now.scale)
        return pst_impression_ref(last->impression);
    gsize taken = run->job->taken + planes_bytes(run->kind, run->width, run->height);
    PstSeeing seeing = seeing_of(refiner, taken);
    seeing.scale = now.scale;
    seeing.pulse = pulse;
    seeing.user = run;
    now.impression = (now.filed ? pst_critic_see_filed : pst_critic_see)(
        refiner->critic, run->job->style, &seeing, run->error);
    if (now.impression) {
        pst_impression_unref(last->impression);
        *last = now;
    }
    return pst_impression_ref(now.impression);
}

/* Shows the content to the loss, with margins up to a size of width × height. */
static gboolean set_content(Run *run, const PstPlanes *content, int width, int height)
{
    PstPlanes wide;
    PstMessage message;
    if (!pst_planes_init_weighted(&wide, width, height, run->error))
        return FALSE;
    pst_planes_surround(content, &wide);
    PstStatus status = pst_loss_set_content(run->loss, wide.planes, pst_planes_weights(&wide),
                                            pulse, run, &message);
    pst_planes_clear(&wide);
    return !status || pst_error_from_status(run->error, status, &message);
}

/* Optimises `picture`, margins and all. */
static gboolean optimise(Run *run, PstOptimise options, PstPlanes *picture,
                         const PstImpression *impression)
{
    PstMessage message;
    PstSeen seen[PST_CRITIC_LAYERS_MOST];
    int count = pst_critic_bind_impression(run->refiner->critic, impression, seen);
    pst_loss_set_style(run->loss, seen, count);
    float metric[9];
    if (run->job->style->palette) {
        pst_palette_metric(run->job->style->palette, metric);
        options.metric = metric;
    }
    PstObjective objective = {run, evaluate};
    PstStatus status = pst_optimise(&options, &objective, picture->planes, NULL, &message);
    return !status || (status == PST_E_CANCELLED && run->job->ticker->enough) ||
           pst_error_from_status(run->error, status, &message);
}

static gboolean refine_scale(Run *run, const PstPlanes *content, PstPlanes *picture, int scale)
{
    const PstRefiner *refiner = run->refiner;
    const PstRefineKind *kind = run->kind;
    int margin = margin_of(refiner, kind, scale);
    int w = picture->width + 2 * margin, h = picture->height + 2 * margin;
    PstPlanes wide = {0};
    PstOptimise options =
        optimise_of(refiner, kind, evaluations(refiner, kind, run->scales, scale), w, h);
    PstImpression *impression = see_style(run, scale);
    if (impression) {
        gsize taken = run->job->taken + planes_bytes(kind, w, h) + pst_optimise_bytes(&options);
        run->loss = loss_new(refiner, kind, w, h, taken, run->error);
    }
    gboolean ok = run->loss != NULL && set_content(run, content, w, h) &&
                  pst_planes_init(&wide, w, h, run->error);
    if (ok) {
        pst_planes_surround(picture, &wide);
        if (scale == run->noisy)
            pst_planes_add_noise(&wide, refiner->settings.seed, NOISE);
        ok = optimise(run, options, &wide, impression);
        pst_planes_cut_out(&wide, picture);
    }
    pst_planes_clear(&wide);
    pst_loss_free(&run->loss);
    pst_impression_unref(impression);
    return ok;
}

/* ---- All scales ------------------------------------------------------------------------------ */

/* fine += the coarse result − what the coarse scale began with, enlarged. */
static gboolean add_coarse(const PstPlanes *before, const PstPlanes *after, PstPlanes *fine,
                           int threads, GError **error)
{
    PstPlanes change, wide = {0};
    gsize count = (gsize) 3 * before->width * before->height;
    gboolean ok = pst_planes_init(&change, before->width, before->height, error) &&
                  pst_planes_init(&wide, fine->width, fine->height, error);
    if (ok) {
        for (gsize i = 0; i < count; i++)
            change.planes[i] = after->planes[i] - before->planes[i];
        ok = pst_planes_resample(&change, &wide, threads, error);
    }
    for (gsize i = 0; ok && i < (gsize) 3 * fine->width * fine->height; i++)
        fine->planes[i] = pst_clamp(fine->planes[i] + wide.planes[i]);
    pst_planes_clear(&change);
    pst_planes_clear(&wide);
    return ok;
}

/* Refines at 1/2^scale, then brings what has changed to `picture`. */
static gboolean refine_coarse(Run *run, const PstPlanes *content, PstPlanes *picture, int scale)
{
    const PstGraph *graph = run->refiner->critic->graph;
    int threads = pst_settings_threads(&run->refiner->settings);
    int w = pst_reader_extended(graph, picture->width >> scale);
    int h = pst_reader_extended(graph, picture->height >> scale);
    PstPlanes small = {0}, before = {0}, after = {0};
    gboolean ok = pst_planes_init_weighted(&small, w, h, run->error) &&
                  pst_planes_init(&before, w, h, run->error) &&
                  pst_planes_init(&after, w, h, run->error) &&
                  pst_planes_resample(content, &small, threads, run->error) &&
                  pst_planes_resample(picture, &before, threads, run->error);
    if (ok) {
        memcpy(after.planes, before.planes, sizeof(float) * 3 * w * h);
        ok = refine_scale(run, &small, &after, scale) &&
             add_coarse(&before, &after, picture, threads, run->error);
    }
    pst_planes_clear(&small);
    pst_planes_clear(&before);
    pst_planes_clear(&after);
    return ok;
}

gboolean pst_refiner_run(PstRefiner *refiner, const PstRefineJob *job, GError **error)
{
    const PstRefineKind *kind = kind_of(refiner, job->octave);
    const PstGraph *graph = refiner->critic->graph;
    PstRefineFrom from = from_of(refiner, kind);
    int w = pst_reader_extended(graph, job->draft->width);
    int h = pst_reader_extended(graph, job->draft->height);
    Run run = {
        .refiner = refiner,
        .job = job,
        .kind = kind,
        .scales = scales_of(refiner, kind, job->draft->width, job->draft->height),
        .width = w + 2 * margin_of(refiner, kind, 0),
        .height = h + 2 * margin_of(refiner, kind, 0),
        .error = error,
    };
    gboolean noisy = refiner->settings.seed > 0 && from != PST_REFINE_FROM_DRAFT;
    run.noisy = noisy ? run.scales - 1 : -1;
    for (int scale = 0; scale < run.scales; scale++)
        run.all += evaluations(refiner, kind, run.scales, scale);
    PstPlanes content, picture = {0};
    gboolean ok =
        pst_planes_init_weighted(&content, w, h, error) && pst_planes_init(&picture, w, h, error);
    if (ok) {
        pst_planes_read(&content, job->photo, job->share);
        if (from == PST_REFINE_FROM_NOISE)
            pst_planes_fill_noise(&picture);
        else
            pst_planes_from_draft(&picture, job->draft);
    }
    for (int scale = run.scales - 1; ok && scale > 0 && !job->ticker->enough; scale--)
        ok = refine_coarse(&run, &content, &picture, scale);
    if (!job->ticker->enough)
        ok = ok && refine_scale(&run, &content, &picture, 0);
    if (ok && run.done > 0) /* what was not optimised at all may be noise */
        pst_planes_to_draft(&picture, job->draft);
    pst_planes_clear(&content);
    pst_planes_clear(&picture);
    return ok;
}
