/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What stands inside the dialog, and how it runs.  GIMP 2.10 has GTK 2 and GIMP 3 has GTK 3; this uses
 * only what both have and is compiled once for each.  The window itself, with its help and buttons, is
 * libgimp's and comes from the front end, as do the styles to choose from.
 */
#pragma once

#include "monitor.h"
#include "request.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The columns of a list of styles. */
enum {
    PST_STYLE_THUMBNAIL, /* GdkPixbuf, or NULL */
    PST_STYLE_LABEL,     /* for people */
    PST_STYLE_NAME,      /* "layer:NAME" and so on */
    PST_STYLE_ID,        /* the layer's id, which tells two layers of one name apart; -1: by name */
    PST_STYLE_COLUMNS,
};

#define PST_THUMBNAIL_SIZE 32

/* An empty list; release with g_object_unref(). */
GtkListStore *pst_style_list_new(void);

/* `image` is the name of the image that the layer is in, or NULL for the content's own. */
void pst_style_list_add_layer(GtkListStore *list, int id, const char *layer, const char *image,
                              GdkPixbuf *thumbnail);

/* Does the whole job; called on the main thread.  `layer` is the PST_STYLE_ID of the chosen style. */
typedef gboolean (*PstDialogWork)(const PstRequest *request, int layer, PstMonitor *monitor,
                                  gpointer user, GError **error);

/* Runs `window`, a GtkDialog with the buttons OK, Cancel and GTK_RESPONSE_REJECT for Reset, until the
 * work is done (TRUE, and `request` is what was asked) or the user gives up (FALSE, `request` is
 * unchanged).  A failure of the work is shown in the dialog, which stays open. */
#define PST_RESPONSE_RESET GTK_RESPONSE_REJECT
gboolean pst_dialog_run(GtkWidget *window, GtkListStore *styles, PstRequest *request,
                        PstDialogWork work, gpointer user);

G_END_DECLS
