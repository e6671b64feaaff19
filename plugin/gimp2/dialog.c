/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The dialog in GIMP 2.10: libgimp's window and the list of styles.
 */
#include "window/dialog.h"
#include "gimp2/gimp2.h"
#include "refusal.h"
#include "window/help.h"

#include <glib/gi18n.h>
#include <libgimp/gimpui.h>

#define PHOTO_SIDE 512 /* of what the preview begins with */

static void add_layer(GtkListStore *styles, gint32 layer, const char *image)
{
    char *name = gimp_item_get_name(layer);
    GdkPixbuf *thumbnail = gimp_drawable_get_thumbnail(
        layer, PST_THUMBNAIL_PIXELS, PST_THUMBNAIL_PIXELS, GIMP_PIXBUF_SMALL_CHECKS);

    pst_style_list_add_layer(styles, layer, name, image, thumbnail);
    g_clear_object(&thumbnail);
    g_free(name);
}

/* Takes `layers`. */
static void add_layers(GtkListStore *styles, gint32 *layers, int n_layers, gint32 content,
                       const char *image)
{
    for (int i = 0; i < n_layers; i++) {
        if (layers[i] != content)
            add_layer(styles, layers[i], image);
        if (gimp_item_is_group(layers[i])) {
            int n_children;
            gint32 *children = gimp_item_get_children(layers[i], &n_children);

            add_layers(styles, children, n_children, content, image);
        }
    }
    g_free(layers);
}

static void add_image(GtkListStore *styles, gint32 image, gint32 content, const char *name)
{
    int n_layers;
    gint32 *layers = gimp_image_get_layers(image, &n_layers);

    add_layers(styles, layers, n_layers, content, name);
}

/* The content's own image first, because the first style is the default, and the content itself last. */
static GtkListStore *list_styles(const PstGimp2Run *run)
{
    GtkListStore *styles = pst_style_list_new();
    int n_images;
    gint32 *images = gimp_image_list(&n_images);

    add_image(styles, run->image, run->content, NULL);
    for (int i = 0; i < n_images; i++) {
        if (images[i] != run->image) {
            char *name = gimp_image_get_name(images[i]);

            add_image(styles, images[i], run->content, name);
            g_free(name);
        }
    }
    g_free(images);
    add_layer(styles, run->content, NULL);
    return styles;
}

/* Takes `items`. */
static void add_masks(GPtrArray *masks, const char *kind, gint32 *items, int n_items)
{
    for (int i = 0; i < n_items; i++) {
        char *name = gimp_item_get_name(items[i]);

        g_ptr_array_add(masks, g_strconcat(kind, name, NULL));
        g_free(name);
        if (gimp_item_is_group(items[i])) {
            int n_children;
            gint32 *children = gimp_item_get_children(items[i], &n_children);

            add_masks(masks, kind, children, n_children);
        }
    }
    g_free(items);
}

static char **list_masks(gint32 image)
{
    GPtrArray *masks = g_ptr_array_new();
    int n_channels, n_layers;
    gint32 *channels = gimp_image_get_channels(image, &n_channels);
    gint32 *layers = gimp_image_get_layers(image, &n_layers);

    add_masks(masks, "channel:", channels, n_channels);
    add_masks(masks, "layer:", layers, n_layers);
    g_ptr_array_add(masks, NULL);
    return (char **) g_ptr_array_free(masks, FALSE);
}

/* ---- What the dialog asks for ---------------------------------------------------------------- */

static void release_pixels(PstDialogPixels *pixels, gpointer user)
{
    (void) user;
    g_clear_object(&pixels->seen.buffer);
    if (pixels->lender)
        pst_gimp2_pixels_release(pixels->lender);
    g_clear_pointer(&pixels->lender, g_free);
}

