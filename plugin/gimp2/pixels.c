/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GIMP 2.10's pixels: a layer as it is seen.  That is, for a group, what is in it; the mask comes along
 * with it; opacity and mode are left out, because they say how a layer lies on others.
 */
#include "gimp2/gimp2.h"
#include "refusal.h"

/* libgimp 2.10 does not say so in the buffer's format. */
static const Babl *space_of(gint32 image)
{
    GimpColorProfile *profile = gimp_image_get_color_profile(image);
    const Babl *space = NULL;

    if (profile) {
        space = gimp_color_profile_get_space(
            profile, GIMP_COLOR_RENDERING_INTENT_RELATIVE_COLORIMETRIC, NULL);
        g_object_unref(profile);
    }
    return space;
}

void pst_gimp2_pixels_get(PstGimp2Pixels *pixels, gint32 layer)
{
    gint32 mask = gimp_layer_get_mask(layer);

    *pixels = (PstGimp2Pixels){.seen = {.is_there = gimp_item_is_valid}};
    pixels->seen.buffer = gimp_drawable_get_buffer(layer);
    pixels->seen.id = layer;
    pixels->seen.mask_id = mask;
    pixels->seen.space = space_of(gimp_item_get_image(layer));
    if (mask != -1 && gimp_layer_get_apply_mask(layer))
        pixels->seen.mask = gimp_drawable_get_buffer(mask);
    gimp_drawable_offsets(layer, &pixels->seen.x, &pixels->seen.y);
}

gboolean pst_gimp2_mask_get(PstGimp2Pixels *pixels, gint32 image, const char *mask, GError **error)
{
    const char *layer_name = pst_mask_layer_name(mask), *channel_name = pst_mask_channel_name(mask);
    gint32 item = -1;

    *pixels = (PstGimp2Pixels){.seen = {0}};
    if (!layer_name && !channel_name)
        return TRUE;
    item = layer_name ? pst_gimp2_find_layer(image, layer_name)
                      : gimp_image_get_channel_by_name(image, channel_name);
    if (item == -1)
        return pst_refuse(error, PST_REFUSE_MASK_GONE, mask);
    if (layer_name) {
        pst_gimp2_pixels_get(pixels, item);
    } else {
        pixels->seen.buffer = gimp_drawable_get_buffer(item);
        pixels->seen.id = item;
        pixels->seen.is_there = gimp_item_is_valid;
        pixels->seen.is_channel = TRUE;
    }
    return TRUE;
}

void pst_gimp2_pixels_release(PstGimp2Pixels *pixels)
{
    g_clear_object(&pixels->seen.buffer);
    g_clear_object(&pixels->seen.mask);
}
