/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Several styles as one text, and what kind of style a name is of.
 */
#include "pastiche.h"

#include <string.h>

#define WEIGHT_LEAST 1e-6 /* what six decimals can say */
#define WEIGHT_MOST  1000.0

static const char *const prefixes[] = {"builtin:", "file:", "layer:"};

/* PST_ERROR_USAGE: "the style "NAME" WHAT". */
static gboolean usage(GError **error, const char *name, const char *what)
{
    g_autofree char *shown = pst_display_name(name);
    g_set_error(error, PST_ERROR, PST_ERROR_USAGE, "the style \"%s\" %s", shown, what);
    return FALSE;
}

/* The prefix that `text` starts with, or NULL. */
static const char *prefix_of(const char *text)
{
    for (guint i = 0; i < G_N_ELEMENTS(prefixes); i++)
        if (g_str_has_prefix(text, prefixes[i]))
            return prefixes[i];
    return NULL;
}

char *pst_style_full_name(const char *name)
{
    gboolean is_file = strchr(name, '.') || strchr(name, G_DIR_SEPARATOR);
    return prefix_of(name) ? g_strdup(name)
                           : g_strconcat(is_file ? "file:" : "builtin:", name, NULL);
}

/* ---- Terms ----------------------------------------------------------------------------------- */

/* The end of the first style in `text`: the "|" behind it, or its last byte. */
static const char *end_of_term(const char *text)
{
    const char *prefix = prefix_of(text);
    gboolean any_character = prefix && strcmp(prefix, "builtin:") != 0;
    for (const char *bar = strchr(text, '|'); bar; bar = strchr(bar + 1, '|'))
        if (!any_character || prefix_of(bar + 1))
            return bar;
    return text + strlen(text);
}

/* Where "*WEIGHT" starts in the style of `length` bytes; its end when it has none. */
static gsize find_weight(const char *text, gsize length)
{
    gsize digits = 0;
    while (digits < length &&
           (g_ascii_isdigit(text[length - digits - 1]) || text[length - digits - 1] == '.'))
        digits++;
    return digits > 0 && digits < length && text[length - digits - 1] == '*' ? length - digits - 1
                                                                             : length;
}

static gboolean parse_term(PstStyleTerm *term, const char *text, gsize length, GError **error)
{
    gsize at = find_weight(text, length);
    g_autofree char *whole = g_strndup(text, length);
    g_autofree char *name = g_strndup(text, at);
    term->weight = 1;
    if (at < length) {
        char *end;
        term->weight = g_ascii_strtod(whole + at + 1, &end);
        if (*end || !(term->weight >= WEIGHT_LEAST && term->weight <= WEIGHT_MOST))
            return usage(error, whole, "needs a weight above 0 and at most 1000 after its *");
    }
    const char *prefix = prefix_of(name);
    if (!name[prefix ? strlen(prefix) : 0])
        return usage(error, whole, "has no name: write builtin:NAME, file:PATH or layer:NAME");
    term->name = pst_style_full_name(name);
    return TRUE;
}

PstStyleTerm *pst_style_terms_new(const char *text, GError **error)
{
    PstStyleTerm *terms = g_new0(PstStyleTerm, PST_STYLES_MOST + 1);
    const char *rest = text;
    for (int count = 0;; count++) {
        const char *end = end_of_term(rest);
        if (count == PST_STYLES_MOST) {
            usage(error, text, "is of too many: at most four can be mixed");
            break;
        }
        if (!parse_term(&terms[count], rest, (gsize) (end - rest), error))
            break;
        if (!*end)
            return terms;
        rest = end + 1;
    }
    pst_style_terms_free(terms);
    return NULL;
}

void pst_style_terms_free(PstStyleTerm *terms)
{
    for (PstStyleTerm *term = terms; term && term->name; term++)
        g_free(term->name);
    g_free(terms);
}

char *pst_style_terms_to_text(const PstStyleTerm *terms)
{
    GString *text = g_string_new(NULL);
    for (; terms->name; terms++) {
        char number[G_ASCII_DTOSTR_BUF_SIZE];
        gsize length = strlen(terms->name);
        g_string_append_printf(text, "%s%s", text->len > 0 ? "|" : "", terms->name);
        /* A name that looks as if it had a weight needs one. */
        if (terms->weight != 1 || find_weight(terms->name, length) < length)
            g_string_append_printf(text, "*%s",
                                   g_ascii_formatd(number, sizeof number, "%.6f", terms->weight));
    }
    return g_string_free(text, FALSE);
}

char *pst_style_text(const char *name)
{
    const PstStyleTerm terms[] = {{(char *) name, 1}, {NULL, 0}};
    return pst_style_terms_to_text(terms);
}
