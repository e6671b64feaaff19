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
    PstPlaces places = {.region_count = job->request->region_count};
    double gflop = 0;

    for (int i = 0; i < job->count; i++) {
        PstPlanSummary summary;

        if (!pst_stylize_plan_places(engine, gegl_buffer_get_width(job->contents[i].buffer),
                                     gegl_buffer_get_height(job->contents[i].buffer), &places,
                                     &job->request->settings, &summary, error))
            return -1;
        gflop += summary.gflop;
    }
    return gflop;
}

/* The nth of the two readings that each content has. */
static void step_reading(const PstJob *job, int n, PstMonitor *monitor)
{
    double share = (n + 1.0) / (2 * job->count);

    pst_monitor_step(monitor, START_UNTIL + share * (READ_UNTIL - START_UNTIL),
                     _("Reading the layer"));
}

/* Copies, because the user can go on editing the layers, or delete them, while we compute.  What is shown goes first:
 * a selection is as it is when the run starts. */
static gboolean read_shown(const PstJob *job, GPtrArray *shown, PstMonitor *monitor, GError **error)
{
    for (int i = 0; i < job->count; i++) {
        GeglBuffer *copy = NULL;

        step_reading(job, i, monitor);
        if (job->selection || job->contents[i].mask) {
            copy = pst_pixels_read_shown(&job->contents[i], job->selection, monitor, error);
            if (!copy)
                return FALSE;
        }
        g_ptr_array_add(shown, copy);
    }
    return TRUE;
}

static gboolean read_contents(const PstJob *job, GPtrArray *contents, PstMonitor *monitor,
                              GError **error)
{
    for (int i = 0; i < job->count; i++) {
        GeglBuffer *copy;

        step_reading(job, job->count + i, monitor);
        copy = pst_pixels_copy(&job->contents[i], monitor, error);
        if (!copy)
            return FALSE;
        g_ptr_array_add(contents, copy);
    }
    return TRUE;
}

/* ---- Styles ---------------------------------------------------------------------------------- */

/* What all contents are painted with.  Cleared with clear_palette(), whatever is in it. */
typedef struct {
    GeglBuffer
        *pictures[PST_REQUEST_STYLES][PST_STYLES_MOST]; /* of layers, until they are encoded */
    PstStyle *styles[PST_REQUEST_STYLES];
    GeglBuffer *masks[PST_REQUEST_STYLES]; /* the strength map or NULL, then the regions' */
} Palette;

static void clear_palette(Palette *palette)
{
    for (int k = 0; k < PST_REQUEST_STYLES; k++) {
        for (int i = 0; i < PST_STYLES_MOST; i++)
            g_clear_object(&palette->pictures[k][i]);
        pst_style_free(palette->styles[k]);
        g_clear_object(&palette->masks[k]);
    }
}

static gboolean read_masks(const PstJob *job, Palette *palette, PstMonitor *monitor, GError **error)
{
    for (int k = 0; k <= job->request->region_count; k++) {
        const PstPixels *mask = &job->styles[k].mask;

        if (!mask->buffer)
            continue;
        palette->masks[k] = pst_pixels_read_mask(mask, monitor, error);
        if (!palette->masks[k])
            return FALSE;
    }
    return TRUE;
}

/* All of them before the first is encoded, which takes a while. */
static gboolean read_pictures(const PstJob *job, Palette *palette, PstMonitor *monitor,
                              GError **error)
{
    for (int n = 0; n < (1 + job->request->region_count) * PST_STYLES_MOST; n++) {
        int k = n / PST_STYLES_MOST, i = n % PST_STYLES_MOST;
        const PstPixels *layer = &job->styles[k].layers[i];

        if (!layer->buffer)
            continue;
        palette->pictures[k][i] = pst_pixels_read(layer, &job->contents[0], monitor, error);
        if (!palette->pictures[k][i])
            return FALSE;
    }
    return TRUE;
}

