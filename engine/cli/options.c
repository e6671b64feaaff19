/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/options.h"

#include <string.h>

static const char description[] =
    "PHOTO and STYLE are picture files: JPEG, PNG, TIFF, WebP, EXR or PPM.  With several photos, "
    "or "
    "when\nOUT is a folder or ends in \"/\", each result keeps its photo's name and goes into that "
    "folder.\n\n"
    "Exit status: 0 done, 1 a file cannot be read or written, 2 wrong usage, 3 weights, 4 not "
    "enough\n"
    "memory, 5 some of several photos failed, 130 interrupted.";

/* What GOption fills. */
typedef struct {
    Options *options;
    char **styles, **rest;
} Parser;

/* Every setting is an option of its name, and one that pst_settings_set() checks. */
static gboolean parse_setting(const char *name, const char *value, gpointer user, GError **error)
{
    Parser *parser = user;
    return pst_settings_set(&parser->options->settings, name + strlen("--"), value, error);
}

static GOptionContext *context_new(Parser *parser)
{
    Options *options = parser->options;
    gpointer setting = (gpointer) parse_setting;
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options->output, "Where the result goes",
         "OUT|DIR/"},
        {"style", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &parser->styles,
         "builtin:NAME, file:PATH or NAME, instead of the last argument", "STYLE"},
        {"strength", 0, 0, G_OPTION_ARG_CALLBACK, setting, "0 to 150 per cent, default 100", "N"},
        {"brush-size", 0, 0, G_OPTION_ARG_CALLBACK, setting,
         "25 to 400 per cent, default auto (100): how large strokes are", "N|auto"},
        {"keep-colours", 0, 0, G_OPTION_ARG_CALLBACK, setting,
         "off (default), luminance or match: how much of the photo's colours stays", "HOW"},
        {"threads", 0, 0, G_OPTION_ARG_CALLBACK, setting, "1 to 256, default one a core", "N"},
        {"memory", 0, 0, G_OPTION_ARG_CALLBACK, setting,
         "Limit in bytes, default half of what is free", "N[K|M|G]"},
        {"plan", 0, 0, G_OPTION_ARG_NONE, &options->plan, "Say what it would take, and stop", NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &options->json,
         "Results as JSON on standard output, one object a line", NULL},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &options->quiet, "Say nothing but errors", NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print the version, and stop",
         NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &parser->rest, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    GOptionContext *context =
        g_option_context_new("PHOTO… STYLE -o OUT|DIR/ — paint photos in a style");
    GOptionGroup *group = g_option_group_new("pastiche", "", "", parser, NULL);
    g_option_group_add_entries(group, entries);
    g_option_context_set_main_group(context, group);
    g_option_context_set_description(context, description);
    return context;
}

static gboolean fail(GError **error, const char *text)
{
    g_set_error_literal(error, PST_ERROR, PST_ERROR_USAGE, text);
    return FALSE;
}

/* The last argument is a file, unless it says otherwise. */
static char *style_of_argument(const char *argument)
{
    if (g_str_has_prefix(argument, "builtin:") || g_str_has_prefix(argument, "file:"))
        return g_strdup(argument);
    return g_strconcat("file:", argument, NULL);
}

/* Sorts what GOption found into photos and style. */
static gboolean assign(Parser *parser, GError **error)
{
    Options *options = parser->options;
    guint styles = parser->styles ? g_strv_length(parser->styles) : 0;
    guint rest = parser->rest ? g_strv_length(parser->rest) : 0;
    if (styles > 1)
        return fail(error, "--style can be given only once: styles cannot be mixed yet");
    if (styles == 1)
        options->style = g_strdup(parser->styles[0]);
    else if (rest > 1)
        options->style = style_of_argument(parser->rest[--rest]);
    else if (rest == 1 && !options->plan)
        return fail(error, "no style: give one after the photo, or with --style");
    if (rest == 0)
        return fail(error, "no photo given");
    if (options->output == NULL && !options->plan)
        return fail(error, "no output: give one with -o");

    options->photos = g_new0(char *, rest + 1);
    for (guint i = 0; i < rest; i++)
        options->photos[i] = g_strdup(parser->rest[i]);
    return TRUE;
}

gboolean options_parse(Options *options, int argc, char **argv, GError **error)
{
    Parser parser = {.options = options};
    *options = (Options){0};
    pst_settings_init(&options->settings);
    GOptionContext *context = context_new(&parser);
    gboolean ok = g_option_context_parse(context, &argc, &argv, error);
    if (ok && !options->version)
        ok = assign(&parser, error);
    g_option_context_free(context);
    g_strfreev(parser.styles);
    g_strfreev(parser.rest);
    return ok;
}

void options_clear(Options *options)
{
    g_strfreev(options->photos);
    g_free(options->style);
    g_free(options->output);
}
