/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How results get into GIMP 3's images.  Everything that takes long is done in layers that are in no
 * image yet, so that a plug-in killed at any moment leaves the image as it was.
 */
#include "gimp3/gimp3.h"
#include "recipe.h"
#include "refusal.h"

#include <glib/gi18n.h>

/* Where results go. */
typedef struct {
    GimpImage *image; /* the user's, or a copy of it */
    GimpImage
        *home; /* where layers of three colours can be made: `image`, or one that is in no window */
    GPtrArray *contents; /* the layers in `image` that are the run's contents */
    gboolean is_copy;
} Target;

static GimpImage *rgb_image_like(GimpImage *image)
{
    GimpImage *home =
        gimp_image_new_with_precision(gimp_image_get_width(image), gimp_image_get_height(image),
                                      GIMP_RGB, gimp_image_get_precision(image));
    GimpColorProfile *profile = gimp_image_get_color_profile(image);

    gimp_image_undo_disable(home);
    /* That of a grayscale image would not fit. */
    if (profile && gimp_image_get_base_type(image) != GIMP_GRAY)
        gimp_image_set_color_profile(home, profile);
    g_clear_object(&profile);
    return home;
}

/* Contents' places are looked up at once: later, other layers can have come and gone in the user's image. */
static void target_open(Target *target, const PstGimp3Run *run, const PstRequest *request)
{
    gboolean is_rgb = gimp_image_get_base_type(run->image) == GIMP_RGB;

    *target = (Target){.image = run->image, .home = run->image};
    target->contents = g_ptr_array_copy(run->contents, NULL, NULL);
    if (run->edited)
        return;
    target->is_copy =
        request->output == PST_OUTPUT_IMAGE || (request->output == PST_OUTPUT_AUTO && !is_rgb);
    if (target->is_copy) {
        target->image = target->home = gimp_image_duplicate(run->image);
        for (guint i = 0; i < run->contents->len; i++)
            target->contents->pdata[i] =
                pst_gimp3_counterpart(run->contents->pdata[i], target->image);
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
    g_ptr_array_unref(target->contents);
}

/* ---- A layer --------------------------------------------------------------------------------- */

static void attach(GimpLayer *layer, const char *name, gconstpointer data, gsize size)
{
    GimpParasite *parasite =
        gimp_parasite_new(name, GIMP_PARASITE_PERSISTENT, (guint32) size, data);

    gimp_item_attach_parasite(GIMP_ITEM(layer), parasite);
    gimp_parasite_free(parasite);
}

/* The styles, and none that an edited layer had more of. */
static void attach_styles(GimpLayer *layer, const PstPainted *painted)
{
    for (int k = 0; k < PST_REQUEST_STYLES; k++) {
        char *name = pst_recipe_style_name(k);
        gsize size;
        gconstpointer style;

        if (painted->styles[k]) {
            style = g_bytes_get_data(painted->styles[k], &size);
            attach(layer, name, style, size);
        } else {
            gimp_item_detach_parasite(GIMP_ITEM(layer), name);
        }
        g_free(name);
    }
}

static void attach_recipe(GimpLayer *layer, GimpLayer *content, const PstRequest *request,
                          const PstPainted *painted)
{
    guint tattoo = gimp_item_get_tattoo(GIMP_ITEM(content));
    char *recipe = pst_recipe_write(request, tattoo, painted->weights);

    attach(layer, PST_PARASITE_RECIPE, recipe, strlen(recipe) + 1);
    attach_styles(layer, painted);
    g_free(recipe);
}

/* The selection and the content's own mask hide the same parts of the result, and can be painted on. */
static gboolean add_mask(const PstGimp3Run *run, GimpLayer *layer, const PstGimp3Pixels *place)
{
    GimpLayerMask *mask = gimp_layer_create_mask(layer, GIMP_ADD_MASK_WHITE);
    GeglBuffer *shown, *selection;

    if (!mask || !gimp_layer_add_mask(layer, mask))
        return FALSE;
    shown = gimp_drawable_get_buffer(GIMP_DRAWABLE(mask));
    if (run->selected) {
        selection = gimp_drawable_get_buffer(GIMP_DRAWABLE(gimp_image_get_selection(run->image)));
        pst_mask_multiply(shown, selection, place->seen.x, place->seen.y);
        g_object_unref(selection);
    }
    if (place->seen.mask)
        pst_mask_multiply(shown, place->seen.mask, -place->seen.mask_x, -place->seen.mask_y);
    g_object_unref(shown);
    return TRUE;
}

static gboolean write_pixels(GimpLayer *layer, GeglBuffer *picture, PstMonitor *monitor,
                             GError **error)
{
    GeglBuffer *pixels = gimp_drawable_get_buffer(GIMP_DRAWABLE(layer));
    gboolean ok = pst_buffer_copy(picture, pixels, monitor, error);

    g_object_unref(pixels);
    return ok;
}

/* Pixels and mask; FALSE and an error when one of them does not get in. */
static gboolean fill(const PstGimp3Run *run, GimpLayer *layer, GeglBuffer *picture, gboolean masked,
                     const PstGimp3Pixels *place, PstMonitor *monitor, GError **error)
{
    gimp_layer_set_offsets(layer, place->seen.x, place->seen.y);
    if (!write_pixels(layer, picture, monitor, error))
        return FALSE;
    if (masked && !add_mask(run, layer, place))
        return pst_refuse(error, PST_REFUSE_NO_RESULT, NULL);
    return TRUE;
}

/* A layer in `home`, but not in its stack: like the content in all but its pixels; NULL on failure. */
static GimpLayer *layer_new(const PstGimp3Run *run, GimpImage *home, const char *title,
                            GeglBuffer *picture, const PstGimp3Pixels *place, PstMonitor *monitor,
                            GError **error)
{
    gboolean masked = place->seen.mask || run->selected;
    gboolean alpha = masked || babl_format_has_alpha(gegl_buffer_get_format(picture));
    GimpLayer *layer =
        gimp_layer_new(home, title, gegl_buffer_get_width(picture), gegl_buffer_get_height(picture),
                       alpha ? GIMP_RGBA_IMAGE : GIMP_RGB_IMAGE, 100,
                       gimp_image_get_default_new_layer_mode(run->image));

    /* If the image has lost its colours meanwhile, GIMP gives a layer that would lose ours. */
    if (layer && gimp_drawable_is_rgb(GIMP_DRAWABLE(layer)) &&
        fill(run, layer, picture, masked, place, monitor, error))
        return layer;
    if (error && !*error)
        pst_refuse(error, PST_REFUSE_NO_RESULT, NULL);
    if (layer)
        gimp_item_delete(GIMP_ITEM(layer));
    return NULL;
}

/* A copy has the locks of its layer: GIMP ends a plug-in that writes to locked pixels, and does not move what
 * is locked in place. */
static void unlock(GimpItem *layer)
{
    gimp_item_set_lock_content(layer, FALSE);
    gimp_item_set_lock_position(layer, FALSE);
}

static void lock_like(GimpItem *layer, GimpItem *old)
{
    gimp_item_set_lock_content(layer, gimp_item_get_lock_content(old));
    gimp_item_set_lock_position(layer, gimp_item_get_lock_position(old));
}

/* The edited layer with other pixels, so that mask, opacity, effects and what else people have changed stay;
 * not in the stack either. */
static GimpLayer *layer_edited(const PstGimp3Run *run, GeglBuffer *picture,
                               const PstGimp3Pixels *place, PstMonitor *monitor, GError **error)
{
    GimpDrawable *old = GIMP_DRAWABLE(run->edited);
    int width = gegl_buffer_get_width(picture), height = gegl_buffer_get_height(picture);
    GimpLayer *layer;

    if (gimp_drawable_get_width(old) != width || gimp_drawable_get_height(old) != height) {
        pst_refuse(error, PST_REFUSE_OTHER_SIZE, NULL);
        return NULL;
    }
    layer = gimp_layer_copy(run->edited);
    if (layer)
        unlock(GIMP_ITEM(layer));
    if (layer && babl_format_has_alpha(gegl_buffer_get_format(picture)) &&
        !gimp_drawable_has_alpha(old))
        gimp_layer_add_alpha(layer);
    if (layer && fill(run, layer, picture, FALSE, place, monitor, error)) {
        lock_like(GIMP_ITEM(layer), GIMP_ITEM(old));
        return layer;
    }
    if (error && !*error)
        pst_refuse(error, PST_REFUSE_NO_RESULT, NULL);
    if (layer)
        gimp_item_delete(GIMP_ITEM(layer));
    return NULL;
}

static char *title_for(GimpLayer *content, const PstRequest *request)
{
    char *name = gimp_item_get_name(GIMP_ITEM(content));
    char *title = pst_result_title(name, request->style);

    g_free(name);
    return title;
}

/* ---- Into the image -------------------------------------------------------------------------- */

static void delete_layers(GPtrArray *layers)
{
    for (guint i = 0; i < layers->len; i++)
        gimp_item_delete(layers->pdata[i]);
    g_ptr_array_set_size(layers, 0);
}

/* The results with their recipes, each in the order of the contents; none on failure. */
static gboolean make_layers(const PstGimp3Run *run, const Target *target, const PstRequest *request,
                            const PstPainted *painted, const PstGimp3Pixels *places,
                            PstMonitor *monitor, GPtrArray *layers, GError **error)
{
    guint count = run->contents->len;

    for (guint i = 0; i < count; i++) {
        GimpLayer *content = target->contents->pdata[i], *layer;
        char *title = title_for(content, request);

        pst_monitor_step(monitor, monitor->to + (1 - monitor->to) / (count - i),
                         _("Writing the layer"));
        if (run->edited)
            layer = layer_edited(run, painted->pictures->pdata[i], &places[i], monitor, error);
        else
            layer = layer_new(run, target->home, title, painted->pictures->pdata[i], &places[i],
                              monitor, error);
        g_free(title);
        if (!layer) {
            delete_layers(layers);
            return FALSE;
        }
        attach_recipe(layer, content, request, painted);
        g_ptr_array_add(layers, layer);
    }
    return TRUE;
}

/* Puts the layer above `below`. */
static gboolean insert_above(GimpImage *image, GimpLayer *layer, GimpLayer *below)
{
    GimpItem *item = GIMP_ITEM(below);

    return gimp_image_insert_layer(image, layer, GIMP_LAYER(gimp_item_get_parent(item)),
                                   gimp_image_get_item_position(image, item));
}

/* A layer that people have given a name keeps it. */
static void replace_edited(const PstGimp3Run *run, GimpLayer *layer, const PstRequest *request)
{
    char *name = run->keeps_name ? gimp_item_get_name(GIMP_ITEM(run->edited))
                                 : title_for(run->content, request);

    gimp_image_remove_layer(run->image, run->edited);
    gimp_item_set_name(GIMP_ITEM(layer), name);
    g_free(name);
}

/* Takes a layer of another image, and returns a copy under the same name; NULL on failure. */
static GimpLayer *move_to(GimpImage *image, GimpLayer *made)
{
    char *name = gimp_item_get_name(GIMP_ITEM(made));
    GimpLayer *layer = gimp_layer_new_from_drawable(GIMP_DRAWABLE(made), image);

    if (layer)
        gimp_item_set_name(GIMP_ITEM(layer), name);
    gimp_item_delete(GIMP_ITEM(made));
    g_free(name);
    return layer;
}

/* All that the undo history sees.  It is quick, so that a plug-in killed in between is unlikely. */
static gboolean commit(PstGimp3Run *run, const Target *target, const PstRequest *request,
                       GPtrArray *layers)
{
    GimpImage *image = target->image;
    gboolean ok = TRUE;
    guint inserted = 0;

    gimp_image_undo_group_start(image);
    if (target->home != image)
        ok = gimp_image_convert_rgb(image);
    for (; ok && inserted < layers->len; inserted += ok ? 1 : 0) {
        GimpLayer *content = target->contents->pdata[inserted], *layer = layers->pdata[inserted];

        if (target->home != image) {
            layer = move_to(image, layer);
            layers->pdata[inserted] = layer;
        }
        ok = layer && insert_above(image, layer, run->edited ? run->edited : content);
    }
    for (guint i = 0; !ok && i < inserted; i++)
        gimp_image_remove_layer(image, layers->pdata[i]);
    if (ok && run->edited)
        replace_edited(run, layers->pdata[0], request);
    gimp_image_undo_group_end(image);
    return ok;
}

gboolean pst_gimp3_insert(PstGimp3Run *run, const PstRequest *request, const PstPainted *painted,
                          const PstGimp3Pixels *places, PstMonitor *monitor, GError **error)
{
    GPtrArray *layers = g_ptr_array_new();
    Target target;
    gboolean ok;

    target_open(&target, run, request);
    ok = make_layers(run, &target, request, painted, places, monitor, layers, error);
    if (ok && !commit(run, &target, request, layers))
        ok = pst_refuse(error, PST_REFUSE_NO_RESULT, NULL);
    for (guint i = 0; ok && i < layers->len; i++)
        g_ptr_array_add(run->results, layers->pdata[i]);
    target_close(&target, ok);
    if (ok && target.is_copy && run->interactive)
        gimp_display_new(target.image);
    g_ptr_array_unref(layers);
    return ok;
}
