/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command line: what was asked for, checked as far as it can be without reading pictures.
 */
#pragma once

#include "pastiche.h"

typedef struct {
    PstSettings settings;
    char **photos; /* at least one; NULL ends it */
    char *style;   /* as pst_style_new_from_name() takes it; NULL with `plan` only */
    char *output;  /* as given; NULL with `plan` only */
    gboolean plan, json, quiet, version;
} Options;

/* Reads `argv`.  Prints help and exits on --help, GOption's way.  Free with options_clear(), also after
 * a failure: PST_ERROR_USAGE or a G_OPTION_ERROR. */
gboolean options_parse(Options *options, int argc, char **argv, GError **error);
void options_clear(Options *options);
