/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Plans and runs of small random networks: against a naive evaluator; the same bytes for any threads,
 * bands, stripes and limits, also of two runs at once; the plan's invariants; short memory; stopping at any
 * callback.
 */
#include "nn/ops.h"
#include "nn/run.h"

#include "check.h"
#include "fail.h"
#include "naive.h"
#include "net.h"

#include <pthread.h>

static const NetRun plain = {.options = {.threads = 1}};

/* ---- Against the naive evaluator ------------------------------------------------------------- */

static RefMap widen(int channels, int height, int width, const float *values)
{
    RefMap map = ref_map(channels, height, width);
    for (int i = 0; i < channels * height * width; i++)
        map.values[i] = values[i];
    return map;
}

static void check_node(const Net *net, const NetInput *input, const NetResult *result, int node,
                       const NaiveValue *expected)
{
    const float *values = result->values + net_offset(net, input, node);
    size_t count = (size_t) expected->map.channels * expected->map.height * expected->map.width;
    double worst = 0, largest = 1e-3;
    for (size_t i = 0; i < count; i++) {
        double apart = fabs(values[i] - expected->map.values[i]);
        worst = apart <= worst ? worst : apart;
        largest = fmax(largest, fabs(expected->map.values[i]));
    }
    CHECK(worst <= 1e-3 * largest, "node %s: %g apart of %g", expected->name, worst, largest);
}

static void test_naive(void)
{
    for (int round = 0; round < 90; round++) {
        Net net = net_random(check_between(1, 14));
        int unit = net.graph->alignment;
        /* square, or of many bands, or of many cells across */
        static const int sides[3][2] = {{64, 64}, {16, 300}, {1100, 4}};
        const int *most = sides[round % 3];
        NetInput input = net_input(unit * check_between(2, 2 + most[0] / unit),
                                   unit * check_between(2, 2 + most[1] / unit));
        NetRun run = {.options = {.threads = 1, .band = PST_BAND_UNIT}};
        NetResult result;
        PstMessage message = {""};
        if (CHECK(net_run(&net, &input, &run, &result, &message) == PST_OK, "%s", message.text)) {
            RefMap picture = widen(3, input.height, input.width, input.picture);
            RefMap weights = widen(1, input.height, input.width, input.weights);
            Naive naive = naive_run(net.file, "net", &picture, &weights,
                                    (const float *const[]){input.code, &input.strength});
            for (int i = 0; i < net.graph->output_count; i++) {
                int node = net.graph->outputs[i];
                check_node(&net, &input, &result, node,
                           naive_find(&naive, net.graph->nodes[node].name));
            }
            CHECK(result.done == 1 || result.calls == 0, "progress ends at %g", result.done);
            naive_free(&naive);
            free(picture.values);
            free(weights.values);
        }
        free(result.values);
        net_input_free(&input);
        net_free(&net);
    }
}

/* ---- Exactness ------------------------------------------------------------------------------- */

static bool same_bytes(const Net *net, const NetInput *input, const NetResult *expected,
                       PstPlanOptions options)
{
    NetResult result;
    PstMessage message = {""};
    NetRun run = {.options = options};
    PstStatus status = net_run(net, input, &run, &result, &message);
    bool same = status == PST_OK &&
                memcmp(result.values, expected->values, result.count * sizeof(float)) == 0;
    CHECK(status == PST_OK, "%s", message.text);
    free(result.values);
    return same;
}

static void test_exact(void)
{
    for (int round = 0; round < 12; round++) {
        Net net = net_random(check_between(4, 16));
        int unit = net.graph->alignment;
        NetInput input = net_input((1024 + check_between(1, 900)) / unit * unit,
                                   check_between(70, 300) / unit * unit);
        NetResult whole;
        PstMessage message = {""};
        if (!CHECK(net_run(&net, &input, &plain, &whole, &message) == PST_OK, "%s", message.text))
            return;
        for (int i = 0; i < 10; i++) {
            PstPlanOptions options = {
                .threads = check_between(1, 16),
                .band = i % 2 ? PST_BAND_UNIT * check_between(1, 4) : 0,
                .stripe = i % 3 ? PST_STRIPE_UNIT * check_between(1, 3) : 0,
                .overlap = i % 4 == 3 ? 2 * PST_STRIPE_UNIT : 0,
                .recompute = i == 5,
            };
            CHECK(same_bytes(&net, &input, &whole, options),
                  "%d x %d: threads %d, band %d, stripe %d, overlap %d, recompute %d", input.width,
                  input.height, options.threads, options.band, options.stripe, options.overlap,
                  options.recompute);
        }
        free(whole.values);
        net_input_free(&input);
        net_free(&net);
    }
}

