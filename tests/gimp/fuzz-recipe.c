/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as the recipe that a layer of somebody else's image carries; what is accepted names no file
 * outside, and comes back from the recipe that it is written as.
 */
#include "nn/fuzz.h"
#include "recipe.h"

#include <string.h>

static void require(gboolean condition)
{
    if (!condition)
        abort();
}

static void there_and_back(const PstRecipe *recipe)
{
    PstRecipe again;
    char *title = pst_style_title(recipe->request.style);
    char *text = pst_recipe_write(&recipe->request, recipe->content, "weights");
    require(pst_style_kept_name(recipe->request.style) != NULL);
    require(!*recipe->request.settings.refine.critic);
    require(recipe->request.settings.threads == 0 && recipe->request.settings.memory == 0);
    require(pst_recipe_read(&again, text, strlen(text), NULL));
    require(again.content == recipe->content);
    require(again.request.settings.strength >= 0 && again.request.settings.strength <= 150);
    pst_recipe_clear(&again);
    g_free(title);
    g_free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    PstRecipe recipe;
    GError *error = NULL;
    if (pst_recipe_read(&recipe, bytes, size, &error)) {
        there_and_back(&recipe);
        pst_recipe_clear(&recipe);
    } else {
        require(g_error_matches(error, PST_ERROR, PST_ERROR_USAGE));
    }
    g_clear_error(&error);
    return 0;
}
