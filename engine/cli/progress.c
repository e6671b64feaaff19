/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/progress.h"

#include "cli/cancel.h"
#include "pastiche.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

void progress_init(Progress *progress, gboolean quiet)
{
    *progress = (Progress){.shown = !quiet && isatty(STDERR_FILENO)};
}

static int terminal_width(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}

/* "1:05 left", empty while it is too early to tell. */
static void format_left(char *text, gsize size, double done, double seconds)
{
    text[0] = '\0';
    if (seconds < 1 || done < 0.02)
        return;
    int left = (int) ceil(seconds / done * (1 - done));
    g_snprintf(text, size, _("%d:%02d left"), left / 60, left % 60);
}

static void draw(Progress *progress, double done)
{
    enum { BAR = 30, NUMBERS = 24 };
    char bar[BAR + 1] = {0}, left[24];
    for (int i = 0; i < BAR; i++)
        bar[i] = i < (int) (done * BAR + 0.5) ? '#' : '.';
    double seconds = (double) (g_get_monotonic_time() - progress->started) / G_USEC_PER_SEC;
    format_left(left, sizeof left, done, seconds);

    /* Never wider than the terminal: a line that wraps cannot be cleared. */
    int room = terminal_width() - NUMBERS - 1;
    gboolean with_bar = room > BAR + 10;
    int title_room = MAX(0, with_bar ? room - BAR - 3 : room);
    long shown = MIN(g_utf8_strlen(progress->title, -1), MIN(title_room, 40));
    char *title = g_utf8_substring(progress->title, 0, shown);
    fprintf(stderr, "\r\033[K%s %s%s%s%3d %%  %s", title, with_bar ? "[" : "", with_bar ? bar : "",
            with_bar ? "] " : "", (int) (100 * done), left);
    fflush(stderr);
    g_free(title);
    progress->drawn = TRUE;
}

void progress_start(Progress *progress, const char *title)
{
    g_free(progress->title);
    progress->title = pst_display_name(title);
    progress->started = g_get_monotonic_time();
    progress->updated = 0;
    progress_update(0, progress);
}

gboolean progress_update(double done, gpointer user)
{
    enum { PERIOD = 100000 }; /* microseconds: no faster than the eye */
    Progress *progress = user;
    gint64 now = g_get_monotonic_time();
    if (progress->shown && now - progress->updated >= PERIOD) {
        progress->updated = now;
        draw(progress, CLAMP(done, 0, 1));
    }
    return !cancel_asked();
}

void progress_end(Progress *progress)
{
    if (progress->drawn) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
    progress->drawn = FALSE;
    g_clear_pointer(&progress->title, g_free);
}
