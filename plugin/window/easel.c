/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See easel.h.
 */
#include "window/easel.h"

#include "refusal.h"
#include "window/portrait.h"

#include <math.h>

/* The long sides of the two previews: one that is there at once, and, where it would be too small for its
 * strokes to be true, another that is painted while the first is looked at. */
#define QUICK_SIDE 512
#define SHOWN_SIDE 1024
/* A better preview that is expected to take less than this comes without a quick one before it. */
#define QUICK_SECONDS 0.35

/* Of Refine's steps, after which the picture is hardly to be told from the last. */
#define REFINE_STEPS 12

/* A mask of the last order, and a copy of it as large as one of the content. */
typedef struct {
    GeglBuffer *mask, *copy;
    int side; /* its long one */
} MaskCopy;

struct PstEasel {
    GHashTable *kept;
    PstEngine *engine;
    GHashTable *styles;                  /* key or name -> PstStyle */
    PstStyle *mixed[PST_REQUEST_STYLES]; /* the styles of the last order, and which they were */
    char *mixed_of;
    /* seconds that a preview took, without Refine and with it, to those planned; 0: not known yet */
    double slowness[2];
    GeglBuffer *whole, *quick, *better;
    int better_side;
    MaskCopy masks[PST_REQUEST_STYLES];
    PstPainting *painting; /* the whole, before it is brought to full size, and of what order */
    char *painting_of, *quick_of;
    PstSubject *subject;
};

/* ---- Orders ---------------------------------------------------------------------------------- */

PstOrder *pst_order_new(void)
{
    PstOrder *order = g_new0(PstOrder, 1);

    pst_request_init(&order->request);
    return order;
}

void pst_order_free(PstOrder *order)
{
    if (!order)
        return;
    pst_request_clear(&order->request);
    for (int k = 0; k < PST_REQUEST_STYLES; k++) {
        g_clear_object(&order->masks[k].buffer);
        for (int i = 0; i < PST_STYLES_MOST; i++) {
            g_free(order->keys[k][i]);
            g_clear_object(&order->pictures[k][i]);
        }
    }
    g_free(order);
}

/* A text that differs where the styles do: two layers of one name are two. */
static char *styles_text(const PstOrder *order)
{
    GString *text = g_string_new(NULL);

    for (int k = 0; k <= order->request.region_count; k++) {
        g_string_append_printf(text, "%s\n", pst_request_style(&order->request, k));
        for (int i = 0; i < PST_STYLES_MOST; i++)
            g_string_append_printf(text, "%s\n", order->keys[k][i] ? order->keys[k][i] : "");
    }
    return g_string_free(text, FALSE);
}

/* The same, where the pixels do. */
static char *order_text(const PstOrder *order)
{
    char *styles = styles_text(order);
    char *settings = pst_settings_to_text(&order->request.settings, FALSE);
    GString *text = g_string_new(settings);

    for (int k = 0; k <= order->request.region_count; k++)
        g_string_append_printf(text, "\n%s", pst_request_mask(&order->request, k));
    g_string_append_printf(text, "\n%d\n%s", order->masks_version, styles);
    g_free(settings);
    g_free(styles);
    return g_string_free(text, FALSE);
}

/* Puts `now` into `*before`; FALSE when that is what it was. */
static gboolean replace_text(char **before, char *now)
{
    gboolean differs = g_strcmp0(*before, now) != 0;

    g_free(*before);
    *before = now;
    return differs;
}

/* ---- The easel ------------------------------------------------------------------------------- */

PstEasel *pst_easel_new(GHashTable *kept)
{
    PstEasel *easel = g_new0(PstEasel, 1);

    easel->kept = kept;
    easel->styles =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) pst_style_free);
    return easel;
}

static void drop_mixed(PstEasel *easel)
{
    for (int k = 0; k < PST_REQUEST_STYLES; k++)
        g_clear_pointer(&easel->mixed[k], pst_style_free);
}

void pst_easel_free(PstEasel *easel)
{
    if (!easel)
        return;
    pst_painting_free(easel->painting);
    pst_subject_free(easel->subject);
    drop_mixed(easel);
    g_hash_table_destroy(easel->styles);
    g_clear_object(&easel->whole);
    g_clear_object(&easel->quick);
    g_clear_object(&easel->better);
    for (int k = 0; k < PST_REQUEST_STYLES; k++) {
        g_clear_object(&easel->masks[k].mask);
        g_clear_object(&easel->masks[k].copy);
    }
    g_free(easel->mixed_of);
    g_free(easel->painting_of);
    g_free(easel->quick_of);
    pst_engine_free(easel->engine);
    g_free(easel);
}

PstEngine *pst_easel_load(PstEasel *easel, GError **error)
{
    if (!easel->engine)
        easel->engine = pst_engine_new(NULL, error);
    return easel->engine;
}

