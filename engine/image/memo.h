/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The last few things that were computed, by what they were computed from: a dialog has a picture painted again and
 * again, with only one of the settings changed.
 */
#pragma once

#include <glib.h>

typedef struct PstMemo PstMemo;

/* Free with pst_memo_free(), for which NULL is nothing. */
PstMemo *pst_memo_new(void);
void pst_memo_free(PstMemo *memo);

/* What was kept under `key`, or NULL.  The memo's own, until the next call. */
gconstpointer pst_memo_find(PstMemo *memo, const char *key);

/* How often it was there. */
guint pst_memo_found(const PstMemo *memo);

/* Nothing is known any more: for tests, and to measure. */
void pst_memo_forget(PstMemo *memo);

/* Takes over `key` and `value`, for g_free(), and forgets the oldest of what it has. */
void pst_memo_keep(PstMemo *memo, char *key, gpointer value);
