/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists of styles to choose from, as rows of a GtkListStore.
 */
#pragma once

#include <pastiche.h>

#include <gtk/gtk.h>

G_BEGIN_DECLS

enum {
    PST_STYLE_THUMBNAIL, /* GdkPixbuf, square, PST_THUMBNAIL_PIXELS a side */
    PST_STYLE_LABEL,     /* for people: short */
    PST_STYLE_TOLD,      /* for people: all that is known, on one line */
    PST_STYLE_NAME,      /* "layer:NAME" and so on */
    PST_STYLE_ID,        /* the layer's id, which tells two layers of one name apart; -1: by name */
    PST_STYLE_SUITS,     /* how well it suits the photo, 0 to 100; -1: not known */
    PST_STYLE_COLUMNS,
};

/* Thumbnails are shown this large, in the units of the screen, and have the pixels for twice of that. */
#define PST_THUMBNAIL_SIZE   96
#define PST_THUMBNAIL_PIXELS (2 * PST_THUMBNAIL_SIZE)

/* An empty list; release with g_object_unref(). */
GtkListStore *pst_style_list_new(void);

/* `image` is the name of the image that the layer is in, or NULL for the content's own.  `thumbnail` is
 * of any shape and may be NULL, here and below. */
void pst_style_list_add_layer(GtkListStore *list, int id, const char *layer, const char *image,
                              GdkPixbuf *thumbnail);

/* All that come with the program. */
void pst_style_list_add_catalogue(GtkListStore *list, const PstCatalogue *catalogue);

/* A style of pst_style_kept_name(), one that is there. */
void pst_style_list_add_kept(GtkListStore *list, const char *name);

/* A file or a built-in of `catalogue`, as the first row (`first`) or the last.  FALSE when `name` is neither. */
gboolean pst_style_list_add_name(GtkListStore *list, const PstCatalogue *catalogue,
                                 const char *name, gboolean first);

/* The row of that name; with an id other than -1, of that id. */
gboolean pst_style_list_find(GtkListStore *list, const char *name, int id, GtkTreeIter *row);

/* Where a list is sorted so: those first that suit best; else by name.  Only for lists of built-ins. */
void pst_style_list_sort(GtkListStore *list, gboolean by_suits);

void pst_style_list_set_thumbnail(GtkListStore *list, GtkTreeIter *row, GdkPixbuf *thumbnail);

G_END_DECLS
