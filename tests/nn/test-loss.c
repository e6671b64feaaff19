/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The terms of the loss against finite differences, and optimisers that must get somewhere.
 */
#include "build.h"
#include "check.h"
#include "fail.h"
#include "nn/optimise/loss.h"
#include "nn/optimise/nearest.h"
#include "nn/optimise/optimise.h"
#include "nn/optimise/sliced.h"

#define SIDE  48
#define COUNT (3 * SIDE * SIDE)

typedef struct {
    PstSafetensors *file;
    PstGraph *graph;
} Net;

static void add_kernel(TestModel *model, const char *name, int out, int in)
{
    float values[12 * 12 * 9];
    char bias[32];
    for (int i = 0; i < out * in * 9; i++)
        values[i] = 0.3f * check_uniform();
    test_model_add(model, name, (int[4]){out, in, 3, 3}, values);
    check_fill(values, out);
    snprintf(bias, sizeof bias, "%s.b", name);
    test_model_add(model, bias, (int[4]){out, 0, 0, 0}, values);
}

/* A small loss network: conv, pool, conv; smooth (without ReLU) where differences are to be taken. */
static Net net_of(bool relu)
{
    char text[1024];
    TestModel model = test_model();
    add_kernel(&model, "k1", 8, 3);
    add_kernel(&model, "k2", 12, 8);
    snprintf(text, sizeof text,
             "{\"inputs\":[{\"name\":\"p\",\"kind\":\"map\",\"channels\":3}],\"nodes\":["
             "{\"name\":\"one\",\"op\":\"conv2d\",\"inputs\":[\"p\"],\"weight\":\"k1\",\"bias\":"
             "\"k1.b\",\"stride\":1,\"padding\":\"zero\",\"relu\":%s},"
             "{\"name\":\"pool\",\"op\":\"avgpool\",\"inputs\":[\"one\"],\"kernel\":2,\"stride\":2,"
             "\"pad\":0},"
             "{\"name\":\"two\",\"op\":\"conv2d\",\"inputs\":[\"pool\"],\"weight\":\"k2\",\"bias\":"
             "\"k2.b\",\"stride\":1,\"padding\":\"zero\",\"relu\":%s}],\"outputs\":[\"two\"]}",
             relu ? "true" : "false", relu ? "true" : "false");
    Net net;
    PstMessage message = {""};
    net.file = test_model_open_graph(&model, "net", json_loads(text, 0, NULL));
    CHECK(pst_graph_new(&net.graph, net.file, "net", &message) == PST_OK, "%s", message.text);
    test_model_free(&model);
    return net;
}

static void net_done(Net *net)
{
    pst_graph_free(&net->graph);
    pst_safetensors_free(&net->file);
}

/* Smooth random pictures, so that two of them differ in more than noise. */
static void random_picture(float *picture, int width, int height)
{
    for (int c = 0; c < 3; c++) {
        float a = 0.5f * check_uniform(), b = 0.5f * check_uniform(), base = 0.4f + 0.1f * a;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++)
                *picture++ = base + 0.2f * sinf(a * (float) x + b * (float) y + (float) c) +
                             0.05f * check_uniform();
        }
    }
}

static PstLossOptions options_of(const Net *net, PstLossLayer layers[2])
{
    layers[0] = (PstLossLayer){pst_graph_find(net->graph, "one"), 0, 1};
    layers[1] = (PstLossLayer){pst_graph_find(net->graph, "two"), 1, 2};
    PstLossOptions options = {.width = SIDE, .height = SIDE, .threads = 2};
    options.layers = layers;
    options.layer_count = 2;
    return options;
}

/* What the network sees in a random picture of 80 × 64. */
typedef struct {
    float mean[2][12], cov[2][144], quantiles[2][PST_DIRECTIONS * PST_QUANTILES];
    float patches[2][PST_PATCHES * 12];
    PstSeen seen[2];
} Style;

