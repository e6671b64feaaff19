/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/names.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static gboolean same_file(const char *a, const char *b)
{
    struct stat first, second;
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

/* PST_ERROR of `code`; two names, or one and a reason, go into `format`. */
G_GNUC_PRINTF(3, 0)
static gboolean fail(GError **error, PstError code, const char *format, const char *a,
                     const char *b)
{
    char *first = pst_display_name(a), *second = pst_display_name(b);
    g_set_error(error, PST_ERROR, code, format, first, second);
    g_free(first);
    g_free(second);
    return FALSE;
}

/* Makes the folder of "folder/". */
static gboolean prepare_folder(const char *output, gboolean several, GError **error)
{
    if (g_str_has_suffix(output, G_DIR_SEPARATOR_S) && g_mkdir_with_parents(output, 0777) != 0)
        return fail(error, PST_ERROR_FILE, _("%s cannot be made: %s"), output, g_strerror(errno));
    if (several && !g_file_test(output, G_FILE_TEST_IS_DIR)) {
        g_autofree char *name = pst_display_name(output);
        g_set_error(error, PST_ERROR, PST_ERROR_USAGE,
                    _("%s is not a folder, which several photos need: write -o DIR/"), name);
        return FALSE;
    }
    return TRUE;
}

/* The photo's name in `folder`; as PNG where its extension is not one that can be written. */
static char *name_in_folder(const char *folder, const char *photo)
{
    char *base = g_path_get_basename(photo);
    char *name = g_build_filename(folder, base, NULL);
    if (!pst_file_is_known(name)) {
        char *dot = strrchr(base, '.');
        if (dot != NULL && dot != base)
            *dot = '\0';
        g_free(name);
        char *png = g_strconcat(base, ".png", NULL);
        name = g_build_filename(folder, png, NULL);
        g_free(png);
    }
    g_free(base);
    return name;
}

/* That of a photo of `options`: the output itself, or in it the photo's name where it is a folder, ends in "/" or there
 * are several photos. */
static char *name_of_output(const Options *options, const char *photo)
{
    const char *output = options->output;
    gboolean in_folder = options->photos[1] != NULL ||
                         g_str_has_suffix(output, G_DIR_SEPARATOR_S) ||
                         g_file_test(output, G_FILE_TEST_IS_DIR);
    return in_folder ? name_in_folder(output, photo) : g_strdup(output);
}

static gboolean check_styles(const char *name, const char *style, GError **error)
{
    PstStyleTerm *terms = pst_style_terms_new(style, error);
    gboolean ok = terms != NULL;
    for (PstStyleTerm *term = terms; ok && term->name; term++)
        if (g_str_has_prefix(term->name, "file:") && same_file(name, term->name + strlen("file:")))
            ok = fail(error, PST_ERROR_USAGE, _("%s would overwrite the style %s"), name,
                      term->name + strlen("file:"));
    pst_style_terms_free(terms);
    return ok;
}

static gboolean check_mask(const char *name, const char *mask, GError **error)
{
    return !same_file(name, mask) ||
           fail(error, PST_ERROR_USAGE, _("%s would overwrite the mask %s"), name, mask);
}

/* "MASK=STYLE" */
static gboolean check_region(const char *name, const char *region, GError **error)
{
    const char *equals = strchr(region, '=');
    g_autofree char *mask = g_strndup(region, (gsize) (equals - region));
    return check_mask(name, mask, error) && check_styles(name, equals + 1, error);
}

gboolean names_is_done(const Options *options, const char *output)
{
    return options->skip_existing && g_file_test(output, G_FILE_TEST_IS_REGULAR);
}

/* What tells a file from others, by any of its names; NULL where there is none.  Free with g_free(). */
static char *identity(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return NULL;
    return g_strdup_printf("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, (guint64) status.st_dev,
                           (guint64) status.st_ino);
}

/* The names of photos by identity; those that are not there are left out. */
static GHashTable *photos_by_identity(char **photos)
{
    GHashTable *table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (; *photos != NULL; photos++) {
        char *id = identity(*photos);
        if (id != NULL)
            g_hash_table_insert(table, id, *photos);
    }
    return table;
}

/* Before an hour of work, not after it.  `photos` are those of photos_by_identity(): a look at each for each output
 * takes half a minute for a folder of 3000. */
static gboolean check_output(const char *name, const Options *options, GHashTable *photos,
                             GError **error)
{
    if (!names_is_done(options, name) && !pst_file_check_save(name, error))
        return FALSE;
    g_autofree char *id = identity(name);
    const char *photo = id ? g_hash_table_lookup(photos, id) : NULL;
    if (photo)
        return fail(error, PST_ERROR_USAGE, _("%s would overwrite the photo %s"), name, photo);
    gboolean ok = check_styles(name, options->style, error) &&
                  (!options->mask || check_mask(name, options->mask, error));
    for (char **region = options->regions; ok && region && *region; region++)
        ok = check_region(name, *region, error);
    return ok;
}

/* By what links lead to, but for results that are left as they are. */
static gboolean check_different(char **names, const Options *options, GError **error)
{
    char **photos = options->photos;
    GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, free, NULL);
    gboolean ok = TRUE;
    for (guint i = 0; ok && names[i] != NULL; i++) {
        char *file = names_is_done(options, names[i]) ? NULL : realpath(names[i], NULL);
        if (file == NULL)
            file = strdup(names[i]);
        const char *other = g_hash_table_lookup(seen, file);
        g_hash_table_insert(seen, file, photos[i]);
        if (other != NULL) {
            g_autofree char *one = pst_display_name(other);
            g_autofree char *two = pst_display_name(photos[i]);
            g_autofree char *both = pst_display_name(names[i]);
            g_set_error(error, PST_ERROR, PST_ERROR_USAGE,
                        _("%s and %s would both be painted as %s"), one, two, both);
            ok = FALSE;
        }
    }
    g_hash_table_unref(seen);
    return ok;
}

char **names_of_outputs_unchecked(const Options *options)
{
    char **photos = options->photos;
    guint count = g_strv_length(photos);
    char **names = g_new0(char *, count + 1);
    for (guint i = 0; i < count; i++)
        names[i] = name_of_output(options, photos[i]);
    return names;
}

char **names_of_outputs(const Options *options, GError **error)
{
    char **photos = options->photos;
    if (!prepare_folder(options->output, photos[1] != NULL, error))
        return NULL;
    GHashTable *table = photos_by_identity(photos);
    char **names = names_of_outputs_unchecked(options);
    gboolean ok = TRUE;
    for (char **name = names; ok && *name; name++)
        ok = check_output(*name, options, table, error);
    g_hash_table_unref(table);
    if (ok && check_different(names, options, error))
        return names;
    g_strfreev(names);
    return NULL;
}
