/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/kernel/conv.h"

#include "nn/kernel/gemm.h"

#include <string.h>

int pst_pad_index(PstPadding padding, int i, int size)
{
    if (i >= 0 && i < size)
        return i;
    switch (padding) {
    case PST_PAD_ZERO:
    case PST_PAD_NONE:
        return -1;
    case PST_PAD_REPLICATE:
        return i < 0 ? 0 : size - 1;
    case PST_PAD_REFLECT:
        break;
    }
    if (size == 1)
        return 0;
    int period = 2 * (size - 1);
    i = (i % period + period) % period;
    return i < size ? i : period - i;
}

size_t pst_conv_scratch(const PstConv *conv, int pixels)
{
    size_t k = (size_t) conv->in_channels * conv->kernel_h * conv->kernel_w;
    return (k + conv->out_channels) * pixels;
}

void pst_patch_row(float *to, const float *row, int width, int x0, int count, int stride, int shift,
                   PstPadding padding)
{
    int i = 0, first = stride * x0 + shift;
    for (; i < count && first + stride * i < 0; i++) {
        int x = pst_pad_index(padding, first + stride * i, width);
        to[i] = x < 0 ? 0 : row[x];
    }
    int inside = first < width ? (width - 1 - first) / stride + 1 : 0;
    inside = inside < count ? inside : count;
    if (stride == 1 && i < inside) {
        memcpy(to + i, row + first + i, sizeof *to * (inside - i));
        i = inside;
    }
    for (; i < inside; i++)
        to[i] = row[first + 2 * i];
    for (; i < count; i++) {
        int x = pst_pad_index(padding, first + stride * i, width);
        to[i] = x < 0 ? 0 : row[x];
    }
}

/* col[in_channels · kernel_h · kernel_w][pixels of the box, row by row] */
static void im2col(const PstConv *conv, const PstMap *in, PstBox box, float *col)
{
    int count = box.x1 - box.x0;
    int left = conv->padding == PST_PAD_NONE ? 0 : conv->kernel_w / 2;
    int above = conv->padding == PST_PAD_NONE ? 0 : conv->kernel_h / 2;
    for (int c = 0; c < conv->in_channels; c++) {
        for (int ky = 0; ky < conv->kernel_h; ky++) {
            for (int kx = 0; kx < conv->kernel_w; kx++) {
                for (int y = box.y0; y < box.y1; y++, col += count) {
                    int at = conv->stride * y + ky - above;
                    int from = pst_pad_index(conv->padding, at, in->height);
                    if (from < 0) {
                        memset(col, 0, sizeof(float) * count);
                    } else {
                        pst_patch_row(col, pst_map_row(in, c, from), in->width, box.x0, count,
                                      conv->stride, kx - left, conv->padding);
                    }
                }
            }
        }
    }
}

static void add_bias(float *restrict out, const float *restrict in, int count, float bias,
                     bool relu)
{
    if (relu) {
        for (int i = 0; i < count; i++) {
            float v = in[i] + bias;
            out[i] = v > 0 ? v : 0;
        }
    } else {
        for (int i = 0; i < count; i++)
            out[i] = in[i] + bias;
    }
}

void pst_conv_box(const PstConv *conv, const PstMap *in, PstMap *out, PstBox box, float *scratch)
{
    int count = box.x1 - box.x0, pixels = count * (box.y1 - box.y0);
    int k = conv->in_channels * conv->kernel_h * conv->kernel_w;
    float *product = scratch, *col = scratch + (size_t) conv->out_channels * pixels;

    im2col(conv, in, box, col);
    pst_gemm(conv->out_channels, pixels, k, conv->weight, col, product);
    for (int c = 0; c < conv->out_channels; c++) {
        for (int y = box.y0; y < box.y1; y++, product += count)
            add_bias(pst_map_row(out, c, y) + box.x0, product, count, conv->bias[c], conv->relu);
    }
}
