/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GIMP 2.10's layers: which of them can be painted, and where one is found.
 */
#include "gimp2/gimp2.h"
#include "refusal.h"

void pst_gimp2_run_init(PstGimp2Run *run, gint32 image, gboolean interactive)
{
    *run = (PstGimp2Run){
        .image = image, .content = -1, .edited = -1, .interactive = interactive, .result = -1};
    run->folder = g_build_filename(gimp_directory(), "pastiche", NULL);
    run->kept =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
}

void pst_gimp2_run_clear(PstGimp2Run *run)
{
    g_clear_pointer(&run->kept, g_hash_table_unref);
    g_clear_pointer(&run->folder, g_free);
}

/* ---- What can be painted --------------------------------------------------------------------- */

gint32 pst_gimp2_layer_of(const PstGimp2Run *run, gint32 drawable, GError **error)
{
    if (!gimp_item_is_valid(drawable))
        pst_refuse(error, PST_REFUSE_NO_LAYER, NULL);
    else if (gimp_item_get_image(drawable) != run->image)
        pst_refuse(error, PST_REFUSE_OTHER_IMAGE, NULL);
    else if (gimp_image_get_floating_sel(run->image) != -1)
        pst_refuse(error, PST_REFUSE_FLOATING, NULL);
    /* After a mask is added it is the mask that is selected, and what people mean is the layer. */
    else if (gimp_item_is_layer_mask(drawable))
        return gimp_layer_from_mask(drawable);
    else if (gimp_item_is_layer(drawable))
        return drawable;
    else
        pst_refuse(error, PST_REFUSE_CHANNEL, NULL);
    return -1;
}

gboolean pst_gimp2_choose_content(PstGimp2Run *run, gint32 drawable, GError **error)
{
    run->content = pst_gimp2_layer_of(run, drawable, error);
    /* before a dialog opens; without one, another mask may be asked for */
    return run->content != -1 &&
           (!run->interactive || pst_gimp2_check_selection(run, run->content, error));
}

gboolean pst_gimp2_check_selection(const PstGimp2Run *run, gint32 layer, GError **error)
{
    int x, y, width, height;
    char *name;

    if (gimp_selection_is_empty(run->image) ||
        gimp_drawable_mask_intersect(layer, &x, &y, &width, &height))
        return TRUE;
    name = gimp_item_get_name(layer);
    pst_refuse(error, PST_REFUSE_SELECTION, name);
    g_free(name);
    return FALSE;
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

gint32 pst_gimp2_counterpart(gint32 layer, gint32 copy)
{
    gint32 parent = gimp_item_get_parent(layer), found;
    int position = gimp_image_get_item_position(gimp_item_get_image(layer), layer), n_siblings;
    gint32 *siblings =
        parent == -1 ? gimp_image_get_layers(copy, &n_siblings)
                     : gimp_item_get_children(pst_gimp2_counterpart(parent, copy), &n_siblings);

    found = siblings[position];
    g_free(siblings);
    return found;
}
