/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/paint/network.h"

#include "image/style/style.h"

static PstStatus read_seen(void *user, PstBox box, const PstMap *picture, const PstMap *weights,
                           PstMessage *message)
{
    (void) message;
    const PstNetworkRun *run = user;
    const PstDraft *draft = run->draft;
    pst_reader_fill(run->seen, box, picture, weights);
    if (run->under_amount > 0)
        pst_underpainting_add(run->under, run->under_amount, draft->width, draft->height, box,
                              picture, run->seen->threads);
    if (run->jitter.amount > 0)
        pst_jitter_add(&run->jitter, box, picture);
    for (int y = box.y0; y < MIN(box.y1, draft->height) && run->share && weights; y++) {
        const float *share = run->share + (gsize) y * draft->width;
        float *to = pst_map_row(weights, 0, y);
        for (int x = box.x0; x < MIN(box.x1, draft->width); x++)
            to[x - box.x0] *= share[x];
    }
    return PST_OK;
}

static PstStatus write_draft(void *user, int node, PstBox box, const PstMap *map, int column,
                             PstMessage *message)
{
    (void) node, (void) message;
    const PstNetworkRun *run = user;
    const PstDraft *draft = run->draft;
    int x1 = MIN(box.x1, draft->width), y1 = MIN(box.y1, draft->height); /* no extension */
#pragma omp parallel for num_threads(run->seen->threads)
    for (int y = box.y0; y < y1; y++) {
        for (int c = 0; c < 3; c++) {
            const float *from = pst_map_row(map, c, y) - column;
            float *to = pst_draft_row(draft, PST_DRAFT_COLOUR + c, y);
            for (int x = box.x0; x < x1; x++)
                to[x] = pst_clamp(from[x]);
        }
    }
    return PST_OK;
}

static PstStatus tick(void *user, double done, PstMessage *message)
{
    const PstNetworkRun *run = user;
    return pst_ticker_tick(run->ticker, done, message);
}

PstPlan *pst_network_plan(const PstEngine *engine, int width, int height, gsize taken,
                          const PstSettings *settings, GError **error)
{
    PstPlanOptions options = {
        .width = pst_reader_extended(engine->paint, width),
        .height = pst_reader_extended(engine->paint, height),
        .inside_width = width,
        .inside_height = height,
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

gboolean pst_network_run(const PstNetworkRun *run, GError **error)
{
    const PstEngine *engine = run->engine;
    PstPlan *plan = pst_network_plan(engine, run->draft->width, run->draft->height, run->taken,
                                     run->settings, error);
    if (!plan)
        return FALSE;
    /* to attention, zeros are no tokens */
    g_autofree float *none = g_new0(float, engine->token_count * engine->token_size);
    gboolean attend = run->settings->fusion == PST_FUSION_ATTENTION;
    PstVectorIo vectors[] = {
        {.node = engine->paint_code, .in = run->style->code},
        {.node = engine->paint_strength, .in = &run->strength},
        {.node = engine->paint_tokens, .in = attend ? run->style->tokens : none},
    };
    PstRunIo io = {
        .user = (void *) run, /* which none of these changes */
        .read = read_seen,
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
