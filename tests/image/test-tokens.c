/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Styles of a painter that attends to tokens: which pixels these are, that they are kept and mixed, and what
 * the setting `fusion` does.  The painter is a small one of random numbers, made here.
 *
 *     test-tokens WORK_FOLDER
 */
#include "check.h"
#include "nn/build.h"
#include "pastiche.h"

#include <gegl.h>

/* Channels of the maps, floats of a code, rows and columns of tokens. */
enum { SIZE = 8, CODE = 6, GRID = 4, TOKENS = GRID * GRID };

static const char *work;
static PstEngine *engine, *blind; /* the same painter, without tokens in its networks */
static PstSettings settings;

/* ---- The painter ----------------------------------------------------------------------------- */

static void add_tensor(TestModel *model, const char *name, const int shape[4])
{
    float values[256];
    int count = 1, fan = 1;
    for (int i = 0; i < 4 && shape[i] > 0; i++) {
        count *= shape[i];
        fan *= i > 0 ? shape[i] : 1;
    }
    for (int i = 0; i < count; i++)
        values[i] = check_uniform() / sqrtf((float) fan);
    test_model_add(model, name, shape, values);
}

/* A layer of NAME and NAME_bias; a convolution where `flat` is 1. */
static void add_layer(TestModel *model, const char *name, int rows, int columns, int flat)
{
    g_autofree char *bias = g_strconcat(name, "_bias", NULL);
    add_tensor(model, name, (const int[4]){rows, columns, flat, flat});
    add_tensor(model, bias, (const int[4]){rows, 0, 0, 0});
}

/* The first channel of the style's map is red at the upper left of every 2 × 2 pixels. */
static void add_seeing(TestModel *model)
{
    float values[SIZE * 12] = {1}, bias[SIZE] = {0};
    for (int i = 12; i < SIZE * 12; i++)
        values[i] = check_uniform();
    test_model_add(model, "see", (const int[4]){SIZE, 12, 1, 1}, values);
    test_model_add(model, "see_bias", (const int[4]){SIZE, 0, 0, 0}, bias);
}

#define CONV(name, from, tensor)                                                                   \
    "{'name': '" name "', 'op': 'conv2d', 'inputs': ['" from "'], 'weight': '" tensor              \
    "', 'bias': '" tensor "_bias', 'stride': 1, 'padding': 'reflect', 'relu': false}"
#define LINEAR(name, from)                                                                         \
    "{'name': '" name "', 'op': 'linear', 'inputs': ['" from "'], 'weight': '" name                \
    "', 'bias': '" name "_bias', 'relu': false}"
#define HALF               "{'name': 'half', 'op': 'unshuffle', 'inputs': ['picture'], 'factor': 2}"
#define PICTURE            "{'name': 'picture', 'kind': 'map', 'channels': 3}"
#define VECTOR(name, size) "{'name': '" name "', 'kind': 'vector', 'channels': " size "}"
#define GRAPHS(tokens, tokens_output, tokens_input, attention, fused)                              \
    "{'encode': {'inputs': [" PICTURE "], 'nodes': [" HALF                                         \
    ", " CONV("s", "half", "see") ", {'name': 'm', 'op': 'moments', 'inputs': ['s']}, " LINEAR(    \
        "code", "m") tokens                                                                        \
        "], 'outputs': ['code'" tokens_output "]}, 'paint': {'inputs': [" PICTURE                  \
        ", " VECTOR("code", "6") ", " tokens_input VECTOR(                                         \
            "strength",                                                                            \
            "1") "], 'nodes': [" HALF                                                              \
                 ", " CONV("e", "half",                                                            \
                           "look") ", {'name': 'm', 'op': 'moments', 'inputs': "                   \
                                   "['e']}, " LINEAR("gamma", "code") ", " LINEAR(                 \
                                       "beta", "code") ", {'name': 'a', 'op': 'adain', "           \
                                                       "'inputs': ['e', 'm', 'gamma', "            \
                                                       "'beta', 'strength']}" attention            \
                                                       ", " CONV("d", fused,                       \
                                                                 "draw") ", {'name': 'result', "   \
                                                                         "'op': 'shuffle', "       \
                                                                         "'inputs': ['d'], "       \
                                                                         "'factor': 2}], "         \
                                                                         "'outputs': ['result']}}"

