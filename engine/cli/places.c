/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/places.h"

#include <gegl.h>
#include <glib/gi18n.h>
#include <string.h>

/* "MASK=STYLE", which options_parse() has checked. */
static gboolean load_region(PstRegion *region, const char *text, const Options *options,
                            const PstEngine *engine, Progress *progress, GError **error)
{
    const char *equals = strchr(text, '=');
    g_autofree char *path = g_strndup(text, (gsize) (equals - text));
    region->mask.buffer = pst_file_load(path, NULL, error);
    if (!region->mask.buffer || !engine)
        return region->mask.buffer != NULL;
    progress_start(progress, equals + 1);
    region->style = pst_style_new_from_text(engine, equals + 1, &options->settings, progress_update,
                                            progress, error);
    progress_end(progress);
    return region->style != NULL;
}

gboolean places_load(Places *places, const Options *options, const PstEngine *engine,
                     Progress *progress, GError **error)
{
    gboolean ok = TRUE;
    *places = (Places){.places = {.region_count = 0}};
    places->places.regions = places->regions;
    if (options->mask) {
        places->places.mask.buffer = pst_file_load(options->mask, NULL, error);
        ok = places->places.mask.buffer != NULL;
    }
    for (char **text = options->regions; ok && text && *text; text++)
        ok = load_region(&places->regions[places->places.region_count++], *text, options, engine,
                         progress, error);
    return ok;
}

void places_clear(Places *places)
{
    g_clear_object(&places->places.mask.buffer);
    for (int i = 0; i < PST_REGIONS_MOST; i++) {
        g_clear_object(&places->regions[i].mask.buffer);
        pst_style_free((PstStyle *) places->regions[i].style);
    }
    *places = (Places){.places = {.region_count = 0}};
}

/* A mask of another size would mean something else than what is seen. */
static gboolean check_size(GeglBuffer *mask, const char *photo, GeglBuffer *picture, GError **error)
{
    if (!mask || (gegl_buffer_get_width(mask) == gegl_buffer_get_width(picture) &&
                  gegl_buffer_get_height(mask) == gegl_buffer_get_height(picture)))
        return TRUE;
    g_autofree char *name = pst_display_name(photo);
    g_set_error(error, PST_ERROR, PST_ERROR_USAGE,
                _("the mask has %d × %d pixels, and %s %d × %d: they must be of one size"),
                gegl_buffer_get_width(mask), gegl_buffer_get_height(mask), name,
                gegl_buffer_get_width(picture), gegl_buffer_get_height(picture));
    return FALSE;
}

gboolean places_check(const Places *places, const char *photo, GeglBuffer *picture, GError **error)
{
    gboolean ok = check_size(places->places.mask.buffer, photo, picture, error);
    for (int i = 0; ok && i < places->places.region_count; i++)
        ok = check_size(places->regions[i].mask.buffer, photo, picture, error);
    return ok;
}
