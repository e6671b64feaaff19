/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See request.h.
 */
#include "request.h"

#include <string.h>
#include <unistd.h>

#define STYLE     "style"
#define SELECTION "selection"

/* Half as many look nearly as good and twice as many are hardly to be told from these. */
#define DIALOG_REFINE 20
/* Refine takes up to 1.4 GB; of the memory half of what is free is ours, unless the user says otherwise. */
#define REFINE_FITS 5e9

/* In the order of PstOutput. */
static const char *const outputs[] = {"auto", "layer", "image"};

void pst_request_init(PstRequest *request)
{
    request->style = g_strdup("");
    request->mask = g_strdup(SELECTION);
    request->output = PST_OUTPUT_AUTO;
    request->region_count = 0;
    pst_settings_init(&request->settings);
}

void pst_request_set_for_dialog(PstRequest *request)
{
    double memory = (double) sysconf(_SC_PHYS_PAGES) * (double) sysconf(_SC_PAGESIZE);

    if (memory >= REFINE_FITS)
        request->settings.refine.iterations = DIALOG_REFINE;
}

void pst_request_clear(PstRequest *request)
{
    g_clear_pointer(&request->style, g_free);
    g_clear_pointer(&request->mask, g_free);
    pst_regions_clear(request);
}

static void set_mask(PstRequest *request, const char *mask)
{
    char *copy = g_strdup(mask);

    g_free(request->mask);
    request->mask = copy;
}

gboolean pst_request_refines(const PstRequest *request)
{
    return request->settings.refine.iterations > 0 && request->settings.mode == PST_MODE_PAINTING;
}

void pst_request_copy(PstRequest *to, const PstRequest *from)
{
    pst_request_set_style(to, from->style);
    set_mask(to, from->mask);
    pst_regions_copy(to, from);
    to->settings = from->settings;
    to->output = from->output;
}

void pst_request_set_style(PstRequest *request, const char *style)
{
    char *copy = g_strdup(style ? style : "");

    g_free(request->style);
    request->style = copy;
}

const char *pst_request_output(const PstRequest *request)
{
    return outputs[request->output];
}

/* ---- Masks ----------------------------------------------------------------------------------- */

/* What is behind the prefix, if that is something. */
static const char *name_behind(const char *mask, const char *prefix)
{
    gsize length = strlen(prefix);

    return strncmp(mask, prefix, length) == 0 && mask[length] ? mask + length : NULL;
}

gboolean pst_mask_is_selection(const char *mask)
{
    return strcmp(mask, SELECTION) == 0;
}

const char *pst_mask_layer_name(const char *mask)
{
    return name_behind(mask, "layer:");
}

const char *pst_mask_channel_name(const char *mask)
{
    return name_behind(mask, "channel:");
}

/* ---- Text ------------------------------------------------------------------------------------ */

void pst_append_pair(GString *text, const char *name, const char *value)
{
    /* Spaces stay readable; ";" and "%" are always encoded. */
    char *encoded = g_uri_escape_string(value, " :/,", TRUE);

    g_string_append_printf(text, "%s%s=%s", text->len ? ";" : "", name, encoded);
    g_free(encoded);
}

char *pst_split_pair(char *pair, GError **error)
{
    char *equals = strchr(pair, '='), *value = NULL;

    if (equals)
        value = g_uri_unescape_string(equals + 1, NULL);
    if (!equals)
        g_set_error(error, PST_ERROR, PST_ERROR_USAGE, "\"%s\" is not of the form name=value",
                    pair);
    else if (!value)
        g_set_error(error, PST_ERROR, PST_ERROR_USAGE, "\"%s\" is not percent-encoded", pair);
    else
        *equals = '\0';
    return value;
}

static gboolean parse_mask(PstRequest *request, const char *value, GError **error)
{
    if (!pst_mask_is_selection(value) && strcmp(value, "none") != 0 &&
        !pst_mask_layer_name(value) && !pst_mask_channel_name(value)) {
        g_set_error(error, PST_ERROR, PST_ERROR_USAGE,
                    "mask must be \"selection\", \"none\", \"channel:NAME\" or \"layer:NAME\", "
                    "not \"%s\"",
                    value);
        return FALSE;
    }
    set_mask(request, value);
    return TRUE;
}

gboolean pst_request_set(PstRequest *request, const char *name, const char *value, GError **error)
{
    if (strcmp(name, "mask") == 0)
        return parse_mask(request, value, error);
    if (strcmp(name, "regions") == 0)
        return pst_regions_parse(request, value, error);
    if (strcmp(name, "output") != 0)
        return pst_settings_set(&request->settings, name, value, error);
    for (guint i = 0; i < G_N_ELEMENTS(outputs); i++) {
        if (strcmp(value, outputs[i]) == 0) {
            request->output = (PstOutput) i;
            return TRUE;
        }
    }
    g_set_error(error, PST_ERROR, PST_ERROR_USAGE,
                "output must be \"auto\", \"layer\" or \"image\", not \"%s\"", value);
    return FALSE;
}

/* Of a whole request the style is one part more. */
static gboolean set_pair(PstRequest *request, char *pair, gboolean whole, GError **error)
{
    char *value = pst_split_pair(pair, error);
    gboolean ok = value != NULL;

    if (ok && whole && strcmp(pair, STYLE) == 0)
        pst_request_set_style(request, value);
    else if (ok)
        ok = pst_request_set(request, pair, value, error);
    g_free(value);
    return ok;
}

static gboolean set_pairs(PstRequest *request, const char *text, gboolean whole, GError **error)
{
    char **pairs = g_strsplit(text, ";", -1);
    PstRequest changed;
    gboolean ok = TRUE;

    pst_request_init(&changed);
    if (!whole)
        pst_request_copy(&changed, request);
    for (char **pair = pairs; ok && *pair; pair++)
        ok = !**pair || set_pair(&changed, *pair, whole, error);
    if (ok)
        pst_request_copy(request, &changed);
    pst_request_clear(&changed);
    g_strfreev(pairs);
    return ok;
}

gboolean pst_request_set_all(PstRequest *request, const char *options, GError **error)
{
    return set_pairs(request, options, FALSE, error);
}

gboolean pst_request_set_from_text(PstRequest *request, const char *text, GError **error)
{
    return set_pairs(request, text, TRUE, error);
}

static char *as_it_is(const char *style)
{
    return g_strdup(style);
}

char *pst_request_to_text(const PstRequest *request)
{
    GString *text = g_string_new(NULL);
    char *settings = pst_settings_to_text(&request->settings, TRUE);
    char *regions = pst_regions_to_text(request, as_it_is);

    pst_append_pair(text, STYLE, request->style);
    pst_append_pair(text, "output", pst_request_output(request));
    g_string_append_printf(text, ";%s", settings);
    if (!pst_mask_is_selection(request->mask))
        pst_append_pair(text, "mask", request->mask);
    if (request->region_count > 0)
        pst_append_pair(text, "regions", regions);
    g_free(regions);
    g_free(settings);
    return g_string_free(text, FALSE);
}
