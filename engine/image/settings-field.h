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

/* A whole number of [0, most], and nothing else. */
gboolean pst_field_parse_whole(const char *value, int most, int *result);

/* One of `words`, which NULL ends: its index. */
gboolean pst_field_parse_word(const char *const *words, const char *value, int *index);

/* Parser and writer, parse_NAME() and format_NAME(), of settings->MEMBER, whose TYPE is a whole number of [0, MOST]. */
#define PST_WHOLE_FIELD(name, member, type, most)                                                  \
    static gboolean parse_##name(PstSettings *settings, const char *value)                         \
    {                                                                                              \
        int number;                                                                                \
        if (!pst_field_parse_whole(value, most, &number))                                          \
            return FALSE;                                                                          \
        settings->member = (type) number;                                                          \
        return TRUE;                                                                               \
    }                                                                                              \
    static char *format_##name(const PstSettings *settings)                                        \
    {                                                                                              \
        return g_strdup_printf("%d", (int) settings->member);                                      \
    }

/* The same where it is one of several words, in the order of its TYPE. */
#define PST_WORD_FIELD(name, member, type, ...)                                                    \
    static const char *const name##_words[] = {__VA_ARGS__, NULL};                                 \
    static gboolean parse_##name(PstSettings *settings, const char *value)                         \
    {                                                                                              \
        int index;                                                                                 \
        if (!pst_field_parse_word(name##_words, value, &index))                                    \
            return FALSE;                                                                          \
        settings->member = (type) index;                                                           \
        return TRUE;                                                                               \
    }                                                                                              \
    static char *format_##name(const PstSettings *settings)                                        \
    {                                                                                              \
        return g_strdup(name##_words[settings->member]);                                           \
    }
