/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "ref.h"

#include <math.h>
#include <stdlib.h>

RefMap ref_map(int channels, int height, int width)
{
    RefMap map = {channels, height, width, NULL};
    map.values = calloc((size_t) channels * height * width, sizeof *map.values);
    if (!map.values)
        abort();
    return map;
}

double *ref_at(const RefMap *map, int c, int y, int x)
{
    return &map->values[((size_t) c * map->height + y) * map->width + x];
}

int ref_pad(PstPadding padding, int i, int n)
{
    if (padding == PST_PAD_ZERO && (i < 0 || i >= n))
        return -1;
    if (padding == PST_PAD_REPLICATE)
        return i < 0 ? 0 : i >= n ? n - 1 : i;
    while (n > 1 && (i < 0 || i >= n))
        i = i < 0 ? -i : 2 * (n - 1) - i;
    return n > 1 ? i : 0;
}

static double conv_pixel(const PstConv *conv, const RefMap *in, int o, int y, int x)
{
    double sum = conv->bias[o];
    const float *weight =
        conv->weight + (size_t) o * conv->in_channels * conv->kernel_h * conv->kernel_w;
    for (int i = 0; i < conv->in_channels; i++)
        for (int ky = 0; ky < conv->kernel_h; ky++)
            for (int kx = 0; kx < conv->kernel_w; kx++, weight++) {
                int from_y =
                    ref_pad(conv->padding, conv->stride * y + ky - conv->kernel_h / 2, in->height);
                int from_x =
                    ref_pad(conv->padding, conv->stride * x + kx - conv->kernel_w / 2, in->width);
                if (from_y >= 0 && from_x >= 0)
                    sum += (double) *weight * *ref_at(in, i, from_y, from_x);
            }
    return conv->relu && sum < 0 ? 0 : sum;
}

RefMap ref_conv(const PstConv *conv, const RefMap *in)
{
    int stride = conv->stride;
    RefMap out = ref_map(conv->out_channels, (in->height + stride - 1) / stride,
                         (in->width + stride - 1) / stride);
    for (int o = 0; o < out.channels; o++)
        for (int y = 0; y < out.height; y++)
            for (int x = 0; x < out.width; x++)
                *ref_at(&out, o, y, x) = conv_pixel(conv, in, o, y, x);
    return out;
}

RefMap ref_unshuffle(int factor, const RefMap *in)
{
    int area = factor * factor;
    RefMap out = ref_map(in->channels * area, in->height / factor, in->width / factor);
    for (int c = 0; c < in->channels; c++)
        for (int y = 0; y < out.height * factor; y++)
            for (int x = 0; x < out.width * factor; x++)
                *ref_at(&out, c * area + y % factor * factor + x % factor, y / factor, x / factor) =
                    *ref_at(in, c, y, x);
    return out;
}

RefMap ref_shuffle(int factor, const RefMap *in)
{
    int area = factor * factor;
    RefMap out = ref_map(in->channels / area, in->height * factor, in->width * factor);
    for (int c = 0; c < out.channels; c++)
        for (int y = 0; y < out.height; y++)
            for (int x = 0; x < out.width; x++)
                *ref_at(&out, c, y, x) = *ref_at(in, c * area + y % factor * factor + x % factor,
                                                 y / factor, x / factor);
    return out;
}

RefMap ref_upsample(int factor, const RefMap *in)
{
    RefMap out = ref_map(in->channels, in->height * factor, in->width * factor);
    for (int c = 0; c < out.channels; c++)
        for (int y = 0; y < out.height; y++)
            for (int x = 0; x < out.width; x++)
                *ref_at(&out, c, y, x) = *ref_at(in, c, y / factor, x / factor);
    return out;
}

/* At i of a line of twice as many as `count`: where between two samples, and which. */
static double between(int i, int count, int *first, int *second)
{
    double at = fmin(fmax((i + 0.5) / 2 - 0.5, 0), count - 1);
    *first = (int) at;
    *second = *first + 1 < count ? *first + 1 : *first;
    return at - *first;
}

