/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * pastiche: paints photos in the style of a picture.
 */
#include "cli/batch.h"
#include "cli/cancel.h"
#include "cli/styles.h"

#include <gegl.h>
#include <glib/gi18n.h>
#include <locale.h>

/* Starts GEGL without its operations, which take a third of the time to load: only OpenEXR needs any, and then loads
 * them itself (image/file/exr.c), from the folder that GEGL was built for.  Where that folder does not exist, because
 * GEGL was moved, they are loaded as usual. */
static void start_gegl_alone(void)
{
    static const char path[] = "GEGL_PATH";
    gboolean alone = g_getenv(path) == NULL && g_file_test(PST_GEGL_MODULES, G_FILE_TEST_IS_DIR);
    if (alone)
        g_setenv(path, "", TRUE);
    gegl_init(NULL, NULL);
    if (alone)
        g_unsetenv(path);
}

/* For its next start babl keeps the conversions between formats that it has found, those of other programs among
 * them: for some of these it fills 300 MB at once, to measure what a table would gain.  Without any, it finds the few
 * that are needed here in less time than that takes, and soonest when it tries the shortest chains of conversions
 * first; where none of these will do, it goes on to longer ones by itself. */
static void start_babl(void)
{
    g_setenv("BABL_INHIBIT_CACHE", "1", FALSE);
    g_setenv("BABL_PATH_LENGTH", "2", FALSE);
}

/* GEGL keeps pixels in a cache of its own, beside the engine's memory, and the rest in a swap file. */
static void start_gegl(const PstSettings *settings)
{
    const int gegl_threads_most = 64; /* with more, GObject complains */
    const guint64 least = 64 << 20, most = 512 << 20;
    guint64 cache = settings->memory > 0 ? CLAMP(settings->memory / 2, least, most) : most;
    pst_heap_return_early();
    start_babl();
    start_gegl_alone();
    pst_swap_watch();
    g_object_set(gegl_config(), "use-opencl", FALSE, "tile-cache-size", cache, NULL);
    if (settings->threads > 0)
        g_object_set(gegl_config(), "threads", MIN(settings->threads, gegl_threads_most), NULL);
}

static int run(const Options *options)
{
    Report report = {options->json, options->quiet};
    if (options->list_styles)
        return styles_list(&report);
    cancel_install();
    start_gegl(&options->settings);
    int status = options->save_style ? styles_save(options, &report)
                 : options->suits    ? styles_rank(options, &report)
                                     : batch_run(options, &report);
    gegl_exit();
    return status;
}

/* The catalogues are the build tree's where there is one, like the weights. */
static void start_language(void)
{
    gboolean built = g_file_test(PST_LOCALE_BUILD, G_FILE_TEST_IS_DIR);
    setlocale(LC_ALL, "");
    bindtextdomain(GETTEXT_PACKAGE, built ? PST_LOCALE_BUILD : PST_LOCALE);
    bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
    textdomain(GETTEXT_PACKAGE);
}

int main(int argc, char **argv)
{
    start_language();
    Options options;
    GError *error = NULL;
    int status = 0;
    if (!options_parse(&options, argc, argv, &error)) {
        report_failed(&(Report){options.json, FALSE}, NULL, error);
        g_printerr("%s\n", _("Try \"pastiche --help\"."));
        status = report_status(error);
        g_error_free(error);
    } else if (options.version) {
        g_print("pastiche %s\n", pst_version());
    } else {
        status = run(&options);
    }
    options_clear(&options);
    return !report_end() && status == 0 ? PST_ERROR_FILE : status;
}
