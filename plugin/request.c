/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See request.h.
 */
#include "request.h"

#include <math.h>
#include <string.h>

#define LAYER_PREFIX   "layer:"
#define FILE_PREFIX    "file:"
#define BUILTIN_PREFIX "builtin:"
#define STYLE_KEY      "style="

void pst_request_init(PstRequest *request)
{
    request->style = g_strdup("");
    pst_settings_init(&request->settings);
}

void pst_request_clear(PstRequest *request)
{
    g_clear_pointer(&request->style, g_free);
}

void pst_request_copy(PstRequest *to, const PstRequest *from)
{
    pst_request_set_style(to, from->style);
    to->settings = from->settings;
}

void pst_request_set_style(PstRequest *request, const char *style)
{
    char *copy = g_strdup(style ? style : "");

    g_free(request->style);
    request->style = copy;
}

char *pst_settings_number(double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    return g_strdup(g_ascii_formatd(text, sizeof text, "%.6g", value));
}

char *pst_settings_brush_size(const PstSettings *settings)
{
    char *pixels, *text;

    if (settings->brush_pixels == 0)
        return settings->brush_size == 0 ? g_strdup("auto")
                                         : pst_settings_number(settings->brush_size);
    pixels = pst_settings_number(settings->brush_pixels);
    text = g_strconcat(pixels, "px", NULL);
    g_free(pixels);
    return text;
}

const char *pst_settings_keep_colours(const PstSettings *settings)
{
    switch (settings->keep_colours) {
    case PST_KEEP_COLOURS_LUMINANCE:
        return "luminance";
    case PST_KEEP_COLOURS_MATCH:
        return "match";
    case PST_KEEP_COLOURS_OFF:
        break;
    }
    return "off";
}

static void append(GString *text, const char *name, const char *value)
{
    /* Spaces stay readable; ";" and "%" are always encoded. */
    char *encoded = g_uri_escape_string(value, " :/,", TRUE);

    g_string_append_printf(text, "%s%s=%s", text->len ? ";" : "", name, encoded);
    g_free(encoded);
}

/* The settings that decide pixels. */
static void append_look(GString *text, const PstSettings *settings)
{
    char *strength = pst_settings_number(settings->strength);
    char *brush_size = pst_settings_brush_size(settings);

    append(text, "strength", strength);
    append(text, "brush-size", brush_size);
    append(text, "keep-colours", pst_settings_keep_colours(settings));
    g_free(strength);
    g_free(brush_size);
}

char *pst_request_to_text(const PstRequest *request)
{
    GString *text = g_string_new(NULL);

    append(text, "style", request->style);
    append_look(text, &request->settings);
    /* 0 is "automatic" for both, and what automatic means is not for us to freeze. */
    if (request->settings.threads != 0)
        g_string_append_printf(text, ";threads=%d", request->settings.threads);
    if (request->settings.memory != 0)
        g_string_append_printf(text, ";memory=%" G_GUINT64_FORMAT, request->settings.memory);
    return g_string_free(text, FALSE);
}

gboolean pst_request_set_from_text(PstRequest *request, const char *text, GError **error)
{
    char **parts = g_strsplit(text, ";", -1);
    GString *options = g_string_new(NULL);
    PstSettings settings;
    char *style = NULL;
    gboolean ok;

    for (char **part = parts; *part; part++) {
        if (g_str_has_prefix(*part, STYLE_KEY)) {
            g_free(style);
            style = g_uri_unescape_string(*part + strlen(STYLE_KEY), NULL);
        } else {
            g_string_append_printf(options, "%s;", *part);
        }
    }
    pst_settings_init(&settings);
    ok = pst_settings_set_all(&settings, options->str, error);
    if (ok) {
        pst_request_set_style(request, style);
        request->settings = settings;
    }
    g_free(style);
    g_string_free(options, TRUE);
    g_strfreev(parts);
    return ok;
}

char *pst_request_recipe(const PstRequest *request, const char *weights_version)
{
    GString *text = g_string_new(NULL);

    append(text, "pastiche", pst_version());
    append(text, "weights", weights_version ? weights_version : "unknown");
    if (g_str_has_prefix(request->style, FILE_PREFIX)) {
        char *base = g_path_get_basename(request->style + strlen(FILE_PREFIX));
        char *style = g_strconcat(FILE_PREFIX, base, NULL);

        append(text, "style", style);
        g_free(style);
        g_free(base);
    } else {
        append(text, "style", request->style);
    }
    append_look(text, &request->settings);
    return g_string_free(text, FALSE);
}

const char *pst_style_layer_name(const char *style)
{
    return g_str_has_prefix(style, LAYER_PREFIX) ? style + strlen(LAYER_PREFIX) : NULL;
}

static char *file_title(const char *path)
{
    char *base = g_path_get_basename(path);
    char *title = g_filename_display_name(base);
    char *dot = strrchr(title, '.');

    /* ".png" is a name, not an extension. */
    if (dot && dot != title)
        *dot = '\0';
    g_free(base);
    return title;
}

char *pst_style_title(const char *style)
{
    if (g_str_has_prefix(style, FILE_PREFIX))
        return file_title(style + strlen(FILE_PREFIX));
    if (g_str_has_prefix(style, BUILTIN_PREFIX))
        return g_strdup(style + strlen(BUILTIN_PREFIX));
    return g_strdup(pst_style_layer_name(style) ? pst_style_layer_name(style) : style);
}

char *pst_result_title(const char *content, const char *style)
{
    char *title = pst_style_title(style);
    char *result = g_strdup_printf("%s \xe2\x80\x93 %s", content, title); /* an en dash */

    g_free(title);
    return result;
}
