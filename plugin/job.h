/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The computation of one run, from GEGL buffer to GEGL buffer.  It knows the engine and no GIMP, so
 * that both front ends share it and nothing here can touch an image.
 */
#pragma once

#include "monitor.h"
#include "request.h"

#include <gegl.h>

G_BEGIN_DECLS

typedef struct {
    GeglBuffer *content;
    GeglBuffer *style; /* NULL: the style is what `request` names */
    const PstRequest *request;
    PstEngine *engine; /* one that is loaded already, or NULL */
} PstJob;

/* Returns the painted picture, of the content's extent (free with g_object_unref()), or NULL.
 * `weights_version` is set on success (free with g_free()). */
GeglBuffer *pst_job_run(const PstJob *job, PstMonitor *monitor, char **weights_version,
                        GError **error);

/* Copies all of `from` to `to`, of the same extent, piece by piece: GIMP's buffers travel through a
 * pipe, so that a large one takes seconds.  It is a step of `monitor`, which may stop it. */
gboolean pst_buffer_copy(GeglBuffer *from, GeglBuffer *to, PstMonitor *monitor, GError **error);

G_END_DECLS
