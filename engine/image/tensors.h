/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writing safetensors: what nn/safetensors.h reads.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

/* A file in the making. */
typedef struct {
    json_t *header;
    GByteArray *data;
} PstTensors;

/* To be ended with pst_tensors_finish(). */
void pst_tensors_init(PstTensors *tensors);

/* Appends a tensor of `rank` (1 to 3) sizes: bytes, or values that become little-endian F32 or F16 (rounded
 * to nearest, at most 65504 in size). */
void pst_tensors_add_bytes(PstTensors *tensors, const char *name, const int *shape, int rank,
                           const guint8 *bytes);
void pst_tensors_add_floats(PstTensors *tensors, const char *name, const int *shape, int rank,
                            const float *values);
void pst_tensors_add_halves(PstTensors *tensors, const char *name, const int *shape, int rank,
                            const float *values);

/* What comes back of a value that is written as a half. */
float pst_tensors_through_half(float value);

/* The SHA-256 of the data so far, in hexadecimal; free with g_free(). */
char *pst_tensors_sum(const PstTensors *tensors);

/* The bytes of the file; takes `metadata`, an object of strings made since pst_tensors_init(), over, and frees
 * what `tensors` holds.  NULL when memory has run out since. */
GBytes *pst_tensors_finish(PstTensors *tensors, json_t *metadata);
