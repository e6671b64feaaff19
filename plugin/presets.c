/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See presets.h.
 */
#include "presets.h"

#include "private.h"

#include <gio/gio.h>
#include <string.h>

#define SUFFIX ".preset"

/* A name may hold any character, a file's name may not.  Free with g_free(). */
static char *path_of(const char *folder, const char *name)
{
    char *escaped = g_uri_escape_string(name, " ()+,'", TRUE);
    char *base = g_strconcat(escaped, SUFFIX, NULL);
    char *path = g_build_filename(folder, base, NULL);

    g_free(base);
    g_free(escaped);
    return path;
}

static int by_collation(gconstpointer a, gconstpointer b)
{
    return g_utf8_collate(*(char *const *) a, *(char *const *) b);
}

char **pst_presets_list(const char *folder)
{
    GPtrArray *names = g_ptr_array_new();
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *file;

    while (dir && (file = g_dir_read_name(dir))) {
        if (g_str_has_suffix(file, SUFFIX)) {
            char *stem = g_strndup(file, strlen(file) - strlen(SUFFIX));
            char *name = g_uri_unescape_string(stem, NULL);

            if (name && *name && g_utf8_validate(name, -1, NULL))
                g_ptr_array_add(names, g_steal_pointer(&name));
            g_free(name);
            g_free(stem);
        }
    }
    if (dir)
        g_dir_close(dir);
    g_ptr_array_sort(names, by_collation);
    g_ptr_array_add(names, NULL);
    return (char **) g_ptr_array_free(names, FALSE);
}

gboolean pst_preset_exists(const char *folder, const char *name)
{
    char *path = path_of(folder, name);
    gboolean exists = g_file_test(path, G_FILE_TEST_EXISTS);

    g_free(path);
    return exists;
}

gboolean pst_preset_load(const char *folder, const char *name, PstRequest *request, GError **error)
{
    char *path = path_of(folder, name), *text;
    gboolean ok = g_file_get_contents(path, &text, NULL, error);

    if (ok) {
        ok = pst_request_set_from_text(request, g_strchomp(text), error);
        if (!ok)
            g_prefix_error(error, "%s: ", path);
        g_free(text);
    }
    g_free(path);
    return ok;
}

gboolean pst_preset_save(const char *folder, const char *name, const PstRequest *request,
                         GError **error)
{
    char *path = path_of(folder, name), *line = pst_request_to_text(request);
    char *text = g_strconcat(line, "\n", NULL);
    gboolean ok;

    g_mkdir_with_parents(folder, PST_PRIVATE); /* writing says what is wrong */
    ok = g_file_set_contents(path, text, -1, error);
    g_free(text);
    g_free(line);
    g_free(path);
    return ok;
}

gboolean pst_preset_delete(const char *folder, const char *name, GError **error)
{
    char *path = path_of(folder, name);
    GFile *file = g_file_new_for_path(path);
    gboolean ok = g_file_delete(file, NULL, error);

    g_object_unref(file);
    g_free(path);
    return ok;
}
