/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The painter over a picture: first a draft of it, then the draft at full size.
 */
#include "image/colour.h"
#include "image/compose.h"
#include "image/draft.h"
#include "image/reduce.h"
#include "image/refine.h"

/* How far the progress is after the network, and before what depends on the whole result. */
#define PAINT_UNTIL   0.75
#define DRAFT_UNTIL   0.05 /* painted, where Refine follows */
#define ENLARGE_UNTIL 0.9

typedef struct {
    PstReader small; /* what the network sees */
    PstDraft draft;
    PstCompose compose;
    PstTicker ticker;
    PstRefiner *refiner; /* or NULL */
    int threads;
} Job;

/* ---- The network's callbacks ----------------------------------------------------------------- */

static PstStatus read_source(void *user, PstBox box, const PstMap *picture, const PstMap *weights,
                             PstMessage *message)
{
    (void) message;
    pst_reader_fill(&((Job *) user)->small, box, picture, weights);
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

/* The plan for a picture of this size, beside `taken` bytes that count against the limit too. */
static PstPlan *make_plan(const PstEngine *engine, int width, int height, gsize taken,
                          const PstSettings *settings, GError **error)
{
    PstPlanOptions options = {
        .width = pst_reader_extended(engine->paint, width),
        .height = pst_reader_extended(engine->paint, height),
        .threads = pst_settings_threads(settings),
        .memory = pst_settings_memory(settings),
        .reserved = taken,
    };
    PstMessage message;
    PstPlan *plan;
    PstStatus status = pst_plan_new(&plan, engine->paint, &options, &message);
    if (status)
        pst_error_from_status(error, status, &message);
    return plan;
}

/* Runs the network over the reduced picture. */
static gboolean paint_draft(Job *job, const PstEngine *engine, const PstStyle *style,
                            GError **error)
{
    const PstSettings *settings = job->compose.settings;
    const PstDraft *draft = &job->draft;
    gsize taken = pst_draft_bytes(draft->width, draft->height, draft->full_width);
    PstPlan *plan = make_plan(engine, draft->width, draft->height, taken, settings, error);
    if (!plan)
        return FALSE;
    float strength = (float) (settings->strength / 100);
    PstVectorIo vectors[] = {
        {.node = engine->paint_code, .in = style->code},
        {.node = engine->paint_strength, .in = &strength},
    };
    PstRunIo io = {
        .user = job,
        .read = read_source,
        .write = write_draft,
        .progress = tick,
        .vectors = vectors,
        .vector_count = G_N_ELEMENTS(vectors),
    };
    PstMessage message;
    PstStatus status = pst_run(plan, &io, &message);
    pst_plan_free(&plan);
    return status ? pst_error_from_status(error, status, &message) : TRUE;
}

/* ---- From draft to result ---------------------------------------------------------------------------- */

static float luma_seen(const PstReader *reader, const float *rgba)
{
    float seen[3];
    for (int c = 0; c < 3; c++)
        seen[c] = pst_reader_seen(reader, rgba, c);
    return pst_luma(seen);
}

static void fill_luma(PstDraft *draft, PstReader *source)
{
    for (int y = 0; y < draft->height; y++) {
        float *to = pst_draft_row(draft, PST_DRAFT_LUMA, y);
        pst_reader_get(source, 0, draft->width, y, 1);
        for (int x = 0; x < draft->width; x++)
            to[x] = luma_seen(source, source->rows + 4 * x);
    }
}

/* One row of the result; `space` is for four rows of floats. */
static void enlarge_row(Job *job, int y, float *space)
{
    PstCompose *compose = &job->compose;
    int width = job->draft.full_width;
    const float *pixels = compose->content.rows + (gsize) 4 * width * (y - compose->y);
    float *luma = space, *colour = space + width;
    const float *planes[3] = {colour, colour + width, colour + 2 * width};
    for (int x = 0; x < width; x++)
        luma[x] = luma_seen(&job->small, pixels + 4 * x);
    pst_draft_enlarge(&job->draft, y, luma, colour);
    pst_compose_put(compose, y, planes);
}

static gboolean enlarge(Job *job, GError **error)
{
    PstCompose *compose = &job->compose;
    int width = job->draft.full_width, height = job->draft.full_height;
    g_autofree float *space = g_try_new(float, (gsize) 4 * width * PST_READER_ROWS);
    if (!space || !pst_draft_measure(&job->draft)) {
        g_set_error_literal(error, PST_ERROR, PST_ERROR_MEMORY, "no memory to enlarge the draft");
        return FALSE;
    }
    for (int y = 0; y < height; y += PST_READER_ROWS) {
        PstMessage message;
        int count = MIN(PST_READER_ROWS, height - y);
        pst_compose_begin(compose, 0, width, y, count);
        pst_draft_prepare(&job->draft, y, count);
#pragma omp parallel for num_threads(job->threads)
        for (int i = 0; i < count; i++)
            enlarge_row(job, y + i, space + (gsize) 4 * width * i);
        pst_compose_end(compose);
        PstStatus status = tick(job, (double) y / height, &message);
        if (status)
            return pst_error_from_status(error, status, &message);
    }
    return TRUE;
}

/* ---- Refining ------------------------------------------------------------------------------------- */

static gboolean wants_refine(const PstSettings *settings)
{
    return settings->refine.iterations > 0 && settings->strength > 0;
}

/* Loads the critic and refuses what will not fit, before anything else is done. */
static gboolean prepare_refine(Job *job, const PstEngine *engine, int width, int height,
                               GError **error)
{
    const PstSettings *settings = job->compose.settings;
    gsize bytes, taken = pst_draft_bytes(width, height, job->compose.content.extent.width);
    double gflop;
    if (!wants_refine(settings))
        return TRUE;
    job->refiner = pst_refiner_new(engine, settings, error);
    return job->refiner &&
           pst_refiner_plan(job->refiner, width, height, taken, &bytes, &gflop, error);
}

static gboolean refine_draft(Job *job, const PstStyle *style, GError **error)
{
    PstDraft *draft = &job->draft;
    gsize taken = pst_draft_bytes(draft->width, draft->height, draft->full_width);
    job->ticker.from = DRAFT_UNTIL;
    job->ticker.to = PAINT_UNTIL;
    return pst_refiner_run(job->refiner, style, &job->small, draft, taken, &job->ticker, error);
}

/* ---- The whole ------------------------------------------------------------------------------- */

static gboolean paint_and_enlarge(Job *job, const PstEngine *engine, const PstStyle *style,
                                  GError **error)
{
    const GeglRectangle *small = &job->small.extent, *full = &job->compose.content.extent;
    if (!pst_draft_init(&job->draft, small->width, small->height, full->width, full->height)) {
        g_set_error_literal(error, PST_ERROR, PST_ERROR_MEMORY, "no memory for the draft");
        return FALSE;
    }
    fill_luma(&job->draft, &job->small);
    job->ticker.to = job->refiner ? DRAFT_UNTIL : PAINT_UNTIL;
    gboolean ok = paint_draft(job, engine, style, error);
    ok = ok && (!job->refiner || refine_draft(job, style, error));
    job->ticker.from = PAINT_UNTIL;
    job->ticker.to = pst_compose_has_last_step(&job->compose) ? ENLARGE_UNTIL : 1;
    ok = ok && enlarge(job, error);
    pst_draft_clear(&job->draft);
    return ok;
}

static gboolean last_step(Job *job, GError **error)
{
    PstMessage message;
    if (!pst_compose_has_last_step(&job->compose))
        return TRUE;
    job->ticker.from = ENLARGE_UNTIL;
    job->ticker.to = 1;
    PstStatus status = pst_compose_last_step(&job->compose, &job->ticker, &message);
    return status ? pst_error_from_status(error, status, &message) : TRUE;
}

GeglBuffer *pst_stylize(const PstEngine *engine, GeglBuffer *content, const PstStyle *style,
                        const PstSettings *settings, PstProgress progress, gpointer user,
                        GError **error)
{
    Job job = {
        .ticker = {.callback = progress, .user = user},
        .threads = pst_settings_threads(settings),
    };
    PstCompose *compose = &job.compose;
    if (!pst_compose_init(compose, content, settings, error))
        return NULL;
    const GeglRectangle *extent = &compose->content.extent;
    GeglBuffer *reduced =
        pst_reduce(&compose->content, pst_draft_side(settings, extent->width, extent->height));
    gboolean ok =
        pst_reader_open(&job.small, reduced, error) &&
        prepare_refine(&job, engine, job.small.extent.width, job.small.extent.height, error) &&
        paint_and_enlarge(&job, engine, style, error) && last_step(&job, error);
    pst_reader_close(&job.small);
    g_object_unref(reduced);
    pst_compose_clear(compose);
    pst_refiner_free(job.refiner);
    if (!ok)
        g_clear_object(&compose->result);
    return compose->result;
}

/* Adds what Refine takes, after the painter has given its memory back. */
static gboolean plan_refine(const PstEngine *engine, int width, int height, gsize taken,
                            const PstSettings *settings, PstPlanSummary *summary, GError **error)
{
    gsize bytes = 0;
    double gflop = 0;
    PstRefiner *refiner = pst_refiner_new(engine, settings, error);
    gboolean ok = refiner && pst_refiner_plan(refiner, width, height, taken, &bytes, &gflop, error);
    pst_refiner_free(refiner);
    summary->bytes = MAX(summary->bytes, bytes + taken);
    summary->gflop += gflop;
    return ok;
}

gboolean pst_stylize_plan(const PstEngine *engine, int width, int height,
                          const PstSettings *settings, PstPlanSummary *summary, GError **error)
{
    if (!pst_reader_check_size(width, height, error))
        return FALSE;
    int full_width = width;
    pst_reduced_size(&width, &height, pst_draft_side(settings, width, height));
    gsize taken = pst_draft_bytes(width, height, full_width);
    PstPlan *plan = make_plan(engine, width, height, taken, settings, error);
    if (!plan)
        return FALSE;
    *summary = (PstPlanSummary){plan->bytes + taken, plan->flop / 1e9, plan->stripes};
    pst_plan_free(&plan);
    return !wants_refine(settings) ||
           plan_refine(engine, width, height, taken, settings, summary, error);
}
