/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which file each result goes to.
 */
#pragma once

#include "cli/options.h"

/* The output of each photo, in their order, ended by NULL: that of `options` itself, or in it the photo's name
 * where it is a folder, ends in "/" (then it is made) or there are several photos.  Checked before
 * any work is done: that all can be written, that they differ, and that none is one of the photos,
 * of the masks or of the styles.  Free with g_strfreev(). */
char **names_of_outputs(const Options *options, GError **error);