/* Weights are there also where the pass that reads the picture does not use them itself. */
static void test_late_weights(void)
{
    Net net = net_sampled();
    NetInput input = net_input(64, 48);
    NetResult kept;
    if (CHECK(net_run(&net, &input, &plain, &kept, NULL) == PST_OK)) {
        CHECK(same_bytes(&net, &input, &kept, (PstPlanOptions){.threads = 2, .recompute = true}));
        free(kept.values);
    }
    net_input_free(&input);
    net_free(&net);
}

/* One of several runs of one network at a time. */
typedef struct {
    const Net *net;
    const NetInput *input;
    const NetResult *expected;
    int threads;
    bool same;
} Runner;

static void *run_it(void *data)
{
    Runner *runner = data;
    runner->same = true;
    for (int i = 0; i < 8 && runner->same; i++)
        runner->same = same_bytes(runner->net, runner->input, runner->expected,
                                  (PstPlanOptions){.threads = runner->threads});
    return NULL;
}

/* A graph may be run by several threads at once, each with a plan and a run of its own. */
static void test_together(void)
{
    Net net = net_random(12);
    int unit = net.graph->alignment;
    NetInput input = net_input(160 / unit * unit, 96 / unit * unit);
    NetResult whole;
    if (CHECK(net_run(&net, &input, &plain, &whole, NULL) == PST_OK)) {
        Runner runners[3];
        pthread_t threads[3];
        for (int i = 0; i < 3; i++) {
            runners[i] = (Runner){&net, &input, &whole, .threads = i + 1};
            if (!CHECK(pthread_create(&threads[i], NULL, run_it, &runners[i]) == 0))
                exit(EXIT_FAILURE); /* those that run use what is on this stack */
        }
        for (int i = 0; i < 3; i++) {
            pthread_join(threads[i], NULL);
            CHECK(runners[i].same, "with %d threads", runners[i].threads);
        }
        free(whole.values);
    }
    net_input_free(&input);
    net_free(&net);
}

/* Values that reach farther than a unit: the overlap that is chosen is enough, and less is not. */
static void test_overlap(void)
{
    Net net = net_far(15, 9); /* 9 · 7 columns at 1/16: about two units */
    NetInput input = net_input(5 * PST_STRIPE_UNIT, 96);
    NetResult whole;
    PstPlanOptions options = {.threads = 2, .stripe = PST_STRIPE_UNIT};
    if (CHECK(net_run(&net, &input, &plain, &whole, NULL) == PST_OK)) {
        CHECK(same_bytes(&net, &input, &whole, options));
        options.overlap = PST_STRIPE_UNIT;
        CHECK(!same_bytes(&net, &input, &whole, options), "an overlap too small goes unseen");
        options.overlap = 3 * PST_STRIPE_UNIT;
        CHECK(same_bytes(&net, &input, &whole, options));
        free(whole.values);
    }
    net_input_free(&input);
    net_free(&net);
}

/* It comes to 1 at the end, and not long before. */
static void test_progress(void)
{
    Net net = net_far(3, 6);
    NetInput input = net_input(2 * PST_STRIPE_UNIT, 512);
    NetRun run = {
        .options = {.threads = 2, .band = PST_BAND_UNIT, .stripe = PST_STRIPE_UNIT},
    };
    NetResult result;
    CHECK(net_run(&net, &input, &run, &result, NULL) == PST_OK);
    CHECK(result.done == 1 && result.calls > 100 && result.full < result.calls / 20,
          "%ld of %ld callbacks are told 1", result.full, result.calls);
    free(result.values);
    net_input_free(&input);
    net_free(&net);
}

/* ---- Plans ----------------------------------------------------------------------------------- */

