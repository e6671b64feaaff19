/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `prepare` functions (ops.h) read of a node: its inputs, and the attributes of its JSON.  Each failure
 * names the node; `key` is an attribute's name.
 */
#pragma once

#include "nn/ops.h"

/* PST_E_FORMAT: "node 'X': WHAT 'NAME'". */
PstStatus pst_bad(const PstBuilder *b, const char *what, const char *name);

const PstNode *pst_input(const PstBuilder *b, int i);
PstStatus pst_want_kind(const PstBuilder *b, int i, PstKind kind);
PstStatus pst_want_vector(const PstBuilder *b, int i, int size);

PstStatus pst_want_int(const PstBuilder *b, const char *key, int least, int most, int *value);
PstStatus pst_want_number(const PstBuilder *b, const char *key, float *value); /* finite */
PstStatus pst_want_bool(const PstBuilder *b, const char *key, bool *value);

/* One of `words`, which end with NULL; PST_E_UNSUPPORTED for another. */
PstStatus pst_want_word(const PstBuilder *b, const char *key, const char *const *words, int *index);

/* The tensor that the attribute names, of exactly this shape (of any, in the places that are 0; what was
 * found is then written there), widened; the values are the graph's. */
PstStatus pst_want_tensor(const PstBuilder *b, const char *key, int rank, int *shape,
                          float **values);
