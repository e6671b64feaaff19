/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The computation of one run, from GEGL buffers to GEGL buffers.  It knows the engine and no GIMP, so
 * that both front ends share it and nothing here can touch an image.
 */
#pragma once

#include "pixels.h"
#include "request.h"

G_BEGIN_DECLS

/* One style of a request, see pst_request_style(). */
typedef struct {
    /* for each style that it names, the pixels of its layer, or a NULL buffer if it is none */
    PstPixels layers[PST_STYLES_MOST];
    GBytes *kept; /* that of pst_style_kept_name(), as pst_style_to_bytes() wrote it; not owned */
    PstPixels
        mask; /* where, of a region; for the whole the strength map of all contents, or a NULL buffer */
} PstJobStyle;

typedef struct {
    const PstRequest *request;
    PstEngine *engine; /* one that is loaded already, or NULL */
    const PstPixels
        *contents; /* all in one style; what their masks hide is painted, and then not shown */
    int count;     /* of them, at least 1 */
    GeglBuffer *selection;     /* of their image, outside of which likewise; or NULL */
    const PstJobStyle *styles; /* 1 + request->region_count */
} PstJob;

typedef struct {
    GPtrArray *pictures; /* GeglBuffer, each of its content's extent */
    GPtrArray *shown;    /* GeglBuffer, how much of each is shown, or NULL: all of it */
    GBytes *
        styles[PST_REQUEST_STYLES]; /* as pst_style_to_bytes() writes them; NULL from the last on */
    char *weights;                  /* their version */
} PstPainted;

/* Fills `painted`, to be released with pst_painted_clear() on success. */
gboolean pst_job_run(const PstJob *job, PstMonitor *monitor, PstPainted *painted, GError **error);
void pst_painted_clear(PstPainted *painted);

G_END_DECLS
