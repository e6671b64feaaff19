/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The painter over a picture: network, then colours, strength and alpha, pixel by pixel.
 */
#include "image/colour.h"
#include "image/reader.h"

#include <string.h>

/* Up to this strength (1 = 100 %) the photo itself is blended in, so that 0 is exactly the photo.  Above,
 * the dial works in feature space alone. */
#define BLEND_BELOW 0.3

/* The share of the work that the network is, for the progress, when there is more to do. */
#define NETWORK_SHARE 0.9

typedef struct {
    const PstSettings *settings;
    PstReader content;
    GeglBuffer *result;
    const Babl *format; /* of the result */
    int channels;       /* 3 or 4 */
    float *row;         /* PST_READER_ROWS rows of the result */
    float blend;        /* weight of the painted picture against the photo */
    PstTicker ticker;
} Job;

/* ---- One pixel ------------------------------------------------------------------------------- */

/* Finishes `out`, which holds the painted colour, next to the pixel of the content. */
static void finish_pixel(const Job *job, float *out, const float *content)
{
    float seen[3];
    for (int c = 0; c < 3; c++)
        seen[c] = pst_clamp(content[c]);
    if (job->settings->keep_colours == PST_KEEP_COLOURS_LUMINANCE)
        pst_colour_luminance(out, seen);
    for (int c = 0; c < 3; c++) {
        out[c] = pst_clamp(out[c]);
        if (job->blend < 1)
            out[c] = content[c] + job->blend * (out[c] - content[c]);
    }
    if (job->channels == 4)
        out[3] = content[3];
}

/* ---- The network's callbacks ----------------------------------------------------------------- */

static PstStatus read_content(void *user, PstBox box, const PstMap *picture, const PstMap *weights,
                              PstMessage *message)
{
    (void) message;
    pst_reader_fill(&((Job *) user)->content, box, picture, weights);
    return PST_OK;
}

static PstStatus write_result(void *user, int node, PstBox box, const PstMap *map, int column,
                              PstMessage *message)
{
    (void) node, (void) message;
    Job *job = user;
    PstReader *content = &job->content;
    gboolean later =
        job->settings->keep_colours == PST_KEEP_COLOURS_MATCH; /* see match_colours() */
    int x1 = MIN(box.x1, content->extent.width), y1 = MIN(box.y1, content->extent.height);
    int width = x1 - box.x0;
    for (int y = box.y0; y < y1 && width > 0; y += PST_READER_ROWS) {
        int count = MIN(PST_READER_ROWS, y1 - y);
        pst_reader_get(content, box.x0, x1, y, count);
        for (int i = 0; i < count; i++) {
            const float *planes[3];
            for (int c = 0; c < 3; c++)
                planes[c] = pst_map_row(map, c, y + i) + box.x0 - column;
            for (int x = 0; x < width; x++) {
                gsize at = (gsize) i * width + x;
                float *out = job->row + job->channels * at;
                for (int c = 0; c < 3; c++)
                    out[c] = pst_clamp(planes[c][x]);
                if (job->channels == 4)
                    out[3] = 1;
                if (!later)
                    finish_pixel(job, out, content->rows + 4 * at);
            }
        }
        GeglRectangle to = {content->extent.x + box.x0, content->extent.y + y, width, count};
        gegl_buffer_set(job->result, &to, 0, job->format, job->row, GEGL_AUTO_ROWSTRIDE);
    }
    return PST_OK;
}

static PstStatus tick(void *user, double done, PstMessage *message)
{
    return pst_ticker_tick(&((Job *) user)->ticker, done, message);
}

/* ---- Colours of the content, by its statistics ------------------------------------------------ */

/* Reads rows [y, y + count) of result and content side by side; `to` is where the result's are. */
static void read_both(Job *job, int y, int count, GeglRectangle *to)
{
    *to = (GeglRectangle){job->content.extent.x, job->content.extent.y + y,
                          job->content.extent.width, count};
    pst_reader_get(&job->content, 0, to->width, y, count);
    gegl_buffer_get(job->result, to, 1.0, job->format, job->row, GEGL_AUTO_ROWSTRIDE,
                    GEGL_ABYSS_NONE);
}

static void measure_pixel(const Job *job, const float *painted, const float *content,
                          PstColourSums sums[2])
{
    float seen[3];
    for (int c = 0; c < 3; c++)
        seen[c] = pst_reader_seen(&job->content, content, c);
    double alpha = pst_clamp(content[3]);
    pst_colour_sums_add(&sums[0], painted, alpha);
    pst_colour_sums_add(&sums[1], seen, alpha);
}