PstEngine *pst_easel_engine(PstEasel *easel)
{
    return easel->engine;
}

/* ---- Content --------------------------------------------------------------------------------- */

GdkPixbuf *pst_easel_set_content(PstEasel *easel, GeglBuffer *content, GError **error)
{
    g_clear_object(&easel->whole);
    g_clear_object(&easel->quick);
    g_clear_object(&easel->better);
    easel->better = pst_preview_picture(content, SHOWN_SIDE, error);
    easel->better_side = SHOWN_SIDE;
    if (easel->better)
        easel->quick = pst_preview_picture(easel->better, QUICK_SIDE, error);
    if (!easel->quick) {
        g_object_unref(content);
        return NULL;
    }
    easel->whole = content;
    return pst_pixbuf_new_from_buffer(easel->better);
}

gboolean pst_easel_has_content(const PstEasel *easel)
{
    return easel->whole != NULL;
}

/* Where the settings ask for strokes that the copy is too small for, a larger copy. */
static gboolean prepare_better(PstEasel *easel, const PstSettings *settings, GError **error)
{
    int side = pst_preview_side(settings, gegl_buffer_get_width(easel->whole),
                                gegl_buffer_get_height(easel->whole));
    GeglBuffer *better;

    side = MAX(side, SHOWN_SIDE);
    if (side == easel->better_side)
        return TRUE;
    better = pst_preview_picture(easel->whole, side, error);
    if (!better)
        return FALSE;
    g_object_unref(easel->better);
    easel->better = better;
    easel->better_side = side;
    return TRUE;
}

/* ---- Styles ---------------------------------------------------------------------------------- */

static PstStyle *read_kept(PstEasel *easel, const char *name, GError **error)
{
    GBytes *bytes = g_hash_table_lookup(easel->kept, name);

    if (bytes)
        return pst_style_new_from_bytes(easel->engine, bytes, error);
    pst_refuse(error, PST_REFUSE_STYLE_NOT_KEPT, pst_style_kept_name(name));
    return NULL;
}

/* How styles are read. */
typedef struct {
    PstEasel *easel;
    const PstSettings *settings;
    PstProgress progress;
    gpointer user;
} Reading;

/* One that stays the easel's; `key` and `picture` are of a layer, or NULL. */
static const PstStyle *read_style(const Reading *self, const char *name, const char *key,
                                  GeglBuffer *picture, GError **error)
{
    PstEasel *easel = self->easel;
    PstStyle *style = g_hash_table_lookup(easel->styles, key ? key : name);

    if (style)
        return style;
    if (pst_style_kept_name(name))
        style = read_kept(easel, name, error);
    else if (picture)
        style = pst_style_new_from_buffer(easel->engine, picture, self->settings, self->progress,
                                          self->user, error);
    else
        style = pst_style_new_from_name(easel->engine, name, self->settings, self->progress,
                                        self->user, error);
    if (style)
        g_hash_table_insert(easel->styles, g_strdup(key ? key : name), style);
    return style;
}

/* What the terms are together, in style k of the order; free with pst_style_free(). */
static PstStyle *mix_terms(const Reading *self, const PstOrder *order, int k,
                           const PstStyleTerm *terms, GError **error)
{
    const PstStyle *styles[PST_STYLES_MOST];
    double weights[PST_STYLES_MOST];
    int count = 0;

    for (; terms[count].name; count++) {
        weights[count] = terms[count].weight;
        styles[count] = read_style(self, terms[count].name, order->keys[k][count],
                                   order->pictures[k][count], error);
        if (!styles[count])
            return NULL;
    }
    return pst_style_new_mixed(styles, weights, count);
}

static PstStyle *mix_style(const Reading *self, const PstOrder *order, int k, GError **error)
{
    const char *text = pst_request_style(&order->request, k);
    PstStyleTerm kept[] = {{(char *) text, 1}, {NULL, 0}};
    PstStyleTerm *terms = NULL;
    PstStyle *mixed;

    if (!pst_style_kept_name(text)) {
        terms = pst_style_terms_new(text, error);
        if (!terms)
            return NULL;
    }
    mixed = mix_terms(self, order, k, terms ? terms : kept, error);
    pst_style_terms_free(terms);
    return mixed;
}

gboolean pst_easel_read_styles(PstEasel *easel, const PstOrder *order, PstProgress progress,
                               gpointer user, GError **error)
{
    Reading self = {easel, &order->request.settings, progress, user};
    int last = order->request.region_count;

    if (!replace_text(&easel->mixed_of, styles_text(order)) && easel->mixed[last])
        return TRUE;
    drop_mixed(easel);
    for (int k = 0; k <= last; k++) {
        easel->mixed[k] = mix_style(&self, order, k, error);
        if (!easel->mixed[k])
            return FALSE;
    }
    return TRUE;
}

