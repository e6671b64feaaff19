/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GIMP 3's two procedures when they are called: arguments, run modes, and what goes back.
 */
#include "gimp3/run.h"
#include "last.h"
#include "refusal.h"

#include <gegl.h>
#include <glib/gi18n.h>

/* ---- Progress in GIMP's status bar ----------------------------------------------------------- */

/* GIMP's own Cancel ends the process, so nothing here can ask us to stop. */
static gboolean on_progress(double done, const char *text, gpointer user)
{
    (void) user;
    gimp_progress_set_text(text);
    gimp_progress_update(done);
    return TRUE;
}

/* ---- Arguments ------------------------------------------------------------------------------- */

/* Those arguments that are strings of the same name in PstRequest.  They are no choice arguments, because
 * GIMP turns a mistyped choice silently into the default. */
static const char *const string_options[] = {"output", "mask",         "regions", "brush-size",
                                             "mode",   "keep-colours", "memory"};
/* And those that are numbers. */
static const char *const number_options[] = {"strength", "underpainting", "detail", "keep-amount",
                                             "smooth"};

int pst_gimp3_threads(void)
{
    return MIN(gimp_get_num_processors(), PST_THREADS_MOST);
}

static gboolean set_number(PstRequest *request, const char *name, double value, GError **error)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    return pst_request_set(request, name, g_ascii_dtostr(text, sizeof text, value), error);
}

static gboolean read_config(GimpProcedureConfig *config, PstRequest *request, GError **error)
{
    PstSettings *settings = &request->settings;
    double number;
    char *text;
    int seed;
    gboolean ok = TRUE;

    g_object_get(config, "style", &text, "threads", &settings->threads, "refine",
                 &settings->refine.iterations, "seed", &seed, "tileable", &settings->tileable,
                 NULL);
    settings->seed = (guint32) seed;
    pst_request_set_style(request, text);
    g_free(text);
    for (guint i = 0; ok && i < G_N_ELEMENTS(number_options); i++) {
        g_object_get(config, number_options[i], &number, NULL);
        ok = set_number(request, number_options[i], number, error);
    }
    for (guint i = 0; ok && i < G_N_ELEMENTS(string_options); i++) {
        g_object_get(config, string_options[i], &text, NULL);
        if (text && *text)
            ok = pst_request_set(request, string_options[i], text, error);
        g_free(text);
    }
    if (ok) {
        g_object_get(config, "options", &text, NULL);
        ok = pst_request_set_all(request, text ? text : "", error);
        g_free(text);
    }
    return ok;
}

/* A style layer and the style's name say the same: one is given, the other follows. */
static gboolean name_style_layer(PstRequest *request, GimpLayer *style_layer, GError **error)
{
    char *name, *prefixed, *style;

    if (!style_layer)
        return TRUE;
    if (*request->style)
        return pst_refuse(error, PST_REFUSE_TWO_STYLES, request->style);
    name = gimp_item_get_name(GIMP_ITEM(style_layer));
    prefixed = g_strconcat("layer:", name, NULL);
    style = pst_style_text(prefixed);
    pst_request_set_style(request, style);
    g_free(style);
    g_free(prefixed);
    g_free(name);
    return TRUE;
}

/* ---- Run modes ------------------------------------------------------------------------------- */

static gboolean paint(PstGimp3Run *run, PstRequest *request, GimpLayer *style_layer, GError **error)
{
    PstStyleLayers layers;
    PstMonitor monitor;
    gboolean ok;

    pst_style_layers_init(&layers);
    if (style_layer)
        layers.ids[0][0] = gimp_item_get_id(GIMP_ITEM(style_layer));
    if (!*request->style)
        return pst_refuse(error, PST_REFUSE_NO_STYLE, NULL);
    if (request->settings.threads == 0)
        request->settings.threads = pst_gimp3_threads();
    gimp_progress_init(_("Style Transfer"));
    pst_monitor_start(&monitor, on_progress, NULL);
    ok = pst_gimp3_paint(run, request, &layers, &monitor, error);
    gimp_progress_end();
    return ok;
}

/* The style layer that the config holds; g_object_get() adds a reference that is not for us to keep. */
static GimpLayer *get_style_layer(GimpProcedureConfig *config)
{
    GimpLayer *layer;

    g_object_get(config, "style-layer", &layer, NULL);
    if (layer)
        g_object_unref(layer);
    return layer;
}

