/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of image/ share: the engine's inside, and the way from nn's errors and progress to
 * GError and PstProgress.
 */
#pragma once

#include "nn/graph.h"
#include "nn/run.h"
#include "pastiche.h"

struct PstEngine {
    PstGraph *encode;                             /* picture -> code */
    PstGraph *paint;                              /* picture, code, strength -> result */
    int code, paint_code, paint_strength, result; /* nodes of these names */
    char *version;
    char *folder; /* where the weights were found */
    char *hash;   /* SHA-256 of the painter's data, in hexadecimal */
};

/* A style's picture, reduced to the size that it was encoded at. */
typedef struct {
    GeglBuffer *buffer; /* a reference of its own */
    double weight;
} PstStylePicture;

struct PstStyle {
    int size;
    float *code;
    char *model;       /* PstEngine's hash */
    char *version;     /* and version: for messages */
    float *traits;     /* PST_TRAITS of its picture (image/traits.h); NULL where not known */
    PstStyleInfo info; /* texts and thumbnail are the style's own */
    GPtrArray
        *pictures; /* of PstStylePicture: what Refine sees of it; empty where it came from a file */
};

/* A style of this engine and nothing told of it; takes `code` over. */
PstStyle *pst_style_new(const PstEngine *engine, float *code);

/* Notes a picture that the style is of; adds a reference to `buffer`. */
void pst_style_add_picture(PstStyle *style, GeglBuffer *buffer, double weight);

/* PST_ERROR_WEIGHTS where the file of `path` is of another format or damaged. */
gboolean pst_weights_check(const PstSafetensors *file, const char *path, GError **error);

/* The directory of the weights: `weights`, or where they are looked for.  Free with g_free(). */
char *pst_weights_folder(const char *weights);

/* Progress of one call, of which several runs and passes may be parts. */
typedef struct {
    PstProgress callback; /* or NULL */
    gpointer user;
    double from, to; /* the part that is running now, of [0, 1] */
    gint64 last;     /* g_get_monotonic_time() of the last call */
} PstTicker;

/* Calls back, though not more often than every 30 ms.  `done` in [0, 1] is of the part.  PST_E_CANCELLED
 * when the callback says so. */
PstStatus pst_ticker_tick(PstTicker *ticker, double done, PstMessage *message);

/* Turns a failure of nn into a GError; FALSE for convenience. */
gboolean pst_error_from_status(GError **error, PstStatus status, const PstMessage *message);

/* Threads and bytes that the settings mean. */
int pst_settings_threads(const PstSettings *settings);
gsize pst_settings_memory(const PstSettings *settings);
