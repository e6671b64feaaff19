/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Softmax attention (Vaswani et al. 2017, eq. 1) of a map's pixels to a set of tokens, one head.  With the
 * content's channels normalised by their moments, the tokens' by their own, and the values by one number:
 *
 *   q   = query · (x − mean) / std + query_bias              a pixel x
 *   k_t = key · (τ_t − m) / s + key_bias                     a token τ_t; m, s² + 1e-5 over the tokens
 *   v_t = value · τ_t / √(mean of all τ² + 1e-5) + value_bias
 *   out = strength · Σ_t softmax_t(q · k_t / √inner) · v_t
 *
 * Tokens that are all 0 are none at all, and attention to none is 0.
 *
 * All that does not depend on the pixel is computed once a pass; pixels are then done in groups, whose sums
 * are always taken in the same order: no box changes a bit of them.
 */
#pragma once

#include "nn/kernel/map.h"
#include "nn/kernel/processor.h"

#include <stddef.h>

#define PST_TOKENS_MOST 1024 /* 32 × 32 */

enum { PST_QUERY, PST_KEY, PST_VALUE, PST_ATTENTION_LAYERS };

typedef struct {
    int tokens, channels, inner;
    /* [inner][channels] and [inner] of query and key, [channels][channels] and [channels] of value */
    float *weight[PST_ATTENTION_LAYERS], *bias[PST_ATTENTION_LAYERS];
} PstAttention;

/* Floats that pst_attention_bind() fills, room to work in included. */
size_t pst_attention_bound(const PstProcessor *processor, const PstAttention *attention);

/* moments[2 · channels] of the content (see moments.h), tokens[tokens][channels]. */
void pst_attention_bind(const PstProcessor *processor, const PstAttention *attention,
                        const float *moments, const float *tokens, float strength, float *bound);

/* Floats of scratch, for a box of any size. */
size_t pst_attention_scratch(const PstProcessor *processor, const PstAttention *attention);

void pst_attention_box(const PstProcessor *processor, const PstAttention *attention,
                       const float *bound, const PstMap *in, PstMap *out, PstBox box,
                       float *scratch);
