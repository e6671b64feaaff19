/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading and writing style files.  What a safetensors file may be is nn's to check; here, what makes
 * one a style.
 */
#include "image/style/file.h"

#include "image/file/output.h"
#include "image/paint/palette.h"
#include "image/paint/strokes.h"
#include "image/refine/impression-file.h"
#include "image/style/traits.h"
#include "nn/safetensors.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#define FORMAT    "pastiche-style-1"
#define CODE_MOST 1e6f /* no painter's code comes near it */

/* The texts by their names in the file. */
static const struct {
    const char *key;
    gsize offset;
} texts[] = {
    {"title", G_STRUCT_OFFSET(PstStyleInfo, title)},
    {"artist", G_STRUCT_OFFSET(PstStyleInfo, artist)},
    {"year", G_STRUCT_OFFSET(PstStyleInfo, year)},
    {"source", G_STRUCT_OFFSET(PstStyleInfo, source)},
    {"licence", G_STRUCT_OFFSET(PstStyleInfo, licence)},
};

static const char **text_of(const PstStyleInfo *info, guint index)
{
    return (const char **) ((char *) info + texts[index].offset);
}

/* ---- What is told of a style ----------------------------------------------------------------- */

static gboolean text_is_sound(const char *text)
{
    if (strlen(text) > PST_STYLE_TEXT_MOST || !g_utf8_validate(text, -1, NULL))
        return FALSE;
    for (; *text; text = g_utf8_next_char(text))
        if (g_unichar_iscntrl(g_utf8_get_char(text)))
            return FALSE;
    return TRUE;
}

const char *pst_style_info_check(const PstStyleInfo *info)
{
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        if (*text_of(info, i) && !text_is_sound(*text_of(info, i)))
            return "a style's texts must be UTF-8 of at most 500 bytes, without control characters";
    if (info->thumbnail &&
        (info->thumbnail_width < 1 || info->thumbnail_width > PST_STYLE_THUMBNAIL_MOST ||
         info->thumbnail_height < 1 || info->thumbnail_height > PST_STYLE_THUMBNAIL_MOST))
        return "a thumbnail's sides must be 1 to 512 pixels";
    return NULL;
}

static gsize thumbnail_size(const PstStyleInfo *info)
{
    return (gsize) 3 * info->thumbnail_width * info->thumbnail_height;
}

void pst_style_info_copy(PstStyleInfo *to, const PstStyleInfo *from)
{
    *to = (PstStyleInfo){.name = g_strdup("")};
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        *text_of(to, i) = g_strdup(*text_of(from, i) ? *text_of(from, i) : "");
    if (from->thumbnail) {
        to->thumbnail = g_memdup2(from->thumbnail, thumbnail_size(from));
        to->thumbnail_width = from->thumbnail_width;
        to->thumbnail_height = from->thumbnail_height;
    }
}

void pst_style_info_clear(PstStyleInfo *info)
{
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free((char *) *text_of(info, i));
    g_free((char *) info->name);
    g_free((guint8 *) info->thumbnail);
    *info = (PstStyleInfo){0};
}

/* ---- Reading --------------------------------------------------------------------------------- */

gboolean pst_style_file_matches(const guint8 *head, gsize length)
{
    /* The header's length, below 16 MiB, and the header, which is a JSON object. */
    static const guint8 zeros[5] = {0};
    return length > 8 && memcmp(head + 3, zeros, sizeof zeros) == 0 && head[8] == '{';
}

GBytes *pst_style_file_read(const char *path, GError **error)
{
    g_autofree char *name = pst_display_name(path);
    GStatBuf status;
    char *contents;
    gsize length;
    GError *why = NULL;
    if (g_stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
        status.st_size > PST_STYLE_FILE_MOST) {
        g_set_error(error, PST_ERROR, PST_ERROR_FILE, "%s: too large for a style file", name);
        return NULL;
    }
    if (g_file_get_contents(path, &contents, &length, &why))
        return g_bytes_new_take(contents, length);
    g_set_error(error, PST_ERROR, PST_ERROR_FILE, "%s", why->message);
    g_error_free(why);
    return NULL;
}

static gboolean fail(GError **error, const char *what)
{
    g_set_error(error, PST_ERROR, PST_ERROR_FILE, "not a sound style file: %s", what);
    return FALSE;
}

static gboolean check_metadata(const PstSafetensors *file, GError **error)
{
    const char *format = pst_safetensors_metadata(file, "format");
    if (g_strcmp0(format, FORMAT) != 0) {
        g_set_error(error, PST_ERROR, PST_ERROR_FILE,
                    "no style file: its format is '%.40s', and this version reads '%s'",
                    format ? format : "(not said)", FORMAT);
        return FALSE;
    }
    gsize size;
    const guchar *data = pst_safetensors_data(file, &size);
    g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, data, size);
    if (g_strcmp0(sum, pst_safetensors_metadata(file, "data_sha256")) != 0)
        return fail(error, "damaged: its data do not have the SHA-256 that it states");
    return TRUE;
}

