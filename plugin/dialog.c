/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See dialog.h.
 */
#include "dialog.h"

#include "chooser.h"
#include "controls.h"
#include "copy.h"
#include "painter.h"
#include "preset-bar.h"
#include "preview.h"
#include "recent.h"

#include <glib/gi18n.h>
#include <math.h>

#define SPACING      6
#define BORDER       12
#define PANEL_WIDTH  404  /* the controls; the rest is the preview's */
#define WINDOW_WIDTH 1060 /* to begin with; a laptop's screen has room for it */
#define WINDOW_HIGH  660
#define STATUS_WIDTH 480 /* an error wraps here instead of widening the window */
#define STATUS_HIGH  34  /* two lines, or the bar */
#define BAR_WIDTH    240
#define ASK_AFTER    60 /* ms without a change: a slider on its way is not painted at every step */

typedef struct {
    const PstDialogHost *host;
    PstRequest *request;
    GtkListStore *lists[PST_SOURCES];
    PstCatalogue *catalogue;
    PstPreview *preview;
    PstChooser *chooser;
    PstControls *controls;
    PstPresetBar *presets;
    PstPainter *painter;
    GtkWidget *box, *panel, *bar, *status;
    char *preset_folder;
    PstCopy *content_copy, *style_copy;
    PstDialogPixels content_pixels, style_pixels;
    char *style_key; /* of what is being copied */
    guint ask_later;
    gboolean has_content, running, cancelled, done, closing;
} Dialog;

static void say(Dialog *self, const char *text)
{
    gtk_label_set_text(GTK_LABEL(self->status), text);
}

/* Returns the chosen layer's id, or -1. */
static int read_request(Dialog *self, PstRequest *request)
{
    int layer;
    const char *style = pst_chooser_get_style(self->chooser, &layer);

    if (style)
        pst_request_set_style(request, style);
    pst_controls_get(self->controls, &request->settings);
    return layer;
}

/* ---- Preview --------------------------------------------------------------------------------- */

static void ask(Dialog *self);

static void preview_failed(Dialog *self, const GError *error)
{
    pst_preview_set_busy(self->preview, FALSE);
    say(self, error->message);
}

static void on_content_copied(GeglBuffer *copy, gpointer user)
{
    Dialog *self = user;

    self->content_copy = NULL;
    self->host->release_pixels(&self->content_pixels, self->host->user);
    self->has_content = TRUE;
    pst_painter_set_content(self->painter, copy);
}

static void on_style_copied(GeglBuffer *copy, gpointer user)
{
    Dialog *self = user;

    self->style_copy = NULL;
    self->host->release_pixels(&self->style_pixels, self->host->user);
    pst_painter_add_style(self->painter, self->style_key, copy);
    ask(self);
}

static void stop_style_copy(Dialog *self)
{
    if (self->style_copy) {
        pst_copy_cancel(self->style_copy);
        self->host->release_pixels(&self->style_pixels, self->host->user);
        self->style_copy = NULL;
    }
}

static void stop_copies(Dialog *self)
{
    stop_style_copy(self);
    if (self->content_copy) {
        pst_copy_cancel(self->content_copy);
        self->host->release_pixels(&self->content_pixels, self->host->user);
        self->content_copy = NULL;
    }
}

/* The layer is read once, while the window is open already. */
static gboolean read_content(Dialog *self, GError **error)
{
    const PstDialogHost *host = self->host;

    if (self->has_content || self->content_copy)
        return TRUE;
    if (!host->lend_pixels(host->content, &self->content_pixels, host->user, error))
        return FALSE;
    self->content_copy = pst_copy_start(self->content_pixels.buffer, on_content_copied, self);
    return TRUE;
}

/* The same for a layer that is the style; `key` is the painter's name for it. */
static gboolean read_style(Dialog *self, int layer, const char *key, GError **error)
{
    const PstDialogHost *host = self->host;

    if (self->style_copy && g_strcmp0(self->style_key, key) == 0)
        return TRUE;
    stop_style_copy(self);
    g_free(self->style_key);
    self->style_key = g_strdup(key);
    if (!host->lend_pixels(layer, &self->style_pixels, host->user, error))
        return FALSE;
    self->style_copy = pst_copy_start(self->style_pixels.buffer, on_style_copied, self);
    return TRUE;
}

