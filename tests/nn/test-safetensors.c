/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The reader against good files, files that break one rule each, damaged files and short memory.
 */
#include "nn/safetensors.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "build.h"
#include "check.h"
#include "fail.h"

#define T(dtype, shape, begin, end)                                                                \
    "{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":[" #begin "," #end "]}"

/* Three tensors, one of them a scalar, not in the order of their data; metadata; blanks at the end. */
static const char good_header[] = "{\"beta\":" T(
    "F16", "[2,1,3]", 8, 20) ","
                             "\"__metadata__\":{\"name\":\"ma\\u00efs\",\"version\":\"1\"},"
                             "\"alpha\":" T("F32", "[2]", 0,
                                            8) ","
                                               "\"a rather long name, to make strings grow\":" T(
                                                   "F32", "[]", 20, 24) "}   ";
#define GOOD_DATA 24

static TestFile good_file(void)
{
    unsigned char data[GOOD_DATA] = {0};
    const float alpha[2] = {1.5f, -0.25f}, scalar = 3.0f;
    const uint16_t beta[6] = {0x3c00, 0xc000, 0x0001, 0x7bff, 0x8000, 0x0400};
    memcpy(data, alpha, sizeof alpha);
    memcpy(data + 8, beta, sizeof beta);
    memcpy(data + 20, &scalar, sizeof scalar);
    return test_file(good_header, data, sizeof data);
}

static PstStatus parse(PstSafetensors **file, TestFile from, PstMessage *message)
{
    return pst_safetensors_parse(file, from.bytes, from.size, message);
}

static void test_good(void)
{
    TestFile bytes = good_file();
    PstSafetensors *file = NULL;
    PstMessage message = {"untouched"};
    if (!CHECK(parse(&file, bytes, &message) == PST_OK, "%s", message.text))
        return;
    CHECK_STRING(message.text, "untouched");
    CHECK(pst_safetensors_count(file) == 3);
    CHECK_STRING(pst_safetensors_at(file, 0)->name, "alpha");
    CHECK_STRING(pst_safetensors_at(file, 1)->name, "beta");
    CHECK_STRING(pst_safetensors_metadata(file, "name"), "ma\xc3\xafs");
    CHECK(pst_safetensors_metadata(file, "nothing") == NULL);
    CHECK(pst_safetensors_find(file, "gamma") == NULL);
    CHECK(pst_safetensors_find(file, "") == NULL);
    CHECK(pst_safetensors_find(file, "__metadata__") == NULL);
    size_t size = 0;
    const unsigned char *data = pst_safetensors_data(file, &size);
    CHECK(size == GOOD_DATA && memcmp(data, bytes.bytes + bytes.size - GOOD_DATA, size) == 0);

    const PstTensorInfo *beta = pst_safetensors_find(file, "beta");
    CHECK(beta == pst_safetensors_at(file, 1) && beta->dtype == PST_DTYPE_F16);
    CHECK(beta->rank == 3 && beta->count == 6);
    CHECK(beta->shape[0] == 2 && beta->shape[1] == 1 && beta->shape[2] == 3 && beta->shape[3] == 1);
    float values[6];
    CHECK(pst_tensor_read(beta, values, &message) == PST_OK);
    CHECK(values[0] == 1.0f && values[1] == -2.0f && values[2] == 0x1p-24f);
    CHECK(values[3] == 65504.0f && values[4] == 0.0f && signbit(values[4]) &&
          values[5] == 0x1p-14f);

    const PstTensorInfo *scalar = pst_safetensors_at(file, 2);
    CHECK(scalar->rank == 0 && scalar->count == 1 && scalar->shape[0] == 1);
    CHECK(pst_tensor_read(scalar, values, NULL) == PST_OK && values[0] == 3.0f);
    pst_safetensors_free(&file);
    CHECK(file == NULL);
    pst_safetensors_free(&file); /* allowed */
    free(bytes.bytes);
}

static void test_empty(void)
{
    TestFile bytes = test_file("{}", NULL, 0);
    PstSafetensors *file = NULL;
    CHECK(parse(&file, bytes, NULL) == PST_OK);
    CHECK(file && pst_safetensors_count(file) == 0 && !pst_safetensors_find(file, "a"));
    CHECK(file && !pst_safetensors_metadata(file, "a"));
    pst_safetensors_free(&file);
    free(bytes.bytes);
}

typedef struct {
    const char *header;
    size_t data_size;
    const char *expected; /* part of the message; NULL: the file is good */
} Rule;

#define ONE            "{\"t\":" T("F32", "[2]", 0, 8) "}"
#define FIELDS(fields) "{\"t\":{" fields "}}"

