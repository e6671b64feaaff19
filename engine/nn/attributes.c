/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/attributes.h"

#include "nn/memory.h"

#include <math.h>
#include <string.h>

PstStatus pst_bad(const PstBuilder *b, const char *what, const char *name)
{
    return pst_fail(b->message, PST_E_FORMAT, "node '%s': %s '%s'", b->node->name, what, name);
}

const PstNode *pst_input(const PstBuilder *b, int i)
{
    return &b->graph->nodes[b->node->inputs[i]];
}

PstStatus pst_want_kind(const PstBuilder *b, int i, PstKind kind)
{
    if (pst_input(b, i)->kind != kind) {
        return pst_bad(b, kind == PST_KIND_MAP ? "wants a map, not" : "wants a vector, not",
                       pst_input(b, i)->name);
    }
    return PST_OK;
}

PstStatus pst_want_vector(const PstBuilder *b, int i, int size)
{
    if (pst_input(b, i)->kind != PST_KIND_VECTOR || pst_input(b, i)->channels != size) {
        return pst_fail(b->message, PST_E_FORMAT, "node '%s': wants a vector of %d, not '%s'",
                        b->node->name, size, pst_input(b, i)->name);
    }
    return PST_OK;
}

PstStatus pst_want_int(const PstBuilder *b, const char *key, int least, int most, int *value)
{
    const json_t *json = json_object_get(b->json, key);
    if (!json_is_integer(json) || json_integer_value(json) < least ||
        json_integer_value(json) > most) {
        return pst_fail(b->message, PST_E_FORMAT, "node '%s': '%s' must be an integer in [%d, %d]",
                        b->node->name, key, least, most);
    }
    *value = (int) json_integer_value(json);
    return PST_OK;
}

PstStatus pst_want_number(const PstBuilder *b, const char *key, float *value)
{
    const json_t *json = json_object_get(b->json, key);
    *value = json_is_number(json) ? (float) json_number_value(json) : NAN;
    return isfinite(*value) ? PST_OK : pst_bad(b, "has no finite number", key);
}

PstStatus pst_want_bool(const PstBuilder *b, const char *key, bool *value)
{
    const json_t *json = json_object_get(b->json, key);
    *value = json_is_true(json);
    return json_is_boolean(json) ? PST_OK : pst_bad(b, "has no true or false", key);
}

PstStatus pst_want_word(const PstBuilder *b, const char *key, const char *const *words, int *index)
{
    const char *word = json_string_value(json_object_get(b->json, key));
    for (*index = 0; word && words[*index]; ++*index) {
        if (strcmp(word, words[*index]) == 0)
            return PST_OK;
    }
    return word ? pst_fail(b->message, PST_E_UNSUPPORTED, "node '%s': unknown %s '%s'",
                           b->node->name, key, word)
                : pst_bad(b, "has no text", key);
}

PstStatus pst_want_tensor(const PstBuilder *b, const char *key, int rank, int *shape,
                          float **values)
{
    const char *name = json_string_value(json_object_get(b->json, key));
    const PstTensorInfo *tensor = name ? pst_safetensors_find(b->file, name) : NULL;
    if (!tensor)
        return pst_bad(b, name ? "there is no tensor" : "has no text", name ? name : key);
    bool fits = tensor->rank == rank;
    for (int i = 0; i < rank && fits; i++) {
        fits = tensor->shape[i] > 0 && tensor->shape[i] <= PST_MAX_CHANNELS &&
               (shape[i] == 0 || tensor->shape[i] == (size_t) shape[i]);
    }
    if (!fits)
        return pst_bad(b, "wrong shape of tensor", name);
    *values = pst_store_take(b->tensors, tensor->count);
    if (!*values)
        return pst_fail(b->message, PST_E_MEMORY, "node '%s': no memory for tensor '%s'",
                        b->node->name, name);
    for (int i = 0; i < rank; i++)
        shape[i] = (int) tensor->shape[i];
    return pst_fail_within(b->message, pst_tensor_read(tensor, *values, b->message), "node",
                           b->node->name);
}
