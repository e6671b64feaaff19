/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See preset-bar.h.
 */
#include "window/preset-bar.h"

#include "presets.h"

#include <glib/gi18n.h>

#define SPACING     6
#define BORDER      12
#define NAME_LENGTH 60 /* characters; a file's name has a limit, and an escaped one is longer */

struct PstPresetBar {
    PstPresetBarEvents events;
    gpointer user;
    char *folder;
    GtkWidget *row, *combo, *delete;
    char *last; /* the name of what was loaded or saved last, or NULL */
    int count;
    gboolean filling; /* the list changes by our doing */
};

/* ---- The list -------------------------------------------------------------------------------- */

/* Free with g_free(); NULL where no preset is chosen. */
static char *chosen(PstPresetBar *bar)
{
    if (gtk_combo_box_get_active(GTK_COMBO_BOX(bar->combo)) < 1)
        return NULL;
    return gtk_combo_box_text_get_active_text(GTK_COMBO_BOX_TEXT(bar->combo));
}

/* The names as they are now, and the one of that name chosen. */
static void fill(PstPresetBar *bar, const char *name)
{
    GtkComboBoxText *combo = GTK_COMBO_BOX_TEXT(bar->combo);
    char **names = pst_presets_list(bar->folder);
    int active = 0;

    bar->filling = TRUE;
    for (; bar->count > 0; bar->count--)
        gtk_combo_box_text_remove(combo, 0);
    /* Translators: no preset is chosen */
    gtk_combo_box_text_append_text(combo, _("None"));
    for (bar->count = 1; names[bar->count - 1]; bar->count++) {
        gtk_combo_box_text_append_text(combo, names[bar->count - 1]);
        if (g_strcmp0(names[bar->count - 1], name) == 0)
            active = bar->count;
    }
    gtk_combo_box_set_active(GTK_COMBO_BOX(combo), active);
    gtk_widget_set_sensitive(bar->delete, active > 0);
    gtk_widget_set_sensitive(bar->combo, bar->count > 1);
    bar->filling = FALSE;
    g_strfreev(names);
}

void pst_preset_bar_forget(PstPresetBar *bar)
{
    bar->filling = TRUE;
    gtk_combo_box_set_active(GTK_COMBO_BOX(bar->combo), 0);
    gtk_widget_set_sensitive(bar->delete, FALSE);
    bar->filling = FALSE;
}

static void remember(PstPresetBar *bar, const char *name)
{
    g_free(bar->last);
    bar->last = g_strdup(name);
}

static void fail(PstPresetBar *bar, GError *error)
{
    bar->events.failed(error, bar->user);
    g_error_free(error);
}

static void on_chosen(GtkComboBox *combo, PstPresetBar *bar)
{
    char *name = bar->filling ? NULL : chosen(bar);
    GError *error = NULL;
    PstRequest request;

    (void) combo;
    gtk_widget_set_sensitive(bar->delete, name != NULL);
    if (!name)
        return;
    remember(bar, name);
    pst_request_init(&request);
    if (pst_preset_load(bar->folder, name, &request, &error))
        bar->events.show(&request, bar->user);
    else
        fail(bar, error);
    pst_request_clear(&request);
    g_free(name);
}

/* ---- Saving and deleting --------------------------------------------------------------------- */

static void on_name(GtkEditable *entry, GtkDialog *window)
{
    char *text = g_strstrip(g_strdup(gtk_entry_get_text(GTK_ENTRY(entry))));

    gtk_dialog_set_response_sensitive(window, GTK_RESPONSE_OK, *text);
    g_free(text);
}

/* Takes `question`; whether the answer is the button `yes`. */
static gboolean confirm(PstPresetBar *bar, const char *title, char *question, const char *yes)
{
    GtkWidget *window =
        gtk_message_dialog_new(GTK_WINDOW(gtk_widget_get_toplevel(bar->row)), GTK_DIALOG_MODAL,
                               GTK_MESSAGE_QUESTION, GTK_BUTTONS_NONE, "%s", question);
    gboolean confirmed;

    gtk_window_set_title(GTK_WINDOW(window), title);
    gtk_dialog_add_buttons(GTK_DIALOG(window), _("_Cancel"), GTK_RESPONSE_CANCEL, yes,
                           GTK_RESPONSE_OK, NULL);
    gtk_dialog_set_default_response(GTK_DIALOG(window), GTK_RESPONSE_CANCEL);
    confirmed = gtk_dialog_run(GTK_DIALOG(window)) == GTK_RESPONSE_OK;
    gtk_widget_destroy(window);
    g_free(question);
    return confirmed;
}

