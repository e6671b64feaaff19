/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See job.h.
 */
#include "job.h"

#include <glib/gi18n.h>

/* A multiple of GIMP's and GEGL's tile sizes that is copied in a few milliseconds. */
#define PIECE 256

/* How much of the bar the steps take; what is left belongs to style and painting, which share it by
 * their work, and, at the end, to writing the layer. */
#define START_UNTIL 0.01
#define READ_UNTIL  0.05
#define PAINT_UNTIL 0.96
/* Encoding a style picture of 512 px, which is what every one is reduced to. */
#define STYLE_GFLOP 8.0

gboolean pst_buffer_copy(GeglBuffer *from, GeglBuffer *to, PstMonitor *monitor, GError **error)
{
    const GeglRectangle *all = gegl_buffer_get_extent(from);

    for (int y = 0; y < all->height; y += PIECE) {
        for (int x = 0; x < all->width; x += PIECE) {
            GeglRectangle piece = {all->x + x, all->y + y, MIN(PIECE, all->width - x),
                                   MIN(PIECE, all->height - y)};
            double done = (y + (double) piece.height * x / all->width) / all->height;

            if (!pst_monitor_check(monitor, done, error))
                return FALSE;
            gegl_buffer_copy(from, &piece, GEGL_ABYSS_NONE, to, &piece);
        }
    }
    return TRUE;
}

/* GEGL keeps pixels in a cache of its own, beside the engine's memory, and the rest in a swap file.  Its
 * size is the one of GIMP's preferences, unless the caller has set a limit. */
static void limit_cache(const PstSettings *settings)
{
    const guint64 least = 64 << 20, most = 512 << 20;

    if (settings->memory > 0)
        g_object_set(gegl_config(), "tile-cache-size", CLAMP(settings->memory / 2, least, most),
                     NULL);
}

/* A copy, because the user can go on editing the layer, or delete it, while we compute. */
static GeglBuffer *read_content(GeglBuffer *content, PstMonitor *monitor, GError **error)
{
    GeglBuffer *copy =
        gegl_buffer_new(gegl_buffer_get_extent(content), gegl_buffer_get_format(content));

    pst_monitor_step(monitor, READ_UNTIL, _("Reading the layer"));
    if (!pst_buffer_copy(content, copy, monitor, error))
        g_clear_object(&copy);
    return copy;
}

static PstStyle *read_style(const PstJob *job, PstEngine *engine, PstMonitor *monitor,
                            GError **error)
{
    const PstRequest *request = job->request;

    if (job->style)
        return pst_style_new_from_buffer(engine, job->style, &request->settings,
                                         pst_monitor_progress, monitor, error);
    return pst_style_new_from_name(engine, request->style, &request->settings, pst_monitor_progress,
                                   monitor, error);
}

static GeglBuffer *paint(const PstJob *job, PstEngine *engine, PstMonitor *monitor, GError **error)
{
    const PstSettings *settings = &job->request->settings;
    GeglBuffer *content, *result = NULL;
    PstStyle *style = NULL;
    PstPlanSummary plan;

    /* First of all, so that what cannot fit is said before anything is computed. */
    if (!pst_stylize_plan(engine, gegl_buffer_get_width(job->content),
                          gegl_buffer_get_height(job->content), settings, &plan, error))
        return NULL;
    content = read_content(job->content, monitor, error);
    if (content) {
        double share = STYLE_GFLOP / (STYLE_GFLOP + plan.gflop);

        pst_monitor_step(monitor, READ_UNTIL + share * (PAINT_UNTIL - READ_UNTIL),
                         _("Reading the style"));
        style = read_style(job, engine, monitor, error);
    }
    if (style) {
        pst_monitor_step(monitor, PAINT_UNTIL, _("Painting"));
        result =
            pst_stylize(engine, content, style, settings, pst_monitor_progress, monitor, error);
    }
    pst_style_free(style);
    g_clear_object(&content);
    return result;
}

GeglBuffer *pst_job_run(const PstJob *job, PstMonitor *monitor, char **weights_version,
                        GError **error)
{
    PstEngine *engine = job->engine;
    GeglBuffer *result;

    limit_cache(&job->request->settings);
    pst_monitor_step(monitor, START_UNTIL, _("Starting"));
    if (!engine)
        engine = pst_engine_new(NULL, error);
    if (!engine)
        return NULL;
    result = paint(job, engine, monitor, error);
    if (result)
        *weights_version = g_strdup(pst_engine_weights_version(engine));
    if (engine != job->engine)
        pst_engine_free(engine);
    return result;
}
