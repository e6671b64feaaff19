/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See painter.h.
 */
#include "window/painter.h"

#include "window/portrait.h"

typedef enum {
    RESULT_PHOTO,
    RESULT_THUMBNAIL,
    RESULT_SUITS,
    RESULT_PAINTED, /* from here on, of a job, and only for as long as that is wanted */
    RESULT_LAST,
    RESULT_PHOTO_PART,
    RESULT_PART,
    RESULT_PLANNED,
    RESULT_FAILED,
} ResultKind;

/* What it owns is freed with it. */
typedef struct {
    ResultKind kind;
    int serial;
    GdkPixbuf *pixbuf;
    GError *error;
    PstPainterPlan plan;
    GeglRectangle part;
    char *style;
    int score;
} Result;

/* What was asked for about a style, for when nothing else is to be done. */
typedef struct {
    char *style;
    int side; /* of its thumbnail; 0: how well it suits */
} Wish;

typedef struct {
    int serial;
    PstOrder *order;
} Job;

struct PstPainter {
    PstPainterEvents events;
    gpointer user;
    GThread *thread;
    gint serial; /* of what is wanted now, atomic: all else that runs is to stop */

    GMutex mutex; /* for all from here to the next gap */
    GCond wake, rest;
    GeglBuffer *content;
    GHashTable *pictures; /* key -> GeglBuffer, or NULL once it is encoded */
    GQueue results;
    guint source;
    Job *next;
    GQueue wishes, suits;
    GHashTable *wished;              /* names, of both */
    gboolean quit, working, stopped; /* stopped: wishes wait until a preview is asked for */

    PstEasel *easel; /* the thread's alone */
};

/* ---- Results, from the thread to the main loop ----------------------------------------------- */

static void result_free(Result *result)
{
    g_clear_object(&result->pixbuf);
    g_clear_error(&result->error);
    g_free(result->style);
    g_free(result);
}

static void wish_free(Wish *wish)
{
    g_free(wish->style);
    g_free(wish);
}

static void deliver(PstPainter *painter, const Result *result)
{
    const PstPainterEvents *events = &painter->events;
    gpointer user = painter->user;

    if (result->kind >= RESULT_PAINTED && result->serial != g_atomic_int_get(&painter->serial))
        return;
    switch (result->kind) {
    case RESULT_PHOTO:
        events->photo(result->pixbuf, user);
        break;
    case RESULT_THUMBNAIL:
        events->thumbnail(result->style, result->pixbuf, user);
        break;
    case RESULT_SUITS:
        events->suits(result->style, result->score, user);
        break;
    case RESULT_PHOTO_PART:
    case RESULT_PART:
        events->part(result->pixbuf, &result->part, result->kind == RESULT_PART, user);
        break;
    case RESULT_PAINTED:
    case RESULT_LAST:
        events->painted(result->pixbuf, result->kind == RESULT_LAST, user);
        break;
    case RESULT_PLANNED:
        events->planned(&result->plan, user);
        break;
    case RESULT_FAILED:
        events->failed(result->error, user);
        break;
    }
}

static gboolean on_results(gpointer user)
{
    PstPainter *painter = user;
    Result *result;

    do {
        g_mutex_lock(&painter->mutex);
        result = g_queue_pop_head(&painter->results);
        if (!result)
            painter->source = 0;
        g_mutex_unlock(&painter->mutex);
        if (result) {
            deliver(painter, result);
            result_free(result);
        }
    } while (result);
    return G_SOURCE_REMOVE;
}

/* Takes what `result` owns. */
static void post(PstPainter *painter, Result result)
{
    Result *posted = g_new(Result, 1);

    *posted = result;
    g_mutex_lock(&painter->mutex);
    g_queue_push_tail(&painter->results, posted);
    if (!painter->source)
        painter->source = g_idle_add_full(G_PRIORITY_DEFAULT, on_results, painter, NULL);
    g_mutex_unlock(&painter->mutex);
}

/* ---- One preview, on the thread -------------------------------------------------------------- */

typedef struct {
    PstPainter *painter;
    int serial;
} Watch;

static gboolean is_wanted(double done, gpointer user)
{
    const Watch *watch = user;

    (void) done;
    return watch->serial == g_atomic_int_get(&watch->painter->serial);
}

