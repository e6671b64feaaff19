/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who may look into the folders of the user's own that this plug-in makes.
 */
#pragma once

#define PST_PRIVATE 0700
