/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between the parts of the plug-in for GIMP 3.  Images and layers belong to libgimp and are neither
 * referenced nor freed here.
 */
#pragma once

#include "monitor.h"
#include "request.h"

#include <libgimp/gimp.h>

G_BEGIN_DECLS

#define PST_PROCEDURE "plug-in-pastiche"

/* One run: `result` is set once it is there. */
typedef struct {
    GimpImage *image;
    GimpLayer *content, *result;
    PstEngine *engine; /* one that is loaded already, or NULL */
} PstGimp3Run;

/* Sets the content to the one layer among `drawables` (NULL-terminated); FALSE and an error when that
 * is nothing that can be painted. */
gboolean pst_gimp3_choose_content(PstGimp3Run *run, GimpDrawable **drawables, GError **error);

/* The first layer of that name, groups included: in `image`, or else in any other open image. */
GimpLayer *pst_gimp3_find_layer(GimpImage *image, const char *name);

/* Paints in the style of `style_layer` or, where that is NULL, of `request`, and adds the result to
 * the image in one undo step.  On failure the image is as it was. */
gboolean pst_gimp3_paint(PstGimp3Run *run, const PstRequest *request, GimpLayer *style_layer,
                         PstMonitor *monitor, GError **error);

/* The dialog: chooses and paints.  FALSE with an error, or without one when the user gave up. */
gboolean pst_gimp3_dialog(PstGimp3Run *run, PstRequest *request, GError **error);

G_END_DECLS