/* Takes the new content. */
static void prepare_content(PstPainter *painter)
{
    GeglBuffer *content;
    GdkPixbuf *photo;
    GError *error = NULL;

    g_mutex_lock(&painter->mutex);
    content = g_steal_pointer(&painter->content);
    g_mutex_unlock(&painter->mutex);
    photo = pst_easel_set_content(painter->easel, content, &error);
    if (photo)
        post(painter, (Result){.kind = RESULT_PHOTO, .pixbuf = photo});
    else
        post(painter, (Result){.kind = RESULT_FAILED,
                               .serial = g_atomic_int_get(&painter->serial),
                               .error = error});
}

/* Takes `pixbuf`; NULL is a failure that is known already. */
static gboolean post_picture(PstPainter *painter, const Job *job, ResultKind kind,
                             GdkPixbuf *pixbuf)
{
    if (pixbuf)
        post(painter,
             (Result){
                 .kind = kind, .serial = job->serial, .pixbuf = pixbuf, .part = job->order->view});
    return pixbuf != NULL;
}

/* Calls `each` with the place of each key of the order, and of its picture. */
static void for_keys(PstPainter *painter, PstOrder *order,
                     void (*each)(PstPainter *painter, const char *key, GeglBuffer **picture))
{
    for (int k = 0; k < PST_REQUEST_STYLES; k++)
        for (int i = 0; i < PST_STYLES_MOST; i++)
            if (order->keys[k][i])
                each(painter, order->keys[k][i], &order->pictures[k][i]);
}

static void take_picture(PstPainter *painter, const char *key, GeglBuffer **picture)
{
    GeglBuffer *known = g_hash_table_lookup(painter->pictures, key);

    *picture = known ? g_object_ref(known) : NULL;
}

static void drop_picture(PstPainter *painter, const char *key, GeglBuffer **picture)
{
    (void) picture;
    g_hash_table_insert(painter->pictures, g_strdup(key), NULL);
}

static gboolean read_styles(PstPainter *painter, const Job *job, Watch *watch, GError **error)
{
    g_mutex_lock(&painter->mutex);
    for_keys(painter, job->order, take_picture);
    g_mutex_unlock(&painter->mutex);
    if (!pst_easel_load(painter->easel, error) ||
        !pst_easel_read_styles(painter->easel, job->order, is_wanted, watch, error))
        return FALSE;
    g_mutex_lock(&painter->mutex);
    for_keys(painter, job->order, drop_picture);
    g_mutex_unlock(&painter->mutex);
    return TRUE;
}

static gboolean paint_whole(PstPainter *painter, const Job *job, PstPreviewStage stage,
                            gboolean is_last, Watch *watch, GError **error)
{
    return post_picture(
        painter, job, is_last ? RESULT_LAST : RESULT_PAINTED,
        pst_easel_paint(painter->easel, job->order, stage, is_wanted, watch, error));
}

/* The whole picture, each time better, or, where a part is looked at, first a glance at the whole and then that
 * part. */
static gboolean paint(PstPainter *painter, const Job *job, Watch *watch, GError **error)
{
    PstEasel *easel = painter->easel;
    const PstOrder *order = job->order;
    gboolean refine = pst_request_refines(&order->request);

    if (order->view.width > 0)
        post_picture(painter, job, RESULT_PHOTO_PART, pst_easel_photo_part(easel, order));
    if (pst_easel_needs_quick(easel, order) &&
        !paint_whole(painter, job, PST_PREVIEW_QUICK, FALSE, watch, error))
        return FALSE;
    if (order->view.width > 0)
        return post_picture(painter, job, RESULT_PART,
                            pst_easel_paint_part(easel, order, is_wanted, watch, error));
    return paint_whole(painter, job, PST_PREVIEW_PAINTED, !refine, watch, error) &&
           (!refine || paint_whole(painter, job, PST_PREVIEW_REFINED, TRUE, watch, error));
}

/* Says what painting the whole would take, or that it does not fit. */
static gboolean tell_plan(PstPainter *painter, const Job *job, GError **error)
{
    Result result = {.kind = RESULT_PLANNED, .serial = job->serial};

    if (!pst_easel_plan(painter->easel, job->order, &result.plan, error))
        return FALSE;
    post(painter, result);
    return TRUE;
}

