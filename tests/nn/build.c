/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestFile test_file(const char *header, const void *data, size_t data_size)
{
    size_t length = strlen(header);
    TestFile file = {.size = 8 + length + data_size};
    file.bytes = calloc(1, file.size);
    if (!file.bytes)
        abort();
    for (int i = 0; i < 8; i++)
        file.bytes[i] = (unsigned char) (length >> 8 * i);
    memcpy(file.bytes + 8, header, length);
    if (data && data_size > 0)
        memcpy(file.bytes + 8 + length, data, data_size);
    return file;
}

TestModel test_model(void)
{
    return (TestModel){.header = json_object(), .metadata = json_object()};
}

void test_model_add(TestModel *model, const char *name, const int shape[4], const float *values)
{
    json_t *sizes = json_array();
    size_t count = 1;
    for (int i = 0; i < 4 && shape[i] > 0; i++) {
        json_array_append_new(sizes, json_integer(shape[i]));
        count *= (size_t) shape[i];
    }
    size_t bytes = count * sizeof(float);
    model->data = realloc(model->data, model->size + bytes);
    if (!model->data)
        abort();
    memcpy(model->data + model->size, values, bytes);
    json_t *entry =
        json_pack("{s:s, s:o, s:[I, I]}", "dtype", "F32", "shape", sizes, "data_offsets",
                  (json_int_t) model->size, (json_int_t) (model->size + bytes));
    json_object_set_new(model->header, name, entry);
    model->size += bytes;
}

void test_model_set(TestModel *model, const char *key, const char *text)
{
    json_object_set_new(model->metadata, key, json_string(text));
}

PstSafetensors *test_model_open(const TestModel *model)
{
    json_object_set(model->header, "__metadata__", model->metadata);
    char *header = json_dumps(model->header, JSON_COMPACT);
    TestFile bytes = test_file(header, model->data, model->size);
    PstSafetensors *file;
    PstMessage message = {""};
    if (pst_safetensors_parse(&file, bytes.bytes, bytes.size, &message) != PST_OK) {
        printf("the test's own file: %s\n", message.text);
        abort();
    }
    free(bytes.bytes);
    free(header);
    return file;
}

void test_model_free(TestModel *model)
{
    json_decref(model->header);
    json_decref(model->metadata);
    free(model->data);
}

PstSafetensors *test_model_open_graph(TestModel *model, const char *name, json_t *graph)
{
    json_t *graphs = json_pack("{s:o}", name, graph);
    char *text = json_dumps(graphs, JSON_COMPACT);
    test_model_set(model, "graphs", text);
    free(text);
    json_decref(graphs);
    return test_model_open(model);
}
