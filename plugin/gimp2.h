/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between the parts of the plug-in for GIMP 2.10, where images and layers are numbers and -1 is none.
 */
#pragma once

#include "monitor.h"
#include "request.h"

#include <libgimp/gimp.h>

G_BEGIN_DECLS

#define PST_PROCEDURE "plug-in-pastiche"

/* One run: `result` is set once it is there. */
typedef struct {
    gint32 image, content, result;
    PstEngine *engine; /* one that is loaded already, or NULL */
} PstGimp2Run;

/* FALSE and an error when `drawable` is nothing that can be painted. */
gboolean pst_gimp2_check(gint32 image, gint32 drawable, GError **error);

/* The first layer of that name, groups included: in `image`, or else in any other open image. */
gint32 pst_gimp2_find_layer(gint32 image, const char *name);

/* Paints in the style of `style_layer` or, where that is -1, of `request`, and adds the result to the
 * image in one undo step.  On failure the image is as it was. */
gboolean pst_gimp2_paint(PstGimp2Run *run, const PstRequest *request, gint32 style_layer,
                         PstMonitor *monitor, GError **error);

/* The dialog: chooses and paints.  FALSE with an error, or without one when the user gave up. */
gboolean pst_gimp2_dialog(PstGimp2Run *run, PstRequest *request, GError **error);

G_END_DECLS