/* ---- The whole ------------------------------------------------------------------------------- */

static gboolean plan(PstEasel *easel, const PstOrder *order, GeglBuffer *content,
                     const PstSettings *settings, PstPlanSummary *summary, GError **error)
{
    PstPlaces places = {.region_count = order->request.region_count};

    return pst_stylize_plan_places(easel->engine, gegl_buffer_get_width(content),
                                   gegl_buffer_get_height(content), &places, settings, summary,
                                   error);
}

/* What the settings for the whole are for a copy, without Refine: pixels are larger there. */
static PstSettings settings_for(PstEasel *easel, GeglBuffer *copy, const PstSettings *settings)
{
    PstSettings result = *settings;

    result.brush_pixels *= gegl_buffer_get_width(copy);
    result.brush_pixels /= gegl_buffer_get_width(easel->whole);
    result.refine.iterations = 0;
    return result;
}

gboolean pst_easel_needs_quick(PstEasel *easel, const PstOrder *order)
{
    PstSettings settings = settings_for(easel, easel->better, &order->request.settings);
    PstPlanSummary summary;

    if (order->view.width > 0) {
        char *text = order_text(order);
        gboolean differs = g_strcmp0(text, easel->quick_of) != 0;

        g_free(text);
        return differs;
    }
    if (MAX(gegl_buffer_get_width(easel->better), gegl_buffer_get_height(easel->better)) <=
        QUICK_SIDE)
        return FALSE;
    return !plan(easel, order, easel->better, &settings, &summary, NULL) ||
           easel->slowness[0] <= 0 || summary.seconds * easel->slowness[0] > QUICK_SECONDS;
}

static int long_side(GeglBuffer *picture)
{
    return MAX(gegl_buffer_get_width(picture), gegl_buffer_get_height(picture));
}

/* Mask k of the order beside a copy of the content, reduced as that is; FALSE and an error. */
static gboolean place_mask(PstEasel *easel, const PstOrder *order, int k, GeglBuffer *content,
                           PstMask *placed, GError **error)
{
    GeglRectangle place = *gegl_buffer_get_extent(easel->whole);
    const PstMask *mask = &order->masks[k];
    MaskCopy *known = &easel->masks[k];
    GeglBuffer *beside;

    *placed = (PstMask){NULL, 0, 0};
    if (!mask->buffer)
        return TRUE;
    if (known->mask != mask->buffer || known->side != long_side(content)) {
        place.x += mask->x;
        place.y += mask->y;
        beside = gegl_buffer_create_sub_buffer(mask->buffer, &place);
        g_clear_object(&known->copy);
        known->copy = pst_preview_picture(beside, long_side(content), error);
        g_set_object(&known->mask, mask->buffer);
        known->side = long_side(content);
        g_object_unref(beside);
    }
    placed->buffer = known->copy;
    return placed->buffer != NULL;
}

/* The places of the order in a copy of the content. */
static gboolean place(PstEasel *easel, const PstOrder *order, GeglBuffer *content,
                      PstPlaces *places, PstRegion regions[PST_REGIONS_MOST], GError **error)
{
    *places = (PstPlaces){.regions = regions, .region_count = order->request.region_count};
    for (int k = 0; k <= places->region_count; k++) {
        PstMask *mask = k == 0 ? &places->mask : &regions[k - 1].mask;

        if (!place_mask(easel, order, k, content, mask, error))
            return FALSE;
        if (k > 0)
            regions[k - 1].style = easel->mixed[k];
    }
    return TRUE;
}

GdkPixbuf *pst_easel_paint(PstEasel *easel, const PstOrder *order, PstPreviewStage stage,
                           PstProgress progress, gpointer user, GError **error)
{
    gboolean quick = stage == PST_PREVIEW_QUICK, refined = stage == PST_PREVIEW_REFINED;
    GeglBuffer *content, *picture;
    PstSettings settings;
    PstRegion regions[PST_REGIONS_MOST];
    PstPlaces places;
    PstPlanSummary summary;
    gint64 started = g_get_monotonic_time();
    guint remembered = pst_engine_remembered(easel->engine);
    GdkPixbuf *pixbuf;

    if (!quick && !prepare_better(easel, &order->request.settings, error))
        return NULL;
    content = quick ? easel->quick : easel->better;
    settings = settings_for(easel, content, &order->request.settings);
    if (refined) {
        settings.refine.iterations = MIN(REFINE_STEPS, order->request.settings.refine.iterations);
        settings.detail = 0;
    }
    if (!place(easel, order, content, &places, regions, error))
        return NULL;
    picture = pst_stylize_places(easel->engine, content, easel->mixed[0], &places, &settings,
                                 progress, user, error);
    if (!picture)
        return NULL;
    if (remembered == pst_engine_remembered(easel->engine) &&
        plan(easel, order, content, &settings, &summary, NULL) && summary.seconds > 0)
        easel->slowness[refined] =
            (double) (g_get_monotonic_time() - started) / G_TIME_SPAN_SECOND / summary.seconds;
    replace_text(&easel->quick_of, order_text(order));
    pixbuf = pst_pixbuf_new_from_buffer(picture);
    g_object_unref(picture);
    return pixbuf;
}

