/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One style, or several of which each has its share: a chooser, and beneath it, once there are several, a
 * row for each.  The chooser is then about the row that is marked.
 */
#pragma once

#include "chooser.h"

G_BEGIN_DECLS

typedef struct PstMix PstMix;

/* The chooser's, of the mix as a whole; the rest as for pst_chooser_new(). */
PstMix *pst_mix_new(GtkListStore *const lists[PST_SOURCES], const PstCatalogue *catalogue,
                    const PstChooserEvents *events, gpointer user);
GtkWidget *pst_mix_widget(PstMix *mix);
PstChooser *pst_mix_chooser(PstMix *mix);

/* What pst_style_terms_new() reads, or a kept style.  FALSE where one of them is not there, and a good
 * first choice is in its place; "" likewise. */
gboolean pst_mix_set(PstMix *mix, const char *styles);

/* The reverse, free with g_free(); "" where nothing is chosen.  `layers` are the ids of those styles that are
 * layers, and -1 for the others and beyond the last. */
char *pst_mix_get(PstMix *mix, int layers[PST_STYLES_MOST]);

G_END_DECLS