/* Asks for the preview of what is shown; where pixels are still on their way, once they are there. */
static void ask(Dialog *self)
{
    GError *error = NULL;
    PstRequest request;
    int layer;
    char *key = NULL;

    pst_request_init(&request);
    pst_request_copy(&request, self->request);
    layer = read_request(self, &request);
    if (layer != -1)
        key = g_strdup_printf("layer %d", layer);
    if (!read_content(self, &error) || (key && !pst_painter_has_style(self->painter, key) &&
                                        !read_style(self, layer, key, &error))) {
        preview_failed(self, error);
        g_error_free(error);
    } else if (!key || pst_painter_has_style(self->painter, key)) {
        pst_painter_ask(self->painter, &request, key);
    }
    g_free(key);
    pst_request_clear(&request);
}

static gboolean on_ask_later(gpointer user)
{
    Dialog *self = user;

    self->ask_later = 0;
    ask(self);
    return G_SOURCE_REMOVE;
}

static void ask_soon(Dialog *self)
{
    if (self->ask_later)
        g_source_remove(self->ask_later);
    self->ask_later = g_timeout_add(ASK_AFTER, on_ask_later, self);
    pst_painter_forget(self->painter);
    pst_preview_set_busy(self->preview, TRUE);
}

static void on_photo(GdkPixbuf *photo, gpointer user)
{
    pst_preview_set_photo(((Dialog *) user)->preview, photo);
}

static void on_painted(GdkPixbuf *picture, gboolean last, gpointer user)
{
    Dialog *self = user;

    pst_preview_set_picture(self->preview, picture);
    if (last)
        pst_preview_set_busy(self->preview, FALSE);
}

static void on_failed(const GError *error, gpointer user)
{
    preview_failed(user, error);
}

/* What the work will take, as far as it is known. */
static void on_planned(const PstPainterPlan *plan, gpointer user)
{
    double megabytes = ceil(plan->bytes / 1e6);
    char *size = g_strdup_printf(_("%d × %d pixels"), plan->width, plan->height);
    /* Translators: a size in pixels, a time in seconds, and memory in megabytes */
    char *text = g_strdup_printf(_("%s, about %.0f s, %.0f MB of memory"), size,
                                 MAX(1, ceil(plan->seconds)), megabytes);

    say(user, text);
    g_free(text);
    g_free(size);
}

static void on_thumbnail(const char *style, GdkPixbuf *thumbnail, gpointer user)
{
    pst_chooser_set_thumbnail(((Dialog *) user)->chooser, style, thumbnail);
}

/* ---- Changes by the user --------------------------------------------------------------------- */

static void on_changed(gpointer user)
{
    Dialog *self = user;

    if (self->closing)
        return; /* widgets that go can do so, too */
    pst_preset_bar_forget(self->presets);
    ask_soon(self);
}

static void on_activated(gpointer user)
{
    gtk_dialog_response(GTK_DIALOG(((Dialog *) user)->host->window), GTK_RESPONSE_OK);
}

static void on_needs_thumbnail(const char *name, gpointer user)
{
    pst_painter_ask_thumbnail(((Dialog *) user)->painter, name, PST_THUMBNAIL_PIXELS);
}

static void on_preset_read(PstRequest *request, gpointer user)
{
    read_request(user, request);
}

static void on_preset_show(const PstRequest *request, gpointer user)
{
    Dialog *self = user;
    int layer;
    const char *now = pst_chooser_get_style(self->chooser, &layer);
    char *kept = g_strdup(now ? now : "");

    pst_controls_set(self->controls, &request->settings);
    if (*request->style && !pst_chooser_set_style(self->chooser, request->style)) {
        char *title = pst_style_title(request->style);
        char *text = g_strdup_printf(
            _("The preset's style, “%s”, is not among the open layers; the style stays as it is."),
            title);

        pst_chooser_set_style(self->chooser, kept);
        say(self, text);
        g_free(text);
        g_free(title);
    }
    g_free(kept);
    ask_soon(self);
}

static void on_preset_failed(const GError *error, gpointer user)
{
    say(user, error->message);
}

/* ---- Running --------------------------------------------------------------------------------- */

static void set_running(Dialog *self, gboolean running)
{
    GtkDialog *window = GTK_DIALOG(self->host->window);

    self->running = running;
    self->cancelled = FALSE;
    gtk_widget_set_sensitive(self->panel, !running);
    gtk_dialog_set_response_sensitive(window, GTK_RESPONSE_OK, !running);
    gtk_dialog_set_response_sensitive(window, PST_RESPONSE_RESET, !running);
    gtk_progress_bar_set_fraction(GTK_PROGRESS_BAR(self->bar), 0);
    gtk_widget_set_visible(self->bar, running);
}