/* Takes `picture`; NULL where the style goes by its name. */
static PstStyle *encode(const PstJob *job, const PstEngine *engine, const char *name,
                        GeglBuffer *picture, PstMonitor *monitor, GError **error)
{
    const PstSettings *settings = &job->request->settings;
    PstStyle *style;

    if (!picture)
        return pst_style_new_from_name(engine, name, settings, pst_monitor_progress, monitor,
                                       error);
    style =
        pst_style_new_from_buffer(engine, picture, settings, pst_monitor_progress, monitor, error);
    g_object_unref(picture);
    return style;
}

/* Takes `pictures`. */
static PstStyle *mix_styles(const PstJob *job, const PstEngine *engine, const PstStyleTerm *terms,
                            GeglBuffer *pictures[PST_STYLES_MOST], PstMonitor *monitor,
                            GError **error)
{
    PstStyle *styles[PST_STYLES_MOST] = {NULL}, *mixed = NULL;
    double weights[PST_STYLES_MOST];
    int count = 0;

    for (; terms[count].name; count++) {
        weights[count] = terms[count].weight;
        styles[count] = encode(job, engine, terms[count].name, g_steal_pointer(&pictures[count]),
                               monitor, error);
        if (!styles[count])
            break;
    }
    if (!terms[count].name)
        mixed = pst_style_new_mixed((const PstStyle *const *) styles, weights, count);
    for (int i = 0; i < count; i++)
        pst_style_free(styles[i]);
    return mixed;
}

/* Style k of pst_request_style(). */
static PstStyle *make_style(const PstJob *job, const PstEngine *engine, Palette *palette, int k,
                            PstMonitor *monitor, GError **error)
{
    const char *text = pst_request_style(job->request, k);
    PstStyleTerm *terms;
    PstStyle *style;

    if (pst_style_kept_name(text))
        return pst_style_new_from_bytes(engine, job->styles[k].kept, error);
    terms = pst_style_terms_new(text, error);
    if (!terms)
        return NULL;
    style = mix_styles(job, engine, terms, palette->pictures[k], monitor, error);
    pst_style_terms_free(terms);
    return style;
}

/* With what Refine needs of it, so that a recipe's style can be refined towards without its picture. */
static PstStyle *make_refinable(const PstJob *job, const PstEngine *engine, Palette *palette, int k,
                                PstMonitor *monitor, GError **error)
{
    PstStyle *style = make_style(job, engine, palette, k, monitor, error), *seen;

    if (!style)
        return NULL;
    seen = pst_style_new_refinable(engine, style, &job->request->settings, pst_monitor_progress,
                                   monitor, error);
    pst_style_free(style);
    return seen;
}

static gboolean make_styles(const PstJob *job, const PstEngine *engine, Palette *palette,
                            PstMonitor *monitor, GError **error)
{
    for (int k = 0; k <= job->request->region_count; k++) {
        palette->styles[k] = make_refinable(job, engine, palette, k, monitor, error);
        if (!palette->styles[k])
            return FALSE;
    }
    return TRUE;
}

/* What a recipe keeps of them. */
static gboolean keep_styles(const PstJob *job, const PstEngine *engine, const Palette *palette,
                            PstPainted *painted, GError **error)
{
    painted->weights = g_strdup(pst_engine_weights_version(engine));
    for (int k = 0; k <= job->request->region_count; k++) {
        painted->styles[k] = pst_style_to_bytes(palette->styles[k]);
        if (!painted->styles[k]) {
            g_set_error_literal(error, PST_ERROR, PST_ERROR_MEMORY, "no memory for the recipe");
            return FALSE;
        }
    }
    return TRUE;
}

/* ---- Painting -------------------------------------------------------------------------------- */

/* Mask k beside content `i`. */
static PstMask place_mask(const PstJob *job, const Palette *palette, int k, guint i)
{
    const PstPixels *mask = &job->styles[k].mask, *content = &job->contents[i];

    return (PstMask){palette->masks[k], content->x - mask->x, content->y - mask->y};
}

