/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/paint/octaves.h"

#include "image/paint/checkerboard.h"
#include "image/paint/grain.h"
#include "image/paint/layers.h"
#include "image/paint/palette.h"
#include "image/paint/smooth.h"
#include "image/paint/stylize-plan.h"
#include "image/reduce.h"

#include <string.h>

/* How far the progress is after the network. */
#define PAINT_UNTIL 0.75

/* Of the strength asked for, what the octaves above the first have at a detail of 100 %: they add to what is painted
 * already. */
#define OVERPAINT 0.4

/* How much of an underpainting the painter sees, at 100 %.  With more, copies of a photo in other sizes are painted less
 * alike; with none, its colours are stains without strokes of their own. */
#define UNDERPAINT 0.3f

/* How much noise the painter sees, at full strength: deviations of some 0.006. */
#define JITTER 0.02f

/* How far what is painted, or refined, is moved to the style's palette, at full strength: on the development pairs, half
 * of the way brings it closest to the style.  On 11 of them at 1280 px, refined: swd 0.234 instead of 0.244. */
#define APPROACH 0.5

/* What reading a pixel is like, in floating-point operations: for the progress. */
#define READ_FLOP 1e3

/* The network does most of what it does up to a half; squared, the dial's steps are more alike. */
static double network_strength(const PstSettings *settings)
{
    double strength = settings->strength / 100;
    return strength < 1 ? strength * strength : strength;
}

/* How far colours go to the style's, which there is no more than all of: [0, 1]. */
static double colour_strength(const PstOctaves *job)
{
    return MIN(network_strength(job->settings), 1);
}

/* How much of it counts, 1 for 100 %. */
static float underpainting_amount(const PstOctaves *job)
{
    return (float) (job->settings->underpainting / 100 * colour_strength(job));
}

/* ---- The network's callbacks ----------------------------------------------------------------- */

static PstStatus read_source(void *user, PstBox box, const PstMap *picture, const PstMap *weights,
                             PstMessage *message)
{
    (void) message;
    const PstOctaves *job = user;
    pst_reader_fill(&((PstOctaves *) user)->seen, box, picture, weights);
    if (job->under_seen > 0)
        pst_underpainting_add(&job->under, job->under_seen, job->draft.width, job->draft.height,
                              box, picture, job->threads);
    if (job->jitter.amount > 0)
        pst_jitter_add(&job->jitter, box, picture);
    for (int y = box.y0; y < MIN(box.y1, job->draft.height) && job->share && weights; y++) {
        const float *share = job->share + (gsize) y * job->draft.width;
        float *to = pst_map_row(weights, 0, y);
        for (int x = box.x0; x < MIN(box.x1, job->draft.width); x++)
            to[x - box.x0] *= share[x];
    }
    return PST_OK;
}

static PstStatus tick(void *user, double done, PstMessage *message)
{
    return pst_ticker_tick(&((PstOctaves *) user)->ticker, done, message);
}

static PstStatus write_draft(void *user, int node, PstBox box, const PstMap *map, int column,
                             PstMessage *message)
{
    (void) node, (void) message;
    PstOctaves *job = user;
    int x1 = MIN(box.x1, job->draft.width), y1 = MIN(box.y1, job->draft.height); /* no extension */
#pragma omp parallel for num_threads(job->threads)
    for (int y = box.y0; y < y1; y++) {
        for (int c = 0; c < 3; c++) {
            const float *from = pst_map_row(map, c, y) - column;
            float *to = pst_draft_row(&job->draft, PST_DRAFT_COLOUR + c, y);
            for (int x = box.x0; x < x1; x++)
                to[x] = pst_clamp(from[x]);
        }
    }
    return PST_OK;
}

/* ---- Painting -------------------------------------------------------------------------------- */

/* Moves the draft to the style's palette, so far. */
static void approach_style(PstOctaves *job, double amount)
{
    if (job->style->palette)
        pst_palette_approach(&job->draft, &job->seen, job->share, job->style->palette, amount);
}

