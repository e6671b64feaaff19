/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each kind of processor that this one is, plainly, by Winograd's transform and pointwise, against the
 * convolution by im2col (which test-kernels.c holds against a slow twin), on random shapes, boxes, strides and
 * paddings; and its sums are the same bits wherever a box is cut.
 */
#include "check.h"
#include "nn/kernel/direct.h"
#include "nn/kernel/pointwise.h"
#include "nn/kernel/winograd.h"

static PstMap random_map(int channels, int width, int height)
{
    PstMap map = {.channels = channels, .width = width, .height = height, .rows = height};
    map.stride = (size_t) width + check_between(0, 20);
    map.data = malloc(sizeof(float) * channels * height * map.stride);
    check_fill(map.data, (size_t) channels * height * map.stride);
    return map;
}

static PstConv random_conv(int kernel)
{
    PstConv conv = {
        .out_channels = check_between(1, 40),
        .in_channels = check_between(1, 40),
        .kernel_h = kernel,
        .kernel_w = kernel,
        .stride = check_between(1, 2),
        .padding = (PstPadding) check_between(0, 2),
        .relu = check_between(0, 1),
        .tile = 2 * check_between(1, 2),
    };
    float *weight = malloc(sizeof(float) * conv.out_channels * conv.in_channels * kernel * kernel);
    float *bias = malloc(sizeof(float) * conv.out_channels);
    check_fill(weight, (size_t) conv.out_channels * conv.in_channels * kernel * kernel);
    check_fill(bias, conv.out_channels);
    conv.weight = weight;
    conv.bias = bias;
    return conv;
}

typedef struct {
    int kernel;
    const PstConvPath *path;
} Case;

static const Case cases[] = {
    {3, &pst_direct_path}, {3, &pst_winograd_path}, {1, &pst_pointwise_path}};

/* The scratch is as large as for `largest`, which is no smaller than `box`. */
static void box_by_path(const PstConvPath *path, const PstProcessor *processor, const PstConv *conv,
                        const PstMap *in, PstMap *out, PstBox box, PstBox largest)
{
    float *packed = malloc(sizeof(float) * path->packed_size(processor, conv));
    size_t floats =
        path->scratch(processor, conv, largest.x1 - largest.x0, largest.y1 - largest.y0);
    float *scratch = malloc(sizeof(float) * floats);
    for (size_t i = 0; i < floats; i++)
        scratch[i] = NAN; /* whatever is read of it must have been written */
    path->pack(processor, conv, conv->weight, packed);
    path->box(processor, conv, packed, in, out, box, scratch);
    free(packed);
    free(scratch);
}

static void compare(const Case *one, const PstProcessor *processor)
{
    const PstConvPath *path = one->path;
    PstConv conv = random_conv(one->kernel);
    if (!path->serves(&conv))
        conv.stride = 1;
    int width = check_between(1, 70), height = check_between(1, check_between(0, 1) ? 9 : 50);
    PstMap in = random_map(conv.in_channels, width * conv.stride, height * conv.stride);
    PstMap out = random_map(conv.out_channels, width, height);
    PstMap whole = random_map(conv.out_channels, width, height), wanted = whole;
    PstBox all = {0, 0, width, height}, box;
    box.x0 = check_between(0, width - 1);
    box.x1 = check_between(box.x0 + 1, width);
    box.y0 = check_between(0, height - 1);
    box.y1 = check_between(box.y0 + 1, height);
    wanted.data = malloc(sizeof(float) * wanted.channels * height * wanted.stride);
    float *scratch = malloc(sizeof(float) * pst_conv_scratch(&conv, width * height));
    pst_conv_box(&conv, &in, &wanted, all, scratch);
    box_by_path(path, processor, &conv, &in, &whole, all, all);
    box_by_path(path, processor, &conv, &in, &out, box, check_between(0, 1) ? all : box);
    float limit = 1e-6f * conv.in_channels * 9;
    for (int c = 0; c < conv.out_channels; c++)
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++) {
                float made = pst_map_row(&whole, c, y)[x];
                bool inside = x >= box.x0 && x < box.x1 && y >= box.y0 && y < box.y1;
                CHECK_NEAR(made, pst_map_row(&wanted, c, y)[x], limit);
                if (inside)
                    CHECK_NEAR(pst_map_row(&out, c, y)[x], made, 0);
            }
    free(scratch);
    free(in.data);
    free(out.data);
    free(whole.data);
    free(wanted.data);
    free((float *) conv.weight);
    free((float *) conv.bias);
}

static void every_kernel(void)
{
    for (size_t p = 0; p < sizeof cases / sizeof *cases; p++)
        for (int i = 0; pst_processor(i); i++)
            for (int round = 0; round < 60; round++)
                compare(&cases[p], pst_processor(i));
}

int main(void)
{
    check_begin("direct");
    CHECK(pst_processor(0) != NULL);
    CHECK_RUN(every_kernel);
    return check_end();
}