static GeglBuffer *paint_content(const PstJob *job, const PstEngine *engine, GeglBuffer *content,
                                 guint i, const Palette *palette, PstMonitor *monitor,
                                 GError **error)
{
    PstRegion regions[PST_REGIONS_MOST];
    PstPlaces places = {.mask = place_mask(job, palette, 0, i),
                        .regions = regions,
                        .region_count = job->request->region_count};

    for (int k = 0; k < places.region_count; k++)
        regions[k] = (PstRegion){palette->styles[k + 1], place_mask(job, palette, k + 1, i)};
    return pst_stylize_places(engine, content, palette->styles[0], &places, &job->request->settings,
                              pst_monitor_progress, monitor, error);
}

static GPtrArray *paint_contents(const PstJob *job, const PstEngine *engine, GPtrArray *contents,
                                 const Palette *palette, double from, PstMonitor *monitor,
                                 GError **error)
{
    GPtrArray *pictures = g_ptr_array_new_with_free_func(g_object_unref);

    for (guint i = 0; i < contents->len; i++) {
        double share = (i + 1.0) / contents->len;
        GeglBuffer *picture;

        pst_monitor_step(monitor, from + share * (PAINT_UNTIL - from), C_("progress", "Painting"));
        picture = paint_content(job, engine, contents->pdata[i], i, palette, monitor, error);
        if (!picture) {
            g_ptr_array_unref(pictures);
            return NULL;
        }
        g_ptr_array_add(pictures, picture);
    }
    return pictures;
}

/* Where the work of styles ends, and that of painting begins. */
static double styles_until(const PstJob *job, double gflop)
{
    double style_gflop = STYLE_GFLOP * (1 + job->request->region_count);

    return READ_UNTIL + style_gflop / (style_gflop + gflop) * (PAINT_UNTIL - READ_UNTIL);
}

/* All that GIMP has is read first; `gflop` is the work of painting. */
static gboolean paint_with(const PstJob *job, const PstEngine *engine, Palette *palette,
                           double gflop, PstMonitor *monitor, PstPainted *painted, GError **error)
{
    GPtrArray *contents = g_ptr_array_new_with_free_func(g_object_unref);
    double from = styles_until(job, gflop);
    gboolean ok = read_shown(job, painted->shown, monitor, error) &&
                  read_contents(job, contents, monitor, error) &&
                  read_masks(job, palette, monitor, error);

    if (ok)
        pst_monitor_step(monitor, from, _("Reading the style"));
    ok = ok && read_pictures(job, palette, monitor, error) &&
         make_styles(job, engine, palette, monitor, error);
    if (ok)
        painted->pictures = paint_contents(job, engine, contents, palette, from, monitor, error);
    g_ptr_array_unref(contents);
    return painted->pictures && keep_styles(job, engine, palette, painted, error);
}

static void unref_if_any(gpointer object)
{
    g_clear_object(&object);
}

static gboolean paint(const PstJob *job, const PstEngine *engine, PstMonitor *monitor,
                      PstPainted *painted, GError **error)
{
    double gflop = plan(job, engine, error);
    Palette palette = {.styles = {NULL}};
    gboolean ok;

    if (gflop < 0)
        return FALSE;
    painted->shown = g_ptr_array_new_with_free_func(unref_if_any);
    ok = paint_with(job, engine, &palette, gflop, monitor, painted, error);
    clear_palette(&palette);
    if (!ok)
        pst_painted_clear(painted);
    return ok;
}

gboolean pst_job_run(const PstJob *job, PstMonitor *monitor, PstPainted *painted, GError **error)
{
    PstEngine *engine = job->engine;
    gboolean ok;

    *painted = (PstPainted){.pictures = NULL};
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
    g_clear_pointer(&painted->shown, g_ptr_array_unref);
    for (int k = 0; k < PST_REQUEST_STYLES; k++)
        g_clear_pointer(&painted->styles[k], g_bytes_unref);
    g_clear_pointer(&painted->weights, g_free);
}
