/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * OpenEXR through GEGL's operations.  They catch the library's exceptions and say so in a warning of
 * GLib's, the only trace of a failure: while they run, such warnings are taken as errors.
 */
#include "image/file/format.h"

#include <string.h>

static gboolean matches(const guint8 *head, gsize length)
{
    return length >= 4 && memcmp(head, "\x76\x2f\x31\x01", 4) == 0;
}

static void on_log(const char *domain G_GNUC_UNUSED, GLogLevelFlags level G_GNUC_UNUSED,
                   const char *message, gpointer user)
{
    char **first = user;
    if (!pst_swap_heard(message) && *first == NULL)
        *first = g_strdup(message);
}

/* GEGL's operations log without a domain, GEGL itself as "GEGL". */
typedef struct {
    char *message;
    guint handlers[2];
} Watch;

static const char *const domains[2] = {NULL, "GEGL"};

static void watch_start(Watch *watch)
{
    watch->message = NULL;
    for (int i = 0; i < 2; i++)
        watch->handlers[i] = g_log_set_handler(
            domains[i], G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING, on_log, &watch->message);
}

/* What was said first, or NULL.  Free with g_free(). */
static char *watch_end(Watch *watch)
{
    for (int i = 0; i < 2; i++)
        g_log_remove_handler(domains[i], watch->handlers[i]);
    return watch->message;
}

/* A program may have started GEGL without its operations. */
static void load_operations(void)
{
    if (!gegl_has_operation("gegl:exr-load"))
        gegl_load_module_directory(PST_GEGL_MODULES);
}

/* NULL on failure, with or without an error. */
static GeglBuffer *read_picture(GeglNode *graph, const char *path, GError **error)
{
    GeglNode *loader = gegl_node_new_child(graph, "operation", "gegl:exr-load", "path", path, NULL);
    GeglRectangle extent = gegl_node_get_bounding_box(loader);
    if (!pst_file_check_size((guint64) MAX(extent.width, 0), (guint64) MAX(extent.height, 0),
                             error))
        return NULL;
    GeglBuffer *picture = NULL;
    GeglNode *sink =
        gegl_node_new_child(graph, "operation", "gegl:buffer-sink", "buffer", &picture, NULL);
    gegl_node_link(loader, sink);
    gegl_node_process(sink);
    return picture;
}

static GeglBuffer *load(FILE *file G_GNUC_UNUSED, const char *path, PstFileMeta *meta,
                        GError **error)
{
    *meta = (PstFileMeta){.info = {32, TRUE}, .orientation = 1};
    Watch watch;
    GError *size_error = NULL;
    load_operations();
    GeglNode *graph = gegl_node_new();
    watch_start(&watch);
    GeglBuffer *picture = read_picture(graph, path, &size_error);
    g_object_unref(graph);
    char *said = watch_end(&watch);

    if (!pst_swap_check(error)) {
        g_clear_object(&picture);
        g_clear_error(&size_error);
    } else if (said != NULL || (picture == NULL && size_error == NULL)) {
        g_clear_object(&picture);
        g_clear_error(&size_error);
        pst_file_fail(error, "damaged or truncated OpenEXR picture");
    } else if (size_error != NULL) {
        g_propagate_error(error, size_error);
    } else if (babl_format_get_type(gegl_buffer_get_format(picture), 0) == babl_type("half")) {
        meta->info.bits = 16;
    }
    g_free(said);
    return picture;
}

/* OpenEXR is silent when the disk fills up as it closes the file. */
static gboolean reads_back(const char *path, GError **error)
{
    PstFileMeta meta;
    GeglBuffer *picture = load(NULL, path, &meta, NULL);
    if (picture == NULL)
        return pst_swap_check(error) && pst_file_fail(error, "cannot be written whole");
    g_object_unref(picture);
    return TRUE;
}

static gboolean save(FILE *file G_GNUC_UNUSED, const char *path, GeglBuffer *picture,
                     const PstFileInfo *info G_GNUC_UNUSED, GError **error)
{
    /* gegl:exr-save counts its samples in an int. */
    if (gegl_buffer_get_pixel_count(picture) > G_MAXINT / 4)
        return pst_file_fail(error, "too many pixels for OpenEXR");
    load_operations();
    GeglNode *graph = gegl_node_new();
    GeglNode *source =
        gegl_node_new_child(graph, "operation", "gegl:buffer-source", "buffer", picture, NULL);
    GeglNode *saver = gegl_node_new_child(graph, "operation", "gegl:exr-save", "path", path, NULL);
    gegl_node_link(source, saver);
    Watch watch;
    watch_start(&watch);
    gegl_node_process(saver);
    g_object_unref(graph);
    char *said = watch_end(&watch);
    if (said != NULL) {
        pst_file_fail(error, "cannot be written: %s", said);
        g_free(said);
        return FALSE;
    }
    return reads_back(path, error);
}

const PstFileFormat pst_file_exr = {"EXR", {"exr"}, matches, load, save};
