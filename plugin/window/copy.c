/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See copy.h.
 */
#include "window/copy.h"

/* How long the main loop is kept at a time. */
#define SPELL (15 * G_TIME_SPAN_MILLISECOND)

struct PstCopy {
    const PstPixels *from;
    GeglBuffer *to;
    GeglRectangle piece; /* the last one */
    PstCopyDone done;
    gpointer user;
    guint source;
};

static void copy_free(PstCopy *copy)
{
    g_object_unref(copy->to);
    g_free(copy);
}

static void finish(PstCopy *copy, GeglBuffer *result)
{
    copy->done(result, copy->user);
    copy_free(copy);
}

static gboolean on_idle(gpointer user)
{
    PstCopy *copy = user;
    GeglBuffer *from = copy->from->buffer;
    gint64 until = g_get_monotonic_time() + SPELL;

    do {
        if (!pst_next_piece(gegl_buffer_get_extent(from), &copy->piece)) {
            finish(copy, copy->to);
            return G_SOURCE_REMOVE;
        }
        if (!pst_pixels_are_there(copy->from)) {
            finish(copy, NULL);
            return G_SOURCE_REMOVE;
        }
        gegl_buffer_copy(from, &copy->piece, GEGL_ABYSS_NONE, copy->to, &copy->piece);
    } while (g_get_monotonic_time() < until);
    return G_SOURCE_CONTINUE;
}

PstCopy *pst_copy_start(const PstPixels *from, PstCopyDone done, gpointer user)
{
    PstCopy *copy = g_new0(PstCopy, 1);

    copy->from = from;
    copy->to =
        gegl_buffer_new(gegl_buffer_get_extent(from->buffer), gegl_buffer_get_format(from->buffer));
    copy->done = done;
    copy->user = user;
    copy->source = g_idle_add(on_idle, copy);
    return copy;
}

void pst_copy_cancel(PstCopy *copy)
{
    g_source_remove(copy->source);
    copy_free(copy);
}
