/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Gradients against finite differences, for each op alone and for networks with branches; and that
 * threads, tiles and lack of memory change nothing.
 */
#include "build.h"
#include "check.h"
#include "fail.h"
#include "nn/optimise/taps.h"
#include "nn/optimise/tiling.h"

#define WIDTH  64
#define HEIGHT 32

typedef struct {
    PstSafetensors *file;
    PstGraph *graph;
} Net;

/* Tensors that the graphs below name: cO_I_HxW with b, and the scale and shift of 3 channels. */
static void add_kernel(TestModel *model, const char *name, int out, int in, int h, int w)
{
    float values[16 * 16 * 49];
    char bias[32];
    check_fill(values, (size_t) out * in * h * w);
    test_model_add(model, name, (int[4]){out, in, h, w}, values);
    check_fill(values, out);
    snprintf(bias, sizeof bias, "%s.b", name);
    test_model_add(model, bias, (int[4]){out, 0, 0, 0}, values);
}

static Net net_of(const char *nodes)
{
    char text[4096];
    TestModel model = test_model();
    add_kernel(&model, "k33", 5, 3, 3, 3);
    add_kernel(&model, "k55", 5, 5, 3, 3);
    add_kernel(&model, "k44", 4, 4, 3, 3);
    add_kernel(&model, "k11", 4, 3, 1, 1);
    add_kernel(&model, "k77", 4, 3, 7, 7);
    add_kernel(&model, "k17", 4, 3, 1, 7);
    float values[3];
    check_fill(values, 3);
    test_model_add(&model, "scale", (int[4]){3, 0, 0, 0}, values);
    check_fill(values, 3);
    test_model_add(&model, "shift", (int[4]){3, 0, 0, 0}, values);
    static const float zeros[36];
    test_model_add(&model, "k31", (int[4]){4, 3, 3, 1}, zeros);
    test_model_add(&model, "k31.b", (int[4]){4, 0, 0, 0}, zeros);
    snprintf(text, sizeof text,
             "{\"inputs\":[{\"name\":\"p\",\"kind\":\"map\",\"channels\":3}],\"nodes\":[%s],"
             "\"outputs\":[\"y\"]}",
             nodes);
    json_t *json = json_loads(text, 0, NULL);
    PstMessage message = {""};
    Net net = {NULL, NULL};
    CHECK(json, "%s", text);
    net.file = test_model_open_graph(&model, "net", json);
    CHECK(pst_graph_new(&net.graph, net.file, "net", &message) == PST_OK, "%s", message.text);
    test_model_free(&model);
    return net;
}

static void net_done(Net *net)
{
    pst_graph_free(&net->graph);
    pst_safetensors_free(&net->file);
}

/* The loss is Σ seed · tap over all taps, with fixed random seeds. */
static void fill_seed(PstMap *seed, int tap)
{
    uint64_t state = check.state;
    check.state = 77 + tap;
    for (int c = 0; c < seed->channels; c++) {
        for (int y = 0; y < seed->height; y++) {
            for (int x = 0; x < seed->width; x++)
                pst_map_row(seed, c, y)[x] = check_uniform();
        }
    }
    check.state = state;
}

static double loss_of(PstGradient *g, int taps, PstMap *room)
{
    double loss = 0;
    for (int t = 0; t < taps; t++) {
        const PstMap *map = pst_gradient_tap(g, t);
        PstMap seed = *map;
        seed.data = room->data;
        fill_seed(&seed, t);
        for (int c = 0; c < map->channels; c++) {
            for (int y = 0; y < map->height; y++) {
                for (int x = 0; x < map->width; x++)
                    loss += (double) pst_map_row(map, c, y)[x] * pst_map_row(&seed, c, y)[x];
            }
        }
    }
    return loss;
}

static PstGradient *start(const Net *net, const int *taps, int tap_count, int threads)
{
    PstGradientOptions options = {.width = WIDTH, .height = HEIGHT, .threads = threads};
    options.taps = taps;
    options.tap_count = tap_count;
    PstGradient *g;
    PstMessage message = {""};
    CHECK(pst_gradient_new(&g, net->graph, &options, &message) == PST_OK, "%s", message.text);
    return g;
}

static void fill_picture(PstGradient *g, const float *picture)
{
    PstMap *map = pst_gradient_picture(g);
    for (int i = 0; i < 3 * HEIGHT; i++)
        memcpy(pst_map_row(map, i / HEIGHT, i % HEIGHT), picture + i * WIDTH,
               sizeof(float) * WIDTH);
}

