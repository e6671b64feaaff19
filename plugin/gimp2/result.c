/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How results get into GIMP 2.10's images.  Everything that takes long is done in layers that are in no
 * image yet, so that a plug-in killed at any moment leaves the image as it was.
 */
#include "gimp2/gimp2.h"
#include "recipe.h"
#include "refusal.h"

#include <glib/gi18n.h>

/* Where results go. */
typedef struct {
    gint32 image; /* the user's, or a copy of it */
    gint32
        home; /* where layers of three colours can be made: `image`, or one that is in no window */
    gint32 content; /* the layer in `image` that is the run's content */
    gboolean is_copy;
} Target;

static gint32 rgb_image_like(gint32 image)
{
    gint32 home = gimp_image_new_with_precision(gimp_image_width(image), gimp_image_height(image),
                                                GIMP_RGB, gimp_image_get_precision(image));
    GimpColorProfile *profile = gimp_image_get_color_profile(image);

    gimp_image_undo_disable(home);
    /* That of a grayscale image would not fit. */
    if (profile && gimp_image_base_type(image) != GIMP_GRAY)
        gimp_image_set_color_profile(home, profile);
    g_clear_object(&profile);
    return home;
}

/* The content's place is looked up at once: later, other layers can have come and gone in the user's image. */
static void target_open(Target *target, const PstGimp2Run *run, const PstRequest *request)
{
    gboolean is_rgb = gimp_image_base_type(run->image) == GIMP_RGB;

    *target = (Target){.image = run->image, .home = run->image, .content = run->content};
    if (run->edited != -1)
        return;
    target->is_copy =
        request->output == PST_OUTPUT_IMAGE || (request->output == PST_OUTPUT_AUTO && !is_rgb);
    if (target->is_copy) {
        target->image = target->home = gimp_image_duplicate(run->image);
        target->content = pst_gimp2_counterpart(run->content, target->image);
        gimp_image_undo_disable(target->image);
        if (!is_rgb)
            gimp_image_convert_rgb(target->image);
        gimp_image_undo_enable(target->image);
    } else if (!is_rgb) {
        target->home = rgb_image_like(run->image);
    }
}

static void target_close(Target *target, gboolean keep)
{
    if (target->home != target->image)
        gimp_image_delete(target->home);
    if (target->is_copy && !keep)
        gimp_image_delete(target->image);
}

/* ---- A layer --------------------------------------------------------------------------------- */

static void attach(gint32 layer, const char *name, gconstpointer data, gsize size)
{
    GimpParasite *parasite =
        gimp_parasite_new(name, GIMP_PARASITE_PERSISTENT, (guint32) size, data);

    gimp_item_attach_parasite(layer, parasite);
    gimp_parasite_free(parasite);
}

/* The styles, and none that an edited layer had more of. */
static void attach_styles(gint32 layer, const PstPainted *painted)
{
    for (int k = 0; k < PST_REQUEST_STYLES; k++) {
        char *name = pst_recipe_style_name(k);
        gsize size;
        gconstpointer style;

        if (painted->styles[k]) {
            style = g_bytes_get_data(painted->styles[k], &size);
            attach(layer, name, style, size);
        } else {
            gimp_item_detach_parasite(layer, name);
        }
        g_free(name);
    }
}

static void attach_recipe(gint32 layer, gint32 content, const PstRequest *request,
                          const PstPainted *painted)
{
    guint tattoo = gimp_item_get_tattoo(content);
    char *recipe = pst_recipe_write(request, tattoo, painted->weights);

    attach(layer, PST_PARASITE_RECIPE, recipe, strlen(recipe) + 1);
    attach_styles(layer, painted);
    g_free(recipe);
}

