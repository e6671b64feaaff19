/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Buffers for the tests of what paints them.
 */
#pragma once

#include "check.h"
#include "pastiche.h"

#include <gegl.h>

static inline float wave(int x, int y, int c)
{
    return 0.5f + 0.45f * sinf(0.13f * (float) (x + 7 * c)) * cosf(0.11f * (float) (y - 3 * c));
}

/* A buffer of this babl format, filled with a wave; alpha (where there is one) is 1. */
static inline GeglBuffer *make_buffer(int x, int y, int width, int height, const char *format)
{
    GeglRectangle extent = {x, y, width, height};
    GeglBuffer *buffer = gegl_buffer_new(&extent, babl_format(format));
    float *pixels = g_new(float, (gsize) 4 * width * height);
    for (int i = 0; i < width * height; i++) {
        for (int c = 0; c < 3; c++)
            pixels[4 * i + c] = wave(i % width, i / width, c);
        pixels[4 * i + 3] = 1;
    }
    gegl_buffer_set(buffer, &extent, 0, babl_format("R'G'B'A float"), pixels, 0);
    g_free(pixels);
    return buffer;
}

/* All pixels, as R'G'B'A float in the buffer's own space. */
static inline float *pixels_of(GeglBuffer *buffer)
{
    const GeglRectangle *extent = gegl_buffer_get_extent(buffer);
    const Babl *space = babl_format_get_space(gegl_buffer_get_format(buffer));
    float *pixels = g_new(float, (gsize) 4 * extent->width * extent->height);
    gegl_buffer_get(buffer, extent, 1.0, babl_format_with_space("R'G'B'A float", space), pixels, 0,
                    GEGL_ABYSS_NONE);
    return pixels;
}

static inline gsize count_of(GeglBuffer *buffer)
{
    return (gsize) gegl_buffer_get_width(buffer) * gegl_buffer_get_height(buffer);
}

static inline PstSettings defaults(void)
{
    PstSettings settings;
    pst_settings_init(&settings);
    settings.threads = 2;
    return settings;
}

/* The largest difference of colour, and where alpha is 0 in `mask` none. */
static inline double difference(GeglBuffer *a, GeglBuffer *b, const float *mask)
{
    float *p = pixels_of(a), *q = pixels_of(b);
    double most = 0;
    for (gsize i = 0; i < 4 * count_of(a); i++) {
        double d = fabs((double) p[i] - q[i]);
        if (i % 4 < 3 && (!mask || mask[i | 3] > 0) && !(d <= most))
            most = d;
    }
    g_free(p);
    g_free(q);
    return most;
}
