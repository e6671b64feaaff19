/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a style looks like of which only the name is known.
 */
#pragma once

#include <pastiche.h>

#include <gdk-pixbuf/gdk-pixbuf.h>

G_BEGIN_DECLS

/* A small picture for "file:PATH", a picture or a saved style, of at least `side` pixels where it has
 * them; NULL when there is none.  `engine` may be NULL.  For any thread that may use `engine`. */
GdkPixbuf *pst_style_portrait(const PstEngine *engine, const char *style, int side);

/* The whole of `picture` in sRGB, which is what screens are taken for; NULL without memory. */
typedef struct _GeglBuffer GeglBuffer;
GdkPixbuf *pst_pixbuf_new_from_buffer(GeglBuffer *picture);

G_END_DECLS