static const Rule rules[] = {
    {ONE, 8, NULL},
    /* JSON */
    {"", 0, "not valid JSON"},
    {"{", 0, "not valid JSON"},
    {"[]", 0, "not a JSON object"},
    {"\"a\"", 0, "not valid JSON"},
    {ONE "}", 8, "not valid JSON"},
    {"{\"t\":" T("F32", "[1]", 0, 4) ",\"t\":" T("F32", "[1]", 4, 8) "}", 8, "duplicate"},
    {"{\"t\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}", 8, "duplicate"},
    {"{\"a\\u0000b\":" T("F32", "[1]", 0, 4) "}", 4, "not valid JSON"},
    {"{\"\xff\":" T("F32", "[1]", 0, 4) "}", 4, "not valid JSON"},
    {"{\"t\":" T("F32", "[99999999999999999999]", 0, 4) "}", 4, "too big integer"},
    /* metadata */
    {"{\"__metadata__\":{},\"t\":" T("F32", "[1]", 0, 4) "}", 4, NULL},
    {"{\"__metadata__\":[]}", 0, "metadata are not"},
    {"{\"__metadata__\":null}", 0, "metadata are not"},
    {"{\"__metadata__\":{\"steps\":4}}", 0, "metadata 'steps' is not a string"},
    {"{\"__metadata__\":{\"a\":\"b\",\"x\":{}}}", 0, "metadata 'x' is not a string"},
    /* entries */
    {"{\"t\":[]}", 0, "tensor 't' is not a JSON object"},
    {"{\"t\":\"F32\"}", 0, "tensor 't' is not a JSON object"},
    {"{\"t\":{}}", 0, "tensor 't' has no dtype"},
    {FIELDS("\"dtype\":32,\"shape\":[1],\"data_offsets\":[0,4]"), 4, "tensor 't' has no dtype"},
    {"{\"t\":" T("I64", "[1]", 0, 8) "}", 8, "tensor 't' has the dtype 'I64'"},
    {"{\"t\":" T("f32", "[1]", 0, 4) "}", 4, "tensor 't' has the dtype 'f32'"},
    {FIELDS("\"dtype\":\"F32\",\"data_offsets\":[0,4]"), 4, "tensor 't' has no shape"},
    {"{\"t\":" T("F32", "4", 0, 4) "}", 4, "tensor 't' has no shape"},
    {"{\"t\":" T("F32", "[1,1,1,2]", 0, 8) "}", 8, NULL},
    {"{\"t\":" T("F32", "[1,1,1,1,2]", 0, 8) "}", 8, "tensor 't' has 5 dimensions"},
    {"{\"t\":" T("F32", "[2,-1]", 0, 8) "}", 8, "tensor 't': size 1 of the shape"},
    {"{\"t\":" T("F32", "[2.0]", 0, 8) "}", 8, "tensor 't': size 0 of the shape"},
    {"{\"t\":" T("F32", "[\"2\"]", 0, 8) "}", 8, "tensor 't': size 0 of the shape"},
    {"{\"t\":" T("F32", "[null]", 0, 8) "}", 8, "tensor 't': size 0 of the shape"},
    {"{\"t\":" T("F32", "[0]", 0, 0) "}", 0, "tensor 't': size 0 of the shape"},
    {"{\"t\":" T("F32", "[9223372036854775807]", 0, 8) "}", 8, "tensor 't': size 0 of the shape"},
    {"{\"t\":" T("F32", "[1073741824,2]", 0, 8) "}", 8, "tensor 't': the product"},
    {"{\"t\":" T("F32", "[65536,65536,65536,65536]", 0, 0) "}", 0, "tensor 't': the product"},
    /* 2^32 elements of 4 bytes are 0 in 32 bits */
    {"{\"t\":" T("F32", "[65536,65536]", 0, 0) "}", 0, "tensor 't': the product"},
    /* offsets */
    {FIELDS("\"dtype\":\"F32\",\"shape\":[1]"), 4, "tensor 't': data_offsets"},
    {FIELDS("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4]"), 4, "tensor 't': data_offsets"},
    {FIELDS("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]"), 4,
     "tensor 't': data_offsets"},
    {FIELDS("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":{}"), 4, "tensor 't': data_offsets"},
    {FIELDS("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,\"4\"]"), 4,
     "tensor 't': data_offsets"},
    {"{\"t\":" T("F32", "[2]", -8, 0) "}", 8, "tensor 't': data_offsets"},
    {"{\"t\":" T("F32", "[2]", 0, 9223372036854775807) "}", 8, "tensor 't': data_offsets"},
    {"{\"t\":" T("F32", "[2]", 8, 0) "}", 8, "tensor 't' ends before it begins"},
    {ONE, 7, "tensor 't' ends after the file"},
    {"{\"t\":" T("F32", "[2]", 4, 12) "}", 8, "tensor 't' ends after the file"},
    {"{\"t\":" T("F32", "[1]", 0, 8) "}", 8, "tensor 't': 8 bytes do not hold the 1"},
    {"{\"t\":" T("F16", "[2]", 0, 8) "}", 8, "tensor 't': 8 bytes do not hold the 2"},
    {"{\"t\":" T("F32", "[3]", 0, 8) "}", 8, "tensor 't': 8 bytes do not hold the 3"},
    /* cover */
    {ONE, 9, "1 bytes at the end of the file belong to no tensor"},
    {"{}", 4, "4 bytes at the end of the file belong to no tensor"},
    {"{\"t\":" T("F32", "[1]", 4, 8) "}", 8, "4 bytes before tensor 't'"},
    {"{\"b\":" T("F32", "[1]", 8, 12) ",\"a\":" T("F32", "[1]", 0, 4) "}", 12,
     "4 bytes before tensor 'b'"},
    {"{\"b\":" T("F32", "[2]", 4, 12) ",\"a\":" T("F32", "[2]", 0, 8) "}", 12,
     "tensors 'a' and 'b' overlap"},
    {"{\"b\":" T("F32", "[2]", 0, 8) ",\"a\":" T("F32", "[2]", 0, 8) "}", 8, "overlap"},
    {"{\"b\":" T("F16", "[1]", 2, 4) ",\"a\":" T("F32", "[2]", 0, 8) "}", 8, "overlap"},
    /* other keys of a tensor are ignored */
    {FIELDS("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"note\":[1]"), 4, NULL},
};

static void check_refused(const unsigned char *bytes, size_t size, const char *expected)
{
    PstSafetensors *file = (PstSafetensors *) &file; /* must be set to NULL */
    PstMessage message = {""};
    PstStatus status = pst_safetensors_parse(&file, bytes, size, &message);
    CHECK(status == PST_E_FORMAT, "status %d for %s", status, expected);
    CHECK(strstr(message.text, expected) != NULL, "expected \"%s\", got \"%s\"", expected,
          message.text);
    CHECK(file == NULL);
}

static void test_rules(void)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        TestFile bytes = test_file(rules[i].header, NULL, rules[i].data_size);
        PstSafetensors *file = NULL;
        PstMessage message = {""};
        if (rules[i].expected)
            check_refused(bytes.bytes, bytes.size, rules[i].expected);
        else
            CHECK(parse(&file, bytes, &message) == PST_OK, "rule %zu: %s", i, message.text);
        pst_safetensors_free(&file);
        free(bytes.bytes);
    }
}

