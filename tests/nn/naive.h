/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A slow twin of graph, plan and run together: reads the graph's JSON on its own and computes one node
 * after the other, whole, with the twins of ref.h.  For graphs that are known to be good.
 */
#pragma once

#include "nn/safetensors.h"
#include "ref.h"

#include <stdbool.h>

#include <jansson.h>

typedef struct {
    const char *name; /* in the JSON */
    bool is_map;
    RefMap map; /* a vector is a map of 1 × 1 */
} NaiveValue;

typedef struct {
    json_t *json;
    NaiveValue *values;
    int count;
} Naive;

/* `weights` are those of the pixels; vectors[i] are the values of the i-th input that is a vector. */
Naive naive_run(const PstSafetensors *file, const char *graph, const RefMap *picture,
                const RefMap *weights, const float *const *vectors);

const NaiveValue *naive_find(const Naive *naive, const char *name);

void naive_free(Naive *naive);
