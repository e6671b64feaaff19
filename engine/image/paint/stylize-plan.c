/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What painting a picture takes, said before anything is painted: bytes, operations, seconds.
 */
#include "image/paint/network.h"
#include "image/paint/octaves.h"
#include "image/paint/tile.h"
#include "nn/speed.h"

/* A plan while it is made. */
typedef struct {
    const PstEngine *engine;
    const PstSettings *settings;
    PstRefiner *refiner; /* NULL until it is needed */
    PstPlanSummary *summary;
    double refine_gflop; /* of the summary's */
} Planning;

static gboolean plan_painter(Planning *planning, const PstOctave *octave, gsize taken,
                             GError **error)
{
    PstPlanSummary *summary = planning->summary;
    PstPlan *plan = pst_network_plan(planning->engine, octave->width, octave->height, taken,
                                     planning->settings, error);
    if (!plan)
        return FALSE;
    summary->bytes = MAX(summary->bytes, plan->bytes + taken);
    summary->gflop += plan->flop / 1e9;
    summary->stripes = MAX(summary->stripes, plan->stripes);
    pst_plan_free(&plan);
    return TRUE;
}

/* Adds what the critic takes, after the painter has given its memory back. */
static gboolean plan_critic(Planning *planning, const PstOctave *octave, gsize taken,
                            GError **error)
{
    PstPlanSummary *summary = planning->summary;
    gsize bytes = 0;
    double gflop = 0;
    if (!planning->refiner)
        planning->refiner = pst_refiner_new(planning->engine, planning->settings, error);
    if (!planning->refiner ||
        !pst_refiner_plan(planning->refiner, octave, taken, &bytes, &gflop, error))
        return FALSE;
    summary->bytes = MAX(summary->bytes, bytes + taken);
    summary->gflop += gflop;
    planning->refine_gflop += gflop;
    return TRUE;
}

/* A program's code, libraries and small change, with GEGL started. */
#define PROGRAM_BYTES ((guint64) 75 << 20)

/* What the whole painter takes beside what its convolutions would if they ran as measured, what Refine does, and what
 * underpainting and finish, of whose work less is convolution; and what is done to each pixel of the full picture,
 * files read and written included, in such operations. */
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
    double share = pst_settings_refines(settings) ? REFINE_SHARE : HELP_SHARE;
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
    if (!pst_reader_check_size(width, height, error) || !pst_places_check(places, error))
        return FALSE;
    if (settings->tileable) {
        PstTile tile = pst_tile_of(GEGL_RECTANGLE(0, 0, width, height));
        width += tile.margin_x;
        height += tile.margin_y;
    }
    PstSchedule schedule = pst_schedule(settings, width, height, pst_refiner_is_available(engine));
    gsize drafts = 0, beside = pst_octaves_beside(settings, regions, width, height, &side);
    gboolean ok = TRUE;
    *summary = (PstPlanSummary){.stripes = 1};
    Planning planning = {.engine = engine, .settings = settings, .summary = summary};
    for (int k = 0; k < schedule.count && ok; k++) {
        const PstOctave *octave = &schedule.octaves[k];
        gsize taken = beside + pst_octave_bytes(octave, settings->mode);
        drafts = MAX(drafts, taken);
        if (octave->is_painted)
            ok = plan_painter(&planning, octave, taken, error);
        if (octave->is_optimised)
            ok = ok && plan_critic(&planning, octave, taken, error);
    }
    pst_refiner_free(planning.refiner);
    if (!ok)
        return FALSE;
    summary->gflop *= regions;
    promise((double) width * height, drafts, regions * planning.refine_gflop, settings, summary);
    return TRUE;
}
