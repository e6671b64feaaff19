/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the command does with styles apart from painting in them.  All return the exit status.
 */
#pragma once

#include "cli/options.h"
#include "cli/report.h"

/* Lists the built-in styles. */
int styles_list(const Report *report);

/* Writes options->style to the file options->save_style. */
int styles_save(const Options *options, const Report *report);

/* Says how well options->candidates suit the photo options->suits, best first. */
int styles_rank(const Options *options, const Report *report);