/* What a pass uses lies inside the block and nothing lies on anything else. */
static void check_places(const PstPlan *plan, int pass)
{
    enum { BLOCKS = 4 * 256 };
    struct {
        char *from, *to;
    } blocks[BLOCKS];
    int count = 0, nodes = plan->graph->node_count;
    PstPlace *places = calloc((size_t) nodes, sizeof *places);
    char *block = (char *) 4096; /* never touched */
    float *scratch;
    CHECK(pst_plan_place(plan, pass, block, places, &scratch) <= plan->bytes);
    for (int i = 0; i < nodes && count + 4 < BLOCKS; i++) {
        const PstNode *node = &plan->graph->nodes[i];
        const PstMap *map = &places[i].map;
        if (map->data) {
            CHECK(map->stride >= (size_t) map->width && map->channels == node->channels);
            CHECK(map->rows >= 1 && map->rows <= map->height, "%d rows of %d", map->rows,
                  map->height);
            blocks[count].from = (char *) map->data;
            blocks[count++].to =
                (char *) (map->data + (size_t) map->channels * map->rows * map->stride);
        }
        if (places[i].vector) {
            blocks[count].from = (char *) places[i].vector;
            blocks[count++].to = (char *) (places[i].vector + node->channels);
        }
        if (places[i].sums) {
            int r = pst_plan_reduction(plan->graph, i);
            size_t across =
                (size_t) (plan->options.width / r - 1) / (size_t) pst_cell_columns(r) + 1;
            size_t down = (size_t) (plan->options.height / r - 1) / (size_t) pst_cell_rows(r) + 1;
            blocks[count].from = (char *) places[i].sums;
            blocks[count++].to =
                (char *) (places[i].sums + across * down * (size_t) node->cell_sums);
        }
        if (places[i].bound && node->bound_floats) {
            blocks[count].from = (char *) places[i].bound;
            blocks[count++].to = (char *) (places[i].bound + node->bound_floats);
        }
    }
    blocks[count].from = (char *) scratch;
    blocks[count++].to =
        (char *) (scratch + (size_t) plan->options.threads * pst_plan_scratch(plan));
    for (int i = 0; i < count; i++) {
        CHECK(blocks[i].from >= block && blocks[i].to <= block + plan->bytes);
        CHECK((uintptr_t) blocks[i].from % 64 == 0);
        for (int k = 0; k < i; k++)
            CHECK(blocks[i].to <= blocks[k].from || blocks[k].to <= blocks[i].from,
                  "pass %d: two places share bytes", pass);
    }
    free(places);
}

static void check_plan(const PstPlan *plan)
{
    int width = plan->options.width, end = 0;
    CHECK(plan->stripes >= 1 && plan->bytes > 0 && plan->flop >= 0);
    CHECK(plan->options.overlap % PST_STRIPE_UNIT == 0 && plan->options.band % PST_BAND_UNIT == 0);
    for (int i = 0; i < plan->stripes; i++) {
        int x0, x1, from, to;
        pst_plan_stripe(plan, i, &x0, &x1, &from, &to);
        CHECK(x0 == end && x1 > x0 && from >= 0 && from <= x0 && to >= x1 && to <= width);
        CHECK(x0 % PST_STRIPE_UNIT == 0 && from % PST_STRIPE_UNIT == 0);
        end = x1;
    }
    CHECK(end == width);
    for (int pass = 0; pass < plan->passes; pass++)
        check_places(plan, pass);
}

static void test_plan(void)
{
    for (int round = 0; round < 60; round++) {
        Net net = net_random(check_between(1, 20));
        int unit = net.graph->alignment;
        PstPlanOptions options = {
            .width = unit * check_between(2, 4000 / unit),
            .height = unit * check_between(2, 4000 / unit),
            .threads = check_between(1, 16),
        };
        PstPlan *plan;
        PstMessage message = {""};
        PstStatus status = PST_OK;
        size_t least = SIZE_MAX;
        /* Less and less memory, until it does not fit. */
        for (int step = 0; status == PST_OK && step < 40; step++) {
            status = pst_plan_new(&plan, net.graph, &options, &message);
            if (status != PST_OK)
                break;
            check_plan(plan);
            CHECK(options.memory == 0 || plan->bytes <= options.memory);
            CHECK(plan->bytes <= least);
            least = plan->bytes;
            options.memory = least - least / 4;
            pst_plan_free(&plan);
            CHECK(!plan);
        }
        CHECK(status == PST_E_MEMORY && !plan && strstr(message.text, "MB"), "%d: %s", status,
              message.text);
        net_free(&net);
    }
}

/* What is asked for is rounded to units. */
static void test_plan_units(void)
{
    Net net = net_far(3, 1);
    NetInput input = net_input(3 * PST_STRIPE_UNIT, 192);
    static const int asked[][3] = {{1, 1, 1}, {63, 511, 513}, {65, 1023, 1025}, {130, 512, 512}};
    NetResult whole = {0};
    CHECK(net_run(&net, &input, &plain, &whole, NULL) == PST_OK);
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        PstPlanOptions options = {.width = input.width, .height = input.height, .threads = 2};
        options.band = asked[i][0];
        options.stripe = asked[i][1];
        options.overlap = asked[i][2];
        PstPlan *plan;
        if (!CHECK(pst_plan_new(&plan, net.graph, &options, NULL) == PST_OK))
            return;
        check_plan(plan);
        CHECK(plan->options.band >= asked[i][0] && plan->options.overlap >= asked[i][2]);
        pst_plan_free(&plan);
        CHECK(same_bytes(&net, &input, &whole, options));
    }
    free(whole.values);
    net_input_free(&input);
    net_free(&net);
}

