/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See mask-choice.h.
 */
#include "window/mask-choice.h"

#include <glib/gi18n.h>

#define BRIEF "pst-brief"
#define EDITS "pst-edits"

enum { COLUMN_MASK, COLUMN_LABEL, N_COLUMNS };

static char *label_of(const char *mask)
{
    const char *layer = pst_mask_layer_name(mask), *channel = pst_mask_channel_name(mask);

    if (channel)
        return g_strdup_printf(_("As much as the channel “%s” is white"), channel);
    if (layer)
        return g_strdup_printf(_("As much as the layer “%s” is white"), layer);
    return g_strdup(pst_mask_is_selection(mask) ? _("In the selection: it becomes a layer mask")
                                                : _("Everywhere"));
}

/* The same where there is little room: of a region, or of none. */
static char *brief_label_of(const char *mask)
{
    const char *layer = pst_mask_layer_name(mask), *channel = pst_mask_channel_name(mask);

    if (channel)
        return g_strdup_printf(_("In channel “%s”"), channel);
    return layer ? g_strdup_printf(_("In layer “%s”"), layer) : g_strdup(_("Mixed in"));
}

static gboolean is_map(const char *mask)
{
    return pst_mask_layer_name(mask) || pst_mask_channel_name(mask);
}

static void add(GtkListStore *list, const char *mask)
{
    char *label;

    if (g_object_get_data(G_OBJECT(list), BRIEF))
        label = brief_label_of(mask);
    else if (g_object_get_data(G_OBJECT(list), EDITS) && !is_map(mask))
        label = g_strdup(_("Everywhere; its layer mask stays"));
    else
        label = label_of(mask);

    gtk_list_store_insert_with_values(list, NULL, -1, COLUMN_MASK, mask, COLUMN_LABEL, label, -1);
    g_free(label);
}

/* A choice of the masks, with what comes before them. */
static GtkWidget *choice_new(GtkListStore *list, const char *const *masks)
{
    GtkWidget *choice = gtk_combo_box_new_with_model(GTK_TREE_MODEL(list));
    GtkCellRenderer *cell = gtk_cell_renderer_text_new();

    for (; masks && *masks; masks++)
        add(list, *masks);
    g_object_unref(list);
    g_object_set(cell, "ellipsize", PANGO_ELLIPSIZE_END, NULL);
    gtk_cell_layout_pack_start(GTK_CELL_LAYOUT(choice), cell, TRUE);
    gtk_cell_layout_add_attribute(GTK_CELL_LAYOUT(choice), cell, "text", COLUMN_LABEL);
    return choice;
}

GtkWidget *pst_mask_choice_new(const char *const *masks, gboolean edits)
{
    GtkListStore *list = gtk_list_store_new(N_COLUMNS, G_TYPE_STRING, G_TYPE_STRING);
    GtkWidget *choice;

    g_object_set_data(G_OBJECT(list), EDITS, edits ? list : NULL);
    add(list, "selection");
    if (!edits)
        add(list, "none");
    choice = choice_new(list, masks);
    gtk_widget_set_tooltip_text(
        choice,
        _("Where the photo is painted. Channels and layers are strength maps: white is painted, "
          "black keeps the photo's own pixels"));
    return choice;
}

GtkWidget *pst_region_choice_new(const char *const *masks)
{
    GtkListStore *list = gtk_list_store_new(N_COLUMNS, G_TYPE_STRING, G_TYPE_STRING);
    GtkWidget *choice;

    g_object_set_data(G_OBJECT(list), BRIEF, list);
    add(list, PST_NO_REGION);
    choice = choice_new(list, masks);
    gtk_widget_set_tooltip_text(
        choice, _("Whether this style is mixed in everywhere, or is the only one where a channel "
                  "or a layer is white"));
    return choice;
}

void pst_mask_choice_set(GtkWidget *choice, const char *mask)
{
    GtkTreeModel *list = gtk_combo_box_get_model(GTK_COMBO_BOX(choice));
    GtkTreeIter iter;
    gboolean there = gtk_tree_model_get_iter_first(list, &iter), found = FALSE;

    if (g_object_get_data(G_OBJECT(list), EDITS) && !is_map(mask)) /* the first says both */
        gtk_list_store_set(GTK_LIST_STORE(list), &iter, COLUMN_MASK, mask, -1);
    while (there && !found) {
        char *here;

        gtk_tree_model_get(list, &iter, COLUMN_MASK, &here, -1);
        found = g_strcmp0(here, mask) == 0;
        g_free(here);
        if (!found)
            there = gtk_tree_model_iter_next(list, &iter);
    }
    if (found) {
        gtk_combo_box_set_active_iter(GTK_COMBO_BOX(choice), &iter);
    } else {
        add(GTK_LIST_STORE(list), mask);
        gtk_combo_box_set_active(GTK_COMBO_BOX(choice),
                                 gtk_tree_model_iter_n_children(list, NULL) - 1);
    }
}

char *pst_mask_choice_get(GtkWidget *choice)
{
    GtkTreeModel *list = gtk_combo_box_get_model(GTK_COMBO_BOX(choice));
    GtkTreeIter iter;
    char *mask = NULL;

    if (gtk_combo_box_get_active_iter(GTK_COMBO_BOX(choice), &iter))
        gtk_tree_model_get(list, &iter, COLUMN_MASK, &mask, -1);
    return mask ? mask : g_strdup("selection");
}
