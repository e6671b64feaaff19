/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A painting: its regions painted octave by octave, and the last octaves brought to full size, the whole or as far as
 * rows are asked for.
 */
#include "image/paint/layers.h"
#include "image/paint/octaves.h"
#include "image/paint/tile.h"

/* How far the progress is before what depends on the whole result. */
#define ENLARGE_UNTIL 0.9

struct PstPainting {
    PstSettings settings;
    GeglBuffer *content;
    PstTile tile;
    GeglBuffer *wrapped[1 + 1 + PST_REGIONS_MOST]; /* what repeats: the picture and the masks */
    PstOctaves job;
    PstDraft drafts[PST_REGIONS_ALL]; /* of the last octave, measured */
    PstCompose compose;               /* with the rows of the result that were asked for */
    gboolean whole;                   /* all rows of it are final */
};

void pst_painting_free(PstPainting *painting)
{
    if (!painting)
        return;
    for (int k = 0; k < PST_REGIONS_ALL; k++)
        pst_draft_clear(&painting->drafts[k]);
    pst_octaves_clear(&painting->job);
    pst_compose_clear(&painting->compose);
    g_clear_object(&painting->compose.result);
    for (guint k = 0; k < G_N_ELEMENTS(painting->wrapped); k++)
        g_clear_object(&painting->wrapped[k]);
    g_object_unref(painting->content);
    g_free(painting);
}

/* Paints each region that is seen. */
static gboolean paint(PstPainting *painting, const PstStyle *style, const PstPlaces *places,
                      GError **error)
{
    PstOctaves *job = &painting->job;
    const GeglRectangle *extent = &painting->compose.content.extent;
    int count = 1 + (places ? places->region_count : 0), side;
    job->beside = pst_octaves_beside(job->settings, count, extent->width, extent->height, &side);
    gboolean ok = pst_regions_open(&job->regions, places, extent, side, error);
    for (int k = 0; k < count && ok; k++) {
        job->region = k;
        job->style = k == 0 ? style : places->regions[k - 1].style;
        if (!job->regions.is_seen[k])
            continue;
        ok = pst_octaves_paint(job, &painting->compose, error);
        painting->drafts[k] = job->draft;
        job->draft = (PstDraft){.planes = NULL};
    }
    return ok;
}

PstPainting *pst_painting_new(const PstEngine *engine, GeglBuffer *content, const PstStyle *style,
                              const PstSettings *settings, PstProgress progress, gpointer user,
                              GError **error)
{
    return pst_painting_new_places(engine, content, style, NULL, settings, progress, user, error);
}

static PstMask wrap_mask(PstPainting *painting, const PstMask *mask, GeglBuffer **wrapped)
{
    if (!mask->buffer)
        return *mask;
    *wrapped = pst_tile_wrap(&painting->tile, mask->buffer, mask->x, mask->y);
    return (PstMask){*wrapped, 0, 0};
}

/* The content with its margins; *wrapped and `regions` become the same places there. */
static GeglBuffer *wrap(PstPainting *painting, const PstPlaces *places, PstPlaces *wrapped,
                        PstRegion regions[PST_REGIONS_MOST])
{
    painting->tile = pst_tile_of(gegl_buffer_get_extent(painting->content));
    painting->wrapped[0] = pst_tile_wrap(&painting->tile, painting->content, 0, 0);
    *wrapped = (PstPlaces){.regions = regions, .region_count = places ? places->region_count : 0};
    if (places)
        wrapped->mask = wrap_mask(painting, &places->mask, &painting->wrapped[1]);
    for (int k = 0; k < wrapped->region_count; k++) {
        const PstRegion *region = &places->regions[k];
        regions[k] = (PstRegion){region->style,
                                 wrap_mask(painting, &region->mask, &painting->wrapped[2 + k])};
    }
    return painting->wrapped[0];
}