static void tell_suits(PstPainter *painter, const char *style)
{
    int score = pst_easel_suits(painter->easel, style);

    if (score >= 0)
        post(painter, (Result){.kind = RESULT_SUITS, .style = g_strdup(style), .score = score});
}

static void tell_suits_of_key(PstPainter *painter, const char *key, GeglBuffer **picture)
{
    (void) picture;
    tell_suits(painter, key);
}

/* Of a style that had to be read, this is known only now. */
static void tell_suits_of(PstPainter *painter, PstOrder *order)
{
    for_keys(painter, order, tell_suits_of_key);
    for (int k = 0; k <= order->request.region_count; k++) {
        const char *style = pst_request_style(&order->request, k);

        if (!order->keys[k][0] && pst_style_file_path(style))
            tell_suits(painter, style);
    }
}

static void job_free(Job *job)
{
    if (job)
        pst_order_free(job->order);
    g_free(job);
}

static void do_job(PstPainter *painter, Job *job)
{
    Watch watch = {painter, job->serial};
    GError *error = NULL;

    gboolean ok = read_styles(painter, job, &watch, &error);

    if (ok) /* once before and once after, when it is known how long that took */
        tell_plan(painter, job, NULL);
    ok = ok && paint(painter, job, &watch, &error) && tell_plan(painter, job, &error);
    if (ok) {
        tell_suits_of(painter, job->order);
    } else if (g_error_matches(error, PST_ERROR, PST_ERROR_CANCELLED)) {
        g_error_free(error);
    } else if (error) {
        post(painter, (Result){.kind = RESULT_FAILED, .serial = job->serial, .error = error});
    }
}

static void do_wish(PstPainter *painter, Wish *wish)
{
    GdkPixbuf *pixbuf = NULL;

    if (wish->side == 0 && pst_easel_load(painter->easel, NULL))
        tell_suits(painter, wish->style);
    else if (wish->side > 0)
        pixbuf = pst_style_portrait(pst_easel_engine(painter->easel), wish->style, wish->side);
    if (pixbuf)
        post(painter,
             (Result){.kind = RESULT_THUMBNAIL, .pixbuf = pixbuf, .style = g_strdup(wish->style)});
    wish_free(wish);
}

/* Does what there is to do; FALSE when that is nothing.  The mutex is locked before and after. */
static gboolean do_something(PstPainter *painter)
{
    gboolean prepare = painter->content != NULL;
    gboolean ready = !prepare && pst_easel_has_content(painter->easel);
    Job *job = ready ? g_steal_pointer(&painter->next) : NULL;
    gboolean idle = !prepare && !job && !painter->stopped;
    Wish *wish = idle ? g_queue_pop_head(&painter->wishes) : NULL;

    if (ready && idle && !wish)
        wish = g_queue_pop_head(&painter->suits);
    g_mutex_unlock(&painter->mutex);
    if (prepare)
        prepare_content(painter);
    if (job)
        do_job(painter, job);
    if (wish)
        do_wish(painter, wish);
    job_free(job);
    g_mutex_lock(&painter->mutex);
    return prepare || job || wish;
}

static gpointer work(gpointer user)
{
    PstPainter *painter = user;

    /* While the photo is on its way; what may go wrong is said when a picture is asked for. */
    pst_easel_load(painter->easel, NULL);
    g_mutex_lock(&painter->mutex);
    while (!painter->quit) {
        painter->working = TRUE;
        if (!do_something(painter)) {
            painter->working = FALSE;
            g_cond_signal(&painter->rest);
            g_cond_wait(&painter->wake, &painter->mutex);
        }
    }
    painter->working = FALSE;
    g_mutex_unlock(&painter->mutex);
    return NULL;
}

/* ---- The main thread's side ------------------------------------------------------------------ */

static void unref_if_any(gpointer object)
{
    g_clear_object(&object);
}

