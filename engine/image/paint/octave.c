/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/paint/octave.h"

#include "image/paint/checkerboard.h"
#include "image/paint/grain.h"
#include "image/paint/layers.h"
#include "image/paint/network.h"
#include "image/paint/palette.h"
#include "image/paint/smooth.h"
#include "image/paint/strokes.h"
#include "image/style/style.h"
#include "nn/memory.h"

#include <stdlib.h>
#include <string.h>

/* The octaves above the draft are painted at so much of the strength asked for, at a detail of 100 %, since they add to
 * what is painted already. */
#define OVERPAINT 0.4

/* How much of an underpainting the painter sees, at 100 %.  With more, a photo and a larger copy of it are painted less
 * alike; with none, the underpainting's colours become stains without strokes of their own. */
#define UNDERPAINT 0.3f

/* How much noise the painter sees, at full strength: deviations of some 0.006. */
#define JITTER 0.02f

/* How far what is painted, or refined, is moved to the style's palette, at full strength: half of the way brings it
 * closest to the style (11 development pairs at 1280 px, refined: swd 0.234 instead of 0.244 without). */
#define APPROACH 0.5

/* An octave while it is painted. */
typedef struct {
    const PstOctaveRun *run;
    const PstOctave *octave; /* the run's, as the job is */
    PstOctaves *job;
    PstDraft *draft; /* the job's */
    PstReader seen;  /* of run->seen */
    float *share;    /* how much of each pixel is the region's, or NULL where there is one alone */
} Canvas;

/* Up to a half, the network's strength does most of what it can; squared, equal steps of the dial look more equal. */
static double network_strength(const PstSettings *settings)
{
    double strength = settings->strength / 100;
    return strength < 1 ? strength * strength : strength;
}

/* How far colours go to the style's, [0, 1], of which a strength beyond 100 % has no more. */
static double colour_strength(const Canvas *canvas)
{
    return MIN(network_strength(canvas->job->settings), 1);
}

/* How much of the underpainting counts, 1 for 100 %. */
static float underpainting_amount(const Canvas *canvas)
{
    return (float) (canvas->job->settings->underpainting / 100 * colour_strength(canvas));
}

/* Bytes that count against the limit while the network, or Refine, runs. */
static gsize taken_beside(const Canvas *canvas)
{
    const PstOctaves *job = canvas->job;
    return job->beside + pst_octave_bytes(canvas->octave, job->settings->mode);
}

/* Moves the draft so far to the style's palette. */
static void approach_style(Canvas *canvas, double amount)
{
    const float *palette = canvas->job->style->palette;
    if (palette)
        pst_palette_approach(canvas->draft, &canvas->seen, canvas->share, palette, amount);
}

/* ---- To begin with --------------------------------------------------------------------------- */

/* Fills in what the draft is to follow of the photo when it is enlarged. */
static gboolean fill_photo(Canvas *canvas, GError **error)
{
    PstDraft *draft = canvas->draft;
    PstReader reader;
    gboolean colours = draft->mode == PST_MODE_PHOTO;
    if (!pst_reader_open_copy(&reader, canvas->run->photo, canvas->job->whole, error))
        return FALSE;
    for (int y0 = 0; y0 < draft->height; y0 += PST_READER_ROWS) {
        int count = MIN(PST_READER_ROWS, draft->height - y0);
        pst_reader_get(&reader, 0, draft->width, y0, count);
#pragma omp parallel for num_threads(canvas->job->threads)
        for (int y = y0; y < y0 + count; y++) {
            float *planes[4] = {pst_draft_row(draft, PST_DRAFT_LUMA, y)};
            for (int c = 0; c < 3 && colours; c++)
                planes[1 + c] = pst_draft_row(draft, PST_DRAFT_PHOTO + c, y);
            pst_layers_seen(&reader, reader.rows + (gsize) 4 * draft->width * (y - y0),
                            draft->width, planes);
        }
    }
    pst_reader_close(&reader);
    return TRUE;
}

/* On failure, `canvas` is to be cleared all the same. */
static gboolean init_canvas(Canvas *canvas, const PstOctaveRun *run, GError **error)
{
    PstOctaves *job = run->job;
    const PstOctave *octave = run->octave;
    *canvas = (Canvas){.run = run, .octave = octave, .job = job, .draft = &job->draft};
    if (!pst_draft_init(canvas->draft, job->settings->mode, octave->width, octave->height,
                        octave->to_width, octave->to_height))
        return pst_error_no_memory(error, "for the draft");
    if (job->regions.count > 1) {
        canvas->share =
            pst_regions_reduced(&job->regions, job->region, octave->width, octave->height);
        if (!canvas->share)
            return pst_error_no_memory(error, "for the draft");
    }
    if (!fill_photo(canvas, error) ||
        !pst_reader_open_copy(&canvas->seen, run->seen, job->whole, error))
        return FALSE;
    canvas->seen.threads = job->threads;
    return TRUE;
}

