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

/* Results on their way into an image. */
typedef struct {
    PstGimp3Run *run;
    const PstRequest *request;
    const PstPainted *painted;
    const PstGimp3Pixels *places; /* the contents' */
    PstMonitor *monitor;
    GimpImage *image; /* the user's, or a copy of it */
    GimpImage *home;  /* where layers of three colours can be made: `image`, or one in no window */
    GPtrArray *contents; /* the layers in `image` that are the run's contents */
    GPtrArray *layers;   /* the results, in the same order; NULL: one that was lost */
    gboolean is_copy;
} Insertion;

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
static void insertion_open(Insertion *self)
{
    const PstGimp3Run *run = self->run;
    PstOutput output = self->request->output;
    gboolean is_rgb = gimp_image_get_base_type(run->image) == GIMP_RGB;

    self->image = self->home = run->image;
    self->contents = g_ptr_array_copy(run->contents, NULL, NULL);
    self->layers = g_ptr_array_new();
    if (run->edited)
        return;
    self->is_copy = output == PST_OUTPUT_IMAGE || (output == PST_OUTPUT_AUTO && !is_rgb);
    if (self->is_copy) {
        self->image = self->home = gimp_image_duplicate(run->image);
        for (guint i = 0; i < run->contents->len; i++)
            self->contents->pdata[i] = pst_gimp3_counterpart(run->contents->pdata[i], self->image);
        gimp_image_undo_disable(self->image);
        if (!is_rgb)
            gimp_image_convert_rgb(self->image);
        gimp_image_undo_enable(self->image);
    } else if (!is_rgb) {
        self->home = rgb_image_like(run->image);
    }
}

