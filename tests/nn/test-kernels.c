/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each kernel against its slow twin, on seeded random shapes: odd sizes down to 1 × 1, boxes anywhere,
 * maps of which only some rows are kept, rows longer than the map is wide.  What a kernel must not read
 * is NaN here, and what it must not write is watched.
 */
#include "nn/kernel/attention.h"
#include "nn/kernel/conv.h"
#include "nn/kernel/direct.h"
#include "nn/kernel/gemm.h"
#include "nn/kernel/moments.h"
#include "nn/kernel/spatial.h"
#include "nn/kernel/vector.h"
#include "nn/memory.h"

#include "check.h"
#include "ref.h"

#define ROUNDS    400
#define UNTOUCHED 12345.0f

static RefMap random_map(int channels, int height, int width)
{
    RefMap map = ref_map(channels, height, width);
    for (int i = 0; i < channels * height * width; i++)
        map.values[i] = check_uniform();
    return map;
}

static size_t floats_of(const PstMap *map)
{
    return (size_t) map->channels * map->rows * map->stride;
}

/* A map that keeps `rows` rows, every float `fill`. */
static PstMap empty_map(int channels, int height, int width, int rows, float fill)
{
    PstMap map = {.channels = channels, .height = height, .width = width, .rows = rows};
    map.stride = (size_t) width + (size_t) check_between(0, 5);
    map.data = malloc(floats_of(&map) * sizeof(float));
    if (!map.data)
        abort();
    for (size_t i = 0; i < floats_of(&map); i++)
        map.data[i] = fill;
    return map;
}

/* Rows [y0, y1) of `from`, and NaN wherever else a kernel might look. */
static PstMap load_rows(const RefMap *from, int y0, int y1)
{
    int rows = check_between(y1 - y0, from->height);
    PstMap map = empty_map(from->channels, from->height, from->width, rows, NAN);
    for (int c = 0; c < from->channels; c++)
        for (int y = y0; y < y1; y++)
            for (int x = 0; x < from->width; x++)
                pst_map_row(&map, c, y)[x] = (float) *ref_at(from, c, y, x);
    return map;
}

static PstBox random_box(int height, int width)
{
    PstBox box = {.x0 = check_between(0, width - 1), .y0 = check_between(0, height - 1)};
    box.x1 = check_between(box.x0 + 1, width);
    box.y1 = check_between(box.y0 + 1, height);
    return box;
}

static PstMap output_map(const RefMap *like, PstBox box)
{
    return empty_map(like->channels, like->height, like->width,
                     check_between(box.y1 - box.y0, like->height), UNTOUCHED);
}

/* The box is the twin's, and nothing beside it was written. */
static void check_box(const PstMap *out, const RefMap *expected, PstBox box, double tolerance)
{
    double worst = 0;
    size_t inside = 0, untouched = 0;
    for (int c = 0; c < out->channels; c++)
        for (int y = box.y0; y < box.y1; y++)
            for (int x = box.x0; x < box.x1; x++, inside++) {
                float *value = &pst_map_row(out, c, y)[x];
                double apart = fabs(*value - *ref_at(expected, c, y, x));
                worst = apart <= worst ? worst : apart; /* a NaN sticks */
                *value = UNTOUCHED;
            }
    for (size_t i = 0; i < floats_of(out); i++)
        untouched += out->data[i] == UNTOUCHED;
    CHECK(worst <= tolerance, "%dx%dx%d, box %d..%d x %d..%d of %d rows: %g apart", out->channels,
          out->height, out->width, box.y0, box.y1, box.x0, box.x1, out->rows, worst);
    CHECK(untouched == floats_of(out) && inside > 0, "written outside the box");
}

static void test_pad_index(void)
{
    for (int n = 1; n <= 6; n++)
        for (int i = -40; i <= 40; i++)
            for (int padding = PST_PAD_REFLECT; padding <= PST_PAD_ZERO; padding++)
                CHECK(pst_pad_index((PstPadding) padding, i, n) ==
                          ref_pad((PstPadding) padding, i, n),
                      "padding %d of %d at %d", padding, n, i);
    CHECK(pst_pad_index(PST_PAD_REFLECT, -1, 3) == 1 && pst_pad_index(PST_PAD_REFLECT, 3, 3) == 1);
}

