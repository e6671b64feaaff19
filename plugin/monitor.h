/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Progress of a run of several steps: one bar from 0 to 1, a line of text with an estimate of the time
 * left, and a way to stop.  Whoever shows it (GIMP's status bar, the dialog) gives a function.
 */
#pragma once

#include <pastiche.h>

G_BEGIN_DECLS

/* Shows progress; called on the main thread, a few times a second.  FALSE: stop. */
typedef gboolean (*PstMonitorShow)(double done, const char *text, gpointer user);

typedef struct {
    PstMonitorShow show;
    gpointer user;
    const char *doing;     /* the running step, for people */
    double from, to;       /* the part of the whole that it covers */
    gint64 started, shown; /* g_get_monotonic_time() */
    gboolean stopped;
} PstMonitor;

void pst_monitor_start(PstMonitor *monitor, PstMonitorShow show, gpointer user);

/* The next step, which ends at `to` of the whole.  `doing` outlives the step. */
void pst_monitor_step(PstMonitor *monitor, double to, const char *doing);

/* A PstProgress; `user` is the monitor. */
gboolean pst_monitor_progress(double done, gpointer user);

/* The same for work of our own: FALSE and PST_ERROR_CANCELLED when it is to stop. */
gboolean pst_monitor_check(PstMonitor *monitor, double done, GError **error);

G_END_DECLS
