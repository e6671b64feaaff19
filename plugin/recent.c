/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See recent.h.
 */
#include "recent.h"

#include "private.h"

#define FILE_NAME "recent-styles"
#define MOST      24

char **pst_recent_load(const char *folder)
{
    char *path = g_build_filename(folder, FILE_NAME, NULL), *text = NULL;
    char **lines, **to;

    g_file_get_contents(path, &text, NULL, NULL);
    lines = g_strsplit(text ? text : "", "\n", MOST + 1);
    to = lines;
    for (char **line = lines; *line; line++) {
        /* Each name is escaped, since a path may hold any character. */
        char *name = g_uri_unescape_string(*line, NULL);

        g_free(*line);
        if (name && *name && to - lines < MOST)
            *to++ = name;
        else
            g_free(name);
    }
    *to = NULL;
    g_free(text);
    g_free(path);
    return lines;
}

void pst_recent_add(const char *folder, const char *name)
{
    char *path = g_build_filename(folder, FILE_NAME, NULL);
    char **names = pst_recent_load(folder);
    char *line = g_uri_escape_string(name, " :/", TRUE);
    GString *text = g_string_new(line);

    g_string_append_c(text, '\n');
    g_free(line);
    for (char **other = names; *other; other++) {
        if (!g_str_equal(*other, name)) {
            line = g_uri_escape_string(*other, " :/", TRUE);
            g_string_append_printf(text, "%s\n", line);
            g_free(line);
        }
    }
    if (g_mkdir_with_parents(folder, PST_PRIVATE) == 0)
        g_file_set_contents(path, text->str, (gssize) text->len, NULL);
    g_string_free(text, TRUE);
    g_strfreev(names);
    g_free(path);
}
