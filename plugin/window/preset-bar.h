/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The row of the dialog that loads, saves and deletes presets.
 */
#pragma once

#include "request.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct PstPresetBar PstPresetBar;

typedef struct {
    void (*read)(PstRequest *request, gpointer user); /* what the dialog shows */
    void (*show)(const PstRequest *request, gpointer user);
    void (*failed)(const GError *error, gpointer user);
} PstPresetBarEvents;

/* It lives as long as its widget.  `focus` is what a mnemonic should reach. */
PstPresetBar *pst_preset_bar_new(const char *folder, const PstPresetBarEvents *events,
                                 gpointer user);
GtkWidget *pst_preset_bar_widget(PstPresetBar *bar);
GtkWidget *pst_preset_bar_focus(PstPresetBar *bar);

/* What is shown is no longer the preset that was loaded. */
void pst_preset_bar_forget(PstPresetBar *bar);

G_END_DECLS