static void test_plan_sizes(void)
{
    Net net = net_far(3, 1);
    PstPlan *plan;
    static const int bad[][2] = {{0, 64},  {64, 0},  {-32, 64}, {16, 64},
                                 {64, 16}, {33, 64}, {64, 40}};
    CHECK(net.graph->alignment == 16);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        PstPlanOptions options = {.width = bad[i][0], .height = bad[i][1], .threads = 1};
        PstMessage message = {""};
        PstStatus status = pst_plan_new(&plan, net.graph, &options, &message);
        CHECK(status != PST_OK && !plan && message.text[0], "%d x %d", bad[i][0], bad[i][1]);
    }
    net_free(&net);
}

/* ---- Failures -------------------------------------------------------------------------------- */

static void test_short_memory(void)
{
    Net net = net_random(14);
    NetInput input = net_input(net.graph->alignment * 3, net.graph->alignment * 2);
    for (int mode = FAIL_ONE; mode <= FAIL_REST; mode++) {
        bool failed = true;
        for (size_t n = 1; failed && CHECK(n < 1000); n++) {
            long live = fail_live();
            NetResult result = {0};
            PstMessage message = {""};
            fail_begin(n, (FailMode) mode);
            PstStatus status = net_run(&net, &input, &plain, &result, &message);
            failed = fail_end();
            CHECK(status == (failed ? PST_E_MEMORY : PST_OK), "allocation %zu: status %d", n,
                  status);
            free(result.values);
            CHECK(fail_live() == live, "allocation %zu: %ld blocks leaked", n, fail_live() - live);
        }
    }
    net_input_free(&input);
    net_free(&net);
}

static void test_cancel(void)
{
    Net net = net_random(10);
    NetInput input = net_input(600 / net.graph->alignment * net.graph->alignment,
                               96 / net.graph->alignment * net.graph->alignment);
    NetRun run = {.options = {.threads = 2, .stripe = PST_STRIPE_UNIT, .band = PST_BAND_UNIT}};
    NetResult result = {0};
    CHECK(net_run(&net, &input, &run, &result, NULL) == PST_OK);
    free(result.values);
    long calls = result.calls;
    for (run.cancel_at = 1; run.cancel_at <= calls; run.cancel_at++) {
        long live = fail_live();
        PstMessage message = {""};
        CHECK(net_run(&net, &input, &run, &result, &message) == PST_E_CANCELLED);
        CHECK(result.calls == run.cancel_at, "%ld calls after the one that said stop",
              result.calls - run.cancel_at);
        CHECK(strstr(message.text, "stopped at") && fail_live() == live);
    }
    CHECK(calls > 10);
    net_input_free(&input);
    net_free(&net);
}

static void test_missing_vector(void)
{
    Net net = net_far(3, 1);
    PstPlan *plan;
    PstPlanOptions options = {.width = 32, .height = 32, .threads = 1};
    PstMessage message = {""};
    CHECK(pst_plan_new(&plan, net.graph, &options, &message) == PST_OK, "%s", message.text);
    PstRunIo io = {0};
    CHECK(pst_run(plan, &io, &message) == PST_E_UNSUPPORTED);
    CHECK(strstr(message.text, "'n1'"), "%s", message.text);
    pst_plan_free(&plan);
    pst_plan_free(&plan); /* allowed */
    net_free(&net);
}

int main(void)
{
    check_begin("run");
#ifdef __x86_64__
    /* meson.build names kernels of OpenBLAS that not every machine can run. */
    if (getenv("OPENBLAS_CORETYPE") && !__builtin_cpu_supports("avx2")) {
        printf("SKIPPED: OPENBLAS_CORETYPE is set, and there is no AVX2\n");
        return 77;
    }
#endif
    CHECK_RUN(test_naive);
    CHECK_RUN(test_exact);
    CHECK_RUN(test_late_weights);
    CHECK_RUN(test_together);
    CHECK_RUN(test_overlap);
    CHECK_RUN(test_progress);
    CHECK_RUN(test_plan);
    CHECK_RUN(test_plan_units);
    CHECK_RUN(test_plan_sizes);
    CHECK_RUN(test_short_memory);
    CHECK_RUN(test_cancel);
    CHECK_RUN(test_missing_vector);
    return check_end();
}