/* Runs the network over job->seen.  `strength` is 1 for 100 %. */
static gboolean paint_draft(PstOctaves *job, float strength, GError **error)
{
    const PstEngine *engine = job->engine;
    const PstDraft *draft = &job->draft;
    gsize taken =
        job->beside + pst_draft_bytes(draft->mode, draft->width, draft->height, draft->full_width);
    PstPlan *plan =
        pst_network_plan(engine, draft->width, draft->height, taken, job->settings, error);
    if (!plan)
        return FALSE;
    /* to attention, zeros are no tokens */
    g_autofree float *none = g_new0(float, engine->token_count * engine->token_size);
    gboolean attend = job->settings->fusion == PST_FUSION_ATTENTION;
    PstVectorIo vectors[] = {
        {.node = engine->paint_code, .in = job->style->code},
        {.node = engine->paint_strength, .in = &strength},
        {.node = engine->paint_tokens, .in = attend ? job->style->tokens : none},
    };
    PstRunIo io = {
        .user = job,
        .read = read_source,
        .write = write_draft,
        .progress = tick,
        .vectors = vectors,
        .vector_count = engine->paint_tokens >= 0 ? 3 : 2,
    };
    PstMessage message;
    PstStatus status = pst_run(plan, &io, &message);
    pst_plan_free(&plan);
    return status ? pst_error_from_status(error, status, &message) : TRUE;
}

static gboolean no_memory(GError **error)
{
    g_set_error_literal(error, PST_ERROR, PST_ERROR_MEMORY, "no memory for the draft");
    return FALSE;
}

/* What the draft is to follow of the photo, which is as large. */
static gboolean fill_photo(PstOctaves *job, GeglBuffer *photo, GError **error)
{
    PstDraft *draft = &job->draft;
    PstReader reader;
    gboolean colours = draft->mode == PST_MODE_PHOTO;
    if (!pst_reader_open_copy(&reader, photo, job->whole, error))
        return FALSE;
    for (int y0 = 0; y0 < draft->height; y0 += PST_READER_ROWS) {
        int count = MIN(PST_READER_ROWS, draft->height - y0);
        pst_reader_get(&reader, 0, draft->width, y0, count);
#pragma omp parallel for num_threads(job->threads)
        for (int y = y0; y < y0 + count; y++) {
            float *planes[4] = {pst_draft_row(draft, PST_DRAFT_LUMA, y)};
            for (int c = 0; c < 3 && colours; c++)
                planes[1 + c] = pst_draft_row(draft, PST_DRAFT_PHOTO + c, y);
            pst_layers_seen(&reader, reader.rows + (gsize) 4 * draft->width * (y - y0),
                            draft->width, planes);
        }
    }
    pst_reader_close(&reader);
    return TRUE;
}

/* ---- Refining ------------------------------------------------------------------------------------- */

/* Whether there is one. */
static gboolean prepare_refiner(PstOctaves *job, GError **error)
{
    if (!job->refiner)
        job->refiner = pst_refiner_new(job->engine, job->settings, error);
    return job->refiner != NULL;
}

/* Goes without underpainting and finish where nothing is there to make them with. */
static gboolean prepare_help(PstOctaves *job, PstDraftOctaves *octaves, GError **error)
{
    gboolean is_under = octaves->kinds[0] == PST_OCTAVE_UNDERPAINTING;
    if (!is_under && !octaves->finish)
        return TRUE;
    if (!pst_refiner_helps(job->engine)) {
        pst_draft_paint_alone(octaves);
        return TRUE;
    }
    if (!prepare_refiner(job, error))
        return FALSE;
    if (!pst_refiner_knows(job->refiner, job->style))
        pst_draft_paint_alone(octaves);
    return TRUE;
}

/* Loads the critic and refuses what will not fit, before anything else is done. */
static gboolean prepare_refine(PstOctaves *job, const GeglRectangle *full,
                               const PstDraftOctaves *octaves, GError **error)
{
    gboolean ok = TRUE;
    memset(job->refine_gflop, 0,
           sizeof job->refine_gflop); /* of the region before, which may have had other octaves */
    for (int k = 0; k < octaves->count && ok; k++) {
        if (!pst_refines(job->settings, octaves, k))
            continue;
        int width = full->width, height = full->height;
        int to_width = full->width, to_height = full->height;
        pst_reduced_size(&width, &height, octaves->sides[k]);
        if (k + 1 < octaves->count)
            pst_reduced_size(&to_width, &to_height, octaves->sides[k + 1]);
        gsize bytes,
            taken = job->beside + pst_draft_bytes(job->settings->mode, width, height, to_width);
        ok = prepare_refiner(job, error) &&
             pst_refiner_plan(job->refiner, octaves->kinds[k], width, height, taken, &bytes,
                              &job->refine_gflop[k], error);
    }
    return ok;
}

/* Whether Refine has a style to go to, and not the photo alone. */
static gboolean aims(const PstOctaves *job)
{
    return job->settings->refine.style_weight > 0;
}