static void clear_canvas(Canvas *canvas)
{
    pst_reader_close(&canvas->seen);
    g_free(canvas->share);
}

/* ---- The painter ----------------------------------------------------------------------------- */

/* Without a seed, there is noise only where the photo is even, by the draft's luma.  The planes of the gains, which are
 * measured after painting, have room for that until then. */
static PstJitter jitter_of(const Canvas *canvas, float amount)
{
    const PstDraft *draft = canvas->draft;
    PstJitter jitter = {canvas->job->settings->seed, amount, NULL, draft->width, draft->height};
    if (amount > 0 && jitter.seed == 0) {
        float *even = pst_draft_row(draft, PST_DRAFT_GAIN, 0);
        pst_jitter_find_even(pst_draft_row(draft, PST_DRAFT_LUMA, 0), draft->width, draft->height,
                             even, pst_draft_row(draft, PST_DRAFT_GAIN + 1, 0),
                             canvas->job->threads);
        jitter.even = even;
    }
    return jitter;
}

/* Paints what is seen into the draft. */
static gboolean paint_seen(Canvas *canvas, GError **error)
{
    PstOctaves *job = canvas->job;
    const PstSettings *settings = job->settings;
    PstOctaveKind kind = canvas->octave->kind;
    gboolean is_first = kind == PST_OCTAVE_DRAFT, is_under = job->under.colours.planes != NULL;
    double strength =
        network_strength(settings) * (is_first ? 1 : OVERPAINT * settings->detail / 100);
    PstNetworkRun run = {
        .engine = job->engine,
        .style = job->style,
        .settings = settings,
        .ticker = &job->ticker,
        .strength = (float) strength,
        .taken = taken_beside(canvas),
        .seen = &canvas->seen,
        .under = &job->under,
        .under_amount = is_first && is_under ? UNDERPAINT * underpainting_amount(canvas) : 0,
        .jitter = jitter_of(canvas, is_first ? JITTER * (float) MIN(strength, 1) : 0),
        .share = canvas->share,
        .draft = canvas->draft,
    };
    if (!pst_network_run(&run, error))
        return FALSE;
    pst_checkerboard_bound(canvas->draft, job->threads);
    if (is_first)
        approach_style(canvas, APPROACH * colour_strength(canvas));
    if (kind == PST_OCTAVE_GRAIN)
        pst_grain_keep(canvas->draft, &canvas->seen, job->threads);
    /* for octaves painted over it, too, which would move its colours */
    return !is_under || pst_underpainting_settle(&job->under, MIN(underpainting_amount(canvas), 1),
                                                 canvas->draft, job->threads, error);
}

/* ---- Strokes ---------------------------------------------------------------------------------- */

/* Before the few steps of an octave, which give strokes their texture back: on six pairs at 512 px in styles of long
 * strokes, swd is 0.280 instead of 0.293; smoothed after those steps, it is 0.319. */
static gboolean run_on(Canvas *canvas, GError **error)
{
    const PstOctaves *job = canvas->job;
    const float *along = job->style->along;
    double amount = along ? pst_strokes_amount(*along) * colour_strength(canvas) : 0;
    if (canvas->octave->kind == PST_OCTAVE_FINER)
        amount *= MIN(job->settings->detail / 100, 1);
    return pst_strokes_run_on(canvas->draft, amount, job->threads) ||
           pst_error_no_memory(error, "for the draft");
}

/* ---- Refine ---------------------------------------------------------------------------------- */

/* Whether Refine has a style to go to, and not the photo alone. */
static gboolean aims(const Canvas *canvas)
{
    return canvas->job->settings->refine.style_weight > 0;
}

/* What Refine starts from: the draft's colours become those that are seen, in the first octaves moved to the style's
 * palette.  In the photo's own colours, the patches that are found to be nearest would keep these (moved three quarters
 * of the way, swd is 0.245 instead of 0.232 on 23 development pairs).  An underpainting is always made at full
 * strength, of which less counts later. */
static void copy_seen(Canvas *canvas)
{
    PstDraft *draft = canvas->draft;
    PstReader *seen = &canvas->seen;
    PstOctaveKind kind = canvas->octave->kind;
    gboolean is_under = kind == PST_OCTAVE_UNDERPAINTING;
    for (int y = 0; y < draft->height; y++) {
        pst_reader_get(seen, 0, draft->width, y, 1);
        for (int c = 0; c < 3; c++) {
            float *to = pst_draft_row(draft, PST_DRAFT_COLOUR + c, y);
            for (int x = 0; x < draft->width; x++)
                to[x] = pst_reader_seen(seen, seen->rows + 4 * x, c);
        }
    }
    if (is_under || (kind == PST_OCTAVE_DRAFT && aims(canvas)))
        approach_style(canvas, is_under ? 1 : colour_strength(canvas));
}

