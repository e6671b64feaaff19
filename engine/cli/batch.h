/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Photo after photo: read, painted, written.
 */
#pragma once

#include "cli/options.h"
#include "cli/report.h"

/* Does what `options` ask for and reports it.  Returns the exit status. */
int batch_run(const Options *options, const Report *report);
