/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The painter over a picture: first a draft of it, then the draft enlarged and painted over, octave by
 * octave, then the last of them at full size.
 */
#include "image/jitter.h"
#include "image/layers.h"
#include "image/palette.h"
#include "image/reduce.h"
#include "image/refine.h"
#include "image/smooth.h"
#include "image/stylize-plan.h"
#include "image/tile.h"

#include <string.h>

/* How far the progress is after the network, and before what depends on the whole result. */
#define PAINT_UNTIL   0.75
#define ENLARGE_UNTIL 0.9

/* Of the strength asked for, what the octaves above the first have at a detail of 100 %: they add to what is painted
 * already. */
#define OVERPAINT 0.4

/* How much noise the painter sees, at full strength: deviations of some 0.01. */
#define JITTER 0.035f

/* How far what is painted is moved to the style's palette, at full strength: on the development pairs, half
 * of the way brings it closest to the style. */
#define APPROACH 0.5

/* What the painter does a pixel, about, in floating-point operations, and what reading one is like: for the
 * progress. */
#define PAINT_FLOP 53e3
#define READ_FLOP  1e3

typedef struct {
    const PstEngine *engine;
    const PstStyle *style;
    const PstSettings *settings;
    PstReader seen; /* what the network sees */
    PstDraft draft;
    PstTicker ticker;
    PstRefiner *refiner; /* or NULL */
    double refine_gflop[PST_DRAFT_OCTAVES];
    PstRegions regions;
    int region;       /* the one that is being painted */
    PstJitter jitter; /* what is added to the octave's picture, when its amount is not 0 */
    float *share;     /* its weights in the octave that is, or NULL where it is alone */
    gsize beside;     /* bytes that the other regions take */
    int threads;
} Job;

/* ---- The network's callbacks ----------------------------------------------------------------- */

static PstStatus read_source(void *user, PstBox box, const PstMap *picture, const PstMap *weights,
                             PstMessage *message)
{
    (void) message;
    const Job *job = user;
    pst_reader_fill(&((Job *) user)->seen, box, picture, weights);
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
    return pst_ticker_tick(&((Job *) user)->ticker, done, message);
}

static PstStatus write_draft(void *user, int node, PstBox box, const PstMap *map, int column,
                             PstMessage *message)
{
    (void) node, (void) message;
    Job *job = user;
    int x1 = MIN(box.x1, job->draft.width), y1 = MIN(box.y1, job->draft.height); /* no extension */
    for (int c = 0; c < 3; c++) {
        for (int y = box.y0; y < y1; y++) {
            const float *from = pst_map_row(map, c, y) - column;
            float *to = pst_draft_row(&job->draft, PST_DRAFT_COLOUR + c, y);
            for (int x = box.x0; x < x1; x++)
                to[x] = pst_clamp(from[x]);
        }
    }
    return PST_OK;
}

/* ---- Painting -------------------------------------------------------------------------------- */

/* Runs the network over job->seen.  `strength` is 1 for 100 %. */
static gboolean paint_draft(Job *job, float strength, GError **error)
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
    g_set_error_literal(error, PST_ERROR, PST_ERROR_MEMORY, "no memory to enlarge the draft");
    return FALSE;
}

/* What the draft is to follow of the photo, which is as large. */
static gboolean fill_photo(PstDraft *draft, GeglBuffer *photo, GError **error)
{
    PstReader reader;
    gboolean colours = draft->mode == PST_MODE_PHOTO;
    g_autofree float *planes = g_try_new(float, (gsize) 4 * draft->width);
    if (!planes)
        return no_memory(error);
    if (!pst_reader_open(&reader, photo, error))
        return FALSE;
    for (int y = 0; y < draft->height; y++) {
        pst_reader_get(&reader, 0, draft->width, y, 1);
        pst_layers_seen(&reader, reader.rows, draft->width, colours, planes);
        for (int c = 0; c < (colours ? 4 : 1); c++)
            memcpy(pst_draft_row(draft, c == 0 ? PST_DRAFT_LUMA : PST_DRAFT_PHOTO + c - 1, y),
                   planes + (gsize) c * draft->width, sizeof *planes * draft->width);
    }
    pst_reader_close(&reader);
    return TRUE;
}