/* Free with g_free(); NULL when the user gives up.  The name of what was changed is there already. */
static char *ask_name(PstPresetBar *bar)
{
    GtkWidget *window = gtk_dialog_new_with_buttons(
        _("Save Preset"), GTK_WINDOW(gtk_widget_get_toplevel(bar->row)), GTK_DIALOG_MODAL,
        _("_Cancel"), GTK_RESPONSE_CANCEL, _("_Save"), GTK_RESPONSE_OK, NULL);
    GtkWidget *box = gtk_hbox_new(FALSE, SPACING), *entry = gtk_entry_new();
    GtkWidget *label = gtk_label_new_with_mnemonic(_("_Name:"));
    char *name;

    gtk_label_set_mnemonic_widget(GTK_LABEL(label), entry);
    gtk_entry_set_max_length(GTK_ENTRY(entry), NAME_LENGTH);
    gtk_entry_set_activates_default(GTK_ENTRY(entry), TRUE);
    gtk_dialog_set_default_response(GTK_DIALOG(window), GTK_RESPONSE_OK);
    gtk_dialog_set_response_sensitive(GTK_DIALOG(window), GTK_RESPONSE_OK, FALSE);
    g_signal_connect(entry, "changed", G_CALLBACK(on_name), window);
    gtk_entry_set_text(GTK_ENTRY(entry), bar->last ? bar->last : "");
    gtk_container_set_border_width(GTK_CONTAINER(box), BORDER);
    gtk_box_pack_start(GTK_BOX(box), label, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(box), entry, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(gtk_dialog_get_content_area(GTK_DIALOG(window))), box, TRUE, TRUE,
                       0);
    gtk_widget_show_all(box);
    name = NULL;
    if (gtk_dialog_run(GTK_DIALOG(window)) == GTK_RESPONSE_OK)
        name = g_strstrip(g_strdup(gtk_entry_get_text(GTK_ENTRY(entry))));
    gtk_widget_destroy(window);
    return name;
}

static gboolean may_be_saved(PstPresetBar *bar, const char *name)
{
    return !pst_preset_exists(bar->folder, name) ||
           confirm(bar, _("Replace Preset"),
                   g_strdup_printf(_("There is a preset “%s”. Replace it?"), name), _("_Replace"));
}

static void on_save(GtkButton *button, PstPresetBar *bar)
{
    char *name = ask_name(bar);
    GError *error = NULL;
    PstRequest request;

    (void) button;
    if (!name || !may_be_saved(bar, name)) {
        g_free(name);
        return;
    }
    remember(bar, name);
    pst_request_init(&request);
    bar->events.read(&request, bar->user);
    if (!pst_preset_save(bar->folder, name, &request, &error))
        fail(bar, error);
    pst_request_clear(&request);
    fill(bar, name);
    g_free(name);
}

static void on_delete(GtkButton *button, PstPresetBar *bar)
{
    char *name = chosen(bar);
    GError *error = NULL;

    (void) button;
    if (name && confirm(bar, _("Delete Preset"), g_strdup_printf(_("Delete “%s” for good?"), name),
                        _("_Delete"))) {
        if (!pst_preset_delete(bar->folder, name, &error))
            fail(bar, error);
        remember(bar, NULL);
        fill(bar, NULL);
    }
    g_free(name);
}

/* ---- The widget ------------------------------------------------------------------------------ */

static void bar_free(gpointer user)
{
    PstPresetBar *bar = user;

    g_free(bar->folder);
    g_free(bar->last);
    g_free(bar);
}

static GtkWidget *button_new(const char *label, const char *tooltip, GCallback clicked,
                             PstPresetBar *bar)
{
    GtkWidget *button = gtk_button_new_with_mnemonic(label);

    gtk_widget_set_tooltip_text(button, tooltip);
    g_signal_connect(button, "clicked", clicked, bar);
    return button;
}

PstPresetBar *pst_preset_bar_new(const char *folder, const PstPresetBarEvents *events,
                                 gpointer user)
{
    PstPresetBar *bar = g_new0(PstPresetBar, 1);
    GtkWidget *save;

    bar->events = *events;
    bar->user = user;
    bar->folder = g_strdup(folder);
    bar->row = gtk_hbox_new(FALSE, SPACING);
    bar->combo = gtk_combo_box_text_new();
    save = button_new(_("Sa_ve…"), _("Keeps the style and all settings under a name"),
                      G_CALLBACK(on_save), bar);
    bar->delete = button_new(_("_Delete"), _("Removes the chosen preset for good"),
                             G_CALLBACK(on_delete), bar);
    gtk_widget_set_tooltip_text(bar->combo, _("A style and settings that you have saved"));
    g_signal_connect(bar->combo, "changed", G_CALLBACK(on_chosen), bar);
    fill(bar, NULL);
    gtk_box_pack_start(GTK_BOX(bar->row), bar->combo, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(bar->row), save, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(bar->row), bar->delete, FALSE, FALSE, 0);
    g_object_set_data_full(G_OBJECT(bar->row), "pst-preset-bar", bar, bar_free);
    return bar;
}

GtkWidget *pst_preset_bar_widget(PstPresetBar *bar)
{
    return bar->row;
}

GtkWidget *pst_preset_bar_focus(PstPresetBar *bar)
{
    return bar->combo;
}
