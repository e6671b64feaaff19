/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Asks for the file of a style.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Starts in the folder of `now`, if that is not NULL.  Returns a path (free with g_free()), or NULL when
 * the user gives up. */
char *pst_open_style(GtkWindow *parent, const char *now);

G_END_DECLS
