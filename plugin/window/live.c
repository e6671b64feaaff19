/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See live.h.
 */
#include "window/live.h"

#include "refusal.h"
#include "window/copy.h"
#include "window/preview.h"

#define ASK_AFTER 60 /* ms without a change: a slider on its way is not painted at every step */
#define KEY       "layer %d"

struct PstLive {
    const PstDialogHost *host;
    PstLiveEvents events;
    gpointer user;
    PstPainter *painter;
    PstPreview *preview;
    PstCopy *content_copy, *style_copy;
    PstDialogPixels content_pixels, style_pixels;
    char *style_key;   /* of what is being copied */
    GHashTable *masks; /* name -> PstMask */
    int masks_version; /* counts when one of them changed */
    guint ask_later;
    gint64 changed; /* when what is shown did, until there is a picture of it */
    gboolean has_content, stopped;
};

static void ask(PstLive *live);

static void fail(PstLive *live, const GError *error)
{
    pst_preview_set_busy(live->preview, FALSE);
    live->events.failed(error, live->user);
}

/* ---- Pixels from GIMP ------------------------------------------------------------------------ */

static void fail_gone(PstLive *live)
{
    GError *error = NULL;

    pst_refuse(&error, PST_REFUSE_LAYER_GONE, NULL);
    fail(live, error);
    g_error_free(error);
}

static void on_content_copied(GeglBuffer *copy, gpointer user)
{
    PstLive *live = user;

    live->content_copy = NULL;
    live->host->release_pixels(&live->content_pixels, live->host->user);
    if (!copy) {
        fail_gone(live);
        return;
    }
    live->has_content = TRUE;
    pst_preview_set_size(live->preview, gegl_buffer_get_width(copy), gegl_buffer_get_height(copy));
    pst_painter_set_content(live->painter, copy);
}

static void on_style_copied(GeglBuffer *copy, gpointer user)
{
    PstLive *live = user;

    live->style_copy = NULL;
    live->host->release_pixels(&live->style_pixels, live->host->user);
    if (!copy) {
        fail_gone(live);
        return;
    }
    pst_painter_add_style(live->painter, live->style_key, copy);
    ask(live);
}

static void stop_style_copy(PstLive *live)
{
    if (live->style_copy) {
        pst_copy_cancel(live->style_copy);
        live->host->release_pixels(&live->style_pixels, live->host->user);
        live->style_copy = NULL;
    }
}

static void stop_copies(PstLive *live)
{
    stop_style_copy(live);
    if (live->content_copy) {
        pst_copy_cancel(live->content_copy);
        live->host->release_pixels(&live->content_pixels, live->host->user);
        live->content_copy = NULL;
    }
}

/* The layer is read once, while the window is open already. */
static gboolean read_content(PstLive *live, GError **error)
{
    const PstDialogHost *host = live->host;

    if (live->has_content || live->content_copy)
        return TRUE;
    if (!host->lend_pixels(host->content, &live->content_pixels, host->user, error))
        return FALSE;
    live->content_copy = pst_copy_start(&live->content_pixels.seen, on_content_copied, live);
    return TRUE;
}

/* The same for a layer that is a style; `key` is the painter's name for it. */
static gboolean read_style(PstLive *live, int layer, const char *key, GError **error)
{
    const PstDialogHost *host = live->host;

    if (live->style_copy && g_strcmp0(live->style_key, key) == 0)
        return TRUE;
    stop_style_copy(live);
    g_free(live->style_key);
    live->style_key = g_strdup(key);
    if (!host->lend_pixels(layer, &live->style_pixels, host->user, error))
        return FALSE;
    live->style_copy = pst_copy_start(&live->style_pixels.seen, on_style_copied, live);
    return TRUE;
}

/* Sees to it that the styles are read, one after the other.  FALSE while one is not there yet, and with an
 * error when it cannot be. */
