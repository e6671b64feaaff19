/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a style file, and again as the JSON of one whose length and sums are right; what is accepted
 * is written, mixed and ranked.  $PASTICHE_WEIGHTS or the build tree's weights say which painter it is for.
 */
#include "image/style/file.h"
#include "nn/fuzz.h"

#include <gegl.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#define DATA_MOST (1 << 17)

static PstEngine *engine;
static PstSubject *subject;

static void require(gboolean condition)
{
    if (!condition)
        abort();
}

int LLVMFuzzerInitialize(int *argc G_GNUC_UNUSED, char ***argv G_GNUC_UNUSED)
{
    gegl_init(NULL, NULL);
    engine = pst_engine_new(NULL, NULL);
    GeglBuffer *photo = gegl_buffer_new(GEGL_RECTANGLE(0, 0, 9, 7), babl_format("R'G'B' u8"));
    subject = pst_subject_new(photo, NULL);
    g_object_unref(photo);
    require(engine && subject);
    return 0;
}

static void use(const PstStyle *style)
{
    PstSuit suit;
    const PstStyle *both[] = {style, style};
    double weights[] = {1, 3};
    GBytes *bytes = pst_style_to_bytes(style);
    PstStyle *again = pst_style_new_from_bytes(engine, bytes, NULL);
    PstStyle *mixed = pst_style_new_mixed(both, weights, 2);
    require(again && again->size == style->size);
    require(memcmp(again->code, style->code, sizeof(float) * style->size) == 0);
    require(strcmp(again->info.title, style->info.title) == 0);
    if (pst_subject_suits(subject, style, &suit, NULL))
        require(suit.score >= 0 && suit.score <= 100 && isfinite(suit.strength));
    for (int i = 0; i < mixed->size; i++)
        require(isfinite(mixed->code[i]));
    pst_style_free(mixed);
    pst_style_free(again);
    g_bytes_unref(bytes);
}

static void try_file(GBytes *bytes)
{
    GError *error = NULL;
    PstStyleInfo info;
    PstStyle *style = pst_style_new_from_bytes(engine, bytes, &error);
    require((style != NULL) == (error == NULL));
    if (style)
        use(style);
    g_clear_error(&error);
    if (pst_style_file_info(bytes, &info, NULL))
        pst_style_info_clear(&info);
    else
        require(style == NULL);
    pst_style_free(style);
}

/* The end of the tensor that ends last, by the text; jansson's iterators have a name that json-glib, which
 * GEGL brings, has too. */
static size_t data_size(json_t *header)
{
    char *text = json_dumps(header, JSON_COMPACT);
    size_t size = 0;
    for (const char *at = text; (at = strstr(at, "\"data_offsets\":[")); at++) {
        const char *comma = strchr(at, ',');
        guint64 end = comma ? g_ascii_strtoull(comma + 1, NULL, 10) : 0;
        if (end <= DATA_MOST)
            size = MAX(size, (size_t) end);
    }
    free(text);
    return size;
}

/* Length, data (the input's bytes again and again) and sums around a header. */
static GBytes *complete(json_t *header, const uint8_t *bytes, size_t size)
{
    size_t length = data_size(header);
    GByteArray *data = g_byte_array_new(), *file = g_byte_array_new();
    for (size_t i = 0; i < length; i++)
        g_byte_array_append(data, &bytes[i % size], 1);
    json_t *metadata = json_object_get(header, "__metadata__");
    if (json_is_object(metadata)) {
        char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, data->data, data->len);
        json_object_set_new(metadata, "data_sha256", json_string(sum));
        json_object_set_new(metadata, "model_sha256", json_string(engine->hash));
        g_free(sum);
    }
    char *text = json_dumps(header, JSON_COMPACT);
    guint64 little = GUINT64_TO_LE(strlen(text));
    g_byte_array_append(file, (const guint8 *) &little, sizeof little);
    g_byte_array_append(file, (const guint8 *) text, (guint) strlen(text));
    g_byte_array_append(file, data->data, data->len);
    free(text);
    g_byte_array_unref(data);
    return g_byte_array_free_to_bytes(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    GBytes *file = g_bytes_new_static(bytes, size);
    try_file(file);
    g_bytes_unref(file);
    json_t *header = json_loadb((const char *) bytes, size, 0, NULL);
    if (json_is_object(header)) {
        file = complete(header, bytes, size);
        try_file(file);
        g_bytes_unref(file);
    }
    json_decref(header);
    return 0;
}
