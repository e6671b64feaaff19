/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between the parts of the plug-in for GIMP 3.  Images and layers belong to libgimp and are neither
 * referenced nor freed here.
 */
#pragma once

#include "job.h"
#include "request.h"

#include <libgimp/gimp.h>

G_BEGIN_DECLS

#define PST_PROCEDURE      "plug-in-pastiche"
#define PST_PROCEDURE_EDIT "plug-in-pastiche-edit"

/* One run; start it with pst_gimp3_run_init(). */
typedef struct {
    GimpImage *image;
    GPtrArray *contents; /* GimpLayer, at least one */
    GimpLayer *content;  /* the first of them */
    GimpLayer *edited;   /* the result layer that the new one replaces, or NULL */
    gboolean keeps_name; /* it has one that people gave it */
    GHashTable *kept;    /* the styles kept with it, GBytes by pst_style_kept() */
    char *folder;        /* for the user's own files of this plug-in; need not exist */
    PstEngine *engine;   /* one that is loaded already, or NULL; not owned */
    gboolean interactive;
    GPtrArray *results; /* GimpLayer, in the order of the contents; none until all is done */
} PstGimp3Run;

void pst_gimp3_run_init(PstGimp3Run *run, GimpImage *image, gboolean interactive);
void pst_gimp3_run_clear(PstGimp3Run *run);

/* ---- Layers (layers.c) ----------------------------------------------------------------------- */

/* Sets the contents to the layers among `drawables` (NULL-terminated), a mask standing for its layer;
 * FALSE and an error when one of them is nothing that can be painted. */
gboolean pst_gimp3_choose_contents(PstGimp3Run *run, GimpDrawable **drawables, GError **error);

/* FALSE and an error where there is a selection and it does not touch `layer`. */
gboolean pst_gimp3_check_selection(GimpImage *image, GimpLayer *layer, GError **error);

/* The first layer of that name, groups included: in `image`, or else in any other open image. */
GimpLayer *pst_gimp3_find_layer(GimpImage *image, const char *name);

/* The layer of that number, or NULL when it is gone. */
GimpLayer *pst_gimp3_get_layer(int id);

/* The layer that has in `copy`, a duplicate of its image made just now, the place of `layer`. */
GimpLayer *pst_gimp3_counterpart(GimpLayer *layer, GimpImage *copy);

/* ---- Pixels (pixels.c) ----------------------------------------------------------------------- */

/* A layer as it is seen, its effects included; see there for what `seen` leaves out. */
typedef struct {
    PstPixels seen;     /* the mask stays apart */
    GimpImage *scratch; /* that lends them, or NULL */
} PstGimp3Pixels;

void pst_gimp3_pixels_get(PstGimp3Pixels *pixels, GimpLayer *layer);

/* The strength map that `mask`, of a PstRequest, names; none where it names none.  FALSE and an error where
 * it is gone. */
gboolean pst_gimp3_mask_get(PstGimp3Pixels *pixels, GimpImage *image, const char *mask,
                            GError **error);
void pst_gimp3_pixels_release(PstGimp3Pixels *pixels);

/* ---- Results (result.c) ---------------------------------------------------------------------- */

/* Puts the pictures into the image, or into a copy of it, in one undo step; `places` are the contents'.
 * On failure the image is as it was, unless GIMP refuses what it has just been asked whether it can be done. */
gboolean pst_gimp3_insert(PstGimp3Run *run, const PstRequest *request, const PstPainted *painted,
                          const PstGimp3Pixels *places, PstMonitor *monitor, GError **error);

/* ---- The whole of it (image.c) --------------------------------------------------------------- */

/* While a dialog is open or something is painted, people can remove layers and close images: FALSE and an error where
 * a content or the edited layer is gone. */
gboolean pst_gimp3_check_layers(const PstGimp3Run *run, GError **error);

/* FALSE and an error where there is an edited layer of another size than what is painted. */
gboolean pst_gimp3_check_size(const PstGimp3Run *run, int width, int height, GError **error);

/* Paints in the styles of `request`; adds the results to the image in one undo step.  On failure the image is
 * as it was, as above. */
gboolean pst_gimp3_paint(PstGimp3Run *run, const PstRequest *request, const PstStyleLayers *layers,
                         PstMonitor *monitor, GError **error);

/* ---- Editing (edit.c) ------------------------------------------------------------------------ */

/* Sets the content, the edited layer (the one among `drawables`) and the kept style from its recipe, and
 * `request` to what is in it. */
gboolean pst_gimp3_choose_edited(PstGimp3Run *run, GimpDrawable **drawables, PstRequest *request,
                                 GError **error);

/* ---- The dialog (dialog.c) ------------------------------------------------------------------- */

/* Chooses and paints.  FALSE with an error, or without one when the user gave up. */
gboolean pst_gimp3_dialog(PstGimp3Run *run, PstRequest *request, GError **error);

G_END_DECLS
