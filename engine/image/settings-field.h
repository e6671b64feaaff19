/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One setting by name and text.
 */
#pragma once

#include "pastiche.h"

typedef struct {
    const char *name;
    const char *valid; /* the end of "NAME must be ..." */
    gboolean is_look;  /* it decides pixels */
    gboolean (*parse)(PstSettings *settings, const char *value);
    char *(*format)(const PstSettings *settings);
    gboolean always; /* a text of all settings has it even where it is the default */
} PstField;

/* Those of PstRefine; a name of NULL ends it. */
extern const PstField pst_refine_fields[];

void pst_refine_settings_init(PstRefine *refine);

/* A decimal number of [low, high], then possibly "%", then the end. */
gboolean pst_field_parse_number(const char *value, double low, double high, double *result);

/* In the C locale; free with g_free(). */
char *pst_field_format_number(double value);
