/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How well a style suits a photo, before it is painted.  The score is a linear prediction of what painted
 * pairs scored, from what is measured of both pictures; weights/train/suits.py fits it and writes
 * suits-fit.h.  Suggestions and advice follow from the same measures.
 */
#include "image/style/style.h"
#include "image/style/suits-fit.h"
#include "image/style/traits.h"

#include <math.h>

struct PstSubject {
    float traits[PST_TRAITS];
};

/* ---- Subjects -------------------------------------------------------------------------------- */

PstSubject *pst_subject_new(GeglBuffer *content, GError **error)
{
    PstReader reader;
    if (!pst_reader_open(&reader, content, error))
        return NULL;
    PstSubject *subject = g_new0(PstSubject, 1);
    if (!pst_traits_measure(&reader, subject->traits, error))
        g_clear_pointer(&subject, pst_subject_free);
    pst_reader_close(&reader);
    return subject;
}

void pst_subject_free(PstSubject *subject)
{
    g_free(subject);
}

/* ---- Features of a pair ---------------------------------------------------------------------- */

enum {
    FEATURE_PALETTE,      /* how far apart the colours are */
    FEATURE_HUES,         /* the same without luma */
    FEATURE_SCALE,        /* how differently the detail spreads over the octaves */
    FEATURE_BUSY,         /* how much more detail the style has */
    FEATURE_CONTENT_LUMA, /* contrasts: the spread between outer quantiles */
    FEATURE_STYLE_LUMA,
    FEATURE_CONTENT_HUES,
    FEATURE_STYLE_HUES,
    FEATURE_CONTENT_UNEVEN,
    FEATURE_STYLE_UNEVEN,
    FEATURE_CONTENT_SPARSE, /* whether detail is edges or texture, at the finest octave */
    FEATURE_STYLE_SPARSE,
    FEATURE_CONTENT_DETAIL, /* one an octave */
    FEATURE_STYLE_DETAIL = FEATURE_CONTENT_DETAIL + PST_TRAIT_OCTAVES,
    FEATURES = FEATURE_STYLE_DETAIL + PST_TRAIT_OCTAVES,
};

G_STATIC_ASSERT(FEATURES <= PST_SUIT_FEATURES);
G_STATIC_ASSERT(G_N_ELEMENTS(fit_weights) == FEATURES);

static double mean_distance(const float *a, const float *b, int count)
{
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += fabs((double) a[i] - b[i]);
    return sum / count;
}

static double spread(const float *traits, int channel)
{
    const float *quantiles = traits + PST_TRAIT_PALETTE + PST_TRAIT_QUANTILES * channel;
    return (double) quantiles[PST_TRAIT_QUANTILES - 1] - quantiles[0];
}

static double mean_detail(const float *traits)
{
    double sum = 0;
    for (int k = 0; k < PST_TRAIT_OCTAVES; k++)
        sum += traits[PST_TRAIT_DETAIL + k];
    return sum / PST_TRAIT_OCTAVES;
}

/* How far, in octaves, the style's detail is finer than the content's; towards 0 where both are alike. */
static double finer(const float *c, const float *s)
{
    double level_c = 0, level_s = 0, sum_c = 0, sum_s = 0;
    for (int k = 0; k < PST_TRAIT_OCTAVES; k++) {
        double detail_c = exp2(c[PST_TRAIT_DETAIL + k]), detail_s = exp2(s[PST_TRAIT_DETAIL + k]);
        level_c += k * detail_c;
        level_s += k * detail_s;
        sum_c += detail_c;
        sum_s += detail_s;
    }
    return level_c / sum_c - level_s / sum_s;
}

