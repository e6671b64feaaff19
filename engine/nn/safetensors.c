/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * jansson reads the JSON; everything that it cannot know is checked here, one rule at a time.  Names
 * and metadata are not copied: they live in the parsed header, which stays with the file.
 */
#include "nn/safetensors.h"

#include "nn/json.h"
#include "nn/kernel/half.h"
#include "nn/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef PST_JANSSON_SYMVER
/* json-glib, which GEGL brings into every process of ours, has a function of this name too.  Naming the
 * version makes the linker take jansson's, in whatever order the libraries come. */
__asm__(".symver json_object_iter_next, json_object_iter_next@libjansson.so.4");
#endif

/* With every size and offset at most FILE_MAX, no product of two of them overflows 64 bits. */
#define FILE_MAX     ((uint64_t) 1 << 30)
#define HEADER_MAX   ((uint64_t) 16 << 20)
#define LENGTH_BYTES 8

struct PstSafetensors {
    unsigned char *bytes;
    size_t size;
    const unsigned char *data; /* the data section, inside `bytes` */
    size_t data_size;
    json_t *header;
    json_t *metadata;       /* inside `header`, or NULL */
    PstTensorInfo *tensors; /* by offset */
    const PstTensorInfo **by_name;
    size_t count;
};

static uint64_t load_le(const unsigned char *bytes, size_t count)
{
    uint64_t value = 0;
    for (size_t i = count; i-- > 0;)
        value = value << 8 | bytes[i];
    return value;
}

static const struct {
    const char *name;
    size_t size;
} dtypes[] = {
    [PST_DTYPE_F16] = {"F16", 2},
    [PST_DTYPE_F32] = {"F32", 4},
    [PST_DTYPE_U8] = {"U8", 1},
};

size_t pst_dtype_size(PstDtype dtype)
{
    return dtypes[dtype].size;
}

static PstStatus split_file(PstSafetensors *file, PstMessage *message)
{
    if (file->size < LENGTH_BYTES)
        return pst_fail(message, PST_E_FORMAT, "%zu bytes are too few for a safetensors file",
                        file->size);
    uint64_t header_size = load_le(file->bytes, LENGTH_BYTES);
    if (header_size > HEADER_MAX)
        return pst_fail(message, PST_E_FORMAT,
                        "the header's length of %llu bytes is above the limit of %llu",
                        (unsigned long long) header_size, (unsigned long long) HEADER_MAX);
    if (header_size > file->size - LENGTH_BYTES)
        return pst_fail(message, PST_E_FORMAT,
                        "the header of %llu bytes ends after the file of %zu",
                        (unsigned long long) header_size, file->size);
    file->data = file->bytes + LENGTH_BYTES + header_size;
    file->data_size = file->size - LENGTH_BYTES - (size_t) header_size;
    PstStatus status = pst_json_parse(&file->header, (const char *) file->bytes + LENGTH_BYTES,
                                      (size_t) header_size, "the header", message);
    if (status == PST_OK && !json_is_object(file->header))
        status = pst_fail(message, PST_E_FORMAT, "the header is not a JSON object");
    return status;
}

static PstStatus check_metadata(PstSafetensors *file, PstMessage *message)
{
    file->metadata = json_object_get(file->header, "__metadata__");
    if (!file->metadata)
        return PST_OK;
    if (!json_is_object(file->metadata))
        return pst_fail(message, PST_E_FORMAT, "the metadata are not a JSON object");
    const char *key;
    json_t *value;
    json_object_foreach(file->metadata, key, value)
    {
        if (!json_is_string(value))
            return pst_fail(message, PST_E_FORMAT, "metadata '%s' is not a string", key);
    }
    return PST_OK;
}

/* False unless `value` is an integer of [0, FILE_MAX]. */
static bool get_size(const json_t *value, uint64_t *size)
{
    json_int_t integer = json_integer_value(value);
    if (!json_is_integer(value) || integer < 0 || (uint64_t) integer > FILE_MAX)
        return false;
    *size = (uint64_t) integer;
    return true;
}

