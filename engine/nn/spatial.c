/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/spatial.h"

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

void pst_add_box(bool relu, const PstMap *a, const PstMap *b, PstMap *out, PstBox box)
{
    float least = relu ? 0 : -__FLT_MAX__;
    for (int c = 0; c < out->channels; c++) {
        for (int y = box.y0; y < box.y1; y++) {
            const float *p = pst_map_row(a, c, y), *q = pst_map_row(b, c, y);
            float *to = pst_map_row(out, c, y);
            for (int x = box.x0; x < box.x1; x++) {
                float sum = p[x] + q[x];
                to[x] = sum > least ? sum : least;
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