PstPainting *pst_painting_new_places(const PstEngine *engine, GeglBuffer *content,
                                     const PstStyle *style, const PstPlaces *places,
                                     const PstSettings *settings, PstProgress progress,
                                     gpointer user, GError **error)
{
    PstPlaces wrapped;
    PstRegion regions[PST_REGIONS_MOST];
    if (!pst_places_check(places, error))
        return NULL;
    PstPainting *painting = g_new0(PstPainting, 1);
    PstOctaves *job = &painting->job;
    painting->settings = *settings;
    painting->content = g_object_ref(content);
    *job = (PstOctaves){
        .engine = engine,
        .settings = &painting->settings,
        .ticker = {.callback = progress, .user = user},
        .threads = pst_settings_threads(settings),
    };
    if (settings->tileable) {
        content = wrap(painting, places, &wrapped, regions);
        places = &wrapped;
    }
    if (!pst_compose_init(&painting->compose, content, NULL, places ? &places->mask : NULL,
                          &painting->settings, error) ||
        !paint(painting, style, places, error))
        g_clear_pointer(&painting, pst_painting_free);
    return painting;
}

/* Brings rows [y0, y1) to full size; or all, where a last step depends on all. */
static gboolean finish(PstPainting *painting, int y0, int y1, GError **error)
{
    PstOctaves *job = &painting->job;
    PstCompose *compose = &painting->compose;
    PstLayers layers = {painting->drafts, job->regions.count > 1 ? &job->regions : NULL,
                        job->regions.count, job->settings->mode};
    gboolean more = pst_compose_has_last_step(compose);
    int height = compose->content.extent.height;
    if (painting->whole)
        return TRUE;
    if (more) {
        y0 = 0;
        y1 = height;
    }
    pst_ticker_next(&job->ticker, more ? ENLARGE_UNTIL : 1);
    if (!pst_layers_enlarge(&layers, compose, y0, y1, job->threads, &job->ticker, error))
        return FALSE;
    if (more) {
        PstMessage message;
        pst_ticker_next(&job->ticker, 1);
        PstStatus status = pst_compose_last_step(compose, &job->ticker, &message);
        if (status)
            return pst_error_from_status(error, status, &message);
    }
    painting->whole = y0 == 0 && y1 == height;
    return TRUE;
}

GeglBuffer *pst_painting_read(PstPainting *painting, const GeglRectangle *part,
                              PstProgress progress, gpointer user, GError **error)
{
    const GeglRectangle *all = &painting->compose.content.extent;
    int y0 = part->y - all->y, y1 = y0 + part->height;
    GeglBuffer *copy;
    painting->job.ticker = (PstTicker){.callback = progress, .user = user};
    if (!finish(painting, y0, y1, error) ||
        (pst_tile_rows_behind(&painting->tile, &y0, &y1) && !finish(painting, y0, y1, error)))
        return NULL;
    if (painting->settings.tileable) {
        copy = pst_tile_fold(&painting->tile, painting->compose.result, part, error);
    } else {
        copy = gegl_buffer_new(part, gegl_buffer_get_format(painting->compose.result));
        gegl_buffer_copy(painting->compose.result, part, GEGL_ABYSS_NONE, copy, part);
    }
    if (copy && !pst_swap_check(error))
        g_clear_object(&copy);
    return copy;
}

GeglBuffer *pst_stylize(const PstEngine *engine, GeglBuffer *content, const PstStyle *style,
                        const PstSettings *settings, PstProgress progress, gpointer user,
                        GError **error)
{
    return pst_stylize_places(engine, content, style, NULL, settings, progress, user, error);
}

GeglBuffer *pst_stylize_places(const PstEngine *engine, GeglBuffer *content, const PstStyle *style,
                               const PstPlaces *places, const PstSettings *settings,
                               PstProgress progress, gpointer user, GError **error)
{
    GeglBuffer *result = NULL;
    PstPainting *painting =
        pst_painting_new_places(engine, content, style, places, settings, progress, user, error);
    if (painting && finish(painting, 0, painting->compose.content.extent.height, error))
        result = settings->tileable ? pst_tile_fold(&painting->tile, painting->compose.result,
                                                    &painting->tile.period, error)
                                    : g_object_ref(painting->compose.result);
    if (result && !pst_swap_check(error))
        g_clear_object(&result);
    pst_painting_free(painting);
    return result;
}
