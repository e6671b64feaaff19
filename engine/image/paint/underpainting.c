/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/paint/underpainting.h"

#include "image/blur.h"
#include "image/colour.h"
#include "image/guide.h"
#include "image/style/style.h"

#include <math.h>
#include <string.h>

/* The change in the large is its mean over 3 pixels of the thumbnail, so many times over.  Anything finer the painter
 * would take for shapes, and those of two all but equal photos differ after the optimisation. */
#define CHANGE_TIMES 8

/* The colours in the large are fitted to the photo's luma within this radius around each pixel of the thumbnail; below
 * this variance of the luma they are just a mean. */
#define FIT_RADIUS   2
#define FIT_VARIANCE 0.02f

static void add_floats(GChecksum *sum, const float *values, gsize count)
{
    g_checksum_update(sum, (const guchar *) values, (gssize) (sizeof *values * count));
}

/* Which parts of an impression there are: style files of older versions have fewer.  What is in them follows from the
 * picture, as the code does, which is in the key. */
static void add_source(GChecksum *sum, const PstStyleSource *source)
{
    const PstImpression *known = source->impression;
    g_checksum_update(sum, (const guchar *) &source->weight, sizeof source->weight);
    for (int i = 0; known && i < known->count; i++) {
        const PstImpressionLayer *layer = &known->layers[i];
        guchar parts[] = {layer->patches != NULL, layer->coarse != NULL,
                          layer->coarse_moments != NULL};
        g_checksum_update(sum, parts, sizeof parts);
    }
}

char *pst_underpainting_key(const PstDraft *thumbnail, PstReader *seen, const PstStyle *style,
                            const float *share, guint32 seed)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    int width = thumbnail->width, height = thumbnail->height;
    for (int y = 0; y < height; y++) {
        pst_reader_get(seen, 0, width, y, 1);
        add_floats(sum, seen->rows, (gsize) 4 * width);
    }
    add_floats(sum, pst_draft_row(thumbnail, PST_DRAFT_COLOUR, 0), (gsize) 3 * width * height);
    if (share)
        add_floats(sum, share, (gsize) width * height);
    add_floats(sum, style->code, style->size);
    for (guint i = 0; i < style->sources->len; i++)
        add_source(sum, style->sources->pdata[i]);
    return g_strdup_printf("%d x %d, seed %u: %s", width, height, seed, g_checksum_get_string(sum));
}

static gboolean blur_change(PstPlanes *planes, GError **error)
{
    gsize count = (gsize) planes->width * planes->height;
    g_autofree float *scratch = g_try_new(float, count);
    for (int c = 0; c < 3 && scratch; c++)
        for (int k = 0; k < CHANGE_TIMES; k++)
            pst_blur(planes->planes + c * count, scratch, planes->width, planes->height, 1, 1);
    return scratch || pst_error_no_memory(error, "for the underpainting");
}

gboolean pst_underpainting_take(PstUnderpainting *under, const PstDraft *thumbnail, PstReader *seen,
                                GError **error)
{
    int width = thumbnail->width, height = thumbnail->height;
    gsize count = (gsize) width * height;
    under->luma = g_try_new(float, count);
    if (!pst_planes_init(&under->colours, width, height, error) ||
        !pst_planes_init(&under->change, width, height, error) ||
        !(under->luma || pst_error_no_memory(error, "for the underpainting"))) {
        pst_underpainting_clear(under);
        return FALSE;
    }
    pst_planes_from_draft(&under->colours, thumbnail);
    pst_planes_read(&under->change, seen, NULL);
    for (gsize i = 0; i < count; i++) {
        const float *photo = under->change.planes + i;
        under->luma[i] = pst_luma((float[]){photo[0], photo[count], photo[2 * count]});
    }
    for (gsize i = 0; i < 3 * count; i++)
        under->change.planes[i] = under->colours.planes[i] - under->change.planes[i];
    return blur_change(&under->change, error);
}

void pst_underpainting_clear(PstUnderpainting *under)
{
    pst_planes_clear(&under->colours);
    pst_planes_clear(&under->change);
    g_clear_pointer(&under->luma, g_free);
}

/* Along one axis: the two samples, of `size`, around pixel `i` of `full`; returns the weight of the second. */
static float place(int i, int full, int size, int *first, int *second)
{
    float at = ((float) i + 0.5f) * (float) size / (float) full - 0.5f;
    int below = (int) floorf(at);
    *first = CLAMP(below, 0, size - 1);
    *second = CLAMP(below + 1, 0, size - 1);
    return at - (float) below;
}

