/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A column of controls in a window: as high as they need, so that the window grows with them; where the
 * screen has no room for that, the column gets a scroll bar instead, and the window's buttons stay in sight.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Takes `content`, and leaves `rest` pixels of the screen's height to what is above and beneath it. */
GtkWidget *pst_scroller_new(GtkWidget *content, int rest);

G_END_DECLS
