/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finding, checking and holding the weights.
 */
#include "image/engine.h"

#include <stdio.h>
#include <string.h>

#define FORMAT    "pastiche-1"
#define FILE_NAME "painter.safetensors"

const char *pst_version(void)
{
    return PST_VERSION;
}

const char *pst_engine_weights_version(const PstEngine *engine)
{
    return engine->version;
}

/* ---- Errors, progress, limits ---------------------------------------------------------------- */

gboolean pst_error_from_status(GError **error, PstStatus status, const PstMessage *message)
{
    PstError code = status == PST_E_MEMORY      ? PST_ERROR_MEMORY
                    : status == PST_E_CANCELLED ? PST_ERROR_CANCELLED
                                                : PST_ERROR_WEIGHTS;
    g_set_error_literal(error, PST_ERROR, code, message->text);
    return FALSE;
}

gboolean pst_error_no_memory(GError **error, const char *what_for)
{
    g_set_error(error, PST_ERROR, PST_ERROR_MEMORY, "no memory %s", what_for);
    return FALSE;
}

void pst_ticker_next(PstTicker *ticker, double until)
{
    ticker->from = ticker->to;
    ticker->to = until;
}

PstStatus pst_ticker_tick(PstTicker *ticker, double done, PstMessage *message)
{
    gint64 now = g_get_monotonic_time();
    if (!ticker->callback || (done < 1 && now - ticker->last < 30000))
        return PST_OK;
    ticker->last = now;
    int answer = ticker->callback(ticker->from + (ticker->to - ticker->from) * done, ticker->user);
    ticker->enough = ticker->enough || answer == PST_ENOUGH;
    if (answer)
        return PST_OK;
    return pst_fail(message, PST_E_CANCELLED, "cancelled");
}

int pst_settings_threads(const PstSettings *settings)
{
    return settings->threads > 0 ? settings->threads : (int) g_get_num_processors();
}

/* What the kernel thinks can be had without swapping, in bytes; 2 GB where it does not say. */
static gsize memory_available(void)
{
    gsize kilobytes = 2000000;
    FILE *file = fopen("/proc/meminfo", "re");
    char line[256];
    while (file && fgets(line, sizeof line, file)) {
        if (sscanf(line, "MemAvailable: %zu kB", &kilobytes) == 1)
            break;
    }
    if (file)
        fclose(file);
    return kilobytes * 1024;
}

gsize pst_settings_memory(const PstSettings *settings)
{
    return settings->memory > 0 ? settings->memory : memory_available() / 2;
}

/* ---- The weights file ------------------------------------------------------------------------ */

char *pst_weights_folder(const char *weights)
{
    const char *set = weights ? weights : g_getenv("PASTICHE_WEIGHTS");
    if (set)
        return g_strdup(set);
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = self ? g_path_get_dirname(self) : NULL;
    char *beside = folder ? g_build_filename(folder, "weights", NULL) : NULL;
    if (beside && g_file_test(beside, G_FILE_TEST_IS_DIR))
        return beside;
    g_free(beside);
    return g_strdup(g_file_test(PST_WEIGHTS_BUILD, G_FILE_TEST_IS_DIR) ? PST_WEIGHTS_BUILD
                                                                       : PST_WEIGHTS_INSTALLED);
}

gboolean pst_weights_check(const PstSafetensors *file, const char *path, GError **error)
{
    const char *format = pst_safetensors_metadata(file, "format");
    if (g_strcmp0(format, FORMAT) != 0) {
        g_set_error(error, PST_ERROR, PST_ERROR_WEIGHTS,
                    "%s: its format is '%.40s', and this version reads '%s'", path,
                    format ? format : "(not said)", FORMAT);
        return FALSE;
    }
    gsize size;
    const guchar *data = pst_safetensors_data(file, &size);
    g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, data, size);
    if (g_strcmp0(sum, pst_safetensors_metadata(file, "data_sha256")) != 0) {
        g_set_error(error, PST_ERROR, PST_ERROR_WEIGHTS,
                    "%s: damaged: its data do not have the SHA-256 that it states", path);
        return FALSE;
    }
    return TRUE;
}

