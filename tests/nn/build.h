/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Puts .safetensors files together in memory: ones that break any rule wanted, and models of random
 * weights.  Lack of memory ends the program.
 */
#pragma once

#include "nn/safetensors.h"

#include <stddef.h>

#include <jansson.h>

typedef struct {
    unsigned char *bytes; /* freed with free() */
    size_t size;
} TestFile;

/* The length of `header`, the header, and `data_size` bytes of `data` (zeros when NULL). */
TestFile test_file(const char *header, const void *data, size_t data_size);

/* A model that grows. */
typedef struct {
    json_t *header, *metadata;
    unsigned char *data;
    size_t size;
} TestModel;

TestModel test_model(void);

/* Adds a tensor of F32; sizes of 0 end the shape. */
void test_model_add(TestModel *model, const char *name, const int shape[4], const float *values);

void test_model_set(TestModel *model, const char *key, const char *text);

/* The file as it stands, through the reader; the model stays. */
PstSafetensors *test_model_open(const TestModel *model);

void test_model_free(TestModel *model);

/* A graph named `name`; takes `graph` over. */
PstSafetensors *test_model_open_graph(TestModel *model, const char *name, json_t *graph);
