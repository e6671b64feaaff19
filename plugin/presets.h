/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Presets: requests that have a name, each in a file of its own, NAME.preset in a folder of the user's.
 */
#pragma once

#include "request.h"

G_BEGIN_DECLS

/* Their names, sorted for people.  Free with g_strfreev(). */
char **pst_presets_list(const char *folder);

gboolean pst_preset_exists(const char *folder, const char *name);

gboolean pst_preset_load(const char *folder, const char *name, PstRequest *request, GError **error);

/* Replaces one of that name. */
gboolean pst_preset_save(const char *folder, const char *name, const PstRequest *request,
                         GError **error);
gboolean pst_preset_delete(const char *folder, const char *name, GError **error);

G_END_DECLS