static PstStatus see_style(const Net *net, Style *style, PstMessage *message)
{
    static float picture[3 * 80 * 64];
    PstSeeOptions options = {.width = 80, .height = 64, .threads = 2};
    const char *names[] = {"one", "two"};
    for (int i = 0; i < 2; i++)
        style->seen[i] = (PstSeen){pst_graph_find(net->graph, names[i]), style->mean[i],
                                   style->cov[i], style->quantiles[i], style->patches[i]};
    random_picture(picture, 80, 64);
    return pst_see(net->graph, &options, picture, NULL, style->seen, 2, NULL, NULL, message);
}

#define BLANK (SIDE / 3)

/* Nothing in the first columns, and the more to the right. */
static const float *uneven_weights(void)
{
    static float weights[SIDE * SIDE];
    for (int i = 0; i < SIDE * SIDE; i++)
        weights[i] = fmaxf(0, (float) (i % SIDE - BLANK + 1) / SIDE);
    return weights;
}

static PstLoss *weighted_loss_of(const Net *net, const PstLossOptions *options, bool uneven)
{
    static float picture[COUNT];
    static Style style;
    PstLoss *loss;
    PstMessage message = {""};
    CHECK(pst_loss_new(&loss, net->graph, options, &message) == PST_OK, "%s", message.text);
    random_picture(picture, SIDE, SIDE);
    CHECK(pst_loss_set_content(loss, picture, uneven ? uneven_weights() : NULL, NULL, NULL, NULL) ==
          PST_OK);
    CHECK(see_style(net, &style, &message) == PST_OK, "%s", message.text);
    pst_loss_set_style(loss, style.seen, 2);
    return loss;
}

static PstLoss *loss_of(const Net *net, const PstLossOptions *options)
{
    return weighted_loss_of(net, options, false);
}

/* Along random directions; the divisors of the balanced terms count as constants in the gradient, so the
 * terms are checked where the picture's side of them hardly moves: by steps that are small. */
static void against_differences(PstLossOptions options, const Net *net, const char *what,
                                bool uneven, double tolerance)
{
    static float picture[COUNT], moved[COUNT], gradient[COUNT], ignored[COUNT], direction[COUNT];
    PstLoss *loss = weighted_loss_of(net, &options, uneven);
    double value, low, high;
    random_picture(picture, SIDE, SIDE);
    for (int round = 0; round < 4; round++) {
        double slope = 0, step = 2e-3;
        /* three times, and twice below: what is nearest is found at the first of five */
        for (int i = 0; i < 3; i++)
            CHECK(pst_loss_evaluate(loss, picture, &value, gradient, NULL, NULL, NULL) == PST_OK);
        CHECK(value > 0 && isfinite(value), "%s: %g", what, value);
        for (int i = 0; i < COUNT; i++) {
            direction[i] = check_uniform() * (round % 2 ? 1 : sinf(0.01f * (float) i));
            slope += (double) direction[i] * gradient[i];
        }
        for (int i = 0; i < COUNT; i++)
            moved[i] = (float) (picture[i] + step * direction[i]);
        pst_loss_evaluate(loss, moved, &high, ignored, NULL, NULL, NULL);
        for (int i = 0; i < COUNT; i++)
            moved[i] = (float) (picture[i] - step * direction[i]);
        pst_loss_evaluate(loss, moved, &low, ignored, NULL, NULL, NULL);
        double found = (high - low) / (2 * step), size = 0;
        for (int i = 0; i < COUNT; i++)
            size += (double) gradient[i] * gradient[i];
        size = sqrt(size * COUNT / 3) * 0.02; /* a direction that the gradient hardly knows */
        CHECK(fabs(found - slope) <= tolerance * fabs(slope) + tolerance * size + 1e-6,
              "%s: %g and %g", what, found, slope);
    }
    pst_loss_free(&loss);
}

static void check_terms(bool uneven)
{
    Net net = net_of(false);
    PstLossLayer layers[2];
    PstLossOptions o = options_of(&net, layers);
    o.content = 1;
    against_differences(o, &net, "content", uneven, 0.02);
    o.content = 0;
    o.tv2 = 3;
    against_differences(o, &net, "tv2", uneven, 0.02);
    o.tv2 = 0;
    o.style = o.sliced = 1;
    /* values that change places change quantiles: a jump where they do not count the same */
    against_differences(o, &net, "sliced", uneven, uneven ? 0.5 : 0.05);
    o.sliced = 0;
    o.nearest = 1;
    against_differences(o, &net, "nearest", uneven, 0.05);
    o.nearest = 0.01;
    o.coverage = 1;
    against_differences(o, &net, "coverage", uneven, 0.05);
    net_done(&net);
}

