/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The dialog in GIMP 3: libgimp's window and the list of styles.  libgimp 3.0's own layer chooser does
 * not show which layer is chosen, so the window is a plain GimpDialog around a list of ours.
 */
#include "dialog.h"
#include "gimp3.h"
#include "refusal.h"

#include <glib/gi18n.h>
#include <libgimp/gimpui.h>

static void add_layer(GtkListStore *styles, GimpItem *layer, const char *image)
{
    char *name = gimp_item_get_name(layer);
    GdkPixbuf *thumbnail = gimp_drawable_get_thumbnail(
        GIMP_DRAWABLE(layer), PST_THUMBNAIL_SIZE, PST_THUMBNAIL_SIZE, GIMP_PIXBUF_SMALL_CHECKS);

    pst_style_list_add_layer(styles, gimp_item_get_id(layer), name, image, thumbnail);
    g_clear_object(&thumbnail);
    g_free(name);
}

/* `layers` ends with NULL. */
static void add_layers(GtkListStore *styles, GimpItem **layers, GimpItem *content,
                       const char *image)
{
    for (int i = 0; layers && layers[i]; i++) {
        if (layers[i] != content)
            add_layer(styles, layers[i], image);
        if (gimp_item_is_group(layers[i])) {
            GimpItem **children = gimp_item_get_children(layers[i]);

            add_layers(styles, children, content, image);
            g_free(children);
        }
    }
}

static void add_image(GtkListStore *styles, GimpImage *image, GimpItem *content, const char *name)
{
    GimpLayer **layers = gimp_image_get_layers(image);

    add_layers(styles, (GimpItem **) layers, content, name);
    g_free(layers);
}

/* The content's own image first, because the first style is the default, and the content itself last. */
static GtkListStore *list_styles(const PstGimp3Run *run)
{
    GtkListStore *styles = pst_style_list_new();
    GimpItem *content = GIMP_ITEM(run->content);
    GimpImage **images = gimp_get_images();

    add_image(styles, run->image, content, NULL);
    for (int i = 0; images && images[i]; i++) {
        if (images[i] != run->image) {
            char *name = gimp_image_get_name(images[i]);

            add_image(styles, images[i], content, name);
            g_free(name);
        }
    }
    g_free(images);
    add_layer(styles, content, NULL);
    return styles;
}

static gboolean work(const PstRequest *request, int id, PstMonitor *monitor, gpointer user,
                     GError **error)
{
    GimpLayer *layer = id != -1 ? gimp_layer_get_by_id(id) : NULL;

    if (id != -1 && !layer)
        return pst_refuse(error, PST_REFUSE_STYLE_GONE, pst_style_layer_name(request->style));
    return pst_gimp3_paint(user, request, layer, monitor, error);
}

gboolean pst_gimp3_dialog(PstGimp3Run *run, PstRequest *request, GError **error)
{
    GtkListStore *styles;
    GtkWidget *window;
    gboolean done;

    /* gimp_ui_init() would end the process without a display. */
    if (!gtk_init_check(NULL, NULL))
        return pst_refuse(error, PST_REFUSE_NO_DISPLAY, NULL);
    gimp_ui_init("pastiche");
    window = gimp_dialog_new(_("Style Transfer"), "pastiche", NULL, 0, gimp_standard_help_func,
                             PST_PROCEDURE, _("_Reset"), PST_RESPONSE_RESET, _("_Cancel"),
                             GTK_RESPONSE_CANCEL, _("_OK"), GTK_RESPONSE_OK, NULL);
    gimp_window_set_transient(GTK_WINDOW(window));
    styles = list_styles(run);
    done = pst_dialog_run(window, styles, request, work, run);
    gtk_widget_destroy(window);
    g_object_unref(styles);
    return done;
}
