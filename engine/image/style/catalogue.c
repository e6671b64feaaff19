/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The styles that come with the weights.
 */
#include "image/style/catalogue.h"

#include "image/style/file.h"

#include <string.h>

#define FOLDER "styles"

struct PstCatalogue {
    GArray *styles; /* PstStyleInfo, each its own */
    GPtrArray *problems;
};

/* ---- Names ----------------------------------------------------------------------------------- */

static gboolean name_is_sound(const char *name)
{
    for (const char *c = name; *c; c++)
        if (!g_ascii_isalnum(*c) && *c != '-' && *c != '_')
            return FALSE;
    return *name && strlen(name) <= 100;
}

char *pst_catalogue_path(const char *folder, const char *name)
{
    if (!name_is_sound(name))
        return NULL;
    g_autofree char *base = g_strconcat(name, PST_STYLE_SUFFIX, NULL);
    return g_build_filename(folder, FOLDER, base, NULL);
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* The names of the files that can be built-in styles, in order. */
static GPtrArray *list_names(const char *folder)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *path = g_build_filename(folder, FOLDER, NULL);
    GDir *dir = g_dir_open(path, 0, NULL);
    const char *entry;
    while (dir && (entry = g_dir_read_name(dir))) {
        g_autofree char *name = g_strdup(entry);
        if (!g_str_has_suffix(entry, PST_STYLE_SUFFIX))
            continue;
        name[strlen(name) - strlen(PST_STYLE_SUFFIX)] = '\0';
        if (name_is_sound(name))
            g_ptr_array_add(names, g_steal_pointer(&name));
    }
    if (dir)
        g_dir_close(dir);
    g_ptr_array_sort(names, compare_names);
    return names;
}

/* ---- The catalogue --------------------------------------------------------------------------- */

static void clear_info(gpointer info)
{
    pst_style_info_clear(info);
}

static void add(PstCatalogue *catalogue, const char *folder, const char *name)
{
    g_autofree char *path = pst_catalogue_path(folder, name);
    GError *error = NULL;
    PstStyleInfo info;
    GBytes *bytes = pst_style_file_read(path, &error);
    if (bytes && pst_style_file_info(bytes, &info, &error)) {
        g_free((char *) info.name);
        info.name = g_strdup(name);
        g_array_append_val(catalogue->styles, info);
    } else {
        g_ptr_array_add(catalogue->problems, bytes ? g_strdup_printf("%s: %s", path, error->message)
                                                   : g_strdup(error->message));
        g_error_free(error);
    }
    g_bytes_unref(bytes);
}

PstCatalogue *pst_catalogue_new(const char *weights)
{
    g_autofree char *folder = pst_weights_folder(weights);
    PstCatalogue *catalogue = g_new(PstCatalogue, 1);
    catalogue->styles = g_array_new(FALSE, FALSE, sizeof(PstStyleInfo));
    g_array_set_clear_func(catalogue->styles, clear_info);
    catalogue->problems = g_ptr_array_new_with_free_func(g_free);
    GPtrArray *names = list_names(folder);
    for (guint i = 0; i < names->len; i++)
        add(catalogue, folder, names->pdata[i]);
    g_ptr_array_unref(names);
    g_ptr_array_add(catalogue->problems, NULL);
    return catalogue;
}

void pst_catalogue_free(PstCatalogue *catalogue)
{
    if (catalogue) {
        g_array_unref(catalogue->styles);
        g_ptr_array_unref(catalogue->problems);
        g_free(catalogue);
    }
}

guint pst_catalogue_count(const PstCatalogue *catalogue)
{
    return catalogue->styles->len;
}

const PstStyleInfo *pst_catalogue_at(const PstCatalogue *catalogue, guint index)
{
    return &g_array_index(catalogue->styles, PstStyleInfo, index);
}

const PstStyleInfo *pst_catalogue_find(const PstCatalogue *catalogue, const char *name)
{
    for (guint i = 0; i < catalogue->styles->len; i++)
        if (strcmp(pst_catalogue_at(catalogue, i)->name, name) == 0)
            return pst_catalogue_at(catalogue, i);
    return NULL;
}

const char *const *pst_catalogue_problems(const PstCatalogue *catalogue)
{
    return (const char *const *) catalogue->problems->pdata;
}

/* ---- Names that nearly are one --------------------------------------------------------------- */

/* How many letters must be added, taken away or changed to make b of a (Levenshtein). */
static guint distance(const char *a, const char *b)
{
    gsize width = strlen(b);
    g_autofree guint *row = g_new(guint, width + 1);
    for (gsize x = 0; x <= width; x++)
        row[x] = (guint) x;
    for (guint y = 1; a[y - 1]; y++) {
        guint diagonal = row[0];
        row[0] = y;
        for (gsize x = 1; x <= width; x++) {
            guint changed = diagonal + (a[y - 1] != b[x - 1]);
            diagonal = row[x];
            row[x] = MIN(changed, MIN(row[x], row[x - 1]) + 1);
        }
    }
    return row[width];
}

static gboolean is_near(const char *wanted, const char *name)
{
    gsize length = strlen(wanted);
    if (length >= 3 && (strstr(name, wanted) || strstr(wanted, name)))
        return TRUE;
    return distance(wanted, name) <= MAX(length / 3, 1);
}

static void join(GString *text, const char *name)
{
    g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", name);
}

void pst_catalogue_unknown(const char *folder, const char *name, GError **error)
{
    GPtrArray *names = list_names(folder);
    GString *near = g_string_new(NULL), *all = g_string_new(NULL);
    g_autofree char *shown = pst_display_name(name);
    g_autofree char *wanted = g_ascii_strdown(name, -1);
    for (guint i = 0; i < names->len; i++) {
        join(all, names->pdata[i]);
        if (strlen(wanted) <= 100 && is_near(wanted, names->pdata[i]))
            join(near, names->pdata[i]);
    }
    if (g_file_test(name, G_FILE_TEST_IS_REGULAR))
        g_set_error(error, PST_ERROR, PST_ERROR_USAGE,
                    "there is no built-in style '%s'; for the file of this name, write file:%s",
                    shown, shown);
    else if (near->len > 0)
        g_set_error(error, PST_ERROR, PST_ERROR_USAGE,
                    "there is no built-in style '%s', but %s; a picture is file:PATH", shown,
                    near->str);
    else
        g_set_error(error, PST_ERROR, PST_ERROR_USAGE,
                    "there is no built-in style '%s'; there are: %s; a picture is file:PATH", shown,
                    all->len > 0 ? all->str : "none");
    g_string_free(near, TRUE);
    g_string_free(all, TRUE);
    g_ptr_array_unref(names);
}
