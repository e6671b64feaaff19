/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Picture files.  Reading: which format, by the first bytes; its load(); turned upright; gray and CMYK
 * spaces, in which nothing can be painted, left for sRGB.  Writing: which format, by the name; its
 * save() into a new file beside the target, which then takes the target's name.
 */
#include "image/file/format.h"
#include "image/file/output.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const PstFileFormat *const formats[] = {
    &pst_file_jpeg, &pst_file_png, &pst_file_tiff, &pst_file_webp, &pst_file_exr, &pst_file_ppm,
};

static char *format_names(void)
{
    GString *names = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(formats); i++)
        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", formats[i]->name);
    return g_string_free(names, FALSE);
}

static char *extension_names(void)
{
    GString *names = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(formats); i++)
        for (const char *const *name = formats[i]->extensions; *name != NULL; name++)
            g_string_append_printf(names, "%s.%s", names->len > 0 ? ", " : "", *name);
    return g_string_free(names, FALSE);
}

char *pst_display_name(const char *path)
{
    g_autofree char *name = g_filename_display_name(path);
    GString *shown = g_string_new(NULL);
    for (const char *c = name; *c; c = g_utf8_next_char(c)) {
        gunichar character = g_utf8_get_char(c);
        g_string_append_unichar(shown, g_unichar_iscntrl(character) ? 0xfffd : character);
    }
    return g_string_free(shown, FALSE);
}

/* The error names the file; returns FALSE. */
static gboolean prefix_path(const char *path, GError **error)
{
    char *name = pst_display_name(path);
    g_prefix_error(error, "%s: ", name);
    g_free(name);
    return FALSE;
}

/* ---- Reading --------------------------------------------------------------------------------- */

static const PstFileFormat *format_of_content(FILE *file, GError **error)
{
    guint8 head[16];
    gsize length = fread(head, 1, sizeof head, file);
    if (ferror(file)) {
        pst_file_fail(error, "%s", g_strerror(errno));
        return NULL;
    }
    rewind(file);
    for (guint i = 0; i < G_N_ELEMENTS(formats); i++)
        if (formats[i]->matches(head, length))
            return formats[i];
    if (length == 0) {
        pst_file_fail(error, "the file is empty");
        return NULL;
    }
    char *names = format_names();
    pst_file_fail(error, "not a picture of a known format (%s)", names);
    g_free(names);
    return NULL;
}

/* A spool or device would be read twice, to find its format and then its pixels: only files.  Without
 * O_NONBLOCK, opening a named pipe would wait for a writer. */
static FILE *open_to_read(const char *path, GError **error)
{
    int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    FILE *file = descriptor >= 0 ? fdopen(descriptor, "rb") : NULL;
    struct stat status;
    if (file == NULL || fstat(descriptor, &status) != 0) {
        pst_file_fail(error, "%s", g_strerror(errno));
    } else if (!S_ISREG(status.st_mode)) {
        pst_file_fail(error, "%s", S_ISDIR(status.st_mode) ? g_strerror(EISDIR) : "not a file");
    } else {
        return file;
    }
    if (file != NULL)
        fclose(file);
    else if (descriptor >= 0)
        close(descriptor);
    return NULL;
}

/* A style brings colours that a gray space cannot hold, and networks know no inks. */
static GeglBuffer *in_rgb_space(GeglBuffer *picture)
{
    const Babl *own = gegl_buffer_get_format(picture), *space = babl_format_get_space(own);
    if (!babl_space_is_gray(space) && !babl_space_is_cmyk(space) &&
        strncmp(babl_get_name(own), "cmyk", 4) != 0)
        return g_object_ref(picture);
    char name[24];
    g_snprintf(name, sizeof name, "%s %s", babl_format_has_alpha(own) ? "R'G'B'A" : "R'G'B'",
               babl_get_name(babl_format_get_type(own, 0)));
    GeglBuffer *converted = gegl_buffer_new(gegl_buffer_get_extent(picture), babl_format(name));
    gegl_buffer_copy(picture, NULL, GEGL_ABYSS_NONE, converted, NULL);
    return converted;
}

