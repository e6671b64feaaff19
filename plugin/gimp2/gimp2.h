/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between the parts of the plug-in for GIMP 2.10, where images and layers are numbers and -1 is none.
 */
#pragma once

#include "job.h"
#include "request.h"

#include <libgimp/gimp.h>

G_BEGIN_DECLS

#define PST_PROCEDURE      "plug-in-pastiche"
#define PST_PROCEDURE_EDIT "plug-in-pastiche-edit"

/* One run; start it with pst_gimp2_run_init(). */
typedef struct {
    gint32 image, content;
    gint32 edited;       /* the result layer that the new one replaces, or -1 */
    gboolean keeps_name; /* it has one that people gave it */
    GHashTable *kept;    /* the styles kept with it, GBytes by pst_style_kept() */
    char *folder;        /* for the user's own files of this plug-in; need not exist */
    PstEngine *engine;   /* one that is loaded already, or NULL; not owned */
    gboolean interactive;
    gint32 result; /* -1 until all is done */
} PstGimp2Run;

void pst_gimp2_run_init(PstGimp2Run *run, gint32 image, gboolean interactive);
void pst_gimp2_run_clear(PstGimp2Run *run);

/* ---- Layers (layers.c) ----------------------------------------------------------------------- */

/* The layer that `drawable` is, or is the mask of; -1 and an error when it is neither, or not in the
 * run's image. */
gint32 pst_gimp2_layer_of(const PstGimp2Run *run, gint32 drawable, GError **error);

/* Sets the content; FALSE and an error when `drawable` is nothing that can be painted. */
gboolean pst_gimp2_choose_content(PstGimp2Run *run, gint32 drawable, GError **error);

/* FALSE and an error where there is a selection and it does not touch `layer`. */
gboolean pst_gimp2_check_selection(const PstGimp2Run *run, gint32 layer, GError **error);

/* The first layer of that name, groups included: in `image`, or else in any other open image. */
gint32 pst_gimp2_find_layer(gint32 image, const char *name);

/* The layer that has in `copy`, a duplicate of its image made just now, the place of `layer`. */
gint32 pst_gimp2_counterpart(gint32 layer, gint32 copy);

/* ---- Pixels (pixels.c) ----------------------------------------------------------------------- */

/* A layer as it is seen; see there for what `seen` leaves out. */
typedef struct {
    PstPixels seen; /* the mask stays apart */
} PstGimp2Pixels;

void pst_gimp2_pixels_get(PstGimp2Pixels *pixels, gint32 layer);

/* The strength map that `mask`, of a PstRequest, names; none where it names none.  FALSE and an error where
 * it is gone. */
gboolean pst_gimp2_mask_get(PstGimp2Pixels *pixels, gint32 image, const char *mask, GError **error);
void pst_gimp2_pixels_release(PstGimp2Pixels *pixels);

/* ---- Results (result.c) ---------------------------------------------------------------------- */

/* Puts the picture into the image, or into a copy of it, in one undo step; `place` is the content's.  On
 * failure the image is as it was, unless GIMP refuses what it has just been asked whether it can be done. */
gboolean pst_gimp2_insert(PstGimp2Run *run, const PstRequest *request, const PstPainted *painted,
                          const PstGimp2Pixels *place, PstMonitor *monitor, GError **error);

/* ---- The whole of it (image.c) --------------------------------------------------------------- */

/* While a dialog is open or something is painted, people can remove layers and close images: FALSE and an error where
 * the content or the edited layer is gone. */
gboolean pst_gimp2_check_layers(const PstGimp2Run *run, GError **error);

/* FALSE and an error where there is an edited layer of another size than what is painted. */
gboolean pst_gimp2_check_size(const PstGimp2Run *run, int width, int height, GError **error);

/* Paints in the styles of `request`; adds the result to the image in one undo step.  On failure the image is
 * as it was, as above. */
gboolean pst_gimp2_paint(PstGimp2Run *run, const PstRequest *request, const PstStyleLayers *layers,
                         PstMonitor *monitor, GError **error);

/* ---- Editing (edit.c) ------------------------------------------------------------------------ */

/* Sets the content, the edited layer (`drawable`) and the kept style from its recipe, and `request` to
 * what is in it. */
gboolean pst_gimp2_choose_edited(PstGimp2Run *run, gint32 drawable, PstRequest *request,
                                 GError **error);

/* ---- The dialog (dialog.c) ------------------------------------------------------------------- */

/* Chooses and paints.  FALSE with an error, or without one when the user gave up. */
gboolean pst_gimp2_dialog(PstGimp2Run *run, PstRequest *request, GError **error);

G_END_DECLS
