/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The plug-in for GIMP 3: the procedure, its arguments and its run modes.
 */
#include "gimp3.h"
#include "refusal.h"

#include <gegl.h>
#include <glib/gi18n.h>

#define MAX_THREADS 256

#define PST_TYPE_PLUG_IN (pst_plug_in_get_type())
G_DECLARE_FINAL_TYPE(PstPlugIn, pst_plug_in, PST, PLUG_IN, GimpPlugIn)

struct _PstPlugIn {
    GimpPlugIn parent;
};

G_DEFINE_TYPE(PstPlugIn, pst_plug_in, GIMP_TYPE_PLUG_IN)

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

/* Those options that are strings of the same name in PstSettings and in the procedure.  They are no
 * choice arguments, because GIMP turns a mistyped choice silently into the default. */
static const char *const string_options[] = {"brush-size", "keep-colours", "memory"};

static gboolean read_number(PstSettings *settings, const char *name, double value, GError **error)
{
    char *text = pst_settings_number(value);
    gboolean ok = pst_settings_set(settings, name, text, error);

    g_free(text);
    return ok;
}

static gboolean read_config(GimpProcedureConfig *config, PstRequest *request, GError **error)
{
    PstSettings *settings = &request->settings;
    double strength;
    int threads;
    char *text;
    gboolean ok;

    g_object_get(config, "style", &text, "strength", &strength, "threads", &threads, NULL);
    pst_request_set_style(request, text);
    g_free(text);
    ok = read_number(settings, "strength", strength, error);
    /* Without a number of ours, the one of GIMP's preferences. */
    settings->threads = threads > 0 ? threads : MIN(gimp_get_num_processors(), MAX_THREADS);
    for (guint i = 0; ok && i < G_N_ELEMENTS(string_options); i++) {
        g_object_get(config, string_options[i], &text, NULL);
        if (text && *text)
            ok = pst_settings_set(settings, string_options[i], text, error);
        g_free(text);
    }
    return ok;
}

/* GIMP keeps the arguments of the last run, but not which layer one was: the style's name stays. */
static void write_config(GimpProcedureConfig *config, const PstRequest *request)
{
    char *brush_size = pst_settings_brush_size(&request->settings);

    g_object_set(config, "style-layer", NULL, "style", request->style, "strength",
                 request->settings.strength, "brush-size", brush_size, "keep-colours",
                 pst_settings_keep_colours(&request->settings), NULL);
    g_free(brush_size);
}

/* ---- Run modes ------------------------------------------------------------------------------- */

/* Makes the style's name and its layer agree: one is given, the other follows. */
static gboolean resolve_style(GimpImage *image, PstRequest *request, GimpLayer **style_layer,
                              GError **error)
{
    const char *wanted = pst_style_layer_name(request->style);

    if (*style_layer) {
        char *name, *style;

        if (*request->style)
            return pst_refuse(error, PST_REFUSE_TWO_STYLES, request->style);
        name = gimp_item_get_name(GIMP_ITEM(*style_layer));
        style = g_strconcat("layer:", name, NULL);
        pst_request_set_style(request, style);
        g_free(style);
        g_free(name);
    } else if (!*request->style) {
        return pst_refuse(error, PST_REFUSE_NO_STYLE, NULL);
    } else if (wanted) {
        *style_layer = pst_gimp3_find_layer(image, wanted);
        if (!*style_layer)
            return pst_refuse(error, PST_REFUSE_STYLE_GONE, wanted);
    }
    return TRUE;
}

static gboolean run_without_dialog(PstGimp3Run *run, PstRequest *request, GimpLayer *style_layer,
                                   GError **error)
{
    PstMonitor monitor;
    gboolean ok;

    if (!resolve_style(run->image, request, &style_layer, error))
        return FALSE;
    gimp_progress_init(_("Style Transfer"));
    pst_monitor_start(&monitor, on_progress, NULL);
    ok = pst_gimp3_paint(run, request, style_layer, &monitor, error);
    gimp_progress_end();
    return ok;
}

static gboolean run_mode(GimpRunMode mode, PstGimp3Run *run, GimpProcedureConfig *config,
                         PstRequest *request, GError **error)
{
    GimpLayer *style_layer = NULL;
    gboolean ok;

    switch (mode) {
    case GIMP_RUN_INTERACTIVE:
        /* Last values that are no longer valid must not keep the dialog from opening. */
        read_config(config, request, NULL);
        ok = pst_gimp3_dialog(run, request, error);
        if (ok)
            write_config(config, request);
        return ok;
    case GIMP_RUN_WITH_LAST_VALS:
        if (!read_config(config, request, error))
            return FALSE;
        if (!*request->style)
            return pst_refuse(error, PST_REFUSE_NO_LAST_RUN, NULL);
        break;
    case GIMP_RUN_NONINTERACTIVE:
        if (!read_config(config, request, error))
            return FALSE;
        g_object_get(config, "style-layer", &style_layer, NULL);
        break;
    }
    ok = run_without_dialog(run, request, style_layer, error);
    g_clear_object(&style_layer); /* what g_object_get() added, not libgimp's own reference */
    return ok;
}

