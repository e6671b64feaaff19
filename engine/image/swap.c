/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GEGL's swap file, when its disk is full.  GEGL returns nothing of it: it writes a line to GLib's log for
 * each tile that it has lost, and goes on with tiles of zeros.  The line comes before anybody can read such a
 * tile, since a tile that waits to be written is still taken from memory.
 */
#include "pastiche.h"

#include <gegl.h>
#include <string.h>

/* Of GEGL 0.4's lines, which it does not translate; gegl-tile-backend-swap.c. */
static const char *const losses[] = {"tile data", "open swap file", "resize swap file",
                                     "swap storage"};

/* What it says of its own lists as it ends, when tiles that nobody wants any more still wait to be written. */
static const char *const endings[] = {"queue wasn't empty", "gap list", "swap_cleanup"};

static gboolean watched;
static gint lost; /* for ever: nobody knows which buffers have holes; set by GEGL's own thread */

static gboolean is_of(const char *const *lines, gsize count, const char *message)
{
    for (gsize i = 0; i < count; i++) {
        if (message && strstr(message, lines[i]))
            return TRUE;
    }
    return FALSE;
}

gboolean pst_swap_heard(const char *message)
{
    gboolean is_loss = watched && is_of(losses, G_N_ELEMENTS(losses), message);
    if (is_loss)
        g_atomic_int_set(&lost, 1);
    return is_loss;
}

static void on_log(const char *domain, GLogLevelFlags level, const char *message,
                   gpointer user G_GNUC_UNUSED)
{
    if (!pst_swap_heard(message) && !is_of(endings, G_N_ELEMENTS(endings), message))
        g_log_default_handler(domain, level, message, NULL);
}

void pst_swap_watch(void)
{
    watched = TRUE;
    g_log_set_handler("GEGL", G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_WARNING, on_log, NULL);
}

gboolean pst_swap_check(GError **error)
{
    if (!g_atomic_int_get(&lost))
        return TRUE;
    char *folder = NULL;
    g_object_get(gegl_config(), "swap", &folder, NULL);
    char *name = pst_display_name(folder ? folder : "");
    g_set_error(
        error, PST_ERROR, PST_ERROR_FILE,
        "GEGL's swap file cannot be written or read: make room in %s, or choose another folder "
        "with GEGL_SWAP",
        name);
    g_free(name);
    g_free(folder);
    return FALSE;
}
