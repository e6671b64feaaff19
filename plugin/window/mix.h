/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One style, or several, of which each has its share, or a region of its own: a chooser, and beneath it, once there are several, a
 * row for each.  The chooser is then about the row that is marked.
 */
#pragma once

#include "request.h"
#include "window/chooser.h"

G_BEGIN_DECLS

typedef struct PstMix PstMix;

/* The chooser's, of the mix as a whole; `masks` are those that regions can have; the rest as for
 * pst_chooser_new(). */
PstMix *pst_mix_new(GtkListStore *const lists[PST_SOURCES], const PstCatalogue *catalogue,
                    const char *const *masks, const PstChooserEvents *events, gpointer user);
GtkWidget *pst_mix_widget(PstMix *mix);
PstChooser *pst_mix_chooser(PstMix *mix);

/* Shows the styles of a request, its regions' included.  FALSE where one of them is not there: it is left out, or
 * a good first choice is in place of all that are mixed; likewise of "". */
gboolean pst_mix_set(PstMix *mix, const PstRequest *request);

/* The reverse: sets the request's style, "" where nothing is chosen, and its regions. */
void pst_mix_get(PstMix *mix, PstRequest *request, PstStyleLayers *layers);

G_END_DECLS
