/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Editing a result in GIMP 2.10: from the recipe on a layer back to what was asked.
 */
#include "gimp2/gimp2.h"
#include "recipe.h"
#include "refusal.h"

static GBytes *read_parasite(gint32 layer, const char *name)
{
    GimpParasite *parasite = gimp_item_get_parasite(layer, name);
    GBytes *bytes;

    if (!parasite)
        return NULL;
    bytes = g_bytes_new(gimp_parasite_data(parasite), (gsize) gimp_parasite_data_size(parasite));
    gimp_parasite_free(parasite);
    return bytes;
}

static gboolean find_content(PstGimp2Run *run, const PstRecipe *recipe, GError **error)
{
    run->content = gimp_image_get_layer_by_tattoo(run->image, (int) recipe->content);
    if (run->content == -1 || run->content == run->edited)
        return pst_refuse(error, PST_REFUSE_NO_CONTENT, NULL);
    return TRUE;
}

/* Without a style that was kept, as when another program has dropped it, its name has to do, unless it is a file's:
 * none is opened because somebody else's image names it. */
static void take_style(PstGimp2Run *run, PstRequest *request, int k)
{
    const char *style = pst_request_style(request, k);
    char *name = pst_recipe_style_name(k);
    GBytes *bytes = read_parasite(run->edited, name);

    if (bytes)
        g_hash_table_insert(run->kept, g_strdup(style), bytes);
    else if (!pst_style_has_file(style))
        pst_request_replace_style(request, k, g_strdup(pst_style_kept_name(style)));
    g_free(name);
}

/* Whether it has another name than we would give it. */
static gboolean is_named(const PstGimp2Run *run, const PstRequest *request)
{
    char *name = gimp_item_get_name(run->edited);
    char *content = gimp_item_get_name(run->content);
    gboolean differs = !pst_result_is_titled(name, content, request->style);

    g_free(content);
    g_free(name);
    return differs;
}

gboolean pst_gimp2_choose_edited(PstGimp2Run *run, gint32 drawable, PstRequest *request,
                                 GError **error)
{
    PstRecipe recipe;
    GBytes *text;
    gboolean ok;

    run->edited = pst_gimp2_layer_of(run, drawable, error);
    if (run->edited == -1)
        return FALSE;
    text = read_parasite(run->edited, PST_PARASITE_RECIPE);
    if (!text)
        return pst_refuse(error, PST_REFUSE_NO_RECIPE, NULL);
    ok = pst_recipe_read(&recipe, g_bytes_get_data(text, NULL), g_bytes_get_size(text), error);
    g_bytes_unref(text);
    if (!ok)
        return FALSE;
    ok = find_content(run, &recipe, error);
    if (ok) {
        pst_request_copy(request, &recipe.request);
        run->keeps_name = is_named(run, request);
        for (int k = 0; k <= request->region_count; k++)
            take_style(run, request, k);
    }
    pst_recipe_clear(&recipe);
    return ok;
}
