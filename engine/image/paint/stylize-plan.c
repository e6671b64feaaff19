/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What painting a picture takes, said before anything is painted: bytes, operations, seconds.
 */
#include "image/paint/stylize-plan.h"

#include "image/paint/network.h"
#include "image/paint/regions.h"
#include "image/paint/tile.h"
#include "image/reduce.h"
#include "image/refine/refine.h"
#include "nn/speed.h"

gsize pst_bytes_beside(const PstSettings *settings, int count, int width, int height, int *side)
{
    int small_width = width, small_height = height;
    PstDraftOctaves octaves = pst_draft_octaves(settings, width, height);
    *side = octaves.sides[octaves.count - 1];
    pst_reduced_size(&small_width, &small_height, *side);
    return (count - 1) * pst_draft_bytes(settings->mode, small_width, small_height, width) +
           pst_regions_bytes(count, width, height, *side);
}

static gboolean plan_painter(const PstEngine *engine, int width, int height, gsize taken,
                             const PstSettings *settings, PstPlanSummary *summary, GError **error)
{
    PstPlan *plan = pst_network_plan(engine, width, height, taken, settings, error);
    if (!plan)
        return FALSE;
    summary->bytes = MAX(summary->bytes, plan->bytes + taken);
    summary->gflop += plan->flop / 1e9;
    summary->stripes = MAX(summary->stripes, plan->stripes);
    pst_plan_free(&plan);
    return TRUE;
}

/* Adds what Refine takes, after the painter has given its memory back. */
static gboolean plan_refine(const PstEngine *engine, const PstDraftOctaves *octaves, int octave,
                            int width, int height, gsize taken, const PstSettings *settings,
                            PstPlanSummary *summary, double *refine, GError **error)
{
    gsize bytes = 0;
    double gflop = 0;
    PstRefiner *refiner = pst_refiner_new(engine, settings, error);
    gboolean ok = refiner && pst_refiner_plan(refiner, octaves->kinds[octave], width, height, taken,
                                              &bytes, &gflop, error);
    pst_refiner_free(refiner);
    summary->bytes = MAX(summary->bytes, bytes + taken);
    summary->gflop += gflop;
    *refine += gflop;
    return ok;
}

/* A program's code, libraries and small change, with GEGL started. */
#define PROGRAM_BYTES ((guint64) 75 << 20)

/* What the whole painter takes beside what its convolutions would if they ran as measured, what Refine does, and what
 * underpainting and finish, of whose work less is convolution; and what is done to each pixel of the full picture, files read
 * and written included, in such operations. */
#define NETWORK_SHARE 6.0
#define REFINE_SHARE  4.8
#define HELP_SHARE    7.0
#define PIXEL_FLOP    20e3

/* So many pixels in GEGL's tile cache, which holds no more than it is told to. */
static guint64 cached_bytes(double pixels, const PstSettings *settings)
{
    guint64 cache = G_MAXUINT64;
    int sample = settings->result_bits == 0 ? 4 : settings->result_bits / 8;
    g_object_get(gegl_config(), "tile-cache-size", &cache, NULL);
    double bytes = pixels * 3 * sample;
    return bytes < (double) cache ? (guint64) bytes : cache;
}

/* Peak and seconds of a picture of so many pixels, when the rest is known; `drafts` bytes stay after the
 * network is done, and `refine` of its operations are those of Refine, or of underpainting and finish. */
static void promise(double pixels, gsize drafts, double refine, const PstSettings *settings,
                    PstPlanSummary *summary)
{
    /* while the network runs there is no result yet; later its maps are gone */
    summary->peak = PROGRAM_BYTES + MAX(summary->bytes + cached_bytes(pixels, settings),
                                        drafts + cached_bytes(2 * pixels, settings));
    double speed = pst_speed_measure() * pst_settings_threads(settings);
    double share = settings->refine.iterations > 0 ? REFINE_SHARE : HELP_SHARE;
    double shares = NETWORK_SHARE * (summary->gflop - refine) + share * refine;
    if (speed > 0)
        summary->seconds = (1e9 * shares + PIXEL_FLOP * pixels) / speed;
}

gboolean pst_stylize_plan(const PstEngine *engine, int width, int height,
                          const PstSettings *settings, PstPlanSummary *summary, GError **error)
{
    return pst_stylize_plan_places(engine, width, height, NULL, settings, summary, error);
}

gboolean pst_stylize_plan_places(const PstEngine *engine, int width, int height,
                                 const PstPlaces *places, const PstSettings *settings,
                                 PstPlanSummary *summary, GError **error)
{
    int regions = 1 + (places ? places->region_count : 0), side;
    if (!pst_reader_check_size(width, height, error))
        return FALSE;
    if (settings->tileable) {
        PstTile tile = pst_tile_of(GEGL_RECTANGLE(0, 0, width, height));
        width += tile.margin_x;
        height += tile.margin_y;
    }
    gsize drafts = 0, beside = pst_bytes_beside(settings, regions, width, height, &side);
    double refine = 0;
    PstDraftOctaves octaves = pst_draft_octaves(settings, width, height);
    *summary = (PstPlanSummary){.stripes = 1};
    if (!pst_refiner_helps(engine))
        pst_draft_paint_alone(&octaves);
    for (int k = 0; k < octaves.count; k++) {
        int to_width = width, to_height = height, small_width = width, small_height = height;
        pst_reduced_size(&small_width, &small_height, octaves.sides[k]);
        if (k + 1 < octaves.count)
            pst_reduced_size(&to_width, &to_height, octaves.sides[k + 1]);
        gsize taken = beside + pst_draft_bytes(settings->mode, small_width, small_height, to_width);
        drafts = MAX(drafts, taken);
        if (pst_paints(settings, &octaves, k) &&
            !plan_painter(engine, small_width, small_height, taken, settings, summary, error))
            return FALSE;
        if (pst_refines(settings, &octaves, k) &&
            !plan_refine(engine, &octaves, k, small_width, small_height, taken, settings, summary,
                         &refine, error))
            return FALSE;
    }
    summary->gflop *= regions;
    promise((double) width * height, drafts, regions * refine, settings, summary);
    return TRUE;
}