static void gradient_of(PstGradient *g, int taps, const float *picture, float *result)
{
    uint8_t *trace = malloc(pst_gradient_trace_bytes(g) + 1);
    fill_picture(g, picture);
    CHECK(pst_gradient_forward(g, trace, NULL, NULL, NULL) == PST_OK);
    for (int t = 0; t < taps; t++)
        fill_seed(pst_gradient_seed(g, t), t);
    CHECK(pst_gradient_back(g, trace, NULL, NULL, NULL) == PST_OK);
    free(trace);
    for (int i = 0; i < 3 * HEIGHT; i++)
        memcpy(result + i * WIDTH, pst_map_row(pst_gradient_result(g), i / HEIGHT, i % HEIGHT),
               sizeof(float) * WIDTH);
}

/* Single pixels, borders among them, moved up and down.  A move may cross a kink of a ReLU or a maximum,
 * so a few may disagree; a wrong gradient disagrees in far more. */
static void against_differences(const char *nodes, const char *second)
{
    enum { TRIES = 60 };
    Net net = net_of(nodes);
    float picture[3 * HEIGHT * WIDTH], result[3 * HEIGHT * WIDTH];
    check_fill(picture, 3 * HEIGHT * WIDTH);
    int taps[] = {pst_graph_find(net.graph, "y"), second ? pst_graph_find(net.graph, second) : 0};
    int count = second ? 2 : 1, wrong = 0;
    PstGradient *g = start(&net, taps, count, 2);
    gradient_of(g, count, picture, result);
    PstMap room = {.data = malloc(sizeof(float) * 16 * 96 * 96)};
    for (int i = 0; i < TRIES; i++) {
        int x = i % 3 == 0 ? (i % 2 ? 0 : WIDTH - 1) : check_between(0, WIDTH - 1);
        int y = i % 5 == 0 ? (i % 2 ? 0 : HEIGHT - 1) : check_between(0, HEIGHT - 1);
        int at = (check_between(0, 2) * HEIGHT + y) * WIDTH + x;
        float keep = picture[at], step = 1e-3f;
        double loss[2];
        for (int side = 0; side < 2; side++) {
            picture[at] = keep + (side ? step : -step);
            fill_picture(g, picture);
            pst_gradient_forward(g, NULL, NULL, NULL, NULL);
            loss[side] = loss_of(g, count, &room);
        }
        picture[at] = keep;
        double slope = (loss[1] - loss[0]) / ((double) (keep + step) - (double) (keep - step));
        wrong += fabs(slope - result[at]) > 0.01 + 0.01 * fabs(slope);
    }
    CHECK(wrong <= TRIES / 20, "%d of %d differ: %s", wrong, TRIES, nodes);
    free(room.data);
    pst_gradient_free(&g);
    net_done(&net);
}

#define CONV(name, from, kernel, stride, padding, relu)                                            \
    "{\"name\":\"" name "\",\"op\":\"conv2d\",\"inputs\":[\"" from "\"],\"weight\":\"" kernel      \
    "\",\"bias\":\"" kernel ".b\",\"stride\":" stride ",\"padding\":\"" padding                    \
    "\",\"relu\":" relu "}"
#define POOL(name, op, from, kernel, stride, pad)                                                  \
    "{\"name\":\"" name "\",\"op\":\"" op "\",\"inputs\":[\"" from "\"],\"kernel\":" kernel        \
    ",\"stride\":" stride ",\"pad\":" pad "}"

static void each_convolution(void)
{
    against_differences(CONV("y", "p", "k33", "1", "zero", "false"), NULL);
    against_differences(CONV("y", "p", "k33", "1", "reflect", "true"), NULL);
    against_differences(CONV("y", "p", "k33", "1", "replicate", "false"), NULL);
    against_differences(CONV("y", "p", "k33", "1", "none", "false"), NULL);
    against_differences(CONV("y", "p", "k33", "2", "zero", "true"), NULL);
    against_differences(CONV("y", "p", "k33", "2", "reflect", "false"), NULL);
    against_differences(CONV("y", "p", "k33", "2", "replicate", "false"), NULL);
    against_differences(CONV("y", "p", "k33", "2", "none", "false"), NULL);
    against_differences(CONV("y", "p", "k11", "1", "zero", "false"), NULL);
    against_differences(CONV("y", "p", "k11", "2", "reflect", "false"), NULL);
    against_differences(CONV("y", "p", "k77", "2", "zero", "false"), NULL);
    against_differences(CONV("y", "p", "k77", "1", "reflect", "false"), NULL);
    against_differences(CONV("y", "p", "k17", "1", "zero", "false"), NULL);
    against_differences(CONV("y", "p", "k17", "1", "replicate", "true"), NULL);
}

