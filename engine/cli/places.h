/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What --mask and --region name: masks that are files, and the styles of regions.
 */
#pragma once

#include "cli/options.h"
#include "cli/progress.h"

typedef struct {
    PstPlaces places;
    PstRegion regions[PST_REGIONS_MOST];
} Places;

/* Reads the masks and, where `engine` is not NULL, the styles.  Free with places_clear(), also after a
 * failure. */
gboolean places_load(Places *places, const Options *options, const PstEngine *engine,
                     Progress *progress, GError **error);
void places_clear(Places *places);

/* PST_ERROR_USAGE where a mask is not as large as the picture of the file `photo`. */
gboolean places_check(const Places *places, const char *photo, GeglBuffer *picture, GError **error);
