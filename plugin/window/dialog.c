/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See dialog.h.
 */
#include "window/dialog.h"

#include "recent.h"
#include "window/controls.h"
#include "window/live.h"
#include "window/mix.h"
#include "window/preset-bar.h"
#include "window/scroller.h"

#include <glib/gi18n.h>
#include <math.h>

#define SPACING      6
#define BORDER       12
#define PANEL_WIDTH  470  /* the controls; the rest is the preview's */
#define WINDOW_WIDTH 1230 /* to begin with; a laptop's screen has room for it */
#define WINDOW_HIGH  740
#define STATUS_WIDTH 480 /* an error wraps here instead of widening the window */
#define STATUS_HIGH  34  /* two lines, or the bar */
#define BAR_WIDTH    240
#define REST         250 /* of the screen's height: title, status, buttons, a desktop's own bar */

typedef struct {
    const PstDialogHost *host;
    PstRequest *request;
    PstSettings settings; /* of which some have no widget */
    GtkListStore *lists[PST_SOURCES];
    PstCatalogue *catalogue;
    PstLive *live;
    PstMix *mix;
    PstControls *controls;
    PstPresetBar *presets;
    GtkWidget *box, *panel, *bar, *status;
    char *preset_folder;
    gboolean running, cancelled, done, closing;
    gboolean told; /* what is said, as how the work ended, stays until something is changed */
    gint64 cancelled_at;
} Dialog;

static void say(Dialog *self, const char *text)
{
    gtk_label_set_text(GTK_LABEL(self->status), text);
}

/* To be read until something is changed. */
static void tell(Dialog *self, const char *text)
{
    say(self, text);
    self->told = TRUE;
}

/* What is shown. */
static void read_request(Dialog *self, PstRequest *request, PstStyleLayers *layers)
{
    pst_request_copy(request, self->request);
    request->settings = self->settings;
    pst_mix_get(self->mix, request, layers);
    pst_controls_get(self->controls, request);
}

/* The same, as it is to be painted. */
static void read_painted(Dialog *self, PstRequest *request, PstStyleLayers *layers)
{
    read_request(self, request, layers);
    if (request->settings.threads == 0)
        request->settings.threads = self->host->threads;
}

static void show_settings(Dialog *self, const PstRequest *request)
{
    self->settings = request->settings;
    pst_controls_set(self->controls, request);
}

/* ---- What the preview tells ------------------------------------------------------------------ */

static void on_read(PstRequest *request, PstStyleLayers *layers, gpointer user)
{
    read_painted(user, request, layers);
}

static void on_failed(const GError *error, gpointer user)
{
    if (!((Dialog *) user)->told)
        say(user, error->message);
}

/* Takes `text`, which is about one of the layers; says how many there are. */
static void say_of_first(Dialog *self, char *text)
{
    char *all = NULL;

    if (self->host->contents > 1)
        /* Translators: the first part is about the picture that the preview shows */
        all = g_strdup_printf(_("%s; this is the first of %d layers"), text, self->host->contents);
    say(self, all ? all : text);
    g_free(all);
    g_free(text);
}

/* What the work will take, as far as it is known. */
static void on_planned(const PstPainterPlan *plan, gpointer user)
{
    double megabytes = ceil(plan->bytes / 1e6), seconds = MAX(1, ceil(plan->seconds));
    char *size, *text;

    if (((Dialog *) user)->told)
        return;
    size = g_strdup_printf(_("%d × %d pixels"), plan->width, plan->height);
    if (seconds < 120)
        /* Translators: a size in pixels, a time in seconds, and memory in megabytes */
        text = g_strdup_printf(_("%s, about %.0f s, %.0f MB of memory"), size, seconds, megabytes);
    else
        /* Translators: a size in pixels, a time in minutes, and memory in megabytes */
        text = g_strdup_printf(_("%s, about %.0f min, %.0f MB of memory"), size, ceil(seconds / 60),
                               megabytes);
    say_of_first(user, text);
    g_free(size);
}

static void on_thumbnail(const char *style, GdkPixbuf *thumbnail, gpointer user)
{
    pst_chooser_set_thumbnail(pst_mix_chooser(((Dialog *) user)->mix), style, thumbnail);
}

static void on_suits(const char *style, int layer, int score, gpointer user)
{
    pst_chooser_set_suits(pst_mix_chooser(((Dialog *) user)->mix), style, layer, score);
}

/* ---- Changes by the user --------------------------------------------------------------------- */

