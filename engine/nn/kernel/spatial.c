/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/kernel/spatial.h"

#include "nn/kernel/conv.h"

void pst_unshuffle_box(int factor, const PstMap *in, PstMap *out, PstBox box)
{
    for (int c = 0; c < out->channels; c++) {
        int fx = c % factor, fy = c / factor % factor;
        for (int y = box.y0; y < box.y1; y++) {
            const float *from = pst_map_row(in, c / (factor * factor), y * factor + fy) + fx;
            float *to = pst_map_row(out, c, y);
            for (int x = box.x0; x < box.x1; x++)
                to[x] = from[(size_t) x * factor];
        }
    }
}

void pst_shuffle_box(int factor, const PstMap *in, PstMap *out, PstBox box)
{
    for (int c = 0; c < out->channels; c++) {
        for (int y = box.y0; y < box.y1; y++) {
            float *to = pst_map_row(out, c, y);
            for (int fx = 0; fx < factor; fx++) {
                int from_channel = (c * factor + y % factor) * factor + fx;
                const float *from = pst_map_row(in, from_channel, y / factor);
                int first = (box.x0 - fx + factor - 1) / factor;
                for (int x = first; x * factor + fx < box.x1; x++)
                    to[(size_t) x * factor + fx] = from[x];
            }
        }
    }
}

void pst_upsample_box(int factor, const PstMap *in, PstMap *out, PstBox box)
{
    for (int c = 0; c < out->channels; c++) {
        for (int y = box.y0; y < box.y1; y++) {
            const float *from = pst_map_row(in, c, y / factor);
            float *to = pst_map_row(out, c, y);
            for (int x = box.x0; x < box.x1; x++)
                to[x] = from[x / factor];
        }
    }
}

/* Columns that are enlarged, or added, at once: few enough to stay in the first-level cache. */
#define PIECE 256

/* Columns [x0, x1), at most PIECE, of row y of a map that is twice as large. */
static void enlarge_row(const PstMap *in, int c, int y, int x0, int x1, float *to)
{
    float mixed[PIECE / 2 + 3];
    int first = x0 / 2 - 1, count = (x1 - 1) / 2 + 2 - first;
    const float *near = pst_map_row(in, c, y / 2);
    int beside = pst_pad_index(PST_PAD_REPLICATE, y / 2 + (y % 2 ? 1 : -1), in->height);
    const float *next = pst_map_row(in, c, beside);
    for (int i = 0; i < count; i++) {
        int x = pst_pad_index(PST_PAD_REPLICATE, first + i, in->width);
        mixed[i] = 0.75f * near[x] + 0.25f * next[x];
    }
    for (int x = x0; x < x1; x++) {
        const float *middle = mixed + x / 2 - first;
        to[x - x0] = 0.75f * *middle + 0.25f * middle[x % 2 ? 1 : -1];
    }
}

void pst_upsample_bilinear_box(const PstMap *in, PstMap *out, PstBox box)
{
    for (int c = 0; c < out->channels; c++) {
        for (int y = box.y0; y < box.y1; y++) {
            float *to = pst_map_row(out, c, y);
            for (int x0 = box.x0, x1; x0 < box.x1; x0 = x1) {
                x1 = box.x1 - x0 > PIECE ? x0 + PIECE : box.x1;
                enlarge_row(in, c, y, x0, x1, to + x0);
            }
        }
    }
}

void pst_reduce_box(int factor, const PstMap *in, PstMap *out, PstBox box)
{
    float share = 1.0f / (float) (factor * factor);
    for (int c = 0; c < out->channels; c++) {
        for (int y = box.y0; y < box.y1; y++) {
            float *to = pst_map_row(out, c, y);
            for (int x = box.x0; x < box.x1; x++) {
                float sum = 0;
                for (int fy = 0; fy < factor; fy++) {
                    const float *from = pst_map_row(in, c, y * factor + fy) + (size_t) x * factor;
                    for (int fx = 0; fx < factor; fx++)
                        sum += from[fx];
                }
                to[x] = sum * share;
            }
        }
    }
}

/* Columns [x0, x1) of row y of a term: where they are, or made in `space`. */
static const float *term_row(const PstTerm *term, int c, int y, int x0, int x1, float *space)
{
    if (term->bilinear) {
        enlarge_row(term->map, c, y, x0, x1, space);
        return space;
    }
    const float *from = pst_map_row(term->map, c, y / term->factor);
    float scale = term->scale ? term->scale[c] : 1, shift = term->shift ? term->shift[c] : 0;
    if (!term->scale && term->factor == 1)
        return from + x0;
    if (term->factor == 1) {
        for (int x = x0; x < x1; x++)
            space[x - x0] = from[x] * scale + shift;
        return space;
    }
    int odd = x0 % 2; /* then the first column is the second of its pair */
    for (int x = x0 / 2; x < (x1 + 1) / 2; x++) {
        float value = term->scale ? from[x] * scale + shift : from[x];
        space[2 * (x - x0 / 2)] = space[2 * (x - x0 / 2) + 1] = value;
    }
    return space + odd;
}

void pst_add_box(bool relu, PstTerm a, PstTerm b, PstMap *out, PstBox box)
{
    float least = relu ? 0 : -__FLT_MAX__, space[2][PIECE + 2];
    for (int c = 0; c < out->channels; c++) {
        for (int y = box.y0; y < box.y1; y++) {
            float *to = pst_map_row(out, c, y);
            for (int x0 = box.x0, x1; x0 < box.x1; x0 = x1) {
                x1 = box.x1 - x0 > PIECE ? x0 + PIECE : box.x1;
                const float *p = term_row(&a, c, y, x0, x1, space[0]);
                const float *q = term_row(&b, c, y, x0, x1, space[1]);
                for (int i = 0; i < x1 - x0; i++) {
                    float sum = p[i] + q[i];
                    to[x0 + i] = sum > least ? sum : least;
                }
            }
        }
    }
}

void pst_affine_box(const float *scale, const float *shift, const PstMap *in, PstMap *out,
                    PstBox box)
{
    for (int c = 0; c < out->channels; c++) {
        for (int y = box.y0; y < box.y1; y++) {
            const float *from = pst_map_row(in, c, y);
            float *to = pst_map_row(out, c, y);
            for (int x = box.x0; x < box.x1; x++)
                to[x] = from[x] * scale[c] + shift[c];
        }
    }
}