/* `photo` is as large as the draft. */
static gboolean refine_draft(PstOctaves *job, PstOctaveKind kind, GeglBuffer *photo, GError **error)
{
    PstDraft *draft = &job->draft;
    PstReader reader;
    gsize taken =
        job->beside + pst_draft_bytes(draft->mode, draft->width, draft->height, draft->full_width);
    if (!pst_reader_open_copy(&reader, photo, job->whole, error))
        return FALSE;
    gboolean ok = pst_refiner_run(job->refiner, kind, job->style, &reader, job->share, draft, taken,
                                  &job->ticker, error);
    pst_reader_close(&reader);
    return ok;
}

/* ---- Octaves --------------------------------------------------------------------------------- */

/* Without a seed, where the photo is even, which job->draft's luma tells.  Its gains are measured later, so that
 * their planes have room for that until it has been painted. */
static PstJitter jitter_of(const PstOctaves *job, float amount)
{
    const PstDraft *draft = &job->draft;
    PstJitter jitter = {job->settings->seed, amount, NULL, draft->width, draft->height};
    if (amount > 0 && jitter.seed == 0) {
        float *even = pst_draft_row(draft, PST_DRAFT_GAIN, 0);
        pst_jitter_find_even(pst_draft_row(draft, PST_DRAFT_LUMA, 0), draft->width, draft->height,
                             even, pst_draft_row(draft, PST_DRAFT_GAIN + 1, 0), job->threads);
        jitter.even = even;
    }
    return jitter;
}

/* The draft's colours become those that are seen, moved to the style's palette in the first octaves, for Refine to start
 * from: what it finds the nearest patches for should not be in the photo's colours, which it would keep (on 23 development
 * pairs, with three quarters of the way, swd is 0.245 instead of 0.232).  An underpainting is made at full strength:
 * less of it will count. */
static void copy_seen(PstOctaves *job, PstOctaveKind kind)
{
    PstDraft *draft = &job->draft;
    gboolean is_under = kind == PST_OCTAVE_UNDERPAINTING;
    for (int y = 0; y < draft->height; y++) {
        pst_reader_get(&job->seen, 0, draft->width, y, 1);
        for (int c = 0; c < 3; c++) {
            float *to = pst_draft_row(draft, PST_DRAFT_COLOUR + c, y);
            for (int x = 0; x < draft->width; x++)
                to[x] = pst_reader_seen(&job->seen, job->seen.rows + 4 * x, c);
        }
    }
    if (is_under || (kind == PST_OCTAVE_DRAFT && aims(job)))
        approach_style(job, is_under ? 1 : colour_strength(job));
}

/* Optimises the thumbnail in job->draft, of which `photo` is the photo, unless it is known what comes of it. */
static gboolean lay_in(PstOctaves *job, GeglBuffer *photo, GError **error)
{
    const PstDraft *draft = &job->draft;
    PstMemo *memo = job->engine->memo;
    float *colours = pst_draft_row(draft, PST_DRAFT_COLOUR, 0);
    gsize bytes = sizeof *colours * 3 * draft->width * draft->height;
    g_autofree char *key =
        pst_underpainting_key(draft, &job->seen, job->style, job->share, job->settings->seed);
    gconstpointer known = pst_memo_find(memo, key);
    if (known) {
        memcpy(colours, known, bytes);
        return TRUE;
    }
    if (!refine_draft(job, PST_OCTAVE_UNDERPAINTING, photo, error))
        return FALSE;
    gpointer copy = job->ticker.enough ? NULL : g_try_malloc(bytes);
    if (copy)
        pst_memo_keep(memo, g_steal_pointer(&key), memcpy(copy, colours, bytes));
    return TRUE;
}

/* Paints job->seen into job->draft. */
static gboolean paint_seen(PstOctaves *job, PstOctaveKind kind, GError **error)
{
    const PstSettings *settings = job->settings;
    gboolean is_first = kind == PST_OCTAVE_DRAFT;
    double strength =
        network_strength(settings) * (is_first ? 1 : OVERPAINT * settings->detail / 100);
    gboolean is_under = job->under.colours.planes != NULL;
    job->jitter = jitter_of(job, is_first ? JITTER * (float) MIN(strength, 1) : 0);
    job->under_seen = is_first && is_under ? UNDERPAINT * underpainting_amount(job) : 0;
    if (!paint_draft(job, (float) strength, error))
        return FALSE;
    pst_checkerboard_bound(&job->draft, job->threads);
    if (is_first)
        approach_style(job, APPROACH * colour_strength(job));
    if (kind == PST_OCTAVE_GRAIN)
        pst_grain_keep(&job->draft, &job->seen, job->threads);
    /* what is painted over it would move its colours, too */
    return !is_under || pst_underpainting_settle(&job->under, MIN(underpainting_amount(job), 1),
                                                 &job->draft, job->threads, error);
}