/* The rows of the input that box rows read: [*y0, *y1). */
static void conv_rows(const PstConv *conv, PstBox box, int height, int *y0, int *y1)
{
    *y0 = height;
    *y1 = 0;
    for (int y = box.y0; y < box.y1; y++)
        for (int k = 0; k < conv->kernel_h; k++) {
            int from = ref_pad(conv->padding, conv->stride * y + k - conv->kernel_h / 2, height);
            *y0 = from >= 0 && from < *y0 ? from : *y0;
            *y1 = from >= *y1 ? from + 1 : *y1;
        }
    *y0 = *y0 < *y1 ? *y0 : 0; /* nothing but zeros */
}

/* The kernels without a matrix, each that this processor runs. */
static void check_direct(const PstConv *conv, const PstMap *in, const RefMap *expected, PstBox box)
{
    const PstProcessor *processor;
    for (int i = 0; pst_direct_path.serves(conv) && (processor = pst_processor(i)); i++) {
        size_t floats = pst_direct_path.scratch(processor, conv, box.x1 - box.x0, box.y1 - box.y0);
        float *packed = malloc(pst_direct_path.packed_size(processor, conv) * sizeof *packed);
        float *scratch = malloc(floats * sizeof *scratch);
        PstMap out = output_map(expected, box);
        pst_direct_path.pack(processor, conv, conv->weight, packed);
        pst_direct_path.box(processor, conv, packed, in, &out, box, scratch);
        check_box(&out, expected, box, 1e-4);
        free(packed);
        free(scratch);
        free(out.data);
    }
}

static void conv_round(int largest, int kernel)
{
    PstConv conv = {
        .out_channels = check_between(1, 9),
        .in_channels = check_between(1, 9),
        .kernel_h = kernel ? kernel : 2 * check_between(0, 3) + 1,
        .kernel_w = kernel ? kernel : 2 * check_between(0, 3) + 1,
        .stride = check_between(1, 2),
        .padding = (PstPadding) check_between(PST_PAD_REFLECT, PST_PAD_ZERO),
        .relu = check_random() & 1,
    };
    size_t weights = (size_t) conv.out_channels * conv.in_channels * conv.kernel_h * conv.kernel_w;
    float *weight = malloc(weights * sizeof *weight), bias[9];
    check_fill(weight, weights);
    check_fill(bias, 9);
    conv.weight = weight;
    conv.bias = bias;

    RefMap from =
        random_map(conv.in_channels, check_between(1, largest), check_between(1, largest));
    RefMap expected = ref_conv(&conv, &from);
    PstBox box = random_box(expected.height, expected.width);
    int y0, y1;
    conv_rows(&conv, box, from.height, &y0, &y1);
    PstMap in = load_rows(&from, y0, y1), out = output_map(&expected, box);
    size_t floats = pst_conv_scratch(&conv, (box.x1 - box.x0) * (box.y1 - box.y0));
    float *scratch = malloc(floats * sizeof *scratch); /* exactly: sanitizers see one more */
    pst_conv_box(&conv, &in, &out, box, scratch);
    check_box(&out, &expected, box, 1e-4);
    check_direct(&conv, &in, &expected, box);
    free(scratch);
    free(in.data);
    free(out.data);
    free(from.values);
    free(expected.values);
    free(weight);
}

static void test_conv(void)
{
    for (int i = 0; i < ROUNDS; i++)
        conv_round(i % 2 ? 4 : 40, i % 4 < 2 ? 3 : 0);
}

/* Kernels that only move or blend: `kind` picks one. */
enum { UNSHUFFLE, SHUFFLE, UPSAMPLE, REDUCE, KINDS };

static void spatial_round(int kind)
{
    int factor = check_between(2, 4), down = kind == UNSHUFFLE || kind == REDUCE ? factor : 1;
    int up = kind == SHUFFLE || kind == UPSAMPLE ? factor : 1;
    int channels = check_between(1, 3) * (kind == SHUFFLE ? factor * factor : 1);
    RefMap from = random_map(channels, check_between(1, 9) * down, check_between(1, 9) * down);
    RefMap expected = kind == UNSHUFFLE  ? ref_unshuffle(factor, &from)
                      : kind == SHUFFLE  ? ref_shuffle(factor, &from)
                      : kind == UPSAMPLE ? ref_upsample(factor, &from)
                                         : ref_reduce(factor, &from);
    PstBox box = random_box(expected.height, expected.width);
    PstMap in = load_rows(&from, box.y0 * down / up, (box.y1 - 1) * down / up + down);
    PstMap out = output_map(&expected, box);
    (kind == UNSHUFFLE  ? pst_unshuffle_box
     : kind == SHUFFLE  ? pst_shuffle_box
     : kind == UPSAMPLE ? pst_upsample_box
                        : pst_reduce_box)(factor, &in, &out, box);
    check_box(&out, &expected, box, kind == REDUCE ? 1e-6 : 0);
    free(in.data);
    free(out.data);
    free(from.values);
    free(expected.values);
}

