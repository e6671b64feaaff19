/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See controls.h.
 */
#include "window/controls.h"

#include "window/mask-choice.h"

#include <glib/gi18n.h>

#define SPACING     6
#define SCALE_WIDTH 72 /* at least */
#define DIGITS      3
#define SEED_DIGITS 10
#define REFINE_MOST 100 /* more than that is for those who have asked for it before */

struct PstControls {
    void (*changed)(gpointer user);
    gpointer user;
    GtkWidget *table, *more, *automatic, *brush, *mode, *keep_colours, *keep_row, *refine_row,
        *under_row, *tileable, *mask;
    GtkWidget *output; /* NULL where a result is edited, which takes the place of the old one */
    GtkAdjustment *strength, *brush_size, *keep_amount, *underpainting, *detail, *smooth, *seed,
        *refine;
    double brush_pixels; /* shown by no widget: until the user chooses another brush size */
    gboolean showing;    /* values change by our doing */
};

/* In the order of PstMode. */
static const char *const mode_labels[] = {
    N_("A painting: the style's strokes and colours"),
    N_("A photo: the style's colours and light"),
};

/* In the order of PstKeepColours. */
static const char *const keep_colours_labels[] = {
    N_("Off: the style's colours"),
    N_("Luminance: the photo's colours, the style's light"),
    N_("Match: the style's colours, moved to the photo's"),
};

/* In the order of PstOutput. */
static const char *const output_labels[] = {
    N_("A layer; of a gray or indexed image, in an RGB copy"),
    N_("A layer; a gray or indexed image becomes RGB"),
    N_("A copy of the image, with the layer"),
};

static void on_changed(PstControls *controls)
{
    gboolean keeps = gtk_combo_box_get_active(GTK_COMBO_BOX(controls->keep_colours)) > 0;
    int mode = gtk_combo_box_get_active(GTK_COMBO_BOX(controls->mode));

    gtk_widget_set_sensitive(controls->keep_row, keeps);
    gtk_widget_set_sensitive(controls->refine_row, mode == PST_MODE_PAINTING);
    gtk_widget_set_sensitive(controls->under_row,
                             mode == PST_MODE_PAINTING &&
                                 gtk_adjustment_get_value(controls->refine) == 0);
    if (!controls->showing)
        controls->changed(controls->user);
}

GtkWidget *pst_attach_row(GtkWidget *table, int row, const char *text, GtkWidget *widget,
                          GtkWidget *focus)
{
    GtkWidget *label = gtk_label_new_with_mnemonic(text);

    gtk_misc_set_alignment(GTK_MISC(label), 0, 0.5);
    gtk_label_set_mnemonic_widget(GTK_LABEL(label), focus);
    gtk_table_attach(GTK_TABLE(table), label, 0, 1, row, row + 1, GTK_FILL, GTK_FILL, 0, 0);
    gtk_table_attach(GTK_TABLE(table), widget, 1, 2, row, row + 1, GTK_FILL | GTK_EXPAND, GTK_FILL,
                     0, 0);
    return label;
}

typedef struct {
    GtkWidget *box, *scale, *number;
} Slider;

/* A slider with a number and its unit beside it, all in a box. */
static Slider slider_new(GtkAdjustment *adjustment, const char *unit, const char *tooltip)
{
    GtkWidget *box = gtk_hbox_new(FALSE, SPACING);
    GtkWidget *scale = gtk_hscale_new(adjustment);
    GtkWidget *number = gtk_spin_button_new(adjustment, 1, 0);

    gtk_scale_set_draw_value(GTK_SCALE(scale), FALSE);
    gtk_widget_set_size_request(scale, SCALE_WIDTH, -1);
    gtk_widget_set_tooltip_text(scale, tooltip);
    gtk_widget_set_tooltip_text(number, tooltip);
    gtk_spin_button_set_numeric(GTK_SPIN_BUTTON(number), TRUE);
    gtk_entry_set_width_chars(GTK_ENTRY(number), DIGITS);
    gtk_entry_set_activates_default(GTK_ENTRY(number), TRUE);
    gtk_box_pack_start(GTK_BOX(box), scale, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(box), number, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(box), gtk_label_new(unit), FALSE, FALSE, 0);
    return (Slider){box, scale, number};
}

/* A row with `widget`, which the slider is in.  The label is the number's, so the scale has its words as a name. */
static void attach_slider(GtkWidget *table, int row, const char *text, GtkWidget *widget,
                          const Slider *slider)
{
    GtkWidget *label = pst_attach_row(table, row, text, widget, slider->number);

    atk_object_set_name(gtk_widget_get_accessible(slider->scale),
                        gtk_label_get_text(GTK_LABEL(label)));
}

