/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reader of .safetensors files: named tensors and a string-to-string table of metadata.  Every byte of
 * the file is taken to be hostile.  A file is accepted only if: it has at most 1 GiB; its header (8
 * bytes of length, little endian, then that much JSON) lies inside the file and is at most 16 MiB; the
 * JSON is an object without duplicate keys; metadata are strings; every tensor has a known dtype, a
 * shape of at most PST_TENSOR_MAX_RANK sizes, none of them 0, whose product does not overflow and fits
 * its offsets; and the tensors cover the data section without overlap and without holes, to its last
 * byte.  Other keys of a tensor are ignored.
 */
#pragma once

#include "nn/status.h"

#include <stddef.h>

#define PST_TENSOR_MAX_RANK 4

typedef enum { PST_DTYPE_F16, PST_DTYPE_F32, PST_DTYPE_U8 } PstDtype;

typedef struct {
    const char *name;
    PstDtype dtype;
    int rank;                          /* [0, PST_TENSOR_MAX_RANK]; 0 is a scalar */
    size_t shape[PST_TENSOR_MAX_RANK]; /* outermost first; entries at and after `rank` are 1 */
    size_t count;                      /* elements: the product of the shape */
    const unsigned char *data;         /* little endian, row-major, not aligned */
} PstTensorInfo;

/* An open file, read whole into memory.  Immutable: any number of threads may read it. */
typedef struct PstSafetensors PstSafetensors;

/* Reads `path`.  On success *file is the caller's, to be freed with pst_safetensors_free(); on failure
 * it is NULL and `message` names the path and what is wrong.  PST_E_IO, PST_E_FORMAT, PST_E_MEMORY. */
PstStatus pst_safetensors_open(PstSafetensors **file, const char *path, PstMessage *message);

/* The same from `size` bytes, which are copied. */
PstStatus pst_safetensors_parse(PstSafetensors **file, const void *bytes, size_t size,
                                PstMessage *message);

void pst_safetensors_free(PstSafetensors **file); /* sets it to NULL; NULL inside is allowed */

/* What follows lives as long as `file`. */
size_t pst_safetensors_count(const PstSafetensors *file);
const PstTensorInfo *pst_safetensors_at(const PstSafetensors *file,
                                        size_t index); /* in the order of their data */
const PstTensorInfo *pst_safetensors_find(const PstSafetensors *file,
                                          const char *name);                       /* or NULL */
const char *pst_safetensors_metadata(const PstSafetensors *file, const char *key); /* or NULL */
const unsigned char *pst_safetensors_data(const PstSafetensors *file,
                                          size_t *size); /* data section */

/* Bytes of one element. */
size_t pst_dtype_size(PstDtype dtype);

/* Widens the `count` elements of `tensor` to `out`.  PST_E_FORMAT when one is not finite; the message
 * then names the tensor and the index. */
PstStatus pst_tensor_read(const PstTensorInfo *tensor, float *out, PstMessage *message);
