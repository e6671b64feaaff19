/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GIMP 3's images: what can be painted, where a style is found, and how the result gets in.
 */
#include "gimp3.h"
#include "job.h"
#include "refusal.h"

#include <glib/gi18n.h>

static gboolean has_selection(GimpImage *image)
{
    return !gimp_selection_is_empty(image);
}

static gboolean check_item(GimpImage *image, GimpItem *item, GError **error)
{
    if (gimp_item_get_image(item) != image)
        return pst_refuse(error, PST_REFUSE_OTHER_IMAGE, NULL);
    if (gimp_item_is_layer_mask(item))
        return pst_refuse(error, PST_REFUSE_LAYER_MASK, NULL);
    if (!gimp_item_is_layer(item))
        return pst_refuse(error, PST_REFUSE_CHANNEL, NULL);
    return TRUE;
}

static gboolean check_image(GimpImage *image, GError **error)
{
    if (gimp_image_get_base_type(image) == GIMP_GRAY)
        return pst_refuse(error, PST_REFUSE_GRAY, NULL);
    if (gimp_image_get_base_type(image) == GIMP_INDEXED)
        return pst_refuse(error, PST_REFUSE_INDEXED, NULL);
    if (gimp_image_get_floating_sel(image))
        return pst_refuse(error, PST_REFUSE_FLOATING, NULL);
    return TRUE;
}

gboolean pst_gimp3_choose_content(PstGimp3Run *run, GimpDrawable **drawables, GError **error)
{
    int x, y, width, height;
    char *name;

    if (!drawables || !drawables[0])
        return pst_refuse(error, PST_REFUSE_NO_LAYER, NULL);
    if (drawables[1])
        return pst_refuse(error, PST_REFUSE_SEVERAL_LAYERS, NULL);
    if (!check_item(run->image, GIMP_ITEM(drawables[0]), error) || !check_image(run->image, error))
        return FALSE;
    if (has_selection(run->image) &&
        !gimp_drawable_mask_intersect(drawables[0], &x, &y, &width, &height)) {
        name = gimp_item_get_name(GIMP_ITEM(drawables[0]));
        pst_refuse(error, PST_REFUSE_SELECTION, name);
        g_free(name);
        return FALSE;
    }
    run->content = GIMP_LAYER(drawables[0]);
    return TRUE;
}

/* ---- Finding a layer ------------------------------------------------------------------------- */

/* `items` ends with NULL. */
static GimpLayer *find_among(GimpItem **items, const char *name)
{
    GimpLayer *found = NULL;

    for (int i = 0; items && items[i] && !found; i++) {
        char *candidate = gimp_item_get_name(items[i]);

        if (g_strcmp0(candidate, name) == 0) {
            found = GIMP_LAYER(items[i]);
        } else if (gimp_item_is_group(items[i])) {
            GimpItem **children = gimp_item_get_children(items[i]);

            found = find_among(children, name);
            g_free(children);
        }
        g_free(candidate);
    }
    return found;
}

static GimpLayer *find_in_image(GimpImage *image, const char *name)
{
    GimpLayer **layers = gimp_image_get_layers(image);
    GimpLayer *found = find_among((GimpItem **) layers, name);

    g_free(layers);
    return found;
}

GimpLayer *pst_gimp3_find_layer(GimpImage *image, const char *name)
{
    GimpLayer *found = find_in_image(image, name);
    GimpImage **images = gimp_get_images();

    for (int i = 0; images && images[i] && !found; i++)
        found = find_in_image(images[i], name);
    g_free(images);
    return found;
}

/* ---- Reading --------------------------------------------------------------------------------- */

/* A layer's pixels, and the image that lends them, if any. */
typedef struct {
    GeglBuffer *buffer;
    GimpImage *scratch;
} Pixels;

static gboolean has_filters(GimpLayer *layer)
{
    GimpDrawableFilter **filters = gimp_drawable_get_filters(GIMP_DRAWABLE(layer));
    gboolean some = filters && filters[0];

    g_free(filters);
    return some;
}

/* A layer's buffer lacks its non-destructive filters.  A copy in an image of its own gets them merged,
 * which leaves no trace in the history of the user's image. */
static GimpImage *scratch_with_filters_merged(GimpLayer *layer, GimpLayer **copy)
{
    GimpDrawable *drawable = GIMP_DRAWABLE(layer);
    GimpImage *image = gimp_item_get_image(GIMP_ITEM(layer));
    GimpImage *scratch = gimp_image_new_with_precision(
        gimp_drawable_get_width(drawable), gimp_drawable_get_height(drawable),
        gimp_image_get_base_type(image), gimp_image_get_precision(image));
    GimpColorProfile *profile = gimp_image_get_color_profile(image);

    gimp_image_undo_disable(scratch);
    if (profile) {
        gimp_image_set_color_profile(scratch, profile);
        g_object_unref(profile);
    }
    *copy = gimp_layer_new_from_drawable(drawable, scratch);
    gimp_image_insert_layer(scratch, *copy, NULL, 0);
    gimp_drawable_merge_filters(GIMP_DRAWABLE(*copy));
    return scratch;
}

