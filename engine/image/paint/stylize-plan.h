/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What painter and plan have to agree on.
 */
#pragma once

#include "image/paint/draft.h"

/* The long side that regions are reduced to, and the bytes of all of `count` but one. */
gsize pst_bytes_beside(const PstSettings *settings, int count, int width, int height, int *side);
