/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GIMP 3's pixels: a layer as it is seen.  That is with its effects and, for a group, what is in it; the
 * mask comes along with it; opacity and mode are left out, because they say how a layer lies on others.
 */
#include "gimp3/gimp3.h"
#include "refusal.h"

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
    GimpImageBaseType type = gimp_image_get_base_type(image);
    /* GIMP shows filters of an indexed layer in any colours; merged there, they would get the palette's. */
    GimpImage *scratch = gimp_image_new_with_precision(
        gimp_image_get_width(image), gimp_image_get_height(image),
        type == GIMP_INDEXED ? GIMP_RGB : type, gimp_image_get_precision(image));
    GimpColorProfile *profile = gimp_image_get_color_profile(image);

    gimp_image_undo_disable(scratch);
    if (profile) {
        gimp_image_set_color_profile(scratch, profile);
        g_object_unref(profile);
    }
    *copy = gimp_layer_new_from_drawable(drawable, scratch);
    gimp_image_insert_layer(scratch, *copy, NULL, 0);
    /* A group has no pixels of its own to merge them into. */
    if (gimp_item_is_group(GIMP_ITEM(*copy)))
        *copy = gimp_group_layer_merge(GIMP_GROUP_LAYER(*copy));
    gimp_drawable_merge_filters(GIMP_DRAWABLE(*copy));
    return scratch;
}

void pst_gimp3_pixels_get(PstGimp3Pixels *pixels, GimpLayer *layer)
{
    GimpLayerMask *mask = gimp_layer_get_mask(layer);
    int x, y;

    *pixels = (PstGimp3Pixels){.seen = {.is_there = gimp_item_id_is_valid}};
    gimp_drawable_get_offsets(GIMP_DRAWABLE(layer), &x, &y);
    if (mask && gimp_layer_get_apply_mask(layer)) {
        pixels->seen.mask = gimp_drawable_get_buffer(GIMP_DRAWABLE(mask));
        pixels->seen.mask_id = gimp_item_get_id(GIMP_ITEM(mask));
    }
    /* A group's buffer is what is in it, its children's filters included, but not its own. */
    if (has_filters(layer))
        pixels->scratch = scratch_with_filters_merged(layer, &layer);
    pixels->seen.buffer = gimp_drawable_get_buffer(GIMP_DRAWABLE(layer));
    pixels->seen.id = gimp_item_get_id(GIMP_ITEM(layer));
    /* An effect, as a shadow, can have made it larger. */
    gimp_drawable_get_offsets(GIMP_DRAWABLE(layer), &pixels->seen.x, &pixels->seen.y);
    pixels->seen.mask_x = x - pixels->seen.x;
    pixels->seen.mask_y = y - pixels->seen.y;
}

gboolean pst_gimp3_mask_get(PstGimp3Pixels *pixels, GimpImage *image, const char *mask,
                            GError **error)
{
    const char *layer_name = pst_mask_layer_name(mask), *channel_name = pst_mask_channel_name(mask);
    GimpLayer *layer = layer_name ? pst_gimp3_find_layer(image, layer_name) : NULL;
    GimpChannel *channel =
        channel_name ? gimp_image_get_channel_by_name(image, channel_name) : NULL;

    *pixels = (PstGimp3Pixels){.scratch = NULL};
    if ((layer_name && !layer) || (channel_name && !channel))
        return pst_refuse(error, PST_REFUSE_MASK_GONE, mask);
    if (layer) {
        pst_gimp3_pixels_get(pixels, layer);
    } else if (channel) {
        pixels->seen.buffer = gimp_drawable_get_buffer(GIMP_DRAWABLE(channel));
        pixels->seen.id = gimp_item_get_id(GIMP_ITEM(channel));
        pixels->seen.is_there = gimp_item_id_is_valid;
        pixels->seen.is_channel = TRUE;
    }
    return TRUE;
}

void pst_gimp3_pixels_release(PstGimp3Pixels *pixels)
{
    g_clear_object(&pixels->seen.buffer);
    g_clear_object(&pixels->seen.mask);
    if (pixels->scratch)
        gimp_image_delete(pixels->scratch);
}
