/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See painter.h.
 */
#include "painter.h"

#include "portrait.h"

/* The long sides of the two previews: one that is there at once, and, where it would be too small for its
 * strokes to be true, another that is painted while the first is looked at. */
#define QUICK_SIDE 512
#define SHOWN_SIDE 1024
/* A better preview that is expected to take less than this comes without a quick one before it. */
#define QUICK_SECONDS 0.35

typedef enum {
    RESULT_PHOTO,
    RESULT_THUMBNAIL,
    RESULT_PAINTED, /* from here on, of a job, and only for as long as that is wanted */
    RESULT_LAST,
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
    char *style;
} Result;

/* A thumbnail that was asked for. */
typedef struct {
    char *style;
    int side;
} Wish;

typedef struct {
    int serial;
    PstRequest request;
    char *key;
} Job;

struct PstPainter {
    PstPainterEvents events;
    GBytes *kept;
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
    GQueue wishes;
    GHashTable *wished; /* names */
    gboolean quit, working;

    PstEngine *engine;  /* from here on, the thread's alone */
    GHashTable *styles; /* key -> PstStyle */
    double speed;       /* 10^9 operations a second; 0: not known yet */
    GeglBuffer *whole, *quick, *better;
    int better_side;
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

/* Takes the new content, and makes the copies that previews are painted from. */
static void prepare_content(PstPainter *painter)
{
    GeglBuffer *content;
    GError *error = NULL;

    g_mutex_lock(&painter->mutex);
    content = g_steal_pointer(&painter->content);
    g_mutex_unlock(&painter->mutex);
    g_clear_object(&painter->whole);
    g_clear_object(&painter->quick);
    g_clear_object(&painter->better);
    painter->whole = content;
    painter->better = pst_preview_picture(content, SHOWN_SIDE, &error);
    painter->better_side = SHOWN_SIDE;
    if (painter->better)
        painter->quick = pst_preview_picture(painter->better, QUICK_SIDE, &error);
    if (!painter->quick) {
        g_clear_object(&painter->whole);
        post(painter, (Result){.kind = RESULT_FAILED,
                               .serial = g_atomic_int_get(&painter->serial),
                               .error = error});
        return;
    }
    post(painter,
         (Result){.kind = RESULT_PHOTO, .pixbuf = pst_pixbuf_new_from_buffer(painter->better)});
}

/* Where the settings ask for strokes that the copy is too small for, a larger copy. */
static gboolean prepare_better(PstPainter *painter, const PstSettings *settings, GError **error)
{
    int side = pst_preview_side(settings, gegl_buffer_get_width(painter->whole),
                                gegl_buffer_get_height(painter->whole));
    GeglBuffer *better;

    side = MAX(side, SHOWN_SIDE);
    if (side == painter->better_side)
        return TRUE;
    better = pst_preview_picture(painter->whole, side, error);
    if (!better)
        return FALSE;
    g_object_unref(painter->better);
    painter->better = better;
    painter->better_side = side;
    return TRUE;
}

static PstStyle *encode(PstPainter *painter, const Job *job, Watch *watch, GError **error)
{
    const PstSettings *settings = &job->request.settings;
    GeglBuffer *picture;
    PstStyle *style;

    if (pst_style_is_kept(job->request.style))
        return pst_style_new_from_bytes(painter->engine, painter->kept, error);
    if (!job->key)
        return pst_style_new_from_name(painter->engine, job->request.style, settings, is_wanted,
                                       watch, error);
    g_mutex_lock(&painter->mutex);
    picture = g_object_ref(g_hash_table_lookup(painter->pictures, job->key));
    g_mutex_unlock(&painter->mutex);
    style = pst_style_new_from_buffer(painter->engine, picture, settings, is_wanted, watch, error);
    g_object_unref(picture);
    if (style) {
        g_mutex_lock(&painter->mutex);
        g_hash_table_insert(painter->pictures, g_strdup(job->key), NULL);
        g_mutex_unlock(&painter->mutex);
    }
    return style;
}

static const PstStyle *find_style(PstPainter *painter, const Job *job, Watch *watch, GError **error)
{
    const char *key = job->key ? job->key : job->request.style;
    PstStyle *style = g_hash_table_lookup(painter->styles, key);

    if (!style) {
        style = encode(painter, job, watch, error);
        if (style)
            g_hash_table_insert(painter->styles, g_strdup(key), style);
    }
    return style;
}

/* What the settings for the whole are for a copy: pixels are larger there. */
static PstSettings settings_for(PstPainter *painter, GeglBuffer *copy, const PstSettings *settings)
{
    PstSettings result = *settings;

    result.brush_pixels *= gegl_buffer_get_width(copy);
    result.brush_pixels /= gegl_buffer_get_width(painter->whole);
    return result;
}

static gboolean paint(PstPainter *painter, GeglBuffer *content, const PstStyle *style,
                      const Job *job, ResultKind kind, GError **error)
{
    PstSettings settings = settings_for(painter, content, &job->request.settings);
    Watch watch = {painter, job->serial};
    gint64 started = g_get_monotonic_time();
    PstPlanSummary plan = {.gflop = 0};
    GeglBuffer *picture =
        pst_stylize(painter->engine, content, style, &settings, is_wanted, &watch, error);

    if (!picture)
        return FALSE;
    if (pst_stylize_plan(painter->engine, gegl_buffer_get_width(content),
                         gegl_buffer_get_height(content), &settings, &plan, NULL)) {
        painter->speed = plan.gflop * G_TIME_SPAN_SECOND / MAX(1, g_get_monotonic_time() - started);
    }
    post(painter, (Result){.kind = kind,
                           .serial = job->serial,
                           .pixbuf = pst_pixbuf_new_from_buffer(picture)});
    g_object_unref(picture);
    return TRUE;
}

/* Whether a quick preview is to come before the better one. */
static gboolean needs_quick(PstPainter *painter, const PstSettings *settings)
{
    PstPlanSummary plan;

    if (MAX(gegl_buffer_get_width(painter->better), gegl_buffer_get_height(painter->better)) <=
        QUICK_SIDE)
        return FALSE;
    return !pst_stylize_plan(painter->engine, gegl_buffer_get_width(painter->better),
                             gegl_buffer_get_height(painter->better), settings, &plan, NULL) ||
           painter->speed <= 0 || plan.gflop / painter->speed > QUICK_SECONDS;
}

/* Says what painting the whole would take, or that it does not fit. */
static gboolean tell_plan(PstPainter *painter, const Job *job, GError **error)
{
    Result result = {.kind = RESULT_PLANNED, .serial = job->serial};
    PstPlanSummary plan;

    result.plan.width = gegl_buffer_get_width(painter->whole);
    result.plan.height = gegl_buffer_get_height(painter->whole);
    if (!pst_stylize_plan(painter->engine, result.plan.width, result.plan.height,
                          &job->request.settings, &plan, error))
        return FALSE;
    result.plan.bytes = (double) plan.bytes;
    result.plan.seconds = plan.gflop / painter->speed;
    post(painter, result);
    return TRUE;
}

static gboolean run_job(PstPainter *painter, const Job *job, GError **error)
{
    const PstSettings *settings = &job->request.settings;
    Watch watch = {painter, job->serial};
    const PstStyle *style;

    if (!painter->engine)
        painter->engine = pst_engine_new(NULL, error);
    style = painter->engine ? find_style(painter, job, &watch, error) : NULL;
    if (!style)
        return FALSE;
    if (needs_quick(painter, settings) &&
        !paint(painter, painter->quick, style, job, RESULT_PAINTED, error))
        return FALSE;
    return prepare_better(painter, settings, error) &&
           paint(painter, painter->better, style, job, RESULT_LAST, error) &&
           tell_plan(painter, job, error);
}

static void job_free(Job *job)
{
    if (job) {
        pst_request_clear(&job->request);
        g_free(job->key);
        g_free(job);
    }
}

static void do_job(PstPainter *painter, Job *job)
{
    GError *error = NULL;

    if (!run_job(painter, job, &error)) {
        if (g_error_matches(error, PST_ERROR, PST_ERROR_CANCELLED))
            g_error_free(error);
        else
            post(painter, (Result){.kind = RESULT_FAILED, .serial = job->serial, .error = error});
    }
}

static void do_wish(PstPainter *painter, Wish *wish)
{
    GdkPixbuf *pixbuf = pst_style_portrait(painter->engine, wish->style, wish->side);

    if (pixbuf)
        post(painter, (Result){.kind = RESULT_THUMBNAIL,
                               .pixbuf = pixbuf,
                               .style = g_steal_pointer(&wish->style)});
    wish_free(wish);
}

/* Does what there is to do; FALSE when that is nothing.  The mutex is locked before and after. */
static gboolean do_something(PstPainter *painter)
{
    gboolean prepare = painter->content != NULL;
    Job *job = !prepare && painter->whole ? g_steal_pointer(&painter->next) : NULL;
    Wish *wish = !prepare && !job ? g_queue_pop_head(&painter->wishes) : NULL;

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
    painter->engine = pst_engine_new(NULL, NULL);
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

PstPainter *pst_painter_new(const PstPainterEvents *events, GBytes *kept, gpointer user)
{
    PstPainter *painter = g_new0(PstPainter, 1);

    painter->events = *events;
    painter->kept = kept;
    painter->user = user;
    g_mutex_init(&painter->mutex);
    g_cond_init(&painter->wake);
    g_cond_init(&painter->rest);
    g_queue_init(&painter->results);
    g_queue_init(&painter->wishes);
    painter->wished = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    painter->working = TRUE; /* it loads the engine first */
    painter->pictures = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_if_any);
    painter->styles =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) pst_style_free);
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
    job_free(painter->next);
    g_hash_table_destroy(painter->wished);
    g_hash_table_destroy(painter->styles);
    g_hash_table_destroy(painter->pictures);
    g_clear_object(&painter->content);
    g_clear_object(&painter->whole);
    g_clear_object(&painter->quick);
    g_clear_object(&painter->better);
    pst_engine_free(painter->engine);
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