static gboolean has_styles(PstLive *live, const PstStyleLayers *layers, PstOrder *order,
                           GError **error)
{
    for (int n = 0; n < PST_REQUEST_STYLES * PST_STYLES_MOST; n++) {
        int layer = layers->ids[n / PST_STYLES_MOST][n % PST_STYLES_MOST];
        char *key = layer != -1 ? g_strdup_printf(KEY, layer) : NULL;

        order->keys[n / PST_STYLES_MOST][n % PST_STYLES_MOST] = key;
        if (key && !pst_painter_has_style(live->painter, key)) {
            read_style(live, layer, key, error);
            return FALSE;
        }
    }
    return TRUE;
}

static void mask_free(gpointer data)
{
    PstMask *mask = data;

    g_clear_object(&mask->buffer);
    g_free(mask);
}

static gboolean is_same(const PstMask *a, const PstMask *b)
{
    return a->x == b->x && a->y == b->y && !a->buffer == !b->buffer &&
           (!a->buffer || pst_buffers_are_same(a->buffer, b->buffer));
}

/* Reads the masks of the order anew that were read before; whether one differs. */
static gboolean reread_masks(PstLive *live, const PstRequest *request)
{
    gboolean differs = FALSE;

    for (int k = 0; k <= request->region_count; k++) {
        const char *name = pst_request_mask(request, k);
        PstMask *known = g_hash_table_lookup(live->masks, name), *now = g_new0(PstMask, 1);

        /* one that is gone is told when it is asked for */
        if (!known ||
            (live->host->read_mask(name, now, live->host->user, NULL) && is_same(known, now))) {
            mask_free(now);
        } else {
            mask_free(now);
            g_hash_table_remove(live->masks, name);
            live->masks_version++;
            differs = TRUE;
        }
    }
    return differs;
}

/* Masks are small beside pictures, and read at once; each once, until GIMP's window is used. */
static gboolean read_masks(PstLive *live, PstOrder *order, GError **error)
{
    for (int k = 0; k <= order->request.region_count; k++) {
        const char *name = pst_request_mask(&order->request, k);
        PstMask *mask = g_hash_table_lookup(live->masks, name);

        if (!mask) {
            mask = g_new0(PstMask, 1);
            if (!live->host->read_mask(name, mask, live->host->user, error)) {
                g_free(mask);
                return FALSE;
            }
            g_hash_table_insert(live->masks, g_strdup(name), mask);
        }
        order->masks[k] = *mask;
        if (mask->buffer)
            g_object_ref(mask->buffer);
    }
    return TRUE;
}

/* ---- Asking ---------------------------------------------------------------------------------- */

/* Asks for the preview of what is shown; where pixels are still on their way, once they are there. */
static void ask(PstLive *live)
{
    PstOrder *order = pst_order_new();
    GdkRectangle view = {0, 0, 0, 0};
    PstStyleLayers layers;
    GError *error = NULL;

    live->events.read(&order->request, &layers, live->user);
    pst_preview_get_view(live->preview, &view);
    order->masks_version = live->masks_version;
    order->view = *GEGL_RECTANGLE(view.x, view.y, view.width, view.height);
    if (read_content(live, &error) && read_masks(live, order, &error) &&
        has_styles(live, &layers, order, &error) && *order->request.style)
        pst_painter_ask(live->painter, order);
    else
        pst_order_free(order);
    if (error)
        fail(live, error);
    g_clear_error(&error);
}

static gboolean on_ask_later(gpointer user)
{
    PstLive *live = user;

    live->ask_later = 0;
    ask(live);
    return G_SOURCE_REMOVE;
}

void pst_live_ask_soon(PstLive *live)
{
    if (live->stopped) /* the engine is lent; pst_live_go_on() asks */
        return;
    if (live->ask_later)
        g_source_remove(live->ask_later);
    live->ask_later = g_timeout_add(ASK_AFTER, on_ask_later, live);
    live->changed = g_get_monotonic_time();
    pst_painter_forget(live->painter);
    pst_preview_set_busy(live->preview, TRUE);
}

