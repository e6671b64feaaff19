/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/paint/compose.h"

#include "image/colour.h"

#include <string.h>

/* Up to this strength (1 = 100 %) the photo itself is blended in, so that 0 is exactly the photo.  Above,
 * the dial works in feature space alone. */
#define BLEND_BELOW 0.3

/* The result's format while it is made: what is measured and mapped once more must not have been rounded. */
static const Babl *stored_format(const PstCompose *compose)
{
    int bits = compose->settings->result_bits;
    if (bits == 0 || pst_compose_has_last_step(compose))
        return compose->format;
    char name[16];
    g_snprintf(name, sizeof name, "%s u%d", compose->channels == 4 ? "R'G'B'A" : "R'G'B'",
               bits > 8 ? 16 : 8);
    return babl_format_with_space(name, babl_format_get_space(compose->format));
}

gboolean pst_compose_init(PstCompose *compose, GeglBuffer *content, const PstReader *original,
                          const PstMask *mask, const PstSettings *settings, GError **error)
{
    *compose = (PstCompose){.settings = settings};
    if (!pst_reader_open_copy(&compose->content, content, original, error))
        return FALSE;
    const PstReader *reader = &compose->content;
    if (!pst_mask_open(&compose->mask, mask, &reader->extent, error)) {
        pst_compose_clear(compose);
        return FALSE;
    }
    const Babl *space = babl_format_get_space(reader->format);
    compose->channels = reader->has_alpha ? 4 : 3;
    compose->format =
        reader->has_alpha ? reader->format : babl_format_with_space("R'G'B' float", space);
    compose->blend = (float) MIN(1.0, settings->strength / 100 / BLEND_BELOW);
    gsize row = (gsize) compose->channels * reader->extent.width;
    compose->rows = g_try_new(float, row *PST_READER_ROWS);
    if (!compose->rows) {
        pst_error_no_memory(error, "for the result");
        pst_compose_clear(compose);
        return FALSE;
    }
    compose->result = gegl_buffer_new(&reader->extent, stored_format(compose));
    return TRUE;
}

void pst_compose_clear(PstCompose *compose)
{
    pst_reader_close(&compose->content);
    pst_mask_close(&compose->mask);
    g_clear_pointer(&compose->rows, g_free);
}

/* Moves `out` to the colours that are to be kept, as far as the settings say. */
static void keep(const PstCompose *compose, float *out, const float kept[3])
{
    float amount = (float) (compose->settings->keep_amount / 100);
    for (int c = 0; c < 3; c++)
        out[c] = amount < 1 ? out[c] + amount * (kept[c] - out[c]) : kept[c];
}

/* How much of the painted picture is seen in pixel `i` of the rows. */
static float mask_at(const PstCompose *compose, gsize i)
{
    return compose->mask.rows ? compose->mask.rows[i] : 1;
}

/* Finishes `out`, pixel `i` of the rows, which holds the painted colour, next to the content's. */
static void finish_pixel(const PstCompose *compose, gsize i, float *out, const float *content)
{
    float blend = compose->blend * mask_at(compose, i);
    if (compose->settings->keep_colours == PST_KEEP_COLOURS_LUMINANCE) {
        float kept[3] = {out[0], out[1], out[2]};
        const float seen[3] = {pst_clamp(content[0]), pst_clamp(content[1]), pst_clamp(content[2])};
        pst_colour_luminance(kept, seen);
        keep(compose, out, kept);
    }
    for (int c = 0; c < 3; c++) {
        out[c] = pst_clamp(out[c]);
        if (blend < 1)
            out[c] = blend > 0 ? content[c] + blend * (out[c] - content[c]) : content[c];
    }
    if (compose->channels == 4)
        out[3] = content[3];
}

/* ---- Rows ------------------------------------------------------------------------------------ */

static GeglRectangle box_of(const PstCompose *compose)
{
    const GeglRectangle *extent = &compose->content.extent;
    return (GeglRectangle){extent->x + compose->x0, extent->y + compose->y,
                           compose->x1 - compose->x0, compose->count};
}

