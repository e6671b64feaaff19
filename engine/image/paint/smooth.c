/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/paint/smooth.h"

#include "image/colour.h"

#include <math.h>
#include <string.h>

#define LAMBDA     0.2f /* at the full amount: speckles go, areas of a stroke's size stay */
#define ITERATIONS 40
#define STEP       0.25f /* the largest that converges in practice */

typedef struct {
    int width, height, threads;
    float lambda;
    float *values;      /* u, f at the beginning */
    float *given;       /* f */
    float *across, *up; /* the dual variable */
} Plane;

/* u = f + λ div p */
static void primal_row(const Plane *plane, int y)
{
    int width = plane->width;
    gsize at = (gsize) y * width;
    for (int x = 0; x < width; x++, at++) {
        float divergence = plane->across[at] - (x > 0 ? plane->across[at - 1] : 0) + plane->up[at] -
                           (y > 0 ? plane->up[at - width] : 0);
        plane->values[at] = plane->given[at] + plane->lambda * divergence;
    }
}

/* p = (p + τ ∇u / λ), brought back into the unit disc; beyond the right and lower side the gradient is 0. */
static void dual_row(const Plane *plane, int y)
{
    int width = plane->width;
    gsize at = (gsize) y * width;
    float step = STEP / plane->lambda;
    for (int x = 0; x < width; x++, at++) {
        const float *u = plane->values + at;
        float px = plane->across[at] + (x + 1 < width ? step * (u[1] - u[0]) : 0);
        float py = plane->up[at] + (y + 1 < plane->height ? step * (u[width] - u[0]) : 0);
        float length = fmaxf(1, sqrtf(px * px + py * py));
        plane->across[at] = px / length;
        plane->up[at] = py / length;
    }
}

static void smooth(Plane *plane)
{
    gsize size = sizeof(float) * plane->width * plane->height;
    memcpy(plane->given, plane->values, size);
    memset(plane->across, 0, size);
    memset(plane->up, 0, size);
    for (int i = 0; i < ITERATIONS; i++) {
#pragma omp parallel for num_threads(plane->threads)
        for (int y = 0; y < plane->height; y++)
            dual_row(plane, y);
#pragma omp parallel for num_threads(plane->threads)
        for (int y = 0; y < plane->height; y++)
            primal_row(plane, y);
    }
}

gboolean pst_smooth_colours(PstDraft *draft, double amount, int threads)
{
    gsize count = (gsize) draft->width * draft->height;
    float *colours = draft->planes + PST_DRAFT_COLOUR * count;
    if (amount <= 0)
        return TRUE;
    g_autofree float *block = g_try_new(float, 5 * count);
    if (!block)
        return FALSE;
    float *luma = block + 4 * count;
    for (gsize i = 0; i < count; i++)
        luma[i] = pst_luma((float[]){colours[i], colours[count + i], colours[2 * count + i]});
    for (int c = 0; c < 3; c += 2) { /* R' and B' */
        Plane plane = {draft->width, draft->height, threads,           (float) amount * LAMBDA,
                       block,        block + count, block + 2 * count, block + 3 * count};
        float *channel = colours + c * count;
        for (gsize i = 0; i < count; i++)
            plane.values[i] = channel[i] - luma[i];
        smooth(&plane);
        for (gsize i = 0; i < count; i++)
            channel[i] = luma[i] + plane.values[i];
    }
    for (gsize i = 0; i < count; i++) {
        float *red = colours + i, *green = red + count, *blue = green + count;
        /* the green that leaves the luma as it was */
        *green += (luma[i] - pst_luma((float[]){*red, *green, *blue})) / PST_LUMA_GREEN;
        *red = pst_clamp(*red);
        *green = pst_clamp(*green);
        *blue = pst_clamp(*blue);
    }
    return TRUE;
}