static const char attending[] =
    GRAPHS(", {'name': 'tokens', 'op': 'sample', 'inputs': ['s'], 'grid': 4}", ", 'tokens'",
           VECTOR("tokens", "128") ", ",
           ", {'name': 't', 'op': 'attention', 'inputs': ['e', 'm', 'tokens', 'strength'], "
           "'query': 'query', 'query_bias': 'query_bias', 'key': 'key', 'key_bias': 'key_bias', "
           "'value': 'value', 'value_bias': 'value_bias'}, "
           "{'name': 'sum', 'op': 'add', 'inputs': ['a', 't'], 'relu': false}",
           "sum");
static const char not_attending[] = GRAPHS("", "", "", "", "a");
/* one network knows of tokens, the other does not */
static const char half_attending[] = GRAPHS(
    ", {'name': 'tokens', 'op': 'sample', 'inputs': ['s'], 'grid': 4}", ", 'tokens'", "", "", "a");

static PstEngine *open_painter(const TestModel *model, const char *graphs, GError **error)
{
    g_autofree char *path = g_build_filename(work, "painter.safetensors", NULL);
    g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, model->data, model->size);
    GString *text = g_string_new(graphs);
    g_string_replace(text, "'", "\"", 0);
    json_object_set_new(model->metadata, "format", json_string("pastiche-1"));
    json_object_set_new(model->metadata, "data_sha256", json_string(sum));
    json_object_set_new(model->metadata, "graphs", json_string(text->str));
    json_object_set(model->header, "__metadata__", model->metadata);
    char *header = json_dumps(model->header, JSON_COMPACT);
    TestFile file = test_file(header, model->data, model->size);
    CHECK(g_file_set_contents(path, (const char *) file.bytes, (gssize) file.size, NULL));
    free(file.bytes);
    free(header);
    g_string_free(text, TRUE);
    return pst_engine_new(work, error);
}

static void make_painters(void)
{
    GError *error = NULL;
    TestModel model = test_model();
    add_seeing(&model);
    add_layer(&model, "code", CODE, 2 * SIZE, 0);
    add_layer(&model, "look", SIZE, 12, 1);
    add_layer(&model, "gamma", SIZE, CODE, 0);
    add_layer(&model, "beta", SIZE, CODE, 0);
    add_layer(&model, "query", 5, SIZE, 0);
    add_layer(&model, "key", 5, SIZE, 0);
    add_layer(&model, "value", SIZE, SIZE, 0);
    add_layer(&model, "draw", 12, SIZE, 1);
    CHECK(!open_painter(&model, half_attending, &error));
    CHECK(error && strstr(error->message, "tokens"), "%s", error ? error->message : "accepted");
    g_clear_error(&error);
    blind = open_painter(&model, not_attending, &error);
    CHECK(blind != NULL, "%s", error ? error->message : "");
    g_clear_error(&error);
    engine = open_painter(&model, attending, &error);
    CHECK(engine != NULL, "%s", error ? error->message : "");
    g_clear_error(&error);
    test_model_free(&model);
}

/* ---- Helpers --------------------------------------------------------------------------------- */

static float red_at(int x, int y, int kind)
{
    return kind == 0 ? (float) (x + 40 * y) / 2000 : 0.5f + 0.4f * sinf(0.3f * (float) (x - y));
}

static GeglBuffer *make_picture(int width, int height, int kind)
{
    GeglRectangle extent = {0, 0, width, height};
    GeglBuffer *buffer = gegl_buffer_new(&extent, babl_format("R'G'B' float"));
    float *pixels = g_new(float, (gsize) 3 * width * height);
    for (int i = 0; i < width * height; i++) {
        pixels[3 * i] = red_at(i % width, i / width, kind);
        pixels[3 * i + 1] = 0.5f + 0.3f * cosf(0.2f * (float) (i % width + kind));
        pixels[3 * i + 2] = (float) (i / width) / (float) height;
    }
    gegl_buffer_set(buffer, &extent, 0, NULL, pixels, 0);
    g_free(pixels);
    return buffer;
}