static gboolean optimise(Canvas *canvas, GError **error)
{
    PstOctaves *job = canvas->job;
    PstReader photo;
    if (!pst_reader_open_copy(&photo, canvas->run->photo, job->whole, error))
        return FALSE;
    PstRefineJob refine = {
        .octave = canvas->octave->kind,
        .style = job->style,
        .photo = &photo,
        .share = canvas->share,
        .draft = canvas->draft,
        .taken = taken_beside(canvas),
        .ticker = &job->ticker,
    };
    gboolean ok = pst_refiner_run(job->refiner, &refine, error);
    pst_reader_close(&photo);
    return ok;
}

/* Makes an underpainting of the thumbnail, or takes the one that was made of it before. */
static gboolean lay_in(Canvas *canvas, GError **error)
{
    PstOctaves *job = canvas->job;
    const PstDraft *draft = canvas->draft;
    PstMemo *memo = job->engine->memo;
    float *colours = pst_draft_row(draft, PST_DRAFT_COLOUR, 0);
    gsize bytes = sizeof *colours * 3 * draft->width * draft->height;
    g_autofree char *key =
        pst_underpainting_key(draft, &canvas->seen, job->style, canvas->share, job->settings->seed);
    gconstpointer known = pst_memo_find(memo, key);
    if (known) {
        memcpy(colours, known, bytes);
        return TRUE;
    }
    if (!optimise(canvas, error))
        return FALSE;
    gpointer copy = job->ticker.enough ? NULL : g_try_malloc(bytes);
    if (copy)
        pst_memo_keep(memo, g_steal_pointer(&key), memcpy(copy, colours, bytes));
    return TRUE;
}

/* A few steps.  The lower the strength and, above the draft, the detail, the less of what they change is taken: a step
 * or two cannot be divided. */
static gboolean finish(Canvas *canvas, GError **error)
{
    const PstDraft *draft = canvas->draft;
    gsize count = (gsize) 3 * draft->width * draft->height;
    float *colours = pst_draft_row(draft, PST_DRAFT_COLOUR, 0),
          amount = (float) colour_strength(canvas);
    if (canvas->octave->kind == PST_OCTAVE_FINER)
        amount *= (float) MIN(canvas->job->settings->detail / 100, 1);
    float *before = pst_alloc_floats(count);
    if (!before)
        return pst_error_no_memory(error, "for the draft");
    memcpy(before, colours, sizeof *colours * count);
    gboolean ok = optimise(canvas, error);
    for (gsize i = 0; i < count && ok; i++)
        colours[i] = pst_clamp(before[i] + amount * (colours[i] - before[i]));
    free(before);
    return ok;
}

static gboolean refine(Canvas *canvas, GError **error)
{
    gboolean refines = pst_settings_refines(canvas->job->settings);
    gboolean has_strokes = canvas->octave->is_painted || canvas->octave->kind == PST_OCTAVE_FINER;
    if (has_strokes && !run_on(canvas, error))
        return FALSE;
    if (!(refines ? optimise(canvas, error) : finish(canvas, error)))
        return FALSE;
    if (aims(canvas))
        approach_style(canvas, APPROACH * colour_strength(canvas));
    return TRUE;
}

/* ---- All of it ------------------------------------------------------------------------------- */

/* Once it is painted: makes ready what the octaves above, or the result, take of it. */
static gboolean settle(Canvas *canvas, GError **error)
{
    PstOctaves *job = canvas->job;
    if (canvas->octave->kind == PST_OCTAVE_UNDERPAINTING)
        return pst_underpainting_take(&job->under, canvas->draft, &canvas->seen, error);
    return pst_smooth_colours(canvas->draft, job->settings->smooth / 100, job->threads) ||
           pst_error_no_memory(error, "for the draft");
}

gboolean pst_octave_run(const PstOctaveRun *run, GError **error)
{
    Canvas canvas;
    const PstOctave *octave = run->octave;
    PstTicker *ticker = &run->job->ticker;
    gboolean ok = init_canvas(&canvas, run, error);
    pst_ticker_next(ticker, run->until[0]);
    if (ok && octave->is_painted)
        ok = paint_seen(&canvas, error);
    else if (ok)
        copy_seen(&canvas);
    pst_ticker_next(ticker, run->until[1]);
    if (ok && octave->kind == PST_OCTAVE_UNDERPAINTING)
        ok = lay_in(&canvas, error);
    else if (ok && octave->is_optimised)
        ok = refine(&canvas, error);
    ok = ok && settle(&canvas, error);
    clear_canvas(&canvas);
    return ok;
}
