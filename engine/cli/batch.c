/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/batch.h"

#include "cli/cancel.h"
#include "cli/names.h"
#include "cli/places.h"
#include "cli/progress.h"

#include <gegl.h>
#include <string.h>

enum { SOME_FAILED = 5 };

typedef struct {
    const Options *options;
    const Report *report;
    Progress progress;
    PstEngine *engine;
    PstStyle *style; /* NULL when only planning */
    Places places;
    char **outputs; /* NULL where there is none to plan for */
} Batch;

static gboolean go_on(GError **error)
{
    if (!cancel_asked())
        return TRUE;
    g_set_error_literal(error, PST_ERROR, PST_ERROR_CANCELLED, "cancelled");
    return FALSE;
}

/* What goes wrong in the middle of a picture does not name it. */
static void prefix_name(GError **error, const char *path)
{
    if (g_error_matches(*error, PST_ERROR, PST_ERROR_MEMORY) ||
        g_error_matches(*error, PST_ERROR, PST_ERROR_CANCELLED)) {
        char *name = pst_display_name(path);
        g_prefix_error(error, "%s: ", name);
        g_free(name);
    }
}

static gboolean is_done(const Batch *batch, guint index)
{
    return batch->outputs && names_is_done(batch->options, batch->outputs[index]);
}

static gboolean all_done(const Batch *batch)
{
    guint count = 0;
    while (batch->options->photos[count] && is_done(batch, count))
        count++;
    return batch->options->photos[count] == NULL;
}

/* A plan needs no output, and no folder is made for it. */
static gboolean name_outputs(Batch *batch, GError **error)
{
    const Options *options = batch->options;
    if (!options->plan)
        batch->outputs = names_of_outputs(options, error);
    else if (options->output)
        batch->outputs = names_of_outputs_unchecked(options);
    return options->plan || batch->outputs;
}

static gboolean start(Batch *batch, GError **error)
{
    const Options *options = batch->options;
    if (!name_outputs(batch, error))
        return FALSE;
    if (all_done(batch))
        return TRUE;
    batch->engine = pst_engine_new(NULL, error);
    if (batch->engine == NULL ||
        !places_load(&batch->places, options, options->plan ? NULL : batch->engine,
                     &batch->progress, error))
        return FALSE;
    if (options->plan)
        return TRUE;

    const char *title = options->style;
    if (g_str_has_prefix(title, "file:"))
        title += strlen("file:");
    progress_start(&batch->progress, title);
    batch->style = pst_style_new_from_text(batch->engine, options->style, &options->settings,
                                           progress_update, &batch->progress, error);
    progress_end(&batch->progress);
    if (batch->style == NULL)
        prefix_name(error, title);
    return batch->style != NULL;
}

static void end(Batch *batch)
{
    places_clear(&batch->places);
    pst_style_free(batch->style);
    pst_engine_free(batch->engine);
    g_strfreev(batch->outputs);
}

/* The result needs no more depth than its file will have.  `output` may be NULL. */
static PstSettings settings_for(const Batch *batch, const PstFileInfo *info, const char *output)
{
    PstSettings settings = batch->options->settings;
    if (!info->is_float && info->bits <= 16 && !(output && pst_file_is_float(output)))
        settings.result_bits = info->bits;
    return settings;
}

static gboolean plan(Batch *batch, const char *photo, GeglBuffer *picture, const PstFileInfo *info,
                     const char *output, GError **error)
{
    PstPlanSummary needs;
    PstSettings settings = settings_for(batch, info, output);
    if (!pst_stylize_plan_places(batch->engine, gegl_buffer_get_width(picture),
                                 gegl_buffer_get_height(picture), &batch->places.places, &settings,
                                 &needs, error)) {
        prefix_name(error, photo);
        return FALSE;
    }
    /* before the network has its memory, the photo's library has had its own */
    needs.peak = MAX(needs.peak, needs.peak - needs.bytes + info->decoder);
    report_plan(batch->report, photo, picture, &needs);
    return TRUE;
}

static gboolean paint(Batch *batch, const char *photo, GeglBuffer *picture, const PstFileInfo *info,
                      const char *output, GError **error)
{
    gint64 started = g_get_monotonic_time();
    PstSettings settings = settings_for(batch, info, output);
    progress_start(&batch->progress, photo);
    GeglBuffer *result =
        pst_stylize_places(batch->engine, picture, batch->style, &batch->places.places, &settings,
                           progress_update, &batch->progress, error);
    progress_end(&batch->progress);
    if (result == NULL) {
        prefix_name(error, photo);
        return FALSE;
    }
    gboolean ok = go_on(error) && pst_file_save(output, result, info, error);
    g_object_unref(result);
    if (ok)
        report_done(batch->report, photo, output, picture,
                    (double) (g_get_monotonic_time() - started) / G_USEC_PER_SEC);
    return ok;
}

static gboolean do_photo(Batch *batch, guint index, GError **error)
{
    const char *photo = batch->options->photos[index];
    const char *output = batch->outputs ? batch->outputs[index] : NULL;
    PstFileInfo info;
    if (is_done(batch, index)) {
        report_skipped(batch->report, photo, output);
        return TRUE;
    }
    GeglBuffer *picture = go_on(error) ? pst_file_load(photo, &info, error) : NULL;
    if (picture == NULL)
        return FALSE;
    gboolean ok = places_check(&batch->places, photo, picture, error);
    ok = ok && (batch->options->plan ? plan : paint)(batch, photo, picture, &info, output, error);
    g_object_unref(picture);
    return ok;
}

/* Goes on after a photo that fails, but not after Ctrl+C. */
static int do_photos(Batch *batch)
{
    char **photos = batch->options->photos;
    int status = 0;
    for (guint i = 0; photos[i] != NULL; i++) {
        GError *error = NULL;
        if (do_photo(batch, i, &error))
            continue;
        report_failed(batch->report, photos[i], error);
        gboolean cancelled = g_error_matches(error, PST_ERROR, PST_ERROR_CANCELLED);
        status = report_status(error);
        g_error_free(error);
        if (cancelled)
            return status;
    }
    return status != 0 && photos[1] != NULL ? SOME_FAILED : status;
}

int batch_run(const Options *options, const Report *report)
{
    Batch batch = {.options = options, .report = report};
    GError *error = NULL;
    int status;
    progress_init(&batch.progress, options->quiet);
    if (start(&batch, &error)) {
        status = do_photos(&batch);
    } else {
        status = report_status(error);
        report_failed(report, NULL, error);
        g_error_free(error);
    }
    end(&batch);
    return status;
}
