/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The recipe of a result layer, which travels with it in parasites: a line of text for what was asked,
 * and the bytes of a style file for each style, so that the layer can be painted anew where the style picture is not.
 */
#pragma once

#include "request.h"

G_BEGIN_DECLS

#define PST_PARASITE_RECIPE "pastiche-recipe"
#define PST_PARASITE_STYLE  "pastiche-style"

/* The name of the parasite with style k of pst_request_style(): PST_PARASITE_STYLE, and for the regions that with
 * "-1" to "-4" behind it.  Free with g_free(). */
char *pst_recipe_style_name(int k);

typedef struct {
    guint content;      /* the tattoo of the layer that was painted */
    PstRequest request; /* its styles are pst_style_kept() */
} PstRecipe;

/* "pastiche=VERSION;weights=VERSION;content=TATTOO;style=...;strength=...": versions, the layer, and what
 * decides its pixels, but no folders.  Free with g_free(). */
char *pst_recipe_write(const PstRequest *request, guint content, const char *weights);

/* The reverse of any bytes; release with pst_recipe_clear().  PST_ERROR_USAGE when they are no recipe, or
 * one of a version that knew more. */
gboolean pst_recipe_read(PstRecipe *recipe, const void *data, gsize size, GError **error);
void pst_recipe_clear(PstRecipe *recipe);

G_END_DECLS