RefMap ref_upsample_bilinear(const RefMap *in)
{
    RefMap out = ref_map(in->channels, in->height * 2, in->width * 2);
    for (int c = 0; c < out.channels; c++) {
        for (int y = 0; y < out.height; y++) {
            for (int x = 0; x < out.width; x++) {
                int top, bottom, left, right;
                double down = between(y, in->height, &top, &bottom);
                double along = between(x, in->width, &left, &right);
                *ref_at(&out, c, y, x) = (1 - down) * ((1 - along) * *ref_at(in, c, top, left) +
                                                       along * *ref_at(in, c, top, right)) +
                                         down * ((1 - along) * *ref_at(in, c, bottom, left) +
                                                 along * *ref_at(in, c, bottom, right));
            }
        }
    }
    return out;
}

RefMap ref_reduce(int factor, const RefMap *in)
{
    RefMap out = ref_map(in->channels, in->height / factor, in->width / factor);
    for (int c = 0; c < out.channels; c++)
        for (int y = 0; y < out.height * factor; y++)
            for (int x = 0; x < out.width * factor; x++)
                *ref_at(&out, c, y / factor, x / factor) +=
                    *ref_at(in, c, y, x) / (factor * factor);
    return out;
}

RefMap ref_add(bool relu, const RefMap *a, const RefMap *b)
{
    RefMap out = ref_map(a->channels, a->height, a->width);
    for (int i = 0; i < a->channels * a->height * a->width; i++) {
        double sum = a->values[i] + b->values[i];
        out.values[i] = relu && sum < 0 ? 0 : sum;
    }
    return out;
}

RefMap ref_affine(const double *scale, const double *shift, const RefMap *in)
{
    RefMap out = ref_map(in->channels, in->height, in->width);
    for (int c = 0; c < in->channels; c++)
        for (int y = 0; y < in->height; y++)
            for (int x = 0; x < in->width; x++)
                *ref_at(&out, c, y, x) = *ref_at(in, c, y, x) * scale[c] + shift[c];
    return out;
}

void ref_moments(const RefMap *in, const RefMap *weights, double *out)
{
    int pixels = in->height * in->width;
    for (int c = 0; c < in->channels; c++) {
        const double *values = in->values + (size_t) c * pixels;
        double total = 0, mean = 0, variance = 0;
        for (int i = 0; i < pixels; i++) {
            total += weights->values[i];
            mean += weights->values[i] * values[i];
        }
        mean = total > 0 ? mean / total : 0;
        for (int i = 0; i < pixels; i++)
            variance += weights->values[i] * (values[i] - mean) * (values[i] - mean);
        out[c] = mean;
        out[in->channels + c] = sqrt((total > 0 ? variance / total : 0) + 1e-5);
    }
}

void ref_linear(int rows, int columns, const float *weight, const float *bias, bool relu,
                const double *in, double *out)
{
    for (int r = 0; r < rows; r++) {
        out[r] = bias[r];
        for (int c = 0; c < columns; c++)
            out[r] += weight[r * columns + c] * in[c];
        out[r] = relu ? fmax(out[r], 0) : out[r];
    }
}

void ref_modulate(int out_channels, int in_channels, int taps, const float *weight,
                  const float *gain, const double *m, double strength, double *out)
{
    int row = in_channels * taps;
    for (int o = 0; o < out_channels; o++) {
        double squares = 0;
        for (int i = 0; i < row; i++) {
            out[o * row + i] = weight[o * row + i] * (1 + strength * m[i / taps]);
            squares += out[o * row + i] * out[o * row + i];
        }
        for (int i = 0; i < row; i++)
            out[o * row + i] *= gain[o] / sqrt(squares + 1e-8);
    }
}

