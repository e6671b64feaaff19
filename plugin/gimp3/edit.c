/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Editing a result in GIMP 3: from the recipe on a layer back to what was asked.
 */
#include "gimp3/gimp3.h"
#include "recipe.h"
#include "refusal.h"

static GBytes *read_parasite(GimpLayer *layer, const char *name)
{
    GimpParasite *parasite = gimp_item_get_parasite(GIMP_ITEM(layer), name);
    GBytes *bytes;
    guint32 size;
    gconstpointer data;

    if (!parasite)
        return NULL;
    data = gimp_parasite_get_data(parasite, &size);
    bytes = g_bytes_new(data, size);
    gimp_parasite_free(parasite);
    return bytes;
}

static GimpLayer *choose_layer(GimpImage *image, GimpDrawable **drawables, GError **error)
{
    GimpItem *item;

    if (!drawables || !drawables[0]) {
        pst_refuse(error, PST_REFUSE_NO_LAYER, NULL);
        return NULL;
    }
    item = GIMP_ITEM(drawables[0]);
    if (drawables[1])
        pst_refuse(error, PST_REFUSE_SEVERAL_LAYERS, NULL);
    else if (gimp_item_get_image(item) != image)
        pst_refuse(error, PST_REFUSE_OTHER_IMAGE, NULL);
    else if (gimp_item_is_layer_mask(item))
        return gimp_layer_from_mask(GIMP_LAYER_MASK(item));
    else if (gimp_item_is_layer(item))
        return GIMP_LAYER(item);
    else
        pst_refuse(error, PST_REFUSE_CHANNEL, NULL);
    return NULL;
}

static gboolean find_content(PstGimp3Run *run, const PstRecipe *recipe, GError **error)
{
    run->content = gimp_image_get_layer_by_tattoo(run->image, recipe->content);
    if (!run->content || run->content == run->edited)
        return pst_refuse(error, PST_REFUSE_NO_CONTENT, NULL);
    g_ptr_array_add(run->contents, run->content);
    return TRUE;
}

/* Without a style that was kept, as when another program has dropped it, its name has to do, unless it is a file's:
 * none is opened because somebody else's image names it. */
static void take_style(PstGimp3Run *run, PstRequest *request, int k)
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
static gboolean is_named(const PstGimp3Run *run, const PstRequest *request)
{
    char *name = gimp_item_get_name(GIMP_ITEM(run->edited));
    char *content = gimp_item_get_name(GIMP_ITEM(run->content));
    gboolean differs = !pst_result_is_titled(name, content, request->style);

    g_free(content);
    g_free(name);
    return differs;
}

gboolean pst_gimp3_choose_edited(PstGimp3Run *run, GimpDrawable **drawables, PstRequest *request,
                                 GError **error)
{
    PstRecipe recipe;
    GBytes *text;
    gboolean ok;

    run->edited = choose_layer(run->image, drawables, error);
    if (!run->edited)
        return FALSE;
    if (gimp_image_get_floating_sel(run->image))
        return pst_refuse(error, PST_REFUSE_FLOATING, NULL);
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
