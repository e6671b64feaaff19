/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/paint/octaves.h"

#include "image/paint/layers.h"
#include "image/paint/octave.h"
#include "image/reduce.h"

#include <string.h>

/* How far the progress is after the network. */
#define PAINT_UNTIL 0.75

/* What reading a pixel is like, in floating-point operations: for the progress. */
#define READ_FLOP 1e3

static gboolean no_memory(GError **error)
{
    g_set_error_literal(error, PST_ERROR, PST_ERROR_MEMORY, "no memory for the draft");
    return FALSE;
}

/* ---- Before anything is painted --------------------------------------------------------------- */

/* Whether there is one. */
static gboolean prepare_refiner(PstOctaves *job, GError **error)
{
    if (!job->refiner)
        job->refiner = pst_refiner_new(job->engine, job->settings, error);
    return job->refiner != NULL;
}

/* Goes without underpainting and finish where nothing is there to make them with. */
static gboolean prepare_help(PstOctaves *job, PstDraftOctaves *octaves, GError **error)
{
    gboolean is_under = octaves->kinds[0] == PST_OCTAVE_UNDERPAINTING;
    if (!is_under && !octaves->finish)
        return TRUE;
    if (!pst_refiner_helps(job->engine)) {
        pst_draft_paint_alone(octaves);
        return TRUE;
    }
    if (!prepare_refiner(job, error))
        return FALSE;
    if (!pst_refiner_knows(job->refiner, job->style))
        pst_draft_paint_alone(octaves);
    return TRUE;
}

/* Loads the critic and refuses what will not fit, before anything else is done. */
static gboolean prepare_refine(PstOctaves *job, const GeglRectangle *full,
                               const PstDraftOctaves *octaves, GError **error)
{
    gboolean ok = TRUE;
    memset(job->refine_gflop, 0,
           sizeof job->refine_gflop); /* of the region before, which may have had other octaves */
    for (int k = 0; k < octaves->count && ok; k++) {
        if (!pst_refines(job->settings, octaves, k))
            continue;
        int width = full->width, height = full->height;
        int to_width = full->width, to_height = full->height;
        pst_reduced_size(&width, &height, octaves->sides[k]);
        if (k + 1 < octaves->count)
            pst_reduced_size(&to_width, &to_height, octaves->sides[k + 1]);
        gsize bytes,
            taken = job->beside + pst_draft_bytes(job->settings->mode, width, height, to_width);
        ok = prepare_refiner(job, error) &&
             pst_refiner_plan(job->refiner, octaves->kinds[k], width, height, taken, &bytes,
                              &job->refine_gflop[k], error);
    }
    return ok;
}

/* ---- Octaves --------------------------------------------------------------------------------- */

/* The draft enlarged to the size of `photo`, as a picture to be painted over; NULL and an error. */
static GeglBuffer *enlarge_octave(PstOctaves *job, GeglBuffer *photo, GError **error)
{
    PstSettings plain;
    PstCompose compose;
    pst_settings_init(&plain);
    if (!pst_compose_init(&compose, photo, job->whole, NULL, &plain, error))
        return NULL;
    PstLayers alone = {&job->draft, NULL, 1, job->settings->mode};
    if (!(pst_draft_measure(&job->draft, job->threads) || no_memory(error)) ||
        !pst_layers_enlarge(&alone, &compose, 0, compose.content.extent.height, job->threads,
                            &job->ticker, error))
        g_clear_object(&compose.result);
    pst_compose_clear(&compose);
    return compose.result;
}

/* How far the progress is after the photo was read, and after each octave was painted, [k][0], and refined,
 * [k][1]; each region has the same part of it. */
static double share_progress(const PstOctaves *job, const GeglRectangle *full,
                             const PstDraftOctaves *octaves, double painted[][2])
{
    double before = job->region, count = job->regions.count;
    double read = READ_FLOP * full->width * full->height, all = read;
    double paint = pst_graph_flop(job->engine->paint);
    for (int k = 0; k < octaves->count; k++) {
        int width = full->width, height = full->height;
        pst_reduced_size(&width, &height, octaves->sides[k]);
        painted[k][0] = all += pst_paints(job->settings, octaves, k) ? paint * width * height : 0;
        painted[k][1] = all += job->refine_gflop[k] * 1e9;
    }
    for (int k = 0; k < octaves->count; k++)
        for (int i = 0; i < 2; i++)
            painted[k][i] = PAINT_UNTIL * (before + painted[k][i] / all) / count;
    return PAINT_UNTIL * (before + read / all) / count;
}

