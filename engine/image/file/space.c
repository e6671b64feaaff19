/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The colour spaces that pictures bring along.  babl has room for 100 spaces and 100 curves, some of them its own,
 * keeps each for ever, and crashes when there is none for a further one; so they are counted here.
 */
#include "image/file/format.h"

#include <string.h>

enum {
    SPACES_MAX = 64,
    CURVES_MAX = 64,
};

G_LOCK_DEFINE_STATIC(spaces);
static GHashTable *spaces; /* GBytes: what describes it -> Babl: space, which may be NULL */
static guint curves;       /* that babl may have been given; those that are alike it has once */

/* Whether the space of this description is known; else room is taken for it, or `ok` is false.  The lock is held. */
static gboolean is_known(GBytes *description, guint more_curves, const Babl **space, gboolean *ok)
{
    gpointer known = NULL;
    if (spaces == NULL)
        spaces = g_hash_table_new(g_bytes_hash, g_bytes_equal);
    if (g_hash_table_lookup_extended(spaces, description, NULL, &known)) {
        *space = known;
        return TRUE;
    }
    *ok = g_hash_table_size(spaces) < SPACES_MAX && curves + more_curves <= CURVES_MAX;
    if (*ok)
        curves += more_curves;
    return FALSE;
}

static gboolean too_many(GError **error)
{
    return pst_file_fail(error, "more colour spaces than the %d that one run can read", SPACES_MAX);
}

gboolean pst_file_space(gconstpointer icc, gsize length, const Babl **space, GError **error)
{
    guint more_curves = 0;
    *space = NULL;
    if (icc == NULL || length > G_MAXINT || !pst_icc_is_sound(icc, length, &more_curves))
        return TRUE;
    gboolean ok = TRUE;
    GBytes *profile = g_bytes_new(icc, length);
    G_LOCK(spaces);
    if (!is_known(profile, more_curves, space, &ok) && ok) {
        const char *why = NULL;
        *space =
            babl_space_from_icc(icc, (int) length, BABL_ICC_INTENT_RELATIVE_COLORIMETRIC, &why);
        g_hash_table_insert(spaces, g_bytes_ref(profile), (gpointer) *space);
    }
    G_UNLOCK(spaces);
    g_bytes_unref(profile);
    return ok || too_many(error);
}

gboolean pst_file_space_of_gamma(double gamma, const double xy[8], const Babl **space,
                                 GError **error)
{
    gboolean ok = TRUE;
    double numbers[9] = {gamma};
    memcpy(numbers + 1, xy, 8 * sizeof *xy);
    GBytes *description = g_bytes_new(numbers, sizeof numbers);
    *space = NULL;
    G_LOCK(spaces);
    if (!is_known(description, 1, space, &ok) && ok) {
        const Babl *curve = babl_trc_gamma(gamma);
        *space =
            babl_space_from_chromaticities(NULL, xy[0], xy[1], xy[2], xy[3], xy[4], xy[5], xy[6],
                                           xy[7], curve, curve, curve, BABL_SPACE_FLAG_EQUALIZE);
        g_hash_table_insert(spaces, g_bytes_ref(description), (gpointer) *space);
    }
    G_UNLOCK(spaces);
    g_bytes_unref(description);
    return ok || too_many(error);
}