static void bilinear_round(void)
{
    RefMap from = random_map(check_between(1, 3), check_between(1, 9), check_between(1, 400));
    RefMap expected = ref_upsample_bilinear(&from);
    PstBox box = random_box(expected.height, expected.width);
    int first = (box.y0 + 1) / 2 - 1, last = box.y1 / 2;
    PstMap in =
        load_rows(&from, first > 0 ? first : 0, last < from.height ? last + 1 : from.height);
    PstMap out = output_map(&expected, box);
    pst_upsample_bilinear_box(&in, &out, box);
    check_box(&out, &expected, box, 1e-6);
    free(in.data);
    free(out.data);
    free(from.values);
    free(expected.values);
}

static void test_bilinear(void)
{
    for (int i = 0; i < ROUNDS; i++)
        bilinear_round();
}

static void test_spatial(void)
{
    for (int i = 0; i < ROUNDS; i++)
        spatial_round(i % KINDS);
}

static void test_shuffle_undoes_unshuffle(void)
{
    RefMap from = random_map(3, 8, 12), half = ref_unshuffle(2, &from),
           back = ref_shuffle(2, &half);
    CHECK(memcmp(from.values, back.values, sizeof(double) * 3 * 8 * 12) == 0);
    PstMap in = load_rows(&from, 0, 8), mid = empty_map(12, 4, 6, 4, NAN);
    PstMap out = empty_map(3, 8, 12, 8, UNTOUCHED);
    pst_unshuffle_box(2, &in, &mid, (PstBox){0, 0, 6, 4});
    pst_shuffle_box(2, &mid, &out, (PstBox){0, 0, 12, 8});
    check_box(&out, &from, (PstBox){0, 0, 12, 8}, 0);
    free(in.data);
    free(mid.data);
    free(out.data);
    free(from.values);
    free(half.values);
    free(back.values);
}

static void test_add(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        int channels = check_between(1, 5), height = check_between(1, 20);
        int width = check_between(1, 20);
        bool relu = check_random() & 1;
        int factor = check_between(1, 2); /* of the first; the second is scaled and shifted */
        float scale[5], shift[5];
        double wide_scale[5], wide_shift[5];
        check_fill(scale, 5);
        check_fill(shift, 5);
        for (int c = 0; c < 5; c++) {
            wide_scale[c] = scale[c];
            wide_shift[c] = shift[c];
        }
        RefMap a = random_map(channels, height, width);
        RefMap b = random_map(channels, factor * height, factor * width);
        bool bilinear = factor == 2 && (check_random() & 1);
        RefMap large = bilinear ? ref_upsample_bilinear(&a) : ref_upsample(factor, &a);
        RefMap moved = ref_affine(wide_scale, wide_shift, &b);
        RefMap expected = ref_add(relu, &large, &moved);
        PstBox box = random_box(factor * height, factor * width);
        PstMap p = bilinear ? load_rows(&a, 0, height)
                            : load_rows(&a, box.y0 / factor, (box.y1 - 1) / factor + 1);
        PstMap q = load_rows(&b, box.y0, box.y1), out = output_map(&expected, box);
        PstTerm one = {&p, factor, bilinear, NULL, NULL}, two = {&q, 1, false, scale, shift};
        bool swap = check_random() & 1;
        pst_add_box(relu, swap ? two : one, swap ? one : two, &out, box);
        check_box(&out, &expected, box, 1e-6);
        free(large.values);
        free(moved.values);
        free(p.data);
        free(q.data);
        free(out.data);
        free(a.values);
        free(b.values);
        free(expected.values);
    }
}