static void each_other_op(void)
{
    against_differences(POOL("y", "maxpool", "p", "2", "2", "0"), NULL);
    against_differences(POOL("y", "maxpool", "p", "3", "2", "1"), NULL);
    against_differences(POOL("y", "maxpool", "p", "3", "2", "0"), NULL);
    against_differences(POOL("y", "avgpool", "p", "3", "1", "1"), NULL);
    against_differences(POOL("y", "avgpool", "p", "2", "2", "0"), NULL);
    against_differences("{\"name\":\"y\",\"op\":\"affine\",\"inputs\":[\"p\"],\"scale\":\"scale\","
                        "\"shift\":\"shift\"}",
                        NULL);
    against_differences("{\"name\":\"y\",\"op\":\"scale_shift\",\"inputs\":[\"p\"],\"scale\":1.7,"
                        "\"shift\":0.2}",
                        NULL);
    against_differences("{\"name\":\"y\",\"op\":\"unshuffle\",\"inputs\":[\"p\"],\"factor\":2}",
                        NULL);
    against_differences(
        CONV("a", "p", "k11", "2", "zero",
             "false") ","
                      "{\"name\":\"y\",\"op\":\"shuffle\",\"inputs\":[\"a\"],\"factor\":2}",
        NULL);
    against_differences(
        CONV("a", "p", "k11", "2", "zero",
             "false") ","
                      "{\"name\":\"y\",\"op\":\"upsample\",\"inputs\":[\"a\"],\"factor\":2,"
                      "\"mode\":\"nearest\"}",
        NULL);
    against_differences("{\"name\":\"y\",\"op\":\"add\",\"inputs\":[\"p\",\"p\"],\"relu\":true}",
                        NULL);
    against_differences(
        CONV("a", "p", "k11", "1", "zero",
             "false") ","
                      "{\"name\":\"y\",\"op\":\"join\",\"inputs\":[\"a\",\"p\",\"a\"]}",
        NULL);
}

/* Two taps, a residual branch, two resolutions. */
static const char *const branches = CONV("a", "p", "k33", "1", "zero", "true") "," CONV(
    "b", "a", "k55", "1", "reflect",
    "true") ","
            "{\"name\":\"c\",\"op\":\"add\",\"inputs\":[\"a\",\"b\"],\"relu\":true}," POOL(
                "d", "maxpool", "c", "2", "2",
                "0") "," CONV("e", "d", "k55", "1", "zero",
                              "true") ","
                                      "{\"name\":\"y\",\"op\":\"add\",\"inputs\":[\"d\",\"e\"],"
                                      "\"relu\":false}";

static void branched(void)
{
    against_differences(branches, "c");
    against_differences(branches, NULL);
}

static void same_bytes(void)
{
    Net net = net_of(branches);
    static float picture[3 * HEIGHT * WIDTH], first[3 * HEIGHT * WIDTH], other[3 * HEIGHT * WIDTH];
    int taps[] = {pst_graph_find(net.graph, "y"), pst_graph_find(net.graph, "b")};
    check_fill(picture, 3 * HEIGHT * WIDTH);
    for (int threads = 1; threads <= 3; threads++) {
        PstGradient *g = start(&net, taps, 2, threads);
        gradient_of(g, 2, picture, other);
        gradient_of(g, 2, picture, other); /* a second time, from used memory */
        if (threads == 1)
            memcpy(first, other, sizeof first);
        CHECK(memcmp(first, other, sizeof first) == 0, "%d threads", threads);
        pst_gradient_free(&g);
    }
    net_done(&net);
}

