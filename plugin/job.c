/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See job.h.
 */
#include "job.h"

#include <glib/gi18n.h>

/* How much of the bar the steps take; what is left belongs to styles and painting, which share it by
 * their work, and, at the end, to writing the layers. */
#define START_UNTIL 0.01
#define READ_UNTIL  0.05
#define PAINT_UNTIL 0.96
/* Encoding a style picture of 512 px, which is what every one is reduced to. */
#define STYLE_GFLOP 8.0

/* GEGL keeps pixels in a cache of its own, beside the engine's memory, and the rest in a swap file.  Its
 * size is the one of GIMP's preferences, unless the caller has set a limit. */
static void limit_cache(const PstSettings *settings)
{
    const guint64 least = 64 << 20, most = 512 << 20;

    if (settings->memory > 0)
        g_object_set(gegl_config(), "tile-cache-size", CLAMP(settings->memory / 2, least, most),
                     NULL);
}

/* The work of painting all contents; below 0 and an error when one cannot be.  First of all, so that what
 * cannot fit is said before anything is computed. */
static double plan(const PstJob *job, const PstEngine *engine, GError **error)
{
    double gflop = 0;

    for (int i = 0; i < job->count; i++) {
        PstPlanSummary summary;

        if (!pst_stylize_plan(engine, gegl_buffer_get_width(job->contents[i].buffer),
                              gegl_buffer_get_height(job->contents[i].buffer),
                              &job->request->settings, &summary, error))
            return -1;
        gflop += summary.gflop;
    }
    return gflop;
}

/* Copies, because the user can go on editing the layers, or delete them, while we compute. */
static GPtrArray *read_contents(const PstJob *job, PstMonitor *monitor, GError **error)
{
    GPtrArray *copies = g_ptr_array_new_with_free_func(g_object_unref);

    for (int i = 0; i < job->count; i++) {
        double share = (i + 1.0) / job->count;
        GeglBuffer *copy;

        pst_monitor_step(monitor, START_UNTIL + share * (READ_UNTIL - START_UNTIL),
                         _("Reading the layer"));
        copy = pst_buffer_read(job->contents[i].buffer, monitor, error);
        if (!copy) {
            g_ptr_array_unref(copies);
            return NULL;
        }
        g_ptr_array_add(copies, copy);
    }
    return copies;
}

/* ---- Styles ---------------------------------------------------------------------------------- */

static PstStyle *read_style(const PstJob *job, const PstEngine *engine, const PstPixels *pixels,
                            const char *name, PstMonitor *monitor, GError **error)
{
    const PstSettings *settings = &job->request->settings;
    GeglBuffer *seen;
    PstStyle *style;

    if (!pixels->buffer)
        return pst_style_new_from_name(engine, name, settings, pst_monitor_progress, monitor,
                                       error);
    seen = pst_pixels_read(pixels, &job->contents[0], monitor, error);
    if (!seen)
        return NULL;
    style = pst_style_new_from_buffer(engine, seen, settings, pst_monitor_progress, monitor, error);
    g_object_unref(seen);
    return style;
}

static PstStyle *mix_styles(const PstJob *job, const PstEngine *engine, const PstStyleTerm *terms,
                            PstMonitor *monitor, GError **error)
{
    PstStyle *styles[PST_STYLES_MOST] = {NULL}, *mixed = NULL;
    double weights[PST_STYLES_MOST];
    int count = 0;

    for (; terms[count].name; count++) {
        weights[count] = terms[count].weight;
        styles[count] =
            read_style(job, engine, &job->styles[count], terms[count].name, monitor, error);
        if (!styles[count])
            break;
    }
    if (!terms[count].name)
        mixed = pst_style_new_mixed((const PstStyle *const *) styles, weights, count);
    for (int i = 0; i < count; i++)
        pst_style_free(styles[i]);
    return mixed;
}

static PstStyle *make_style(const PstJob *job, const PstEngine *engine, PstMonitor *monitor,
                            GError **error)
{
    PstStyleTerm *terms;
    PstStyle *style;

    if (pst_style_is_kept(job->request->style))
        return pst_style_new_from_bytes(engine, job->kept, error);
    terms = pst_style_terms_new(job->request->style, error);
    if (!terms)
        return NULL;
    style = mix_styles(job, engine, terms, monitor, error);
    pst_style_terms_free(terms);
    return style;
}