static PstStatus read_dtype(PstTensorInfo *tensor, const json_t *entry, PstMessage *message)
{
    const char *text = json_string_value(json_object_get(entry, "dtype"));
    if (!text)
        return pst_fail(message, PST_E_FORMAT, "tensor '%s' has no dtype string", tensor->name);
    for (size_t i = 0; i < sizeof dtypes / sizeof *dtypes; i++) {
        if (strcmp(text, dtypes[i].name) == 0) {
            tensor->dtype = (PstDtype) i;
            return PST_OK;
        }
    }
    return pst_fail(message, PST_E_FORMAT, "tensor '%s' has the dtype '%s', not F16, F32 or U8",
                    tensor->name, text);
}

static PstStatus read_shape(PstTensorInfo *tensor, const json_t *entry, PstMessage *message)
{
    const json_t *shape = json_object_get(entry, "shape");
    if (!json_is_array(shape))
        return pst_fail(message, PST_E_FORMAT, "tensor '%s' has no shape array", tensor->name);
    size_t rank = json_array_size(shape);
    if (rank > PST_TENSOR_MAX_RANK)
        return pst_fail(message, PST_E_FORMAT, "tensor '%s' has %zu dimensions, more than %d",
                        tensor->name, rank, PST_TENSOR_MAX_RANK);
    tensor->rank = (int) rank;
    tensor->count = 1;
    for (size_t i = 0; i < PST_TENSOR_MAX_RANK; i++) {
        uint64_t size = 1;
        if (i < rank && (!get_size(json_array_get(shape, i), &size) || size == 0))
            return pst_fail(message, PST_E_FORMAT,
                            "tensor '%s': size %zu of the shape is not an integer of [1, 2^30]",
                            tensor->name, i);
        if (tensor->count > FILE_MAX / size)
            return pst_fail(message, PST_E_FORMAT,
                            "tensor '%s': the product of the shape is above 2^30", tensor->name);
        tensor->shape[i] = (size_t) size;
        tensor->count *= (size_t) size;
    }
    return PST_OK;
}

static PstStatus read_offsets(PstTensorInfo *tensor, const PstSafetensors *file,
                              const json_t *entry, PstMessage *message)
{
    const json_t *offsets = json_object_get(entry, "data_offsets");
    uint64_t begin, end;
    if (!json_is_array(offsets) || json_array_size(offsets) != 2 ||
        !get_size(json_array_get(offsets, 0), &begin) ||
        !get_size(json_array_get(offsets, 1), &end))
        return pst_fail(message, PST_E_FORMAT,
                        "tensor '%s': data_offsets are not two integers of [0, 2^30]",
                        tensor->name);
    if (begin > end)
        return pst_fail(message, PST_E_FORMAT, "tensor '%s' ends before it begins", tensor->name);
    if (end > file->data_size)
        return pst_fail(message, PST_E_FORMAT, "tensor '%s' ends after the file", tensor->name);
    if (end - begin != (uint64_t) tensor->count * pst_dtype_size(tensor->dtype))
        return pst_fail(message, PST_E_FORMAT,
                        "tensor '%s': %llu bytes do not hold the %zu elements of its shape",
                        tensor->name, (unsigned long long) (end - begin), tensor->count);
    tensor->data = file->data + begin;
    return PST_OK;
}

static PstStatus read_tensor(PstTensorInfo *tensor, const PstSafetensors *file, const char *name,
                             const json_t *entry, PstMessage *message)
{
    tensor->name = name;
    if (!json_is_object(entry))
        return pst_fail(message, PST_E_FORMAT, "tensor '%s' is not a JSON object", name);
    PstStatus status = read_dtype(tensor, entry, message);
    if (status == PST_OK)
        status = read_shape(tensor, entry, message);
    if (status == PST_OK)
        status = read_offsets(tensor, file, entry, message);
    return status;
}

