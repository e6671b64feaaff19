/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which file each result goes to.
 */
#pragma once

#include "cli/options.h"

/* The output of a photo of `options`: that of them itself, or in it the photo's name where it is a folder, ends in "/"
 * or there are several photos.  Free with g_free(). */
char *name_of_output(const Options *options, const char *photo);

/* Whether the result of this name need not be made again.  Results appear whole or not at all, so one that is there is
 * done. */
gboolean names_is_done(const Options *options, const char *output);

/* That of each photo, in their order, ended by NULL; a folder that ends in "/" is made.  Checked before
 * any work is done: that all that are not done can be written, that they differ, and that none is one of the photos,
 * of the masks or of the styles.  Free with g_strfreev(). */
char **names_of_outputs(const Options *options, GError **error);