static void add_strength(PstControls *controls, int row)
{
    Slider slider;

    controls->strength = GTK_ADJUSTMENT(gtk_adjustment_new(100, 0, 150, 1, 10, 0));
    slider =
        slider_new(controls->strength, "%",
                   _("How much of the style is seen: 0 is the photo itself, 100 the full style, "
                     "and beyond that it is exaggerated"));
    g_signal_connect_swapped(controls->strength, "value-changed", G_CALLBACK(on_changed), controls);
    attach_slider(controls->table, row, _("S_trength:"), slider.box, &slider);
}

static void on_brush_size(PstControls *controls)
{
    if (!controls->showing)
        controls->brush_pixels = 0;
    on_changed(controls);
}

static void on_automatic(GtkToggleButton *automatic, PstControls *controls)
{
    gtk_widget_set_sensitive(controls->brush, !gtk_toggle_button_get_active(automatic));
    on_brush_size(controls);
}

static void add_brush(PstControls *controls, int row)
{
    GtkWidget *box = gtk_hbox_new(FALSE, 2 * SPACING);
    Slider slider;

    controls->brush_size = GTK_ADJUSTMENT(gtk_adjustment_new(100, 25, 400, 1, 10, 0));
    slider = slider_new(
        controls->brush_size, "%",
        _("How large the style's strokes and patterns are on the picture: small ones keep more of "
          "the photo's detail, large ones are bolder"));
    controls->brush = slider.box;
    controls->automatic = gtk_check_button_new_with_mnemonic(_("_Auto"));
    gtk_widget_set_tooltip_text(controls->automatic, _("Strokes of a size that suits the picture"));
    g_signal_connect(controls->automatic, "toggled", G_CALLBACK(on_automatic), controls);
    g_signal_connect_swapped(controls->brush_size, "value-changed", G_CALLBACK(on_brush_size),
                             controls);
    gtk_box_pack_start(GTK_BOX(box), controls->brush, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(box), controls->automatic, FALSE, FALSE, 0);
    attach_slider(controls->table, row, _("_Brush size:"), box, &slider);
}

/* A choice of texts, of which a long translation does not widen the window. */
static GtkWidget *choice_new(PstControls *controls, const char *const *labels, guint count,
                             const char *tooltip)
{
    GtkWidget *choice = gtk_combo_box_text_new();
    GList *cells = gtk_cell_layout_get_cells(GTK_CELL_LAYOUT(choice));

    for (guint i = 0; i < count; i++)
        gtk_combo_box_text_append_text(GTK_COMBO_BOX_TEXT(choice), gettext(labels[i]));
    g_object_set(cells->data, "ellipsize", PANGO_ELLIPSIZE_END, NULL);
    g_list_free(cells);
    gtk_widget_set_size_request(choice, SCALE_WIDTH, -1);
    gtk_widget_set_tooltip_text(choice, tooltip);
    g_signal_connect_swapped(choice, "changed", G_CALLBACK(on_changed), controls);
    return choice;
}

static void add_mode(PstControls *controls, int row)
{
    controls->mode =
        choice_new(controls, mode_labels, G_N_ELEMENTS(mode_labels),
                   _("Whether the picture is painted, or stays a photo with all its detail"));
    pst_attach_row(controls->table, row, _("Result:"), controls->mode, controls->mode);
}

static void add_keep_colours(PstControls *controls, int row)
{
    controls->keep_colours = choice_new(
        controls, keep_colours_labels, G_N_ELEMENTS(keep_colours_labels),
        _("Whether the result has the style's colours, or the photo's under the style's strokes"));
    pst_attach_row(controls->table, row, _("_Keep colours:"), controls->keep_colours,
                   controls->keep_colours);
}

/* ---- More ------------------------------------------------------------------------------------ */

/* A row with a number from 0 to `most`; what is in it beside the label comes in *box. */
static GtkAdjustment *add_number(PstControls *controls, GtkWidget *table, int row,
                                 const char *label, const char *unit, const char *tooltip,
                                 double value, double most, GtkWidget **box)
{
    GtkAdjustment *adjustment = GTK_ADJUSTMENT(gtk_adjustment_new(value, 0, most, 1, 10, 0));
    Slider slider = slider_new(adjustment, unit, tooltip);

    *box = slider.box;
    g_signal_connect_swapped(adjustment, "value-changed", G_CALLBACK(on_changed), controls);
    attach_slider(table, row, label, *box, &slider);
    return adjustment;
}