static void each_term(void)
{
    check_terms(false);
}

static void each_term_weighted(void)
{
    check_terms(true);
}

/* What has no weight counts for nothing, and is left alone; but for what a position sees across the border. */
static void no_weight(void)
{
    static float picture[COUNT], gradient[COUNT], other[COUNT];
    Net net = net_of(true);
    PstLossLayer layers[2];
    PstLossOptions o = options_of(&net, layers);
    double value, changed;
    o.content = o.style = 1;
    o.gram = o.moments = o.sliced = o.nearest = o.coverage = 1;
    o.tv = o.tv2 = 0.01;
    PstLoss *loss = weighted_loss_of(&net, &o, true);
    random_picture(picture, SIDE, SIDE);
    pst_loss_evaluate(loss, picture, &value, gradient, NULL, NULL, NULL);
    for (int i = 0; i < COUNT; i++) {
        if (i % SIDE >= BLANK - 8)
            continue;
        CHECK(gradient[i] == 0, "%d: %g", i, gradient[i]);
        picture[i] = (float) (i % 7) / 7;
    }
    pst_loss_evaluate(loss, picture, &changed, other, NULL, NULL, NULL);
    CHECK(changed == value, "%.9g and %.9g", value, changed);
    CHECK(memcmp(gradient, other, sizeof other) == 0, "it counts in the gradient");
    pst_loss_free(&loss);
    net_done(&net);
}

/* Only how they compare says something; and nothing at all is as if nothing had been said. */
static void even_weights(void)
{
    static float picture[COUNT], gradient[COUNT], other[COUNT], weights[SIDE * SIDE];
    Net net = net_of(true);
    PstLossLayer layers[2];
    PstLossOptions o = options_of(&net, layers);
    double value, same;
    o.style = o.gram = o.moments = o.tv = 1;
    PstLoss *loss = loss_of(&net, &o);
    random_picture(picture, SIDE, SIDE);
    pst_loss_evaluate(loss, picture, &value, gradient, NULL, NULL, NULL);
    for (int k = 0; k < 2; k++) {
        for (int i = 0; i < SIDE * SIDE; i++)
            weights[i] = k == 0 ? 0.25f : 0;
        CHECK(pst_loss_set_content(loss, picture, weights, NULL, NULL, NULL) == PST_OK);
        pst_loss_evaluate(loss, picture, &same, other, NULL, NULL, NULL);
        CHECK(same == value && memcmp(gradient, other, sizeof other) == 0, "%g and %g", value,
              same);
    }
    pst_loss_free(&loss);
    net_done(&net);
}

/* Balanced terms: the style's side of the divisor is made to rule by scaling the picture's statistics
 * out: with a picture of little contrast, d(divisor) is second to the distance itself. */
static void balanced_terms(void)
{
    static float flat[COUNT], gradient[COUNT], moved[COUNT], ignored[COUNT];
    for (int part = 0; part < 2; part++) {
        Net net = net_of(false);
        PstLossLayer layers[2];
        PstLossOptions o = options_of(&net, layers);
        o.style = 1;
        o.gram = part == 0;
        o.moments = part == 1;
        PstLoss *loss = loss_of(&net, &o);
        double value, after;
        random_picture(flat, SIDE, SIDE);
        for (int i = 0; i < COUNT; i++)
            flat[i] = 0.5f + 0.1f * (flat[i] - 0.5f);
        pst_loss_evaluate(loss, flat, &value, gradient, NULL, NULL, NULL);
        double size = 0;
        for (int i = 0; i < COUNT; i++)
            size += (double) gradient[i] * gradient[i];
        for (int i = 0; i < COUNT; i++)
            moved[i] = (float) (flat[i] - 1e-3 * value * gradient[i] / size);
        pst_loss_evaluate(loss, moved, &after, ignored, NULL, NULL, NULL);
        /* a thousandth of the way down, by the slope; more where the divisor, which is held there, has its part */
        double share = (value - after) / (1e-3 * value);
        CHECK(share > 0.85 && share < 1.5, "part %d: %.9g and %.9g", part, value, after);
        pst_loss_free(&loss);
        net_done(&net);
    }
}