/* Only now that the whole result is known: measure both, then map. */
static PstStatus match_colours(Job *job, PstMessage *message)
{
    PstColourSums sums[2];
    PstColourMap map;
    memset(sums, 0, sizeof sums);
    int height = job->content.extent.height;
    PstStatus status = PST_OK;
    for (int step = 0; step < 2; step++) {
        for (int y = 0; y < height && !status; y += PST_READER_ROWS) {
            int count = MIN(PST_READER_ROWS, height - y);
            GeglRectangle box;
            read_both(job, y, count, &box);
            for (gsize i = 0; i < (gsize) count * box.width; i++) {
                float *painted = job->row + job->channels * i;
                const float *content = job->content.rows + 4 * i;
                if (step == 0) {
                    measure_pixel(job, painted, content, sums);
                } else {
                    pst_colour_apply(&map, painted);
                    finish_pixel(job, painted, content);
                }
            }
            if (step == 1)
                gegl_buffer_set(job->result, &box, 0, job->format, job->row, GEGL_AUTO_ROWSTRIDE);
            status = tick(job, (step + (double) y / height) / 2, message);
        }
        pst_colour_match(&sums[0], &sums[1], &map);
    }
    return status;
}

/* ---- The whole ------------------------------------------------------------------------------- */

static PstPlan *make_plan(const PstEngine *engine, int width, int height,
                          const PstSettings *settings, GError **error)
{
    PstPlanOptions options = {
        .width = pst_reader_extended(engine->paint, width),
        .height = pst_reader_extended(engine->paint, height),
        .threads = pst_settings_threads(settings),
        .memory = pst_settings_memory(settings),
    };
    PstMessage message;
    PstPlan *plan;
    PstStatus status = pst_plan_new(&plan, engine->paint, &options, &message);
    if (status)
        pst_error_from_status(error, status, &message);
    return plan;
}

gboolean pst_stylize_plan(const PstEngine *engine, int width, int height,
                          const PstSettings *settings, PstPlanSummary *summary, GError **error)
{
    if (!pst_reader_check_size(width, height, error))
        return FALSE;
    PstPlan *plan = make_plan(engine, width, height, settings, error);
    if (plan) {
        *summary = (PstPlanSummary){plan->bytes, plan->flop / 1e9, plan->stripes};
        pst_plan_free(&plan);
        return TRUE;
    }
    return FALSE;
}

static PstStatus paint(Job *job, const PstEngine *engine, const PstPlan *plan,
                       const PstStyle *style, PstMessage *message)
{
    float strength = (float) (job->settings->strength / 100);
    PstVectorIo vectors[] = {
        {.node = engine->paint_code, .in = style->code},
        {.node = engine->paint_strength, .in = &strength},
    };
    PstRunIo io = {
        .user = job,
        .read = read_content,
        .write = write_result,
        .progress = tick,
        .vectors = vectors,
        .vector_count = G_N_ELEMENTS(vectors),
    };
    gboolean match = job->settings->keep_colours == PST_KEEP_COLOURS_MATCH;
    job->blend = (float) MIN(1.0, job->settings->strength / 100 / BLEND_BELOW);
    job->ticker.to = match ? NETWORK_SHARE : 1;
    PstStatus status = pst_run(plan, &io, message);
    if (!status && match) {
        job->ticker.from = job->ticker.to;
        job->ticker.to = 1;
        status = match_colours(job, message);
    }
    return status;
}

/* The result's buffer and the rows to fill it with. */
static gboolean make_result(Job *job, GError **error)
{
    const Babl *space = babl_format_get_space(job->content.format);
    job->channels = job->content.has_alpha ? 4 : 3;
    job->format = job->content.has_alpha ? job->content.format
                                         : babl_format_with_space("R'G'B' float", space);
    job->row =
        g_try_new(float, (gsize) job->channels * job->content.extent.width * PST_READER_ROWS);
    if (!job->row) {
        g_set_error_literal(error, PST_ERROR, PST_ERROR_MEMORY, "no memory for the result");
        return FALSE;
    }
    job->result = gegl_buffer_new(&job->content.extent, job->format);
    return TRUE;
}

GeglBuffer *pst_stylize(const PstEngine *engine, GeglBuffer *content, const PstStyle *style,
                        const PstSettings *settings, PstProgress progress, gpointer user,
                        GError **error)
{
    Job job = {.settings = settings, .ticker = {.callback = progress, .user = user}};
    if (!pst_reader_open(&job.content, content, error))
        return NULL;
    GeglRectangle *extent = &job.content.extent;
    PstPlan *plan = make_plan(engine, extent->width, extent->height, settings, error);
    if (plan && make_result(&job, error)) {
        PstMessage message;
        PstStatus status = paint(&job, engine, plan, style, &message);
        if (status) {
            pst_error_from_status(error, status, &message);
            g_clear_object(&job.result);
        }
    }
    pst_plan_free(&plan);
    pst_reader_close(&job.content);
    g_free(job.row);
    return job.result;
}
