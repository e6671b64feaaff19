/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One run in GIMP 2.10's images: from layers to pixels, to the engine, and back into a layer.
 */
#include "gimp2.h"
#include "refusal.h"

/* Fills those of `styles` that are layers; `known` as for pst_gimp2_paint(). */
static gboolean get_styles(gint32 image, const PstRequest *request,
                           const gint32 known[PST_STYLES_MOST], PstGimp2Pixels *styles,
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
        gint32 layer = name ? known[i] : -1;

        if (name && layer == -1)
            layer = pst_gimp2_find_layer(image, name);
        if (layer != -1)
            pst_gimp2_pixels_get(&styles[i], layer);
        else if (name)
            ok = pst_refuse(error, PST_REFUSE_STYLE_GONE, name);
    }
    pst_style_terms_free(terms);
    return ok;
}

static gboolean run_job(const PstGimp2Run *run, const PstRequest *request,
                        const PstGimp2Pixels *content, const PstGimp2Pixels *mask,
                        const PstGimp2Pixels *styles, PstMonitor *monitor, PstPainted *painted,
                        GError **error)
{
    PstPixels style_pixels[PST_STYLES_MOST];
    PstJob job = {.request = request,
                  .engine = run->engine,
                  .contents = &content->seen,
                  .count = 1,
                  .mask = mask->seen,
                  .styles = style_pixels,
                  .kept = run->kept};

    for (int i = 0; i < PST_STYLES_MOST; i++)
        style_pixels[i] = styles[i].seen;
    return pst_job_run(&job, monitor, painted, error);
}

/* Notes whether the selection has a part in this, and what that may not be. */
static gboolean check_selection(PstGimp2Run *run, const PstRequest *request, GError **error)
{
    gboolean wanted = run->edited == -1 && pst_mask_is_selection(request->mask);

    run->selected = wanted && !gimp_selection_is_empty(run->image);
    return !wanted || pst_gimp2_check_selection(run, run->content, error);
}

gboolean pst_gimp2_paint(PstGimp2Run *run, const PstRequest *request,
                         const gint32 style_layers[PST_STYLES_MOST], PstMonitor *monitor,
                         GError **error)
{
    PstGimp2Pixels styles[PST_STYLES_MOST] = {{.seen = {0}}}, content = {.seen = {0}},
                   mask = {.seen = {0}};
    PstPainted painted = {NULL, NULL, NULL};
    gboolean ok = check_selection(run, request, error);

    ok = ok && pst_gimp2_mask_get(&mask, run->image, request->mask, error);
    ok = ok && get_styles(run->image, request, style_layers, styles, error);
    if (ok) {
        pst_gimp2_pixels_get(&content, run->content);
        ok = run_job(run, request, &content, &mask, styles, monitor, &painted, error);
    }
    if (ok && !(gimp_item_is_valid(run->content) &&
                (run->edited == -1 || gimp_item_is_valid(run->edited))))
        ok = pst_refuse(error, PST_REFUSE_CONTENT_GONE, NULL);
    ok = ok && pst_gimp2_insert(run, request, &painted, &content, monitor, error);
    pst_painted_clear(&painted);
    pst_gimp2_pixels_release(&content);
    pst_gimp2_pixels_release(&mask);
    for (int i = 0; i < PST_STYLES_MOST; i++)
        pst_gimp2_pixels_release(&styles[i]);
    return ok;
}
