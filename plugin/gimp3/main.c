/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The plug-in for GIMP 3: its two procedures, as GIMP is told about them.
 */
#include "gimp3/run.h"

#include <glib/gi18n.h>

#define PST_TYPE_PLUG_IN (pst_plug_in_get_type())
G_DECLARE_FINAL_TYPE(PstPlugIn, pst_plug_in, PST, PLUG_IN, GimpPlugIn)

struct _PstPlugIn {
    GimpPlugIn parent;
};

G_DEFINE_TYPE(PstPlugIn, pst_plug_in, GIMP_TYPE_PLUG_IN)

/* ---- Procedures ------------------------------------------------------------------------------ */

static GList *query_procedures(GimpPlugIn *plug_in)
{
    (void) plug_in;
    return g_list_append(g_list_append(NULL, g_strdup(PST_PROCEDURE)),
                         g_strdup(PST_PROCEDURE_EDIT));
}

/* ---- Arguments ------------------------------------------------------------------------------- */

static void add_style(GimpProcedure *procedure, const char *layer_blurb, const char *style_blurb)
{
    gimp_procedure_add_layer_argument(procedure, "style-layer", _("Style _layer"), layer_blurb,
                                      TRUE, G_PARAM_READWRITE | GIMP_PARAM_DONT_SERIALIZE);
    gimp_procedure_add_string_argument(procedure, "style", _("_Style"), style_blurb, "",
                                       G_PARAM_READWRITE);
}

static void add_text(GimpProcedure *procedure, const char *name, const char *label,
                     const char *blurb, const char *value)
{
    gimp_procedure_add_string_argument(procedure, name, label, blurb, value, G_PARAM_READWRITE);
}

static void add_arguments(GimpProcedure *procedure)
{
    add_style(procedure,
              _("The layer to paint it like, of any open image; none where \"style\" names one"),
              _("The style by its name: layer:NAME, file:PATH or builtin:NAME; empty with a style "
                "layer"));
    gimp_procedure_add_double_argument(procedure, "strength", _("S_trength"),
                                       _("Per cent: 0 is the photo, 100 the full style"), 0, 150,
                                       100, G_PARAM_READWRITE);
    add_text(procedure, "brush-size", _("_Brush size"), _("Per cent, 25 to 400, or auto"), "auto");
    gimp_procedure_add_double_argument(
        procedure, "underpainting", _("_Underpainting"),
        _("Per cent: how much of the style's hues and larger shapes is laid in first"), 0, 200, 100,
        G_PARAM_READWRITE);
    gimp_procedure_add_double_argument(
        procedure, "detail", _("Detai_l"),
        _("Per cent: how much and how fine large layers are painted over; 0 leaves soft strokes"),
        0, 200, 100, G_PARAM_READWRITE);
    add_text(procedure, "mode", _("R_esult"),
             _("painting, or photo: only the style's colours and light, the photo's detail"),
             "painting");
    add_text(procedure, "keep-colours", _("_Keep colours"), _("off, luminance or match"), "off");
    gimp_procedure_add_double_argument(procedure, "keep-amount", _("Keep a_mount"),
                                       _("Per cent of what keeping colours does"), 0, 100, 100,
                                       G_PARAM_READWRITE);
    gimp_procedure_add_double_argument(
        procedure, "smooth", _("Smoot_h colours"),
        _("Per cent: how far speckles of other hues are taken out of what is painted"), 0, 100, 0,
        G_PARAM_READWRITE);
    gimp_procedure_add_int_argument(
        procedure, "seed", _("See_d"),
        _("Other strokes for each number; 0 is as the photo alone has them"), 0, PST_SEED_MOST, 0,
        G_PARAM_READWRITE);
    gimp_procedure_add_boolean_argument(
        procedure, "tileable", _("T_ileable"),
        _("The result goes on without a seam where it is laid beside and beneath itself"), FALSE,
        G_PARAM_READWRITE);
    add_text(procedure, "mask", _("Mas_k"),
             _("selection (it becomes the layer mask of the result), none (all of the layer), or a "
               "strength map: channel:NAME or layer:NAME"),
             "selection");
    add_text(
        procedure, "regions", _("Re_gions"),
        _("MASK=STYLE;MASK=STYLE, up to four: other styles where channel:NAME or layer:NAME is "
          "white; \";\", \"=\" and \"%\" in names are percent-encoded"),
        "");
    add_text(
        procedure, "output", _("_Output"),
        _("layer, image (a copy of the image with the layer), or auto: a layer where the image "
          "is RGB, and else an RGB copy of it"),
        "auto");
    gimp_procedure_add_int_argument(
        procedure, "refine", _("Re_fine"),
        _("Steps that bring the result closer to the style; slow; 40 is "
          "a good number, 0 is off"),
        0, PST_REFINE_MOST, 0, G_PARAM_READWRITE);
    gimp_procedure_add_int_argument(procedure, "threads", _("T_hreads"),
                                    _("0 is the number in GIMP's preferences"), 0, PST_THREADS_MOST,
                                    0, G_PARAM_READWRITE);
    add_text(procedure, "memory", _("_Memory"),
             _("Limit in bytes, with an optional suffix K, M or G; empty is automatic"), "");
    add_text(procedure, "options", _("_Options"), _("More of them, as name=value;name=value"), "");
}