/* ---- Refining ------------------------------------------------------------------------------------- */

/* Loads the critic and refuses what will not fit, before anything else is done. */
static gboolean prepare_refine(Job *job, const GeglRectangle *full, const int *sides, int octaves,
                               GError **error)
{
    gboolean ok = TRUE;
    for (int k = 0; k < octaves && ok && pst_refines(job->settings, k); k++) {
        int width = full->width, height = full->height;
        int to_width = full->width, to_height = full->height;
        pst_reduced_size(&width, &height, sides[k]);
        if (k + 1 < octaves)
            pst_reduced_size(&to_width, &to_height, sides[k + 1]);
        gsize bytes,
            taken = job->beside + pst_draft_bytes(job->settings->mode, width, height, to_width);
        if (!job->refiner)
            job->refiner = pst_refiner_new(job->engine, job->settings, error);
        ok = job->refiner && pst_refiner_plan(job->refiner, k, width, height, taken, &bytes,
                                              &job->refine_gflop[k], error);
    }
    return ok;
}

/* `photo` is as large as the draft. */
static gboolean refine_draft(Job *job, int octave, GeglBuffer *photo, GError **error)
{
    PstDraft *draft = &job->draft;
    PstReader reader;
    gsize taken =
        job->beside + pst_draft_bytes(draft->mode, draft->width, draft->height, draft->full_width);
    if (!pst_reader_open(&reader, photo, error))
        return FALSE;
    gboolean ok = pst_refiner_run(job->refiner, octave, job->style, &reader, draft, taken,
                                  &job->ticker, error);
    pst_reader_close(&reader);
    return ok;
}

/* ---- Octaves --------------------------------------------------------------------------------- */

/* Moves the progress on to where `until` of the work is done. */
static void next_part(PstTicker *ticker, double until)
{
    ticker->from = ticker->to;
    ticker->to = until;
}

/* The network does most of what it does up to a half; squared, the dial's steps are more alike. */
static double network_strength(const PstSettings *settings)
{
    double strength = settings->strength / 100;
    return strength < 1 ? strength * strength : strength;
}

/* Without a seed, where the photo is even, which job->draft's luma tells.  Its gains are measured later, so that
 * their planes have room for that until it has been painted. */
static PstJitter jitter_of(const Job *job, float amount)
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

/* The draft's colours become those that are seen, for Refine to start from. */
static void copy_seen(Job *job)
{
    PstDraft *draft = &job->draft;
    for (int y = 0; y < draft->height; y++) {
        pst_reader_get(&job->seen, 0, draft->width, y, 1);
        for (int c = 0; c < 3; c++) {
            float *to = pst_draft_row(draft, PST_DRAFT_COLOUR + c, y);
            for (int x = 0; x < draft->width; x++)
                to[x] = pst_reader_seen(&job->seen, job->seen.rows + 4 * x, c);
        }
    }
}

/* Paints job->seen into job->draft. */
static gboolean paint_seen(Job *job, int octave, GError **error)
{
    const PstSettings *settings = job->settings;
    gboolean is_first = octave == 0;
    double strength =
        network_strength(settings) * (is_first ? 1 : OVERPAINT * settings->detail / 100);
    job->jitter = jitter_of(job, is_first ? JITTER * (float) MIN(strength, 1) : 0);
    if (!paint_draft(job, (float) strength, error))
        return FALSE;
    if (is_first && job->style->palette)
        pst_palette_approach(&job->draft, &job->seen, job->share, job->style->palette,
                             APPROACH * MIN(strength, 1));
    return TRUE;
}

/* Paints `seen` into job->draft, which is later to be enlarged to `to`.  `photo` is as large as `seen`; in
 * the first octave they are the same.  The progress goes to painted[0], and from there to painted[1] where
 * Refine follows. */
