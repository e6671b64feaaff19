/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How fast this machine is just now.
 */
#pragma once

/* Floating-point operations a second that one thread does, as plans count them, when it convolves: by the
 * clock, over a few milliseconds, with whatever else the machine does.  0 when there is no memory. */
double pst_speed_measure(void);