static void test_length(void)
{
    unsigned char bytes[16] = {0};
    for (size_t size = 0; size < 8; size++)
        check_refused(bytes, size, "too few");
    check_refused(bytes, 8, "not valid JSON");
    bytes[0] = 9;
    check_refused(bytes, sizeof bytes, "ends after the file");
    memset(bytes, 0xff, 8);
    check_refused(bytes, sizeof bytes, "above the limit");
    memset(bytes, 0, 8);
    bytes[3] = 1; /* 16 MiB: as long as a header may be */
    check_refused(bytes, sizeof bytes, "ends after the file");
    bytes[0] = 1;
    check_refused(bytes, sizeof bytes, "above the limit");
}

/* jansson stops at a depth of 2048; without a limit this would be a stack overflow. */
static void test_depth(void)
{
    enum { DEPTH = 1 << 20 };
    char *header = malloc(DEPTH + 8);
    memcpy(header, "{\"t\":", 5);
    memset(header + 5, '[', DEPTH);
    header[5 + DEPTH] = '\0';
    TestFile bytes = test_file(header, NULL, 0);
    check_refused(bytes.bytes, bytes.size, "depth");
    free(bytes.bytes);
    free(header);
}

/* All that a reader of an accepted file may do; the sum keeps the compiler from leaving it out. */
static double walk(const PstSafetensors *file)
{
    double sum = 0.0;
    for (size_t i = 0; i < pst_safetensors_count(file); i++) {
        const PstTensorInfo *tensor = pst_safetensors_at(file, i);
        CHECK(pst_safetensors_find(file, tensor->name) == tensor);
        float *values = malloc(tensor->count * sizeof *values);
        if (pst_tensor_read(tensor, values, NULL) == PST_OK)
            sum += values[0] + values[tensor->count - 1];
        free(values);
    }
    size_t size;
    const unsigned char *data = pst_safetensors_data(file, &size);
    return sum + (size > 0 ? data[size - 1] : 0);
}