static PstStyle *style_of(const PstEngine *of, int width, int height, int kind)
{
    GError *error = NULL;
    GeglBuffer *picture = make_picture(width, height, kind);
    PstStyle *style = pst_style_new_from_buffer(of, picture, &settings, NULL, NULL, &error);
    CHECK(style != NULL, "%s", error ? error->message : "");
    g_clear_error(&error);
    g_object_unref(picture);
    return style;
}

/* The tokens in a style's file; FALSE where there are none. */
static gboolean tokens_of(const PstStyle *style, float tokens[TOKENS * SIZE])
{
    GBytes *bytes = pst_style_to_bytes(style);
    gsize size;
    const void *data = g_bytes_get_data(bytes, &size);
    PstSafetensors *file = NULL;
    PstMessage message = {""};
    CHECK(pst_safetensors_parse(&file, data, size, &message) == PST_OK, "%s", message.text);
    const PstTensorInfo *tensor = pst_safetensors_find(file, "tokens");
    gboolean found = tensor && CHECK(tensor->dtype == PST_DTYPE_F16 && tensor->rank == 2 &&
                                     tensor->shape[0] == TOKENS && tensor->shape[1] == SIZE);
    if (found)
        CHECK(pst_tensor_read(tensor, tokens, &message) == PST_OK, "%s", message.text);
    pst_safetensors_free(&file);
    g_bytes_unref(bytes);
    return found;
}

static float *paint(const PstEngine *by, const PstStyle *style, PstFusion fusion)
{
    enum { WIDTH = 53, HEIGHT = 38 };
    GError *error = NULL;
    PstSettings own = settings;
    own.fusion = fusion;
    GeglBuffer *photo = make_picture(WIDTH, HEIGHT, 1);
    GeglBuffer *result = pst_stylize(by, photo, style, &own, NULL, NULL, &error);
    float *pixels = g_new0(float, 3 * WIDTH * HEIGHT);
    if (CHECK(result != NULL, "%s", error ? error->message : "")) {
        gegl_buffer_get(result, NULL, 1.0, babl_format("R'G'B' float"), pixels, 0, GEGL_ABYSS_NONE);
        g_object_unref(result);
    }
    g_clear_error(&error);
    g_object_unref(photo);
    return pixels;
}

/* The largest difference of two paintings, whose memory is freed. */
static double apart(float *a, float *b)
{
    double most = 0;
    for (int i = 0; i < 3 * 53 * 38; i++)
        most = fmax(most, fabs((double) a[i] - b[i]));
    g_free(a);
    g_free(b);
    return most;
}

static PstStyle *from_file(const PstEngine *by, const PstStyle *style, GError **error)
{
    GBytes *bytes = pst_style_to_bytes(style);
    PstStyle *read = pst_style_new_from_bytes(by, bytes, error);
    g_bytes_unref(bytes);
    return read;
}

/* ---- Checks ---------------------------------------------------------------------------------- */

/* Middles of the fields of a grid over the picture, not over what it is extended to. */
static void places(void)
{
    static const int sizes[][2] = {{37, 29}, {38, 45}, {64, 32}};
    for (guint n = 0; n < G_N_ELEMENTS(sizes); n++) {
        int width = sizes[n][0], height = sizes[n][1];
        int w = (width + 1) / 2, h = (height + 1) / 2;
        float tokens[TOKENS * SIZE];
        PstStyle *style = style_of(engine, width, height, 0);
        if (!CHECK(tokens_of(style, tokens)))
            continue;
        for (int i = 0; i < TOKENS; i++) {
            int y = (2 * (i / GRID) + 1) * h / (2 * GRID),
                x = (2 * (i % GRID) + 1) * w / (2 * GRID);
            CHECK_NEAR(tokens[SIZE * i], red_at(2 * x, 2 * y, 0), 1e-3);
        }
        pst_style_free(style);
    }
}

