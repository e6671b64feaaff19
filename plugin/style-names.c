/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What styles are called: see request.h.
 */
#include "request.h"

#include <string.h>

#define LAYER_PREFIX   "layer:"
#define FILE_PREFIX    "file:"
#define BUILTIN_PREFIX "builtin:"
#define KEPT_PREFIX    "kept:"

const char *pst_style_layer_name(const char *style)
{
    return g_str_has_prefix(style, LAYER_PREFIX) ? style + strlen(LAYER_PREFIX) : NULL;
}

const char *pst_style_file_path(const char *style)
{
    return g_str_has_prefix(style, FILE_PREFIX) ? style + strlen(FILE_PREFIX) : NULL;
}

char *pst_style_of_file(const char *path)
{
    return g_strconcat(FILE_PREFIX, path, NULL);
}

char *pst_style_kept(const char *style)
{
    return g_strconcat(KEPT_PREFIX, style, NULL);
}

const char *pst_style_kept_name(const char *style)
{
    return g_str_has_prefix(style, KEPT_PREFIX) ? style + strlen(KEPT_PREFIX) : NULL;
}

gboolean pst_style_has_file(const char *style)
{
    const char *kept = pst_style_kept_name(style);
    PstStyleTerm *terms = pst_style_terms_new(kept ? kept : style, NULL);
    gboolean has = FALSE;

    for (PstStyleTerm *term = terms; term && term->name; term++)
        has = has || pst_style_file_path(term->name);
    pst_style_terms_free(terms);
    return has;
}

static char *file_title(const char *path)
{
    char *base = g_path_get_basename(path);
    char *title = g_filename_display_name(base);
    char *dot = strrchr(title, '.');

    /* ".png" is a name, not an extension. */
    if (dot && dot != title)
        *dot = '\0';
    g_free(base);
    return title;
}

static char *term_title(const char *name)
{
    if (pst_style_file_path(name))
        return file_title(pst_style_file_path(name));
    if (g_str_has_prefix(name, BUILTIN_PREFIX))
        return g_strdup(name + strlen(BUILTIN_PREFIX));
    return g_strdup(pst_style_layer_name(name) ? pst_style_layer_name(name) : name);
}

char *pst_style_title(const char *style)
{
    const char *kept = pst_style_kept_name(style);
    PstStyleTerm *terms = pst_style_terms_new(kept ? kept : style, NULL);
    GString *titles = g_string_new(NULL);

    if (!terms)
        g_string_append(titles, style);
    for (PstStyleTerm *term = terms; term && term->name; term++) {
        char *title = term_title(term->name);

        g_string_append_printf(titles, "%s%s", titles->len ? " + " : "", title);
        g_free(title);
    }
    pst_style_terms_free(terms);
    return g_string_free(titles, FALSE);
}

char *pst_style_without_folders(const char *style)
{
    const char *kept = pst_style_kept_name(style);
    PstStyleTerm *terms = pst_style_terms_new(kept ? kept : style, NULL);
    char *text;

    if (!terms)
        return g_strdup("");
    for (PstStyleTerm *term = terms; term->name; term++) {
        const char *path = pst_style_file_path(term->name);

        if (path) {
            char *base = g_path_get_basename(path);

            g_free(term->name);
            term->name = pst_style_of_file(base);
            g_free(base);
        }
    }
    text = pst_style_terms_to_text(terms);
    pst_style_terms_free(terms);
    return text;
}

char *pst_result_title(const char *content, const char *style)
{
    char *title = pst_style_title(style);
    char *result = g_strdup_printf("%s \xe2\x80\x93 %s", content, title); /* an en dash */

    g_free(title);
    return result;
}

gboolean pst_result_is_titled(const char *name, const char *content, const char *style)
{
    char *title = pst_result_title(content, style);
    gboolean starts = g_str_has_prefix(name, title);
    const char *rest = starts ? name + strlen(title) : NULL;

    g_free(title);
    return starts && (!*rest || (g_str_has_prefix(rest, " #") && rest[2] &&
                                 strspn(rest + 2, "0123456789") == strlen(rest + 2)));
}