/* The file, if it is a style at all.  Free with pst_safetensors_free(). */
static PstSafetensors *open_bytes(GBytes *bytes, GError **error)
{
    gsize size;
    const void *data = g_bytes_get_data(bytes, &size);
    PstSafetensors *file = NULL;
    PstMessage message;
    PstStatus status;
    if (size > PST_STYLE_FILE_MOST)
        fail(error, "it is too large");
    else if ((status = pst_safetensors_parse(&file, data, size, &message)) == PST_E_MEMORY)
        pst_error_from_status(error, status, &message);
    else if (status)
        fail(error, message.text);
    else if (!check_metadata(file, error))
        pst_safetensors_free(&file);
    return file;
}

/* Borrows everything from `file`. */
static gboolean read_info(const PstSafetensors *file, PstStyleInfo *info, GError **error)
{
    *info = (PstStyleInfo){0};
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        *text_of(info, i) = pst_safetensors_metadata(file, texts[i].key);
    const PstTensorInfo *picture = pst_safetensors_find(file, "thumbnail");
    if (picture) {
        if (picture->dtype != PST_DTYPE_U8 || picture->rank != 3 || picture->shape[2] != 3)
            return fail(error, "its thumbnail is not of bytes, height by width by 3");
        info->thumbnail = picture->data;
        info->thumbnail_height = (int) MIN(picture->shape[0], G_MAXINT);
        info->thumbnail_width = (int) MIN(picture->shape[1], G_MAXINT);
    }
    const char *wrong = pst_style_info_check(info);
    return wrong == NULL || fail(error, wrong);
}

gboolean pst_style_file_info(GBytes *bytes, PstStyleInfo *info, GError **error)
{
    PstStyleInfo read;
    PstSafetensors *file = open_bytes(bytes, error);
    gboolean ok = file && read_info(file, &read, error);
    if (ok)
        pst_style_info_copy(info, &read);
    pst_safetensors_free(&file);
    return ok;
}

static gboolean check_model(const PstEngine *engine, const PstSafetensors *file, GError **error)
{
    const char *model = pst_safetensors_metadata(file, "model_sha256");
    const char *version = pst_safetensors_metadata(file, "model_version");
    if (g_strcmp0(model, engine->hash) == 0)
        return TRUE;
    g_set_error(error, PST_ERROR, PST_ERROR_WEIGHTS,
                "the style was made for the painter %.40s (%.12s), and this is the painter %s "
                "(%.12s): make it anew from its picture",
                version ? version : "(not said)", model ? model : "no hash", engine->version,
                engine->hash);
    return FALSE;
}

/* NULL and an error unless there is a code, of this engine's size. */
static float *read_code(const PstEngine *engine, const PstSafetensors *file, GError **error)
{
    const PstTensorInfo *tensor = pst_safetensors_find(file, "code");
    gsize size = (gsize) engine->encode->nodes[engine->code].channels;
    PstMessage message;
    if (!tensor || tensor->dtype != PST_DTYPE_F32 || tensor->rank != 1 || tensor->count != size) {
        g_autofree char *what =
            g_strdup_printf("it has no tensor 'code' of %" G_GSIZE_FORMAT " float32", size);
        fail(error, what);
        return NULL;
    }
    g_autofree float *code = g_new(float, size);
    if (pst_tensor_read(tensor, code, &message)) {
        fail(error, message.text);
        return NULL;
    }
    for (gsize i = 0; i < size; i++) {
        if (fabsf(code[i]) > CODE_MOST) {
            fail(error, "its code is out of range");
            return NULL;
        }
    }
    return g_steal_pointer(&code);
}

/* Sets *tokens, to NULL where the engine has none; FALSE and an error where it should have them. */
static gboolean read_tokens(const PstEngine *engine, const PstSafetensors *file, float **tokens,
                            GError **error)
{
    const PstTensorInfo *tensor = pst_safetensors_find(file, "tokens");
    PstMessage message;
    *tokens = NULL;
    if (engine->token_count == 0)
        return TRUE;
    if (!tensor || tensor->dtype != PST_DTYPE_F16 || tensor->rank != 2 ||
        tensor->shape[0] != (gsize) engine->token_count ||
        tensor->shape[1] != (gsize) engine->token_size) {
        g_autofree char *what = g_strdup_printf("it has no tensor 'tokens' of %d by %d float16",
                                                engine->token_count, engine->token_size);
        return fail(error, what);
    }
    *tokens = g_new(float, tensor->count);
    if (pst_tensor_read(tensor, *tokens, &message) == PST_OK)
        return TRUE;
    g_clear_pointer(tokens, g_free);
    return fail(error, message.text);
}

/* What is measured of the picture, if the file has it and it is as this version measures; else NULL. */
static float *read_measures(const PstSafetensors *file, const char *name, gsize count)
{
    const PstTensorInfo *tensor = pst_safetensors_find(file, name);
    float *values = NULL;
    if (tensor && tensor->dtype == PST_DTYPE_F32 && tensor->rank == 1 && tensor->count == count) {
        values = g_new(float, count);
        if (pst_tensor_read(tensor, values, NULL))
            g_clear_pointer(&values, g_free);
    }
    return values;
}