static gboolean paint_octave(Job *job, int octave, GeglBuffer *photo, GeglBuffer *seen,
                             const GeglRectangle *to, const double painted[2], GError **error)
{
    const GeglRectangle *extent = gegl_buffer_get_extent(seen);
    if (!pst_draft_init(&job->draft, job->settings->mode, extent->width, extent->height, to->width,
                        to->height)) {
        g_set_error_literal(error, PST_ERROR, PST_ERROR_MEMORY, "no memory for the draft");
        return FALSE;
    }
    if (job->regions.count > 1)
        job->share = pst_regions_reduced(&job->regions, job->region, extent->width, extent->height);
    if (job->regions.count > 1 && !job->share)
        return no_memory(error);
    gboolean ok = fill_photo(&job->draft, photo, error);
    next_part(&job->ticker, painted[0]);
    ok = ok && pst_reader_open(&job->seen, seen, error);
    if (ok && pst_paints(job->settings, octave))
        ok = paint_seen(job, octave, error);
    else if (ok)
        copy_seen(job);
    next_part(&job->ticker, painted[1]);
    ok = ok && (!pst_refines(job->settings, octave) || refine_draft(job, octave, photo, error));
    if (ok && !pst_smooth_colours(&job->draft, job->settings->smooth / 100, job->threads))
        ok = no_memory(error);
    pst_reader_close(&job->seen);
    g_clear_pointer(&job->share, g_free);
    return ok;
}

