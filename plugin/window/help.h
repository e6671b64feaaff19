/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bundled help page.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A GimpHelpFunc: opens the page in the user's language, if there is one, in a browser.  Both arguments
 * are ignored. */
void pst_help_show(const char *id, gpointer data);

G_END_DECLS
