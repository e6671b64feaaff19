/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/report.h"

#include <gegl.h>
#include <glib/gi18n.h>
#include <jansson.h>
#include <stdio.h>

enum { EXIT_CANCELLED = 130 };

int report_status(const GError *error)
{
    if (error->domain == G_OPTION_ERROR || error->domain == G_CONVERT_ERROR)
        return PST_ERROR_USAGE;
    if (error->domain != PST_ERROR)
        return PST_ERROR_FILE;
    return error->code == PST_ERROR_CANCELLED ? EXIT_CANCELLED : error->code;
}

/* A path as JSON text, which must be UTF-8; other bytes show as in g_filename_display_name(). */
static json_t *json_path(const char *path)
{
    char *name = g_filename_display_name(path);
    json_t *text = json_string(name);
    g_free(name);
    return text;
}

static json_t *json_size(GeglBuffer *picture)
{
    const GeglRectangle *extent = gegl_buffer_get_extent(picture);
    return json_pack("{s:i, s:i}", "width", extent->width, "height", extent->height);
}

static gboolean unsaid; /* there was a result that could not be put into a line */

/* Prints and releases `object`; NULL, or what has no text, is a number that is none, or no memory. */
static void print_line(json_t *object)
{
    char *line = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(9));
    json_decref(object);
    if (line != NULL) {
        puts(line);
    } else {
        unsaid = TRUE;
        g_printerr("pastiche: a result cannot be written as JSON\n");
    }
    fflush(stdout);
    free(line);
}

gboolean report_end(void)
{
    gboolean ok = !unsaid && !ferror(stdout);
    return fclose(stdout) == 0 && ok;
}

void report_failed(const Report *report, const char *photo, const GError *error)
{
    int status = report_status(error);
    char *message = pst_display_name(error->message); /* which may quote an argument */
    g_printerr("pastiche: %s\n", message);
    if (report->json) {
        json_t *object = json_pack("{s:s, s:i, s:s}", "status",
                                   status == EXIT_CANCELLED ? "cancelled" : "failed", "exit",
                                   status, "message", message);
        if (photo != NULL)
            json_object_set_new(object, "photo", json_path(photo));
        print_line(object);
    }
    g_free(message);
}

void report_done(const Report *report, const char *photo, const char *output, GeglBuffer *picture,
                 double seconds)
{
    if (!report->quiet) {
        char *from = pst_display_name(photo), *to = pst_display_name(output);
        g_printerr("%s: %s, %.1f s\n", from, to, seconds);
        g_free(from);
        g_free(to);
    }
    if (report->json) {
        json_t *object =
            json_pack("{s:s, s:o, s:o, s:f}", "status", "done", "photo", json_path(photo), "output",
                      json_path(output), "seconds", seconds);
        json_object_update_new(object, json_size(picture));
        print_line(object);
    }
}

void report_skipped(const Report *report, const char *photo, const char *output)
{
    if (report->json)
        print_line(json_pack("{s:s, s:o, s:o}", "status", "skipped", "photo", json_path(photo),
                             "output", json_path(output)));
}

void report_plan(const Report *report, const char *photo, GeglBuffer *picture,
                 const PstPlanSummary *plan)
{
    if (report->json) {
        json_t *object = json_pack("{s:s, s:o, s:I, s:I, s:f, s:i, s:f}", "status", "planned",
                                   "photo", json_path(photo), "bytes", (json_int_t) plan->bytes,
                                   "peak", (json_int_t) plan->peak, "gflop", plan->gflop, "stripes",
                                   plan->stripes, "seconds", plan->seconds);
        json_object_update_new(object, json_size(picture));
        print_line(object);
        return;
    }
    char *name = pst_display_name(photo);
    g_print(
        _("%s: %d by %d pixels, about %.*f s, %.0f MB in all, %.0f MB for the network (%.0f GFLOP, "
          "stripes: %d)\n"),
        name, gegl_buffer_get_width(picture), gegl_buffer_get_height(picture),
        plan->seconds < 10 ? 1 : 0, plan->seconds, (double) plan->peak / 1e6,
        (double) plan->bytes / 1e6, plan->gflop, plan->stripes);
    g_free(name);
}

/* ---- Styles ---------------------------------------------------------------------------------- */

static json_t *json_style(const char *status, const PstStyleInfo *info)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "status", status, "title", info->title,
                     "artist", info->artist, "year", info->year, "source", info->source, "licence",
                     info->licence);
}

void report_style(const Report *report, const PstStyleInfo *info)
{
    if (report->json) {
        json_t *object = json_style("style", info);
        json_object_set_new(object, "name", json_string(info->name));
        print_line(object);
        return;
    }
    g_print("%-24s %s%s%s%s%s\n", info->name, info->title, *info->artist ? "; " : "", info->artist,
            *info->year ? ", " : "", info->year);
}

void report_saved(const Report *report, const char *path, const PstStyleInfo *info)
{
    if (!report->quiet) {
        char *name = pst_display_name(path);
        g_printerr(_("%s: style written\n"), name);
        g_free(name);
    }
    if (report->json) {
        json_t *object = json_style("saved", info);
        json_object_set_new(object, "output", json_path(path));
        print_line(object);
    }
}

void report_suit(const Report *report, const char *photo, const char *style, const PstSuit *suit)
{
    if (!report->json) {
        g_autofree char *name = pst_display_name(style);
        g_print(_("%3.0f  %-24s strength %.0f, brush size %.0f.  %s\n"), suit->score, name,
                suit->strength, suit->brush_size, suit->advice);
        return;
    }
    json_t *features = json_array();
    for (int i = 0; i < suit->feature_count; i++)
        json_array_append_new(features, json_real(suit->features[i]));
    print_line(json_pack("{s:s, s:o, s:o, s:f, s:f, s:f, s:s, s:o}", "status", "suits", "photo",
                         json_path(photo), "style", json_path(style), "score", suit->score,
                         "strength", suit->strength, "brush-size", suit->brush_size, "advice",
                         suit->advice, "features", features));
}