void pst_compose_begin(PstCompose *compose, int x0, int x1, int y, int count)
{
    compose->x0 = x0;
    compose->x1 = x1;
    compose->y = y;
    compose->count = count;
    pst_reader_get(&compose->content, x0, x1, y, count);
    pst_mask_get(&compose->mask, x0, x1, y, count);
}

void pst_compose_put(PstCompose *compose, int y, const float *const planes[3])
{
    int width = compose->x1 - compose->x0;
    gsize first = (gsize) (y - compose->y) * width;
    const float *content = compose->content.rows + 4 * first;
    float *out = compose->rows + compose->channels * first;
    for (int x = 0; x < width; x++, out += compose->channels, content += 4) {
        for (int c = 0; c < 3; c++)
            out[c] = pst_clamp(planes[c][x]);
        if (compose->channels == 4)
            out[3] =
                1; /* so that a buffer with premultiplied alpha loses nothing before the last step */
        if (!pst_compose_has_last_step(compose))
            finish_pixel(compose, first + x, out, content);
    }
}

void pst_compose_end(PstCompose *compose)
{
    GeglRectangle box = box_of(compose);
    gegl_buffer_set(compose->result, &box, 0, compose->format, compose->rows, GEGL_AUTO_ROWSTRIDE);
}

/* ---- The last step --------------------------------------------------------------------------- */

gboolean pst_compose_has_last_step(const PstCompose *compose)
{
    return compose->settings->keep_colours == PST_KEEP_COLOURS_MATCH;
}

/* Result and content of some rows, side by side. */
static void begin_again(PstCompose *compose, int y, int count)
{
    pst_compose_begin(compose, 0, compose->content.extent.width, y, count);
    GeglRectangle box = box_of(compose);
    gegl_buffer_get(compose->result, &box, 1.0, compose->format, compose->rows, GEGL_AUTO_ROWSTRIDE,
                    GEGL_ABYSS_NONE);
}

/* Adds a pixel to the sums, weighed by how much of it is seen. */
static void measure_pixel(const PstCompose *compose, gsize i, const float *painted,
                          const float *content, PstColourSums sums[2])
{
    float seen[3];
    for (int c = 0; c < 3; c++)
        seen[c] = pst_reader_seen(&compose->content, content, c);
    double weight = pst_clamp(content[3]) * mask_at(compose, i);
    pst_colour_sums_add(&sums[0], painted, weight);
    pst_colour_sums_add(&sums[1], seen, weight);
}

/* First measures the painted picture and the photo, then maps the one's colours to the other's. */
PstStatus pst_compose_last_step(PstCompose *compose, PstTicker *ticker, PstMessage *message)
{
    PstColourSums sums[2];
    PstColourMap map;
    memset(sums, 0, sizeof sums);
    int height = compose->content.extent.height, width = compose->content.extent.width;
    PstStatus status = PST_OK;
    for (int step = 0; step < 2; step++) {
        for (int y = 0; y < height && !status; y += PST_READER_ROWS) {
            begin_again(compose, y, MIN(PST_READER_ROWS, height - y));
            for (gsize i = 0; i < (gsize) compose->count * width; i++) {
                float *painted = compose->rows + compose->channels * i;
                const float *content = compose->content.rows + 4 * i;
                if (step == 0) {
                    measure_pixel(compose, i, painted, content, sums);
                } else {
                    float kept[3] = {painted[0], painted[1], painted[2]};
                    pst_colour_apply(&map, kept);
                    keep(compose, painted, kept);
                    finish_pixel(compose, i, painted, content);
                }
            }
            if (step == 1)
                pst_compose_end(compose);
            status = pst_ticker_tick(ticker, (step + (double) y / height) / 2, message);
        }
        if (step == 0)
            pst_colour_match(&sums[0], &sums[1], &map);
    }
    return status;
}
