/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which file each result goes to.
 */
#pragma once

#include "pastiche.h"

/* The output of each photo, in their order, ended by NULL: `output` itself, or in it the photo's name
 * where `output` is a folder, ends in "/" (then it is made) or there are several photos.  Checked before
 * any work is done: that all can be written, that they differ, and that none is one of the photos, those of
 * `style` (as in Options) or `mask` (or NULL).  Free with g_strfreev(). */
char **names_of_outputs(char **photos, const char *style, const char *mask, const char *output,
                        GError **error);