typedef struct {
    PstOctaveKind kind;
    gboolean paint, refine; /* what is done to it */
    GeglBuffer *photo;      /* a copy */
    GeglBuffer *seen;       /* what is painted, as large; of the first octave, the photo */
    GeglRectangle to;       /* the size that it is later to be enlarged to */
    const double *painted;  /* the progress after the painter, [0], and after Refine, [1] */
} Octave;

static gboolean init_draft(PstOctaves *job, const Octave *octave, GError **error)
{
    const GeglRectangle *extent = gegl_buffer_get_extent(octave->seen);
    if (!pst_draft_init(&job->draft, job->settings->mode, extent->width, extent->height,
                        octave->to.width, octave->to.height)) {
        return no_memory(error);
    }
    if (job->regions.count > 1) {
        job->share = pst_regions_reduced(&job->regions, job->region, extent->width, extent->height);
        if (!job->share)
            return no_memory(error);
    }
    return fill_photo(job, octave->photo, error);
}

/* With a few steps of optimisation, of which the less counts, the lower the strength. */
static gboolean finish_octave(PstOctaves *job, const Octave *octave, GError **error)
{
    const PstDraft *draft = &job->draft;
    gsize count = (gsize) 3 * draft->width * draft->height;
    float *colours = pst_draft_row(draft, PST_DRAFT_COLOUR, 0),
          amount = (float) colour_strength(job);
    g_autofree float *before = g_try_malloc(sizeof *colours * count);
    if (!before)
        return no_memory(error);
    memcpy(before, colours, sizeof *colours * count);
    if (!refine_draft(job, octave->kind, octave->photo, error))
        return FALSE;
    for (gsize i = 0; i < count; i++)
        colours[i] = pst_clamp(before[i] + amount * (colours[i] - before[i]));
    return TRUE;
}

static gboolean refine_octave(PstOctaves *job, const Octave *octave, GError **error)
{
    gboolean finish = job->settings->refine.iterations == 0;
    if (!(finish ? finish_octave(job, octave, error)
                 : refine_draft(job, octave->kind, octave->photo, error)))
        return FALSE;
    if (aims(job))
        approach_style(job, APPROACH * colour_strength(job));
    return TRUE;
}

/* Paints octave->seen into job->draft. */
static gboolean paint_octave(PstOctaves *job, const Octave *octave, GError **error)
{
    gboolean is_under = octave->kind == PST_OCTAVE_UNDERPAINTING;
    gboolean ok = init_draft(job, octave, error);
    pst_ticker_next(&job->ticker, octave->painted[0]);
    ok = ok && pst_reader_open_copy(&job->seen, octave->seen, job->whole, error);
    job->seen.threads = job->threads;
    if (ok && octave->paint)
        ok = paint_seen(job, octave->kind, error);
    else if (ok)
        copy_seen(job, octave->kind);
    pst_ticker_next(&job->ticker, octave->painted[1]);
    if (ok && is_under)
        ok = lay_in(job, octave->photo, error);
    else if (ok && octave->refine)
        ok = refine_octave(job, octave, error);
    if (ok && is_under)
        ok = pst_underpainting_take(&job->under, &job->draft, &job->seen, error);
    else if (ok && !pst_smooth_colours(&job->draft, job->settings->smooth / 100, job->threads))
        ok = no_memory(error);
    pst_reader_close(&job->seen);
    g_clear_pointer(&job->share, g_free);
    return ok;
}

/* The draft enlarged to the size of `photo`, as a picture to be painted over; NULL and an error. */
static GeglBuffer *enlarge_octave(PstOctaves *job, GeglBuffer *photo, GError **error)
{
    PstSettings plain;
    PstCompose compose;
    pst_settings_init(&plain);
    if (!pst_compose_init(&compose, photo, job->whole, NULL, &plain, error))
        return NULL;
    PstLayers alone = {&job->draft, NULL, 1, job->settings->mode};
    if (!(pst_draft_measure(&job->draft, job->threads) || no_memory(error)) ||
        !pst_layers_enlarge(&alone, &compose, 0, compose.content.extent.height, job->threads,
                            &job->ticker, error))
        g_clear_object(&compose.result);
    pst_compose_clear(&compose);
    return compose.result;
}

/* How far the progress is after the photo was read, and after each octave was painted, [k][0], and refined,
 * [k][1]; each region has the same part of it. */