static void test_truncated(void)
{
    TestFile bytes = good_file();
    for (size_t size = 0; size < bytes.size; size++)
        check_refused(bytes.bytes, size, "");
    free(bytes.bytes);
}

static void test_flipped(void)
{
    TestFile bytes = good_file();
    long accepted = 0, refused = 0;
    for (int round = 0; round < 20000; round++) {
        TestFile copy = good_file();
        for (int flips = check_between(1, 4); flips > 0; flips--)
            copy.bytes[check_random() % copy.size] ^= (unsigned char) check_between(1, 255);
        PstSafetensors *file = NULL;
        PstMessage message = {""};
        PstStatus status = parse(&file, copy, &message);
        if (status == PST_OK) {
            accepted++;
            CHECK(isfinite(walk(file)));
        } else {
            refused++;
            CHECK(status == PST_E_FORMAT && !file && message.text[0], "status %d", status);
        }
        pst_safetensors_free(&file);
        free(copy.bytes);
    }
    /* Damaged data of F16 and F32 mostly stay numbers; a damaged header mostly breaks a rule. */
    CHECK(accepted > 100 && refused > 100, "%ld accepted, %ld refused", accepted, refused);
    free(bytes.bytes);
}

static void test_not_finite(void)
{
    static const struct {
        uint32_t bits;
        PstDtype dtype;
    } cases[] = {
        {0x7f800000, PST_DTYPE_F32}, {0xff800000, PST_DTYPE_F32}, {0x7fc00000, PST_DTYPE_F32},
        {0x7f800001, PST_DTYPE_F32}, {0x7c00, PST_DTYPE_F16},     {0xfc00, PST_DTYPE_F16},
        {0x7e00, PST_DTYPE_F16},     {0xfc01, PST_DTYPE_F16},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool half = cases[i].dtype == PST_DTYPE_F16;
        unsigned char data[12] = {0};
        memcpy(data + (half ? 4 : 8), &cases[i].bits, half ? 2 : 4); /* the third element */
        TestFile bytes = test_file(half ? "{\"bad one\":" T("F16", "[3]", 0, 6) "}"
                                        : "{\"bad one\":" T("F32", "[3]", 0, 12) "}",
                                   data, half ? 6 : 12);
        PstSafetensors *file = NULL;
        PstMessage message = {""};
        float values[3];
        CHECK(parse(&file, bytes, &message) == PST_OK, "%s", message.text);
        CHECK(pst_tensor_read(pst_safetensors_at(file, 0), values, &message) == PST_E_FORMAT);
        CHECK(strstr(message.text, "'bad one'") && strstr(message.text, "element 2"), "%s",
              message.text);
        pst_safetensors_free(&file);
        free(bytes.bytes);
    }
}

/* Bytes, as of a thumbnail, are the numbers 0 to 255. */
static void test_bytes(void)
{
    const unsigned char data[3] = {0, 128, 255};
    TestFile bytes = test_file("{\"t\":" T("U8", "[3]", 0, 3) "}", data, 3);
    PstSafetensors *file = NULL;
    PstMessage message = {""};
    float values[3];
    CHECK(parse(&file, bytes, &message) == PST_OK, "%s", message.text);
    CHECK(pst_safetensors_at(file, 0)->dtype == PST_DTYPE_U8);
    CHECK(pst_tensor_read(pst_safetensors_at(file, 0), values, &message) == PST_OK);
    CHECK(values[0] == 0 && values[1] == 128 && values[2] == 255);
    pst_safetensors_free(&file);
    free(bytes.bytes);
}

/* Every half there is, against the definition. */
static void test_halves(void)
{
    for (unsigned half = 0; half < 65536; half++) {
        int exponent = (int) (half >> 10 & 31);
        double magnitude =
            exponent == 0 ? ldexp(half & 1023, -24) : ldexp(1024 + (half & 1023), exponent - 25);
        unsigned char data[2] = {half & 255, half >> 8};
        const PstTensorInfo tensor = {
            .name = "t", .dtype = PST_DTYPE_F16, .count = 1, .data = data};
        float value = -1.0f;
        PstStatus status = pst_tensor_read(&tensor, &value, NULL);
        if (exponent == 31)
            CHECK(status == PST_E_FORMAT && value == -1.0f, "half %04x", half);
        else
            CHECK(status == PST_OK && fabsf(value) == (float) magnitude &&
                      !signbit(value) == !(half >> 15),
                  "half %04x", half);
    }
}