void ref_adain(int channels, const double *moments, const double *gamma, const double *beta,
               double strength, double *scale, double *shift)
{
    for (int c = 0; c < channels; c++) {
        double mean = moments[c], deviation = moments[channels + c];
        double wanted = fmax((1 - strength) * deviation + strength * gamma[c], 0);
        scale[c] = wanted / deviation;
        shift[c] = (1 - strength) * mean + strength * beta[c] - scale[c] * mean;
    }
}

/* What layer `l` makes of (in − shift) / scale. */
static void attention_layer(const PstAttention *a, int l, const double *in, const double *shift,
                            const double *scale, double *out)
{
    int rows = l == PST_VALUE ? a->channels : a->inner;
    for (int r = 0; r < rows; r++) {
        out[r] = a->bias[l][r];
        for (int c = 0; c < a->channels; c++)
            out[r] += a->weight[l][r * a->channels + c] * (in[c] - shift[c]) / scale[c];
    }
}

/* rows[2 · channels] = means and deviations of the tokens, and for the values 0 and √(mean square). */
static bool token_moments(const PstAttention *a, const double *tokens, double *own, double *all)
{
    double squares = 0;
    int n = a->tokens, channels = a->channels;
    for (int c = 0; c < channels; c++) {
        double mean = 0, variance = 0;
        for (int t = 0; t < n; t++) {
            mean += tokens[t * channels + c] / n;
            squares += tokens[t * channels + c] * tokens[t * channels + c];
        }
        for (int t = 0; t < n; t++)
            variance += pow(tokens[t * channels + c] - mean, 2) / n;
        own[c] = mean;
        own[channels + c] = sqrt(variance + 1e-5);
    }
    for (int c = 0; c < channels; c++) {
        all[c] = 0;
        all[channels + c] = sqrt(squares / (n * channels) + 1e-5);
    }
    return squares > 0;
}

RefMap ref_attention(const PstAttention *attention, const RefMap *in, const double *moments,
                     const double *tokens, double strength)
{
    int n = attention->tokens, channels = in->channels, inner = attention->inner;
    int pixels = in->height * in->width;
    RefMap out = ref_map(channels, in->height, in->width), own = ref_map(2 * channels, 1, 1);
    RefMap all = ref_map(2 * channels, 1, 1), keys = ref_map(n, 1, inner);
    RefMap values = ref_map(n, 1, channels), work = ref_map(channels + inner + n, 1, 1);
    double *x = work.values, *q = x + channels, *w = q + inner;
    bool any = token_moments(attention, tokens, own.values, all.values);
    for (int t = 0; t < n; t++) {
        attention_layer(attention, PST_KEY, tokens + t * channels, own.values,
                        own.values + channels, keys.values + t * inner);
        attention_layer(attention, PST_VALUE, tokens + t * channels, all.values,
                        all.values + channels, values.values + t * channels);
    }
    for (int p = 0; p < pixels && any; p++) {
        double most = -INFINITY, sum = 0;
        for (int c = 0; c < channels; c++)
            x[c] = in->values[c * pixels + p];
        attention_layer(attention, PST_QUERY, x, moments, moments + channels, q);
        for (int t = 0; t < n; t++) {
            w[t] = 0;
            for (int d = 0; d < inner; d++)
                w[t] += q[d] * keys.values[t * inner + d] / sqrt(inner);
            most = fmax(most, w[t]);
        }
        for (int t = 0; t < n; t++)
            sum += w[t] = exp(w[t] - most);
        for (int t = 0; t < n; t++)
            for (int c = 0; c < channels; c++)
                out.values[c * pixels + p] +=
                    strength * w[t] / sum * values.values[t * channels + c];
    }
    free(own.values);
    free(all.values);
    free(keys.values);
    free(values.values);
    free(work.values);
    return out;
}

void ref_sample(int grid, const RefMap *in, int height, int width, double *out)
{
    for (int i = 0; i < grid; i++)
        for (int j = 0; j < grid; j++)
            for (int c = 0; c < in->channels; c++)
                *out++ = *ref_at(in, c, (int) floor((i + 0.5) * height / grid),
                                 (int) floor((j + 0.5) * width / grid));
}
