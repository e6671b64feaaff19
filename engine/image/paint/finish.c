/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/paint/finish.h"

#include "image/paint/regions.h"

#include <string.h>

static gsize pixels_of(const PstDraft *draft)
{
    return (gsize) draft->width * draft->height;
}

/* 1 where the region has as much of a pixel as it has of any. */
static float *own_share(const float *share, gsize count)
{
    float *own = g_try_new(float, count), most = 1e-9f;
    for (gsize i = 0; i < count && own; i++)
        most = MAX(most, share[i]);
    for (gsize i = 0; i < count && own; i++)
        own[i] = share[i] / most;
    return own;
}

gboolean pst_finish_begin(PstFinish *finish, PstDraft *draft, const float *share, GeglBuffer *photo)
{
    gsize count = pixels_of(draft);
    float *colours = pst_draft_row(draft, PST_DRAFT_COLOUR, 0);
    *finish = (PstFinish){.before = g_try_new(float, 3 * count)};
    if (share)
        finish->own = own_share(share, count);
    if (!finish->before || (share && !finish->own))
        return FALSE;
    memcpy(finish->before, colours, sizeof *colours * 3 * count);
    for (int c = 0; c < 3 && share; c++)
        finish->mean[c] = pst_regions_hide_in_plane(colours + c * count, finish->own, count);
    return !share || pst_regions_hide_in_photo(photo, finish->own);
}

void pst_finish_end(const PstFinish *finish, PstDraft *draft, float amount)
{
    gsize count = pixels_of(draft);
    float *colours = pst_draft_row(draft, PST_DRAFT_COLOUR, 0);
    const float *before = finish->before, *own = finish->own;
    for (gsize i = 0; i < 3 * count; i++) {
        float here = own ? own[i % count] : 1, mean = finish->mean[i / count];
        float start = own ? mean + here * (before[i] - mean) : before[i];
        colours[i] = pst_clamp(before[i] + amount * here * (colours[i] - start));
    }
}

void pst_finish_clear(PstFinish *finish)
{
    g_clear_pointer(&finish->before, g_free);
    g_clear_pointer(&finish->own, g_free);
}
