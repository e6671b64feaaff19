/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The regions of a request as text: see request.h.
 */
#include "request.h"

#include <string.h>

/* What may stand in a name as it is: all but ";", "=" and "%". */
#define PLAIN " :/,*|"

void pst_style_layers_init(PstStyleLayers *layers)
{
    for (int k = 0; k < PST_REQUEST_STYLES; k++)
        for (int i = 0; i < PST_STYLES_MOST; i++)
            layers->ids[k][i] = -1;
}

void pst_regions_add(PstRequest *request, char *mask, char *style)
{
    request->regions[request->region_count++] = (PstRegionName){mask, style};
}

void pst_regions_clear(PstRequest *request)
{
    for (int k = 0; k < request->region_count; k++) {
        g_free(request->regions[k].mask);
        g_free(request->regions[k].style);
    }
    request->region_count = 0;
}

void pst_regions_copy(PstRequest *to, const PstRequest *from)
{
    if (to == from)
        return;
    pst_regions_clear(to);
    for (int k = 0; k < from->region_count; k++)
        pst_regions_add(to, g_strdup(from->regions[k].mask), g_strdup(from->regions[k].style));
}

static gboolean check(const char *mask, const char *style, GError **error)
{
    PstStyleTerm *terms;

    if (!mask || !style) {
        g_set_error_literal(error, PST_ERROR, PST_ERROR_USAGE, "regions are not percent-encoded");
        return FALSE;
    }
    if (!pst_mask_layer_name(mask) && !pst_mask_channel_name(mask)) {
        g_set_error(error, PST_ERROR, PST_ERROR_USAGE,
                    "a region must be \"channel:NAME\" or \"layer:NAME\", not \"%s\"", mask);
        return FALSE;
    }
    terms = pst_style_terms_new(style, error);
    pst_style_terms_free(terms);
    return terms != NULL;
}

static gboolean parse_one(PstRequest *request, char *text, GError **error)
{
    char *equals = strchr(text, '=');
    char *mask, *style;

    if (!equals) {
        g_set_error(error, PST_ERROR, PST_ERROR_USAGE,
                    "regions must be \"MASK=STYLE;MASK=STYLE\", not \"%s\"", text);
        return FALSE;
    }
    if (request->region_count == PST_REGIONS_MOST) {
        g_set_error(error, PST_ERROR, PST_ERROR_USAGE, "there can be at most %d regions",
                    PST_REGIONS_MOST);
        return FALSE;
    }
    *equals = '\0';
    mask = g_uri_unescape_string(text, NULL);
    style = g_uri_unescape_string(equals + 1, NULL);
    if (check(mask, style, error)) {
        pst_regions_add(request, mask, style);
        return TRUE;
    }
    g_free(mask);
    g_free(style);
    return FALSE;
}

gboolean pst_regions_parse(PstRequest *request, const char *text, GError **error)
{
    char **parts = g_strsplit(text, ";", -1);
    PstRequest parsed = {.region_count = 0};
    gboolean ok = TRUE;

    for (char **part = parts; ok && *part; part++)
        ok = !**part || parse_one(&parsed, *part, error);
    if (ok)
        pst_regions_copy(request, &parsed);
    pst_regions_clear(&parsed);
    g_strfreev(parts);
    return ok;
}

char *pst_regions_to_text(const PstRequest *request, char *(*convert)(const char *style))
{
    GString *text = g_string_new(NULL);

    for (int k = 0; k < request->region_count; k++) {
        char *style = convert(request->regions[k].style);

        g_string_append(text, k > 0 ? ";" : "");
        g_string_append_uri_escaped(text, request->regions[k].mask, PLAIN, TRUE);
        g_string_append_c(text, '=');
        g_string_append_uri_escaped(text, style, PLAIN, TRUE);
        g_free(style);
    }
    return g_string_free(text, FALSE);
}

const char *pst_request_mask(const PstRequest *request, int k)
{
    return k == 0 ? request->mask : request->regions[k - 1].mask;
}

const char *pst_request_style(const PstRequest *request, int k)
{
    return k == 0 ? request->style : request->regions[k - 1].style;
}

void pst_request_replace_style(PstRequest *request, int k, char *style)
{
    char **place = k == 0 ? &request->style : &request->regions[k - 1].style;

    g_free(*place);
    *place = style;
}

static void remove_region(PstRequest *request, int k)
{
    g_free(request->regions[k].mask);
    g_free(request->regions[k].style);
    request->region_count--;
    memmove(request->regions + k, request->regions + k + 1,
            (size_t) (request->region_count - k) * sizeof *request->regions);
}

gboolean pst_request_forget_kept(PstRequest *request)
{
    gboolean whole = TRUE;

    for (int k = request->region_count; k >= 0; k--) {
        const char *style = pst_request_style(request, k), *kept = pst_style_kept_name(style);

        if (!kept)
            continue;
        if (!pst_style_has_file(style)) {
            pst_request_replace_style(request, k, g_strdup(kept));
            continue;
        }
        whole = FALSE;
        if (k == 0)
            pst_request_set_style(request, "");
        else
            remove_region(request, k - 1);
    }
    return whole;
}