/* One plan sees two pictures, each with a trace of its own, before it goes back for either. */
static void two_traces(void)
{
    enum { COUNT = 3 * HEIGHT * WIDTH };
    Net net = net_of(branches);
    static float pictures[2][COUNT], expected[2][COUNT], result[COUNT];
    int taps[] = {pst_graph_find(net.graph, "y"), pst_graph_find(net.graph, "b")};
    PstGradient *g = start(&net, taps, 2, 2);
    uint8_t *traces[2];
    for (int i = 0; i < 2; i++) {
        traces[i] = malloc(pst_gradient_trace_bytes(g));
        check_fill(pictures[i], COUNT);
        gradient_of(g, 2, pictures[i], expected[i]);
    }
    for (int i = 0; i < 2; i++) {
        fill_picture(g, pictures[i]);
        CHECK(pst_gradient_forward(g, traces[i], NULL, NULL, NULL) == PST_OK);
    }
    CHECK(memcmp(expected[0], expected[1], sizeof result) != 0);
    for (int i = 0; i < 2; i++) {
        for (int t = 0; t < 2; t++)
            fill_seed(pst_gradient_seed(g, t), t);
        CHECK(pst_gradient_back(g, traces[i], NULL, NULL, NULL) == PST_OK);
        for (int k = 0; k < 3 * HEIGHT; k++)
            memcpy(result + k * WIDTH, pst_map_row(pst_gradient_result(g), k / HEIGHT, k % HEIGHT),
                   sizeof(float) * WIDTH);
        CHECK(memcmp(expected[i], result, sizeof result) == 0, "picture %d", i);
        free(traces[i]);
    }
    pst_gradient_free(&g);
    net_done(&net);
}

/* Layers that are past take no memory: more of them need but a longer trace.  Too small a limit is refused with the
 * size that it takes. */
static void limits(void)
{
#define LAYER(name, from) "," CONV(name, from, "k55", "1", "zero", "true")
    static const char *const chain = CONV("a", "p", "k33", "1", "zero", "true") LAYER("b", "a")
        LAYER("c", "b") LAYER("d", "c") LAYER("e", "d") LAYER("y", "e");
#undef LAYER
    Net net = net_of(chain);
    int tap = pst_graph_find(net.graph, "y");
    PstGradientOptions options = {.width = 512, .height = 512, .threads = 1, .taps = &tap};
    options.tap_count = 1;
    PstGradient *g;
    PstMessage message = {""};
    CHECK(pst_gradient_new(&g, net.graph, &options, &message) == PST_OK, "%s", message.text);
    size_t all = pst_gradient_bytes(g), trace = pst_gradient_trace_bytes(g);
    size_t map = sizeof(float) * 5 * 512 * 512;
    CHECK(trace == 6 * 512 * 512, "%zu", trace);
    CHECK(all < 4 * map, "%zu", all);
    pst_gradient_free(&g);
    options.memory = all;
    CHECK(pst_gradient_new(&g, net.graph, &options, &message) == PST_OK, "%s", message.text);
    pst_gradient_free(&g);
    options.memory = all - 1;
    CHECK(pst_gradient_new(&g, net.graph, &options, &message) == PST_E_MEMORY);
    CHECK(!g && strstr(message.text, "MB"), "%s", message.text);
    net_done(&net);
}

static PstStatus stop(void *user, double done, PstMessage *message)
{
    int *calls = user;
    CHECK(done >= 0 && done <= 1);
    ++*calls;
    return pst_fail(message, PST_E_CANCELLED, "enough");
}