static void test_affine(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        RefMap from = random_map(check_between(1, 5), check_between(1, 20), check_between(1, 20));
        float scale[5], shift[5];
        double wide_scale[5], wide_shift[5];
        check_fill(scale, 5);
        check_fill(shift, 5);
        for (int c = 0; c < 5; c++) {
            wide_scale[c] = scale[c];
            wide_shift[c] = shift[c];
        }
        RefMap expected = ref_affine(wide_scale, wide_shift, &from);
        PstBox box = random_box(from.height, from.width);
        PstMap in = load_rows(&from, box.y0, box.y1), out = output_map(&expected, box);
        pst_affine_box(scale, shift, &in, &out, box);
        check_box(&out, &expected, box, 1e-6);
        free(in.data);
        free(out.data);
        free(from.values);
        free(expected.values);
    }
}

/* Moments of a map cut into boxes of any size are those of the map. */
static void moments_round(float offset)
{
    int channels = check_between(1, 6), height = check_between(1, 30), width = check_between(1, 30);
    RefMap from = random_map(channels, height, width), weights = random_map(1, height, width);
    for (int i = 0; i < channels * height * width; i++)
        from.values[i] = (float) (from.values[i] + offset);
    bool nothing = check_between(0, 9) == 0;
    for (int i = 0; i < height * width; i++) /* some pixels count nothing */
        weights.values[i] = nothing || weights.values[i] < -0.5 ? 0 : fabs(weights.values[i]);

    int cell = check_between(1, 12), across = (width + cell - 1) / cell;
    int down = (height + cell - 1) / cell;
    size_t stride = pst_moments_sums(channels);
    double *sums = calloc((size_t) across * down * stride, sizeof *sums), expected[12];
    for (int y = 0; y < down; y++)
        for (int x = 0; x < across; x++) {
            PstBox box = {x * cell, y * cell, (x + 1) * cell, (y + 1) * cell};
            box.x1 = box.x1 < width ? box.x1 : width;
            box.y1 = box.y1 < height ? box.y1 : height;
            PstMap in = load_rows(&from, box.y0, box.y1), w = load_rows(&weights, box.y0, box.y1);
            pst_moments_box(&in, &w, box, sums + stride * ((size_t) y * across + x));
            free(in.data);
            free(w.data);
        }
    float out[12];
    pst_moments_finish(channels, sums, (size_t) across * down, out);
    ref_moments(&from, &weights, expected);
    for (int i = 0; i < 2 * channels; i++)
        CHECK_NEAR(out[i], expected[i], 1e-6 * (1 + fabs(offset)));
    free(sums);
    free(from.values);
    free(weights.values);
}

static void test_moments(void)
{
    for (int i = 0; i < ROUNDS; i++)
        moments_round(i % 3 ? 0 : 100);
}

/* With every kernel of this processor, on random shapes; a box of it; no tokens; no strength. */
static void check_attention(const PstProcessor *processor, PstAttention *a, const RefMap *in,
                            const float *moments, const float *tokens, float strength)
{
    double wide[2 * 40], *wide_tokens = malloc(sizeof(double) * (size_t) (a->tokens * a->channels));
    for (int i = 0; i < 2 * a->channels; i++)
        wide[i] = moments[i];
    for (int i = 0; i < a->tokens * a->channels; i++)
        wide_tokens[i] = tokens[i];
    RefMap expected = ref_attention(a, in, wide, wide_tokens, strength);
    PstBox box = random_box(in->height, in->width);
    PstMap from = load_rows(in, box.y0, box.y1), out = output_map(&expected, box);
    float *bound = malloc(sizeof(float) * pst_attention_bound(processor, a));
    float *scratch = malloc(sizeof(float) * pst_attention_scratch(processor, a));
    pst_attention_bind(processor, a, moments, tokens, strength, bound);
    pst_attention_box(processor, a, bound, &from, &out, box, scratch);
    check_box(&out, &expected, box, 1e-3);
    free(bound);
    free(scratch);
    free(from.data);
    free(out.data);
    free(expected.values);
    free(wide_tokens);
}

