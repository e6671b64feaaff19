/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One run in GIMP 2.10's images: from layers to pixels, to the engine, and back into a layer.
 */
#include "gimp2/gimp2.h"
#include "refusal.h"

/* What one style of a request, see pst_request_style(), has in the image: released with release(), whatever is
 * in it. */
typedef struct {
    PstGimp2Pixels mask, layers[PST_STYLES_MOST];
} Lent;

static void release(Lent lent[PST_REQUEST_STYLES])
{
    for (int k = 0; k < PST_REQUEST_STYLES; k++) {
        pst_gimp2_pixels_release(&lent[k].mask);
        for (int i = 0; i < PST_STYLES_MOST; i++)
            pst_gimp2_pixels_release(&lent[k].layers[i]);
    }
}

/* Those styles that are layers; `ids` as of PstStyleLayers. */
static gboolean get_layers(gint32 image, const PstStyleTerm *terms, const int ids[PST_STYLES_MOST],
                           Lent *lent, GError **error)
{
    for (int i = 0; terms[i].name; i++) {
        const char *name = pst_style_layer_name(terms[i].name);
        gint32 layer = name && gimp_item_is_valid(ids[i]) ? ids[i] : -1;

        if (name && ids[i] == -1)
            layer = pst_gimp2_find_layer(image, name);
        if (layer != -1)
            pst_gimp2_pixels_get(&lent->layers[i], layer);
        else if (name && ids[i] != -1)
            return pst_refuse(error, PST_REFUSE_LAYER_GONE, NULL);
        else if (name)
            return pst_refuse(error, PST_REFUSE_STYLE_GONE, name);
    }
    return TRUE;
}

/* Style k of the request, and where it is. */
static gboolean get_style(const PstGimp2Run *run, const PstRequest *request, int k,
                          const int ids[PST_STYLES_MOST], Lent *lent, GError **error)
{
    const char *style = pst_request_style(request, k), *kept = pst_style_kept_name(style);
    PstStyleTerm *terms;
    gboolean ok;

    if (!pst_gimp2_mask_get(&lent->mask, run->image, pst_request_mask(request, k), error))
        return FALSE;
    if (kept)
        return g_hash_table_contains(run->kept, style) ||
               pst_refuse(error, PST_REFUSE_STYLE_NOT_KEPT, kept);
    terms = pst_style_terms_new(style, error);
    if (!terms)
        return FALSE;
    ok = get_layers(run->image, terms, ids, lent, error);
    pst_style_terms_free(terms);
    return ok;
}

static gboolean get_styles(const PstGimp2Run *run, const PstRequest *request,
                           const PstStyleLayers *layers, Lent lent[PST_REQUEST_STYLES],
                           GError **error)
{
    gboolean ok = TRUE;

    for (int k = 0; ok && k <= request->region_count; k++)
        ok = get_style(run, request, k, layers->ids[k], &lent[k], error);
    return ok;
}

/* `selection` may be NULL.  An edited layer keeps the mask that it has. */
static gboolean run_job(const PstGimp2Run *run, const PstRequest *request,
                        const PstGimp2Pixels *content, const Lent *lent, GeglBuffer *selection,
                        PstMonitor *monitor, PstPainted *painted, GError **error)
{
    PstJobStyle styles[PST_REQUEST_STYLES];
    PstPixels content_pixels = content->seen;
    PstJob job = {.request = request,
                  .engine = run->engine,
                  .contents = &content_pixels,
                  .count = 1,
                  .selection = selection,
                  .styles = styles};

    if (run->edited != -1)
        content_pixels.mask = NULL;
    for (int k = 0; k <= request->region_count; k++) {
        styles[k] =
            (PstJobStyle){.kept = g_hash_table_lookup(run->kept, pst_request_style(request, k)),
                          .mask = lent[k].mask.seen};
        for (int i = 0; i < PST_STYLES_MOST; i++)
            styles[k].layers[i] = lent[k].layers[i].seen;
    }
    return pst_job_run(&job, monitor, painted, error);
}

gboolean pst_gimp2_check_layers(const PstGimp2Run *run, GError **error)
{
    return (gimp_item_is_valid(run->content) &&
            (run->edited == -1 || gimp_item_is_valid(run->edited))) ||
           pst_refuse(error, PST_REFUSE_CONTENT_GONE, NULL);
}

gboolean pst_gimp2_check_size(const PstGimp2Run *run, int width, int height, GError **error)
{
    return run->edited == -1 ||
           (gimp_drawable_width(run->edited) == width &&
            gimp_drawable_height(run->edited) == height) ||
           pst_refuse(error, PST_REFUSE_OTHER_SIZE, NULL);
}

/* The selection, where it has a part in this; it may not be beside the content. */
static gboolean get_selection(const PstGimp2Run *run, const PstRequest *request,
                              GeglBuffer **selection, GError **error)
{
    gboolean wanted = run->edited == -1 && pst_mask_is_selection(request->mask);

    if (!wanted || gimp_selection_is_empty(run->image))
        return TRUE;
    *selection = gimp_drawable_get_buffer(gimp_image_get_selection(run->image));
    return pst_gimp2_check_selection(run, run->content, error);
}

gboolean pst_gimp2_paint(PstGimp2Run *run, const PstRequest *request, const PstStyleLayers *layers,
                         PstMonitor *monitor, GError **error)
{
    Lent lent[PST_REQUEST_STYLES] = {{.mask = {.seen = {0}}}};
    PstGimp2Pixels content = {.seen = {0}};
    PstPainted painted = {.pictures = NULL};
    GeglBuffer *selection = NULL;
    gboolean ok = pst_gimp2_check_layers(run, error) &&
                  get_selection(run, request, &selection, error) &&
                  get_styles(run, request, layers, lent, error);

    if (ok)
        pst_gimp2_pixels_get(&content, run->content);
    ok = ok &&
         pst_gimp2_check_size(run, gegl_buffer_get_width(content.seen.buffer),
                              gegl_buffer_get_height(content.seen.buffer), error) &&
         run_job(run, request, &content, lent, selection, monitor, &painted, error) &&
         pst_gimp2_check_layers(run, error) &&
         pst_gimp2_insert(run, request, &painted, &content, monitor, error);
    g_clear_object(&selection);
    pst_painted_clear(&painted);
    pst_gimp2_pixels_release(&content);
    release(lent);
    return ok;
}
