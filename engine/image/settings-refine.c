/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The settings of Refine by name and text.
 */
#include "image/settings-field.h"

#include <string.h>

void pst_refine_settings_init(PstRefine *refine)
{
    *refine = (PstRefine){
        .critic = "",
        .content_layers = "",
        .style_layers = "",
        .content_weight = 1,
        .style_weight = 20,
        .tv = 3,
        .optimiser = PST_REFINE_LBFGS,
        .from = PST_REFINE_FROM_PHOTO,
        .statistic = PST_REFINE_NEAREST,
    };
}

/* ---- Numbers --------------------------------------------------------------------------------- */

PST_WHOLE_FIELD(iterations, refine.iterations, int, PST_REFINE_MOST)

#define WEIGHT_FIELD(field)                                                                        \
    static gboolean parse_##field(PstSettings *settings, const char *value)                        \
    {                                                                                              \
        return !strchr(value, '%') &&                                                              \
               pst_field_parse_number(value, 0, 1e6, &settings->refine.field);                     \
    }                                                                                              \
    static char *format_##field(const PstSettings *settings)                                       \
    {                                                                                              \
        return pst_field_format_number(settings->refine.field);                                    \
    }
WEIGHT_FIELD(content_weight)
WEIGHT_FIELD(style_weight)
WEIGHT_FIELD(tv)
WEIGHT_FIELD(tv2)

static gboolean parse_rate(PstSettings *settings, const char *value)
{
    if (strcmp(value, "auto") == 0) {
        settings->refine.learning_rate = 0;
        return TRUE;
    }
    return !strchr(value, '%') &&
           pst_field_parse_number(value, 1e-5, 1, &settings->refine.learning_rate);
}

static char *format_rate(const PstSettings *settings)
{
    double rate = settings->refine.learning_rate;
    return rate == 0 ? g_strdup("auto") : pst_field_format_number(rate);
}

/* ---- Words ----------------------------------------------------------------------------------- */

PST_WORD_FIELD(optimiser, refine.optimiser, PstRefineOptimiser, "adam", "lbfgs")
PST_WORD_FIELD(from, refine.from, PstRefineFrom, "draft", "photo", "noise")
PST_WORD_FIELD(statistic, refine.statistic, PstRefineStatistic, "both", "gram", "moments", "sliced",
               "nearest")

/* ---- Texts ----------------------------------------------------------------------------------- */

/* Interned, so that settings can be copied and forgotten like any other value. */
#define TEXT_FIELD(field)                                                                          \
    static gboolean parse_##field(PstSettings *settings, const char *value)                        \
    {                                                                                              \
        if (strlen(value) > 4096)                                                                  \
            return FALSE;                                                                          \
        settings->refine.field = g_intern_string(value);                                           \
        return TRUE;                                                                               \
    }                                                                                              \
    static char *format_##field(const PstSettings *settings)                                       \
    {                                                                                              \
        return g_strdup(settings->refine.field ? settings->refine.field : "");                     \
    }
TEXT_FIELD(critic)
TEXT_FIELD(content_layers)
TEXT_FIELD(style_layers)

#define WEIGHT_RANGE "a number from 0 to 1000000"
#define LAYERS_RANGE "NAME or NAME*WEIGHT, several separated by commas"

const PstField pst_refine_fields[] = {
    {"refine", "a whole number from 0 to 1000", TRUE, parse_iterations, format_iterations, FALSE},
    {"refine-from", "\"draft\", \"photo\" or \"noise\"", TRUE, parse_from, format_from, FALSE},
    {"critic", "the path of a loss network", TRUE, parse_critic, format_critic, FALSE},
    {"content-layers", LAYERS_RANGE, TRUE, parse_content_layers, format_content_layers, FALSE},
    {"style-layers", LAYERS_RANGE, TRUE, parse_style_layers, format_style_layers, FALSE},
    {"style-loss", "\"both\", \"gram\", \"moments\", \"sliced\" or \"nearest\"", TRUE,
     parse_statistic, format_statistic, FALSE},
    {"content-weight", WEIGHT_RANGE, TRUE, parse_content_weight, format_content_weight, FALSE},
    {"style-weight", WEIGHT_RANGE, TRUE, parse_style_weight, format_style_weight, FALSE},
    {"tv", WEIGHT_RANGE, TRUE, parse_tv, format_tv, FALSE},
    {"tv2", WEIGHT_RANGE, TRUE, parse_tv2, format_tv2, FALSE},
    {"optimiser", "\"adam\" or \"lbfgs\"", TRUE, parse_optimiser, format_optimiser, FALSE},
    {"learning-rate", "\"auto\" or a number from 0.00001 to 1", TRUE, parse_rate, format_rate,
     FALSE},
    {NULL, NULL, FALSE, NULL, NULL, FALSE},
};
