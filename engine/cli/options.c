/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/options.h"

#include <glib/gi18n.h>
#include <string.h>

static const char *const description = N_(
    "PHOTO is a picture file: JPEG, PNG, TIFF, WebP, EXR or PPM.  STYLE is one too, or a style "
    "file\n"
    "(--save-style), or the NAME of a built-in style (--list-styles); with *WEIGHT behind it, in\n"
    "--style, it is mixed with others.  With several photos, or when OUT is a folder or ends in\n"
    "\"/\", each result keeps its photo's name and goes into that folder.\n\n"
    "Exit status: 0 done, 1 a file cannot be read or written, 2 wrong usage, 3 weights, 4 not "
    "enough\n"
    "memory, 5 some of several photos failed, 130 interrupted.");

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
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options->output, N_("Where the result goes"),
         "OUT|DIR/"},
        {"style", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &parser->styles,
         N_("NAME, builtin:NAME or file:PATH, instead of the last argument; up to four are mixed"),
         "STYLE[*WEIGHT]"},
        {"strength", 0, 0, G_OPTION_ARG_CALLBACK, setting, N_("0 to 150 per cent, default 100"),
         "N"},
        {"brush-size", 0, 0, G_OPTION_ARG_CALLBACK, setting,
         N_("How large strokes are: 25 to 400 per cent, 1px to 10000px, default auto (100)"),
         "N[px]|auto"},
        {"underpainting", 0, 0, G_OPTION_ARG_CALLBACK, setting,
         N_("How much of the style's hues and larger shapes is laid in first: 0 to 200 per cent, "
            "default 100"),
         "N"},
        {"detail", 0, 0, G_OPTION_ARG_CALLBACK, setting,
         N_("How much and how fine large photos are painted over: 0 to 200 per cent, default 100"),
         "N"},
        {"finish", 0, 0, G_OPTION_ARG_CALLBACK, setting,
         N_("Steps of optimisation after the painter: 0 to 100, default 2"), "N"},
        {"mode", 0, 0, G_OPTION_ARG_CALLBACK, setting,
         N_("painting (default), or photo: the style's colours and light, the photo's detail"),
         "WHAT"},
        {"keep-colours", 0, 0, G_OPTION_ARG_CALLBACK, setting,
         N_("off (default), luminance or match: how much of the photo's colours stays"), "HOW"},
        {"keep-amount", 0, 0, G_OPTION_ARG_CALLBACK, setting,
         N_("How much of that is done: 0 to 100 per cent, default 100"), "N"},
        {"smooth", 0, 0, G_OPTION_ARG_CALLBACK, setting,
         N_("How far speckles of other hues are taken out: 0 (default) to 100 per cent"), "N"},
        {"seed", 0, 0, G_OPTION_ARG_CALLBACK, setting,
         N_("Other strokes for each number from 1 to 2147483647; default 0"), "N"},
        {"tileable", 0, 0, G_OPTION_ARG_CALLBACK, setting,
         N_("yes or no (default): whether the result repeats without seams"), "WHAT"},
        {"fusion", 0, 0, G_OPTION_ARG_CALLBACK, setting,
         N_("attention (default, where the weights have it) or sum: how style and photo meet"),
         "HOW"},
        {"mask", 0, 0, G_OPTION_ARG_FILENAME, &options->mask,
         N_("Paint where this picture, as large as the photo, is white, and not where it is black"),
         "PICTURE"},
        {"region", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->regions,
         N_("Where such a mask is white, paint in this style instead; up to four"),
         "PICTURE=STYLE"},
        {"refine", 0, 0, G_OPTION_ARG_CALLBACK, setting,
         N_("Optimise the result in so many steps, default 0; 40 is a good number"), "N"},
        {"refine-from", 0, 0, G_OPTION_ARG_CALLBACK, setting,
         N_("photo (default), draft or noise: where Refine starts"), "WHERE"},
        {"critic", 0, G_OPTION_FLAG_FILENAME, G_OPTION_ARG_CALLBACK, setting,
         N_("The network whose eyes Refine uses, default our own"), "FILE"},
        {"content-layers", 0, 0, G_OPTION_ARG_CALLBACK, setting,
         N_("Of the critic, as NAME*WEIGHT, separated by commas"), "LAYERS"},
        {"style-layers", 0, 0, G_OPTION_ARG_CALLBACK, setting, N_("The same, for the style"),
         "LAYERS"},
        {"style-loss", 0, 0, G_OPTION_ARG_CALLBACK, setting,
         N_("nearest (default), both, gram, moments or sliced: what of the style is matched"),
         "WHAT"},
        {"content-weight", 0, 0, G_OPTION_ARG_CALLBACK, setting, N_("Default 1"), "N"},
        {"style-weight", 0, 0, G_OPTION_ARG_CALLBACK, setting, N_("Default 20"), "N"},
        {"tv", 0, 0, G_OPTION_ARG_CALLBACK, setting,
         N_("Weight of the total variation, default 3; --tv2 of its squares, default 0"), "N"},
        {"tv2", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_CALLBACK, setting, NULL, "N"},
        {"optimiser", 0, 0, G_OPTION_ARG_CALLBACK, setting, N_("lbfgs (default) or adam"), "NAME"},
        {"learning-rate", 0, 0, G_OPTION_ARG_CALLBACK, setting,
         N_("Of Refine's steps, default auto"), "N|auto"},
        {"threads", 0, 0, G_OPTION_ARG_CALLBACK, setting, N_("1 to 256, default one a core"), "N"},
        {"memory", 0, 0, G_OPTION_ARG_CALLBACK, setting,
         N_("Limit in bytes, default half of what is free"), "N[K|M|G]"},
        {"list-styles", 0, 0, G_OPTION_ARG_NONE, &options->list_styles,
         N_("List the built-in styles, and stop"), NULL},
        {"suits", 0, 0, G_OPTION_ARG_FILENAME, &options->suits,
         N_("Rank the built-in styles, or those given, for a photo: --suits PHOTO [STYLE…]"),
         "PHOTO"},
        {"save-style", 0, 0, G_OPTION_ARG_FILENAME, &options->save_style,
         N_("Write STYLE, or a mix, to a style file, and stop: --save-style FILE STYLE…"), "FILE"},
        {"title", 0, 0, G_OPTION_ARG_FILENAME, &options->title,
         N_("What --save-style notes in the file; so do the next five"), "TEXT"},
        {"artist", 0, 0, G_OPTION_ARG_FILENAME, &options->artist, N_("Who made it"), "TEXT"},
        {"year", 0, 0, G_OPTION_ARG_FILENAME, &options->year, N_("When"), "TEXT"},
        {"source", 0, 0, G_OPTION_ARG_FILENAME, &options->source, N_("Where the picture is from"),
         "TEXT"},
        {"licence", 0, 0, G_OPTION_ARG_FILENAME, &options->licence, N_("What may be done with it"),
         "TEXT"},
        {"thumbnail", 0, 0, G_OPTION_ARG_FILENAME, &options->thumbnail,
         N_("A picture to show for the style, at most 512 pixels a side"), "PICTURE"},
        {"skip-existing", 0, 0, G_OPTION_ARG_NONE, &options->skip_existing,
         N_("Leave out photos whose result is there"), NULL},
        {"plan", 0, 0, G_OPTION_ARG_NONE, &options->plan, N_("Say what it would take, and stop"),
         NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &options->json,
         N_("Results as JSON on standard output, one object a line"), NULL},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &options->quiet, N_("Say nothing but errors"), NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &options->version, N_("Print the version, and stop"),
         NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &parser->rest, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    GOptionContext *context =
        g_option_context_new(N_("PHOTO… STYLE -o OUT|DIR/ — paint photos in a style"));
    GOptionGroup *group = g_option_group_new("pastiche", "", "", parser, NULL);
    g_option_group_add_entries(group, entries);
    g_option_group_set_translation_domain(group, GETTEXT_PACKAGE);
    g_option_context_set_translation_domain(context, GETTEXT_PACKAGE);
    g_option_context_set_main_group(context, group);
    g_option_context_set_description(context, description);
    return context;
}

