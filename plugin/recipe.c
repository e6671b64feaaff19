/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See recipe.h.
 */
#include "recipe.h"

#include <glib/gi18n.h>
#include <string.h>

#define SIZE_MOST (64 << 10)

/* The one setting that is a path stays with the one who set it. */
#define FILE_SETTING "critic"

static char *look_without_files(const PstSettings *settings)
{
    char *text = pst_settings_to_text(settings, FALSE), **pairs = g_strsplit(text, ";", -1);
    GString *kept = g_string_new(NULL);

    for (char **pair = pairs; *pair; pair++) {
        if (!g_str_has_prefix(*pair, FILE_SETTING "="))
            g_string_append_printf(kept, "%s%s", kept->len ? ";" : "", *pair);
    }
    g_strfreev(pairs);
    g_free(text);
    return g_string_free(kept, FALSE);
}

char *pst_recipe_style_name(int k)
{
    return k == 0 ? g_strdup(PST_PARASITE_STYLE) : g_strdup_printf("%s-%d", PST_PARASITE_STYLE, k);
}

char *pst_recipe_write(const PstRequest *request, guint content, const char *weights)
{
    GString *text = g_string_new(NULL);
    char *style = pst_style_without_folders(request->style);
    char *look = look_without_files(&request->settings);
    char *regions = pst_regions_to_text(request, pst_style_without_folders);

    pst_append_pair(text, "pastiche", pst_version());
    pst_append_pair(text, "weights", weights);
    g_string_append_printf(text, ";content=%u", content);
    pst_append_pair(text, "style", style);
    g_string_append_printf(text, ";%s", look);
    if (!pst_mask_is_selection(request->mask))
        pst_append_pair(text, "mask", request->mask);
    if (request->region_count > 0)
        pst_append_pair(text, "regions", regions);
    g_free(regions);
    g_free(look);
    g_free(style);
    return g_string_free(text, FALSE);
}

/* What is read is shown, too, in messages that may end in a terminal.  NULL is no text. */
static gboolean check_text(const char *text, GError **error)
{
    gboolean ok = text && g_utf8_validate(text, -1, NULL);

    for (; ok && *text; text = g_utf8_next_char(text))
        ok = !g_unichar_iscntrl(g_utf8_get_char(text));
    if (!ok)
        g_set_error_literal(error, PST_ERROR, PST_ERROR_USAGE,
                            "it is not UTF-8 without control characters");
    return ok;
}

static gboolean read_style(PstRecipe *recipe, const char *value, GError **error)
{
    PstStyleTerm *terms = pst_style_terms_new(value, error);
    char *kept;

    if (!terms)
        return FALSE;
    pst_style_terms_free(terms);
    kept = pst_style_kept(value);
    pst_request_set_style(&recipe->request, kept);
    g_free(kept);
    return TRUE;
}

static gboolean read_regions(PstRecipe *recipe, const char *value, GError **error)
{
    PstRequest *request = &recipe->request;
    char *decoded = g_uri_unescape_string(value, NULL); /* names are encoded twice */
    gboolean ok = check_text(decoded, error) && pst_regions_parse(request, value, error);

    g_free(decoded);
    if (!ok)
        return FALSE;
    for (int k = 1; k <= request->region_count; k++)
        pst_request_replace_style(request, k, pst_style_kept(pst_request_style(request, k)));
    return TRUE;
}

/* Where its result goes is not for a recipe to say, nor what the machine gives for it. */
static gboolean read_setting(PstRecipe *recipe, const char *name, const char *value, GError **error)
{
    if (strcmp(name, "mask") == 0)
        return pst_request_set(&recipe->request, name, value, error);
    if (!pst_settings_set(&recipe->request.settings, name, value, error))
        return FALSE;
    if (!pst_settings_is_look(name)) {
        g_set_error(error, PST_ERROR, PST_ERROR_USAGE, "%s is not for a recipe to say", name);
        return FALSE;
    }
    return TRUE;
}

static gboolean read_value(PstRecipe *recipe, const char *name, const char *value, char **version,
                           GError **error)
{
    guint64 tattoo;

    if (strcmp(name, "pastiche") == 0) {
        g_free(*version);
        *version = g_strdup(value);
        return TRUE;
    }
    if (strcmp(name, "weights") == 0)
        return TRUE;
    if (strcmp(name, "style") == 0)
        return read_style(recipe, value, error);
    if (strcmp(name, "regions") == 0)
        return read_regions(recipe, value, error);
    if (strcmp(name, FILE_SETTING) == 0) {
        g_set_error(error, PST_ERROR, PST_ERROR_USAGE, "it names a file, \"%s\"", value);
        return FALSE;
    }
    if (strcmp(name, "content") != 0)
        return read_setting(recipe, name, value, error);
    if (!g_ascii_string_to_unsigned(value, 10, 0, G_MAXUINT32, &tattoo, error))
        return FALSE;
    recipe->content = (guint) tattoo;
    return TRUE;
}

static gboolean read_pairs(PstRecipe *recipe, const char *text, char **version, GError **error)
{
    char **pairs = g_strsplit(text, ";", -1);
    gboolean ok = TRUE;

    for (char **pair = pairs; ok && *pair; pair++) {
        char *value = check_text(*pair, error) ? pst_split_pair(*pair, error) : NULL;

        ok = value && check_text(value, error) && read_value(recipe, *pair, value, version, error);
        g_free(value);
    }
    g_strfreev(pairs);
    return ok;
}

gboolean pst_recipe_read(PstRecipe *recipe, const void *data, gsize size, GError **error)
{
    char *text = size <= SIZE_MOST ? g_strndup(data, size) : NULL, *version = NULL;
    GError *why = NULL;

    *recipe = (PstRecipe){0};
    pst_request_init(&recipe->request);
    if (text && g_utf8_validate(text, -1, NULL) && read_pairs(recipe, text, &version, &why) &&
        !(version && *recipe->request.style))
        g_set_error_literal(&why, PST_ERROR, PST_ERROR_USAGE, "it has no version or no style");
    else if (!why && !(version && *recipe->request.style))
        g_set_error_literal(&why, PST_ERROR, PST_ERROR_USAGE, "it is no text, or too long");
    if (why) {
        g_set_error(error, PST_ERROR, PST_ERROR_USAGE,
                    /* Translators: a version of the program, and what is wrong */
                    _("The recipe kept with the layer, of version %s, cannot be read (this is %s): "
                      "%s"),
                    version ? version : "?", pst_version(), why->message);
        g_error_free(why);
        pst_recipe_clear(recipe);
    }
    g_free(version);
    g_free(text);
    return recipe->request.style != NULL;
}

void pst_recipe_clear(PstRecipe *recipe)
{
    pst_request_clear(&recipe->request);
}