static void refusals(void)
{
    Net net = net_of("{\"name\":\"m\",\"op\":\"moments\",\"inputs\":[\"p\"]}," POOL(
        "y", "maxpool", "p", "2", "2", "0"));
    int taps[] = {pst_graph_find(net.graph, "m")};
    PstGradientOptions options = {.width = WIDTH, .height = HEIGHT, .threads = 1, .taps = taps};
    options.tap_count = 1;
    PstGradient *g;
    PstMessage message = {""};
    CHECK(pst_gradient_new(&g, net.graph, &options, &message) == PST_E_UNSUPPORTED);
    CHECK(strstr(message.text, "moments"), "%s", message.text);
    net_done(&net);
    net =
        net_of(CONV("a", "p", "k11", "2", "zero",
                    "false") ","
                             "{\"name\":\"y\",\"op\":\"upsample\",\"inputs\":[\"a\"],\"factor\":2,"
                             "\"mode\":\"bilinear\"}");
    taps[0] = pst_graph_find(net.graph, "y");
    CHECK(pst_gradient_new(&g, net.graph, &options, &message) == PST_E_UNSUPPORTED);
    CHECK(strstr(message.text, "bilinear 'upsample'"), "%s", message.text);
    net_done(&net);
    net = net_of(POOL("y", "maxpool", "p", "2", "2", "0"));
    taps[0] = pst_graph_find(net.graph, "y");
    options.width = WIDTH + 1;
    CHECK(pst_gradient_new(&g, net.graph, &options, &message) == PST_E_FORMAT);
    net_done(&net);
    /* a map of 7 rows, which 2 does not divide */
    net = net_of(
        CONV("a", "p", "k31", "2", "none",
             "false") ","
                      "{\"name\":\"y\",\"op\":\"unshuffle\",\"inputs\":[\"a\"],\"factor\":2}");
    taps[0] = pst_graph_find(net.graph, "y");
    options.width = 16;
    options.height = 16;
    CHECK(pst_gradient_new(&g, net.graph, &options, &message) == PST_E_FORMAT);
    CHECK(strstr(message.text, "'y'"), "%s", message.text);
    net_done(&net);
    /* two rows, of which a kernel of 3 leaves none, whatever the stride */
    static const char *const narrow[] = {
        CONV("a", "p", "k31", "1", "none", "false") "," POOL("y", "maxpool", "a", "3", "2", "0"),
        CONV("a", "p", "k31", "1", "none", "false") "," CONV("y", "a", "k44", "2", "none", "false"),
    };
    for (int i = 0; i < 2; i++) {
        net = net_of(narrow[i]);
        taps[0] = pst_graph_find(net.graph, "y");
        options.height = 4;
        CHECK(pst_gradient_new(&g, net.graph, &options, &message) == PST_E_FORMAT);
        CHECK(strstr(message.text, "'y'") && strstr(message.text, "too small"), "%s", message.text);
        net_done(&net);
    }
    net = net_of(branches);
    taps[0] = pst_graph_find(net.graph, "y");
    options.width = 1024;
    options.height = 1024;
    CHECK(pst_gradient_new(&g, net.graph, &options, &message) == PST_OK);
    int calls = 0;
    CHECK(pst_gradient_forward(g, NULL, stop, &calls, &message) == PST_E_CANCELLED);
    CHECK(calls == 1 && strcmp(message.text, "enough") == 0);
    pst_gradient_free(&g);
    net_done(&net);
}

static void failing_allocations(void)
{
    Net net = net_of(branches);
    int taps[] = {pst_graph_find(net.graph, "y")};
    PstGradientOptions options = {.width = WIDTH, .height = HEIGHT, .threads = 1, .taps = taps};
    options.tap_count = 1;
    options.memory = 1;
    for (int round = 0; round < 2; round++, options.memory = 0) {
        for (size_t n = 1;; n++) {
            PstGradient *g;
            PstMessage message = {""};
            long live = fail_live();
            fail_begin(n, n % 2 ? FAIL_ONE : FAIL_REST);
            PstStatus status = pst_gradient_new(&g, net.graph, &options, &message);
            bool failed = fail_end();
            CHECK(!failed || status == PST_E_MEMORY, "allocation %zu", n);
            CHECK((status == PST_OK) == (g != NULL));
            pst_gradient_free(&g);
            CHECK(fail_live() == live, "allocation %zu leaks", n);
            if (!failed)
                break;
        }
    }
    net_done(&net);
}

/* ---- Tiles ------------------------------------------------------------------------------------ */

#define TALL 160

/* Two taps, at 1/2 and at 1/4, that reach some ten rows. */
static const char *const pyramid = CONV("a", "p", "k33", "1", "zero", "true") "," POOL(
    "b", "maxpool", "a", "2", "2",
    "0") "," CONV("c", "b", "k55", "1", "zero", "true") "," POOL("d", "avgpool", "c", "2", "2",
                                                                 "0") "," CONV("y", "d", "k55", "1",
                                                                               "zero", "false");