static gboolean fail(GError **error, const char *text)
{
    g_set_error_literal(error, PST_ERROR, PST_ERROR_USAGE, text);
    return FALSE;
}

/* Of an argument that does not say its kind, a file that is there decides. */
static char *style_of_argument(const char *argument)
{
    g_autofree char *name = pst_style_full_name(argument);
    gboolean says_kind = strcmp(name, argument) == 0;
    if (!says_kind && g_file_test(argument, G_FILE_TEST_EXISTS)) {
        g_free(name);
        name = g_strconcat("file:", argument, NULL);
    }
    return pst_style_text(name);
}

/* Joins styles to one text: those of --style, and `arguments`. */
static char *join_styles(char **styles, char **arguments, GError **error)
{
    PstStyleTerm all[PST_STYLES_MOST + 1] = {{NULL, 0}};
    GPtrArray *parts = g_ptr_array_new_with_free_func((GDestroyNotify) pst_style_terms_free);
    int count = 0;
    gboolean ok = TRUE;
    for (; ok && ((styles && *styles) || (arguments && *arguments));) {
        gboolean option = styles && *styles;
        g_autofree char *text = option ? g_strdup(*styles++) : style_of_argument(*arguments++);
        PstStyleTerm *terms = pst_style_terms_new(text, error);
        ok = terms != NULL;
        for (PstStyleTerm *term = terms; ok && term->name; term++) {
            ok = count < PST_STYLES_MOST || fail(error, _("at most four styles can be mixed"));
            if (ok)
                all[count++] = *term;
        }
        g_ptr_array_add(parts, terms);
    }
    char *joined = ok ? pst_style_terms_to_text(all) : NULL;
    g_ptr_array_unref(parts);
    return joined;
}

