/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a .safetensors file, and again as the JSON of one whose length is right; then all that a
 * reader of an accepted file may do.
 */
#include "nn/safetensors.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static void require(int condition)
{
    if (!condition)
        abort();
}

static void walk(const PstSafetensors *file)
{
    size_t data_size, covered = 0;
    pst_safetensors_data(file, &data_size);
    for (size_t i = 0; i < pst_safetensors_count(file); i++) {
        const PstTensorInfo *tensor = pst_safetensors_at(file, i);
        require(pst_safetensors_find(file, tensor->name) == tensor);
        require(tensor->count > 0 && tensor->count <= data_size);
        covered += tensor->count * pst_dtype_size(tensor->dtype);
        float *values = malloc(tensor->count * sizeof *values);
        PstMessage message = {""};
        if (values && pst_tensor_read(tensor, values, &message) != PST_OK)
            require(message.text[0] != '\0');
        free(values);
    }
    require(covered == data_size);
    pst_safetensors_metadata(file, "graphs");
}

static void try_file(const unsigned char *bytes, size_t size)
{
    PstSafetensors *file = NULL;
    PstMessage message = {""};
    PstStatus status = pst_safetensors_parse(&file, bytes, size, &message);
    require((status == PST_OK) == (file != NULL) && (status == PST_OK) == !message.text[0]);
    if (file)
        walk(file);
    pst_safetensors_free(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    enum { DATA = 24 }; /* room for a few small tensors */
    try_file(bytes, size);
    unsigned char *whole = calloc(1, 8 + size + DATA);
    if (!whole)
        return 0;
    for (int i = 0; i < 8; i++)
        whole[i] = (unsigned char) ((uint64_t) size >> 8 * i);
    if (size > 0)
        memcpy(whole + 8, bytes, size);
    try_file(whole, 8 + size + DATA);
    free(whole);
    return 0;
}
