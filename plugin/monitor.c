/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See monitor.h.
 */
#include "monitor.h"

#include <glib/gi18n.h>

/* The engine may report often; a plug-in pays for each report with a message to GIMP. */
#define SHOW_INTERVAL (50 * G_TIME_SPAN_MILLISECOND)
/* Before this much time and work any estimate would be a guess. */
#define ESTIMATE_AFTER (1 * G_TIME_SPAN_SECOND)
#define ESTIMATE_FROM  0.05

void pst_monitor_start(PstMonitor *monitor, PstMonitorShow show, gpointer user)
{
    *monitor = (PstMonitor){
        .show = show,
        .user = user,
        .doing = "",
        .started = g_get_monotonic_time(),
    };
}

void pst_monitor_step(PstMonitor *monitor, double to, const char *doing)
{
    monitor->from = monitor->to;
    monitor->to = to;
    monitor->doing = doing;
    monitor->shown = 0;
    pst_monitor_progress(0, monitor);
}

static char *describe(const PstMonitor *monitor, double done, gint64 elapsed)
{
    int left;

    if (elapsed < ESTIMATE_AFTER || done < ESTIMATE_FROM || done >= 1)
        return g_strdup_printf("%s…", monitor->doing);
    left = (int) (elapsed * (1 - done) / done / G_TIME_SPAN_SECOND) + 1;
    if (left >= 120)
        /* Translators: the first part is what is being done, as "Painting" */
        return g_strdup_printf(_("%s… about %d min left"), monitor->doing, (left + 30) / 60);
    /* Translators: the first part is what is being done, as "Painting" */
    return g_strdup_printf(_("%s… about %d s left"), monitor->doing, left);
}

gboolean pst_monitor_progress(double done, gpointer user)
{
    PstMonitor *monitor = user;
    gint64 now = g_get_monotonic_time();
    char *text;

    if (monitor->stopped)
        return FALSE;
    if (now - monitor->shown < SHOW_INTERVAL)
        return TRUE;
    done = monitor->from + (monitor->to - monitor->from) * CLAMP(done, 0, 1);
    text = describe(monitor, done, now - monitor->started);
    monitor->stopped = !monitor->show(done, text, monitor->user);
    g_free(text);
    monitor->shown = g_get_monotonic_time();
    return !monitor->stopped;
}

gboolean pst_monitor_check(PstMonitor *monitor, double done, GError **error)
{
    if (pst_monitor_progress(done, monitor))
        return TRUE;
    g_set_error_literal(error, PST_ERROR, PST_ERROR_CANCELLED, _("Cancelled"));
    return FALSE;
}