static void add_numbers(PstControls *controls, GtkWidget *table, int row)
{
    GtkWidget *box;

    controls->keep_amount =
        add_number(controls, table, row, _("A_mount kept:"), "%",
                   _("How much of the photo's colours is kept, where “Keep colours” is not off"),
                   100, 100, &controls->keep_row);
    controls->underpainting = add_number(
        controls, table, row + 1, _("Underpainting:"), "%",
        _("How much of the style's hues and larger shapes is laid in before anything is painted, "
          "each where the photo is most like it; at 0 there are fewer hues, and it is quicker. "
          "Only where Refine is 0"),
        100, 200, &controls->under_row);
    controls->detail = add_number(
        controls, table, row + 2, _("Detail:"), "%",
        _("How much large strokes are painted over with smaller ones, and beyond 100 also how "
          "small, which takes longer on large pictures; at 0 they stay soft"),
        100, 200, &box);
    controls->smooth = add_number(
        controls, table, row + 3, _("Smooth colours:"), "%",
        _("How far speckles of other hues are taken out, in sky and skin above all; the light of "
          "each stroke stays"),
        0, 100, &box);
}

static void add_refine(PstControls *controls, int row)
{
    controls->refine = add_number(
        controls, controls->table, row, _("Re_fine:"), _("steps"),
        _("Paints each part of the photo like what is most like it in the style's picture, step by "
          "step: 40 is a good number, 0 is off. It comes far closer to the style and takes longer, "
          "as "
          "the estimate beneath says"),
        0, REFINE_MOST, &controls->refine_row);
}

static void on_dice(PstControls *controls)
{
    gtk_adjustment_set_value(controls->seed, g_random_int_range(1, PST_SEED_MOST));
}

static void add_seed(PstControls *controls, GtkWidget *table, int row)
{
    GtkWidget *box = gtk_hbox_new(FALSE, SPACING);
    GtkWidget *number, *dice = gtk_button_new_with_label(_("Roll the dice"));

    controls->seed = GTK_ADJUSTMENT(gtk_adjustment_new(0, 0, PST_SEED_MOST, 1, 10, 0));
    number = gtk_spin_button_new(controls->seed, 1, 0);
    gtk_spin_button_set_numeric(GTK_SPIN_BUTTON(number), TRUE);
    gtk_entry_set_width_chars(GTK_ENTRY(number), SEED_DIGITS);
    gtk_entry_set_activates_default(GTK_ENTRY(number), TRUE);
    gtk_widget_set_tooltip_text(
        number,
        _("Each number has other strokes, in even parts of the photo above all; 0 has those of "
          "the photo alone"));
    gtk_widget_set_tooltip_text(dice, _("Another number, by chance"));
    g_signal_connect_swapped(controls->seed, "value-changed", G_CALLBACK(on_changed), controls);
    g_signal_connect_swapped(dice, "clicked", G_CALLBACK(on_dice), controls);
    gtk_box_pack_start(GTK_BOX(box), number, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(box), dice, FALSE, FALSE, 0);
    pst_attach_row(table, row, _("Seed:"), box, number);
}

static void add_tileable(PstControls *controls, GtkWidget *table, int row)
{
    controls->tileable = gtk_check_button_new_with_label(_("Without a seam beside itself"));
    gtk_widget_set_tooltip_text(
        controls->tileable,
        _("For textures and backgrounds that repeat: where the result is laid beside and beneath "
          "itself, strokes go on"));
    g_signal_connect_swapped(controls->tileable, "toggled", G_CALLBACK(on_changed), controls);
    pst_attach_row(table, row, _("Tileable:"), controls->tileable, controls->tileable);
}

static void add_mask(PstControls *controls, const char *const *masks, gboolean edits,
                     GtkWidget *table, int row)
{
    controls->mask = pst_mask_choice_new(masks, edits);
    gtk_widget_set_size_request(controls->mask, SCALE_WIDTH, -1);
    g_signal_connect_swapped(controls->mask, "changed", G_CALLBACK(on_changed), controls);
    pst_attach_row(table, row, _("Painted:"), controls->mask, controls->mask);
}

static void add_output(PstControls *controls, GtkWidget *table, int row)
{
    controls->output = choice_new(controls, output_labels, G_N_ELEMENTS(output_labels),
                                  _("What the result becomes"));
    pst_attach_row(table, row, _("Output la_yer:"), controls->output, controls->output);
}

static GtkWidget *table_new(int rows)
{
    GtkWidget *table = gtk_table_new(rows, 2, FALSE);

    gtk_table_set_row_spacings(GTK_TABLE(table), SPACING);
    gtk_table_set_col_spacings(GTK_TABLE(table), 2 * SPACING);
    return table;
}

static GtkWidget *more_new(PstControls *controls, const char *const *masks, gboolean edits)
{
    GtkWidget *expander = gtk_expander_new_with_mnemonic(_("More settin_gs"));
    GtkWidget *table = table_new(8);

    add_numbers(controls, table, 0);
    add_seed(controls, table, 4);
    add_tileable(controls, table, 5);
    add_mask(controls, masks, edits, table, 6);
    if (!edits)
        add_output(controls, table, 7);
    gtk_expander_set_spacing(GTK_EXPANDER(expander), SPACING);
    gtk_container_add(GTK_CONTAINER(expander), table);
    return expander;
}

