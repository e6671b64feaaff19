/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where built-in styles lie, and what to say of one that does not.
 */
#pragma once

#include "pastiche.h"

/* The file of a built-in style in the weights' directory `folder`, whether or not it exists; NULL for a
 * name that none can have: names are of letters, digits, "-" and "_".  Free with g_free(). */
char *pst_catalogue_path(const char *folder, const char *name);

/* Sets PST_ERROR_USAGE: there is no such style, but near ones, or these. */
void pst_catalogue_unknown(const char *folder, const char *name, GError **error);