static void measure_pair(const float *c, const float *s, double features[FEATURES])
{
    double more = mean_detail(s) - mean_detail(c), scale = 0;
    for (int k = 0; k < PST_TRAIT_OCTAVES; k++) {
        features[FEATURE_CONTENT_DETAIL + k] = c[PST_TRAIT_DETAIL + k];
        features[FEATURE_STYLE_DETAIL + k] = s[PST_TRAIT_DETAIL + k];
        scale += fabs((double) s[PST_TRAIT_DETAIL + k] - c[PST_TRAIT_DETAIL + k] - more);
    }
    features[FEATURE_PALETTE] =
        mean_distance(c + PST_TRAIT_PALETTE, s + PST_TRAIT_PALETTE, 3 * PST_TRAIT_QUANTILES);
    features[FEATURE_HUES] =
        mean_distance(c + PST_TRAIT_PALETTE + PST_TRAIT_QUANTILES,
                      s + PST_TRAIT_PALETTE + PST_TRAIT_QUANTILES, 2 * PST_TRAIT_QUANTILES);
    features[FEATURE_SCALE] = scale;
    features[FEATURE_BUSY] = more;
    features[FEATURE_CONTENT_LUMA] = spread(c, 0);
    features[FEATURE_STYLE_LUMA] = spread(s, 0);
    features[FEATURE_CONTENT_HUES] = spread(c, 1) + spread(c, 2);
    features[FEATURE_STYLE_HUES] = spread(s, 1) + spread(s, 2);
    features[FEATURE_CONTENT_UNEVEN] = c[PST_TRAIT_UNEVEN];
    features[FEATURE_STYLE_UNEVEN] = s[PST_TRAIT_UNEVEN];
    features[FEATURE_CONTENT_SPARSE] = c[PST_TRAIT_SPARSE];
    features[FEATURE_STYLE_SPARSE] = s[PST_TRAIT_SPARSE];
}

/* ---- Score and advice ------------------------------------------------------------------------ */

/* Where the prediction lies among those of the pairs that it was fitted on, in per cent of them. */
static double score_of(const double features[FEATURES])
{
    double z = 0;
    for (int i = 0; i < FEATURES; i++)
        z += fit_weights[i] * CLAMP((features[i] - fit_means[i]) / fit_deviations[i], -3, 3);
    return 50 * (1 + erf(z / fit_spread / sqrt(2)));
}

/* How unusual a feature is among the pairs of the fit: standard deviations above the mean. */
static double unusual(const double features[FEATURES], int feature)
{
    return (features[feature] - fit_means[feature]) / fit_deviations[feature];
}

static double round_to(double value, double step)
{
    return floor(value / step + 0.5) * step;
}

static void advise(const double features[FEATURES], double octaves, PstSuit *suit)
{
    double busy = unusual(features, FEATURE_BUSY), hues = unusual(features, FEATURE_HUES);
    double flat = -unusual(features, FEATURE_CONTENT_DETAIL + 1);
    suit->strength =
        CLAMP(round_to(100 - 15 * MAX(busy - 0.5, 0) - 10 * MAX(flat - 0.5, 0), 5), 60, 100);
    suit->brush_size = CLAMP(round_to(100 * exp2(octaves), 25), 50, 200);
    if (busy > 1)
        suit->advice = "The style is much busier than the photo: less strength keeps the subject "
                       "readable.";
    else if (flat > 1.2)
        suit->advice = "The photo has large plain areas, where the style will invent texture: less "
                       "strength keeps them calm.";
    else if (hues > 1)
        suit->advice = "The style's colours are far from the photo's and take over: keep-colours "
                       "\"luminance\" leaves the "
                       "photo its own.";
    else if (suit->brush_size >= 150)
        suit->advice = "The style's marks are finer than the photo's shapes: a larger brush lets "
                       "them be seen.";
    else if (suit->brush_size <= 75)
        suit->advice = "The style's marks are coarser than the photo's details: a smaller brush "
                       "keeps those.";
    else if (suit->score >= 60)
        suit->advice = "A good match: colours, detail and scale fit.";
    else if (suit->score >= 35)
        suit->advice = "Photo and style go together at the usual settings.";
    else
        suit->advice = "Little of this style will come across on this photo.";
}

gboolean pst_subject_suits(const PstSubject *subject, const PstStyle *style, PstSuit *suit,
                           GError **error)
{
    double features[FEATURES];
    if (!style->traits) {
        g_set_error_literal(error, PST_ERROR, PST_ERROR_FILE,
                            "the style file does not say what its picture is like: make it anew "
                            "from its picture");
        return FALSE;
    }
    *suit = (PstSuit){0};
    measure_pair(subject->traits, style->traits, features);
    suit->score = score_of(features);
    advise(features, finer(subject->traits, style->traits), suit);
    suit->feature_count = FEATURES;
    for (int i = 0; i < FEATURES; i++)
        suit->features[i] = features[i];
    return TRUE;
}
