/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Copying one of GIMP's buffers while the window stays alive.  GIMP's pixels come through a pipe that
 * only the main thread may use, so a large layer takes a while: here it is copied piece by piece
 * whenever the main loop has nothing better to do.
 */
#pragma once

#include "pixels.h"

G_BEGIN_DECLS

typedef struct PstCopy PstCopy;

/* `copy` is borrowed, and NULL where the pixels were gone before they were copied.  The PstCopy is gone when this is
 * called. */
typedef void (*PstCopyDone)(GeglBuffer *copy, gpointer user);

/* Starts copying the buffer of `from`, which lasts until the end. */
PstCopy *pst_copy_start(const PstPixels *from, PstCopyDone done, gpointer user);

/* Gives up one that is not done. */
void pst_copy_cancel(PstCopy *copy);

G_END_DECLS
