/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The progress bar: one line on the terminal, with the share done and the time left.
 */
#pragma once

#include <glib.h>

typedef struct {
    gboolean shown; /* standard error is a terminal, and nobody asked for quiet */
    gboolean drawn; /* there is a line to clear */
    char *title;
    gint64 started, updated; /* monotonic, in microseconds */
} Progress;

void progress_init(Progress *progress, gboolean quiet);

/* Starts a bar at 0.  `title` stands before it. */
void progress_start(Progress *progress, const char *title);

/* A PstProgress; `user` is the Progress.  FALSE once cancel_asked(). */
gboolean progress_update(double done, gpointer user);

/* Clears the line, so that text can be printed. */
void progress_end(Progress *progress);