/* Columns [x0, x1) of row y of a picture of width × height. */
typedef struct {
    int width, height, y, x0, x1;
} Span;

/* Adds `amount` times a plane, enlarged to the span's picture, and times the whole row of `factors`, if any. */
static void add_span(const PstPlanes *planes, int c, float amount, const float *factors, Span span,
                     float *to)
{
    int above, below;
    float down = place(span.y, span.height, planes->height, &above, &below);
    const float *plane = planes->planes + (gsize) c * planes->height * planes->width;
    const float *upper = plane + (gsize) above * planes->width;
    const float *lower = plane + (gsize) below * planes->width;
    for (int x = span.x0; x < span.x1; x++) {
        int left, right;
        float along = place(x, span.width, planes->width, &left, &right);
        float first = upper[left] + down * (lower[left] - upper[left]);
        float second = upper[right] + down * (lower[right] - upper[right]);
        float value = first + along * (second - first);
        to[x - span.x0] += amount * (factors ? factors[x] * value : value);
    }
}

static void clamp_row(float *row, int count)
{
    for (int x = 0; x < count; x++)
        row[x] = pst_clamp(row[x]);
}

void pst_underpainting_add(const PstUnderpainting *under, float amount, int width, int height,
                           PstBox box, const PstMap *picture, int threads)
{
    int x1 = MIN(box.x1, width);
#pragma omp parallel for num_threads(threads)
    for (int y = box.y0; y < box.y1; y++) {
        Span span = {width, height, pst_pad_index(PST_PAD_REFLECT, y, height), box.x0, x1};
        for (int c = 0; c < 3; c++) {
            float *to = pst_map_row(picture, c, y);
            add_span(&under->change, c, amount, NULL, span, to);
            clamp_row(to, x1 - box.x0);
            for (int x = x1; x < box.x1; x++)
                to[x - box.x0] = to[pst_pad_index(PST_PAD_REFLECT, x, width) - box.x0];
        }
    }
}

/* ---- Colours in the large ------------------------------------------------------------------------- */

/* Fits base + slope · luma to the values in `base` around each pixel, by a guided filter (guide.h; equations 7 and 8
 * there), so that colours end where things in the photo do. */
static gboolean fit(const PstUnderpainting *under, PstPlanes *base, PstPlanes *slope, int threads,
                    GError **error)
{
    gsize count = (gsize) base->width * base->height;
    PstGuide guide = {.luma = under->luma,
                      .width = base->width,
                      .height = base->height,
                      .radius = FIT_RADIUS,
                      .least = FIT_VARIANCE,
                      .threads = threads};
    gboolean ok = pst_guide_init(&guide) || pst_error_no_memory(error, "for the underpainting");
    for (int c = 0; ok && c < 3; c++) {
        float *values = base->planes + c * count, *slopes = slope->planes + c * count;
        pst_guide_slopes(&guide, values, slopes);
        for (gsize i = 0; i < count; i++)
            values[i] -= slopes[i] * guide.mean[i];
        pst_guide_blur(&guide, slopes);
        pst_guide_blur(&guide, values);
    }
    pst_guide_clear(&guide);
    return ok;
}

gboolean pst_underpainting_settle(const PstUnderpainting *under, float amount, PstDraft *draft,
                                  int threads, GError **error)
{
    int width = under->colours.width, height = under->colours.height;
    gsize count = (gsize) width * height;
    PstPlanes painted = {3, draft->width, draft->height, pst_draft_row(draft, PST_DRAFT_COLOUR, 0)};
    PstPlanes lack, slope = {0};
    gboolean ok = pst_planes_init(&lack, width, height, error) &&
                  pst_planes_init(&slope, width, height, error) &&
                  pst_planes_resample(&painted, &lack, threads, error);
    for (gsize i = 0; i < 3 * count && ok; i++)
        lack.planes[i] = under->colours.planes[i] - lack.planes[i];
    ok = ok && fit(under, &lack, &slope, threads, error);
#pragma omp parallel for num_threads(threads)
    for (int y = 0; y < (ok ? draft->height : 0); y++) {
        const float *luma = pst_draft_row(draft, PST_DRAFT_LUMA, y);
        Span row = {draft->width, draft->height, y, 0, draft->width};
        for (int c = 0; c < 3; c++) {
            float *to = pst_draft_row(draft, PST_DRAFT_COLOUR + c, y);
            add_span(&lack, c, amount, NULL, row, to);
            add_span(&slope, c, amount, luma, row, to);
            clamp_row(to, draft->width);
        }
    }
    pst_planes_clear(&lack);
    pst_planes_clear(&slope);
    return ok;
}