static PstStatus evaluate(void *user, const float *x, double *value, float *gradient,
                          PstMessage *message)
{
    return pst_loss_evaluate(user, x, value, gradient, NULL, NULL, message);
}

static double optimised(PstOptimiser optimiser, int threads, float *x)
{
    Net net = net_of(true);
    PstLossLayer layers[2];
    PstLossOptions o = options_of(&net, layers);
    o.threads = threads;
    o.content = 0.1;
    o.style = 1;
    o.gram = o.moments = o.sliced = o.nearest = o.coverage = 1;
    o.tv = o.tv2 = 0.01;
    PstLoss *loss = loss_of(&net, &o);
    double before, after;
    static float gradient[COUNT];
    random_picture(x, SIDE, SIDE);
    pst_loss_evaluate(loss, x, &before, gradient, NULL, NULL, NULL);
    PstOptimise options = {.optimiser = optimiser,
                           .count = COUNT,
                           .evaluations = 30,
                           .rate = 0.02,
                           .threads = threads};
    PstObjective objective = {loss, evaluate};
    CHECK(pst_optimise(&options, &objective, x, &after, NULL) == PST_OK);
    CHECK(after < 0.5 * before, "from %g to %g", before, after);
    pst_loss_free(&loss);
    net_done(&net);
    return after;
}

static void optimisers(void)
{
    static float first[COUNT], other[COUNT];
    uint64_t state = check.state;
    for (int optimiser = PST_ADAM; optimiser <= PST_LBFGS; optimiser++) {
        for (int threads = 1; threads <= 3; threads += 2) {
            check.state = state;
            optimised((PstOptimiser) optimiser, threads, threads == 1 ? first : other);
        }
        CHECK(memcmp(first, other, sizeof first) == 0, "threads change the result");
    }
}

/* Rosenbrock's valley, within [0, 1]²: the least is at (0.5, 0.25), of 4 (x − ½)² + 100 (y − x²)². */
static PstStatus valley(void *user, const float *x, double *value, float *gradient,
                        PstMessage *message)
{
    int *left = user;
    if ((*left)-- == 0)
        return pst_fail(message, PST_E_CANCELLED, "enough");
    double a = x[0] - 0.5, b = x[1] - (double) x[0] * x[0];
    *value = 4 * a * a + 100 * b * b;
    gradient[0] = (float) (8 * a - 400 * b * x[0]);
    gradient[1] = (float) (200 * b);
    return PST_OK;
}

/* With a last step that is not tried, one evaluation fewer comes as far. */
static void last_untried(void)
{
    for (int evaluations = 1; evaluations <= 4; evaluations++) {
        float x[2] = {0.9f, 0.1f}, y[2] = {0.9f, 0.1f};
        int left = -1;
        PstObjective objective = {&left, valley};
        PstOptimise options = {.optimiser = PST_LBFGS,
                               .count = 2,
                               .evaluations = evaluations,
                               .rate = 0.01,
                               .threads = 1,
                               .last_untried = true};
        CHECK(pst_optimise(&options, &objective, x, NULL, NULL) == PST_OK);
        CHECK(left == -1 - evaluations, "%d", left);
        options.evaluations++;
        options.last_untried = false;
        CHECK(pst_optimise(&options, &objective, y, NULL, NULL) == PST_OK);
        CHECK(x[0] == y[0] && x[1] == y[1] && x[0] != 0.9f, "%d: %g, %g and %g, %g", evaluations,
              x[0], x[1], y[0], y[1]);
    }
}

