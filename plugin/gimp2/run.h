/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The run function of both procedures of GIMP 2.10.  Their arguments go by position, and scripts break
 * when one is added: what is new goes into the options.
 */
#pragma once

#include "gimp2/gimp2.h"

G_BEGIN_DECLS

enum {
    PST_ARG_RUN_MODE,
    PST_ARG_IMAGE,
    PST_ARG_DRAWABLE,
    PST_ARG_STYLE_LAYER,
    PST_ARG_STYLE,
    PST_ARG_STRENGTH,
    PST_ARG_OPTIONS,
    PST_N_ARGS,
};

/* Of PST_PROCEDURE_EDIT, after the style. */
enum {
    PST_EDIT_ARG_OPTIONS = PST_ARG_STYLE + 1,
    PST_N_EDIT_ARGS,
};

/* A GimpRunProc, for both. */
void pst_gimp2_run(const char *name, int n_arguments, const GimpParam *arguments, int *n_values,
                   GimpParam **values);

G_END_DECLS
