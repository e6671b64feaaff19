/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a picture to its style code.
 */
#include "image/reduce.h"

#include <string.h>

/* The long side at which the painter was taught to see styles. */
#define STYLE_SIDE 512

static PstStatus read_style(void *user, PstBox box, const PstMap *picture, const PstMap *weights,
                            PstMessage *message)
{
    (void) message;
    PstReader *reader = ((void **) user)[0];
    pst_reader_fill(reader, box, picture, weights);
    return PST_OK;
}

static PstStatus tick(void *user, double done, PstMessage *message)
{
    return pst_ticker_tick(((void **) user)[1], done, message);
}

/* Runs `encode` on a picture that already has its size. */
static PstStyle *encode(const PstEngine *engine, PstReader *reader, const PstSettings *settings,
                        PstTicker *ticker, GError **error)
{
    PstPlanOptions options = {
        .width = pst_reader_extended(engine->encode, reader->extent.width),
        .height = pst_reader_extended(engine->encode, reader->extent.height),
        .threads = pst_settings_threads(settings),
        .memory = pst_settings_memory(settings),
    };
    int size = engine->encode->nodes[engine->code].channels;
    g_autofree float *code = g_new0(float, size);
    PstVectorIo out = {.node = engine->code, .out = code};
    void *user[] = {reader, ticker};
    PstRunIo io = {
        .user = user, .read = read_style, .progress = tick, .vectors = &out, .vector_count = 1};
    PstMessage message;
    PstPlan *plan;
    PstStatus status = pst_plan_new(&plan, engine->encode, &options, &message);
    if (!status) {
        status = pst_run(plan, &io, &message);
        pst_plan_free(&plan);
    }
    if (status) {
        pst_error_from_status(error, status, &message);
        return NULL;
    }
    PstStyle *style = g_new0(PstStyle, 1);
    style->size = size;
    style->code = g_steal_pointer(&code);
    return style;
}

PstStyle *pst_style_new_from_buffer(const PstEngine *engine, GeglBuffer *picture,
                                    const PstSettings *settings, PstProgress progress,
                                    gpointer user, GError **error)
{
    PstTicker ticker = {.callback = progress, .user = user, .from = 0, .to = 1};
    PstReader whole, small;
    if (!pst_reader_open(&whole, picture, error))
        return NULL;
    GeglBuffer *reduced = pst_reduce(&whole, STYLE_SIDE);
    pst_reader_close(&whole);
    PstStyle *style = NULL;
    if (pst_reader_open(&small, reduced, error)) {
        style = encode(engine, &small, settings, &ticker, error);
        pst_reader_close(&small);
    }
    g_object_unref(reduced);
    return style;
}

PstStyle *pst_style_new_from_name(const PstEngine *engine, const char *name,
                                  const PstSettings *settings, PstProgress progress, gpointer user,
                                  GError **error)
{
    if (g_str_has_prefix(name, "file:")) {
        GeglBuffer *picture = pst_file_load(name + strlen("file:"), NULL, error);
        PstStyle *style = NULL;
        if (picture) {
            style = pst_style_new_from_buffer(engine, picture, settings, progress, user, error);
            g_object_unref(picture);
        }
        return style;
    }
    if (g_str_has_prefix(name, "layer:")) {
        g_set_error(error, PST_ERROR, PST_ERROR_USAGE,
                    "there are no layers here for the style '%s'", name);
        return NULL;
    }
    g_set_error(error, PST_ERROR, PST_ERROR_USAGE,
                "there is no built-in style '%s' (this version has none); use file:PATH",
                g_str_has_prefix(name, "builtin:") ? name + strlen("builtin:") : name);
    return NULL;
}

void pst_style_free(PstStyle *style)
{
    if (style) {
        g_free(style->code);
        g_free(style);
    }
}
