/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/cancel.h"

#include <signal.h>

static volatile sig_atomic_t asked;

static void on_signal(int number)
{
    (void) number;
    asked = 1;
}

/* A signal that the caller had ignored, as shells do for jobs in the background, stays ignored. */
void cancel_install(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (guint i = 0; i < G_N_ELEMENTS(numbers); i++) {
        struct sigaction action, old;
        action.sa_handler = on_signal;
        action.sa_flags = (int) (SA_RESETHAND | SA_RESTART);
        sigemptyset(&action.sa_mask);
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
    }
}

gboolean cancel_asked(void)
{
    return asked != 0;
}