/* The content as it is, and a style as what is seen of it beside that content: so both are painted. */
static gboolean lend_pixels(int layer, PstDialogPixels *pixels, gpointer user, GError **error)
{
    const PstGimp2Run *run = user;
    PstGimp2Pixels *lender, content;

    if (!gimp_item_is_valid(layer) || !gimp_item_is_valid(run->content))
        return pst_refuse(error, PST_REFUSE_LAYER_GONE, NULL);
    lender = g_new(PstGimp2Pixels, 1);
    pst_gimp2_pixels_get(lender, layer);
    pst_gimp2_pixels_get(&content, run->content);
    if (layer == run->content || pst_pixels_are_plain(&lender->seen, &content.seen))
        pixels->seen = (PstPixels){.buffer = g_object_ref(lender->seen.buffer),
                                   .id = lender->seen.id,
                                   .is_there = lender->seen.is_there};
    else
        pixels->seen =
            (PstPixels){.buffer = pst_pixels_read(&lender->seen, &content.seen, NULL, error)};
    pixels->lender = lender;
    pst_gimp2_pixels_release(&content);
    if (pixels->seen.buffer)
        return TRUE;
    release_pixels(pixels, user);
    return FALSE;
}

/* The selection, too, which is to become a layer mask, and looks like that. */
static gboolean read_mask(const char *mask, PstMask *where, gpointer user, GError **error)
{
    const PstGimp2Run *run = user;
    PstGimp2Pixels pixels, content;
    gboolean ok = TRUE, selects = run->edited == -1 && pst_mask_is_selection(mask);

    *where = (PstMask){NULL, 0, 0};
    if (!gimp_item_is_valid(run->content))
        return pst_refuse(error, PST_REFUSE_LAYER_GONE, NULL);
    if (!pst_gimp2_mask_get(&pixels, run->image, mask, error))
        return FALSE;
    if (selects && !gimp_selection_is_empty(run->image)) {
        pixels.seen.buffer = gimp_drawable_get_buffer(gimp_image_get_selection(run->image));
        pixels.seen.is_channel = TRUE;
    }
    if (pixels.seen.buffer) {
        pst_gimp2_pixels_get(&content, run->content);
        *where = (PstMask){pst_pixels_read_mask(&pixels.seen, NULL, error),
                           content.seen.x - pixels.seen.x, content.seen.y - pixels.seen.y};
        ok = where->buffer != NULL;
        pst_gimp2_pixels_release(&content);
    }
    pst_gimp2_pixels_release(&pixels);
    return ok;
}

static gboolean work(const PstRequest *request, const PstStyleLayers *layers, PstEngine *engine,
                     PstMonitor *monitor, gpointer user, GError **error)
{
    PstGimp2Run *run = user;

    run->engine = engine;
    return pst_gimp2_paint(run, request, layers, monitor, error);
}

gboolean pst_gimp2_dialog(PstGimp2Run *run, PstRequest *request, GError **error)
{
    PstDialogHost host = {.lend_pixels = lend_pixels,
                          .release_pixels = release_pixels,
                          .read_mask = read_mask,
                          .work = work,
                          .content = run->content,
                          .contents = 1,
                          .edits = run->edited != -1,
                          .user = run};
    gboolean done;

    /* gimp_ui_init() would end the process without a display. */
    if (!gtk_init_check(NULL, NULL))
        return pst_refuse(error, PST_REFUSE_NO_DISPLAY, NULL);
    gimp_ui_init("pastiche", TRUE);
    host.folder = run->folder;
    host.kept = run->kept;
    host.window = gimp_dialog_new(
        run->edited != -1 ? _("Edit Style Transfer") : _("Style Transfer"), "pastiche", NULL, 0,
        pst_help_show, PST_PROCEDURE, _("_Reset"), PST_RESPONSE_RESET, _("_Cancel"),
        GTK_RESPONSE_CANCEL, _("_OK"), GTK_RESPONSE_OK, NULL);
    gimp_window_set_transient(GTK_WINDOW(host.window));
    host.photo =
        gimp_drawable_get_thumbnail(run->content, PHOTO_SIDE, PHOTO_SIDE, GIMP_PIXBUF_KEEP_ALPHA);
    host.layers = list_styles(run);
    host.masks = list_masks(run->image);
    done = pst_dialog_run(&host, request);
    gtk_widget_destroy(host.window);
    g_object_unref(host.layers);
    g_strfreev(host.masks);
    g_clear_object(&host.photo);
    return done;
}
