/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Settings by name and text: one row of a table per name, so that messages, parsing and writing agree.
 */
#include "image/settings-field.h"

#include <math.h>
#include <string.h>

/* The domain's text is the name as it stands here, which clang-format would take for a difference. */
/* clang-format off */
G_DEFINE_QUARK(pst-error-quark, pst_error)
/* clang-format on */

typedef PstField Field;

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
gboolean pst_field_parse_number(const char *value, double low, double high, double *result)
{
    return parse_number(value, g_str_has_suffix(value, "%") ? "%" : "", low, high, result);
}

char *pst_field_format_number(double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    return g_strdup(g_ascii_formatd(text, sizeof text, "%.6g", value));
}

gboolean pst_field_parse_whole(const char *value, int most, int *result)
{
    guint64 number;
    if (!g_ascii_string_to_unsigned(value, 10, 0, (guint64) most, &number, NULL))
        return FALSE;
    *result = (int) number;
    return TRUE;
}

gboolean pst_field_parse_word(const char *const *words, const char *value, int *index)
{
    for (int i = 0; words[i]; i++) {
        if (strcmp(value, words[i]) == 0) {
            *index = i;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean parse_brush_size(PstSettings *settings, const char *value)
{
    double size = 0, pixels = 0;
    if (strcmp(value, "auto") != 0 && !parse_number(value, "px", 1, 10000, &pixels) &&
        !pst_field_parse_number(value, 25, 400, &size))
        return FALSE;
    settings->brush_size = size;
    settings->brush_pixels = pixels;
    return TRUE;
}

static char *format_brush_size(const PstSettings *settings)
{
    if (settings->brush_pixels > 0) {
        g_autofree char *pixels = pst_field_format_number(settings->brush_pixels);
        return g_strconcat(pixels, "px", NULL);
    }
    return settings->brush_size == 0 ? g_strdup("auto")
                                     : pst_field_format_number(settings->brush_size);
}

/* Parser and writer of a field that is a number of [low, high]. */
#define NUMBER_FIELD(field, low, high)                                                             \
    static gboolean parse_##field(PstSettings *settings, const char *value)                        \
    {                                                                                              \
        return pst_field_parse_number(value, low, high, &settings->field);                         \
    }                                                                                              \
    static char *format_##field(const PstSettings *settings)                                       \
    {                                                                                              \
        return pst_field_format_number(settings->field);                                           \
    }
NUMBER_FIELD(strength, 0, 150)
NUMBER_FIELD(underpainting, 0, 200)
NUMBER_FIELD(detail, 0, 200)
NUMBER_FIELD(keep_amount, 0, 100)
NUMBER_FIELD(smooth, 0, 100)

PST_WHOLE_FIELD(finish, finish, int, PST_FINISH_MOST)
PST_WHOLE_FIELD(seed, seed, guint32, PST_SEED_MOST)
PST_WORD_FIELD(mode, mode, PstMode, "painting", "photo")
PST_WORD_FIELD(keep_colours, keep_colours, PstKeepColours, "off", "luminance", "match")
PST_WORD_FIELD(fusion, fusion, PstFusion, "attention", "sum")

static gboolean parse_threads(PstSettings *settings, const char *value)
{
    int threads = 0;
    if (strcmp(value, "auto") != 0 && !pst_field_parse_whole(value, 256, &threads))
        return FALSE;
    settings->threads = threads;
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

static gboolean parse_tileable(PstSettings *settings, const char *value)
{
    settings->tileable = strcmp(value, "yes") == 0;
    return settings->tileable || strcmp(value, "no") == 0;
}

static char *format_tileable(const PstSettings *settings)
{
    return g_strdup(settings->tileable ? "yes" : "no");
}

static const Field fields[] = {
    {"strength", "a percentage from 0 to 150", TRUE, parse_strength, format_strength, TRUE},
    {"brush-size", "\"auto\", a percentage from 25 to 400 or pixels from 1px to 10000px", TRUE,
     parse_brush_size, format_brush_size, TRUE},
    {"underpainting", "a percentage from 0 to 200", TRUE, parse_underpainting, format_underpainting,
     FALSE},
    {"detail", "a percentage from 0 to 200", TRUE, parse_detail, format_detail, FALSE},
    {"finish", "a whole number from 0 to 100", TRUE, parse_finish, format_finish, FALSE},
    {"mode", "\"painting\" or \"photo\"", TRUE, parse_mode, format_mode, FALSE},
    {"keep-colours", "\"off\", \"luminance\" or \"match\"", TRUE, parse_keep_colours,
     format_keep_colours, TRUE},
    {"keep-amount", "a percentage from 0 to 100", TRUE, parse_keep_amount, format_keep_amount,
     FALSE},
    {"smooth", "a percentage from 0 to 100", TRUE, parse_smooth, format_smooth, FALSE},
    {"seed", "a whole number from 0 to 2147483647", TRUE, parse_seed, format_seed, FALSE},
    {"tileable", "\"yes\" or \"no\"", TRUE, parse_tileable, format_tileable, FALSE},
    {"fusion", "\"attention\" or \"sum\"", TRUE, parse_fusion, format_fusion, FALSE},
    {"threads", "\"auto\" or a whole number from 1 to 256", FALSE, parse_threads, format_threads,
     TRUE},
    {"memory", "\"auto\" or a number of bytes, with K, M or G behind it if you like", FALSE,
     parse_memory, format_memory, TRUE},
};

/* The field of this number, or NULL after the last; those of Refine come last. */
static const Field *field_at(guint i)
{
    if (i < G_N_ELEMENTS(fields))
        return &fields[i];
    const Field *field = &pst_refine_fields[i - G_N_ELEMENTS(fields)];
    return field->name ? field : NULL;
}

static const Field *field_named(const char *name)
{
    const Field *field;
    for (guint i = 0; (field = field_at(i)); i++) {
        if (strcmp(name, field->name) == 0)
            return field;
    }
    return NULL;
}

static char *valid_names(void)
{
    const Field *field;
    GString *names = g_string_new(NULL);
    for (guint i = 0; (field = field_at(i)); i++)
        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", field->name);
    return g_string_free(names, FALSE);
}

void pst_settings_init(PstSettings *settings)
{
    *settings = (PstSettings){
        .strength = 100, .underpainting = 100, .detail = 100, .finish = 2, .keep_amount = 100};
    pst_refine_settings_init(&settings->refine);
}

gboolean pst_settings_set(PstSettings *settings, const char *name, const char *value,
                          GError **error)
{
    const Field *field = field_named(name);
    if (field) {
        PstSettings changed = *settings;
        if (!field->parse(&changed, value)) {
            g_set_error(error, PST_ERROR, PST_ERROR_USAGE, "%s must be %s, not \"%s\"", name,
                        field->valid, value);
            return FALSE;
        }
        *settings = changed;
        return TRUE;
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

/* Whether a field is left out of a text: most are at their default. */
static gboolean goes_without_saying(const Field *field, const char *value)
{
    PstSettings defaults;
    if (field->always)
        return FALSE;
    pst_settings_init(&defaults);
    char *usual = field->format(&defaults);
    gboolean same = strcmp(usual, value) == 0;
    g_free(usual);
    return same;
}

char *pst_settings_to_text(const PstSettings *settings, gboolean all)
{
    const Field *field;
    GString *text = g_string_new(NULL);
    for (guint i = 0; (field = field_at(i)); i++) {
        char *value = field->format(settings);
        if ((all || field->is_look) && !goes_without_saying(field, value)) {
            char *encoded = g_uri_escape_string(value, " :/,", TRUE);
            g_string_append_printf(text, "%s%s=%s", text->len > 0 ? ";" : "", field->name, encoded);
            g_free(encoded);
        }
        g_free(value);
    }
    return g_string_free(text, FALSE);
}

gboolean pst_settings_is_look(const char *name)
{
    const Field *field = field_named(name);
    return field && field->is_look;
}

char *pst_settings_get(const PstSettings *settings, const char *name)
{
    const Field *field = field_named(name);
    return field ? field->format(settings) : NULL;
}
