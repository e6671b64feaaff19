/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See controls.h.
 */
#include "controls.h"

#include <glib/gi18n.h>

#define SPACING     6
#define SCALE_WIDTH 72 /* at least */
#define DIGITS      3

struct PstControls {
    void (*changed)(gpointer user);
    gpointer user;
    GtkWidget *table, *automatic, *brush, *keep_colours;
    GtkAdjustment *strength, *brush_size;
    gboolean showing; /* values change by our doing */
};

/* In the order of PstKeepColours. */
static const char *const keep_colours_labels[] = {
    N_("Off: the style's colours"),
    N_("Luminance: the photo's colours, the style's light"),
    N_("Match: the style's colours, moved to the photo's"),
};

static void on_changed(PstControls *controls)
{
    if (!controls->showing)
        controls->changed(controls->user);
}

void pst_attach_row(GtkWidget *table, int row, const char *text, GtkWidget *widget,
                    GtkWidget *focus)
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
    gtk_widget_set_size_request(scale, SCALE_WIDTH, -1);
    gtk_widget_set_tooltip_text(scale, tooltip);
    gtk_widget_set_tooltip_text(*number, tooltip);
    gtk_spin_button_set_numeric(GTK_SPIN_BUTTON(*number), TRUE);
    gtk_entry_set_width_chars(GTK_ENTRY(*number), DIGITS);
    gtk_entry_set_activates_default(GTK_ENTRY(*number), TRUE);
    gtk_box_pack_start(GTK_BOX(box), scale, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(box), *number, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(box), gtk_label_new("%"), FALSE, FALSE, 0);
    return box;
}

static void add_strength(PstControls *controls, int row)
{
    GtkWidget *box, *number;

    controls->strength = GTK_ADJUSTMENT(gtk_adjustment_new(100, 0, 150, 1, 10, 0));
    box = percent_new(controls->strength,
                      _("How much of the style is seen: 0 is the photo itself, 100 the full style, "
                        "and beyond that it is exaggerated"),
                      &number);
    g_signal_connect_swapped(controls->strength, "value-changed", G_CALLBACK(on_changed), controls);
    pst_attach_row(controls->table, row, _("S_trength:"), box, number);
}

static void on_automatic(GtkToggleButton *automatic, PstControls *controls)
{
    gtk_widget_set_sensitive(controls->brush, !gtk_toggle_button_get_active(automatic));
    on_changed(controls);
}

static void add_brush(PstControls *controls, int row)
{
    GtkWidget *box = gtk_hbox_new(FALSE, 2 * SPACING);
    GtkWidget *number;

    controls->brush_size = GTK_ADJUSTMENT(gtk_adjustment_new(100, 25, 400, 1, 10, 0));
    controls->brush = percent_new(
        controls->brush_size,
        _("How large the style's strokes and patterns are on the picture: small ones keep more of "
          "the photo's detail, large ones are bolder"),
        &number);
    controls->automatic = gtk_check_button_new_with_mnemonic(_("_Auto"));
    gtk_widget_set_tooltip_text(controls->automatic, _("Strokes of a size that suits the picture"));
    g_signal_connect(controls->automatic, "toggled", G_CALLBACK(on_automatic), controls);
    g_signal_connect_swapped(controls->brush_size, "value-changed", G_CALLBACK(on_changed),
                             controls);
    gtk_box_pack_start(GTK_BOX(box), controls->brush, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(box), controls->automatic, FALSE, FALSE, 0);
    pst_attach_row(controls->table, row, _("_Brush size:"), box, number);
}

static void add_keep_colours(PstControls *controls, int row)
{
    GList *cells;

    controls->keep_colours = gtk_combo_box_text_new();
    for (guint i = 0; i < G_N_ELEMENTS(keep_colours_labels); i++)
        gtk_combo_box_text_append_text(GTK_COMBO_BOX_TEXT(controls->keep_colours),
                                       gettext(keep_colours_labels[i]));
    /* A long translation must not widen the window. */
    cells = gtk_cell_layout_get_cells(GTK_CELL_LAYOUT(controls->keep_colours));
    g_object_set(cells->data, "ellipsize", PANGO_ELLIPSIZE_END, NULL);
    g_list_free(cells);
    gtk_widget_set_size_request(controls->keep_colours, SCALE_WIDTH, -1);
    gtk_widget_set_tooltip_text(
        controls->keep_colours,
        _("Whether the result has the style's colours, or the photo's under the style's strokes"));
    g_signal_connect_swapped(controls->keep_colours, "changed", G_CALLBACK(on_changed), controls);
    pst_attach_row(controls->table, row, _("_Keep colours:"), controls->keep_colours,
                   controls->keep_colours);
}

PstControls *pst_controls_new(void (*changed)(gpointer user), gpointer user)
{
    PstControls *controls = g_new0(PstControls, 1);

    controls->changed = changed;
    controls->user = user;
    controls->table = gtk_table_new(PST_CONTROLS_ROWS, 2, FALSE);
    gtk_table_set_row_spacings(GTK_TABLE(controls->table), SPACING);
    gtk_table_set_col_spacings(GTK_TABLE(controls->table), 2 * SPACING);
    controls->showing = TRUE;
    add_strength(controls, 0);
    add_brush(controls, 1);
    add_keep_colours(controls, 2);
    controls->showing = FALSE;
    g_object_set_data_full(G_OBJECT(controls->table), "pst-controls", controls, g_free);
    return controls;
}

GtkWidget *pst_controls_widget(PstControls *controls)
{
    return controls->table;
}

void pst_controls_set(PstControls *controls, const PstSettings *settings)
{
    gboolean automatic = settings->brush_size == 0;

    controls->showing = TRUE;
    gtk_adjustment_set_value(controls->strength, settings->strength);
    gtk_adjustment_set_value(controls->brush_size, automatic ? 100 : settings->brush_size);
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(controls->automatic), automatic);
    gtk_widget_set_sensitive(controls->brush, !automatic);
    gtk_combo_box_set_active(GTK_COMBO_BOX(controls->keep_colours), (int) settings->keep_colours);
    controls->showing = FALSE;
}

void pst_controls_get(const PstControls *controls, PstSettings *settings)
{
    settings->strength = gtk_adjustment_get_value(controls->strength);
    settings->brush_size = gtk_adjustment_get_value(controls->brush_size);
    settings->brush_pixels = 0;
    if (gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(controls->automatic)))
        settings->brush_size = 0;
    settings->keep_colours =
        (PstKeepColours) gtk_combo_box_get_active(GTK_COMBO_BOX(controls->keep_colours));
}
