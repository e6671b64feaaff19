/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any text as options; what is accepted is in range, and comes back from the text that it is written as.
 */
#include "nn/fuzz.h"
#include "pastiche.h"

#include <string.h>

static void require(gboolean condition)
{
    if (!condition)
        abort();
}

static void check_range(const PstSettings *s)
{
    const PstRefine *r = &s->refine;
    require(s->strength >= 0 && s->strength <= 150);
    require(s->brush_size == 0 || (s->brush_size >= 25 && s->brush_size <= 400));
    require(s->brush_pixels == 0 || (s->brush_pixels >= 1 && s->brush_pixels <= 10000));
    require(s->smooth >= 0 && s->smooth <= 100);
    require((unsigned) s->mode <= PST_MODE_PHOTO);
    require((unsigned) s->keep_colours <= PST_KEEP_COLOURS_MATCH);
    require(s->threads >= 0 && s->threads <= 256);
    require(r->iterations >= 0 && r->iterations <= PST_REFINE_MOST);
    require(r->learning_rate == 0 || (r->learning_rate >= 1e-5 && r->learning_rate <= 1));
    require(r->content_weight >= 0 && r->content_weight <= 1e6);
    require(r->style_weight >= 0 && r->style_weight <= 1e6);
    require(r->tv >= 0 && r->tv <= 1e6 && r->tv2 >= 0 && r->tv2 <= 1e6);
    require(r->critic && r->content_layers && r->style_layers);
}

static void there_and_back(const PstSettings *settings)
{
    PstSettings again;
    pst_settings_init(&again);
    char *text = pst_settings_to_text(settings, TRUE);
    require(pst_settings_set_all(&again, text, NULL));
    char *second = pst_settings_to_text(&again, TRUE);
    require(strcmp(text, second) == 0);
    g_free(second);
    g_free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    PstSettings settings, before;
    GError *error = NULL;
    char *text = g_strndup((const char *) bytes, size);
    pst_settings_init(&settings);
    before = settings;
    if (pst_settings_set_all(&settings, text, &error)) {
        check_range(&settings);
        there_and_back(&settings);
    } else {
        require(g_error_matches(error, PST_ERROR, PST_ERROR_USAGE));
        require(memcmp(&before, &settings, sizeof settings) == 0);
    }
    g_clear_error(&error);
    g_free(text);
    return 0;
}
