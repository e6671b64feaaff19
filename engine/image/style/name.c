/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a name, or the names of a text, to a style.
 */
#include "image/style/catalogue.h"
#include "image/style/file.h"

#include <gegl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

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
    g_autofree char *full = pst_style_full_name(name);
    if (g_str_has_prefix(full, "layer:")) {
        g_autofree char *shown = pst_display_name(name);
        g_set_error(error, PST_ERROR, PST_ERROR_USAGE,
                    "the style \"%s\" is a layer, and there are none here", shown);
        return NULL;
    }
    if (g_str_has_prefix(full, "builtin:"))
        return from_builtin(engine, full + strlen("builtin:"), error);
    const char *path = full + strlen("file:");
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
