/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which file each result goes to.
 */
#pragma once

#include "cli/options.h"

/* Whether the result of this name need not be made again.  Results appear whole or not at all, so one that is there is
 * done. */
gboolean names_is_done(const Options *options, const char *output);

/* The name of each photo's result, in their order, ended by NULL; a folder that ends in "/" is made.  Checked before
 * any work is done: that all that are not done can be written, that they differ, and that none is one of the photos,
 * of the masks or of the styles.  Free with g_strfreev(). */
char **names_of_outputs(const Options *options, GError **error);

/* The same names; nothing is made or checked.  Free with g_strfreev(). */
char **names_of_outputs_unchecked(const Options *options);
