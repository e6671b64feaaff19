/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Settings by name and text: one row of a table per name, so that messages, parsing and writing agree.
 */
#include "pastiche.h"

#include <math.h>
#include <string.h>

G_DEFINE_QUARK(pst - error - quark, pst_error)

typedef struct {
    const char *name;
    const char *valid; /* the end of "NAME must be ..." */
    gboolean is_look;  /* it decides pixels */
    gboolean (*parse)(PstSettings *settings, const char *value);
    char *(*format)(const PstSettings *settings);
} Field;

/* A decimal number, then `unit`, then the end.  No hexadecimal, "inf" or "nan", which g_ascii_strtod()
 * would take. */
static gboolean parse_number(const char *value, const char *unit, double low, double high,
                             double *result)
{
    gsize digits = strspn(value, "+-.0123456789eE");
    if (digits == 0 || strcmp(value + digits, unit) != 0)
        return FALSE;
    char *end;
    double number = g_ascii_strtod(value, &end);
    if (end != value + digits || !(number >= low && number <= high))
        return FALSE;
    *result = number;
    return TRUE;
}

/* With or without "%". */
static gboolean parse_percentage(const char *value, double low, double high, double *result)
{
    return parse_number(value, g_str_has_suffix(value, "%") ? "%" : "", low, high, result);
}

static char *format_number(double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    return g_strdup(g_ascii_formatd(text, sizeof text, "%.6g", value));
}

static gboolean parse_strength(PstSettings *settings, const char *value)
{
    return parse_percentage(value, 0, 150, &settings->strength);
}

static char *format_strength(const PstSettings *settings)
{
    return format_number(settings->strength);
}

static gboolean parse_brush_size(PstSettings *settings, const char *value)
{
    double size = 0, pixels = 0;
    if (strcmp(value, "auto") != 0 && !parse_number(value, "px", 1, 10000, &pixels) &&
        !parse_percentage(value, 25, 400, &size))
        return FALSE;
    settings->brush_size = size;
    settings->brush_pixels = pixels;
    return TRUE;
}

static char *format_brush_size(const PstSettings *settings)
{
    if (settings->brush_pixels > 0) {
        g_autofree char *pixels = format_number(settings->brush_pixels);
        return g_strconcat(pixels, "px", NULL);
    }
    return settings->brush_size == 0 ? g_strdup("auto") : format_number(settings->brush_size);
}

static const char *const keep_colours_names[] = {
    [PST_KEEP_COLOURS_OFF] = "off",
    [PST_KEEP_COLOURS_LUMINANCE] = "luminance",
    [PST_KEEP_COLOURS_MATCH] = "match",
};

static gboolean parse_keep_colours(PstSettings *settings, const char *value)
{
    for (guint i = 0; i < G_N_ELEMENTS(keep_colours_names); i++) {
        if (strcmp(value, keep_colours_names[i]) == 0) {
            settings->keep_colours = (PstKeepColours) i;
            return TRUE;
        }
    }
    return FALSE;
}

static char *format_keep_colours(const PstSettings *settings)
{
    return g_strdup(keep_colours_names[settings->keep_colours]);
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

static char *format_threads(const PstSettings *settings)
{
    return settings->threads == 0 ? g_strdup("auto") : g_strdup_printf("%d", settings->threads);
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

static char *format_memory(const PstSettings *settings)
{
    return settings->memory == 0 ? g_strdup("auto")
                                 : g_strdup_printf("%" G_GUINT64_FORMAT, settings->memory);
}

static const Field fields[] = {
    {"strength", "a percentage from 0 to 150", TRUE, parse_strength, format_strength},
    {"brush-size", "\"auto\", a percentage from 25 to 400 or pixels from 1px to 10000px", TRUE,
     parse_brush_size, format_brush_size},
    {"keep-colours", "\"off\", \"luminance\" or \"match\"", TRUE, parse_keep_colours,
     format_keep_colours},
    {"threads", "\"auto\" or a whole number from 1 to 256", FALSE, parse_threads, format_threads},
    {"memory", "\"auto\" or a number of bytes, with K, M or G behind it if you like", FALSE,
     parse_memory, format_memory},
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

char *pst_settings_to_text(const PstSettings *settings, gboolean all)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (!all && !fields[i].is_look)
            continue;
        char *value = fields[i].format(settings);
        char *encoded = g_uri_escape_string(value, " :/,", TRUE);
        g_string_append_printf(text, "%s%s=%s", text->len > 0 ? ";" : "", fields[i].name, encoded);
        g_free(encoded);
        g_free(value);
    }
    return g_string_free(text, FALSE);
}

char *pst_settings_get(const PstSettings *settings, const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (strcmp(name, fields[i].name) == 0)
            return fields[i].format(settings);
    }
    return NULL;
}
