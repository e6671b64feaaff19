/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The dialog, inside and out of GTK alone.  GIMP 2.10 has GTK 2 and GIMP 3 has GTK 3; this, and the
 * widgets that it is put together from (live, mix, controls, preset-bar), use what both have and
 * are compiled once for each.  The window itself, with its help and buttons, is libgimp's and comes from
 * the front end, as do the layers.
 */
#pragma once

#include "monitor.h"
#include "pixels.h"
#include "request.h"
#include "window/styles.h"

G_BEGIN_DECLS

/* A layer's pixels, to be copied as they are, and what lends them, which is the front end's business. */
typedef struct {
    PstPixels seen;
    gpointer lender;
} PstDialogPixels;

/* What the dialog wants from the front end; all is called on the main thread. */
typedef struct {
    GtkWidget *window;    /* a GtkDialog with OK, Cancel and PST_RESPONSE_RESET */
    GtkListStore *layers; /* of all open images, the content's own first, the content itself last */
    GdkPixbuf *photo;     /* a small picture of the content, to begin with; or NULL */
    char **masks;         /* of the image: "channel:NAME" and "layer:NAME"; NULL ends them */
    int content;          /* the id of the layer that is to be painted */
    int contents;         /* how many are painted alike, of which that is the first */
    gboolean edits;       /* a result, which stays where it is and keeps its layer mask */
    GHashTable *kept;     /* GBytes of the styles of pst_style_kept_name(), by that text */
    const char *folder;   /* for the user's own files of this plug-in; need not exist */
    int threads;          /* to paint with where the request has no number, or 0; not remembered */

    /* Lends a layer's pixels until release_pixels() is called; FALSE and an error when it is gone. */
    gboolean (*lend_pixels)(int layer, PstDialogPixels *pixels, gpointer user, GError **error);
    void (*release_pixels)(PstDialogPixels *pixels, gpointer user);
    /* What is painted, by the request's `mask`, beside the content; its buffer is the caller's, and NULL where
     * that is everything.  FALSE and an error when it is gone. */
    gboolean (*read_mask)(const char *mask, PstMask *where, gpointer user, GError **error);

    /* Does the whole job.  `layers` have the PST_STYLE_ID of the styles; `engine` is one that is loaded already,
     * or NULL. */
    gboolean (*work)(const PstRequest *request, const PstStyleLayers *layers, PstEngine *engine,
                     PstMonitor *monitor, gpointer user, GError **error);
    gpointer user;
} PstDialogHost;

#define PST_RESPONSE_RESET GTK_RESPONSE_REJECT

/* Runs until the work is done (TRUE, and `request` is what was asked) or the user gives up (FALSE,
 * `request` is unchanged).  A failure of the work is shown in the dialog, which stays open. */
gboolean pst_dialog_run(const PstDialogHost *host, PstRequest *request);

G_END_DECLS
