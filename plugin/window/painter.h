/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Paints previews on a thread of its own, so that the window never waits.  All functions are called on
 * the main thread and return at once, unless they say otherwise; results come on the main thread.
 */
#pragma once

#include "window/easel.h"

G_BEGIN_DECLS

typedef struct PstPainter PstPainter;

typedef struct {
    /* The photo at the size of the previews; once, after pst_painter_set_content(). */
    void (*photo)(GdkPixbuf *photo, gpointer user);
    /* A preview.  `last`: no better one follows until something is asked for again. */
    void (*painted)(GdkPixbuf *picture, gboolean last, gpointer user);
    /* A part that was looked at, pixel by pixel; `painted`: of the result, or else of the photo. */
    void (*part)(GdkPixbuf *picture, const GeglRectangle *part, gboolean painted, gpointer user);
    void (*failed)(const GError *error, gpointer user);
    void (*planned)(const PstPainterPlan *plan, gpointer user);
    void (*thumbnail)(const char *style, GdkPixbuf *thumbnail, gpointer user);
    /* How well a style suits the photo, 0 to 100; `style` is its name, or its key. */
    void (*suits)(const char *style, int score, gpointer user);
} PstPainterEvents;

/* `kept` has the GBytes of the styles of pst_style_kept_name(), by that text; it outlives the painter and does not
 * change. */
PstPainter *pst_painter_new(const PstPainterEvents *events, GHashTable *kept, gpointer user);

/* Waits until the thread has ended: as long as the engine takes to hear of it, 0.1 s, or, where a picture is just
 * being read for its thumbnail, until that is done. */
void pst_painter_free(PstPainter *painter); /* NULL is allowed */

/* What is to be painted: a buffer that nobody else uses. */
void pst_painter_set_content(PstPainter *painter, GeglBuffer *content);

/* The picture behind a style that the engine does not find by its name.  `key` is any name for it. */
void pst_painter_add_style(PstPainter *painter, const char *key, GeglBuffer *picture);
gboolean pst_painter_has_style(PstPainter *painter, const char *key);

/* Asks for a preview, in place of what was asked for before.  Takes `order`, whose keys are of styles that
 * were added; its pictures are for the painter to fill. */
void pst_painter_ask(PstPainter *painter, PstOrder *order);

/* What was asked for is no longer wanted. */
void pst_painter_forget(PstPainter *painter);

/* Asks for a picture of a style of which only the name is known, of about `side` pixels; it comes when
 * nothing else is to be done, and only once for each name. */
void pst_painter_ask_thumbnail(PstPainter *painter, const char *style, int side);

/* Asks how well a built-in style suits the photo; likewise.  Of other styles that is told once they were
 * read for a preview. */
void pst_painter_ask_suits(PstPainter *painter, const char *style);

/* Forgets the preview that was asked for, lets all else wait until one is asked for again, and waits until the thread
 * is idle, as above. */
void pst_painter_stop(PstPainter *painter);

/* The engine, or NULL where it could not be loaded.  Only for a painter that is stopped, and until it is
 * asked for a preview again. */
PstEngine *pst_painter_engine(PstPainter *painter);

G_END_DECLS