/* The draft enlarged to the size of `photo`, as a picture to be painted over; NULL and an error. */
static GeglBuffer *enlarge_octave(Job *job, GeglBuffer *photo, GError **error)
{
    PstSettings plain;
    PstCompose compose;
    pst_settings_init(&plain);
    if (!pst_compose_init(&compose, photo, NULL, &plain, error))
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
static double share_progress(const Job *job, const GeglRectangle *full, const int *sides,
                             int octaves, double painted[][2])
{
    double before = job->region, count = job->regions.count;
    double read = READ_FLOP * full->width * full->height, all = read;
    for (int k = 0; k < octaves; k++) {
        int width = full->width, height = full->height;
        pst_reduced_size(&width, &height, sides[k]);
        painted[k][0] = all += pst_paints(job->settings, k) ? PAINT_FLOP * width * height : 0;
        painted[k][1] = all += job->refine_gflop[k] * 1e9;
    }
    for (int k = 0; k < octaves; k++)
        for (int i = 0; i < 2; i++)
            painted[k][i] = PAINT_UNTIL * (before + painted[k][i] / all) / count;
    return PAINT_UNTIL * (before + read / all) / count;
}

/* Paints compose->content, of which `photos` are the copies that the octaves see; the last one is left in
 * job->draft, not measured. */
static gboolean paint_octaves(Job *job, PstCompose *compose, GeglBuffer *const *photos, int octaves,
                              const double painted[][2], GError **error)
{
    GeglBuffer *seen = g_object_ref(photos[0]);
    gboolean ok = TRUE;
    for (int k = 0; k < octaves && ok; k++) {
        GeglBuffer *next = k + 1 < octaves ? photos[k + 1] : NULL;
        const GeglRectangle *to = next ? gegl_buffer_get_extent(next) : &compose->content.extent;
        ok = paint_octave(job, k, photos[k], seen, to, painted[k], error);
        g_clear_object(&seen);
        if (ok && next) {
            next_part(&job->ticker, job->ticker.to);
            seen = enlarge_octave(job, next, error);
            pst_draft_clear(&job->draft);
            ok = seen != NULL;
        }
    }
    g_clear_object(&seen);
    return ok;
}

/* Paints compose->content octave by octave in one style; the last one is left in job->draft, measured. */
static gboolean paint_region(Job *job, PstCompose *compose, GError **error)
{
    int sides[PST_DRAFT_OCTAVES];
    double painted[PST_DRAFT_OCTAVES][2];
    GeglBuffer *photos[PST_DRAFT_OCTAVES];
    GeglRectangle full = compose->content.extent;
    int octaves = pst_draft_sides(job->settings, full.width, full.height, sides);
    if (!prepare_refine(job, &full, sides, octaves, error))
        return FALSE;
    next_part(&job->ticker, share_progress(job, &full, sides, octaves, painted));
    if (!pst_reduce_all(&compose->content, sides, octaves, job->threads, &job->ticker, photos,
                        error))
        return FALSE;
    gboolean ok = paint_octaves(job, compose, photos, octaves, painted, error);
    for (int k = 0; k < octaves; k++)
        g_object_unref(photos[k]);
    return ok && (pst_draft_measure(&job->draft, job->threads) || no_memory(error));
}

/* ---- The whole, or parts of it --------------------------------------------------------------- */

struct PstPainting {
    PstSettings settings;
    GeglBuffer *content;
    PstTile tile;
    GeglBuffer *wrapped[1 + 1 + PST_REGIONS_MOST]; /* what repeats: the picture and the masks */
    Job job;
    PstDraft drafts[PST_REGIONS_ALL]; /* of the last octave, measured */
    PstCompose compose;               /* its result is there as far as it was asked for */
    gboolean whole;                   /* and that was all of it */
};

void pst_painting_free(PstPainting *painting)
{
    if (!painting)
        return;
    for (int k = 0; k < PST_REGIONS_ALL; k++)
        pst_draft_clear(&painting->drafts[k]);
    pst_draft_clear(&painting->job.draft);
    pst_regions_close(&painting->job.regions);
    pst_refiner_free(painting->job.refiner);
    pst_compose_clear(&painting->compose);
    g_clear_object(&painting->compose.result);
    for (guint k = 0; k < G_N_ELEMENTS(painting->wrapped); k++)
        g_clear_object(&painting->wrapped[k]);
    g_object_unref(painting->content);
    g_free(painting);
}

/* Paints each region that is seen. */
static gboolean paint(PstPainting *painting, const PstStyle *style, const PstPlaces *places,
                      GError **error)
{
    Job *job = &painting->job;
    const GeglRectangle *extent = &painting->compose.content.extent;
    int count = 1 + (places ? places->region_count : 0), side;
    g_return_val_if_fail(count >= 1 && count <= PST_REGIONS_ALL, FALSE);
    job->beside = pst_bytes_beside(job->settings, count, extent->width, extent->height, &side);
    gboolean ok = pst_regions_open(&job->regions, places, extent, side, error);
    for (int k = 0; k < count && ok; k++) {
        job->region = k;
        job->style = k == 0 ? style : places->regions[k - 1].style;
        if (!job->regions.is_seen[k])
            continue;
        ok = paint_region(job, &painting->compose, error);
        painting->drafts[k] = job->draft;
        job->draft = (PstDraft){.planes = NULL};
    }
    return ok;
}

PstPainting *pst_painting_new(const PstEngine *engine, GeglBuffer *content, const PstStyle *style,
                              const PstSettings *settings, PstProgress progress, gpointer user,
                              GError **error)
{
    return pst_painting_new_places(engine, content, style, NULL, settings, progress, user, error);
}

static PstMask wrap_mask(PstPainting *painting, const PstMask *mask, GeglBuffer **wrapped)
{
    if (!mask->buffer)
        return *mask;
    *wrapped = pst_tile_wrap(&painting->tile, mask->buffer, mask->x, mask->y);
    return (PstMask){*wrapped, 0, 0};
}

/* The content with its margins; *wrapped and `regions` become the same places there. */
static GeglBuffer *wrap(PstPainting *painting, const PstPlaces *places, PstPlaces *wrapped,
                        PstRegion regions[PST_REGIONS_MOST])
{
    painting->tile = pst_tile_of(gegl_buffer_get_extent(painting->content));
    painting->wrapped[0] = pst_tile_wrap(&painting->tile, painting->content, 0, 0);
    *wrapped = (PstPlaces){.regions = regions, .region_count = places ? places->region_count : 0};
    if (places)
        wrapped->mask = wrap_mask(painting, &places->mask, &painting->wrapped[1]);
    for (int k = 0; k < wrapped->region_count; k++) {
        const PstRegion *region = &places->regions[k];
        regions[k] = (PstRegion){region->style,
                                 wrap_mask(painting, &region->mask, &painting->wrapped[2 + k])};
    }
    return painting->wrapped[0];
}

PstPainting *pst_painting_new_places(const PstEngine *engine, GeglBuffer *content,
                                     const PstStyle *style, const PstPlaces *places,
                                     const PstSettings *settings, PstProgress progress,
                                     gpointer user, GError **error)
{
    PstPlaces wrapped;
    PstRegion regions[PST_REGIONS_MOST];
    PstPainting *painting = g_new0(PstPainting, 1);
    Job *job = &painting->job;
    painting->settings = *settings;
    painting->content = g_object_ref(content);
    *job = (Job){
        .engine = engine,
        .settings = &painting->settings,
        .ticker = {.callback = progress, .user = user},
        .threads = pst_settings_threads(settings),
    };
    if (settings->tileable) {
        content = wrap(painting, places, &wrapped, regions);
        places = &wrapped;
    }
    if (!pst_compose_init(&painting->compose, content, places ? &places->mask : NULL,
                          &painting->settings, error) ||
        !paint(painting, style, places, error))
        g_clear_pointer(&painting, pst_painting_free);
    return painting;
}

/* Brings rows [y0, y1) to full size; or all, where a last step depends on all. */
static gboolean finish(PstPainting *painting, int y0, int y1, GError **error)
{
    Job *job = &painting->job;
    PstCompose *compose = &painting->compose;
    PstLayers layers = {painting->drafts, job->regions.count > 1 ? &job->regions : NULL,
                        job->regions.count, job->settings->mode};
    gboolean more = pst_compose_has_last_step(compose);
    int height = compose->content.extent.height;
    if (painting->whole)
        return TRUE;
    if (more) {
        y0 = 0;
        y1 = height;
    }
    next_part(&job->ticker, more ? ENLARGE_UNTIL : 1);
    if (!pst_layers_enlarge(&layers, compose, y0, y1, job->threads, &job->ticker, error))
        return FALSE;
    if (more) {
        PstMessage message;
        next_part(&job->ticker, 1);
        PstStatus status = pst_compose_last_step(compose, &job->ticker, &message);
        if (status)
            return pst_error_from_status(error, status, &message);
    }
    painting->whole = y0 == 0 && y1 == height;
    return TRUE;
}

GeglBuffer *pst_painting_read(PstPainting *painting, const GeglRectangle *part,
                              PstProgress progress, gpointer user, GError **error)
{
    const GeglRectangle *all = &painting->compose.content.extent;
    int y0 = part->y - all->y, y1 = y0 + part->height;
    GeglBuffer *copy;
    painting->job.ticker = (PstTicker){.callback = progress, .user = user};
    if (!finish(painting, y0, y1, error) ||
        (pst_tile_rows_behind(&painting->tile, &y0, &y1) && !finish(painting, y0, y1, error)))
        return NULL;
    if (painting->settings.tileable) {
        copy = pst_tile_fold(&painting->tile, painting->compose.result, part, error);
    } else {
        copy = gegl_buffer_new(part, gegl_buffer_get_format(painting->compose.result));
        gegl_buffer_copy(painting->compose.result, part, GEGL_ABYSS_NONE, copy, part);
    }
    if (copy && !pst_swap_check(error))
        g_clear_object(&copy);
    return copy;
}

GeglBuffer *pst_stylize(const PstEngine *engine, GeglBuffer *content, const PstStyle *style,
                        const PstSettings *settings, PstProgress progress, gpointer user,
                        GError **error)
{
    return pst_stylize_places(engine, content, style, NULL, settings, progress, user, error);
}

GeglBuffer *pst_stylize_places(const PstEngine *engine, GeglBuffer *content, const PstStyle *style,
                               const PstPlaces *places, const PstSettings *settings,
                               PstProgress progress, gpointer user, GError **error)
{
    GeglBuffer *result = NULL;
    PstPainting *painting =
        pst_painting_new_places(engine, content, style, places, settings, progress, user, error);
    if (painting && finish(painting, 0, painting->compose.content.extent.height, error))
        result = settings->tileable ? pst_tile_fold(&painting->tile, painting->compose.result,
                                                    &painting->tile.period, error)
                                    : g_object_ref(painting->compose.result);
    if (result && !pst_swap_check(error))
        g_clear_object(&result);
    pst_painting_free(painting);
    return result;
}