void pst_live_look_again(PstLive *live)
{
    PstStyleLayers layers;
    PstRequest request;

    if (live->stopped)
        return;
    pst_request_init(&request);
    live->events.read(&request, &layers, live->user);
    if (reread_masks(live, &request))
        pst_live_ask_soon(live);
    pst_request_clear(&request);
}

void pst_live_ask_thumbnail(PstLive *live, const char *style, int side)
{
    pst_painter_ask_thumbnail(live->painter, style, side);
}

void pst_live_ask_suits(PstLive *live, const char *style)
{
    pst_painter_ask_suits(live->painter, style);
}

/* ---- Answers --------------------------------------------------------------------------------- */

static void on_moved(gpointer user)
{
    pst_live_ask_soon(user);
}

static void on_photo(GdkPixbuf *photo, gpointer user)
{
    pst_preview_set_photo(((PstLive *) user)->preview, photo);
}

static void on_painted(GdkPixbuf *picture, gboolean last, gpointer user)
{
    PstLive *live = user;

    pst_preview_set_picture(live->preview, picture);
    if (live->changed) /* for tests/gimp/test_pace.py, and whoever finds it slow */
        g_debug("preview after %" G_GINT64_FORMAT " ms",
                (g_get_monotonic_time() - live->changed) / 1000);
    live->changed = 0;
    if (last)
        pst_preview_set_busy(live->preview, FALSE);
}

static void on_part(GdkPixbuf *picture, const GeglRectangle *part, gboolean painted, gpointer user)
{
    PstLive *live = user;

    pst_preview_set_part(live->preview, picture, part->x, part->y, painted);
    if (painted)
        pst_preview_set_busy(live->preview, FALSE);
}

static void on_failed(const GError *error, gpointer user)
{
    fail(user, error);
}

static void on_planned(const PstPainterPlan *plan, gpointer user)
{
    PstLive *live = user;

    live->events.planned(plan, live->user);
}

static void on_thumbnail(const char *style, GdkPixbuf *thumbnail, gpointer user)
{
    PstLive *live = user;

    live->events.thumbnail(style, thumbnail, live->user);
}

static void on_suits(const char *style, int score, gpointer user)
{
    PstLive *live = user;
    int layer = -1;

    if (sscanf(style, KEY, &layer) == 1)
        style = NULL;
    live->events.suits(style, layer, score, live->user);
}

/* ---- Beginning and end ----------------------------------------------------------------------- */

PstLive *pst_live_new(const PstDialogHost *host, const PstLiveEvents *events, gpointer user)
{
    static const PstPainterEvents painter_events = {on_photo,   on_painted,   on_part, on_failed,
                                                    on_planned, on_thumbnail, on_suits};
    PstLive *live = g_new0(PstLive, 1);

    live->host = host;
    live->events = *events;
    live->user = user;
    live->masks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, mask_free);
    live->painter = pst_painter_new(&painter_events, host->kept, live);
    live->preview = pst_preview_new(on_moved, live);
    pst_preview_set_photo(live->preview, host->photo);
    return live;
}

GtkWidget *pst_live_widget(PstLive *live)
{
    return pst_preview_widget(live->preview);
}

void pst_live_stop(PstLive *live)
{
    live->stopped = TRUE;
    if (live->ask_later)
        g_source_remove(live->ask_later);
    live->ask_later = 0;
    stop_copies(live);
    pst_painter_stop(live->painter);
    pst_preview_set_busy(live->preview, FALSE);
}

PstEngine *pst_live_engine(PstLive *live)
{
    return pst_painter_engine(live->painter);
}

void pst_live_go_on(PstLive *live)
{
    live->stopped = FALSE;
    pst_live_ask_soon(live);
}

void pst_live_free(PstLive *live)
{
    pst_painter_free(live->painter);
    g_hash_table_unref(live->masks);
    g_free(live->style_key);
    g_free(live);
}