/* The selection and the content's own mask hide the same parts of the result, and can be painted on. */
static gboolean add_mask(const PstGimp2Run *run, gint32 layer, const PstGimp2Pixels *place)
{
    gint32 mask = gimp_layer_create_mask(layer, GIMP_ADD_MASK_WHITE);
    GeglBuffer *shown, *selection;

    if (mask == -1 || !gimp_layer_add_mask(layer, mask))
        return FALSE;
    shown = gimp_drawable_get_buffer(mask);
    if (run->selected) {
        selection = gimp_drawable_get_buffer(gimp_image_get_selection(run->image));
        pst_mask_multiply(shown, selection, place->seen.x, place->seen.y);
        g_object_unref(selection);
    }
    if (place->seen.mask)
        pst_mask_multiply(shown, place->seen.mask, 0, 0);
    g_object_unref(shown);
    return TRUE;
}

static gboolean write_pixels(gint32 layer, GeglBuffer *picture, PstMonitor *monitor, GError **error)
{
    GeglBuffer *pixels = gimp_drawable_get_buffer(layer);
    gboolean ok = pst_buffer_copy(picture, pixels, monitor, error);

    g_object_unref(pixels);
    return ok;
}

/* Pixels and mask; FALSE and an error when one of them does not get in. */
static gboolean fill(const PstGimp2Run *run, gint32 layer, GeglBuffer *picture, gboolean masked,
                     const PstGimp2Pixels *place, PstMonitor *monitor, GError **error)
{
    gimp_layer_set_offsets(layer, place->seen.x, place->seen.y);
    if (!write_pixels(layer, picture, monitor, error))
        return FALSE;
    if (masked && !add_mask(run, layer, place))
        return pst_refuse(error, PST_REFUSE_NO_RESULT, NULL);
    return TRUE;
}

/* A layer in `home`, but not in its stack: like the content in all but its pixels; -1 on failure. */
static gint32 layer_new(const PstGimp2Run *run, gint32 home, const char *title, GeglBuffer *picture,
                        const PstGimp2Pixels *place, PstMonitor *monitor, GError **error)
{
    gboolean masked = place->seen.mask || run->selected;
    gboolean alpha = masked || babl_format_has_alpha(gegl_buffer_get_format(picture));
    gint32 layer =
        gimp_layer_new(home, title, gegl_buffer_get_width(picture), gegl_buffer_get_height(picture),
                       alpha ? GIMP_RGBA_IMAGE : GIMP_RGB_IMAGE, 100,
                       gimp_image_get_default_new_layer_mode(run->image));

    if (layer == -1) {
        pst_refuse(error, PST_REFUSE_NO_RESULT, NULL);
    } else if (!fill(run, layer, picture, masked, place, monitor, error)) {
        gimp_item_delete(layer);
        layer = -1;
    }
    return layer;
}

/* A copy has the locks of its layer: GIMP ends a plug-in that writes to locked pixels, and does not move what
 * is locked in place or, outside the stack, linked. */
static void unlock(gint32 layer)
{
    gimp_item_set_lock_content(layer, FALSE);
    gimp_item_set_lock_position(layer, FALSE);
    gimp_item_set_linked(layer, FALSE);
}

static void lock_like(gint32 layer, gint32 old)
{
    gimp_item_set_lock_content(layer, gimp_item_get_lock_content(old));
    gimp_item_set_lock_position(layer, gimp_item_get_lock_position(old));
    gimp_item_set_linked(layer, gimp_item_get_linked(old));
}

/* The edited layer with other pixels, so that mask, opacity and what else people have changed stay; not in
 * the stack either. */
static gint32 layer_edited(const PstGimp2Run *run, GeglBuffer *picture, const PstGimp2Pixels *place,
                           PstMonitor *monitor, GError **error)
{
    gint32 old = run->edited, layer;

    if (gimp_drawable_width(old) != gegl_buffer_get_width(picture) ||
        gimp_drawable_height(old) != gegl_buffer_get_height(picture)) {
        pst_refuse(error, PST_REFUSE_OTHER_SIZE, NULL);
        return -1;
    }
    layer = gimp_layer_copy(old);
    if (layer == -1) {
        pst_refuse(error, PST_REFUSE_NO_RESULT, NULL);
        return -1;
    }
    unlock(layer);
    if (babl_format_has_alpha(gegl_buffer_get_format(picture)) && !gimp_drawable_has_alpha(layer))
        gimp_layer_add_alpha(layer);
    if (!fill(run, layer, picture, FALSE, place, monitor, error)) {
        gimp_item_delete(layer);
        return -1;
    }
    lock_like(layer, old);
    return layer;
}

