/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sliders and choices of the dialog: a request as widgets, all but its style.
 */
#pragma once

#include "request.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct PstControls PstControls;

/* `masks` and `edits` as of pst_mask_choice_new(); `changed` is called after each change by the user.  The controls
 * live as long as their table. */
PstControls *pst_controls_new(const char *const *masks, gboolean edits,
                              void (*changed)(gpointer user), gpointer user);
/* What everybody needs, a table of PST_CONTROLS_ROWS rows, which more can be added to; and the rest, which is
 * folded away. */
#define PST_CONTROLS_ROWS 5
GtkWidget *pst_controls_table(PstControls *controls);
GtkWidget *pst_controls_more(PstControls *controls);

/* Shows a request, without a call of `changed`; reads what is shown.  What has no widget is left alone. */
void pst_controls_set(PstControls *controls, const PstRequest *request);
void pst_controls_get(const PstControls *controls, PstRequest *request);

/* A row of a table of two columns: a label with a mnemonic for `focus`, which is returned, and `widget`. */
GtkWidget *pst_attach_row(GtkWidget *table, int row, const char *text, GtkWidget *widget,
                          GtkWidget *focus);

G_END_DECLS
