/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Styles by name: which one, or which ones, a text means.
 */
#include "image/style/catalogue.h"
#include "image/style/file.h"

#include <gegl.h>
#include <glib/gstdio.h>
#include <stdio.h>
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

/* Of a bare word: no built-in's name has a slash or a dot. */
static const char *kind_of(const char *name)
{
    for (; *name; name++)
        if (G_IS_DIR_SEPARATOR(*name) || *name == '.')
            return "file:";
    return "builtin:";
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
    term->name = prefix ? g_strdup(name) : g_strconcat(kind_of(name), name, NULL);
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

/* ---- From name to style ---------------------------------------------------------------------- */

static gboolean is_style_file(const char *path)
{
    guint8 head[16];
    FILE *file = g_file_test(path, G_FILE_TEST_IS_REGULAR) ? g_fopen(path, "rbe") : NULL;
    gsize length = file ? fread(head, 1, sizeof head, file) : 0;
    if (file)
        fclose(file);
    return pst_style_file_matches(head, length);
}

static PstStyle *from_style_file(const PstEngine *engine, const char *path, GError **error)
{
    GBytes *bytes = pst_style_file_read(path, error);
    if (!bytes)
        return NULL;
    PstStyle *style = pst_style_new_from_bytes(engine, bytes, error);
    g_bytes_unref(bytes);
    if (!style) {
        g_autofree char *name = pst_display_name(path);
        g_prefix_error(error, "%s: ", name);
    }
    return style;
}

static PstStyle *from_builtin(const PstEngine *engine, const char *name, GError **error)
{
    g_autofree char *path = pst_catalogue_path(engine->folder, name);
    if (!path || !g_file_test(path, G_FILE_TEST_EXISTS)) {
        pst_catalogue_unknown(engine->folder, name, error);
        return NULL;
    }
    PstStyle *style = from_style_file(engine, path, error);
    if (style) {
        g_free((char *) style->info.name);
        style->info.name = g_strdup(name);
    }
    return style;
}

PstStyle *pst_style_new_from_name(const PstEngine *engine, const char *name,
                                  const PstSettings *settings, PstProgress progress, gpointer user,
                                  GError **error)
{
    if (g_str_has_prefix(name, "layer:")) {
        usage(error, name, "is a layer, and there are none here");
        return NULL;
    }
    const char *prefix = prefix_of(name), *bare = name + (prefix ? strlen(prefix) : 0);
    if (strcmp(prefix ? prefix : kind_of(name), "builtin:") == 0)
        return from_builtin(engine, bare, error);
    const char *path = bare;
    if (is_style_file(path))
        return from_style_file(engine, path, error);
    GeglBuffer *picture = pst_file_load(path, NULL, error);
    PstStyle *style = NULL;
    if (picture) {
        style = pst_style_new_from_buffer(engine, picture, settings, progress, user, error);
        g_object_unref(picture);
    }
    return style;
}

/* Progress of one of several styles. */
typedef struct {
    PstProgress callback;
    gpointer user;
    int index, count;
} Part;

static gboolean part_progress(double done, gpointer user)
{
    const Part *part = user;
    return part->callback((part->index + done) / part->count, part->user);
}

PstStyle *pst_style_new_from_text(const PstEngine *engine, const char *text,
                                  const PstSettings *settings, PstProgress progress, gpointer user,
                                  GError **error)
{
    PstStyleTerm *terms = pst_style_terms_new(text, error);
    PstStyle *styles[PST_STYLES_MOST] = {NULL}, *result = NULL;
    double weights[PST_STYLES_MOST];
    Part part = {.callback = progress, .user = user};
    if (!terms)
        return NULL;
    while (terms[part.count].name)
        part.count++;
    for (; part.index < part.count; part.index++) {
        weights[part.index] = terms[part.index].weight;
        styles[part.index] = pst_style_new_from_name(engine, terms[part.index].name, settings,
                                                     progress ? part_progress : NULL, &part, error);
        if (!styles[part.index])
            break;
    }
    if (part.index == part.count && part.count > 1)
        result = pst_style_new_mixed((const PstStyle *const *) styles, weights, part.count);
    else if (part.index == part.count)
        result = g_steal_pointer(&styles[0]);
    for (int i = 0; i < part.count; i++)
        pst_style_free(styles[i]);
    pst_style_terms_free(terms);
    return result;
}
