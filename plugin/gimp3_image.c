/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One run in GIMP 3's images: from layers to pixels, to the engine, and back into a layer.
 */
#include "gimp3.h"
#include "refusal.h"

/* Fills those of `styles` that are layers; `known` as for pst_gimp3_paint(). */
static gboolean get_styles(GimpImage *image, const PstRequest *request,
                           GimpLayer *const known[PST_STYLES_MOST], PstGimp3Pixels *styles,
                           GError **error)
{
    PstStyleTerm *terms;
    gboolean ok = TRUE;

    if (pst_style_is_kept(request->style))
        return TRUE;
    terms = pst_style_terms_new(request->style, error);
    if (!terms)
        return FALSE;
    for (int i = 0; ok && terms[i].name; i++) {
        const char *name = pst_style_layer_name(terms[i].name);
        GimpLayer *layer = name ? known[i] : NULL;

        if (name && !layer)
            layer = pst_gimp3_find_layer(image, name);
        if (layer)
            pst_gimp3_pixels_get(&styles[i], layer);
        else if (name)
            ok = pst_refuse(error, PST_REFUSE_STYLE_GONE, name);
    }
    pst_style_terms_free(terms);
    return ok;
}

static gboolean run_job(const PstGimp3Run *run, const PstRequest *request,
                        const PstGimp3Pixels *contents, const PstGimp3Pixels *mask,
                        const PstGimp3Pixels *styles, PstMonitor *monitor, PstPainted *painted,
                        GError **error)
{
    PstPixels style_pixels[PST_STYLES_MOST];
    PstPixels *content_pixels = g_new(PstPixels, run->contents->len);
    PstJob job = {.request = request,
                  .engine = run->engine,
                  .contents = content_pixels,
                  .count = (int) run->contents->len,
                  .mask = mask->seen,
                  .styles = style_pixels,
                  .kept = run->kept};
    gboolean ok;

    for (int i = 0; i < job.count; i++)
        content_pixels[i] = contents[i].seen;
    for (int i = 0; i < PST_STYLES_MOST; i++)
        style_pixels[i] = styles[i].seen;
    ok = pst_job_run(&job, monitor, painted, error);
    g_free(content_pixels);
    return ok;
}

static gboolean are_valid(const GPtrArray *layers)
{
    for (guint i = 0; i < layers->len; i++) {
        if (!gimp_item_is_valid(layers->pdata[i]))
            return FALSE;
    }
    return TRUE;
}

/* Notes whether the selection has a part in this, and what that may not be. */
static gboolean check_selection(PstGimp3Run *run, const PstRequest *request, GError **error)
{
    gboolean wanted = !run->edited && pst_mask_is_selection(request->mask), ok = TRUE;

    run->selected = wanted && !gimp_selection_is_empty(run->image);
    for (guint i = 0; wanted && ok && i < run->contents->len; i++)
        ok = pst_gimp3_check_selection(run->image, run->contents->pdata[i], error);
    return ok;
}

gboolean pst_gimp3_paint(PstGimp3Run *run, const PstRequest *request,
                         GimpLayer *const style_layers[PST_STYLES_MOST], PstMonitor *monitor,
                         GError **error)
{
    PstGimp3Pixels styles[PST_STYLES_MOST] = {{.scratch = NULL}}, mask = {.scratch = NULL};
    PstGimp3Pixels *contents = g_new0(PstGimp3Pixels, run->contents->len);
    PstPainted painted = {NULL, NULL, NULL};
    gboolean ok = check_selection(run, request, error);

    ok = ok && pst_gimp3_mask_get(&mask, run->image, request->mask, error);
    ok = ok && get_styles(run->image, request, style_layers, styles, error);
    for (guint i = 0; ok && i < run->contents->len; i++)
        pst_gimp3_pixels_get(&contents[i], run->contents->pdata[i]);
    ok = ok && run_job(run, request, contents, &mask, styles, monitor, &painted, error);
    if (ok &&
        !(are_valid(run->contents) && (!run->edited || gimp_item_is_valid(GIMP_ITEM(run->edited)))))
        ok = pst_refuse(error, PST_REFUSE_CONTENT_GONE, NULL);
    ok = ok && pst_gimp3_insert(run, request, &painted, contents, monitor, error);
    pst_painted_clear(&painted);
    for (guint i = 0; i < run->contents->len; i++)
        pst_gimp3_pixels_release(&contents[i]);
    pst_gimp3_pixels_release(&mask);
    for (int i = 0; i < PST_STYLES_MOST; i++)
        pst_gimp3_pixels_release(&styles[i]);
    g_free(contents);
    return ok;
}
