/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of image/ share: the engine's inside, and the way from nn's errors and progress to
 * GError and PstProgress.
 */
#pragma once

#include "image/memo.h"
#include "nn/graph.h"
#include "nn/run.h"
#include "pastiche.h"

struct PstEngine {
    PstGraph *encode;                             /* picture -> code, tokens */
    PstGraph *paint;                              /* picture, code, strength, tokens -> result */
    int code, paint_code, paint_strength, result; /* nodes of these names */
    int tokens, paint_tokens;    /* likewise; or −1, both, where the networks know of none */
    int token_count, token_size; /* 0 without; floats of one */
    char *version;
    char *folder; /* where the weights were found */
    char *hash;   /* SHA-256 of the painter's data, in hexadecimal */
    PstMemo
        *memo; /* underpaintings (image/paint/underpainting.h); all that changes, const or not */
};

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
    gboolean enough; /* the callback has returned PST_ENOUGH */
} PstTicker;

/* Calls back, at most every 30 ms, and at the end in any case.  `done` in [0, 1] is of the part.  PST_E_CANCELLED when
 * the callback says so. */
PstStatus pst_ticker_tick(PstTicker *ticker, double done, PstMessage *message);

/* Begins the part that ends where `until` of the work is done. */
void pst_ticker_next(PstTicker *ticker, double until);

/* Turns a failure of nn into a GError; FALSE for convenience. */
gboolean pst_error_from_status(GError **error, PstStatus status, const PstMessage *message);

/* PST_ERROR_MEMORY: "no memory WHAT_FOR", as in "for the draft"; FALSE for convenience. */
gboolean pst_error_no_memory(GError **error, const char *what_for);

/* Threads and bytes that the settings mean. */
int pst_settings_threads(const PstSettings *settings);
gsize pst_settings_memory(const PstSettings *settings);

/* Whether they ask for Refine; without it, the critic does no more than help the painter. */
static inline gboolean pst_settings_refines(const PstSettings *settings)
{
    return settings->refine.iterations > 0;
}