/* With what Refine needs of it, so that a recipe's style can be refined towards without its picture. */
static PstStyle *make_refinable(const PstJob *job, const PstEngine *engine, PstMonitor *monitor,
                                GError **error)
{
    PstStyle *style = make_style(job, engine, monitor, error), *seen;

    if (!style)
        return NULL;
    seen = pst_style_new_refinable(engine, style, &job->request->settings, pst_monitor_progress,
                                   monitor, error);
    pst_style_free(style);
    return seen;
}

/* ---- Painting -------------------------------------------------------------------------------- */

/* The mask beside content `i`. */
static PstPlaces places_of(const PstJob *job, GeglBuffer *mask, guint i)
{
    return (PstPlaces){.mask = {.buffer = mask,
                                .x = job->contents[i].x - job->mask.x,
                                .y = job->contents[i].y - job->mask.y}};
}

static GPtrArray *paint_contents(const PstJob *job, const PstEngine *engine, GPtrArray *contents,
                                 GeglBuffer *mask, const PstStyle *style, double from,
                                 PstMonitor *monitor, GError **error)
{
    GPtrArray *pictures = g_ptr_array_new_with_free_func(g_object_unref);

    for (guint i = 0; i < contents->len; i++) {
        double share = (i + 1.0) / contents->len;
        PstPlaces places = places_of(job, mask, i);
        GeglBuffer *picture;

        pst_monitor_step(monitor, from + share * (PAINT_UNTIL - from), _("Painting"));
        picture = pst_stylize_places(engine, contents->pdata[i], style, &places,
                                     &job->request->settings, pst_monitor_progress, monitor, error);
        if (!picture) {
            g_ptr_array_unref(pictures);
            return NULL;
        }
        g_ptr_array_add(pictures, picture);
    }
    return pictures;
}

static gboolean paint(const PstJob *job, const PstEngine *engine, PstMonitor *monitor,
                      PstPainted *painted, GError **error)
{
    double gflop = plan(job, engine, error), from;
    GPtrArray *contents;
    GeglBuffer *mask = NULL;
    PstStyle *style = NULL;
    gboolean ok;

    if (gflop < 0)
        return FALSE;
    contents = read_contents(job, monitor, error);
    if (!contents)
        return FALSE;
    if (job->mask.buffer)
        mask = pst_pixels_read_mask(&job->mask, monitor, error);
    ok = mask || !job->mask.buffer;
    from = READ_UNTIL + STYLE_GFLOP / (STYLE_GFLOP + gflop) * (PAINT_UNTIL - READ_UNTIL);
    pst_monitor_step(monitor, from, _("Reading the style"));
    if (ok)
        style = make_refinable(job, engine, monitor, error);
    if (style) {
        painted->pictures =
            paint_contents(job, engine, contents, mask, style, from, monitor, error);
        if (painted->pictures) {
            painted->style = pst_style_to_bytes(style);
            painted->weights = g_strdup(pst_engine_weights_version(engine));
        }
        if (painted->pictures && !painted->style) {
            g_set_error_literal(error, PST_ERROR, PST_ERROR_MEMORY, "no memory for the recipe");
            g_clear_pointer(&painted->pictures, g_ptr_array_unref);
        }
        pst_style_free(style);
    }
    g_clear_object(&mask);
    g_ptr_array_unref(contents);
    return painted->pictures != NULL;
}

gboolean pst_job_run(const PstJob *job, PstMonitor *monitor, PstPainted *painted, GError **error)
{
    PstEngine *engine = job->engine;
    gboolean ok;

    *painted = (PstPainted){NULL, NULL, NULL};
    limit_cache(&job->request->settings);
    pst_monitor_step(monitor, START_UNTIL, _("Starting"));
    if (!engine)
        engine = pst_engine_new(NULL, error);
    if (!engine)
        return FALSE;
    ok = paint(job, engine, monitor, painted, error);
    if (engine != job->engine)
        pst_engine_free(engine);
    return ok;
}

void pst_painted_clear(PstPainted *painted)
{
    g_clear_pointer(&painted->pictures, g_ptr_array_unref);
    g_clear_pointer(&painted->style, g_bytes_unref);
    g_clear_pointer(&painted->weights, g_free);
}
