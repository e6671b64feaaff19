/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Chooses a style: one row of buttons says where from (built-in styles, layers of open images, recent
 * ones, a file), and beneath it is a gallery.
 */
#pragma once

#include "window/styles.h"

G_BEGIN_DECLS

typedef struct PstChooser PstChooser;

typedef enum {
    PST_SOURCE_BUILTIN,
    PST_SOURCE_LAYERS,
    PST_SOURCE_RECENT,
    PST_SOURCES,
} PstSource;

typedef struct {
    void (*changed)(gpointer user);   /* another style was chosen */
    void (*activated)(gpointer user); /* the style is meant to be painted now */
    void (*needs_thumbnail)(const char *name, gpointer user); /* of a file, which has none yet */
} PstChooserEvents;

/* The lists stay the caller's; `catalogue` outlives the chooser, which lives as long as its widget. */
PstChooser *pst_chooser_new(GtkListStore *const lists[PST_SOURCES], const PstCatalogue *catalogue,
                            const PstChooserEvents *events, gpointer user);
GtkWidget *pst_chooser_widget(PstChooser *chooser);

/* Chooses by name ("" or one that is not there: a good first choice instead, and FALSE).  A file joins the
 * recent ones. */
gboolean pst_chooser_set_style(PstChooser *chooser, const char *name);

/* Shows a choice that pst_chooser_get_style() has returned before; NULL: none. */
void pst_chooser_show_style(PstChooser *chooser, const char *name, int id);

/* What is chosen, or NULL; `id` is the layer's, or -1.  Valid until the next choice. */
const char *pst_chooser_get_style(PstChooser *chooser, int *id);

/* Its name for people, free with g_free(); NULL where it is none that can be chosen. */
char *pst_chooser_title(PstChooser *chooser, const char *name, int id);

/* A picture for the file of that name. */
void pst_chooser_set_thumbnail(PstChooser *chooser, const char *name, GdkPixbuf *thumbnail);

/* How well a style suits the photo, 0 to 100: a layer by its id and `name` NULL, others by their name. */
void pst_chooser_set_suits(PstChooser *chooser, const char *name, int id, int score);

/* For another button beneath the gallery; and what a mnemonic should reach. */
void pst_chooser_add_button(PstChooser *chooser, GtkWidget *button);
GtkWidget *pst_chooser_gallery(PstChooser *chooser);

G_END_DECLS