static void on_changed(gpointer user)
{
    Dialog *self = user;

    if (self->closing)
        return; /* widgets that go can do so, too */
    self->told = FALSE;
    pst_preset_bar_forget(self->presets);
    pst_live_ask_soon(self->live);
}

static void on_activated(gpointer user)
{
    gtk_dialog_response(GTK_DIALOG(((Dialog *) user)->host->window), GTK_RESPONSE_OK);
}

static void on_needs_thumbnail(const char *name, gpointer user)
{
    pst_live_ask_thumbnail(((Dialog *) user)->live, name, PST_THUMBNAIL_PIXELS);
}

static void on_preset_read(PstRequest *request, gpointer user)
{
    PstStyleLayers layers;

    read_request(user, request, &layers);
    if (!pst_request_forget_kept(request))
        tell(user, _("The preset is without a style: the result that is edited does not tell where "
                     "the file was that it was made from."));
}

static void on_preset_show(const PstRequest *request, gpointer user)
{
    Dialog *self = user;
    PstStyleLayers layers;
    PstRequest now;

    self->told = FALSE;
    pst_request_init(&now);
    pst_mix_get(self->mix, &now, &layers);
    show_settings(self, request);
    if (*request->style && !pst_mix_set(self->mix, request)) {
        char *title = pst_style_title(request->style);
        char *text = g_strdup_printf(
            _("The preset's style, “%s”, is not among the open layers; the style stays as it is."),
            title);

        pst_mix_set(self->mix, &now);
        tell(self, text);
        g_free(text);
        g_free(title);
    }
    pst_request_clear(&now);
    pst_live_ask_soon(self->live);
}

static void on_preset_failed(const GError *error, gpointer user)
{
    tell(user, error->message);
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

/* Files and built-ins that were used come back under "Recent". */
static void note_styles(Dialog *self, const char *style)
{
    PstStyleTerm *terms = pst_style_kept_name(style) ? NULL : pst_style_terms_new(style, NULL);

    for (PstStyleTerm *term = terms; term && term->name; term++)
        if (!pst_style_layer_name(term->name))
            pst_recent_add(self->host->folder, term->name);
    pst_style_terms_free(terms);
}

static void run_work(Dialog *self)
{
    const PstDialogHost *host = self->host;
    GError *error = NULL;
    PstMonitor monitor;
    PstStyleLayers layers;
    PstRequest request;

    /* a number that was typed counts once the keyboard leaves it */
    gtk_window_set_focus(GTK_WINDOW(host->window), NULL);
    pst_request_init(&request);
    read_painted(self, &request, &layers);
    pst_live_stop(self->live);
    set_running(self, TRUE);
    pst_monitor_start(&monitor, on_progress, self);
    self->done =
        host->work(&request, &layers, pst_live_engine(self->live), &monitor, host->user, &error);
    set_running(self, FALSE);
    if (self->done) {
        pst_request_copy(self->request, &request);
        self->request->settings.threads = self->settings.threads;
        for (int k = 0; k <= request.region_count; k++)
            note_styles(self, pst_request_style(&request, k));
        gtk_main_quit();
    } else {
        gboolean cancelled = g_error_matches(error, PST_ERROR, PST_ERROR_CANCELLED);

        if (cancelled)
            g_debug("cancelled after %" G_GINT64_FORMAT " ms",
                    (g_get_monotonic_time() - self->cancelled_at) / 1000);
        tell(self, cancelled ? _("Cancelled") : error->message);
        g_error_free(error);
        pst_live_go_on(self->live);
    }
    pst_request_clear(&request);
}

static void reset(Dialog *self)
{
    PstRequest defaults;

    pst_request_init(&defaults);
    pst_request_set_for_dialog(&defaults);
    show_settings(self, &defaults);
    pst_request_clear(&defaults);
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
        if (!self->running) {
            gtk_main_quit();
        } else if (!self->cancelled) {
            say(self, _("Stopping…"));
            self->cancelled = TRUE;
            self->cancelled_at = g_get_monotonic_time();
        }
    }
}

static gboolean on_delete(GtkWidget *window, GdkEvent *event, Dialog *self)
{
    (void) event;
    on_response(window, GTK_RESPONSE_CANCEL, self);
    return TRUE; /* closing is ours to do, when the work has stopped */
}

static gboolean on_focus(GtkWidget *window, GdkEvent *event, Dialog *self)
{
    (void) window, (void) event;
    pst_live_look_again(self->live);
    return FALSE;
}

/* ---- The window ------------------------------------------------------------------------------ */

