/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The run function of both procedures of GIMP 3, whose arguments main.c declares.
 */
#pragma once

#include "gimp3/gimp3.h"

G_BEGIN_DECLS

#define PST_THREADS_MOST 256

/* The number of GIMP's preferences, for where none is given. */
int pst_gimp3_threads(void);

/* A GimpRunImageFunc; `data` is GINT_TO_POINTER(TRUE) for PST_PROCEDURE_EDIT. */
GimpValueArray *pst_gimp3_run(GimpProcedure *procedure, GimpRunMode mode, GimpImage *image,
                              GimpDrawable **drawables, GimpProcedureConfig *config, gpointer data);

G_END_DECLS