static PstStatus read_tensors(PstSafetensors *file, PstMessage *message)
{
    size_t count = json_object_size(file->header) - (file->metadata ? 1 : 0);
    if (count == 0)
        return PST_OK;
    file->tensors = calloc(count, sizeof *file->tensors);
    file->by_name = calloc(count, sizeof *file->by_name);
    if (!file->tensors || !file->by_name)
        return pst_fail(message, PST_E_MEMORY, "not enough memory for %zu tensors", count);
    const char *name;
    json_t *entry;
    json_object_foreach(file->header, name, entry)
    {
        if (entry == file->metadata)
            continue;
        PstTensorInfo *tensor = &file->tensors[file->count++];
        PstStatus status = read_tensor(tensor, file, name, entry, message);
        if (status != PST_OK)
            return status;
    }
    return PST_OK;
}

static int compare_data(const void *a, const void *b)
{
    const PstTensorInfo *left = a, *right = b;
    return (left->data > right->data) - (left->data < right->data);
}

static int compare_names(const void *a, const void *b)
{
    const PstTensorInfo *const *left = a, *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

/* No tensor is empty, so two that begin at the same place overlap. */
static PstStatus check_cover(const PstSafetensors *file, PstMessage *message)
{
    const unsigned char *covered = file->data;
    for (size_t i = 0; i < file->count; i++) {
        const PstTensorInfo *tensor = &file->tensors[i];
        if (tensor->data < covered)
            return pst_fail(message, PST_E_FORMAT, "tensors '%.80s' and '%.80s' overlap",
                            tensor[-1].name, tensor->name);
        if (tensor->data > covered)
            return pst_fail(message, PST_E_FORMAT,
                            "%zu bytes before tensor '%s' belong to no tensor",
                            (size_t) (tensor->data - covered), tensor->name);
        covered += tensor->count * pst_dtype_size(tensor->dtype);
    }
    size_t left = (size_t) (file->data + file->data_size - covered);
    if (left > 0)
        return pst_fail(message, PST_E_FORMAT,
                        "%zu bytes at the end of the file belong to no tensor", left);
    return PST_OK;
}

static PstStatus index_tensors(PstSafetensors *file, PstMessage *message)
{
    if (file->count > 0) {
        qsort(file->tensors, file->count, sizeof *file->tensors, compare_data);
        for (size_t i = 0; i < file->count; i++)
            file->by_name[i] = &file->tensors[i];
        qsort(file->by_name, file->count, sizeof *file->by_name, compare_names);
    }
    return check_cover(file, message);
}

/* Takes `bytes` over, whatever comes of it. */
static PstStatus adopt(PstSafetensors **result, unsigned char *bytes, size_t size,
                       PstMessage *message)
{
    PstSafetensors *file = calloc(1, sizeof *file);
    if (!file) {
        free(bytes);
        return pst_fail(message, PST_E_MEMORY, "not enough memory");
    }
    file->bytes = bytes;
    file->size = size;
    PstStatus status = split_file(file, message);
    if (status == PST_OK)
        status = check_metadata(file, message);
    if (status == PST_OK)
        status = read_tensors(file, message);
    if (status == PST_OK)
        status = index_tensors(file, message);
    if (status != PST_OK)
        pst_safetensors_free(&file);
    *result = file;
    return status;
}

static PstStatus allocate_bytes(unsigned char **bytes, uint64_t size, PstMessage *message)
{
    if (size > FILE_MAX)
        return pst_fail(message, PST_E_FORMAT, "%llu bytes are above the limit of %llu",
                        (unsigned long long) size, (unsigned long long) FILE_MAX);
    *bytes = pst_alloc_block((size_t) size);
    if (!*bytes)
        return pst_fail(message, PST_E_MEMORY, "not enough memory for %llu bytes",
                        (unsigned long long) size);
    return PST_OK;
}

static PstStatus read_whole(unsigned char *bytes, size_t size, int fd, PstMessage *message)
{
    for (size_t done = 0; done < size;) {
        ssize_t got = read(fd, bytes + done, size - done);
        if (got == 0)
            return pst_fail(message, PST_E_IO, "the file shrank while it was read");
        if (got < 0 && errno != EINTR)
            return pst_fail(message, PST_E_IO, "%s", strerror(errno));
        done += got > 0 ? (size_t) got : 0;
    }
    return PST_OK;
}

static PstStatus load_fd(PstSafetensors **file, int fd, PstMessage *message)
{
    struct stat info;
    if (fstat(fd, &info) != 0)
        return pst_fail(message, PST_E_IO, "%s", strerror(errno));
    if (!S_ISREG(info.st_mode))
        return pst_fail(message, PST_E_IO, "not a regular file");
    unsigned char *bytes = NULL;
    PstStatus status = allocate_bytes(&bytes, (uint64_t) info.st_size, message);
    if (status != PST_OK)
        return status;
    status = read_whole(bytes, (size_t) info.st_size, fd, message);
    if (status == PST_OK)
        return adopt(file, bytes, (size_t) info.st_size, message);
    free(bytes);
    return status;
}

/* Puts `path`, or as much of its end as leaves room for the reason, before the message. */
static PstStatus name_path(PstMessage *message, PstStatus status, const char *path)
{
    if (!message)
        return status;
    PstMessage reason = *message;
    size_t length = strlen(path), room = 100;
    const char *tail = length > room ? path + length - room : path;
    return pst_fail(message, status, "%s%s: %s", tail == path ? "" : "...", tail, reason.text);
}

PstStatus pst_safetensors_open(PstSafetensors **file, const char *path, PstMessage *message)
{
    *file = NULL;
    /* Without O_NONBLOCK, opening a named pipe would wait for a writer. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        pst_fail(message, PST_E_IO, "%s", strerror(errno));
        return name_path(message, PST_E_IO, path);
    }
    PstStatus status = load_fd(file, fd, message);
    close(fd);
    return status == PST_OK ? PST_OK : name_path(message, status, path);
}

PstStatus pst_safetensors_parse(PstSafetensors **file, const void *bytes, size_t size,
                                PstMessage *message)
{
    *file = NULL;
    unsigned char *copy = NULL;
    PstStatus status = allocate_bytes(&copy, size, message);
    if (status != PST_OK)
        return status;
    if (size > 0)
        memcpy(copy, bytes, size);
    return adopt(file, copy, size, message);
}

void pst_safetensors_free(PstSafetensors **file)
{
    if (!*file)
        return;
    json_decref((*file)->header);
    free((*file)->by_name);
    free((*file)->tensors);
    free((*file)->bytes);
    free(*file);
    *file = NULL;
}

size_t pst_safetensors_count(const PstSafetensors *file)
{
    return file->count;
}

const PstTensorInfo *pst_safetensors_at(const PstSafetensors *file, size_t index)
{
    return &file->tensors[index];
}

const PstTensorInfo *pst_safetensors_find(const PstSafetensors *file, const char *name)
{
    const PstTensorInfo wanted = {.name = name};
    const PstTensorInfo *key = &wanted;
    if (file->count == 0)
        return NULL;
    const PstTensorInfo **found =
        bsearch(&key, file->by_name, file->count, sizeof *file->by_name, compare_names);
    return found ? *found : NULL;
}

const char *pst_safetensors_metadata(const PstSafetensors *file, const char *key)
{
    return json_string_value(json_object_get(file->metadata, key));
}

const unsigned char *pst_safetensors_data(const PstSafetensors *file, size_t *size)
{
    *size = file->data_size;
    return file->data;
}

PstStatus pst_tensor_read(const PstTensorInfo *tensor, float *out, PstMessage *message)
{
    bool half = tensor->dtype == PST_DTYPE_F16;
    if (tensor->dtype == PST_DTYPE_U8) {
        for (size_t i = 0; i < tensor->count; i++)
            out[i] = tensor->data[i];
        return PST_OK;
    }
    for (size_t i = 0; i < tensor->count; i++) {
        uint32_t bits = half ? pst_half_widen((uint16_t) load_le(tensor->data + 2 * i, 2))
                             : (uint32_t) load_le(tensor->data + 4 * i, 4);
        if ((bits & 0x7f800000u) == 0x7f800000u)
            return pst_fail(message, PST_E_FORMAT, "tensor '%s' is not finite at element %zu",
                            tensor->name, i);
        memcpy(&out[i], &bits, sizeof bits);
    }
    return PST_OK;
}