static void load_lists(Dialog *self)
{
    char **recent = pst_recent_load(self->host->folder);
    GHashTableIter kept;
    gpointer style;

    self->catalogue = pst_catalogue_new(NULL);
    self->lists[PST_SOURCE_BUILTIN] = pst_style_list_new();
    pst_style_list_add_catalogue(self->lists[PST_SOURCE_BUILTIN], self->catalogue);
    self->lists[PST_SOURCE_LAYERS] = g_object_ref(self->host->layers);
    self->lists[PST_SOURCE_RECENT] = pst_style_list_new();
    g_hash_table_iter_init(&kept, self->host->kept);
    while (g_hash_table_iter_next(&kept, &style, NULL))
        pst_style_list_add_kept(self->lists[PST_SOURCE_RECENT], style);
    for (char **name = recent; *name; name++)
        pst_style_list_add_name(self->lists[PST_SOURCE_RECENT], self->catalogue, *name, FALSE);
    g_strfreev(recent);
}

static GtkWidget *settings_new(Dialog *self)
{
    static const PstPresetBarEvents events = {on_preset_read, on_preset_show, on_preset_failed};
    GtkWidget *table;

    self->controls = pst_controls_new((const char *const *) self->host->masks, self->host->edits,
                                      on_changed, self);
    self->presets = pst_preset_bar_new(self->preset_folder, &events, self);
    table = pst_controls_table(self->controls);
    pst_attach_row(table, PST_CONTROLS_ROWS, _("Pr_eset:"), pst_preset_bar_widget(self->presets),
                   pst_preset_bar_focus(self->presets));
    return table;
}

static GtkWidget *panel_new(Dialog *self)
{
    static const PstChooserEvents events = {on_changed, on_activated, on_needs_thumbnail};
    GtkWidget *panel = gtk_vbox_new(FALSE, BORDER);

    self->mix = pst_mix_new(self->lists, self->catalogue, (const char *const *) self->host->masks,
                            &events, self);
    gtk_box_pack_start(GTK_BOX(panel), pst_mix_widget(self->mix), TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(panel), settings_new(self), FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(panel), pst_controls_more(self->controls), FALSE, FALSE, 0);
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
    self->panel = panel_new(self);
    gtk_container_set_border_width(GTK_CONTAINER(box), BORDER);
    gtk_box_pack_start(GTK_BOX(sides), pst_live_widget(self->live), TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(sides), pst_scroller_new(self->panel, REST), FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(box), sides, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(box), status_new(self), FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(area), box, TRUE, TRUE, 0);
    gtk_widget_show_all(box);
}

static void show_request(Dialog *self)
{
    show_settings(self, self->request);
    pst_mix_set(self->mix, self->request);
    for (guint i = 0; i < pst_catalogue_count(self->catalogue); i++) {
        char *name = g_strconcat("builtin:", pst_catalogue_at(self->catalogue, i)->name, NULL);

        pst_live_ask_suits(self->live, name);
        g_free(name);
    }
    pst_live_ask_soon(self->live);
}

gboolean pst_dialog_run(const PstDialogHost *host, PstRequest *request)
{
    static const PstLiveEvents events = {on_read, on_planned, on_failed, on_thumbnail, on_suits};
    Dialog self = {.host = host, .request = request};
    GtkDialog *window = GTK_DIALOG(host->window);

    self.preset_folder = g_build_filename(host->folder, "presets", NULL);
    self.live = pst_live_new(host, &events, &self);
    load_lists(&self);
    fill_window(&self);
    show_request(&self);
    g_signal_connect(window, "response", G_CALLBACK(on_response), &self);
    g_signal_connect(window, "delete-event", G_CALLBACK(on_delete), &self);
    g_signal_connect(window, "focus-in-event", G_CALLBACK(on_focus), &self);
    gtk_dialog_set_default_response(window, GTK_RESPONSE_OK);
    gtk_widget_grab_focus(gtk_dialog_get_widget_for_response(window, GTK_RESPONSE_OK));
    gtk_window_set_default_size(GTK_WINDOW(window), WINDOW_WIDTH, WINDOW_HIGH);
    gtk_window_present(GTK_WINDOW(window));
    gtk_main();
    g_signal_handlers_disconnect_by_data(window, &self);

    gtk_widget_hide(host->window);
    pst_live_stop(self.live);
    self.closing = TRUE;
    gtk_widget_destroy(self.box);
    pst_live_free(self.live);
    pst_catalogue_free(self.catalogue);
    for (int i = 0; i < PST_SOURCES; i++)
        g_object_unref(self.lists[i]);
    g_free(self.preset_folder);
    return self.done;
}