/* The node `name`, if it is of this kind, size and resolution (0 = any size), else −1. */
static int expect(const PstGraph *graph, const char *name, PstKind kind, int channels,
                  int reduction)
{
    int i = pst_graph_find(graph, name);
    const PstNode *node = i < 0 ? NULL : &graph->nodes[i];
    return node && node->kind == kind && (!channels || node->channels == channels) &&
                   node->reduction == reduction
               ? i
               : -1;
}

/* Both networks know of tokens, as many, or neither. */
static gboolean check_tokens(PstEngine *engine)
{
    const PstGraph *encode = engine->encode, *paint = engine->paint;
    engine->tokens = engine->paint_tokens = -1;
    if (encode->output_count == 1)
        return pst_graph_find(paint, "tokens") < 0;
    const PstNode *tokens = &encode->nodes[encode->outputs[1]];
    if (encode->output_count > 2 || tokens->grid == 0)
        return FALSE;
    engine->tokens = encode->outputs[1];
    engine->paint_tokens = expect(paint, "tokens", PST_KIND_VECTOR, tokens->channels, 0);
    engine->token_count = tokens->grid * tokens->grid;
    engine->token_size = tokens->channels / engine->token_count;
    return engine->paint_tokens >= 0;
}

/* The networks must fit what this layer feeds them and wants from them. */
static gboolean check_graphs(PstEngine *engine, const char *path, GError **error)
{
    const PstGraph *encode = engine->encode, *paint = engine->paint;
    engine->code = encode->outputs[0];
    int size = encode->nodes[engine->code].channels;
    engine->paint_code = expect(paint, "code", PST_KIND_VECTOR, size, 0);
    engine->paint_strength = expect(paint, "strength", PST_KIND_VECTOR, 1, 0);
    engine->result = paint->outputs[0];
    if (check_tokens(engine) && encode->nodes[engine->code].kind == PST_KIND_VECTOR &&
        encode->nodes[PST_NODE_PICTURE].channels == 3 && engine->paint_code >= 0 &&
        engine->paint_strength >= 0 && paint->output_count == 1 &&
        paint->nodes[PST_NODE_PICTURE].channels == 3 &&
        paint->nodes[engine->result].channels == 3 && paint->nodes[engine->result].reduction == 1) {
        return TRUE;
    }
    g_set_error(
        error, PST_ERROR, PST_ERROR_WEIGHTS,
        "%s: its graphs do not turn a picture into a code (and tokens), and a picture, these and a "
        "strength into a picture",
        path);
    return FALSE;
}

static gboolean load(PstEngine *engine, const PstSafetensors *file, const char *path,
                     GError **error)
{
    if (!pst_weights_check(file, path, error))
        return FALSE;
    PstMessage message;
    PstStatus status = pst_graph_new(&engine->encode, file, "encode", &message);
    if (!status)
        status = pst_graph_new(&engine->paint, file, "paint", &message);
    if (status) {
        pst_error_from_status(error, status, &message);
        g_prefix_error(error, "%s: ", path);
        return FALSE;
    }
    const char *version = pst_safetensors_metadata(file, "version");
    engine->version = g_strdup(version ? version : "unknown");
    engine->hash = g_strdup(pst_safetensors_metadata(file, "data_sha256"));
    return check_graphs(engine, path, error);
}

PstEngine *pst_engine_new(const char *weights, GError **error)
{
    g_autofree char *folder = pst_weights_folder(weights);
    g_autofree char *path = g_build_filename(folder, FILE_NAME, NULL);
    PstMessage message;
    PstSafetensors *file;
    PstStatus status = pst_safetensors_open(&file, path, &message);
    if (status) {
        pst_error_from_status(error, status, &message);
        return NULL;
    }
    PstEngine *engine = g_new0(PstEngine, 1);
    engine->memo = pst_memo_new();
    engine->folder = g_steal_pointer(&folder);
    if (!load(engine, file, path, error)) {
        pst_engine_free(engine);
        engine = NULL;
    }
    pst_safetensors_free(&file);
    return engine;
}

guint pst_engine_remembered(const PstEngine *engine)
{
    return pst_memo_found(engine->memo);
}

void pst_engine_free(PstEngine *engine)
{
    if (engine) {
        pst_graph_free(&engine->encode);
        pst_graph_free(&engine->paint);
        g_free(engine->version);
        g_free(engine->folder);
        g_free(engine->hash);
        pst_memo_free(engine->memo);
        g_free(engine);
    }
}
