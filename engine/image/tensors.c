/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/tensors.h"

#include "nn/json.h"
#include "nn/kernel/half.h"

#include <stdlib.h>
#include <string.h>

void pst_tensors_init(PstTensors *tensors)
{
    pst_json_begin();
    *tensors = (PstTensors){json_object(), g_byte_array_new()};
}

static gsize count_of(const int *shape, int rank)
{
    gsize count = 1;
    for (int i = 0; i < rank; i++)
        count *= (gsize) shape[i];
    return count;
}

static void add(PstTensors *tensors, const char *name, const int *shape, int rank,
                const char *dtype, const void *bytes, gsize size)
{
    json_t *sizes = json_array();
    for (int i = 0; i < rank; i++)
        json_array_append_new(sizes, json_integer(shape[i]));
    json_object_set_new(tensors->header, name,
                        json_pack("{s:s, s:o, s:[I, I]}", "dtype", dtype, "shape", sizes,
                                  "data_offsets", (json_int_t) tensors->data->len,
                                  (json_int_t) (tensors->data->len + size)));
    g_byte_array_append(tensors->data, bytes, (guint) size);
}

void pst_tensors_add_bytes(PstTensors *tensors, const char *name, const int *shape, int rank,
                           const guint8 *bytes)
{
    add(tensors, name, shape, rank, "U8", bytes, count_of(shape, rank));
}

void pst_tensors_add_floats(PstTensors *tensors, const char *name, const int *shape, int rank,
                            const float *values)
{
    gsize count = count_of(shape, rank);
    g_autofree guint32 *little = g_new(guint32, count);
    memcpy(little, values, sizeof *little * count);
    for (gsize i = 0; i < count; i++)
        little[i] = GUINT32_TO_LE(little[i]);
    add(tensors, name, shape, rank, "F32", little, sizeof *little * count);
}

void pst_tensors_add_halves(PstTensors *tensors, const char *name, const int *shape, int rank,
                            const float *values)
{
    gsize count = count_of(shape, rank);
    g_autofree guint16 *little = g_new(guint16, count);
    for (gsize i = 0; i < count; i++)
        little[i] = GUINT16_TO_LE(pst_half_of(values[i]));
    add(tensors, name, shape, rank, "F16", little, sizeof *little * count);
}

float pst_tensors_through_half(float value)
{
    guint32 bits = pst_half_widen(pst_half_of(value));
    memcpy(&value, &bits, sizeof value);
    return value;
}

char *pst_tensors_sum(const PstTensors *tensors)
{
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256, tensors->data->data, tensors->data->len);
}

GBytes *pst_tensors_finish(PstTensors *tensors, json_t *metadata)
{
    GByteArray *file = g_byte_array_new();
    json_object_set_new(tensors->header, "__metadata__", metadata);
    char *text = json_dumps(tensors->header, JSON_COMPACT | JSON_SORT_KEYS);
    gboolean ok = text && !pst_json_ran_out();
    if (ok) {
        gsize length = strlen(text), padded = (length + 7) / 8 * 8;
        guint64 little = GUINT64_TO_LE(padded);
        g_byte_array_append(file, (const guint8 *) &little, sizeof little);
        g_byte_array_append(file, (const guint8 *) text, (guint) length);
        g_byte_array_append(file, (const guint8 *) "       ", (guint) (padded - length));
        g_byte_array_append(file, tensors->data->data, tensors->data->len);
    }
    free(text);
    json_decref(tensors->header);
    g_byte_array_unref(tensors->data);
    if (ok)
        return g_byte_array_free_to_bytes(file);
    g_byte_array_unref(file);
    return NULL;
}