static GimpValueArray *run(GimpProcedure *procedure, GimpRunMode mode, GimpImage *image,
                           GimpDrawable **drawables, GimpProcedureConfig *config, gpointer data)
{
    PstGimp3Run state = {.image = image};
    GimpPDBStatusType status = GIMP_PDB_EXECUTION_ERROR;
    GimpValueArray *values;
    PstRequest request;
    GError *error = NULL;

    (void) data;
    gegl_init(NULL, NULL);
    pst_request_init(&request);
    if (pst_gimp3_choose_content(&state, drawables, &error))
        run_mode(mode, &state, config, &request, &error);
    pst_request_clear(&request);

    if (state.result)
        status = GIMP_PDB_SUCCESS;
    else if (!error || g_error_matches(error, PST_ERROR, PST_ERROR_CANCELLED))
        status = GIMP_PDB_CANCEL;
    else if (g_error_matches(error, PST_ERROR, PST_ERROR_USAGE))
        status = GIMP_PDB_CALLING_ERROR;
    if (status == GIMP_PDB_CANCEL)
        g_clear_error(&error);
    values = gimp_procedure_new_return_values(procedure, status, error); /* takes the error */
    if (state.result)
        GIMP_VALUES_SET_LAYER(values, 1, state.result);
    return values;
}

/* ---- Registration ---------------------------------------------------------------------------- */

static GList *query_procedures(GimpPlugIn *plug_in)
{
    (void) plug_in;
    return g_list_append(NULL, g_strdup(PST_PROCEDURE));
}

static void add_arguments(GimpProcedure *procedure)
{
    gimp_procedure_add_layer_argument(
        procedure, "style-layer", _("Style _layer"),
        _("The layer to paint it like, of any open image; none where \"style\" names one"), TRUE,
        G_PARAM_READWRITE | GIMP_PARAM_DONT_SERIALIZE);
    gimp_procedure_add_string_argument(
        procedure, "style", _("_Style"),
        _("The style by its name: layer:NAME, file:PATH or builtin:NAME; empty with a style layer"),
        "", G_PARAM_READWRITE);
    gimp_procedure_add_double_argument(procedure, "strength", _("S_trength"),
                                       _("Per cent: 0 is the photo, 100 the full style"), 0, 150,
                                       100, G_PARAM_READWRITE);
    gimp_procedure_add_string_argument(procedure, "brush-size", _("_Brush size"),
                                       _("Per cent, 25 to 400, or auto"), "auto",
                                       G_PARAM_READWRITE);
    gimp_procedure_add_string_argument(procedure, "keep-colours", _("_Keep colours"),
                                       _("off, luminance or match"), "off", G_PARAM_READWRITE);
    gimp_procedure_add_int_argument(procedure, "threads", _("T_hreads"),
                                    _("0 is the number in GIMP's preferences"), 0, MAX_THREADS, 0,
                                    G_PARAM_READWRITE);
    gimp_procedure_add_string_argument(
        procedure, "memory", _("_Memory"),
        _("Limit in bytes, with an optional suffix K, M or G; empty is automatic"), "",
        G_PARAM_READWRITE);
    gimp_procedure_add_layer_return_value(procedure, "result-layer", _("Result layer"),
                                          _("The painted layer, above the one that was painted"),
                                          TRUE, G_PARAM_READWRITE);
}

static GimpProcedure *create_procedure(GimpPlugIn *plug_in, const char *name)
{
    GimpProcedure *procedure =
        gimp_image_procedure_new(plug_in, name, GIMP_PDB_PROC_TYPE_PLUGIN, run, NULL, NULL);

    gimp_procedure_set_image_types(procedure, "*");
    /* What cannot be painted gets a reason, which a gray menu entry would not give. */
    gimp_procedure_set_sensitivity_mask(procedure, GIMP_PROCEDURE_SENSITIVE_DRAWABLE |
                                                       GIMP_PROCEDURE_SENSITIVE_DRAWABLES);
    gimp_procedure_set_menu_label(procedure, _("_Style Transfer..."));
    gimp_procedure_add_menu_path(procedure, "<Image>/Filters/Artistic");
    gimp_procedure_set_documentation(
        procedure, _("Paint a layer in the style of another picture"),
        _("Paints a layer in the style of a picture, by a neural network, and adds the result as a "
          "new layer above it. The layer itself is not changed. A selection becomes the layer mask "
          "of the result."),
        name);
    gimp_procedure_set_attribution(procedure, "The Pastiche developers", "The Pastiche developers",
                                   "2026");
    add_arguments(procedure);
    return procedure;
}

/* libgimp looks for `locale` beside the executable, and complains at every start when it is missing. */
static gboolean set_i18n(GimpPlugIn *plug_in, const char *procedure, char **domain,
                         char **catalogue)
{
    char *folder = g_path_get_dirname(gimp_get_progname());
    char *locale = g_build_filename(folder, "locale", NULL);
    gboolean exists = g_file_test(locale, G_FILE_TEST_IS_DIR);

    (void) plug_in, (void) procedure;
    *domain = g_strdup(GETTEXT_PACKAGE);
    *catalogue = g_strdup("locale");
    g_free(locale);
    g_free(folder);
    return exists;
}

static void pst_plug_in_class_init(PstPlugInClass *class)
{
    GimpPlugInClass *plug_in = GIMP_PLUG_IN_CLASS(class);

    plug_in->query_procedures = query_procedures;
    plug_in->create_procedure = create_procedure;
    plug_in->set_i18n = set_i18n;
}

static void pst_plug_in_init(PstPlugIn *plug_in)
{
    (void) plug_in;
}

GIMP_MAIN(PST_TYPE_PLUG_IN)
