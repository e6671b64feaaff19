/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/memo.h"

/* One for each region of a picture, and some. */
#define KEPT 8

struct PstMemo {
    char *keys[KEPT]; /* NULL where there is none yet */
    gpointer values[KEPT];
    int next; /* the oldest */
    guint found;
};

PstMemo *pst_memo_new(void)
{
    return g_new0(PstMemo, 1);
}

static void forget_one(PstMemo *memo, int i)
{
    g_clear_pointer(&memo->keys[i], g_free);
    g_clear_pointer(&memo->values[i], g_free);
}

void pst_memo_forget(PstMemo *memo)
{
    for (int i = 0; i < KEPT; i++)
        forget_one(memo, i);
}

void pst_memo_free(PstMemo *memo)
{
    if (memo)
        pst_memo_forget(memo);
    g_free(memo);
}

gconstpointer pst_memo_find(PstMemo *memo, const char *key)
{
    for (int i = 0; i < KEPT; i++) {
        if (g_strcmp0(memo->keys[i], key) == 0) {
            memo->found++;
            return memo->values[i];
        }
    }
    return NULL;
}

guint pst_memo_found(const PstMemo *memo)
{
    return memo->found;
}

void pst_memo_keep(PstMemo *memo, char *key, gpointer value)
{
    int i = memo->next;
    forget_one(memo, i);
    memo->keys[i] = key;
    memo->values[i] = value;
    memo->next = (i + 1) % KEPT;
}