/* "MASK=STYLE", where the mask's name has no "=". */
static gboolean check_region(const char *text, GError **error)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text)
        return fail(error, _("--region must be PICTURE=STYLE, as sky.png=wave"));
    PstStyleTerm *terms = pst_style_terms_new(equals + 1, error);
    pst_style_terms_free(terms);
    return terms != NULL;
}

static gboolean check_regions(char **regions, GError **error)
{
    if (regions && g_strv_length(regions) > PST_REGIONS_MOST)
        return fail(error, _("at most four regions can be painted"));
    for (; regions && *regions; regions++)
        if (!check_region(*regions, error))
            return FALSE;
    return TRUE;
}

/* Each of --style and of the arguments is a candidate; without any, the built-in styles are. */
static void assign_candidates(Parser *parser)
{
    GPtrArray *all = g_ptr_array_new();
    for (char **style = parser->styles; style && *style; style++)
        g_ptr_array_add(all, g_strdup(*style));
    for (char **argument = parser->rest; argument && *argument; argument++)
        g_ptr_array_add(all, style_of_argument(*argument));
    gboolean any = all->len > 0;
    g_ptr_array_add(all, NULL);
    char **candidates = (char **) g_ptr_array_free(all, FALSE);
    parser->options->candidates = any ? candidates : NULL;
    if (!any)
        g_free(candidates);
}

/* The arguments when something else is asked for than a painting; FALSE and no error when not. */
static gboolean assign_other(Parser *parser, GError **error)
{
    Options *options = parser->options;
    const char *noted[] = {options->title,  options->artist,  options->year,
                           options->source, options->licence, options->thumbnail};
    options->photos = g_new0(char *, 1);
    for (guint i = 0; !options->save_style && i < G_N_ELEMENTS(noted); i++)
        if (noted[i])
            return fail(error, _("--title, --artist, --year, --source, --licence and --thumbnail "
                                 "are for --save-style"));
    if (options->list_styles + (options->suits != NULL) + (options->save_style != NULL) > 1)
        return fail(error, _("--list-styles, --suits and --save-style exclude each other"));
    if (options->list_styles)
        return !parser->rest || fail(error, _("--list-styles takes no photo and no style"));
    if (options->suits) {
        assign_candidates(parser);
        return TRUE;
    }
    if (!options->save_style)
        return FALSE;
    if (!parser->rest && !parser->styles)
        return fail(error, _("no style: give one after the file of --save-style"));
    if (options->output)
        return fail(error, _("--save-style paints nothing: leave out -o"));
    if (!g_str_has_suffix(options->save_style, ".style"))
        return fail(error, _("the file of --save-style must end in .style"));
    options->style = join_styles(parser->styles, parser->rest, error);
    return options->style != NULL;
}

/* Sorts what GOption found into photos and style. */
static gboolean assign(Parser *parser, GError **error)
{
    Options *options = parser->options;
    guint rest = parser->rest ? g_strv_length(parser->rest) : 0;
    char *last[2] = {NULL, NULL};
    GError *wrong = NULL;
    if (assign_other(parser, &wrong))
        return TRUE;
    if (wrong) {
        g_propagate_error(error, wrong);
        return FALSE;
    }
    /* a plan without an output needs no style either, and then none is guessed at */
    gboolean photos_only = parser->styles || (options->plan && !options->output);
    if (!photos_only && rest > 1)
        last[0] = parser->rest[--rest];
    else if (!photos_only && rest == 1 && !options->plan)
        return fail(error, _("no style: give one after the photo, or with --style"));
    if (rest == 0)
        return fail(error, _("no photo given"));
    if (options->output == NULL && !options->plan)
        return fail(error, _("no output: give one with -o"));
    if (parser->styles || last[0]) {
        options->style = join_styles(parser->styles, last, error);
        if (!options->style)
            return FALSE;
    }
    g_free(options->photos);
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
    gboolean json = g_strv_contains((const char *const *) argv, "--json");
    gboolean ok = g_option_context_parse(context, &argc, &argv, error);
    if (!ok)
        options->json = json; /* GOption has taken back what it had set before the mistake */
    if (ok && !options->version)
        ok = check_regions(options->regions, error) && assign(&parser, error);
    g_option_context_free(context);
    g_strfreev(parser.styles);
    g_strfreev(parser.rest);
    return ok;
}

void options_clear(Options *options)
{
    g_strfreev(options->candidates);
    char *texts[] = {options->suits,      options->mask,    options->style,    options->output,
                     options->save_style, options->title,   options->artist,   options->year,
                     options->source,     options->licence, options->thumbnail};
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_strfreev(options->photos);
    g_strfreev(options->regions);
}
