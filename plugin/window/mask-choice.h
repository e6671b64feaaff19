/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the photo is painted, as a choice of the dialog: selection, everywhere, a channel or a layer.
 */
#pragma once

#include "request.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* `masks` are the channels and layers that can be one, as "channel:NAME" and "layer:NAME"; NULL ends them.  `edits`: for
 * a result that keeps its layer mask, where the selection and everywhere are the same. */
GtkWidget *pst_mask_choice_new(const char *const *masks, gboolean edits);

/* A choice of where one of several styles is: of PST_NO_REGION, mixed in everywhere, and the masks; set and got in the
 * same way. */
#define PST_NO_REGION ""
GtkWidget *pst_region_choice_new(const char *const *masks);

/* Shows PstRequest's mask; one that is not among the masks is added, so that it is not lost: painting then
 * says that it is gone. */
void pst_mask_choice_set(GtkWidget *choice, const char *mask);

/* Free with g_free(). */
char *pst_mask_choice_get(GtkWidget *choice);

G_END_DECLS