static gboolean run_interactive(PstGimp3Run *run, PstRequest *request, GError **error)
{
    gboolean ok;

    if (!run->edited && !pst_last_load(run->folder, request))
        pst_request_set_for_dialog(request);
    ok = pst_gimp3_dialog(run, request, error);
    if (ok && !run->edited)
        pst_last_save(run->folder, request);
    return ok;
}

static gboolean run_last(PstGimp3Run *run, PstRequest *request, GError **error)
{
    return (pst_last_load(run->folder, request) ||
            pst_refuse(error, PST_REFUSE_NO_LAST_RUN, NULL)) &&
           paint(run, request, NULL, error);
}

static gboolean run_mode(GimpRunMode mode, PstGimp3Run *run, GimpProcedureConfig *config,
                         PstRequest *request, GError **error)
{
    GimpLayer *style_layer;

    switch (mode) {
    case GIMP_RUN_INTERACTIVE:
        return run_interactive(run, request, error);
    case GIMP_RUN_WITH_LAST_VALS:
        return run_last(run, request, error);
    case GIMP_RUN_NONINTERACTIVE:
        break;
    }
    style_layer = get_style_layer(config);
    return read_config(config, request, error) && name_style_layer(request, style_layer, error) &&
           paint(run, request, style_layer, error);
}

/* What is not given stays as the recipe has it. */
static gboolean run_edit_mode(GimpRunMode mode, PstGimp3Run *run, GimpProcedureConfig *config,
                              PstRequest *request, GError **error)
{
    GimpLayer *style_layer = NULL;
    char *style = NULL, *options = NULL;
    gboolean ok = TRUE;

    if (mode == GIMP_RUN_INTERACTIVE)
        return run_interactive(run, request, error);
    if (mode == GIMP_RUN_NONINTERACTIVE) {
        style_layer = get_style_layer(config);
        g_object_get(config, "style", &style, "options", &options, NULL);
        if (style_layer || (style && *style))
            pst_request_set_style(request, style);
        ok = name_style_layer(request, style_layer, error) &&
             pst_request_set_all(request, options ? options : "", error) &&
             (request->output == PST_OUTPUT_AUTO || pst_refuse(error, PST_REFUSE_OUTPUT, NULL));
        g_free(style);
        g_free(options);
    }
    return ok && paint(run, request, style_layer, error);
}

/* ---- Calls ----------------------------------------------------------------------------------- */

/* Takes `error`. */
static GimpValueArray *return_values(GimpProcedure *procedure, const PstGimp3Run *run,
                                     GError *error)
{
    GimpPDBStatusType status = GIMP_PDB_EXECUTION_ERROR;
    GimpValueArray *values;

    if (run->results->len > 0)
        status = GIMP_PDB_SUCCESS;
    else if (!error || g_error_matches(error, PST_ERROR, PST_ERROR_CANCELLED))
        status = GIMP_PDB_CANCEL;
    else if (g_error_matches(error, PST_ERROR, PST_ERROR_USAGE))
        status = GIMP_PDB_CALLING_ERROR;
    if (status == GIMP_PDB_CANCEL)
        g_clear_error(&error);
    values = gimp_procedure_new_return_values(procedure, status, error); /* takes the error */
    if (status != GIMP_PDB_SUCCESS)
        return values;
    GIMP_VALUES_SET_LAYER(values, 1, run->results->pdata[0]);
    if (gimp_value_array_length(values) > 2) {
        g_ptr_array_add(run->results, NULL);
        GIMP_VALUES_SET_CORE_OBJECT_ARRAY(values, 2, (GObject **) run->results->pdata);
    }
    return values;
}

GimpValueArray *pst_gimp3_run(GimpProcedure *procedure, GimpRunMode mode, GimpImage *image,
                              GimpDrawable **drawables, GimpProcedureConfig *config, gpointer data)
{
    gboolean edit = GPOINTER_TO_INT(data);
    GimpValueArray *values;
    PstGimp3Run run;
    PstRequest request;
    GError *error = NULL;

    pst_heap_return_early();
    gegl_init(NULL, NULL);
    pst_swap_watch();
    pst_request_init(&request);
    pst_gimp3_run_init(&run, image, mode != GIMP_RUN_NONINTERACTIVE);
    if (edit) {
        if (pst_gimp3_choose_edited(&run, drawables, &request, &error))
            run_edit_mode(mode, &run, config, &request, &error);
    } else if (pst_gimp3_choose_contents(&run, drawables, &error)) {
        run_mode(mode, &run, config, &request, &error);
    }
    values = return_values(procedure, &run, error);
    pst_gimp3_run_clear(&run);
    pst_request_clear(&request);
    return values;
}