/* What comes of it: taps one after another, then the gradient. */
static size_t run_tiles(const Net *net, int threads, int side, const float *picture, float *values,
                        size_t *bytes)
{
    int taps[] = {pst_graph_find(net->graph, "c"), pst_graph_find(net->graph, "y")};
    PstGradientOptions options = {.width = WIDTH, .height = TALL, .threads = threads};
    options.taps = taps;
    options.tap_count = 2;
    PstTiling *tiling;
    PstMessage message = {""};
    size_t used = 0;
    if (!CHECK(pst_tiling_new(&tiling, net->graph, &options, side, &message) == PST_OK, "%s",
               message.text))
        return 0;
    *bytes = pst_tiling_bytes(tiling);
    CHECK(pst_tiling_forward(tiling, picture, NULL, NULL, NULL) == PST_OK);
    for (int t = 0; t < 2; t++) {
        const PstMap *map = pst_tiling_tap(tiling, t);
        for (int i = 0; i < map->channels * map->height; i++, used += map->width)
            memcpy(values + used, pst_map_row(map, i / map->height, i % map->height),
                   sizeof(float) * map->width);
        fill_seed(pst_tiling_seed(tiling, t), t);
    }
    CHECK(pst_tiling_back(tiling, values + used, NULL, NULL, NULL) == PST_OK);
    pst_tiling_free(&tiling);
    return used + 3 * WIDTH * TALL;
}

/* Tiles give what the whole gives, whatever their size and the threads, and one thread's take less. */
static void tiles(void)
{
    enum { MOST = 5 * WIDTH * TALL };
    static float picture[3 * TALL * WIDTH], whole[MOST], tiled[MOST], again[MOST];
    static const int sides[] = {8, 32, 40, 64};
    Net net = net_of(pyramid);
    check_fill(picture, 3 * TALL * WIDTH);
    size_t all, some, count = run_tiles(&net, 1, 0, picture, whole, &all);
    CHECK(count > 0 && count <= MOST);
    for (int k = 0; k < 4; k++) {
        CHECK(run_tiles(&net, 1, sides[k], picture, tiled, &some) == count);
        CHECK(some < all || sides[k] > WIDTH / 2, "side %d: %zu of %zu", sides[k], some, all);
        float most = 0, apart = 0;
        for (size_t i = 0; i < count; i++) {
            most = fmaxf(most, fabsf(whole[i]));
            apart = fmaxf(apart, fabsf(whole[i] - tiled[i]));
        }
        CHECK(most > 1 && apart < 1e-5f * most, "side %d: %g of %g", sides[k], apart, most);
        for (int threads = 2; threads <= 16; threads *= 2) {
            run_tiles(&net, threads, sides[k], picture, again, &some);
            CHECK(memcmp(tiled, again, count * sizeof(float)) == 0, "side %d, %d threads", sides[k],
                  threads);
        }
    }
    CHECK(run_tiles(&net, 1, TALL, picture, tiled, &some) == count && some == all);
    net_done(&net);
}

static PstStatus count_up(void *user, double done, PstMessage *message)
{
    (void) message;
    double *before = user;
    CHECK(done >= *before && done <= 1, "%g after %g", done, *before);
    *before = done;
    return PST_OK;
}

static void tiles_tell_and_stop(void)
{
    Net net = net_of(pyramid);
    int tap = pst_graph_find(net.graph, "y"), calls = 0;
    PstGradientOptions options = {.width = 1024, .height = 2048, .threads = 2, .taps = &tap};
    options.tap_count = 1;
    PstTiling *tiling;
    PstMessage message = {""};
    float *picture = calloc(6 * (size_t) 1024 * 2048, sizeof *picture);
    double done = 0;
    CHECK(pst_tiling_new(&tiling, net.graph, &options, 512, &message) == PST_OK);
    CHECK(pst_tiling_forward(tiling, picture, count_up, &done, &message) == PST_OK);
    CHECK(done > 0.3, "%g", done);
    CHECK(pst_tiling_back(tiling, picture + 3 * (size_t) 1024 * 2048, stop, &calls, &message) ==
          PST_E_CANCELLED);
    CHECK(calls == 1 && strcmp(message.text, "enough") == 0);
    pst_tiling_free(&tiling);
    options.memory = 1000000;
    CHECK(pst_tiling_new(&tiling, net.graph, &options, 512, &message) == PST_E_MEMORY && !tiling);
    CHECK(strstr(message.text, "MB"), "%s", message.text);
    free(picture);
    net_done(&net);
}

/* Where there is memory for fewer tiles at once than there are threads, it is done with that, and the result is the
 * same. */
