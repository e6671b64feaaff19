/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Settings by name and text: one row of a table per name, so that messages and parsing agree.
 */
#include "pastiche.h"

#include <math.h>
#include <string.h>

G_DEFINE_QUARK(pst - error - quark, pst_error)

typedef struct {
    const char *name;
    const char *valid; /* the end of "NAME must be ..." */
    gboolean (*parse)(PstSettings *settings, const char *value);
} Field;

/* A decimal number, then possibly "%", then the end.  No hexadecimal, "inf" or "nan", which
 * g_ascii_strtod() would take. */
static gboolean parse_percentage(const char *value, double low, double high, double *result)
{
    gsize digits = strspn(value, "+-.0123456789eE");
    if (digits == 0 || (value[digits] != '\0' && strcmp(value + digits, "%") != 0))
        return FALSE;
    char *end;
    double number = g_ascii_strtod(value, &end);
    if (end != value + digits || !(number >= low && number <= high))
        return FALSE;
    *result = number;
    return TRUE;
}

static gboolean parse_strength(PstSettings *settings, const char *value)
{
    return parse_percentage(value, 0, 150, &settings->strength);
}

static gboolean parse_brush_size(PstSettings *settings, const char *value)
{
    if (strcmp(value, "auto") == 0) {
        settings->brush_size = 0;
        return TRUE;
    }
    return parse_percentage(value, 25, 400, &settings->brush_size);
}

static gboolean parse_keep_colours(PstSettings *settings, const char *value)
{
    static const char *const names[] = {
        [PST_KEEP_COLOURS_OFF] = "off",
        [PST_KEEP_COLOURS_LUMINANCE] = "luminance",
        [PST_KEEP_COLOURS_MATCH] = "match",
    };
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strcmp(value, names[i]) == 0) {
            settings->keep_colours = (PstKeepColours) i;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean parse_threads(PstSettings *settings, const char *value)
{
    guint64 threads = 0;
    if (strcmp(value, "auto") != 0 &&
        !g_ascii_string_to_unsigned(value, 10, 0, 256, &threads, NULL))
        return FALSE;
    settings->threads = (int) threads;
    return TRUE;
}

static gboolean parse_memory(PstSettings *settings, const char *value)
{
    if (strcmp(value, "auto") == 0) {
        settings->memory = 0;
        return TRUE;
    }
    gsize digits = strspn(value, "0123456789");
    const char *suffixes = "KMG", *suffix = NULL;
    if (value[digits] != '\0') {
        suffix = strchr(suffixes, g_ascii_toupper(value[digits]));
        if (suffix == NULL || value[digits + 1] != '\0')
            return FALSE;
    }
    int shift = suffix ? 10 * (int) (suffix - suffixes + 1) : 0;
    char *number = g_strndup(value, digits);
    guint64 units;
    gboolean ok = g_ascii_string_to_unsigned(number, 10, 0, G_MAXUINT64 >> shift, &units, NULL);
    g_free(number);
    if (ok)
        settings->memory = units << shift;
    return ok;
}

static const Field fields[] = {
    {"strength", "a percentage from 0 to 150", parse_strength},
    {"brush-size", "\"auto\" or a percentage from 25 to 400", parse_brush_size},
    {"keep-colours", "\"off\", \"luminance\" or \"match\"", parse_keep_colours},
    {"threads", "\"auto\" or a whole number from 1 to 256", parse_threads},
    {"memory", "\"auto\" or a number of bytes, with K, M or G behind it if you like", parse_memory},
};

static char *valid_names(void)
{
    GString *names = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", fields[i].name);
    return g_string_free(names, FALSE);
}

void pst_settings_init(PstSettings *settings)
{
    *settings = (PstSettings){.strength = 100};
}

gboolean pst_settings_set(PstSettings *settings, const char *name, const char *value,
                          GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (strcmp(name, fields[i].name) != 0)
            continue;
        if (fields[i].parse(settings, value))
            return TRUE;
        g_set_error(error, PST_ERROR, PST_ERROR_USAGE, "%s must be %s, not \"%s\"", name,
                    fields[i].valid, value);
        return FALSE;
    }
    char *names = valid_names();
    g_set_error(error, PST_ERROR, PST_ERROR_USAGE, "unknown setting \"%s\": there are %s", name,
                names);
    g_free(names);
    return FALSE;
}

/* One "name=value" of pst_settings_set_all(). */
static gboolean set_part(PstSettings *settings, const char *part, GError **error)
{
    const char *equals = strchr(part, '=');
    if (equals == NULL) {
        g_set_error(error, PST_ERROR, PST_ERROR_USAGE, "\"%s\" is not of the form name=value",
                    part);
        return FALSE;
    }
    char *name = g_strndup(part, (gsize) (equals - part));
    char *value = g_uri_unescape_string(equals + 1, NULL);
    gboolean ok = FALSE;
    if (value != NULL)
        ok = pst_settings_set(settings, name, value, error);
    else
        g_set_error(error, PST_ERROR, PST_ERROR_USAGE,
                    "the value of %s, \"%s\", is not percent-encoded: a %% is written %%25", name,
                    equals + 1);
    g_free(value);
    g_free(name);
    return ok;
}

gboolean pst_settings_set_all(PstSettings *settings, const char *options, GError **error)
{
    PstSettings changed = *settings;
    char **parts = g_strsplit(options, ";", -1);
    gboolean ok = TRUE;
    for (char **part = parts; ok && *part != NULL; part++)
        ok = (*part)[0] == '\0' || set_part(&changed, *part, error);
    g_strfreev(parts);
    if (ok)
        *settings = changed;
    return ok;
}
