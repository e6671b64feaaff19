/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See copy.h.
 */
#include "window/copy.h"

/* A multiple of GIMP's and GEGL's tile sizes that is copied in a few milliseconds, and how long the main
 * loop is kept at a time. */
#define PIECE 256
#define SPELL (15 * G_TIME_SPAN_MILLISECOND)

struct PstCopy {
    GeglBuffer *from, *to;
    PstCopyDone done;
    gpointer user;
    int x, y; /* of the next piece */
    guint source;
};

static void copy_free(PstCopy *copy)
{
    g_object_unref(copy->from);
    g_object_unref(copy->to);
    g_free(copy);
}

/* FALSE when nothing is left. */
static gboolean copy_piece(PstCopy *copy)
{
    const GeglRectangle *all = gegl_buffer_get_extent(copy->from);
    GeglRectangle piece = {all->x + copy->x, all->y + copy->y, MIN(PIECE, all->width - copy->x),
                           MIN(PIECE, all->height - copy->y)};

    gegl_buffer_copy(copy->from, &piece, GEGL_ABYSS_NONE, copy->to, &piece);
    copy->x += PIECE;
    if (copy->x >= all->width) {
        copy->x = 0;
        copy->y += PIECE;
    }
    return copy->y < all->height;
}

static gboolean on_idle(gpointer user)
{
    PstCopy *copy = user;
    gint64 until = g_get_monotonic_time() + SPELL;
    gboolean more;

    do
        more = copy_piece(copy);
    while (more && g_get_monotonic_time() < until);
    if (!more) {
        copy->done(copy->to, copy->user);
        copy_free(copy);
    }
    return more;
}

PstCopy *pst_copy_start(GeglBuffer *from, PstCopyDone done, gpointer user)
{
    PstCopy *copy = g_new0(PstCopy, 1);

    copy->from = g_object_ref(from);
    copy->to = gegl_buffer_new(gegl_buffer_get_extent(from), gegl_buffer_get_format(from));
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
