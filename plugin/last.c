/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See last.h.
 */
#include "last.h"

#include "private.h"

static char *path_in(const char *folder)
{
    return g_build_filename(folder, "last", NULL);
}

gboolean pst_last_load(const char *folder, PstRequest *request)
{
    char *path = path_in(folder), *text = NULL;
    gboolean ok = g_file_get_contents(path, &text, NULL, NULL) &&
                  pst_request_set_from_text(request, g_strchomp(text), NULL);

    g_free(text);
    g_free(path);
    return ok;
}

void pst_last_save(const char *folder, const PstRequest *request)
{
    char *path = path_in(folder), *text = pst_request_to_text(request);

    g_mkdir_with_parents(folder, PST_PRIVATE);
    g_file_set_contents(path, text, -1, NULL);
    g_free(text);
    g_free(path);
}