PstPainter *pst_painter_new(const PstPainterEvents *events, GHashTable *kept, gpointer user)
{
    PstPainter *painter = g_new0(PstPainter, 1);

    painter->events = *events;
    painter->easel = pst_easel_new(kept);
    painter->user = user;
    g_mutex_init(&painter->mutex);
    g_cond_init(&painter->wake);
    g_cond_init(&painter->rest);
    g_queue_init(&painter->results);
    g_queue_init(&painter->wishes);
    g_queue_init(&painter->suits);
    painter->wished = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    painter->working = TRUE; /* it loads the engine first */
    painter->pictures = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_if_any);
    painter->thread = g_thread_new("pastiche-preview", work, painter);
    return painter;
}

void pst_painter_free(PstPainter *painter)
{
    if (!painter)
        return;
    g_atomic_int_inc(&painter->serial);
    g_mutex_lock(&painter->mutex);
    painter->quit = TRUE;
    g_cond_signal(&painter->wake);
    g_mutex_unlock(&painter->mutex);
    g_thread_join(painter->thread);
    if (painter->source)
        g_source_remove(painter->source);
    g_queue_clear_full(&painter->results, (GDestroyNotify) result_free);
    g_queue_clear_full(&painter->wishes, (GDestroyNotify) wish_free);
    g_queue_clear_full(&painter->suits, (GDestroyNotify) wish_free);
    job_free(painter->next);
    g_hash_table_destroy(painter->wished);
    g_hash_table_destroy(painter->pictures);
    g_clear_object(&painter->content);
    pst_easel_free(painter->easel);
    g_cond_clear(&painter->rest);
    g_cond_clear(&painter->wake);
    g_mutex_clear(&painter->mutex);
    g_free(painter);
}

void pst_painter_set_content(PstPainter *painter, GeglBuffer *content)
{
    g_mutex_lock(&painter->mutex);
    g_set_object(&painter->content, content);
    g_cond_signal(&painter->wake);
    g_mutex_unlock(&painter->mutex);
}

void pst_painter_add_style(PstPainter *painter, const char *key, GeglBuffer *picture)
{
    g_mutex_lock(&painter->mutex);
    g_hash_table_insert(painter->pictures, g_strdup(key), g_object_ref(picture));
    g_mutex_unlock(&painter->mutex);
}

gboolean pst_painter_has_style(PstPainter *painter, const char *key)
{
    gboolean has;

    g_mutex_lock(&painter->mutex);
    has = g_hash_table_contains(painter->pictures, key);
    g_mutex_unlock(&painter->mutex);
    return has;
}

void pst_painter_ask(PstPainter *painter, PstOrder *order)
{
    Job *job = g_new0(Job, 1);

    job->order = order;
    job->serial = g_atomic_int_add(&painter->serial, 1) + 1;
    g_mutex_lock(&painter->mutex);
    job_free(painter->next);
    painter->next = job;
    painter->stopped = FALSE;
    g_cond_signal(&painter->wake);
    g_mutex_unlock(&painter->mutex);
}

void pst_painter_forget(PstPainter *painter)
{
    g_atomic_int_inc(&painter->serial);
    g_mutex_lock(&painter->mutex);
    g_clear_pointer(&painter->next, job_free);
    g_mutex_unlock(&painter->mutex);
}

/* Once for each name and queue. */
static void make_wish(PstPainter *painter, GQueue *queue, const char *style, int side)
{
    char *name = g_strdup_printf("%s %s", side > 0 ? "thumbnail" : "suits", style);

    g_mutex_lock(&painter->mutex);
    if (g_hash_table_add(painter->wished, name)) {
        Wish *wish = g_new(Wish, 1);

        *wish = (Wish){g_strdup(style), side};
        g_queue_push_tail(queue, wish);
        g_cond_signal(&painter->wake);
    }
    g_mutex_unlock(&painter->mutex);
}

void pst_painter_ask_thumbnail(PstPainter *painter, const char *style, int side)
{
    make_wish(painter, &painter->wishes, style, side);
}

void pst_painter_ask_suits(PstPainter *painter, const char *style)
{
    make_wish(painter, &painter->suits, style, 0);
}

void pst_painter_stop(PstPainter *painter)
{
    pst_painter_forget(painter);
    g_mutex_lock(&painter->mutex);
    painter->stopped = TRUE;
    while (painter->working)
        g_cond_wait(&painter->rest, &painter->mutex);
    g_mutex_unlock(&painter->mutex);
}

PstEngine *pst_painter_engine(PstPainter *painter)
{
    return pst_easel_engine(painter->easel);
}