static char *title_for(gint32 content, const PstRequest *request)
{
    char *name = gimp_item_get_name(content);
    char *title = pst_result_title(name, request->style);

    g_free(name);
    return title;
}

/* The result with its recipe; -1 on failure. */
static gint32 make_layer(const PstGimp2Run *run, const Target *target, const PstRequest *request,
                         const PstPainted *painted, const PstGimp2Pixels *place,
                         PstMonitor *monitor, GError **error)
{
    GeglBuffer *picture = painted->pictures->pdata[0];
    gint32 layer;

    pst_monitor_step(monitor, 1, _("Writing the layer"));
    if (run->edited != -1) {
        layer = layer_edited(run, picture, place, monitor, error);
    } else {
        char *title = title_for(target->content, request);

        layer = layer_new(run, target->home, title, picture, place, monitor, error);
        g_free(title);
    }
    if (layer != -1)
        attach_recipe(layer, target->content, request, painted);
    return layer;
}

/* ---- Into the image -------------------------------------------------------------------------- */

/* Puts the layer above `below`. */
static gboolean insert_above(gint32 image, gint32 layer, gint32 below)
{
    return gimp_image_insert_layer(image, layer, gimp_item_get_parent(below),
                                   gimp_image_get_item_position(image, below));
}

/* A layer that people have given a name keeps it. */
static void replace_edited(const PstGimp2Run *run, gint32 layer, const PstRequest *request)
{
    char *name =
        run->keeps_name ? gimp_item_get_name(run->edited) : title_for(run->content, request);

    gimp_image_remove_layer(run->image, run->edited);
    gimp_item_set_name(layer, name);
    g_free(name);
}

/* Takes a layer of another image, and returns a copy under the same name; -1 on failure. */
static gint32 move_to(gint32 image, gint32 made)
{
    char *name = gimp_item_get_name(made);
    gint32 layer = gimp_layer_new_from_drawable(made, image);

    if (layer != -1)
        gimp_item_set_name(layer, name);
    gimp_item_delete(made);
    g_free(name);
    return layer;
}

/* All that the undo history sees; returns the layer, or -1.  It is quick, so that a plug-in killed in
 * between is unlikely. */
static gint32 commit(const PstGimp2Run *run, const Target *target, const PstRequest *request,
                     gint32 layer)
{
    gint32 image = target->image, below = run->edited != -1 ? run->edited : target->content;

    gimp_image_undo_group_start(image);
    if (target->home != image)
        layer = gimp_image_convert_rgb(image) ? move_to(image, layer) : -1;
    if (layer != -1 && !insert_above(image, layer, below)) {
        gimp_item_delete(layer);
        layer = -1;
    }
    if (layer != -1 && run->edited != -1)
        replace_edited(run, layer, request);
    gimp_image_undo_group_end(image);
    return layer;
}

gboolean pst_gimp2_insert(PstGimp2Run *run, const PstRequest *request, const PstPainted *painted,
                          const PstGimp2Pixels *place, PstMonitor *monitor, GError **error)
{
    Target target;
    gint32 layer;

    target_open(&target, run, request);
    layer = make_layer(run, &target, request, painted, place, monitor, error);
    if (layer != -1) {
        run->result = commit(run, &target, request, layer);
        if (run->result == -1)
            pst_refuse(error, PST_REFUSE_NO_RESULT, NULL);
    }
    target_close(&target, run->result != -1);
    if (run->result != -1 && target.is_copy && run->interactive)
        gimp_display_new(target.image);
    return run->result != -1;
}