/* The work runs on this thread, so this is where the window gets its events and Cancel is heard. */
static gboolean on_progress(double done, const char *text, gpointer user)
{
    Dialog *self = user;

    gtk_progress_bar_set_fraction(GTK_PROGRESS_BAR(self->bar), done);
    if (!self->cancelled)
        say(self, text);
    while (gtk_events_pending())
        gtk_main_iteration();
    return !self->cancelled;
}

/* Nothing but the work is to run: not the preview, and nothing that reads GIMP's pixels in between. */
static void stop_preview(Dialog *self)
{
    if (self->ask_later)
        g_source_remove(self->ask_later);
    self->ask_later = 0;
    stop_copies(self);
    pst_painter_stop(self->painter);
    pst_preview_set_busy(self->preview, FALSE);
}

static void run_work(Dialog *self)
{
    const PstDialogHost *host = self->host;
    GError *error = NULL;
    PstMonitor monitor;
    PstRequest request;
    int layer;

    pst_request_init(&request);
    pst_request_copy(&request, self->request);
    layer = read_request(self, &request);
    stop_preview(self);
    set_running(self, TRUE);
    pst_monitor_start(&monitor, on_progress, self);
    self->done = host->work(&request, layer, pst_painter_engine(self->painter), &monitor,
                            host->user, &error);
    set_running(self, FALSE);
    if (self->done) {
        pst_request_copy(self->request, &request);
        if (layer == -1 && !pst_style_is_kept(request.style))
            pst_recent_add(host->folder, request.style);
        gtk_main_quit();
    } else {
        gboolean cancelled = g_error_matches(error, PST_ERROR, PST_ERROR_CANCELLED);

        say(self, cancelled ? _("Cancelled") : error->message);
        g_error_free(error);
        if (!self->has_content)
            ask_soon(self);
    }
    pst_request_clear(&request);
}

static void reset(Dialog *self)
{
    PstSettings defaults;

    pst_settings_init(&defaults);
    pst_controls_set(self->controls, &defaults);
    on_changed(self);
}

static void on_response(GtkWidget *window, int response, Dialog *self)
{
    (void) window;
    switch (response) {
    case GTK_RESPONSE_OK:
        if (!self->running)
            run_work(self);
        break;
    case PST_RESPONSE_RESET:
        reset(self);
        break;
    case GTK_RESPONSE_HELP:
        break;
    default:
        /* The first Cancel stops the work, the next one closes the window. */
        if (self->running && !self->cancelled)
            say(self, _("Stopping…"));
        if (self->running)
            self->cancelled = TRUE;
        else
            gtk_main_quit();
    }
}

static gboolean on_delete(GtkWidget *window, GdkEvent *event, Dialog *self)
{
    (void) event;
    on_response(window, GTK_RESPONSE_CANCEL, self);
    return TRUE; /* closing is ours to do, when the work has stopped */
}

/* ---- The window ------------------------------------------------------------------------------ */

static void load_lists(Dialog *self)
{
    char **recent = pst_recent_load(self->host->folder);

    self->catalogue = pst_catalogue_new(NULL);
    self->lists[PST_SOURCE_BUILTIN] = pst_style_list_new();
    pst_style_list_add_catalogue(self->lists[PST_SOURCE_BUILTIN], self->catalogue);
    self->lists[PST_SOURCE_LAYERS] = g_object_ref(self->host->layers);
    self->lists[PST_SOURCE_RECENT] = pst_style_list_new();
    for (char **name = recent; *name; name++)
        pst_style_list_add_name(self->lists[PST_SOURCE_RECENT], self->catalogue, *name, FALSE);
    g_strfreev(recent);
}

static GtkWidget *settings_new(Dialog *self)
{
    static const PstPresetBarEvents events = {on_preset_read, on_preset_show, on_preset_failed};
    GtkWidget *table;

    self->controls = pst_controls_new(on_changed, self);
    self->presets = pst_preset_bar_new(self->preset_folder, &events, self);
    table = pst_controls_widget(self->controls);
    pst_attach_row(table, PST_CONTROLS_ROWS, _("Pr_eset:"), pst_preset_bar_widget(self->presets),
                   pst_preset_bar_focus(self->presets));
    return table;
}

