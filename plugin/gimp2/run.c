/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GIMP 2.10's two procedures when they are called: arguments, run modes, and what goes back.
 */
#include "gimp2/run.h"
#include "last.h"
#include "refusal.h"

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

static gint32 get_style_layer(const GimpParam *arguments)
{
    gint32 layer = arguments[PST_ARG_STYLE_LAYER].data.d_layer;

    return layer > 0 ? layer : -1;
}

static gboolean set_options(PstRequest *request, const GimpParam *argument, GError **error)
{
    return pst_request_set_all(request, argument->data.d_string ? argument->data.d_string : "",
                               error);
}

static gboolean read_arguments(PstRequest *request, const GimpParam *arguments, GError **error)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_dtostr(text, sizeof text, arguments[PST_ARG_STRENGTH].data.d_float);
    pst_request_set_style(request, arguments[PST_ARG_STYLE].data.d_string);
    return pst_request_set(request, "strength", text, error) &&
           set_options(request, &arguments[PST_ARG_OPTIONS], error);
}

/* A style layer and the style's name say the same: one is given, the other follows. */
static gboolean name_style_layer(PstRequest *request, gint32 style_layer, GError **error)
{
    char *name, *prefixed, *style;

    if (style_layer == -1)
        return TRUE;
    if (*request->style)
        return pst_refuse(error, PST_REFUSE_TWO_STYLES, request->style);
    name = gimp_item_get_name(style_layer);
    prefixed = g_strconcat("layer:", name, NULL);
    style = pst_style_text(prefixed);
    pst_request_set_style(request, style);
    g_free(style);
    g_free(prefixed);
    g_free(name);
    return TRUE;
}

/* ---- Run modes ------------------------------------------------------------------------------- */

static gboolean paint(PstGimp2Run *run, const PstRequest *request, gint32 style_layer,
                      GError **error)
{
    PstStyleLayers layers;
    PstMonitor monitor;
    gboolean ok;

    pst_style_layers_init(&layers);
    layers.ids[0][0] = style_layer;
    if (!*request->style)
        return pst_refuse(error, PST_REFUSE_NO_STYLE, NULL);
    gimp_progress_init(_("Style Transfer"));
    pst_monitor_start(&monitor, on_progress, NULL);
    ok = pst_gimp2_paint(run, request, &layers, &monitor, error);
    gimp_progress_end();
    return ok;
}

static gboolean run_interactive(PstGimp2Run *run, PstRequest *request, GError **error)
{
    gboolean ok;

    if (run->edited == -1 && !pst_last_load(run->folder, request))
        pst_request_set_for_dialog(request);
    ok = pst_gimp2_dialog(run, request, error);
    if (ok && run->edited == -1)
        pst_last_save(run->folder, request);
    return ok;
}

static gboolean run_last(PstGimp2Run *run, PstRequest *request, GError **error)
{
    return (pst_last_load(run->folder, request) ||
            pst_refuse(error, PST_REFUSE_NO_LAST_RUN, NULL)) &&
           paint(run, request, -1, error);
}

static gboolean run_mode(GimpRunMode mode, PstGimp2Run *run, const GimpParam *arguments,
                         int n_arguments, PstRequest *request, GError **error)
{
    switch (mode) {
    case GIMP_RUN_INTERACTIVE:
        return run_interactive(run, request, error);
    case GIMP_RUN_WITH_LAST_VALS:
        return run_last(run, request, error);
    case GIMP_RUN_NONINTERACTIVE:
        break;
    }
    if (n_arguments != PST_N_ARGS)
        return pst_refuse(error, PST_REFUSE_NO_STYLE, NULL);
    return read_arguments(request, arguments, error) &&
           name_style_layer(request, get_style_layer(arguments), error) &&
           paint(run, request, get_style_layer(arguments), error);
}

/* What is not given stays as the recipe has it. */
static gboolean run_edit_mode(GimpRunMode mode, PstGimp2Run *run, const GimpParam *arguments,
                              int n_arguments, PstRequest *request, GError **error)
{
    gint32 style_layer = -1;
    gboolean ok = TRUE;

    if (mode == GIMP_RUN_INTERACTIVE)
        return run_interactive(run, request, error);
    if (mode == GIMP_RUN_NONINTERACTIVE && n_arguments == PST_N_EDIT_ARGS) {
        const char *style = arguments[PST_ARG_STYLE].data.d_string;

        style_layer = get_style_layer(arguments);
        if (style_layer != -1 || (style && *style))
            pst_request_set_style(request, style);
        ok = name_style_layer(request, style_layer, error) &&
             set_options(request, &arguments[PST_EDIT_ARG_OPTIONS], error) &&
             (request->output == PST_OUTPUT_AUTO || pst_refuse(error, PST_REFUSE_OUTPUT, NULL));
    }
    return ok && paint(run, request, style_layer, error);
}

/* ---- Calls ----------------------------------------------------------------------------------- */

/* Fills the two values that go back to GIMP, and returns how many they are. */
static int set_return_values(GimpParam *values, const PstGimp2Run *run, const GError *error)
{
    static char message[1024]; /* GIMP reads it after we have returned */

    values[0].type = GIMP_PDB_STATUS;
    if (run->result != -1) {
        values[0].data.d_status = GIMP_PDB_SUCCESS;
        values[1].type = GIMP_PDB_LAYER;
        values[1].data.d_layer = run->result;
        return 2;
    }
    if (!error || g_error_matches(error, PST_ERROR, PST_ERROR_CANCELLED)) {
        values[0].data.d_status = GIMP_PDB_CANCEL;
        return 1;
    }
    values[0].data.d_status = g_error_matches(error, PST_ERROR, PST_ERROR_USAGE)
                                  ? GIMP_PDB_CALLING_ERROR
                                  : GIMP_PDB_EXECUTION_ERROR;
    g_strlcpy(message, error->message, sizeof message);
    values[1].type = GIMP_PDB_STRING;
    values[1].data.d_string = message;
    return 2;
}

void pst_gimp2_run(const char *name, int n_arguments, const GimpParam *arguments, int *n_values,
                   GimpParam **values)
{
    static GimpParam result[2];
    GimpRunMode mode = arguments[PST_ARG_RUN_MODE].data.d_int32;
    gint32 drawable = arguments[PST_ARG_DRAWABLE].data.d_drawable;
    PstGimp2Run run;
    PstRequest request;
    GError *error = NULL;

    pst_request_init(&request);
    pst_gimp2_run_init(&run, arguments[PST_ARG_IMAGE].data.d_image,
                       mode != GIMP_RUN_NONINTERACTIVE);
    if (g_str_equal(name, PST_PROCEDURE_EDIT)) {
        if (pst_gimp2_choose_edited(&run, drawable, &request, &error))
            run_edit_mode(mode, &run, arguments, n_arguments, &request, &error);
    } else if (pst_gimp2_choose_content(&run, drawable, &error)) {
        run_mode(mode, &run, arguments, n_arguments, &request, &error);
    }
    if (run.result != -1 && run.interactive)
        gimp_displays_flush();
    *n_values = set_return_values(result, &run, error);
    *values = result;
    g_clear_error(&error);
    pst_gimp2_run_clear(&run);
    pst_request_clear(&request);
}
