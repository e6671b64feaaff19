/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See dialog.h.
 */
#include "dialog.h"

#include <glib/gi18n.h>

#define SPACING      6
#define BORDER       12
#define STATUS_WIDTH 460 /* an error wraps here instead of widening the window */

typedef struct {
    GtkWidget *window, *controls, *style, *automatic, *brush, *keep_colours, *bar, *status;
    GtkAdjustment *strength, *brush_size;
    PstRequest *request;
    PstDialogWork work;
    gpointer user;
    gboolean running, cancelled, done;
} Dialog;

/* In the order of PstKeepColours. */
static const char *const keep_colours_labels[] = {
    N_("Off: the style's colours"),
    N_("Luminance: the photo's colours, the style's light"),
    N_("Match: the style's colours, moved to the photo's"),
};

/* ---- The list of styles ---------------------------------------------------------------------- */

GtkListStore *pst_style_list_new(void)
{
    return gtk_list_store_new(PST_STYLE_COLUMNS, GDK_TYPE_PIXBUF, G_TYPE_STRING, G_TYPE_STRING,
                              G_TYPE_INT);
}

static void list_append(GtkListStore *list, int id, const char *style, const char *label,
                        GdkPixbuf *thumbnail)
{
    gtk_list_store_insert_with_values(list, NULL, -1, PST_STYLE_THUMBNAIL, thumbnail,
                                      PST_STYLE_LABEL, label, PST_STYLE_NAME, style, PST_STYLE_ID,
                                      id, -1);
}

void pst_style_list_add_layer(GtkListStore *list, int id, const char *layer, const char *image,
                              GdkPixbuf *thumbnail)
{
    char *style = g_strconcat("layer:", layer, NULL);
    /* Translators: a layer, and the image that it is in */
    char *label = image ? g_strdup_printf(_("%s (in %s)"), layer, image) : g_strdup(layer);

    list_append(list, id, style, label, thumbnail);
    g_free(label);
    g_free(style);
}

/* Chooses `style`.  One that is no layer of an open image, as a file or a built-in, joins the list. */
static void choose_style(GtkComboBox *combo, const char *style)
{
    GtkListStore *list = GTK_LIST_STORE(gtk_combo_box_get_model(combo));
    GtkTreeModel *model = GTK_TREE_MODEL(list);
    gboolean found = FALSE;
    GtkTreeIter row;

    for (gboolean more = gtk_tree_model_get_iter_first(model, &row); more && !found;
         more = gtk_tree_model_iter_next(model, &row)) {
        char *name;

        gtk_tree_model_get(model, &row, PST_STYLE_NAME, &name, -1);
        found = g_str_equal(name, style);
        if (found)
            gtk_combo_box_set_active_iter(combo, &row);
        g_free(name);
    }
    if (!found && *style && !pst_style_layer_name(style)) {
        char *title = pst_style_title(style);

        list_append(list, -1, style, title, NULL);
        gtk_combo_box_set_active(combo, gtk_tree_model_iter_n_children(model, NULL) - 1);
        g_free(title);
    }
    if (gtk_combo_box_get_active(combo) < 0)
        gtk_combo_box_set_active(combo, 0);
}

/* ---- Controls -------------------------------------------------------------------------------- */

/* A row of the table: a label with a mnemonic for `focus`, and `widget`. */
static void attach(GtkWidget *table, int row, const char *text, GtkWidget *widget, GtkWidget *focus)
{
    GtkWidget *label = gtk_label_new_with_mnemonic(text);

    gtk_misc_set_alignment(GTK_MISC(label), 0, 0.5);
    gtk_label_set_mnemonic_widget(GTK_LABEL(label), focus);
    gtk_table_attach(GTK_TABLE(table), label, 0, 1, row, row + 1, GTK_FILL, GTK_FILL, 0, 0);
    gtk_table_attach(GTK_TABLE(table), widget, 1, 2, row, row + 1, GTK_FILL | GTK_EXPAND, GTK_FILL,
                     0, 0);
}

/* A slider with a number beside it; `number` is the part that a mnemonic should reach. */
static GtkWidget *percent_new(GtkAdjustment *adjustment, const char *tooltip, GtkWidget **number)
{
    GtkWidget *box = gtk_hbox_new(FALSE, SPACING);
    GtkWidget *scale = gtk_hscale_new(adjustment);

    *number = gtk_spin_button_new(adjustment, 1, 0);
    gtk_scale_set_draw_value(GTK_SCALE(scale), FALSE);
    gtk_widget_set_size_request(scale, 200, -1);
    gtk_widget_set_tooltip_text(scale, tooltip);
    gtk_widget_set_tooltip_text(*number, tooltip);
    gtk_spin_button_set_numeric(GTK_SPIN_BUTTON(*number), TRUE);
    gtk_entry_set_activates_default(GTK_ENTRY(*number), TRUE);
    gtk_box_pack_start(GTK_BOX(box), scale, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(box), *number, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(box), gtk_label_new("%"), FALSE, FALSE, 0);
    return box;
}

