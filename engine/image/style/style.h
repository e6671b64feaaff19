/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is known of a style.
 */
#pragma once

#include "image/engine.h"
#include "image/refine/impression.h"

/* The long side to which a style's picture is reduced before it is encoded. */
#define PST_STYLE_SIDE 512

/* What Refine can know of a style. */
typedef struct {
    GeglBuffer *buffer;        /* its picture as it was encoded; NULL where it came from a file */
    PstImpression *impression; /* what a critic saw of it; NULL where none has looked */
    double weight;
} PstStyleSource;

struct PstStyle {
    int size;
    float *code;
    float *tokens; /* [token_count][token_size] numbers that are halves too; NULL without */
    int token_count, token_size;
    char *model;    /* PstEngine's hash */
    char *version;  /* and version: for messages */
    float *traits;  /* PST_TRAITS of its picture (image/style/traits.h); NULL where not known */
    float *palette; /* PST_PALETTE of it (image/paint/palette.h); likewise */
    float *along;   /* one: how much changes along its strokes (image/paint/strokes.h); likewise */
    PstStyleInfo info;  /* texts and thumbnail are the style's own */
    GPtrArray *sources; /* of PstStyleSource: several where it is a mix */
};

/* A style of this engine and nothing told of it; takes over `code` and `tokens`, which is NULL where the
 * engine has none. */
PstStyle *pst_style_new(const PstEngine *engine, float *code, float *tokens);

/* Notes what the style is of; adds references to `buffer` and `impression`, which may be NULL. */
void pst_style_add_source(PstStyle *style, GeglBuffer *buffer, PstImpression *impression,
                          double weight);