static void known_minimum(void)
{
    float x[2] = {0.9f, 0.1f};
    int left = -1;
    PstObjective objective = {&left, valley};
    PstOptimise options = {
        .optimiser = PST_LBFGS, .count = 2, .evaluations = 80, .rate = 0.1, .threads = 2};
    CHECK(pst_optimise(&options, &objective, x, NULL, NULL) == PST_OK);
    CHECK_NEAR(x[0], 0.5, 1e-3);
    CHECK_NEAR(x[1], 0.25, 1e-3);
    /* who stops it keeps what there is */
    for (int optimiser = PST_ADAM; optimiser <= PST_LBFGS; optimiser++) {
        float y[2] = {0.9f, 0.1f};
        PstMessage message;
        left = 6;
        options.optimiser = (PstOptimiser) optimiser;
        options.rate = 0.02;
        CHECK(pst_optimise(&options, &objective, y, NULL, &message) == PST_E_CANCELLED);
        double b = y[1] - (double) y[0] * y[0];
        CHECK(4 * (y[0] - 0.5) * (y[0] - 0.5) + 100 * b * b < 40, "%g, %g", y[0], y[1]);
    }
}

#define PLACES 8

/* Squared distances from a picture that is red all over. */
static PstStatus red(void *user, const float *x, double *value, float *gradient,
                     PstMessage *message)
{
    (void) user, (void) message;
    *value = 0;
    for (int i = 0; i < 3 * PLACES; i++) {
        double apart = x[i] - (i < PLACES ? 0.9 : 0.45) - 0.01 * (i % PLACES);
        *value += apart * apart;
        gradient[i] = (float) (2 * apart);
    }
    return PST_OK;
}

/* In a metric of all but gray, a step is all but gray; in the end the minimum is the same. */
static void metric(void)
{
    static const float gray[9] = {1, 0.99f, 0.99f, 0.99f, 1, 0.99f, 0.99f, 0.99f, 1};
    float x[3 * PLACES], y[3 * PLACES];
    PstObjective objective = {NULL, red};
    PstOptimise options = {.optimiser = PST_LBFGS,
                           .count = 3 * PLACES,
                           .evaluations = 1,
                           .rate = 0.1,
                           .threads = 1,
                           .last_untried = true,
                           .metric = gray};
    for (int i = 0; i < 3 * PLACES; i++)
        x[i] = 0.5f;
    CHECK(pst_optimise(&options, &objective, x, NULL, NULL) == PST_OK);
    for (int i = 0; i < PLACES; i++)
        CHECK(fabsf(x[i] - 0.5f) > 0.02f && fabsf(x[i] - x[i + PLACES]) < 0.01f, "%g and %g", x[i],
              x[i + PLACES]);
    options.evaluations = 40;
    for (options.threads = 1; options.threads <= 3; options.threads += 2) {
        float *to = options.threads == 1 ? x : y;
        for (int i = 0; i < 3 * PLACES; i++)
            to[i] = 0.5f;
        CHECK(pst_optimise(&options, &objective, to, NULL, NULL) == PST_OK);
        for (int i = 0; i < PLACES; i++) {
            CHECK_NEAR(to[i], 0.9 + 0.01 * i, 1e-3);
            CHECK_NEAR(to[i + PLACES], 0.45 + 0.01 * i, 1e-3);
        }
    }
    CHECK(memcmp(x, y, sizeof x) == 0, "threads change the result");
}

/* The value is that of the best point, though another was tried after it; without an evaluation nothing changes. */
static void told_value(void)
{
    int left = 1000;
    double best = 7, after = 0;
    PstObjective objective = {&left, valley};
    PstOptimise options = {.optimiser = PST_LBFGS, .count = 2, .rate = 0.5, .threads = 1};
    for (int optimiser = PST_ADAM; optimiser <= PST_LBFGS; optimiser++) {
        float x[2] = {0.1f, 0.9f};
        options.optimiser = (PstOptimiser) optimiser;
        CHECK(pst_optimise(&options, &objective, x, &best, NULL) == PST_OK);
        CHECK(left == 1000 && x[0] == 0.1f && x[1] == 0.9f && best == 7);
    }
    for (options.evaluations = 1; options.evaluations < 20; options.evaluations++) {
        float x[2] = {0.1f, 0.9f}, gradient[2];
        CHECK(pst_optimise(&options, &objective, x, &best, NULL) == PST_OK);
        CHECK(valley(&left, x, &after, gradient, NULL) == PST_OK);
        CHECK(after == best, "%d evaluations: %g, not %g", options.evaluations, best, after);
    }
}

