/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The dialog in GIMP 3: libgimp's window and the list of styles.  libgimp 3.0's own layer chooser does
 * not show which layer is chosen, so the window is a plain GimpDialog around a list of ours.
 */
#include "window/dialog.h"
#include "gimp3/run.h"
#include "refusal.h"
#include "window/help.h"

#include <glib/gi18n.h>
#include <libgimp/gimpui.h>

#define PHOTO_SIDE 512 /* of what the preview begins with */

static void add_layer(GtkListStore *styles, GimpItem *layer, const char *image)
{
    char *name = gimp_item_get_name(layer);
    GdkPixbuf *thumbnail = gimp_drawable_get_thumbnail(
        GIMP_DRAWABLE(layer), PST_THUMBNAIL_PIXELS, PST_THUMBNAIL_PIXELS, GIMP_PIXBUF_SMALL_CHECKS);

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

/* Takes `items`, which ends with NULL. */
static void add_masks(GPtrArray *masks, const char *kind, GimpItem **items)
{
    for (int i = 0; items && items[i]; i++) {
        char *name = gimp_item_get_name(items[i]);

        g_ptr_array_add(masks, g_strconcat(kind, name, NULL));
        g_free(name);
        if (gimp_item_is_group(items[i]))
            add_masks(masks, kind, gimp_item_get_children(items[i]));
    }
    g_free(items);
}

static char **list_masks(GimpImage *image)
{
    GPtrArray *masks = g_ptr_array_new();

    add_masks(masks, "channel:", (GimpItem **) gimp_image_get_channels(image));
    add_masks(masks, "layer:", (GimpItem **) gimp_image_get_layers(image));
    g_ptr_array_add(masks, NULL);
    return (char **) g_ptr_array_free(masks, FALSE);
}

/* ---- What the dialog asks for ---------------------------------------------------------------- */

static void release_pixels(PstDialogPixels *pixels, gpointer user)
{
    (void) user;
    g_clear_object(&pixels->seen.buffer);
    if (pixels->lender)
        pst_gimp3_pixels_release(pixels->lender);
    g_clear_pointer(&pixels->lender, g_free);
}

/* The content as it is, and a style as what is seen of it beside that content: so both are painted. */
static gboolean lend_pixels(int id, PstDialogPixels *pixels, gpointer user, GError **error)
{
    const PstGimp3Run *run = user;
    GimpLayer *layer = pst_gimp3_get_layer(id);
    PstGimp3Pixels *lender, content;

    if (!layer || !gimp_item_is_valid(GIMP_ITEM(run->content)))
        return pst_refuse(error, PST_REFUSE_LAYER_GONE, NULL);
    lender = g_new(PstGimp3Pixels, 1);
    pst_gimp3_pixels_get(lender, layer);
    pst_gimp3_pixels_get(&content, run->content);
    if (layer == run->content || pst_pixels_are_plain(&lender->seen, &content.seen))
        pixels->seen = (PstPixels){.buffer = g_object_ref(lender->seen.buffer),
                                   .id = lender->seen.id,
                                   .is_there = lender->seen.is_there};
    else
        pixels->seen =
            (PstPixels){.buffer = pst_pixels_read(&lender->seen, &content.seen, NULL, error)};
    pixels->lender = lender;
    pst_gimp3_pixels_release(&content);
    if (pixels->seen.buffer)
        return TRUE;
    release_pixels(pixels, user);
    return FALSE;
}

/* The selection, too, which is to become a layer mask, and looks like that. */
static gboolean read_mask(const char *mask, PstMask *where, gpointer user, GError **error)
{
    const PstGimp3Run *run = user;
    PstGimp3Pixels pixels, content;
    gboolean ok = TRUE, selects = !run->edited && pst_mask_is_selection(mask);

    *where = (PstMask){NULL, 0, 0};
    if (!gimp_item_is_valid(GIMP_ITEM(run->content)))
        return pst_refuse(error, PST_REFUSE_LAYER_GONE, NULL);
    if (!pst_gimp3_mask_get(&pixels, run->image, mask, error))
        return FALSE;
    if (selects && !gimp_selection_is_empty(run->image)) {
        pixels.seen.buffer =
            gimp_drawable_get_buffer(GIMP_DRAWABLE(gimp_image_get_selection(run->image)));
        pixels.seen.is_channel = TRUE;
    }
    if (pixels.seen.buffer) {
        pst_gimp3_pixels_get(&content, run->content);
        *where = (PstMask){pst_pixels_read_mask(&pixels.seen, NULL, error),
                           content.seen.x - pixels.seen.x, content.seen.y - pixels.seen.y};
        ok = where->buffer != NULL;
        pst_gimp3_pixels_release(&content);
    }
    pst_gimp3_pixels_release(&pixels);
    return ok;
}

static gboolean work(const PstRequest *request, const PstStyleLayers *layers, PstEngine *engine,
                     PstMonitor *monitor, gpointer user, GError **error)
{
    PstGimp3Run *run = user;

    run->engine = engine;
    return pst_gimp3_paint(run, request, layers, monitor, error);
}

gboolean pst_gimp3_dialog(PstGimp3Run *run, PstRequest *request, GError **error)
{
    PstDialogHost host = {.lend_pixels = lend_pixels,
                          .release_pixels = release_pixels,
                          .read_mask = read_mask,
                          .work = work,
                          .contents = (int) run->contents->len,
                          .edits = run->edited != NULL,
                          .user = run};
    gboolean done;

    /* gimp_ui_init() would end the process without a display. */
    if (!gtk_init_check(NULL, NULL))
        return pst_refuse(error, PST_REFUSE_NO_DISPLAY, NULL);
    gimp_ui_init("pastiche");
    host.folder = run->folder;
    host.kept = run->kept;
    host.threads = pst_gimp3_threads();
    host.window = gimp_dialog_new(
        run->edited != NULL ? _("Edit Style Transfer") : _("Style Transfer"), "pastiche", NULL, 0,
        pst_help_show, PST_PROCEDURE, _("_Reset"), PST_RESPONSE_RESET, _("_Cancel"),
        GTK_RESPONSE_CANCEL, _("_OK"), GTK_RESPONSE_OK, NULL);
    gimp_window_set_transient(GTK_WINDOW(host.window));
    host.content = gimp_item_get_id(GIMP_ITEM(run->content));
    host.photo = gimp_drawable_get_thumbnail(GIMP_DRAWABLE(run->content), PHOTO_SIDE, PHOTO_SIDE,
                                             GIMP_PIXBUF_KEEP_ALPHA);
    host.layers = list_styles(run);
    host.masks = list_masks(run->image);
    done = pst_dialog_run(&host, request);
    gtk_widget_destroy(host.window);
    g_object_unref(host.layers);
    g_strfreev(host.masks);
    g_clear_object(&host.photo);
    return done;
}
