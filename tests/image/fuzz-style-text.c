/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any text as the names of styles; what is accepted comes back from the text that it is written as.
 */
#include "nn/fuzz.h"
#include "pastiche.h"

#include <string.h>

static void require(gboolean condition)
{
    if (!condition)
        abort();
}

static gboolean has_prefix(const char *name)
{
    return g_str_has_prefix(name, "builtin:") || g_str_has_prefix(name, "file:") ||
           g_str_has_prefix(name, "layer:");
}

static void there_and_back(const PstStyleTerm *terms)
{
    char *text = pst_style_terms_to_text(terms);
    PstStyleTerm *again = pst_style_terms_new(text, NULL);
    require(again != NULL);
    int i = 0;
    for (; terms[i].name; i++) {
        require(i < PST_STYLES_MOST && has_prefix(terms[i].name));
        require(terms[i].weight > 0 && terms[i].weight <= 1000);
        require(again[i].name && strcmp(again[i].name, terms[i].name) == 0);
        require(ABS(again[i].weight - terms[i].weight) <= 1e-6);
    }
    require(i > 0 && !again[i].name);
    pst_style_terms_free(again);
    g_free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    GError *error = NULL;
    char *text = g_strndup((const char *) bytes, size);
    PstStyleTerm *terms = pst_style_terms_new(text, &error);
    if (terms)
        there_and_back(terms);
    else
        require(g_error_matches(error, PST_ERROR, PST_ERROR_USAGE));
    pst_style_terms_free(terms);
    g_clear_error(&error);
    g_free(text);
    return 0;
}