void pst_painter_ask(PstPainter *painter, const PstRequest *request, const char *key)
{
    Job *job = g_new0(Job, 1);

    pst_request_init(&job->request);
    pst_request_copy(&job->request, request);
    job->key = g_strdup(key);
    job->serial = g_atomic_int_add(&painter->serial, 1) + 1;
    g_mutex_lock(&painter->mutex);
    job_free(painter->next);
    painter->next = job;
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

void pst_painter_ask_thumbnail(PstPainter *painter, const char *style, int side)
{
    g_mutex_lock(&painter->mutex);
    if (g_hash_table_add(painter->wished, g_strdup(style))) {
        Wish *wish = g_new(Wish, 1);

        *wish = (Wish){g_strdup(style), side};
        g_queue_push_tail(&painter->wishes, wish);
        g_cond_signal(&painter->wake);
    }
    g_mutex_unlock(&painter->mutex);
}

void pst_painter_stop(PstPainter *painter)
{
    pst_painter_forget(painter);
    g_mutex_lock(&painter->mutex);
    g_queue_clear_full(&painter->wishes, (GDestroyNotify) wish_free);
    while (painter->working)
        g_cond_wait(&painter->rest, &painter->mutex);
    g_mutex_unlock(&painter->mutex);
}

PstEngine *pst_painter_engine(PstPainter *painter)
{
    return painter->engine;
}