gboolean pst_easel_plan(PstEasel *easel, const PstOrder *order, PstPainterPlan *result,
                        GError **error)
{
    PstPlanSummary summary;
    double slowness;

    result->width = gegl_buffer_get_width(easel->whole);
    result->height = gegl_buffer_get_height(easel->whole);
    if (!plan(easel, order, easel->whole, &order->request.settings, &summary, error))
        return FALSE;
    result->bytes = (double) summary.bytes;
    slowness = easel->slowness[pst_request_refines(&order->request)];
    result->seconds = summary.seconds * (slowness > 0 ? slowness : 1);
    return TRUE;
}

/* ---- Parts ----------------------------------------------------------------------------------- */

/* In the buffer's own coordinates. */
static GeglRectangle part_of(PstEasel *easel, const PstOrder *order)
{
    const GeglRectangle *all = gegl_buffer_get_extent(easel->whole);
    GeglRectangle part = order->view;

    part.x += all->x;
    part.y += all->y;
    gegl_rectangle_intersect(&part, &part, all);
    return part;
}

GdkPixbuf *pst_easel_photo_part(PstEasel *easel, const PstOrder *order)
{
    GeglRectangle extent = part_of(easel, order);
    GeglBuffer *part = gegl_buffer_create_sub_buffer(easel->whole, &extent);
    GdkPixbuf *pixbuf = pst_pixbuf_new_from_buffer(part);

    g_object_unref(part);
    return pixbuf;
}

/* With the styles as a run has them. */
static gboolean begin_painting(PstEasel *easel, const PstOrder *order, PstProgress progress,
                               gpointer user, GError **error)
{
    const PstSettings *settings = &order->request.settings;
    PstStyle *seen[PST_REQUEST_STYLES] = {NULL};
    PstRegion regions[PST_REGIONS_MOST];
    PstPlaces places = {
        .mask = order->masks[0], .regions = regions, .region_count = order->request.region_count};
    gboolean refine = pst_request_refines(&order->request), ok = TRUE;

    for (int k = 0; ok && k <= places.region_count; k++) {
        if (refine)
            seen[k] = pst_style_new_refinable(easel->engine, easel->mixed[k], settings, progress,
                                              user, error);
        ok = seen[k] || !refine;
        if (k > 0)
            regions[k - 1] = (PstRegion){seen[k] ? seen[k] : easel->mixed[k], order->masks[k]};
    }
    if (ok)
        easel->painting = pst_painting_new_places(easel->engine, easel->whole,
                                                  seen[0] ? seen[0] : easel->mixed[0], &places,
                                                  settings, progress, user, error);
    for (int k = 0; k < PST_REQUEST_STYLES; k++)
        pst_style_free(seen[k]);
    return easel->painting != NULL;
}

GdkPixbuf *pst_easel_paint_part(PstEasel *easel, const PstOrder *order, PstProgress progress,
                                gpointer user, GError **error)
{
    GeglRectangle extent = part_of(easel, order);
    GdkPixbuf *pixbuf = NULL;
    GeglBuffer *part;

    if (replace_text(&easel->painting_of, order_text(order)) || !easel->painting) {
        g_clear_pointer(&easel->painting, pst_painting_free);
        if (!begin_painting(easel, order, progress, user, error))
            return NULL;
    }
    part = pst_painting_read(easel->painting, &extent, progress, user, error);
    if (part)
        pixbuf = pst_pixbuf_new_from_buffer(part);
    g_clear_object(&part);
    return pixbuf;
}

/* ---- How well styles suit -------------------------------------------------------------------- */

int pst_easel_suits(PstEasel *easel, const char *style)
{
    PstSettings settings;
    Reading self = {easel, &settings, NULL, NULL};
    const PstStyle *read;
    PstSuit suit;

    pst_settings_init(&settings);
    read = easel->engine ? read_style(&self, style, NULL, NULL, NULL) : NULL;
    if (!easel->subject)
        easel->subject = pst_subject_new(easel->whole, NULL);
    if (!read || !easel->subject || !pst_subject_suits(easel->subject, read, &suit, NULL))
        return -1;
    return (int) lround(suit.score);
}