static double share_progress(const PstOctaves *job, const GeglRectangle *full,
                             const PstDraftOctaves *octaves, double painted[][2])
{
    double before = job->region, count = job->regions.count;
    double read = READ_FLOP * full->width * full->height, all = read;
    double paint = pst_graph_flop(job->engine->paint);
    for (int k = 0; k < octaves->count; k++) {
        int width = full->width, height = full->height;
        pst_reduced_size(&width, &height, octaves->sides[k]);
        painted[k][0] = all += pst_paints(job->settings, octaves, k) ? paint * width * height : 0;
        painted[k][1] = all += job->refine_gflop[k] * 1e9;
    }
    for (int k = 0; k < octaves->count; k++)
        for (int i = 0; i < 2; i++)
            painted[k][i] = PAINT_UNTIL * (before + painted[k][i] / all) / count;
    return PAINT_UNTIL * (before + read / all) / count;
}

/* Paints compose->content, of which `photos` are the copies that the octaves see, and lets go of them; the last octave
 * is left in job->draft, not measured. */
static gboolean paint_octaves(PstOctaves *job, PstCompose *compose, GeglBuffer **photos,
                              const PstDraftOctaves *octaves, const double painted[][2],
                              GError **error)
{
    GeglBuffer *seen = g_object_ref(photos[0]);
    gboolean ok = TRUE;
    for (int k = 0; k < octaves->count && ok; k++) {
        GeglBuffer *next = k + 1 < octaves->count ? photos[k + 1] : NULL;
        Octave octave = {octaves->kinds[k],
                         pst_paints(job->settings, octaves, k),
                         pst_refines(job->settings, octaves, k),
                         photos[k],
                         seen,
                         compose->content.extent,
                         painted[k]};
        if (next)
            octave.to = *gegl_buffer_get_extent(next);
        ok = paint_octave(job, &octave, error);
        g_clear_object(&seen);
        g_clear_object(&photos[k]);
        if (ok && next) {
            pst_ticker_next(&job->ticker, job->ticker.to);
            seen = octaves->kinds[k] == PST_OCTAVE_UNDERPAINTING ? g_object_ref(next)
                                                                 : enlarge_octave(job, next, error);
            pst_draft_clear(&job->draft);
            ok = seen != NULL;
        }
    }
    g_clear_object(&seen);
    pst_underpainting_clear(&job->under);
    return ok;
}

/* Copies of the photo for the octaves; the underpainting's is of the draft's. */
static gboolean copy_photo(PstOctaves *job, PstReader *photo, const PstDraftOctaves *octaves,
                           GeglBuffer **photos, GError **error)
{
    PstReader larger;
    int first = octaves->kinds[0] == PST_OCTAVE_UNDERPAINTING;
    if (!pst_reduce_all(photo, octaves->sides + first, octaves->count - first, job->threads,
                        &job->ticker, photos + first, error))
        return FALSE;
    if (!first)
        return TRUE;
    photos[0] = NULL;
    if (pst_reader_open_copy(&larger, photos[1], job->whole, error)) {
        photos[0] = pst_reduce(&larger, octaves->sides[0], job->threads, error);
        pst_reader_close(&larger);
    }
    for (int k = 0; k < octaves->count && !photos[0]; k++)
        g_clear_object(&photos[k]);
    return photos[0] != NULL;
}

gboolean pst_octaves_paint(PstOctaves *job, PstCompose *compose, GError **error)
{
    double painted[PST_OCTAVES_MOST][2];
    GeglBuffer *photos[PST_OCTAVES_MOST];
    GeglRectangle full = compose->content.extent;
    PstDraftOctaves octaves = pst_draft_octaves(job->settings, full.width, full.height);
    job->whole = &compose->content;
    if (!prepare_help(job, &octaves, error) || !prepare_refine(job, &full, &octaves, error))
        return FALSE;
    pst_ticker_next(&job->ticker, share_progress(job, &full, &octaves, painted));
    if (!copy_photo(job, &compose->content, &octaves, photos, error))
        return FALSE;
    gboolean ok = paint_octaves(job, compose, photos, &octaves, painted, error);
    for (int k = 0; k < octaves.count; k++)
        g_clear_object(&photos[k]);
    return ok && (pst_draft_measure(&job->draft, job->threads) || no_memory(error));
}

void pst_octaves_clear(PstOctaves *job)
{
    pst_draft_clear(&job->draft);
    pst_regions_close(&job->regions);
    pst_underpainting_clear(&job->under);
    pst_refiner_free(job->refiner);
}