static void tiles_in_less_memory(void)
{
    Net net = net_of(pyramid);
    int tap = pst_graph_find(net.graph, "y");
    static float picture[3 * TALL * WIDTH], results[2][3 * TALL * WIDTH];
    PstGradientOptions options = {.width = WIDTH, .height = TALL, .threads = 4, .taps = &tap};
    options.tap_count = 1;
    check_fill(picture, 3 * TALL * WIDTH);
    size_t all = 0;
    for (int i = 0; i < 2; i++, options.memory = all - 1) {
        PstTiling *tiling;
        PstMessage message = {""};
        if (!CHECK(pst_tiling_new(&tiling, net.graph, &options, 32, &message) == PST_OK, "%s",
                   message.text))
            break;
        CHECK(i == 0 || pst_tiling_bytes(tiling) < all);
        all = pst_tiling_bytes(tiling);
        CHECK(pst_tiling_forward(tiling, picture, NULL, NULL, NULL) == PST_OK);
        fill_seed(pst_tiling_seed(tiling, 0), 0);
        CHECK(pst_tiling_back(tiling, results[i], NULL, NULL, NULL) == PST_OK);
        pst_tiling_free(&tiling);
    }
    CHECK(memcmp(results[0], results[1], sizeof results[0]) == 0);
    net_done(&net);
}

static void tiles_without_memory(void)
{
    Net net = net_of(pyramid);
    int tap = pst_graph_find(net.graph, "y");
    PstGradientOptions options = {.width = WIDTH, .height = TALL, .threads = 2, .taps = &tap};
    options.tap_count = 1;
    for (size_t n = 1;; n++) {
        PstTiling *tiling;
        PstMessage message = {""};
        long live = fail_live();
        fail_begin(n, n % 2 ? FAIL_ONE : FAIL_REST);
        PstStatus status = pst_tiling_new(&tiling, net.graph, &options, 32, &message);
        bool failed = fail_end();
        CHECK(!failed || status == PST_E_MEMORY, "allocation %zu", n);
        CHECK((status == PST_OK) == (tiling != NULL));
        pst_tiling_free(&tiling);
        CHECK(fail_live() == live, "allocation %zu leaks", n);
        if (!failed)
            break;
    }
    net_done(&net);
}

/* ---- Taps ------------------------------------------------------------------------------------- */

/* Of the pyramid: what each of its layers adds to what a pixel sees; and of what is not needed nothing counts. */
static void what_taps_see(void)
{
    Net net = net_of(pyramid);
    int c = pst_graph_find(net.graph, "c"), y = pst_graph_find(net.graph, "y");
    bool needed[PST_MAX_NODES];
    CHECK(pst_taps_reach(net.graph, &c, 1) == 1 + 1 + 2, "%d", pst_taps_reach(net.graph, &c, 1));
    CHECK(pst_taps_reach(net.graph, &y, 1) == 1 + 1 + 2 + 2 + 4);
    CHECK(pst_taps_unit(net.graph, &c, 1) == 2 && pst_taps_unit(net.graph, &y, 1) == 4);
    pst_taps_needed(net.graph, &c, 1, needed);
    CHECK(needed[PST_NODE_PICTURE] && needed[c] && !needed[y]);
    CHECK(pst_taps_flop(net.graph, &c, 1) > 0 &&
          pst_taps_flop(net.graph, &c, 1) < pst_taps_flop(net.graph, &y, 1));
    net_done(&net);
    net = net_of("{\"name\":\"m\",\"op\":\"moments\",\"inputs\":[\"p\"]}," CONV(
        "y", "p", "k33", "1", "zero", "false"));
    int taps[] = {pst_graph_find(net.graph, "m"), pst_graph_find(net.graph, "y")};
    CHECK(pst_taps_reach(net.graph, taps, 2) == -1 && pst_taps_reach(net.graph, taps + 1, 1) == 1);
    net_done(&net);
}

int main(void)
{
    check_begin("gradient");
    CHECK_RUN(each_convolution);
    CHECK_RUN(each_other_op);
    CHECK_RUN(branched);
    CHECK_RUN(same_bytes);
    CHECK_RUN(two_traces);
    CHECK_RUN(limits);
    CHECK_RUN(refusals);
    CHECK_RUN(failing_allocations);
    CHECK_RUN(tiles);
    CHECK_RUN(tiles_tell_and_stop);
    CHECK_RUN(tiles_in_less_memory);
    CHECK_RUN(tiles_without_memory);
    CHECK_RUN(what_taps_see);
    return check_end();
}
