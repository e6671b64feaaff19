/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was asked last, in a file of the user's: GIMP forgets which layer an argument was, and would write
 * the folder of a style's file into the image.
 */
#pragma once

#include "request.h"

G_BEGIN_DECLS

/* FALSE, and `request` is unchanged, when there was nothing yet. */
gboolean pst_last_load(const char *folder, PstRequest *request);

/* A failure is not worth a word: `folder`, made if need be, may be one that cannot be written to. */
void pst_last_save(const char *folder, const PstRequest *request);

G_END_DECLS
