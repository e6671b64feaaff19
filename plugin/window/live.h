/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The live half of the dialog: the preview, and what keeps it up to date.  It fetches the pixels of layers
 * from GIMP bit by bit, and asks the painter for what the dialog shows.
 */
#pragma once

#include "window/dialog.h"
#include "window/painter.h"

G_BEGIN_DECLS

typedef struct PstLive PstLive;

/* All on the main thread. */
typedef struct {
    /* What the dialog shows. */
    void (*read)(PstRequest *request, PstStyleLayers *layers, gpointer user);
    void (*planned)(const PstPainterPlan *plan, gpointer user);
    void (*failed)(const GError *error, gpointer user);
    void (*thumbnail)(const char *style, GdkPixbuf *thumbnail, gpointer user);
    /* How well a style suits the photo: a layer by its id and `style` NULL, others by their name. */
    void (*suits)(const char *style, int layer, int score, gpointer user);
} PstLiveEvents;

/* `host` outlives it. */
PstLive *pst_live_new(const PstDialogHost *host, const PstLiveEvents *events, gpointer user);
void pst_live_free(PstLive *live);

GtkWidget *pst_live_widget(PstLive *live);

/* What is shown has changed, and another change may follow at once.  Of one that is stopped, nothing is asked. */
void pst_live_ask_soon(PstLive *live);

/* GIMP's window was used meanwhile: what is selected, or the channel or layer of a mask, may differ. */
void pst_live_look_again(PstLive *live);

/* As of PstPainter. */
void pst_live_ask_thumbnail(PstLive *live, const char *style, int side);
void pst_live_ask_suits(PstLive *live, const char *style);

/* Nothing reads GIMP's pixels any more, nothing is painted: until it is to go on, with what the dialog shows then. */
void pst_live_stop(PstLive *live);
void pst_live_go_on(PstLive *live);

/* Of one that is stopped: the engine, or NULL. */
PstEngine *pst_live_engine(PstLive *live);

G_END_DECLS