static void test_attention(void)
{
    for (int round = 0; round < ROUNDS / 4; round++) {
        PstAttention a = {check_between(1, round % 4 ? 40 : 300),
                          check_between(1, 40),
                          check_between(1, 20),
                          {NULL},
                          {NULL}};
        float moments[2 * 40], *tokens = malloc(sizeof(float) * (size_t) (a.tokens * a.channels));
        RefMap in = random_map(a.channels, check_between(1, 9), check_between(1, 80));
        for (int l = 0; l < PST_ATTENTION_LAYERS; l++) {
            int rows = l == PST_VALUE ? a.channels : a.inner;
            a.weight[l] = malloc(sizeof(float) * (size_t) (rows * a.channels));
            a.bias[l] = malloc(sizeof(float) * (size_t) rows);
            check_fill(a.weight[l], (size_t) (rows * a.channels));
            check_fill(a.bias[l], (size_t) rows);
        }
        check_fill(moments, 2 * 40);
        for (int c = 0; c < a.channels; c++)
            moments[a.channels + c] = 0.3f + fabsf(moments[a.channels + c]);
        check_fill(tokens, (size_t) (a.tokens * a.channels));
        for (int i = 0; i < a.tokens * a.channels; i++)
            tokens[i] = round % 5 ? tokens[i] : 0;
        for (int k = 0; pst_processor(k); k++)
            check_attention(pst_processor(k), &a, &in, moments, tokens, round % 7 ? 0.8f : 0);
        for (int l = 0; l < PST_ATTENTION_LAYERS; l++) {
            free(a.weight[l]);
            free(a.bias[l]);
        }
        free(tokens);
        free(in.values);
    }
}

static void test_linear(void)
{
    enum { MOST = 40 };
    float weight[MOST * MOST], bias[MOST], in[MOST], out[MOST + 1];
    double wide[MOST], expected[MOST];
    for (int i = 0; i < ROUNDS; i++) {
        int rows = check_between(1, MOST), columns = check_between(1, MOST);
        bool relu = check_random() & 1;
        check_fill(weight, MOST * MOST);
        check_fill(bias, MOST);
        check_fill(in, MOST);
        for (int c = 0; c < MOST; c++)
            wide[c] = in[c];
        out[rows] = UNTOUCHED;
        pst_linear(rows, columns, weight, bias, relu, in, out);
        ref_linear(rows, columns, weight, bias, relu, wide, expected);
        for (int r = 0; r < rows; r++)
            CHECK_NEAR(out[r], expected[r], 1e-5);
        CHECK(out[rows] == UNTOUCHED);
    }
}

static void test_modulate(void)
{
    enum { MOST = 8, TAPS = 9, ALL = MOST * MOST * TAPS };
    float weight[ALL], gain[MOST], m[MOST], out[ALL + 1];
    double wide[MOST], expected[ALL];
    for (int i = 0; i < ROUNDS; i++) {
        int outs = check_between(1, MOST), ins = check_between(1, MOST);
        int taps = check_between(1, TAPS);
        float strength = 1.5f * fabsf(check_uniform());
        check_fill(weight, ALL);
        check_fill(gain, MOST);
        check_fill(m, MOST);
        for (int c = 0; c < MOST; c++)
            wide[c] = m[c];
        out[outs * ins * taps] = UNTOUCHED;
        pst_modulate(outs, ins, taps, weight, gain, m, strength, out);
        CHECK(out[outs * ins * taps] == UNTOUCHED);
        ref_modulate(outs, ins, taps, weight, gain, wide, strength, expected);
        for (int k = 0; k < outs * ins * taps; k++)
            CHECK_NEAR(out[k], expected[k], 1e-6);
    }
    /* Demodulation: with gain 1 each output channel has norm 1, whatever the style says. */
    gain[0] = 1;
    pst_modulate(1, MOST, TAPS, weight, gain, m, 1, out);
    double norm = 0;
    for (int k = 0; k < MOST * TAPS; k++)
        norm += (double) out[k] * out[k];
    CHECK_NEAR(norm, 1, 1e-6);
    /* Weights of 0 stay 0: no division by nothing. */
    memset(weight, 0, sizeof weight);
    pst_modulate(1, MOST, TAPS, weight, gain, m, 1, out);
    CHECK(out[0] == 0 && out[MOST * TAPS - 1] == 0);
}