static GtkWidget *style_chooser_new(GtkListStore *styles)
{
    GtkWidget *combo = gtk_combo_box_new_with_model(GTK_TREE_MODEL(styles));
    GtkCellLayout *layout = GTK_CELL_LAYOUT(combo);
    GtkCellRenderer *thumbnail = gtk_cell_renderer_pixbuf_new();
    GtkCellRenderer *label = gtk_cell_renderer_text_new();

    g_object_set(label, "ellipsize", PANGO_ELLIPSIZE_MIDDLE, "xpad", SPACING, NULL);
    gtk_cell_renderer_set_fixed_size(thumbnail, PST_THUMBNAIL_SIZE, PST_THUMBNAIL_SIZE);
    gtk_cell_layout_pack_start(layout, thumbnail, FALSE);
    gtk_cell_layout_add_attribute(layout, thumbnail, "pixbuf", PST_STYLE_THUMBNAIL);
    gtk_cell_layout_pack_start(layout, label, TRUE);
    gtk_cell_layout_add_attribute(layout, label, "text", PST_STYLE_LABEL);
    gtk_widget_set_tooltip_text(combo, _("The layer to paint like, from any open image"));
    return combo;
}

static void on_automatic(GtkToggleButton *automatic, GtkWidget *brush)
{
    gtk_widget_set_sensitive(brush, !gtk_toggle_button_get_active(automatic));
}

static void add_brush(Dialog *self, GtkWidget *table, int row)
{
    GtkWidget *box = gtk_hbox_new(FALSE, 2 * SPACING);
    GtkWidget *number;

    self->brush_size = GTK_ADJUSTMENT(gtk_adjustment_new(100, 25, 400, 1, 10, 0));
    self->brush =
        percent_new(self->brush_size, _("How large the style's strokes and patterns are"), &number);
    self->automatic = gtk_check_button_new_with_mnemonic(_("_Automatic"));
    g_signal_connect(self->automatic, "toggled", G_CALLBACK(on_automatic), self->brush);
    gtk_box_pack_start(GTK_BOX(box), self->automatic, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(box), self->brush, TRUE, TRUE, 0);
    attach(table, row, _("_Brush size:"), box, number);
}

static GtkWidget *controls_new(Dialog *self, GtkListStore *styles)
{
    GtkWidget *table = gtk_table_new(4, 2, FALSE);
    GtkWidget *strength, *number;

    gtk_table_set_row_spacings(GTK_TABLE(table), SPACING);
    gtk_table_set_col_spacings(GTK_TABLE(table), SPACING);

    self->style = style_chooser_new(styles);
    attach(table, 0, _("_Style:"), self->style, self->style);

    self->strength = GTK_ADJUSTMENT(gtk_adjustment_new(100, 0, 150, 1, 10, 0));
    strength = percent_new(self->strength, _("0 is the photo, 100 the full style"), &number);
    attach(table, 1, _("S_trength:"), strength, number);

    add_brush(self, table, 2);

    self->keep_colours = gtk_combo_box_text_new();
    for (guint i = 0; i < G_N_ELEMENTS(keep_colours_labels); i++)
        gtk_combo_box_text_append_text(GTK_COMBO_BOX_TEXT(self->keep_colours),
                                       gettext(keep_colours_labels[i]));
    attach(table, 3, _("_Keep colours:"), self->keep_colours, self->keep_colours);
    return table;
}

static void show_settings(Dialog *self, const PstSettings *settings)
{
    gboolean automatic = settings->brush_size == 0;

    gtk_adjustment_set_value(self->strength, settings->strength);
    gtk_adjustment_set_value(self->brush_size, automatic ? 100 : settings->brush_size);
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(self->automatic), automatic);
    on_automatic(GTK_TOGGLE_BUTTON(self->automatic), self->brush);
    gtk_combo_box_set_active(GTK_COMBO_BOX(self->keep_colours), (int) settings->keep_colours);
}

