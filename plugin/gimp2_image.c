/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GIMP 2.10's images: what can be painted, where a style is found, and how the result gets in.
 */
#include "gimp2.h"
#include "job.h"
#include "refusal.h"

#include <glib/gi18n.h>

static gboolean has_selection(gint32 image)
{
    return !gimp_selection_is_empty(image);
}

gboolean pst_gimp2_check(gint32 image, gint32 drawable, GError **error)
{
    int x, y, width, height;
    char *name;

    if (!gimp_item_is_valid(drawable))
        return pst_refuse(error, PST_REFUSE_NO_LAYER, NULL);
    if (gimp_item_get_image(drawable) != image)
        return pst_refuse(error, PST_REFUSE_OTHER_IMAGE, NULL);
    if (gimp_item_is_layer_mask(drawable))
        return pst_refuse(error, PST_REFUSE_LAYER_MASK, NULL);
    if (!gimp_item_is_layer(drawable))
        return pst_refuse(error, PST_REFUSE_CHANNEL, NULL);
    if (gimp_image_base_type(image) == GIMP_GRAY)
        return pst_refuse(error, PST_REFUSE_GRAY, NULL);
    if (gimp_image_base_type(image) == GIMP_INDEXED)
        return pst_refuse(error, PST_REFUSE_INDEXED, NULL);
    if (gimp_image_get_floating_sel(image) != -1)
        return pst_refuse(error, PST_REFUSE_FLOATING, NULL);
    if (has_selection(image) && !gimp_drawable_mask_intersect(drawable, &x, &y, &width, &height)) {
        name = gimp_item_get_name(drawable);
        pst_refuse(error, PST_REFUSE_SELECTION, name);
        g_free(name);
        return FALSE;
    }
    return TRUE;
}

/* ---- Finding a layer ------------------------------------------------------------------------- */

/* Takes `layers`. */
static gint32 find_among(gint32 *layers, int n_layers, const char *name)
{
    gint32 found = -1;

    for (int i = 0; i < n_layers && found == -1; i++) {
        char *candidate = gimp_item_get_name(layers[i]);

        if (g_strcmp0(candidate, name) == 0) {
            found = layers[i];
        } else if (gimp_item_is_group(layers[i])) {
            int n_children;
            gint32 *children = gimp_item_get_children(layers[i], &n_children);

            found = find_among(children, n_children, name);
        }
        g_free(candidate);
    }
    g_free(layers);
    return found;
}

static gint32 find_in_image(gint32 image, const char *name)
{
    int n_layers;
    gint32 *layers = gimp_image_get_layers(image, &n_layers);

    return find_among(layers, n_layers, name);
}

gint32 pst_gimp2_find_layer(gint32 image, const char *name)
{
    gint32 found = find_in_image(image, name);
    int n_images;
    gint32 *images = gimp_image_list(&n_images);

    for (int i = 0; i < n_images && found == -1; i++)
        found = find_in_image(images[i], name);
    g_free(images);
    return found;
}

/* ---- Painting -------------------------------------------------------------------------------- */

static void attach_recipe(gint32 layer, const PstRequest *request, const char *weights_version)
{
    char *recipe = pst_request_recipe(request, weights_version);
    GimpParasite *parasite =
        gimp_parasite_new("pastiche-recipe", GIMP_PARASITE_PERSISTENT, strlen(recipe) + 1, recipe);

    gimp_item_attach_parasite(layer, parasite);
    gimp_parasite_free(parasite);
    g_free(recipe);
}

/* A layer that is not in the image yet, like the content in all but its pixels; -1 on failure. */
static gint32 layer_new(const PstGimp2Run *run, const PstRequest *request, GeglBuffer *picture,
                        PstMonitor *monitor, GError **error)
{
    gboolean alpha = gimp_drawable_has_alpha(run->content) || has_selection(run->image);
    char *content = gimp_item_get_name(run->content);
    char *title = pst_result_title(content, request->style);
    GeglBuffer *pixels;
    gint32 layer;
    int x, y;

    layer =
        gimp_layer_new(run->image, title, gegl_buffer_get_width(picture),
                       gegl_buffer_get_height(picture), alpha ? GIMP_RGBA_IMAGE : GIMP_RGB_IMAGE,
                       100, gimp_image_get_default_new_layer_mode(run->image));
    g_free(title);
    g_free(content);
    if (layer == -1) {
        pst_refuse(error, PST_REFUSE_NO_RESULT, NULL);
        return -1;
    }
    gimp_drawable_offsets(run->content, &x, &y);
    gimp_layer_set_offsets(layer, x, y);
    pixels = gimp_drawable_get_buffer(layer);
    pst_monitor_step(monitor, 1, _("Writing the layer"));
    if (!pst_buffer_copy(picture, pixels, monitor, error)) {
        gimp_item_delete(layer);
        layer = -1;
    }
    g_object_unref(pixels);
    return layer;
}

/* All that the undo history sees.  It is quick, so that a plug-in killed in between is unlikely; and
 * the mask is added first, so that there is nothing to take back when one of the two fails. */
static gboolean insert(const PstGimp2Run *run, gint32 layer)
{
    gboolean ok = TRUE;

    gimp_image_undo_group_start(run->image);
    if (has_selection(run->image))
        ok = gimp_layer_add_mask(layer, gimp_layer_create_mask(layer, GIMP_ADD_MASK_SELECTION));
    if (ok)
        ok = gimp_image_insert_layer(run->image, layer, gimp_item_get_parent(run->content),
                                     gimp_image_get_item_position(run->image, run->content));
    gimp_image_undo_group_end(run->image);
    return ok;
}

static GeglBuffer *paint(const PstGimp2Run *run, const PstRequest *request, gint32 style_layer,
                         PstMonitor *monitor, char **weights_version, GError **error)
{
    PstJob job = {.request = request,
                  .engine = run->engine,
                  .content = gimp_drawable_get_buffer(run->content)};
    GeglBuffer *picture;

    if (style_layer != -1)
        job.style = gimp_drawable_get_buffer(style_layer);
    picture = pst_job_run(&job, monitor, weights_version, error);
    g_clear_object(&job.style);
    g_clear_object(&job.content);
    return picture;
}

gboolean pst_gimp2_paint(PstGimp2Run *run, const PstRequest *request, gint32 style_layer,
                         PstMonitor *monitor, GError **error)
{
    char *weights_version = NULL;
    GeglBuffer *picture = paint(run, request, style_layer, monitor, &weights_version, error);
    gint32 layer = -1;

    if (!picture)
        return FALSE;
    if (!gimp_item_is_valid(run->content))
        pst_refuse(error, PST_REFUSE_CONTENT_GONE, NULL);
    else
        layer = layer_new(run, request, picture, monitor, error);
    g_object_unref(picture);
    if (layer != -1) {
        attach_recipe(layer, request, weights_version);
        if (insert(run, layer)) {
            run->result = layer;
        } else {
            gimp_item_delete(layer);
            pst_refuse(error, PST_REFUSE_NO_RESULT, NULL);
        }
    }
    g_free(weights_version);
    return run->result != -1;
}