static void test_adain(void)
{
    enum { MOST = 6 };
    float moments[2 * MOST], gamma[MOST], beta[MOST], scale[MOST], shift[MOST];
    double wide[4 * MOST], expected_scale[MOST], expected_shift[MOST];
    for (int i = 0; i < ROUNDS; i++) {
        int channels = check_between(1, MOST);
        float strength = 1.5f * fabsf(check_uniform());
        check_fill(moments, 2 * MOST);
        check_fill(gamma, MOST);
        check_fill(beta, MOST);
        for (int c = 0; c < channels; c++) {
            moments[channels + c] = fabsf(moments[channels + c]) + 0.01f;
            wide[c] = moments[c];
            wide[channels + c] = moments[channels + c];
            wide[2 * MOST + c] = gamma[c];
            wide[3 * MOST + c] = beta[c];
        }
        pst_adain(channels, moments, gamma, beta, strength, scale, shift);
        ref_adain(channels, wide, wide + 2 * MOST, wide + 3 * MOST, strength, expected_scale,
                  expected_shift);
        for (int c = 0; c < channels; c++) {
            CHECK(scale[c] >= 0);
            CHECK_NEAR(scale[c], expected_scale[c], 1e-6 * (1 + expected_scale[c]));
            CHECK_NEAR(shift[c], expected_shift[c], 1e-6 * (2 + expected_scale[c]));
        }
        /* Strength 0 leaves the picture as it is. */
        pst_adain(channels, moments, gamma, beta, 0, scale, shift);
        for (int c = 0; c < channels; c++) {
            CHECK_NEAR(scale[c], 1, 1e-6);
            CHECK_NEAR(shift[c], 0, 1e-6);
        }
    }
}

static void test_gemm(void)
{
    pst_gemm_init();
    for (int i = 0; i < ROUNDS / 4; i++) {
        int m = check_between(1, 40), n = check_between(1, 70), k = check_between(1, 90);
        float *a = malloc((size_t) m * k * sizeof *a), *b = malloc((size_t) k * n * sizeof *b);
        float *c = malloc((size_t) m * n * sizeof *c);
        check_fill(a, (size_t) m * k);
        check_fill(b, (size_t) k * n);
        for (int j = 0; j < m * n; j++)
            c[j] = NAN; /* what was there does not count */
        pst_gemm(m, n, k, a, b, c);
        double worst = 0;
        for (int row = 0; row < m; row++)
            for (int column = 0; column < n; column++) {
                double sum = 0;
                for (int j = 0; j < k; j++)
                    sum += (double) a[row * k + j] * b[j * n + column];
                double apart = fabs(c[row * n + column] - sum);
                worst = apart <= worst ? worst : apart;
            }
        CHECK(worst <= 1e-4, "%d x %d x %d: %g apart", m, n, k, worst);
        free(a);
        free(b);
        free(c);
    }
}

static void test_memory(void)
{
    size_t value = 7;
    CHECK(pst_size_mul(3, 5, &value) && value == 15);
    CHECK(pst_size_mul(0, SIZE_MAX, &value) && value == 0);
    CHECK(pst_size_mul(SIZE_MAX, 1, &value) && value == SIZE_MAX);
    value = 7;
    CHECK(!pst_size_mul(SIZE_MAX / 2, 3, &value) && value == 7);
    CHECK(!pst_size_mul((size_t) 1 << 32, (size_t) 1 << 32, &value) && value == 7);
    CHECK(pst_size_add(&value, 3) && value == 10);
    CHECK(!pst_size_add(&value, SIZE_MAX - 9) && value == 10);
    CHECK(pst_size_add(&value, SIZE_MAX - 10) && value == SIZE_MAX);
    CHECK(!pst_alloc(SIZE_MAX, 1) && !pst_alloc(SIZE_MAX / 2, 4) && !pst_alloc(SIZE_MAX - 64, 1));
    for (size_t size = 0; size < 200; size++) {
        unsigned char *block = pst_alloc(size, 3);
        CHECK(block && (uintptr_t) block % PST_ALIGN == 0);
        bool zero = true;
        for (size_t i = 0; block && i < 3 * size; i++)
            zero = zero && block[i] == 0;
        CHECK(zero);
        free(block);
    }
}

int main(void)
{
    check_begin("kernels");
    CHECK_RUN(test_pad_index);
    CHECK_RUN(test_conv);
    CHECK_RUN(test_spatial);
    CHECK_RUN(test_bilinear);
    CHECK_RUN(test_shuffle_undoes_unshuffle);
    CHECK_RUN(test_add);
    CHECK_RUN(test_affine);
    CHECK_RUN(test_moments);
    CHECK_RUN(test_attention);
    CHECK_RUN(test_linear);
    CHECK_RUN(test_modulate);
    CHECK_RUN(test_adain);
    CHECK_RUN(test_gemm);
    CHECK_RUN(test_memory);
    return check_end();
}