/* Returns the chosen layer's id, or -1. */
static int read_controls(Dialog *self, PstRequest *request)
{
    PstSettings *settings = &request->settings;
    GtkTreeIter row;
    char *style;
    int layer = -1;

    if (gtk_combo_box_get_active_iter(GTK_COMBO_BOX(self->style), &row)) {
        gtk_tree_model_get(gtk_combo_box_get_model(GTK_COMBO_BOX(self->style)), &row,
                           PST_STYLE_NAME, &style, PST_STYLE_ID, &layer, -1);
        pst_request_set_style(request, style);
        g_free(style);
    }
    settings->strength = gtk_adjustment_get_value(self->strength);
    settings->brush_size = gtk_adjustment_get_value(self->brush_size);
    settings->brush_pixels = 0;
    if (gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(self->automatic)))
        settings->brush_size = 0;
    settings->keep_colours =
        (PstKeepColours) gtk_combo_box_get_active(GTK_COMBO_BOX(self->keep_colours));
    return layer;
}

/* ---- Running --------------------------------------------------------------------------------- */

static void set_running(Dialog *self, gboolean running)
{
    self->running = running;
    self->cancelled = FALSE;
    gtk_widget_set_sensitive(self->controls, !running);
    gtk_dialog_set_response_sensitive(GTK_DIALOG(self->window), GTK_RESPONSE_OK, !running);
    gtk_dialog_set_response_sensitive(GTK_DIALOG(self->window), PST_RESPONSE_RESET, !running);
    gtk_progress_bar_set_fraction(GTK_PROGRESS_BAR(self->bar), 0);
}

/* The work runs on this thread, so this is where the window gets its events and Cancel is heard. */
static gboolean on_progress(double done, const char *text, gpointer user)
{
    Dialog *self = user;

    gtk_progress_bar_set_fraction(GTK_PROGRESS_BAR(self->bar), done);
    gtk_label_set_text(GTK_LABEL(self->status), text);
    while (gtk_events_pending())
        gtk_main_iteration();
    return !self->cancelled;
}

static void run_work(Dialog *self)
{
    GError *error = NULL;
    PstMonitor monitor;
    PstRequest request;
    int layer;

    pst_request_init(&request);
    pst_request_copy(&request, self->request);
    layer = read_controls(self, &request);
    set_running(self, TRUE);
    pst_monitor_start(&monitor, on_progress, self);
    self->done = self->work(&request, layer, &monitor, self->user, &error);
    set_running(self, FALSE);
    if (self->done) {
        pst_request_copy(self->request, &request);
        gtk_main_quit();
    } else {
        gboolean cancelled = g_error_matches(error, PST_ERROR, PST_ERROR_CANCELLED);

        gtk_label_set_text(GTK_LABEL(self->status), cancelled ? _("Cancelled") : error->message);
        g_error_free(error);
    }
    pst_request_clear(&request);
}

static void on_response(GtkWidget *window, int response, Dialog *self)
{
    PstSettings defaults;

    (void) window;
    switch (response) {
    case GTK_RESPONSE_OK:
        if (!self->running)
            run_work(self);
        break;
    case PST_RESPONSE_RESET:
        pst_settings_init(&defaults);
        show_settings(self, &defaults);
        break;
    case GTK_RESPONSE_HELP:
        break;
    default:
        /* The first Cancel stops the work, the next one closes the window. */
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

gboolean pst_dialog_run(GtkWidget *window, GtkListStore *styles, PstRequest *request,
                        PstDialogWork work, gpointer user)
{
    Dialog self = {.window = window, .request = request, .work = work, .user = user};
    GtkWidget *area = gtk_dialog_get_content_area(GTK_DIALOG(window));
    GtkWidget *box = gtk_vbox_new(FALSE, BORDER);

    self.controls = controls_new(&self, styles);
    self.bar = gtk_progress_bar_new();
    self.status = gtk_label_new(" "); /* one line high from the start */
    gtk_misc_set_alignment(GTK_MISC(self.status), 0, 0.5);
    gtk_label_set_line_wrap(GTK_LABEL(self.status), TRUE);
    gtk_widget_set_size_request(self.status, STATUS_WIDTH, -1);
    gtk_container_set_border_width(GTK_CONTAINER(box), BORDER);
    gtk_box_pack_start(GTK_BOX(box), self.controls, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(box), self.bar, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(box), self.status, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(area), box, TRUE, TRUE, 0);

    choose_style(GTK_COMBO_BOX(self.style), request->style);
    show_settings(&self, &request->settings);
    g_signal_connect(window, "response", G_CALLBACK(on_response), &self);
    g_signal_connect(window, "delete-event", G_CALLBACK(on_delete), &self);
    gtk_dialog_set_default_response(GTK_DIALOG(window), GTK_RESPONSE_OK);
    gtk_widget_grab_focus(gtk_dialog_get_widget_for_response(GTK_DIALOG(window), GTK_RESPONSE_OK));
    gtk_widget_show_all(box);
    gtk_window_present(GTK_WINDOW(window));
    gtk_main();
    g_signal_handlers_disconnect_by_data(window, &self);
    return self.done;
}
