/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The preview as a widget: the painted picture, and the photo while a button is held; the whole of it, or a
 * part pixel by pixel.  It only shows; what it shows comes from elsewhere.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct PstPreview PstPreview;

/* The preview lives as long as its widget.  `moved`: the user looks at another part, or at the whole. */
PstPreview *pst_preview_new(void (*moved)(gpointer user), gpointer user);
GtkWidget *pst_preview_widget(PstPreview *preview);

/* Neither takes the pixbuf, and NULL is allowed: without a picture the photo is shown. */
void pst_preview_set_photo(PstPreview *preview, GdkPixbuf *photo);
void pst_preview_set_picture(PstPreview *preview, GdkPixbuf *picture);

/* How large the picture is that all this is of; before that is known, there is only the whole to see. */
void pst_preview_set_size(PstPreview *preview, int width, int height);

/* The part that is looked at pixel by pixel; FALSE, and `view` as it is, where it is the whole. */
gboolean pst_preview_get_view(const PstPreview *preview, GdkRectangle *view);

/* That part, or one that was looked at before, from pixel x, y on: of the picture or of the photo. */
void pst_preview_set_part(PstPreview *preview, GdkPixbuf *part, int x, int y, gboolean painted);

/* Says so beneath the picture while a better one is being painted; not at once, because most are there
 * before one could read it. */
void pst_preview_set_busy(PstPreview *preview, gboolean busy);

G_END_DECLS