static void kept(void)
{
    GError *error = NULL;
    PstStyle *style = style_of(engine, 60, 44, 1), *read = from_file(engine, style, &error);
    if (CHECK(read != NULL, "%s", error ? error->message : "")) {
        GBytes *bytes = pst_style_to_bytes(style), *again = pst_style_to_bytes(read);
        CHECK(g_bytes_equal(bytes, again));
        g_bytes_unref(bytes);
        g_bytes_unref(again);
        CHECK(apart(paint(engine, style, PST_FUSION_ATTENTION),
                    paint(engine, read, PST_FUSION_ATTENTION)) == 0);
    }
    g_clear_error(&error);
    pst_style_free(read);
    pst_style_free(style);
}

/* The painter without tokens has the same tensors, so its styles would fit, if it were not for these. */
static void missing(void)
{
    float tokens[TOKENS * SIZE];
    GError *error = NULL;
    PstStyle *without = style_of(blind, 60, 44, 1);
    CHECK(!tokens_of(without, tokens));
    CHECK(!from_file(engine, without, &error));
    CHECK(g_error_matches(error, PST_ERROR, PST_ERROR_FILE) &&
              strstr(error->message, "'tokens' of 16 by 8 float16"),
          "%s", error ? error->message : "accepted");
    g_clear_error(&error);
    pst_style_free(without);
}

/* Without attention it is the painter without attention; with it, another. */
static void fusion(void)
{
    GError *error = NULL;
    PstStyle *style = style_of(engine, 60, 44, 1), *without = from_file(blind, style, &error);
    if (CHECK(without != NULL, "%s", error ? error->message : "")) {
        float *plain = paint(blind, without, PST_FUSION_ATTENTION);
        CHECK(apart(paint(engine, style, PST_FUSION_SUM), g_memdup2(plain, sizeof *plain * 6042)) <
              1e-5);
        double change = apart(paint(engine, style, PST_FUSION_ATTENTION), plain);
        CHECK(change > 0.02, "%g", change);
    }
    g_clear_error(&error);
    pst_style_free(without);
    pst_style_free(style);
}

/* `count` tokens are these of `from`, evenly. */
static void check_share(const float *mixed, int count, const float *from)
{
    for (int k = 0; k < count; k++) {
        int at = (2 * k + 1) * TOKENS / (2 * count);
        CHECK(memcmp(mixed + SIZE * k, from + SIZE * at, sizeof *mixed * SIZE) == 0, "%d of %d", k,
              count);
    }
}

static void mixing(void)
{
    static const struct {
        double weights[3];
        int shares[3];
    } cases[] = {
        {{3, 1, 0.0001}, {12, 4, 0}}, {{1, 1, 1}, {6, 5, 5}},   {{1, 2, 5}, {2, 4, 10}},
        {{0.1, 0.11, 9}, {0, 0, 16}}, {{5, 6, 21}, {3, 3, 10}},
    };
    PstStyle *styles[3];
    float own[3][TOKENS * SIZE], mixed[TOKENS * SIZE];
    for (int i = 0; i < 3; i++) {
        styles[i] = style_of(engine, 40 + 10 * i, 50, i);
        CHECK(tokens_of(styles[i], own[i]));
    }
    for (guint n = 0; n < G_N_ELEMENTS(cases); n++) {
        PstStyle *mix = pst_style_new_mixed((const PstStyle **) styles, cases[n].weights, 3);
        CHECK(tokens_of(mix, mixed));
        for (int i = 0, at = 0; i < 3; at += cases[n].shares[i++])
            check_share(mixed + SIZE * at, cases[n].shares[i], own[i]);
        pst_style_free(mix);
    }
    for (int i = 0; i < 3; i++)
        pst_style_free(styles[i]);
}

int main(int argc, char **argv)
{
    check_begin("tokens");
    gegl_init(NULL, NULL);
    pst_settings_init(&settings);
    settings.threads = 2;
    work = argc > 1 ? argv[1] : ".";
    g_mkdir_with_parents(work, 0777);
    CHECK_RUN(make_painters);
    if (engine && blind) {
        CHECK_RUN(places);
        CHECK_RUN(kept);
        CHECK_RUN(missing);
        CHECK_RUN(fusion);
        CHECK_RUN(mixing);
    }
    pst_engine_free(engine);
    pst_engine_free(blind);
    gegl_exit();
    return check_end();
}