/* What a critic has seen of the style, if the file has it. */
static gboolean read_impression(PstStyle *style, const PstSafetensors *file, GError **error)
{
    PstImpression *impression;
    const char *wrong;
    if (!pst_impression_read(&impression, file, &wrong))
        return fail(error, wrong);
    pst_style_add_source(style, NULL, impression, 1);
    pst_impression_unref(impression);
    return TRUE;
}

PstStyle *pst_style_new_from_bytes(const PstEngine *engine, GBytes *bytes, GError **error)
{
    PstStyleInfo info;
    PstStyle *style = NULL;
    PstSafetensors *file = open_bytes(bytes, error);
    float *code = file && read_info(file, &info, error) && check_model(engine, file, error)
                      ? read_code(engine, file, error)
                      : NULL;
    float *tokens;
    if (code && !read_tokens(engine, file, &tokens, error))
        g_clear_pointer(&code, g_free);
    if (code) {
        style = pst_style_new(engine, code, tokens);
        pst_style_info_clear(&style->info);
        pst_style_info_copy(&style->info, &info);
        style->traits = read_measures(file, "traits", PST_TRAITS);
        if (style->traits && !pst_traits_are_valid(style->traits))
            g_clear_pointer(&style->traits, g_free);
        style->palette = read_measures(file, "palette", PST_PALETTE);
        if (style->palette && !pst_palette_is_valid(style->palette))
            g_clear_pointer(&style->palette, g_free);
        style->along = read_measures(file, "along", 1);
        if (style->along && !pst_strokes_is_valid(*style->along))
            g_clear_pointer(&style->along, g_free);
        if (!read_impression(style, file, error)) {
            pst_style_free(style);
            style = NULL;
        }
    }
    pst_safetensors_free(&file);
    return style;
}

/* ---- Writing --------------------------------------------------------------------------------- */

static json_t *metadata_of(const PstStyle *style)
{
    json_t *metadata = json_pack("{s:s, s:s, s:s}", "format", FORMAT, "model_sha256", style->model,
                                 "model_version", style->version);
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        const char *text = *text_of(&style->info, i);
        if (*text)
            json_object_set_new(metadata, texts[i].key, json_string(text));
    }
    return metadata;
}

/* What a critic has seen of the style; of a mix there is one only once a critic has looked at all of it. */
static const PstImpression *impression_of(const PstStyle *style)
{
    return style->sources->len == 1
               ? ((const PstStyleSource *) style->sources->pdata[0])->impression
               : NULL;
}

GBytes *pst_style_to_bytes(const PstStyle *style)
{
    const PstStyleInfo *info = &style->info;
    PstTensors tensors;
    pst_tensors_init(&tensors);
    json_t *metadata = metadata_of(style);
    pst_tensors_add_floats(&tensors, "code", &style->size, 1, style->code);
    if (style->tokens)
        pst_tensors_add_halves(&tensors, "tokens", (int[]){style->token_count, style->token_size},
                               2, style->tokens);
    if (style->traits)
        pst_tensors_add_floats(&tensors, "traits", (int[]){PST_TRAITS}, 1, style->traits);
    if (style->palette)
        pst_tensors_add_floats(&tensors, "palette", (int[]){PST_PALETTE}, 1, style->palette);
    if (style->along)
        pst_tensors_add_floats(&tensors, "along", (int[]){1}, 1, style->along);
    if (info->thumbnail)
        pst_tensors_add_bytes(&tensors, "thumbnail",
                              (int[]){info->thumbnail_height, info->thumbnail_width, 3}, 3,
                              info->thumbnail);
    if (impression_of(style))
        pst_impression_write(impression_of(style), &tensors, metadata);
    g_autofree char *sum = pst_tensors_sum(&tensors);
    json_object_set_new(metadata, "data_sha256", json_string(sum));
    return pst_tensors_finish(&tensors, metadata);
}

gboolean pst_style_save(const PstStyle *style, const char *path, GError **error)
{
    GStatBuf status;
    if (g_stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
        g_autofree char *name = pst_display_name(path);
        g_set_error(error, PST_ERROR, PST_ERROR_FILE, "%s: cannot be written: not a file", name);
        return FALSE;
    }
    if (!pst_swap_check(error))
        return FALSE;
    GBytes *bytes = pst_style_to_bytes(style);
    if (!bytes)
        return pst_error_no_memory(error, "for the style file");
    gsize size;
    const char *data = g_bytes_get_data(bytes, &size);
    PstOutput output;
    gboolean ok = pst_output_open(&output, path) && fwrite(data, 1, size, output.file) == size &&
                  pst_output_close(&output);
    if (!ok) {
        const char *why = pst_output_why(errno);
        g_autofree char *name = pst_display_name(path);
        g_set_error(error, PST_ERROR, PST_ERROR_FILE, "%s: cannot be written: %s", name, why);
    }
    pst_output_release(&output);
    g_bytes_unref(bytes);
    return ok;
}
