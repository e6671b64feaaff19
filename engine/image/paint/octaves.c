/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/paint/octaves.h"

#include "image/paint/layers.h"
#include "image/paint/octave.h"
#include "image/reduce.h"

/* How far the progress is after the network. */
#define PAINT_UNTIL 0.75

/* What reading a pixel is like, in floating-point operations: for the progress. */
#define READ_FLOP 1e3

/* ---- Before anything is painted --------------------------------------------------------------- */

/* Makes sure that there is one. */
static gboolean prepare_refiner(PstOctaves *job, GError **error)
{
    if (!job->refiner)
        job->refiner = pst_refiner_new(job->engine, job->settings, error);
    return job->refiner != NULL;
}

/* Without underpainting and finish where there is no critic for them, or it does not know the style. */
static gboolean make_schedule(PstOctaves *job, const GeglRectangle *full, PstSchedule *schedule,
                              GError **error)
{
    *schedule = pst_schedule(job->settings, full->width, full->height,
                             pst_refiner_is_available(job->engine));
    if (!schedule->is_helped)
        return TRUE;
    if (!prepare_refiner(job, error))
        return FALSE;
    if (!pst_refiner_knows(job->refiner, job->style))
        *schedule = pst_schedule(job->settings, full->width, full->height, FALSE);
    return TRUE;
}

/* Loads the critic and refuses what will not fit, before anything else is done.  gflop[k] is its work in octave k. */
static gboolean plan_refine(PstOctaves *job, const PstSchedule *schedule,
                            double gflop[PST_OCTAVES_MOST], GError **error)
{
    gboolean ok = TRUE;
    for (int k = 0; k < schedule->count && ok; k++) {
        const PstOctave *octave = &schedule->octaves[k];
        gsize bytes, taken = job->beside + pst_octave_bytes(octave, job->settings->mode);
        gflop[k] = 0;
        if (octave->is_optimised)
            ok = prepare_refiner(job, error) &&
                 pst_refiner_plan(job->refiner, octave, taken, &bytes, &gflop[k], error);
    }
    return ok;
}

/* How far the progress is after the photo was read, and after each octave was painted, until[k][0], and optimised,
 * until[k][1]; each region has the same part of it. */
static double share_progress(const PstOctaves *job, const GeglRectangle *full,
                             const PstSchedule *schedule, const double gflop[PST_OCTAVES_MOST],
                             double until[PST_OCTAVES_MOST][2])
{
    double before = job->region, count = job->regions.count;
    double read = READ_FLOP * full->width * full->height, all = read;
    double paint = pst_graph_flop(job->engine->paint);
    for (int k = 0; k < schedule->count; k++) {
        const PstOctave *octave = &schedule->octaves[k];
        until[k][0] = all += octave->is_painted ? paint * octave->width * octave->height : 0;
        until[k][1] = all += gflop[k] * 1e9;
    }
    for (int k = 0; k < schedule->count; k++)
        for (int i = 0; i < 2; i++)
            until[k][i] = PAINT_UNTIL * (before + until[k][i] / all) / count;
    return PAINT_UNTIL * (before + read / all) / count;
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
    if (!(pst_draft_measure(&job->draft, job->threads) ||
          pst_error_no_memory(error, "for the draft")) ||
        !pst_layers_enlarge(&alone, &compose, 0, compose.content.extent.height, job->threads,
                            &job->ticker, error))
        g_clear_object(&compose.result);
    pst_compose_clear(&compose);
    return compose.result;
}

/* Paints compose->content, of which `photos` are the copies that the octaves see, and lets go of them; the last octave
 * is left in job->draft, not measured. */
static gboolean paint_octaves(PstOctaves *job, GeglBuffer **photos, const PstSchedule *schedule,
                              const double until[PST_OCTAVES_MOST][2], GError **error)
{
    GeglBuffer *seen = g_object_ref(photos[0]);
    gboolean ok = TRUE;
    for (int k = 0; k < schedule->count && ok; k++) {
        const PstOctave *octave = &schedule->octaves[k];
        GeglBuffer *next = k + 1 < schedule->count ? photos[k + 1] : NULL;
        PstOctaveRun run = {job, octave, photos[k], seen, until[k]};
        ok = pst_octave_run(&run, error);
        g_clear_object(&seen);
        g_clear_object(&photos[k]);
        if (ok && next) {
            pst_ticker_next(&job->ticker, job->ticker.to);
            seen = octave->kind == PST_OCTAVE_UNDERPAINTING ? g_object_ref(next)
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
static gboolean copy_photo(PstOctaves *job, PstReader *photo, const PstSchedule *schedule,
                           GeglBuffer *photos[PST_OCTAVES_MOST], GError **error)
{
    PstReader larger;
    int sides[PST_OCTAVES_MOST], first = pst_schedule_has_underpainting(schedule);
    for (int k = 0; k < schedule->count; k++)
        sides[k] = pst_octave_side(&schedule->octaves[k]);
    if (!pst_reduce_all(photo, sides + first, schedule->count - first, job->threads, &job->ticker,
                        photos + first, error))
        return FALSE;
    if (!first)
        return TRUE;
    photos[0] = NULL;
    if (pst_reader_open_copy(&larger, photos[1], job->whole, error)) {
        photos[0] = pst_reduce(&larger, sides[0], job->threads, error);
        pst_reader_close(&larger);
    }
    for (int k = 0; k < schedule->count && !photos[0]; k++)
        g_clear_object(&photos[k]);
    return photos[0] != NULL;
}

gboolean pst_octaves_paint(PstOctaves *job, PstCompose *compose, GError **error)
{
    double gflop[PST_OCTAVES_MOST], until[PST_OCTAVES_MOST][2];
    GeglBuffer *photos[PST_OCTAVES_MOST];
    const GeglRectangle *full = &compose->content.extent;
    PstSchedule schedule;
    job->whole = &compose->content;
    if (!make_schedule(job, full, &schedule, error) || !plan_refine(job, &schedule, gflop, error))
        return FALSE;
    pst_ticker_next(&job->ticker, share_progress(job, full, &schedule, gflop, until));
    if (!copy_photo(job, &compose->content, &schedule, photos, error))
        return FALSE;
    gboolean ok = paint_octaves(job, photos, &schedule, until, error);
    for (int k = 0; k < schedule.count; k++)
        g_clear_object(&photos[k]);
    return ok && (pst_draft_measure(&job->draft, job->threads) ||
                  pst_error_no_memory(error, "for the draft"));
}

void pst_octaves_clear(PstOctaves *job)
{
    pst_draft_clear(&job->draft);
    pst_regions_close(&job->regions);
    pst_underpainting_clear(&job->under);
    pst_refiner_free(job->refiner);
}

gsize pst_octave_bytes(const PstOctave *octave, PstMode mode)
{
    return pst_draft_bytes(mode, octave->width, octave->height, octave->to_width);
}

gsize pst_octaves_beside(const PstSettings *settings, int count, int width, int height, int *side)
{
    PstSchedule schedule = pst_schedule(settings, width, height, TRUE);
    const PstOctave *last = &schedule.octaves[schedule.count - 1];
    *side = pst_octave_side(last);
    return (count - 1) * pst_octave_bytes(last, settings->mode) +
           pst_regions_bytes(count, width, height, *side);
}
