/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the user and a calling program are told: sentences on standard error, JSON on standard output.
 */
#pragma once

#include "pastiche.h"

typedef struct {
    gboolean json, quiet;
} Report;

/* Closes standard output: whether every result could be said.  Those that nobody can read are none. */
gboolean report_end(void);

/* The exit status that belongs to an error. */
int report_status(const GError *error);

/* An error, of the whole run (`photo` NULL) or of one photo. */
void report_failed(const Report *report, const char *photo, const GError *error);

/* A photo is painted. */
void report_done(const Report *report, const char *photo, const char *output, GeglBuffer *picture,
                 double seconds);

/* A photo whose result is there already. */
void report_skipped(const Report *report, const char *photo, const char *output);

/* What a photo would take.  This is a result: without JSON it goes to standard output. */
void report_plan(const Report *report, const char *photo, GeglBuffer *picture,
                 const PstPlanSummary *plan);

/* A built-in style.  This is a result: without JSON it goes to standard output. */
void report_style(const Report *report, const PstStyleInfo *info);

/* A style is written to a file. */
void report_saved(const Report *report, const char *path, const PstStyleInfo *info);

/* How well a style suits a photo.  This is a result, too. */
void report_suit(const Report *report, const char *photo, const char *style, const PstSuit *suit);
