/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One run in GIMP 3's images: from layers to pixels, to the engine, and back into a layer.
 */
#include "gimp3/gimp3.h"
#include "refusal.h"

/* What one style of a request, see pst_request_style(), has in the image: released with release(), whatever is
 * in it. */
typedef struct {
    PstGimp3Pixels mask, layers[PST_STYLES_MOST];
} Lent;

static void release(Lent lent[PST_REQUEST_STYLES])
{
    for (int k = 0; k < PST_REQUEST_STYLES; k++) {
        pst_gimp3_pixels_release(&lent[k].mask);
        for (int i = 0; i < PST_STYLES_MOST; i++)
            pst_gimp3_pixels_release(&lent[k].layers[i]);
    }
}

/* Those styles that are layers; `ids` as of PstStyleLayers. */
static gboolean get_layers(GimpImage *image, const PstStyleTerm *terms,
                           const int ids[PST_STYLES_MOST], Lent *lent, GError **error)
{
    for (int i = 0; terms[i].name; i++) {
        const char *name = pst_style_layer_name(terms[i].name);
        GimpLayer *layer = name && ids[i] != -1 ? pst_gimp3_get_layer(ids[i]) : NULL;

        if (name && ids[i] == -1)
            layer = pst_gimp3_find_layer(image, name);
        if (layer)
            pst_gimp3_pixels_get(&lent->layers[i], layer);
        else if (name && ids[i] != -1)
            return pst_refuse(error, PST_REFUSE_LAYER_GONE, NULL);
        else if (name)
            return pst_refuse(error, PST_REFUSE_STYLE_GONE, name);
    }
    return TRUE;
}

/* Style k of the request, and where it is. */
static gboolean get_style(const PstGimp3Run *run, const PstRequest *request, int k,
                          const int ids[PST_STYLES_MOST], Lent *lent, GError **error)
{
    const char *style = pst_request_style(request, k), *kept = pst_style_kept_name(style);
    PstStyleTerm *terms;
    gboolean ok;

    if (!pst_gimp3_mask_get(&lent->mask, run->image, pst_request_mask(request, k), error))
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

static gboolean get_styles(const PstGimp3Run *run, const PstRequest *request,
                           const PstStyleLayers *layers, Lent lent[PST_REQUEST_STYLES],
                           GError **error)
{
    gboolean ok = TRUE;

    for (int k = 0; ok && k <= request->region_count; k++)
        ok = get_style(run, request, k, layers->ids[k], &lent[k], error);
    return ok;
}

/* `selection` may be NULL.  An edited layer keeps the mask that it has. */
static gboolean run_job(const PstGimp3Run *run, const PstRequest *request,
                        const PstGimp3Pixels *contents, const Lent *lent, GeglBuffer *selection,
                        PstMonitor *monitor, PstPainted *painted, GError **error)
{
    PstJobStyle styles[PST_REQUEST_STYLES];
    PstPixels *content_pixels = g_new(PstPixels, run->contents->len);
    PstJob job = {.request = request,
                  .engine = run->engine,
                  .contents = content_pixels,
                  .count = (int) run->contents->len,
                  .selection = selection,
                  .styles = styles};
    gboolean ok;

    for (int i = 0; i < job.count; i++) {
        content_pixels[i] = contents[i].seen;
        if (run->edited)
            content_pixels[i].mask = NULL;
    }
    for (int k = 0; k <= request->region_count; k++) {
        styles[k] =
            (PstJobStyle){.kept = g_hash_table_lookup(run->kept, pst_request_style(request, k)),
                          .mask = lent[k].mask.seen};
        for (int i = 0; i < PST_STYLES_MOST; i++)
            styles[k].layers[i] = lent[k].layers[i].seen;
    }
    ok = pst_job_run(&job, monitor, painted, error);
    g_free(content_pixels);
    return ok;
}

gboolean pst_gimp3_check_layers(const PstGimp3Run *run, GError **error)
{
    gboolean ok = !run->edited || gimp_item_is_valid(GIMP_ITEM(run->edited));

    for (guint i = 0; ok && i < run->contents->len; i++)
        ok = gimp_item_is_valid(run->contents->pdata[i]);
    return ok || pst_refuse(error, PST_REFUSE_CONTENT_GONE, NULL);
}

gboolean pst_gimp3_check_size(const PstGimp3Run *run, int width, int height, GError **error)
{
    GimpDrawable *edited = (GimpDrawable *) run->edited;

    return !edited ||
           (gimp_drawable_get_width(edited) == width &&
            gimp_drawable_get_height(edited) == height) ||
           pst_refuse(error, PST_REFUSE_OTHER_SIZE, NULL);
}

/* The selection, where it has a part in this; it may not be beside a content. */
static gboolean get_selection(const PstGimp3Run *run, const PstRequest *request,
                              GeglBuffer **selection, GError **error)
{
    gboolean wanted = !run->edited && pst_mask_is_selection(request->mask), ok = TRUE;

    if (!wanted || gimp_selection_is_empty(run->image))
        return TRUE;
    *selection = gimp_drawable_get_buffer(GIMP_DRAWABLE(gimp_image_get_selection(run->image)));
    for (guint i = 0; ok && i < run->contents->len; i++)
        ok = pst_gimp3_check_selection(run->image, run->contents->pdata[i], error);
    return ok;
}

gboolean pst_gimp3_paint(PstGimp3Run *run, const PstRequest *request, const PstStyleLayers *layers,
                         PstMonitor *monitor, GError **error)
{
    Lent lent[PST_REQUEST_STYLES] = {{.mask = {.scratch = NULL}}};
    PstGimp3Pixels *contents = g_new0(PstGimp3Pixels, run->contents->len);
    PstPainted painted = {.pictures = NULL};
    GeglBuffer *selection = NULL;
    gboolean ok = pst_gimp3_check_layers(run, error) &&
                  get_selection(run, request, &selection, error) &&
                  get_styles(run, request, layers, lent, error);

    for (guint i = 0; ok && i < run->contents->len; i++)
        pst_gimp3_pixels_get(&contents[i], run->contents->pdata[i]);
    ok = ok &&
         pst_gimp3_check_size(run, gegl_buffer_get_width(contents->seen.buffer),
                              gegl_buffer_get_height(contents->seen.buffer), error) &&
         run_job(run, request, contents, lent, selection, monitor, &painted, error) &&
         pst_gimp3_check_layers(run, error) &&
         pst_gimp3_insert(run, request, &painted, contents, monitor, error);
    g_clear_object(&selection);
    pst_painted_clear(&painted);
    for (guint i = 0; i < run->contents->len; i++)
        pst_gimp3_pixels_release(&contents[i]);
    release(lent);
    g_free(contents);
    return ok;
}
