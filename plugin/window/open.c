/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See open.h.
 */
#include "window/open.h"

#include <glib/gi18n.h>

#define PREVIEW_SIDE 192

/* What the engine reads, whatever the name says; the filter only helps to find it. */
static const char *const patterns[] = {
    "*.jpg", "*.jpeg", "*.png",  "*.tif", "*.tiff", "*.webp", "*.exr",  "*.ppm",   "*.pgm",
    "*.pnm", "*.JPG",  "*.JPEG", "*.PNG", "*.TIF",  "*.TIFF", "*.WEBP", "*.style",
};

static void on_update_preview(GtkFileChooser *chooser, GtkWidget *image)
{
    char *path = gtk_file_chooser_get_preview_filename(chooser);
    GdkPixbuf *pixbuf =
        path ? gdk_pixbuf_new_from_file_at_size(path, PREVIEW_SIDE, PREVIEW_SIDE, NULL) : NULL;

    gtk_image_set_from_pixbuf(GTK_IMAGE(image), pixbuf);
    gtk_file_chooser_set_preview_widget_active(chooser, pixbuf != NULL);
    g_clear_object(&pixbuf);
    g_free(path);
}

static void add_filters(GtkFileChooser *chooser)
{
    GtkFileFilter *known = gtk_file_filter_new(), *all = gtk_file_filter_new();

    gtk_file_filter_set_name(known, _("Pictures and styles"));
    for (guint i = 0; i < G_N_ELEMENTS(patterns); i++)
        gtk_file_filter_add_pattern(known, patterns[i]);
    gtk_file_filter_set_name(all, _("All files"));
    gtk_file_filter_add_pattern(all, "*");
    gtk_file_chooser_add_filter(chooser, known);
    gtk_file_chooser_add_filter(chooser, all);
}

char *pst_open_style(GtkWindow *parent, const char *now)
{
    GtkWidget *window = gtk_file_chooser_dialog_new(
        _("Open a Style"), parent, GTK_FILE_CHOOSER_ACTION_OPEN, _("_Cancel"), GTK_RESPONSE_CANCEL,
        _("_Open"), GTK_RESPONSE_ACCEPT, NULL);
    GtkFileChooser *chooser = GTK_FILE_CHOOSER(window);
    GtkWidget *image = gtk_image_new();
    char *path = NULL;

    gtk_dialog_set_default_response(GTK_DIALOG(window), GTK_RESPONSE_ACCEPT);
    gtk_file_chooser_set_preview_widget(chooser, image);
    g_signal_connect(window, "update-preview", G_CALLBACK(on_update_preview), image);
    add_filters(chooser);
    if (now)
        gtk_file_chooser_set_filename(chooser, now);
    if (gtk_dialog_run(GTK_DIALOG(window)) == GTK_RESPONSE_ACCEPT)
        path = gtk_file_chooser_get_filename(chooser);
    gtk_widget_destroy(window);
    return path;
}