static void write_file(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    if (CHECK(file != NULL, "%s", path)) {
        CHECK(fwrite(bytes, 1, size, file) == size);
        fclose(file);
    }
}

static void check_open_fails(const char *path, PstStatus expected, const char *reason)
{
    PstSafetensors *file = (PstSafetensors *) &file;
    PstMessage message = {""};
    PstStatus status = pst_safetensors_open(&file, path, &message);
    CHECK(status == expected, "status %d: %s", status, message.text);
    CHECK(file == NULL);
    CHECK(strstr(message.text, strrchr(path, '/') + 1) && strstr(message.text, reason), "%s",
          message.text);
    CHECK(pst_safetensors_open(&file, path, NULL) == expected);
}

static void test_open(void)
{
    const char *base = getenv("TMPDIR");
    char folder[256], path[512];
    snprintf(folder, sizeof folder, "%s/pastiche-test-XXXXXX", base ? base : "/tmp");
    if (!CHECK(mkdtemp(folder) != NULL, "%s", folder))
        return;
    TestFile bytes = good_file();
    PstSafetensors *file = NULL;
    PstMessage message = {""};

    snprintf(path, sizeof path, "%s/good.safetensors", folder);
    check_open_fails(path, PST_E_IO, "No such file");
    write_file(path, bytes.bytes, bytes.size);
    CHECK(pst_safetensors_open(&file, path, &message) == PST_OK, "%s", message.text);
    CHECK(file && pst_safetensors_count(file) == 3);
    pst_safetensors_free(&file);

    write_file(path, bytes.bytes, bytes.size - 1);
    check_open_fails(path, PST_E_FORMAT, "ends after the file");
    write_file(path, bytes.bytes, 0);
    check_open_fails(path, PST_E_FORMAT, "too few");
    CHECK(truncate(path, ((off_t) 1 << 30) + 1) == 0); /* sparse; refused before it is read */
    check_open_fails(path, PST_E_FORMAT, "above the limit");
    unlink(path);

    snprintf(path, sizeof path, "%s/pipe", folder);
    CHECK(mkfifo(path, 0600) == 0);
    check_open_fails(path, PST_E_IO, "not a regular file");
    unlink(path);
    check_open_fails(folder, PST_E_IO, "not a regular file");

    /* Of a long path the end is shown, so that the reason still fits. */
    int length = snprintf(path, sizeof path, "%s/", folder);
    memset(path + length, 'x', 200);
    snprintf(path + length + 200, sizeof path - (size_t) length - 200, "/end.safetensors");
    check_open_fails(path, PST_E_IO, "No such file");
    free(bytes.bytes);
    rmdir(folder);
}

/* Fails allocation 1, 2, … of one parse until none is left to fail. */
static void check_short_memory(TestFile bytes, FailMode mode)
{
    bool failed = true;
    for (size_t n = 1; failed; n++) {
        if (!CHECK(n < 10000))
            break;
        long live = fail_live();
        PstSafetensors *file = NULL;
        PstMessage message = {""};
        fail_begin(n, mode);
        PstStatus status = parse(&file, bytes, &message);
        failed = fail_end();
        CHECK(status == (failed ? PST_E_MEMORY : PST_OK), "allocation %zu: %d: %s", n, status,
              message.text);
        CHECK(failed == (message.text[0] != '\0') && failed == !file);
        pst_safetensors_free(&file);
        CHECK(fail_live() == live, "allocation %zu: %ld blocks leaked", n, fail_live() - live);
    }
}

static void test_short_memory(void)
{
    TestFile bytes = good_file(), empty = test_file("{}", NULL, 0);
    TestFile tiny = test_file("{\"t\":" T("F16", "[1]", 0, 2) "}", NULL, 2);
    check_short_memory(bytes, FAIL_REST);
    check_short_memory(tiny, FAIL_REST);
    check_short_memory(tiny, FAIL_ONE);
    check_short_memory(empty, FAIL_REST);
    check_short_memory(empty, FAIL_ONE);
    free(tiny.bytes);
    free(empty.bytes);
    free(bytes.bytes);
}

int main(void)
{
    check_begin("safetensors");
    CHECK_RUN(test_good);
    CHECK_RUN(test_empty);
    CHECK_RUN(test_rules);
    CHECK_RUN(test_length);
    CHECK_RUN(test_depth);
    CHECK_RUN(test_truncated);
    CHECK_RUN(test_flipped);
    CHECK_RUN(test_not_finite);
    CHECK_RUN(test_bytes);
    CHECK_RUN(test_halves);
    CHECK_RUN(test_open);
    CHECK_RUN(test_short_memory);
    return check_end();
}
