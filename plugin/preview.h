/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The preview as a widget: the painted picture, and the photo while a button is held.  It only shows;
 * what it shows comes from elsewhere.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct PstPreview PstPreview;

/* The preview lives as long as its widget. */
PstPreview *pst_preview_new(void);
GtkWidget *pst_preview_widget(PstPreview *preview);

/* Neither takes the pixbuf, and NULL is allowed: without a picture the photo is shown. */
void pst_preview_set_photo(PstPreview *preview, GdkPixbuf *photo);
void pst_preview_set_picture(PstPreview *preview, GdkPixbuf *picture);

/* Says so beneath the picture while a better one is being painted; not at once, because most are there
 * before one could read it. */
void pst_preview_set_busy(PstPreview *preview, gboolean busy);

G_END_DECLS