/* What a picture's statistics take counts within the limit, too; and what does not fit is said by its right name. */
static void limits(void)
{
    static float picture[3 * 80 * 64], mean[12], cov[144],
        quantiles[PST_DIRECTIONS * PST_QUANTILES];
    Net net = net_of(true);
    PstMessage message = {""};
    size_t bytes;
    PstSeeOptions options = {.width = 80, .height = 64, .threads = 2};
    PstSeen seen = {pst_graph_find(net.graph, "one"), mean, cov, quantiles, NULL};
    CHECK(pst_see_plan(net.graph, &options, &seen, 1, &bytes, &message) == PST_OK);
    options.memory = bytes;
    CHECK(pst_see(net.graph, &options, picture, NULL, &seen, 1, NULL, NULL, &message) == PST_OK,
          "%s", message.text);
    for (int i = 0; i < 2; i++) {
        options.memory = i ? 1 : bytes - 1;
        CHECK(pst_see(net.graph, &options, picture, NULL, &seen, 1, NULL, NULL, &message) ==
              PST_E_MEMORY);
        CHECK(strstr(message.text, "looking at 80 × 64") && strstr(message.text, "left for it"),
              "%s", message.text);
    }
    PstLossLayer layers[2];
    PstLossOptions o = options_of(&net, layers);
    PstLoss *loss;
    o.content = o.style = o.gram = 1;
    CHECK(pst_loss_new(&loss, net.graph, &o, &message) == PST_OK);
    bytes = pst_loss_bytes(loss);
    pst_loss_free(&loss);
    for (o.memory = bytes; o.memory > bytes / 64; o.memory -= bytes / 64) {
        PstStatus status = pst_loss_new(&loss, net.graph, &o, &message);
        CHECK(status == (o.memory == bytes ? PST_OK : PST_E_MEMORY) && (loss != NULL) == !status);
        CHECK(!status || strstr(message.text, "optimising 48 × 48"), "%s", message.text);
        pst_loss_free(&loss);
    }
    net_done(&net);
}

static void failing_allocations(void)
{
    Net net = net_of(true);
    PstLossLayer layers[2];
    PstLossOptions o = options_of(&net, layers);
    static Style style;
    o.threads = 1;
    o.content = o.style = o.gram = 1;
    o.memory = 100000000;
    for (size_t n = 1;; n++) {
        PstLoss *loss;
        PstMessage message = {""};
        long live = fail_live();
        fail_begin(n, n % 2 ? FAIL_ONE : FAIL_REST);
        PstStatus status = pst_loss_new(&loss, net.graph, &o, &message);
        if (!status)
            status = see_style(&net, &style, &message);
        bool failed = fail_end();
        CHECK(!failed || status == PST_E_MEMORY, "allocation %zu", n);
        pst_loss_free(&loss);
        CHECK(fail_live() == live, "allocation %zu leaks", n);
        if (!failed)
            break;
    }
    o.memory = 100000;
    PstLoss *loss;
    PstMessage message = {""};
    CHECK(pst_loss_new(&loss, net.graph, &o, &message) == PST_E_MEMORY && !loss);
    CHECK(strstr(message.text, "needs"), "%s", message.text);
    net_done(&net);
}

int main(void)
{
    check_begin("loss");
    CHECK_RUN(each_term);
    CHECK_RUN(each_term_weighted);
    CHECK_RUN(no_weight);
    CHECK_RUN(even_weights);
    CHECK_RUN(balanced_terms);
    CHECK_RUN(optimisers);
    CHECK_RUN(known_minimum);
    CHECK_RUN(last_untried);
    CHECK_RUN(metric);
    CHECK_RUN(told_value);
    CHECK_RUN(limits);
    CHECK_RUN(failing_allocations);
    return check_end();
}
