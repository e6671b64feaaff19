/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sliders and choices of the dialog: PstSettings as widgets.
 */
#pragma once

#include <pastiche.h>

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct PstControls PstControls;

/* `changed` is called after each change by the user.  The controls live as long as their widget. */
PstControls *pst_controls_new(void (*changed)(gpointer user), gpointer user);
/* A table of PST_CONTROLS_ROWS rows, which more can be added to. */
#define PST_CONTROLS_ROWS 3
GtkWidget *pst_controls_widget(PstControls *controls);

/* Shows settings, without a call of `changed`; reads what is shown.  What has no widget is left alone. */
void pst_controls_set(PstControls *controls, const PstSettings *settings);
void pst_controls_get(const PstControls *controls, PstSettings *settings);

/* A row of a table of two columns: a label with a mnemonic for `focus`, and `widget`. */
void pst_attach_row(GtkWidget *table, int row, const char *text, GtkWidget *widget,
                    GtkWidget *focus);

G_END_DECLS