GeglBuffer *pst_file_load(const char *path, PstFileInfo *info, GError **error)
{
    PstFileMeta meta;
    GeglBuffer *result = NULL, *picture = NULL;
    FILE *file = open_to_read(path, error);
    const PstFileFormat *format = file ? format_of_content(file, error) : NULL;
    if (format != NULL)
        picture = format->load(file, path, &meta, error);
    if (picture != NULL) {
        GeglBuffer *upright = pst_file_upright(picture, meta.orientation);
        result = in_rgb_space(upright);
        g_object_unref(upright);
        g_object_unref(picture);
        if (info != NULL)
            *info = meta.info;
    }
    if (file != NULL)
        fclose(file);
    if (result == NULL)
        prefix_path(path, error);
    return result;
}

/* ---- Writing --------------------------------------------------------------------------------- */

static const PstFileFormat *format_of_name(const char *path, GError **error)
{
    const char *slash = strrchr(path, G_DIR_SEPARATOR), *dot = strrchr(path, '.');
    if (dot != NULL && (slash == NULL || dot > slash))
        for (guint i = 0; i < G_N_ELEMENTS(formats); i++)
            for (const char *const *name = formats[i]->extensions; *name != NULL; name++)
                if (g_ascii_strcasecmp(dot + 1, *name) == 0)
                    return formats[i];
    char *names = extension_names();
    pst_file_fail(error, "unknown extension of a picture to write: there are %s", names);
    g_free(names);
    return NULL;
}

gboolean pst_file_is_known(const char *path)
{
    return format_of_name(path, NULL) != NULL;
}

gboolean pst_file_is_float(const char *path)
{
    return format_of_name(path, NULL) == &pst_file_exr;
}

/* Whether a file can be made in the folder of `path`; else errno says why not. */
static gboolean can_make_beside(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    return g_access(folder, W_OK | X_OK) == 0;
}

/* The same for what pst_output_open() does: where there is a file, it writes another one beside that which links
 * lead to. */
static gboolean can_be_written(const char *path)
{
    if (g_access(path, W_OK) != 0)
        return errno == ENOENT && !g_file_test(path, G_FILE_TEST_IS_SYMLINK) &&
               can_make_beside(path);
    if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
        errno = EISDIR;
        return FALSE;
    }
    char *target = g_file_test(path, G_FILE_TEST_IS_REGULAR) ? realpath(path, NULL) : NULL;
    gboolean ok = target == NULL || can_make_beside(target);
    free(target);
    return ok;
}

gboolean pst_file_check_save(const char *path, GError **error)
{
    if (format_of_name(path, error) == NULL)
        return prefix_path(path, error);
    gboolean ok = can_be_written(path);
    if (!ok)
        pst_file_fail(error, "cannot be written: %s", g_strerror(errno));
    return ok || prefix_path(path, error);
}

gboolean pst_file_save(const char *path, GeglBuffer *picture, const PstFileInfo *info,
                       GError **error)
{
    static const PstFileInfo eight_bits = {.bits = 8};
    const PstFileFormat *format = format_of_name(path, error);
    PstOutput output;
    if (format == NULL)
        return prefix_path(path, error);
    gboolean ok = pst_output_open(&output, path);
    if (!ok) {
        pst_file_fail(error, "cannot be written: %s", pst_output_why(errno));
    } else {
        ok = format->save(output.file, output.path, picture, info ? info : &eight_bits, error);
        ok = ok && pst_swap_check(error);
        if (ok && !pst_output_close(&output))
            ok = pst_file_fail(error, "cannot be written: %s", pst_output_why(errno));
    }
    pst_output_release(&output);
    return ok || prefix_path(path, error);
}
