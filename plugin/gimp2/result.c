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

/* A result on its way into an image. */
typedef struct {
    PstGimp2Run *run;
    const PstRequest *request;
    const PstPainted *painted;
    const PstGimp2Pixels *place; /* the content's */
    PstMonitor *monitor;
    gint32 image; /* the user's, or a copy of it */
    gint32
        home; /* where layers of three colours can be made: `image`, or one that is in no window */
    gint32 content; /* the layer in `image` that is the run's content */
    gboolean is_copy;
} Insertion;

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
static void insertion_open(Insertion *self)
{
    const PstGimp2Run *run = self->run;
    PstOutput output = self->request->output;
    gboolean is_rgb = gimp_image_base_type(run->image) == GIMP_RGB;

    self->image = self->home = run->image;
    self->content = run->content;
    if (run->edited != -1)
        return;
    self->is_copy = output == PST_OUTPUT_IMAGE || (output == PST_OUTPUT_AUTO && !is_rgb);
    if (self->is_copy) {
        self->image = self->home = gimp_image_duplicate(run->image);
        self->content = pst_gimp2_counterpart(run->content, self->image);
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

static void attach_recipe(const Insertion *self, gint32 layer)
{
    guint tattoo = gimp_item_get_tattoo(self->content);
    char *recipe = pst_recipe_write(self->request, tattoo, self->painted->weights);

    attach(layer, PST_PARASITE_RECIPE, recipe, strlen(recipe) + 1);
    attach_styles(layer, self->painted);
    g_free(recipe);
}

static GeglBuffer *picture_of(const Insertion *self)
{
    return self->painted->pictures->pdata[0];
}

/* What the selection and the content's own mask hide is hidden by a mask, which can be painted on; or NULL. */
static GeglBuffer *shown_of(const Insertion *self)
{
    return self->painted->shown->pdata[0];
}

static gboolean write_pixels(gint32 drawable, GeglBuffer *picture, PstMonitor *monitor,
                             GError **error)
{
    GeglBuffer *pixels = gimp_drawable_get_buffer(drawable);
    gboolean ok = pst_buffer_copy(picture, pixels, monitor, error);

    g_object_unref(pixels);
    return ok;
}

static gboolean add_mask(const Insertion *self, gint32 layer, GError **error)
{
    gint32 mask = gimp_layer_create_mask(layer, GIMP_ADD_MASK_WHITE);

    if (mask == -1 || !gimp_layer_add_mask(layer, mask))
        return pst_refuse(error, PST_REFUSE_NO_RESULT, NULL);
    return write_pixels(mask, shown_of(self), NULL, error);
}

/* Pixels and, of a new layer, mask; FALSE and an error when one of them does not get in. */
static gboolean fill(const Insertion *self, gint32 layer, GError **error)
{
    gimp_layer_set_offsets(layer, self->place->seen.x, self->place->seen.y);
    return write_pixels(layer, picture_of(self), self->monitor, error) &&
           (!shown_of(self) || add_mask(self, layer, error));
}

/* A layer in `home`, but not in its stack: like the content in all but its pixels; -1 on failure. */
static gint32 layer_new(const Insertion *self, const char *title, GError **error)
{
    GeglBuffer *picture = picture_of(self);
    gboolean alpha = shown_of(self) || babl_format_has_alpha(gegl_buffer_get_format(picture));
    gint32 layer =
        gimp_layer_new(self->home, title, gegl_buffer_get_width(picture),
                       gegl_buffer_get_height(picture), alpha ? GIMP_RGBA_IMAGE : GIMP_RGB_IMAGE,
                       100, gimp_image_get_default_new_layer_mode(self->run->image));

    if (layer == -1) {
        pst_refuse(error, PST_REFUSE_NO_RESULT, NULL);
    } else if (!fill(self, layer, error)) {
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
static gint32 layer_edited(const Insertion *self, GError **error)
{
    GeglBuffer *picture = picture_of(self);
    gint32 old = self->run->edited, layer;

    /* once more: it can have been scaled since */
    if (!pst_gimp2_check_size(self->run, gegl_buffer_get_width(picture),
                              gegl_buffer_get_height(picture), error))
        return -1;
    layer = gimp_layer_copy(old);
    if (layer == -1) {
        pst_refuse(error, PST_REFUSE_NO_RESULT, NULL);
        return -1;
    }
    unlock(layer);
    if (babl_format_has_alpha(gegl_buffer_get_format(picture)) && !gimp_drawable_has_alpha(layer))
        gimp_layer_add_alpha(layer);
    if (!fill(self, layer, error)) {
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
static gint32 make_layer(const Insertion *self, GError **error)
{
    gint32 layer;

    pst_monitor_step(self->monitor, 1, _("Writing the layer"));
    if (self->run->edited != -1) {
        layer = layer_edited(self, error);
    } else {
        char *title = title_for(self->content, self->request);

        layer = layer_new(self, title, error);
        g_free(title);
    }
    if (layer != -1)
        attach_recipe(self, layer);
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
static gint32 commit(const Insertion *self, gint32 layer)
{
    const PstGimp2Run *run = self->run;
    gint32 image = self->image, below = run->edited != -1 ? run->edited : self->content;

    gimp_image_undo_group_start(image);
    if (self->home != image)
        layer = gimp_image_convert_rgb(image) ? move_to(image, layer) : -1;
    if (layer != -1 && !insert_above(image, layer, below)) {
        gimp_item_delete(layer);
        layer = -1;
    }
    if (layer != -1 && run->edited != -1)
        replace_edited(run, layer, self->request);
    gimp_image_undo_group_end(image);
    return layer;
}

/* Takes `layer`, and asks once more whether it has a place: writing it took a while. */
static gint32 commit_if_possible(const Insertion *self, gint32 layer, GError **error)
{
    gint32 result;

    if (!self->is_copy && !pst_gimp2_check_layers(self->run, error)) {
        gimp_item_delete(layer);
        return -1;
    }
    result = commit(self, layer);
    if (result == -1)
        pst_refuse(error, PST_REFUSE_NO_RESULT, NULL);
    return result;
}

gboolean pst_gimp2_insert(PstGimp2Run *run, const PstRequest *request, const PstPainted *painted,
                          const PstGimp2Pixels *place, PstMonitor *monitor, GError **error)
{
    Insertion self = {
        .run = run, .request = request, .painted = painted, .place = place, .monitor = monitor};
    gint32 layer;

    insertion_open(&self);
    layer = make_layer(&self, error);
    if (layer != -1)
        run->result = commit_if_possible(&self, layer, error);
    insertion_close(&self, run->result != -1);
    if (run->result != -1 && self.is_copy && run->interactive)
        gimp_display_new(self.image);
    return run->result != -1;
}
