/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The plug-in for GIMP 2.10: the procedure, its arguments and its run modes.
 */
#include "gimp2.h"
#include "refusal.h"

#include <gegl.h>
#include <glib/gi18n.h>

/* The arguments by position.  Scripts break when one is added: what is new goes into the options. */
enum {
    ARG_RUN_MODE,
    ARG_IMAGE,
    ARG_DRAWABLE,
    ARG_STYLE_LAYER,
    ARG_STYLE,
    ARG_STRENGTH,
    ARG_OPTIONS,
    N_ARGS,
};

/* The locale folder stands beside the executable. */
static char *locale_folder(void)
{
    char *folder = g_path_get_dirname(gimp_get_progname());
    char *locale = g_build_filename(folder, "locale", NULL);

    g_free(folder);
    return locale;
}

static void query(void)
{
    static const GimpParamDef arguments[N_ARGS] = {
        {GIMP_PDB_INT32, "run-mode",
         "The run mode { RUN-INTERACTIVE (0), RUN-NONINTERACTIVE (1), RUN-WITH-LAST-VALS (2) }"},
        {GIMP_PDB_IMAGE, "image", "The image that the result layer is added to"},
        {GIMP_PDB_DRAWABLE, "drawable", "The layer to paint"},
        {GIMP_PDB_LAYER, "style-layer",
         "The layer to paint it like, of any open image; -1 where \"style\" names one"},
        {GIMP_PDB_STRING, "style",
         "The style by its name: layer:NAME, file:PATH or builtin:NAME; \"\" with a style layer"},
        {GIMP_PDB_FLOAT, "strength", "Per cent, 0 to 150: 0 is the photo, 100 the full style"},
        {GIMP_PDB_STRING, "options",
         "key=value;key=value, values percent-encoded: brush-size (auto, or 25 to 400 per cent), "
         "keep-colours (off, luminance or match), threads, memory; \"\" for the defaults"},
    };
    static const GimpParamDef result[] = {
        {GIMP_PDB_LAYER, "result-layer", "The painted layer, above the one that was painted"},
    };
    char *locale = locale_folder();

    if (g_file_test(locale, G_FILE_TEST_IS_DIR))
        gimp_plugin_domain_register(GETTEXT_PACKAGE, locale);
    g_free(locale);
    gimp_install_procedure(PST_PROCEDURE, N_("Paint a layer in the style of another picture"),
                           "Paints a layer in the style of a picture, by a neural network, and "
                           "adds the result as a new "
                           "layer above it. The layer itself is not changed. A selection becomes "
                           "the layer mask of the "
                           "result.",
                           "The Pastiche developers", "The Pastiche developers", "2026",
                           N_("_Style Transfer..."), "*", GIMP_PLUGIN, G_N_ELEMENTS(arguments),
                           G_N_ELEMENTS(result), arguments, result);
    gimp_plugin_menu_register(PST_PROCEDURE, "<Image>/Filters/Artistic");
}

/* ---- Progress in GIMP's status bar ----------------------------------------------------------- */

/* GIMP's own Cancel ends the process, so nothing here can ask us to stop. */
static gboolean on_progress(double done, const char *text, gpointer user)
{
    (void) user;
    gimp_progress_set_text(text);
    gimp_progress_update(done);
    return TRUE;
}

/* ---- Run modes ------------------------------------------------------------------------------- */

static gboolean read_arguments(PstRequest *request, gint32 *style_layer, const GimpParam *arguments,
                               GError **error)
{
    char *strength = pst_settings_number(arguments[ARG_STRENGTH].data.d_float);
    const char *options = arguments[ARG_OPTIONS].data.d_string;
    gboolean ok;

    if (arguments[ARG_STYLE_LAYER].data.d_layer > 0)
        *style_layer = arguments[ARG_STYLE_LAYER].data.d_layer;
    pst_request_set_style(request, arguments[ARG_STYLE].data.d_string);
    ok = pst_settings_set(&request->settings, "strength", strength, error) &&
         pst_settings_set_all(&request->settings, options ? options : "", error);
    g_free(strength);
    return ok;
}

