/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/styles.h"

#include "cli/progress.h"

#include <gegl.h>

enum { THUMBNAIL_MOST = 512 };

/* Reports the error and releases it. */
static int failed(const Report *report, GError *error)
{
    int status = report_status(error);
    report_failed(report, NULL, error);
    g_error_free(error);
    return status;
}

int styles_list(const Report *report)
{
    PstCatalogue *catalogue = pst_catalogue_new(NULL);
    const char *const *problems = pst_catalogue_problems(catalogue);
    int status = 0;
    for (guint i = 0; i < pst_catalogue_count(catalogue); i++)
        report_style(report, pst_catalogue_at(catalogue, i));
    for (; *problems; problems++)
        status = failed(report, g_error_new_literal(PST_ERROR, PST_ERROR_WEIGHTS, *problems));
    pst_catalogue_free(catalogue);
    return status;
}

/* ---- Saving ---------------------------------------------------------------------------------- */

/* The pixels of `path`, which `info` then points to; free with g_free(). */
static guint8 *read_thumbnail(const char *path, PstStyleInfo *info, GError **error)
{
    GeglBuffer *picture = pst_file_load(path, NULL, error);
    if (!picture)
        return NULL;
    int width = gegl_buffer_get_width(picture), height = gegl_buffer_get_height(picture);
    guint8 *pixels = NULL;
    if (width > THUMBNAIL_MOST || height > THUMBNAIL_MOST) {
        char *name = pst_display_name(path);
        g_set_error(error, PST_ERROR, PST_ERROR_USAGE,
                    "%s: a thumbnail has at most %d pixels a side, not %d by %d", name,
                    THUMBNAIL_MOST, width, height);
        g_free(name);
    } else {
        pixels = g_malloc((gsize) 3 * width * height);
        gegl_buffer_get(picture, NULL, 1, babl_format("R'G'B' u8"), pixels, GEGL_AUTO_ROWSTRIDE,
                        GEGL_ABYSS_NONE);
        info->thumbnail = pixels;
        info->thumbnail_width = width;
        info->thumbnail_height = height;
    }
    g_object_unref(picture);
    return pixels;
}

/* What was known of the style, and what the options say instead. */
static PstStyle *describe(const PstStyle *style, const Options *options, GError **error)
{
    PstStyleInfo info = *pst_style_info(style);
    const char **texts[] = {&info.title, &info.artist, &info.year, &info.source, &info.licence};
    const char *given[] = {options->title, options->artist, options->year, options->source,
                           options->licence};
    guint8 *thumbnail = NULL;
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        if (given[i])
            *texts[i] = given[i];
    if (options->thumbnail) {
        thumbnail = read_thumbnail(options->thumbnail, &info, error);
        if (!thumbnail)
            return NULL;
    }
    PstStyle *described = pst_style_new_described(style, &info, error);
    g_free(thumbnail);
    return described;
}

static gboolean save(const Options *options, const Report *report, const PstEngine *engine,
                     GError **error)
{
    Progress progress;
    progress_init(&progress, options->quiet);
    progress_start(&progress, options->style);
    PstStyle *style = pst_style_new_from_text(engine, options->style, &options->settings,
                                              progress_update, &progress, error);
    PstStyle *seen = style ? pst_style_new_refinable(engine, style, &options->settings,
                                                     progress_update, &progress, error)
                           : NULL;
    progress_end(&progress);
    PstStyle *described = seen ? describe(seen, options, error) : NULL;
    gboolean ok = described && pst_style_save(described, options->save_style, error);
    if (ok)
        report_saved(report, options->save_style, pst_style_info(described));
    pst_style_free(described);
    pst_style_free(seen);
    pst_style_free(style);
    return ok;
}

int styles_save(const Options *options, const Report *report)
{
    GError *error = NULL;
    PstEngine *engine = pst_engine_new(NULL, &error);
    if (engine)
        save(options, report, engine, &error);
    pst_engine_free(engine);
    return error ? failed(report, error) : 0;
}

/* ---- Ranking --------------------------------------------------------------------------------- */

typedef struct {
    char *style;
    PstSuit suit;
} Ranked;

static void clear_ranked(gpointer ranked)
{
    g_free(((Ranked *) ranked)->style);
}

static int compare_ranked(gconstpointer a, gconstpointer b)
{
    double left = ((const Ranked *) a)->suit.score, right = ((const Ranked *) b)->suit.score;
    return (left < right) - (left > right);
}

/* The names of the built-in styles; free with g_strfreev(). */
static char **builtin_names(GError **error)
{
    PstCatalogue *catalogue = pst_catalogue_new(NULL);
    guint count = pst_catalogue_count(catalogue);
    char **names = g_new0(char *, count + 1);
    for (guint i = 0; i < count; i++)
        names[i] = g_strdup(pst_catalogue_at(catalogue, i)->name);
    pst_catalogue_free(catalogue);
    if (count == 0) {
        g_set_error_literal(error, PST_ERROR, PST_ERROR_USAGE,
                            "there are no built-in styles to rank: give some after the photo");
        g_clear_pointer(&names, g_strfreev);
    }
    return names;
}

static gboolean rank_one(const Options *options, const PstEngine *engine, const PstSubject *subject,
                         const char *text, GArray *ranked, GError **error)
{
    Ranked one = {NULL, {0}};
    Progress progress;
    progress_init(&progress, options->quiet);
    progress_start(&progress, text);
    PstStyle *style = pst_style_new_from_text(engine, text, &options->settings, progress_update,
                                              &progress, error);
    progress_end(&progress);
    gboolean ok = style && pst_subject_suits(subject, style, &one.suit, error);
    pst_style_free(style);
    if (ok) {
        one.style = g_strdup(text);
        g_array_append_val(ranked, one);
    }
    return ok;
}

static gboolean rank(const Options *options, const Report *report, const PstEngine *engine,
                     const PstSubject *subject, GError **error)
{
    char **texts = options->candidates ? g_strdupv(options->candidates) : builtin_names(error);
    GArray *ranked = g_array_new(FALSE, FALSE, sizeof(Ranked));
    gboolean ok = texts != NULL;
    g_array_set_clear_func(ranked, clear_ranked);
    for (char **text = texts; ok && *text; text++)
        ok = rank_one(options, engine, subject, *text, ranked, error);
    g_array_sort(ranked, compare_ranked);
    for (guint i = 0; ok && i < ranked->len; i++) {
        const Ranked *one = &g_array_index(ranked, Ranked, i);
        report_suit(report, options->suits, one->style, &one->suit);
    }
    g_array_unref(ranked);
    g_strfreev(texts);
    return ok;
}

int styles_rank(const Options *options, const Report *report)
{
    GError *error = NULL;
    PstEngine *engine = pst_engine_new(NULL, &error);
    GeglBuffer *photo = engine ? pst_file_load(options->suits, NULL, &error) : NULL;
    PstSubject *subject = photo ? pst_subject_new(photo, &error) : NULL;
    if (subject)
        rank(options, report, engine, subject, &error);
    pst_subject_free(subject);
    g_clear_object(&photo);
    pst_engine_free(engine);
    return error ? failed(report, error) : 0;
}
