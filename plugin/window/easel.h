/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What previews are painted on: the engine, the content in several sizes, and the styles that were read.
 * It belongs to one thread, the painter's (painter.h); functions take as long as their work does.
 */
#pragma once

#include "request.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <gegl.h>

G_BEGIN_DECLS

typedef struct PstEasel PstEasel;

/* What is to be painted.  All of it is the order's own; see pst_order_free(). */
typedef struct {
    PstRequest request;
    /* for each style of the request, see pst_request_style(), and each of its terms that is a layer: any name
     * for it, and its pixels, which are needed once; else NULL */
    char *keys[PST_REQUEST_STYLES][PST_STYLES_MOST];
    GeglBuffer *pictures[PST_REQUEST_STYLES][PST_STYLES_MOST];
    PstMask masks[PST_REQUEST_STYLES]; /* where it is painted; a NULL buffer: everywhere */
    int masks_version; /* another one where a mask of the same name has other pixels */
    /* the part that is looked at pixel by pixel, from the content's first pixel on, and within it; width 0:
     * the whole */
    GeglRectangle view;
} PstOrder;

PstOrder *pst_order_new(void);        /* with all defaults */
void pst_order_free(PstOrder *order); /* NULL is allowed */

/* What painting the whole content would take. */
typedef struct {
    int width, height;
    double bytes;   /* of the engine's */
    double seconds; /* by how long the preview took; the reading and writing of layers is apart */
} PstPainterPlan;

/* `kept` as for pst_painter_new(). */
PstEasel *pst_easel_new(GHashTable *kept);
void pst_easel_free(PstEasel *easel); /* NULL is allowed */

/* Loads the engine, where that has not been done; NULL and an error. */
PstEngine *pst_easel_load(PstEasel *easel, GError **error);
PstEngine *pst_easel_engine(PstEasel *easel); /* or NULL */

/* Takes the content, and returns it at the size of the previews; NULL and an error. */
GdkPixbuf *pst_easel_set_content(PstEasel *easel, GeglBuffer *content, GError **error);
gboolean pst_easel_has_content(const PstEasel *easel);

/* Reads the order's styles, as far as they are not known already. */
gboolean pst_easel_read_styles(PstEasel *easel, const PstOrder *order, PstProgress progress,
                               gpointer user, GError **error);

/* For all that follow, content and styles are there.  Whether a quick preview is to come before the one
 * that the order wants. */
gboolean pst_easel_needs_quick(PstEasel *easel, const PstOrder *order);

/* The whole picture: with strokes that may be too large; as it will be without Refine; or with it, but for its last
 * steps and its finest grain, which would take longest and are hardly seen at this size. */
typedef enum {
    PST_PREVIEW_QUICK,
    PST_PREVIEW_PAINTED,
    PST_PREVIEW_REFINED,
} PstPreviewStage;
GdkPixbuf *pst_easel_paint(PstEasel *easel, const PstOrder *order, PstPreviewStage stage,
                           PstProgress progress, gpointer user, GError **error);

/* What the order looks at, of the content and of the result: the very pixels that it will have. */
GdkPixbuf *pst_easel_photo_part(PstEasel *easel, const PstOrder *order);
GdkPixbuf *pst_easel_paint_part(PstEasel *easel, const PstOrder *order, PstProgress progress,
                                gpointer user, GError **error);

/* What the order takes for the whole picture; FALSE and an error when it does not fit. */
gboolean pst_easel_plan(PstEasel *easel, const PstOrder *order, PstPainterPlan *plan,
                        GError **error);

/* How well a style suits the content, from 0 to 100; -1 where that is not known.  `style` is a key, or the
 * name of a built-in. */
int pst_easel_suits(PstEasel *easel, const char *style);

G_END_DECLS
