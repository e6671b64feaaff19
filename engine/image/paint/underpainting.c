/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/paint/underpainting.h"

#include "image/blur.h"

#include <math.h>
#include <string.h>

/* What is "in the large": means over 3 pixels of the thumbnail, so many times over.  Of the change, the painter would take
 * what is finer for shapes, and the optimisation gives other ones to all but equal photos. */
#define RADIUS       1
#define LARGE        4
#define LARGE_CHANGE 8

static gboolean blur(PstPlanes *planes, int times, int threads, GError **error)
{
    gsize count = (gsize) planes->width * planes->height;
    g_autofree float *scratch = g_try_new(float, count);
    if (!scratch) {
        g_set_error_literal(error, PST_ERROR, PST_ERROR_MEMORY, "no memory for the underpainting");
        return FALSE;
    }
    for (int c = 0; c < 3; c++)
        for (int k = 0; k < times; k++)
            pst_blur(planes->planes + c * count, scratch, planes->width, planes->height, RADIUS,
                     threads);
    return TRUE;
}

gboolean pst_underpainting_take(PstUnderpainting *under, const PstDraft *thumbnail, PstReader *seen,
                                GError **error)
{
    int width = thumbnail->width, height = thumbnail->height;
    gsize count = (gsize) 3 * width * height;
    if (!pst_planes_init(&under->colours, width, height, error) ||
        !pst_planes_init(&under->change, width, height, error)) {
        pst_underpainting_clear(under);
        return FALSE;
    }
    pst_planes_from_draft(&under->colours, thumbnail);
    pst_planes_read(&under->change, seen);
    for (gsize i = 0; i < count; i++)
        under->change.planes[i] = under->colours.planes[i] - under->change.planes[i];
    return blur(&under->change, LARGE_CHANGE, 1, error);
}

void pst_underpainting_clear(PstUnderpainting *under)
{
    pst_planes_clear(&under->colours);
    pst_planes_clear(&under->change);
}

/* Of one axis: the two samples of `size` around pixel `i` of `full`, and the weight of the second. */
static float place(int i, int full, int size, int *first, int *second)
{
    float at = ((float) i + 0.5f) * (float) size / (float) full - 0.5f;
    int below = (int) floorf(at);
    *first = CLAMP(below, 0, size - 1);
    *second = CLAMP(below + 1, 0, size - 1);
    return at - (float) below;
}

/* Adds `amount` times a row of a plane, enlarged to width × height: columns [x0, x1) of row y. */
static void add_row(const PstPlanes *planes, int c, float amount, int width, int height, int y,
                    int x0, int x1, float *to)
{
    int above, below;
    float down = place(y, height, planes->height, &above, &below);
    const float *plane = planes->planes + (gsize) c * planes->height * planes->width;
    const float *upper = plane + (gsize) above * planes->width;
    const float *lower = plane + (gsize) below * planes->width;
    for (int x = x0; x < x1; x++) {
        int left, right;
        float along = place(x, width, planes->width, &left, &right);
        float first = upper[left] + down * (lower[left] - upper[left]);
        float second = upper[right] + down * (lower[right] - upper[right]);
        to[x - x0] = pst_clamp(to[x - x0] + amount * (first + along * (second - first)));
    }
}

void pst_underpainting_add(const PstUnderpainting *under, float amount, int width, int height,
                           PstBox box, const PstMap *picture, int threads)
{
    int x1 = MIN(box.x1, width);
#pragma omp parallel for num_threads(threads)
    for (int y = box.y0; y < box.y1; y++) {
        for (int c = 0; c < 3; c++) {
            float *to = pst_map_row(picture, c, y);
            add_row(&under->change, c, amount, width, height,
                    pst_pad_index(PST_PAD_REFLECT, y, height), box.x0, x1, to);
            for (int x = x1; x < box.x1; x++)
                to[x - box.x0] = to[pst_pad_index(PST_PAD_REFLECT, x, width) - box.x0];
        }
    }
}

gboolean pst_underpainting_settle(const PstUnderpainting *under, float amount, PstDraft *draft,
                                  int threads, GError **error)
{
    int width = under->colours.width, height = under->colours.height;
    gsize count = (gsize) width * height;
    PstPlanes painted = {draft->width, draft->height, pst_draft_row(draft, PST_DRAFT_COLOUR, 0)};
    PstPlanes lack;
    if (!pst_planes_init(&lack, width, height, error))
        return FALSE;
    gboolean ok = pst_planes_resample(&painted, &lack, error);
    for (gsize i = 0; i < 3 * count && ok; i++)
        lack.planes[i] = under->colours.planes[i] - lack.planes[i];
    ok = ok && blur(&lack, LARGE, threads, error);
#pragma omp parallel for num_threads(threads)
    for (int y = 0; y < (ok ? draft->height : 0); y++)
        for (int c = 0; c < 3; c++)
            add_row(&lack, c, amount, draft->width, draft->height, y, 0, draft->width,
                    pst_draft_row(draft, PST_DRAFT_COLOUR + c, y));
    pst_planes_clear(&lack);
    return ok;
}