static void add_edit_arguments(GimpProcedure *procedure)
{
    add_style(procedure, _("Another layer to paint it like, of any open image"),
              _("Another style by its name: layer:NAME, file:PATH or builtin:NAME; empty for the "
                "same as before"));
    add_text(procedure, "options", _("_Options"),
             _("What is to be different, as strength=50;brush-size=200"), "");
}

static void add_return_values(GimpProcedure *procedure, gboolean several)
{
    gimp_procedure_add_layer_return_value(procedure, "result-layer", _("Result layer"),
                                          _("The painted layer, above the one that was painted"),
                                          TRUE, G_PARAM_READWRITE);
    if (several)
        gimp_procedure_add_core_object_array_return_value(
            procedure, "result-layers", _("Result layers"),
            _("All of them, where several layers were painted"), GIMP_TYPE_LAYER,
            G_PARAM_READWRITE);
}

/* ---- Registration ---------------------------------------------------------------------------- */

static void describe(GimpProcedure *procedure, gboolean edit, const char *name)
{
    if (edit)
        gimp_procedure_set_documentation(
            procedure, _("Paint the result of Style Transfer again, with other options"),
            _("Takes a layer that Style Transfer has made, paints the layer that it was made from "
              "with other options, or with another style, and replaces it. What is not given stays "
              "as it was."),
            name);
    else
        gimp_procedure_set_documentation(
            procedure, _("Paint a layer in the style of another picture"),
            _("Paints a layer in the style of a picture, by a neural network, and adds the result "
              "as a new layer above it. The layer itself is not changed. A selection becomes the "
              "layer mask of the result."),
            name);
}

static GimpProcedure *create_procedure(GimpPlugIn *plug_in, const char *name)
{
    gboolean edit = g_str_equal(name, PST_PROCEDURE_EDIT);
    GimpProcedure *procedure = gimp_image_procedure_new(plug_in, name, GIMP_PDB_PROC_TYPE_PLUGIN,
                                                        pst_gimp3_run, GINT_TO_POINTER(edit), NULL);

    gimp_procedure_set_image_types(procedure, "*");
    /* What cannot be painted gets a reason, which a gray menu entry would not give. */
    gimp_procedure_set_sensitivity_mask(procedure, GIMP_PROCEDURE_SENSITIVE_DRAWABLE |
                                                       GIMP_PROCEDURE_SENSITIVE_DRAWABLES);
    gimp_procedure_set_menu_label(procedure,
                                  edit ? _("_Edit Style Transfer...") : _("_Style Transfer..."));
    gimp_procedure_add_menu_path(procedure, "<Image>/Filters/Artistic");
    describe(procedure, edit, name);
    gimp_procedure_set_attribution(procedure, "The Pastiche developers", "The Pastiche developers",
                                   "2026");
    if (edit)
        add_edit_arguments(procedure);
    else
        add_arguments(procedure);
    add_return_values(procedure, !edit);
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