PstControls *pst_controls_new(const char *const *masks, gboolean edits,
                              void (*changed)(gpointer user), gpointer user)
{
    PstControls *controls = g_new0(PstControls, 1);

    controls->changed = changed;
    controls->user = user;
    controls->table = table_new(PST_CONTROLS_ROWS);
    controls->showing = TRUE;
    add_strength(controls, 0);
    add_brush(controls, 1);
    add_refine(controls, 2);
    add_mode(controls, 3);
    add_keep_colours(controls, 4);
    controls->more = more_new(controls, masks, edits);
    controls->showing = FALSE;
    g_object_set_data_full(G_OBJECT(controls->table), "pst-controls", controls, g_free);
    return controls;
}

GtkWidget *pst_controls_table(PstControls *controls)
{
    return controls->table;
}

GtkWidget *pst_controls_more(PstControls *controls)
{
    return controls->more;
}

/* The rest is unfolded where it has something to say. */
static void show_more(PstControls *controls, const PstRequest *request)
{
    const PstSettings *settings = &request->settings;

    if (settings->keep_amount < 100 || settings->seed > 0 || settings->detail != 100 ||
        settings->underpainting != 100 || settings->smooth > 0 || settings->tileable ||
        (controls->output && request->output != PST_OUTPUT_AUTO) ||
        !pst_mask_is_selection(request->mask))
        gtk_expander_set_expanded(GTK_EXPANDER(controls->more), TRUE);
}

void pst_controls_set(PstControls *controls, const PstRequest *request)
{
    const PstSettings *settings = &request->settings;
    gboolean has_size = settings->brush_size > 0;
    gboolean automatic = !has_size && settings->brush_pixels == 0;

    controls->showing = TRUE;
    controls->brush_pixels = settings->brush_pixels;
    gtk_adjustment_set_value(controls->strength, settings->strength);
    gtk_adjustment_set_value(controls->brush_size, has_size ? settings->brush_size : 100);
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(controls->automatic), automatic);
    gtk_widget_set_sensitive(controls->brush, !automatic);
    gtk_combo_box_set_active(GTK_COMBO_BOX(controls->mode), (int) settings->mode);
    gtk_combo_box_set_active(GTK_COMBO_BOX(controls->keep_colours), (int) settings->keep_colours);
    gtk_adjustment_set_value(controls->keep_amount, settings->keep_amount);
    gtk_adjustment_set_value(controls->underpainting, settings->underpainting);
    gtk_adjustment_set_value(controls->detail, settings->detail);
    gtk_adjustment_set_value(controls->smooth, settings->smooth);
    gtk_adjustment_set_upper(controls->refine, MAX(REFINE_MOST, settings->refine.iterations));
    gtk_adjustment_set_value(controls->refine, settings->refine.iterations);
    gtk_adjustment_set_value(controls->seed, settings->seed);
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(controls->tileable), settings->tileable);
    pst_mask_choice_set(controls->mask, request->mask);
    if (controls->output)
        gtk_combo_box_set_active(GTK_COMBO_BOX(controls->output), (int) request->output);
    show_more(controls, request);
    controls->showing = FALSE;
}

void pst_controls_get(const PstControls *controls, PstRequest *request)
{
    PstSettings *settings = &request->settings;
    gboolean automatic = gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(controls->automatic));
    gboolean has_size = !automatic && controls->brush_pixels == 0;

    settings->strength = gtk_adjustment_get_value(controls->strength);
    settings->brush_size = has_size ? gtk_adjustment_get_value(controls->brush_size) : 0;
    settings->brush_pixels = controls->brush_pixels;
    settings->mode = (PstMode) gtk_combo_box_get_active(GTK_COMBO_BOX(controls->mode));
    settings->keep_colours =
        (PstKeepColours) gtk_combo_box_get_active(GTK_COMBO_BOX(controls->keep_colours));
    settings->keep_amount = gtk_adjustment_get_value(controls->keep_amount);
    settings->underpainting = gtk_adjustment_get_value(controls->underpainting);
    settings->detail = gtk_adjustment_get_value(controls->detail);
    settings->smooth = gtk_adjustment_get_value(controls->smooth);
    settings->seed = (guint32) gtk_adjustment_get_value(controls->seed);
    settings->refine.iterations = (int) gtk_adjustment_get_value(controls->refine);
    settings->tileable = gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(controls->tileable));
    g_free(request->mask);
    request->mask = pst_mask_choice_get(controls->mask);
    if (controls->output)
        request->output = (PstOutput) gtk_combo_box_get_active(GTK_COMBO_BOX(controls->output));
}