static GtkWidget *panel_new(Dialog *self)
{
    static const PstChooserEvents events = {on_changed, on_activated, on_needs_thumbnail};
    GtkWidget *panel = gtk_vbox_new(FALSE, BORDER);

    self->chooser = pst_chooser_new(self->lists, self->catalogue, &events, self);
    gtk_box_pack_start(GTK_BOX(panel), pst_chooser_widget(self->chooser), TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(panel), settings_new(self), FALSE, FALSE, 0);
    gtk_widget_set_size_request(panel, PANEL_WIDTH, -1);
    return panel;
}

/* One row of a height that stays: words, and while there is work, how far it is. */
static GtkWidget *status_new(Dialog *self)
{
    GtkWidget *row = gtk_hbox_new(FALSE, BORDER);

    self->status = gtk_label_new(NULL);
    gtk_misc_set_alignment(GTK_MISC(self->status), 0, 0.5);
    gtk_label_set_line_wrap(GTK_LABEL(self->status), TRUE);
    gtk_widget_set_size_request(self->status, STATUS_WIDTH, -1);
    self->bar = gtk_progress_bar_new();
    gtk_widget_set_size_request(self->bar, BAR_WIDTH, -1);
    gtk_widget_set_no_show_all(self->bar, TRUE);
#if GTK_CHECK_VERSION(3, 0, 0)
    gtk_widget_set_valign(self->bar, GTK_ALIGN_CENTER); /* a thin line beside the words */
#endif
    gtk_box_pack_start(GTK_BOX(row), self->status, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(row), self->bar, FALSE, FALSE, 0);
    gtk_widget_set_size_request(row, -1, STATUS_HIGH);
    return row;
}

static void fill_window(Dialog *self)
{
    GtkWidget *area = gtk_dialog_get_content_area(GTK_DIALOG(self->host->window));
    GtkWidget *box = gtk_vbox_new(FALSE, SPACING), *sides = gtk_hbox_new(FALSE, BORDER);

    self->box = box;
    self->preview = pst_preview_new();
    self->panel = panel_new(self);
    gtk_container_set_border_width(GTK_CONTAINER(box), BORDER);
    gtk_box_pack_start(GTK_BOX(sides), pst_preview_widget(self->preview), TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(sides), self->panel, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(box), sides, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(box), status_new(self), FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(area), box, TRUE, TRUE, 0);
    gtk_widget_show_all(box);
}

static void show_request(Dialog *self)
{
    pst_preview_set_photo(self->preview, self->host->photo);
    pst_controls_set(self->controls, &self->request->settings);
    pst_chooser_set_style(self->chooser, self->request->style);
    ask_soon(self);
}

gboolean pst_dialog_run(const PstDialogHost *host, PstRequest *request)
{
    static const PstPainterEvents events = {on_photo, on_painted, on_failed, on_planned,
                                            on_thumbnail};
    Dialog self = {.host = host, .request = request};
    GtkDialog *window = GTK_DIALOG(host->window);

    self.preset_folder = g_build_filename(host->folder, "presets", NULL);
    self.painter = pst_painter_new(&events, host->kept, &self);
    load_lists(&self);
    fill_window(&self);
    show_request(&self);
    g_signal_connect(window, "response", G_CALLBACK(on_response), &self);
    g_signal_connect(window, "delete-event", G_CALLBACK(on_delete), &self);
    gtk_dialog_set_default_response(window, GTK_RESPONSE_OK);
    gtk_widget_grab_focus(gtk_dialog_get_widget_for_response(window, GTK_RESPONSE_OK));
    gtk_window_set_default_size(GTK_WINDOW(window), WINDOW_WIDTH, WINDOW_HIGH);
    gtk_window_present(GTK_WINDOW(window));
    gtk_main();
    g_signal_handlers_disconnect_by_data(window, &self);

    gtk_widget_hide(host->window);
    stop_preview(&self);
    self.closing = TRUE;
    gtk_widget_destroy(self.box);
    pst_painter_free(self.painter);
    pst_catalogue_free(self.catalogue);
    for (int i = 0; i < PST_SOURCES; i++)
        g_object_unref(self.lists[i]);
    g_free(self.style_key);
    g_free(self.preset_folder);
    return self.done;
}
