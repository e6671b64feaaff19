/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The plug-in for GIMP 2.10: its two procedures, as GIMP is told about them.
 */
#include "gimp2/run.h"

#include <gegl.h>
#include <glib/gi18n.h>

/* The locale folder stands beside the executable. */
static char *locale_folder(void)
{
    char *folder = g_path_get_dirname(gimp_get_progname());
    char *locale = g_build_filename(folder, "locale", NULL);

    g_free(folder);
    return locale;
}

static const GimpParamDef result[] = {
    {GIMP_PDB_LAYER, "result-layer", "The painted layer, above the one that was painted"},
};

#define RUN_MODE                                                                                   \
    {                                                                                              \
        GIMP_PDB_INT32, "run-mode",                                                                \
            "The run mode { RUN-INTERACTIVE (0), RUN-NONINTERACTIVE (1), RUN-WITH-LAST-VALS (2) }" \
    }

static void install(const char *name, const char *blurb, const char *help, const char *label,
                    const GimpParamDef *arguments, int count)
{
    gimp_install_procedure(name, blurb, help, "The Pastiche developers", "The Pastiche developers",
                           "2026", label, "*", GIMP_PLUGIN, count, G_N_ELEMENTS(result), arguments,
                           result);
    gimp_plugin_menu_register(name, "<Image>/Filters/Artistic");
}

static void install_paint(void)
{
    static const GimpParamDef arguments[PST_N_ARGS] = {
        RUN_MODE,
        {GIMP_PDB_IMAGE, "image", "The image that the result layer is added to"},
        {GIMP_PDB_DRAWABLE, "drawable", "The layer to paint"},
        {GIMP_PDB_LAYER, "style-layer",
         "The layer to paint it like, of any open image; -1 where \"style\" names one"},
        {GIMP_PDB_STRING, "style",
         "The style by its name: layer:NAME, file:PATH or builtin:NAME; \"\" with a style layer"},
        {GIMP_PDB_FLOAT, "strength", "Per cent, 0 to 150: 0 is the photo, 100 the full style"},
        {GIMP_PDB_STRING, "options",
         "key=value;key=value, values percent-encoded: brush-size (auto, 25 to 400 per cent, or "
         "40px), underpainting (0 to 200 per cent: how much of the style's hues and larger shapes "
         "is "
         "laid in first), detail (0 to 200 per cent: how much and how fine large layers are "
         "painted over), refine (0 to 1000 steps that bring the result closer to the style, "
         "slowly; 40 "
         "is a good number, 0 is off), finish (0 to 100 steps of optimisation after the painter), "
         "mode (painting, or photo: only colours and light of the style), "
         "keep-colours (off, luminance or match), keep-amount (0 to 100 per cent of that), smooth "
         "(0 to 100 per cent: fewer speckles), seed "
         "(another number, other strokes), tileable (yes or no: without a seam beside itself), "
         "mask "
         "(selection, none, channel:NAME or layer:NAME), regions (MASK=STYLE;MASK=STYLE: other "
         "styles "
         "where masks are white), fusion (attention or sum), output (auto, "
         "layer, or image: into a copy of the image), threads, memory; \"\" for the defaults"},
    };

    install(PST_PROCEDURE, N_("Paint a layer in the style of another picture"),
            "Paints a layer in the style of a picture, by a neural network, and adds the result as "
            "a new layer above it. The layer itself is not changed. A selection becomes the layer "
            "mask of the result.",
            N_("_Style Transfer..."), arguments, PST_N_ARGS);
}

static void install_edit(void)
{
    static const GimpParamDef arguments[PST_N_EDIT_ARGS] = {
        RUN_MODE,
        {GIMP_PDB_IMAGE, "image", "The image"},
        {GIMP_PDB_DRAWABLE, "drawable", "A layer that Style Transfer has made"},
        {GIMP_PDB_LAYER, "style-layer", "Another layer to paint it like, of any open image; or -1"},
        {GIMP_PDB_STRING, "style",
         "Another style by its name: layer:NAME, file:PATH or builtin:NAME; \"\" for the same as "
         "before"},
        {GIMP_PDB_STRING, "options",
         "What is to be different, as strength=50;brush-size=200; \"\" for nothing"},
    };

    install(PST_PROCEDURE_EDIT, N_("Paint the result of Style Transfer again, with other options"),
            "Takes a layer that Style Transfer has made, paints the layer that it was made from "
            "with other options, or with another style, and replaces it. What is not given stays "
            "as it was.",
            N_("_Edit Style Transfer..."), arguments, PST_N_EDIT_ARGS);
}

static void query(void)
{
    char *locale = locale_folder();

    if (g_file_test(locale, G_FILE_TEST_IS_DIR))
        gimp_plugin_domain_register(GETTEXT_PACKAGE, locale);
    g_free(locale);
    install_paint();
    install_edit();
}

static void run(const char *name, int n_arguments, const GimpParam *arguments, int *n_values,
                GimpParam **values)
{
    char *locale = locale_folder();

    bindtextdomain(GETTEXT_PACKAGE, locale);
    bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
    textdomain(GETTEXT_PACKAGE);
    g_free(locale);
    pst_heap_return_early();
    gegl_init(NULL, NULL);
    pst_swap_watch();
    pst_gimp2_run(name, n_arguments, arguments, n_values, values);
}

const GimpPlugInInfo PLUG_IN_INFO = {NULL, NULL, query, run};

MAIN()
