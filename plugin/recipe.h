/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The recipe of a result layer, which travels with it in two parasites: a line of text for what was asked,
 * and the bytes of a style file, so that the layer can be painted anew where the style picture is not.
 */
#pragma once

#include "request.h"

G_BEGIN_DECLS

#define PST_PARASITE_RECIPE "pastiche-recipe"
#define PST_PARASITE_STYLE  "pastiche-style"

typedef struct {
    guint content;      /* the tattoo of the layer that was painted */
    PstRequest request; /* its style is pst_style_kept() */
} PstRecipe;

/* "pastiche=VERSION;weights=VERSION;content=TATTOO;style=...;strength=...": versions, the layer, and what
 * decides its pixels, but no folders.  Free with g_free(). */
char *pst_recipe_write(const PstRequest *request, guint content, const char *weights);

/* The reverse of any bytes; release with pst_recipe_clear().  PST_ERROR_USAGE when they are no recipe, or
 * one of a version that knew more. */
gboolean pst_recipe_read(PstRecipe *recipe, const void *data, gsize size, GError **error);
void pst_recipe_clear(PstRecipe *recipe);

G_END_DECLS
