/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ctrl+C: the first asks to stop, the second kills.
 */
#pragma once

#include <glib.h>

void cancel_install(void);
gboolean cancel_asked(void);