/* Paints compose->content, of which `photos` are the copies that the octaves see, and lets go of them; the last octave
 * is left in job->draft, not measured. */
static gboolean paint_octaves(PstOctaves *job, PstCompose *compose, GeglBuffer **photos,
                              const PstDraftOctaves *octaves, const double painted[][2],
                              GError **error)
{
    GeglBuffer *seen = g_object_ref(photos[0]);
    gboolean ok = TRUE;
    for (int k = 0; k < octaves->count && ok; k++) {
        GeglBuffer *next = k + 1 < octaves->count ? photos[k + 1] : NULL;
        PstOctave octave = {
            .job = job,
            .kind = octaves->kinds[k],
            .paint = pst_paints(job->settings, octaves, k),
            .refine = pst_refines(job->settings, octaves, k),
            .photo = photos[k],
            .seen = seen,
            .to = compose->content.extent,
            .painted = painted[k],
        };
        if (next)
            octave.to = *gegl_buffer_get_extent(next);
        ok = pst_octave_paint(&octave, error);
        g_clear_object(&seen);
        g_clear_object(&photos[k]);
        if (ok && next) {
            pst_ticker_next(&job->ticker, job->ticker.to);
            seen = octaves->kinds[k] == PST_OCTAVE_UNDERPAINTING ? g_object_ref(next)
                                                                 : enlarge_octave(job, next, error);
            pst_draft_clear(&job->draft);
            ok = seen != NULL;
        }
    }
    g_clear_object(&seen);
    pst_underpainting_clear(&job->under);
    return ok;
}

/* Copies of the photo for the octaves; the underpainting's is of the draft's. */
static gboolean copy_photo(PstOctaves *job, PstReader *photo, const PstDraftOctaves *octaves,
                           GeglBuffer **photos, GError **error)
{
    PstReader larger;
    int first = octaves->kinds[0] == PST_OCTAVE_UNDERPAINTING;
    if (!pst_reduce_all(photo, octaves->sides + first, octaves->count - first, job->threads,
                        &job->ticker, photos + first, error))
        return FALSE;
    if (!first)
        return TRUE;
    photos[0] = NULL;
    if (pst_reader_open_copy(&larger, photos[1], job->whole, error)) {
        photos[0] = pst_reduce(&larger, octaves->sides[0], job->threads, error);
        pst_reader_close(&larger);
    }
    for (int k = 0; k < octaves->count && !photos[0]; k++)
        g_clear_object(&photos[k]);
    return photos[0] != NULL;
}

gboolean pst_octaves_paint(PstOctaves *job, PstCompose *compose, GError **error)
{
    double painted[PST_OCTAVES_MOST][2];
    GeglBuffer *photos[PST_OCTAVES_MOST];
    GeglRectangle full = compose->content.extent;
    PstDraftOctaves octaves = pst_draft_octaves(job->settings, full.width, full.height);
    job->whole = &compose->content;
    if (!prepare_help(job, &octaves, error) || !prepare_refine(job, &full, &octaves, error))
        return FALSE;
    pst_ticker_next(&job->ticker, share_progress(job, &full, &octaves, painted));
    if (!copy_photo(job, &compose->content, &octaves, photos, error))
        return FALSE;
    gboolean ok = paint_octaves(job, compose, photos, &octaves, painted, error);
    for (int k = 0; k < octaves.count; k++)
        g_clear_object(&photos[k]);
    return ok && (pst_draft_measure(&job->draft, job->threads) || no_memory(error));
}

void pst_octaves_clear(PstOctaves *job)
{
    pst_draft_clear(&job->draft);
    pst_regions_close(&job->regions);
    pst_underpainting_clear(&job->under);
    pst_refiner_free(job->refiner);
}
