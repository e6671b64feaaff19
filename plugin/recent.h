/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The styles that were used last, in a file of the user's.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Their names, the last one first; none where there is no such file.  Free with g_strfreev(). */
char **pst_recent_load(const char *folder);

/* Puts `name` first.  A failure is not worth a word: `folder` may be one that cannot be written to. */
void pst_recent_add(const char *folder, const char *name);

G_END_DECLS
