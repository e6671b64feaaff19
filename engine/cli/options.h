/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command line: what was asked for, checked as far as it can be without reading pictures.
 */
#pragma once

#include "pastiche.h"

typedef struct {
    PstSettings settings;
    char **photos; /* NULL ends it; at least one, but for what does not paint */
    char *style; /* as pst_style_new_from_text() takes it; NULL with `plan` or `list_styles` only */
    char *mask;  /* of --mask, or NULL */
    char **regions; /* of --region, "MASK=STYLE", at most PST_REGIONS_MOST; or NULL */
    char *output;   /* as given; NULL with those and `save_style` only */
    /* instead of painting: */
    gboolean plan, version, list_styles;
    char *save_style;  /* the file to write `style` to */
    char *suits;       /* the photo to rank `candidates` for */
    char **candidates; /* styles as texts; NULL: the built-in ones */
    /* what that file is to tell, or NULL */
    char *title, *artist, *year, *source, *licence, *thumbnail;
    gboolean json, quiet, skip_existing;
} Options;

/* Reads `argv`.  Prints help and exits on --help, GOption's way.  Free with options_clear(), also after
 * a failure: PST_ERROR_USAGE, or an error of GOption's; `json` says even then how to tell it. */
gboolean options_parse(Options *options, int argc, char **argv, GError **error);
void options_clear(Options *options);