/* The last values are the request as text, because GIMP forgets which layer an argument was. */
static gboolean load_last_values(PstRequest *request)
{
    int size = gimp_get_data_size(PST_PROCEDURE);
    gboolean ok = FALSE;

    if (size > 0) {
        char *text = g_malloc0((gsize) size + 1);

        ok = gimp_get_data(PST_PROCEDURE, text) && pst_request_set_from_text(request, text, NULL);
        g_free(text);
    }
    return ok;
}

static void save_last_values(const PstRequest *request)
{
    char *text = pst_request_to_text(request);

    gimp_set_data(PST_PROCEDURE, text, strlen(text) + 1);
    g_free(text);
}

/* Makes the style's name and its layer agree: one is given, the other follows. */
static gboolean resolve_style(gint32 image, PstRequest *request, gint32 *style_layer,
                              GError **error)
{
    const char *wanted = pst_style_layer_name(request->style);

    if (*style_layer != -1) {
        char *name, *style;

        if (*request->style)
            return pst_refuse(error, PST_REFUSE_TWO_STYLES, request->style);
        name = gimp_item_get_name(*style_layer);
        style = g_strconcat("layer:", name, NULL);
        pst_request_set_style(request, style);
        g_free(style);
        g_free(name);
    } else if (!*request->style) {
        return pst_refuse(error, PST_REFUSE_NO_STYLE, NULL);
    } else if (wanted) {
        *style_layer = pst_gimp2_find_layer(image, wanted);
        if (*style_layer == -1)
            return pst_refuse(error, PST_REFUSE_STYLE_GONE, wanted);
    }
    return TRUE;
}

static gboolean run_without_dialog(PstGimp2Run *run, PstRequest *request, gint32 style_layer,
                                   GError **error)
{
    PstMonitor monitor;
    gboolean ok;

    if (!resolve_style(run->image, request, &style_layer, error))
        return FALSE;
    gimp_progress_init(_("Style Transfer"));
    pst_monitor_start(&monitor, on_progress, NULL);
    ok = pst_gimp2_paint(run, request, style_layer, &monitor, error);
    gimp_progress_end();
    return ok;
}

static gboolean run_mode(GimpRunMode mode, PstGimp2Run *run, const GimpParam *arguments,
                         int n_arguments, PstRequest *request, GError **error)
{
    gint32 style_layer = -1;
    gboolean ok;

    if (!pst_gimp2_check(run->image, run->content, error))
        return FALSE;
    switch (mode) {
    case GIMP_RUN_INTERACTIVE:
        load_last_values(request);
        ok = pst_gimp2_dialog(run, request, error);
        if (ok)
            save_last_values(request);
        return ok;
    case GIMP_RUN_WITH_LAST_VALS:
        if (!load_last_values(request))
            return pst_refuse(error, PST_REFUSE_NO_LAST_RUN, NULL);
        break;
    case GIMP_RUN_NONINTERACTIVE:
        if (n_arguments != N_ARGS)
            return pst_refuse(error, PST_REFUSE_NO_STYLE, NULL);
        if (!read_arguments(request, &style_layer, arguments, error))
            return FALSE;
        break;
    }
    return run_without_dialog(run, request, style_layer, error);
}

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

static void run(const char *name, int n_arguments, const GimpParam *arguments, int *n_values,
                GimpParam **values)
{
    static GimpParam result[2];
    GimpRunMode mode = arguments[ARG_RUN_MODE].data.d_int32;
    PstGimp2Run state = {
        .image = arguments[ARG_IMAGE].data.d_image,
        .content = arguments[ARG_DRAWABLE].data.d_drawable,
        .result = -1,
    };
    char *locale = locale_folder();
    PstRequest request;
    GError *error = NULL;

    (void) name;
    bindtextdomain(GETTEXT_PACKAGE, locale);
    bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
    textdomain(GETTEXT_PACKAGE);
    g_free(locale);
    gegl_init(NULL, NULL);

    pst_request_init(&request);
    run_mode(mode, &state, arguments, n_arguments, &request, &error);
    if (state.result != -1 && mode != GIMP_RUN_NONINTERACTIVE)
        gimp_displays_flush();
    *n_values = set_return_values(result, &state, error);
    *values = result;
    g_clear_error(&error);
    pst_request_clear(&request);
}

const GimpPlugInInfo PLUG_IN_INFO = {NULL, NULL, query, run};

MAIN()