static void pixels_get(Pixels *pixels, GimpLayer *layer)
{
    /* A group's buffer is what it shows, its children's filters included. */
    if (has_filters(layer) && !gimp_item_is_group(GIMP_ITEM(layer)))
        pixels->scratch = scratch_with_filters_merged(layer, &layer);
    pixels->buffer = gimp_drawable_get_buffer(GIMP_DRAWABLE(layer));
}

static void pixels_release(Pixels *pixels)
{
    g_clear_object(&pixels->buffer);
    if (pixels->scratch)
        gimp_image_delete(pixels->scratch);
}

/* ---- Painting -------------------------------------------------------------------------------- */

static void attach_recipe(GimpLayer *layer, const PstRequest *request, const char *weights_version)
{
    char *recipe = pst_request_recipe(request, weights_version);
    GimpParasite *parasite =
        gimp_parasite_new("pastiche-recipe", GIMP_PARASITE_PERSISTENT, strlen(recipe) + 1, recipe);

    gimp_item_attach_parasite(GIMP_ITEM(layer), parasite);
    gimp_parasite_free(parasite);
    g_free(recipe);
}

/* A layer that is not in the image yet, like the content in all but its pixels; NULL on failure. */
static GimpLayer *layer_new(const PstGimp3Run *run, const PstRequest *request, GeglBuffer *picture,
                            PstMonitor *monitor, GError **error)
{
    GimpDrawable *original = GIMP_DRAWABLE(run->content);
    gboolean alpha = gimp_drawable_has_alpha(original) || has_selection(run->image);
    char *content = gimp_item_get_name(GIMP_ITEM(run->content));
    char *title = pst_result_title(content, request->style);
    GeglBuffer *pixels;
    GimpLayer *layer;
    int x, y;

    layer =
        gimp_layer_new(run->image, title, gegl_buffer_get_width(picture),
                       gegl_buffer_get_height(picture), alpha ? GIMP_RGBA_IMAGE : GIMP_RGB_IMAGE,
                       100, gimp_image_get_default_new_layer_mode(run->image));
    g_free(title);
    g_free(content);
    /* If the image has lost its colours meanwhile, GIMP gives a layer that would lose ours. */
    if (!layer || !gimp_drawable_is_rgb(GIMP_DRAWABLE(layer))) {
        if (layer)
            gimp_item_delete(GIMP_ITEM(layer));
        pst_refuse(error, PST_REFUSE_NO_RESULT, NULL);
        return NULL;
    }
    gimp_drawable_get_offsets(original, &x, &y);
    gimp_layer_set_offsets(layer, x, y);
    pixels = gimp_drawable_get_buffer(GIMP_DRAWABLE(layer));
    pst_monitor_step(monitor, 1, _("Writing the layer"));
    if (!pst_buffer_copy(picture, pixels, monitor, error)) {
        gimp_item_delete(GIMP_ITEM(layer));
        layer = NULL;
    }
    g_object_unref(pixels);
    return layer;
}

/* All that the undo history sees.  It is quick, so that a plug-in killed in between is unlikely; and
 * the mask is added first, so that there is nothing to take back when one of the two fails. */
static gboolean insert(const PstGimp3Run *run, GimpLayer *layer)
{
    GimpItem *content = GIMP_ITEM(run->content);
    gboolean ok = TRUE;

    gimp_image_undo_group_start(run->image);
    if (has_selection(run->image))
        ok = gimp_layer_add_mask(layer, gimp_layer_create_mask(layer, GIMP_ADD_MASK_SELECTION));
    if (ok)
        ok = gimp_image_insert_layer(run->image, layer, GIMP_LAYER(gimp_item_get_parent(content)),
                                     gimp_image_get_item_position(run->image, content));
    gimp_image_undo_group_end(run->image);
    return ok;
}

static GeglBuffer *paint(const PstGimp3Run *run, const PstRequest *request, GimpLayer *style_layer,
                         PstMonitor *monitor, char **weights_version, GError **error)
{
    Pixels content = {NULL, NULL}, style = {NULL, NULL};
    PstJob job = {.request = request, .engine = run->engine};
    GeglBuffer *picture;

    pixels_get(&content, run->content);
    if (style_layer)
        pixels_get(&style, style_layer);
    job.content = content.buffer;
    job.style = style.buffer;
    picture = pst_job_run(&job, monitor, weights_version, error);
    pixels_release(&style);
    pixels_release(&content);
    return picture;
}

gboolean pst_gimp3_paint(PstGimp3Run *run, const PstRequest *request, GimpLayer *style_layer,
                         PstMonitor *monitor, GError **error)
{
    char *weights_version = NULL;
    GeglBuffer *picture = paint(run, request, style_layer, monitor, &weights_version, error);
    GimpLayer *layer = NULL;

    if (!picture)
        return FALSE;
    if (!gimp_item_is_valid(GIMP_ITEM(run->content)))
        pst_refuse(error, PST_REFUSE_CONTENT_GONE, NULL);
    else
        layer = layer_new(run, request, picture, monitor, error);
    g_object_unref(picture);
    if (layer) {
        attach_recipe(layer, request, weights_version);
        if (insert(run, layer)) {
            run->result = layer;
        } else {
            gimp_item_delete(GIMP_ITEM(layer));
            pst_refuse(error, PST_REFUSE_NO_RESULT, NULL);
        }
    }
    g_free(weights_version);
    return run->result != NULL;
}