static void insertion_close(const Insertion *self, gboolean keep)
{
    if (self->home != self->image)
        gimp_image_delete(self->home);
    if (self->is_copy && !keep)
        gimp_image_delete(self->image);
    g_ptr_array_unref(self->contents);
    g_ptr_array_unref(self->layers);
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

static void attach_recipe(const Insertion *self, GimpLayer *layer, GimpLayer *content)
{
    guint tattoo = gimp_item_get_tattoo(GIMP_ITEM(content));
    char *recipe = pst_recipe_write(self->request, tattoo, self->painted->weights);

    attach(layer, PST_PARASITE_RECIPE, recipe, strlen(recipe) + 1);
    attach_styles(layer, self->painted);
    g_free(recipe);
}

static GeglBuffer *picture_of(const Insertion *self, guint i)
{
    return self->painted->pictures->pdata[i];
}

/* What the selection and the content's own mask hide is hidden by a mask, which can be painted on; or NULL. */
static GeglBuffer *shown_of(const Insertion *self, guint i)
{
    return self->painted->shown->pdata[i];
}

static gboolean write_pixels(GimpDrawable *drawable, GeglBuffer *picture, PstMonitor *monitor,
                             GError **error)
{
    GeglBuffer *pixels = gimp_drawable_get_buffer(drawable);
    gboolean ok = pst_buffer_copy(picture, pixels, monitor, error);

    g_object_unref(pixels);
    return ok;
}

static gboolean add_mask(const Insertion *self, guint i, GimpLayer *layer, GError **error)
{
    GimpLayerMask *mask = gimp_layer_create_mask(layer, GIMP_ADD_MASK_WHITE);

    if (!mask || !gimp_layer_add_mask(layer, mask))
        return pst_refuse(error, PST_REFUSE_NO_RESULT, NULL);
    return write_pixels(GIMP_DRAWABLE(mask), shown_of(self, i), NULL, error);
}

/* Pixels and, of a new layer, mask; FALSE and an error when one of them does not get in. */
static gboolean fill(const Insertion *self, guint i, GimpLayer *layer, GError **error)
{
    const PstPixels *place = &self->places[i].seen;

    gimp_layer_set_offsets(layer, place->x, place->y);
    return write_pixels(GIMP_DRAWABLE(layer), picture_of(self, i), self->monitor, error) &&
           (!shown_of(self, i) || add_mask(self, i, layer, error));
}

/* A layer in `home`, but not in its stack: like the content in all but its pixels; NULL on failure. */
static GimpLayer *layer_new(const Insertion *self, guint i, const char *title, GError **error)
{
    GeglBuffer *picture = picture_of(self, i);
    gboolean alpha = shown_of(self, i) || babl_format_has_alpha(gegl_buffer_get_format(picture));
    GimpLayer *layer =
        gimp_layer_new(self->home, title, gegl_buffer_get_width(picture),
                       gegl_buffer_get_height(picture), alpha ? GIMP_RGBA_IMAGE : GIMP_RGB_IMAGE,
                       100, gimp_image_get_default_new_layer_mode(self->run->image));

    /* If the image has lost its colours meanwhile, GIMP gives a layer that would lose ours. */
    if (layer && gimp_drawable_is_rgb(GIMP_DRAWABLE(layer)) && fill(self, i, layer, error))
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
static GimpLayer *layer_edited(const Insertion *self, GError **error)
{
    GimpLayer *old = self->run->edited, *layer;
    GeglBuffer *picture = picture_of(self, 0);

    /* once more: it can have been scaled since */
    if (!pst_gimp3_check_size(self->run, gegl_buffer_get_width(picture),
                              gegl_buffer_get_height(picture), error))
        return NULL;
    layer = gimp_layer_copy(old);
    if (layer)
        unlock(GIMP_ITEM(layer));
    if (layer && babl_format_has_alpha(gegl_buffer_get_format(picture)) &&
        !gimp_drawable_has_alpha(GIMP_DRAWABLE(old)))
        gimp_layer_add_alpha(layer);
    if (layer && fill(self, 0, layer, error)) {
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

/* The result of content `i` with its recipe; NULL on failure. */
static GimpLayer *make_layer(const Insertion *self, guint i, GError **error)
{
    GimpLayer *content = self->contents->pdata[i], *layer;

    if (self->run->edited) {
        layer = layer_edited(self, error);
    } else {
        char *title = title_for(content, self->request);

        layer = layer_new(self, i, title, error);
        g_free(title);
    }
    if (layer)
        attach_recipe(self, layer, content);
    return layer;
}

/* What is left of the results after a failure; the first `inserted` are in the image. */
static void delete_layers(const Insertion *self, guint inserted)
{
    for (guint i = 0; i < self->layers->len; i++) {
        GimpLayer *layer = self->layers->pdata[i];

        if (layer && i < inserted)
            gimp_image_remove_layer(self->image, layer);
        else if (layer)
            gimp_item_delete(GIMP_ITEM(layer));
    }
}

/* All the results, or, on failure, none. */
static gboolean make_layers(const Insertion *self, GError **error)
{
    PstMonitor *monitor = self->monitor;
    guint count = self->contents->len;

    for (guint i = 0; i < count; i++) {
        GimpLayer *layer;

        pst_monitor_step(monitor, monitor->to + (1 - monitor->to) / (count - i),
                         _("Writing the layer"));
        layer = make_layer(self, i, error);
        if (!layer) {
            delete_layers(self, 0);
            return FALSE;
        }
        g_ptr_array_add(self->layers, layer);
    }
    return TRUE;
}

/* ---- Into the image -------------------------------------------------------------------------- */

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
static gboolean commit(const Insertion *self)
{
    GimpImage *image = self->image;
    GimpLayer *edited = self->run->edited;
    gboolean ok = TRUE;
    guint inserted = 0;

    gimp_image_undo_group_start(image);
    if (self->home != image)
        ok = gimp_image_convert_rgb(image);
    for (; ok && inserted < self->layers->len; inserted += ok ? 1 : 0) {
        GimpLayer *content = self->contents->pdata[inserted];
        gpointer *layer = &self->layers->pdata[inserted];

        if (self->home != image)
            *layer = move_to(image, *layer);
        ok = *layer && insert_above(image, *layer, edited ? edited : content);
    }
    if (!ok)
        delete_layers(self, inserted);
    else if (edited)
        replace_edited(self->run, self->layers->pdata[0], self->request);
    gimp_image_undo_group_end(image);
    return ok;
}

/* Asks once more whether the results have a place: writing them took a while. */
static gboolean commit_if_possible(const Insertion *self, GError **error)
{
    if (!self->is_copy && !pst_gimp3_check_layers(self->run, error)) {
        delete_layers(self, 0);
        return FALSE;
    }
    return commit(self) || pst_refuse(error, PST_REFUSE_NO_RESULT, NULL);
}

gboolean pst_gimp3_insert(PstGimp3Run *run, const PstRequest *request, const PstPainted *painted,
                          const PstGimp3Pixels *places, PstMonitor *monitor, GError **error)
{
    Insertion self = {
        .run = run, .request = request, .painted = painted, .places = places, .monitor = monitor};
    gboolean ok;

    insertion_open(&self);
    ok = make_layers(&self, error) && commit_if_possible(&self, error);
    for (guint i = 0; ok && i < self.layers->len; i++)
        g_ptr_array_add(run->results, self.layers->pdata[i]);
    if (ok && self.is_copy && run->interactive)
        gimp_display_new(self.image);
    insertion_close(&self, ok);
    return ok;
}
