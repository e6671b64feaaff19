/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GIMP 3's layers: which of them can be painted, and where one is found.
 */
#include "gimp3/gimp3.h"
#include "refusal.h"

void pst_gimp3_run_init(PstGimp3Run *run, GimpImage *image, gboolean interactive)
{
    *run = (PstGimp3Run){.image = image, .interactive = interactive};
    run->folder = g_build_filename(gimp_directory(), "pastiche", NULL);
    run->contents = g_ptr_array_new();
    run->results = g_ptr_array_new();
    run->kept =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
}

void pst_gimp3_run_clear(PstGimp3Run *run)
{
    g_ptr_array_unref(run->contents);
    g_ptr_array_unref(run->results);
    g_clear_pointer(&run->kept, g_hash_table_unref);
    g_clear_pointer(&run->folder, g_free);
}

/* ---- What can be painted --------------------------------------------------------------------- */

/* After a mask is added it is the mask that is selected, and what people mean is the layer. */
static GimpLayer *layer_of(GimpImage *image, GimpItem *item, GError **error)
{
    if (gimp_item_get_image(item) != image)
        pst_refuse(error, PST_REFUSE_OTHER_IMAGE, NULL);
    else if (gimp_item_is_layer_mask(item))
        return gimp_layer_from_mask(GIMP_LAYER_MASK(item));
    else if (gimp_item_is_layer(item))
        return GIMP_LAYER(item);
    else
        pst_refuse(error, PST_REFUSE_CHANNEL, NULL);
    return NULL;
}

gboolean pst_gimp3_check_selection(GimpImage *image, GimpLayer *layer, GError **error)
{
    int x, y, width, height;
    char *name;

    if (gimp_selection_is_empty(image) ||
        gimp_drawable_mask_intersect(GIMP_DRAWABLE(layer), &x, &y, &width, &height))
        return TRUE;
    name = gimp_item_get_name(GIMP_ITEM(layer));
    pst_refuse(error, PST_REFUSE_SELECTION, name);
    g_free(name);
    return FALSE;
}

gboolean pst_gimp3_choose_contents(PstGimp3Run *run, GimpDrawable **drawables, GError **error)
{
    if (gimp_image_get_floating_sel(run->image))
        return pst_refuse(error, PST_REFUSE_FLOATING, NULL);
    for (; drawables && *drawables; drawables++) {
        GimpLayer *layer = layer_of(run->image, GIMP_ITEM(*drawables), error);

        /* before a dialog opens; without one, another mask may be asked for */
        if (!layer || (run->interactive && !pst_gimp3_check_selection(run->image, layer, error)))
            return FALSE;
        /* A layer and its mask are one. */
        if (!g_ptr_array_find(run->contents, layer, NULL))
            g_ptr_array_add(run->contents, layer);
    }
    if (run->contents->len == 0)
        return pst_refuse(error, PST_REFUSE_NO_LAYER, NULL);
    run->content = run->contents->pdata[0];
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

/* libgimp goes on giving out layers that it has given out before. */
GimpLayer *pst_gimp3_get_layer(int id)
{
    return gimp_item_id_is_valid(id) ? gimp_layer_get_by_id(id) : NULL;
}

GimpLayer *pst_gimp3_counterpart(GimpLayer *layer, GimpImage *copy)
{
    GimpItem *item = GIMP_ITEM(layer), *parent = gimp_item_get_parent(item);
    int position = gimp_image_get_item_position(gimp_item_get_image(item), item);
    GimpLayer *group = parent ? pst_gimp3_counterpart(GIMP_LAYER(parent), copy) : NULL, *found;
    GimpItem **siblings = group ? gimp_item_get_children(GIMP_ITEM(group))
                                : (GimpItem **) gimp_image_get_layers(copy);

    found = GIMP_LAYER(siblings[position]);
    g_free(siblings);
    return found;
}
