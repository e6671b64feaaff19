/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See chooser.h.
 */
#include "window/chooser.h"

#include "request.h"
#include "window/open.h"

#include <glib/gi18n.h>

#define TOLD_CHARS    40 /* of a style's name and maker, lest long ones widen the window */
#define SPACING       6
#define GALLERY_LEAST 150 /* a row; the window's height gives it more */
#define CELL_WIDTH    100
#define LABEL_SCALE   0.85
#define SUITS_SCALE   0.75

static const char *const source_labels[PST_SOURCES] = {
    [PST_SOURCE_BUILTIN] = N_("B_uilt-in"),
    [PST_SOURCE_LAYERS] = N_("_Layers"),
    [PST_SOURCE_RECENT] = N_("Rece_nt"),
};

static const char *const source_tooltips[PST_SOURCES] = {
    [PST_SOURCE_BUILTIN] = N_("Styles that come with the program"),
    [PST_SOURCE_LAYERS] = N_("Layers of this image, and of all other open images"),
    [PST_SOURCE_RECENT] = N_("Styles that you have used before, and files that you have opened"),
};

struct PstChooser {
    PstChooserEvents events;
    gpointer user;
    const PstCatalogue *catalogue;
    GtkListStore *lists[PST_SOURCES];
    GtkWidget *buttons[PST_SOURCES];
    GtkWidget *box, *pages, *gallery, *told, *foot, *sort;
    PstSource source;
    char *name; /* what is chosen, or NULL */
    int id;
    gboolean filling; /* the gallery changes by our doing */
};

/* Says what is known of the row's style; NULL: that none is chosen. */
static void tell(PstChooser *chooser, GtkListStore *list, GtkTreeIter *row)
{
    char *told = NULL, *text = NULL;
    int suits = -1;

    if (row)
        gtk_tree_model_get(GTK_TREE_MODEL(list), row, PST_STYLE_TOLD, &told, PST_STYLE_SUITS,
                           &suits, -1);
    if (suits >= 0)
        /* Translators: a style, and a number from 0 to 100 */
        text = g_strdup_printf(_("%s – suits this photo: %d of 100"), told, suits);
    gtk_label_set_text(GTK_LABEL(chooser->told), text ? text : told ? told : "");
    gtk_widget_set_tooltip_text(chooser->told, text ? text : told);
    g_free(text);
    g_free(told);
}

/* ---- The gallery ----------------------------------------------------------------------------- */

/* Marks what is chosen, if it is among what is shown. */
static void show_choice(PstChooser *chooser)
{
    GtkIconView *gallery = GTK_ICON_VIEW(chooser->gallery);
    GtkListStore *list = chooser->lists[chooser->source];
    GtkTreeIter row;

    chooser->filling = TRUE;
    gtk_icon_view_unselect_all(gallery);
    if (chooser->name && pst_style_list_find(list, chooser->name, chooser->id, &row)) {
        GtkTreePath *path = gtk_tree_model_get_path(GTK_TREE_MODEL(list), &row);

        gtk_icon_view_select_path(gallery, path);
        gtk_icon_view_set_cursor(gallery, path, NULL, FALSE);
        gtk_icon_view_scroll_to_path(gallery, path, FALSE, 0, 0);
        gtk_tree_path_free(path);
    }
    chooser->filling = FALSE;
}

static void ask_thumbnails(PstChooser *chooser)
{
    GtkTreeModel *model = GTK_TREE_MODEL(chooser->lists[PST_SOURCE_RECENT]);
    GtkTreeIter row;

    for (gboolean more = gtk_tree_model_get_iter_first(model, &row); more;
         more = gtk_tree_model_iter_next(model, &row)) {
        char *name;

        gtk_tree_model_get(model, &row, PST_STYLE_NAME, &name, -1);
        if (pst_style_file_path(name))
            chooser->events.needs_thumbnail(name, chooser->user);
        g_free(name);
    }
}

static void show_source(PstChooser *chooser, PstSource source)
{
    GtkTreeModel *model = GTK_TREE_MODEL(chooser->lists[source]);

    chooser->source = source;
    chooser->filling = TRUE;
    gtk_icon_view_set_model(GTK_ICON_VIEW(chooser->gallery), model);
    chooser->filling = FALSE;
    gtk_notebook_set_current_page(GTK_NOTEBOOK(chooser->pages),
                                  gtk_tree_model_iter_n_children(model, NULL) ? 0 : 1);
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(chooser->buttons[source]), TRUE);
    gtk_widget_set_sensitive(chooser->sort, source == PST_SOURCE_BUILTIN);
    show_choice(chooser);
    if (source == PST_SOURCE_RECENT)
        ask_thumbnails(chooser);
}

static void take_row(PstChooser *chooser, GtkListStore *list, GtkTreeIter *row)
{
    g_clear_pointer(&chooser->name, g_free);
    gtk_tree_model_get(GTK_TREE_MODEL(list), row, PST_STYLE_NAME, &chooser->name, PST_STYLE_ID,
                       &chooser->id, -1);
    tell(chooser, list, row);
}

static void on_selection(GtkIconView *gallery, PstChooser *chooser)
{
    GtkListStore *list = chooser->lists[chooser->source];
    GList *selected = chooser->filling ? NULL : gtk_icon_view_get_selected_items(gallery);
    GtkTreeIter row;

    if (selected && gtk_tree_model_get_iter(GTK_TREE_MODEL(list), &row, selected->data)) {
        take_row(chooser, list, &row);
        chooser->events.changed(chooser->user);
    }
    g_list_free_full(selected, (GDestroyNotify) gtk_tree_path_free);
}

static void on_activated(GtkIconView *gallery, GtkTreePath *path, PstChooser *chooser)
{
    (void) gallery, (void) path;
    chooser->events.activated(chooser->user);
}

static void show_thumbnail(GtkCellLayout *layout, GtkCellRenderer *cell, GtkTreeModel *model,
                           GtkTreeIter *row, gpointer user)
{
    GdkPixbuf *pixbuf;

    (void) layout, (void) user;
    gtk_tree_model_get(model, row, PST_STYLE_THUMBNAIL, &pixbuf, -1);
#if GTK_CHECK_VERSION(3, 0, 0)
    cairo_surface_t *surface = gdk_cairo_surface_create_from_pixbuf(
        pixbuf, PST_THUMBNAIL_PIXELS / PST_THUMBNAIL_SIZE, NULL);

    g_object_set(cell, "surface", surface, NULL);
    cairo_surface_destroy(surface);
#else
    GdkPixbuf *small = gdk_pixbuf_scale_simple(pixbuf, PST_THUMBNAIL_SIZE, PST_THUMBNAIL_SIZE,
                                               GDK_INTERP_BILINEAR);

    g_object_set(cell, "pixbuf", small, NULL);
    g_object_unref(small);
#endif
    g_object_unref(pixbuf);
}

static void show_suits(GtkCellLayout *layout, GtkCellRenderer *cell, GtkTreeModel *model,
                       GtkTreeIter *row, gpointer user)
{
    char *text = NULL;
    int suits;

    (void) layout, (void) user;
    gtk_tree_model_get(model, row, PST_STYLE_SUITS, &suits, -1);
    if (suits >= 0)
        /* Translators: how well a style suits the photo, from 0 to 100; there is little room */
        text = g_strdup_printf(_("suits: %d"), suits);
    g_object_set(cell, "text", text ? text : "", NULL);
    g_free(text);
}

static GtkCellRenderer *text_cell_new(double scale)
{
    GtkCellRenderer *cell = gtk_cell_renderer_text_new();

    g_object_set(cell, "ellipsize", PANGO_ELLIPSIZE_END, "xalign", 0.5, "scale", scale, NULL);
    gtk_cell_renderer_set_fixed_size(cell, CELL_WIDTH, -1);
    return cell;
}

static GtkWidget *gallery_new(PstChooser *chooser)
{
    GtkWidget *gallery = gtk_icon_view_new();
    GtkIconView *view = GTK_ICON_VIEW(gallery);
    GtkCellLayout *layout = GTK_CELL_LAYOUT(gallery);
    GtkCellRenderer *thumbnail = gtk_cell_renderer_pixbuf_new();
    GtkCellRenderer *label = text_cell_new(LABEL_SCALE), *suits = text_cell_new(SUITS_SCALE);

    gtk_cell_renderer_set_fixed_size(thumbnail, CELL_WIDTH, PST_THUMBNAIL_SIZE);
    gtk_cell_layout_pack_start(layout, thumbnail, FALSE);
    gtk_cell_layout_set_cell_data_func(layout, thumbnail, show_thumbnail, NULL, NULL);
    gtk_cell_layout_pack_start(layout, label, FALSE);
    gtk_cell_layout_add_attribute(layout, label, "text", PST_STYLE_LABEL);
    gtk_cell_layout_pack_start(layout, suits, FALSE);
    gtk_cell_layout_set_cell_data_func(layout, suits, show_suits, NULL, NULL);
    gtk_icon_view_set_item_padding(view, 3);
    gtk_icon_view_set_margin(view, 3);
    gtk_icon_view_set_spacing(view, 2);
    gtk_icon_view_set_column_spacing(view, 0);
    gtk_icon_view_set_row_spacing(view, 2);
    gtk_icon_view_set_selection_mode(view, GTK_SELECTION_BROWSE);
    atk_object_set_name(gtk_widget_get_accessible(gallery), _("Styles"));
    g_signal_connect(gallery, "selection-changed", G_CALLBACK(on_selection), chooser);
    g_signal_connect(gallery, "item-activated", G_CALLBACK(on_activated), chooser);
    return gallery;
}

/* The gallery, or, where there is nothing to show, why. */
static GtkWidget *pages_new(PstChooser *chooser)
{
    GtkWidget *pages = gtk_notebook_new();
    GtkWidget *scrolled = gtk_scrolled_window_new(NULL, NULL);
    GtkWidget *empty = gtk_label_new(_("Styles that you have used appear here."));

    chooser->gallery = gallery_new(chooser);
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_NEVER,
                                   GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_set_shadow_type(GTK_SCROLLED_WINDOW(scrolled), GTK_SHADOW_IN);
    gtk_container_add(GTK_CONTAINER(scrolled), chooser->gallery);
    gtk_widget_set_sensitive(empty, FALSE);
    gtk_notebook_set_show_tabs(GTK_NOTEBOOK(pages), FALSE);
    gtk_notebook_set_show_border(GTK_NOTEBOOK(pages), FALSE);
    gtk_notebook_append_page(GTK_NOTEBOOK(pages), scrolled, NULL);
    gtk_notebook_append_page(GTK_NOTEBOOK(pages), empty, NULL);
    gtk_widget_set_size_request(pages, -1, GALLERY_LEAST);
    return pages;
}

/* ---- Where from ------------------------------------------------------------------------------ */

static void on_source(GtkToggleButton *button, PstChooser *chooser)
{
    if (!gtk_toggle_button_get_active(button))
        return;
    for (int i = 0; i < PST_SOURCES; i++)
        if (chooser->buttons[i] == GTK_WIDGET(button) && chooser->source != (PstSource) i)
            show_source(chooser, (PstSource) i);
}

static void on_open(GtkButton *button, PstChooser *chooser)
{
    GtkWidget *window = gtk_widget_get_toplevel(GTK_WIDGET(button));
    const char *now = chooser->name ? pst_style_file_path(chooser->name) : NULL;
    char *path = pst_open_style(GTK_WINDOW(window), now);

    if (path) {
        char *name = pst_style_of_file(path);

        pst_chooser_set_style(chooser, name);
        chooser->events.changed(chooser->user);
        g_free(name);
    }
    g_free(path);
}

static GtkWidget *sources_new(PstChooser *chooser)
{
    GtkWidget *row = gtk_hbox_new(FALSE, SPACING);
    GtkWidget *label = gtk_label_new_with_mnemonic(_("_Style:"));
    GtkWidget *linked = gtk_hbox_new(TRUE, 0);
    GtkWidget *open = gtk_button_new_with_mnemonic(_("O_pen…"));
    GtkWidget *first = NULL;

    for (int i = 0; i < PST_SOURCES; i++) {
        GtkWidget *button = gtk_radio_button_new_with_mnemonic_from_widget(
            GTK_RADIO_BUTTON(first), gettext(source_labels[i]));
        gboolean empty = !gtk_tree_model_iter_n_children(GTK_TREE_MODEL(chooser->lists[i]), NULL);

        gtk_toggle_button_set_mode(GTK_TOGGLE_BUTTON(button), FALSE);
        gtk_widget_set_tooltip_text(button, gettext(source_tooltips[i]));
        gtk_widget_set_no_show_all(button, i == PST_SOURCE_BUILTIN && empty);
        gtk_box_pack_start(GTK_BOX(linked), button, TRUE, TRUE, 0);
        chooser->buttons[i] = button;
        first = button;
    }
    for (int i = 0; i < PST_SOURCES; i++)
        g_signal_connect(chooser->buttons[i], "toggled", G_CALLBACK(on_source), chooser);
#if GTK_CHECK_VERSION(3, 0, 0)
    gtk_style_context_add_class(gtk_widget_get_style_context(linked), "linked");
#endif
    gtk_widget_set_tooltip_text(open, _("A picture to paint like, or a saved style, from a file"));
    g_signal_connect(open, "clicked", G_CALLBACK(on_open), chooser);
    gtk_label_set_mnemonic_widget(GTK_LABEL(label), chooser->gallery);
    gtk_box_pack_start(GTK_BOX(row), label, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(row), linked, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(row), open, FALSE, FALSE, 0);
    return row;
}

/* ---- Choosing -------------------------------------------------------------------------------- */

/* Another layer of the photo's own image, or else a built-in, or else what there is: the content itself
 * is the last of the layers. */
static gboolean first_choice(PstChooser *chooser, GtkTreeIter *row)
{
    GtkTreeModel *layers = GTK_TREE_MODEL(chooser->lists[PST_SOURCE_LAYERS]);
    GtkTreeModel *builtin = GTK_TREE_MODEL(chooser->lists[PST_SOURCE_BUILTIN]);

    if (gtk_tree_model_iter_n_children(layers, NULL) < 2 &&
        gtk_tree_model_get_iter_first(builtin, row))
        chooser->source = PST_SOURCE_BUILTIN;
    else if (gtk_tree_model_get_iter_first(layers, row))
        chooser->source = PST_SOURCE_LAYERS;
    else
        return FALSE;
    return TRUE;
}

gboolean pst_chooser_set_style(PstChooser *chooser, const char *name)
{
    gboolean found = FALSE;
    GtkTreeIter row;

    for (int i = 0; i < PST_SOURCES && !found && *name; i++) {
        found = pst_style_list_find(chooser->lists[i], name, -1, &row);
        if (found)
            chooser->source = (PstSource) i;
    }
    if (!found && *name &&
        pst_style_list_add_name(chooser->lists[PST_SOURCE_RECENT], chooser->catalogue, name,
                                TRUE)) {
        found = pst_style_list_find(chooser->lists[PST_SOURCE_RECENT], name, -1, &row);
        chooser->source = PST_SOURCE_RECENT;
    }
    if (found || first_choice(chooser, &row))
        take_row(chooser, chooser->lists[chooser->source], &row);
    show_source(chooser, chooser->source);
    return found;
}

void pst_chooser_show_style(PstChooser *chooser, const char *name, int id)
{
    char *copy = g_strdup(name);
    gboolean found = FALSE;
    GtkTreeIter row;

    g_free(chooser->name);
    chooser->name = copy;
    chooser->id = id;
    for (int i = 0; i < PST_SOURCES && !found && name; i++) {
        found = pst_style_list_find(chooser->lists[i], name, id, &row);
        if (found)
            chooser->source = (PstSource) i;
    }
    tell(chooser, chooser->lists[chooser->source], found ? &row : NULL);
    show_source(chooser, chooser->source);
}

const char *pst_chooser_get_style(PstChooser *chooser, int *id)
{
    *id = chooser->name ? chooser->id : -1;
    return chooser->name;
}

void pst_chooser_set_thumbnail(PstChooser *chooser, const char *name, GdkPixbuf *thumbnail)
{
    GtkTreeIter row;

    if (pst_style_list_find(chooser->lists[PST_SOURCE_RECENT], name, -1, &row))
        pst_style_list_set_thumbnail(chooser->lists[PST_SOURCE_RECENT], &row, thumbnail);
}

/* The row of `list` that is a layer of that id, or is of that name. */
static gboolean find_style(GtkListStore *list, const char *name, int id, GtkTreeIter *row)
{
    GtkTreeModel *model = GTK_TREE_MODEL(list);

    if (name)
        return pst_style_list_find(list, name, -1, row);
    for (gboolean more = gtk_tree_model_get_iter_first(model, row); more;
         more = gtk_tree_model_iter_next(model, row)) {
        int other;

        gtk_tree_model_get(model, row, PST_STYLE_ID, &other, -1);
        if (other == id)
            return TRUE;
    }
    return FALSE;
}

void pst_chooser_set_suits(PstChooser *chooser, const char *name, int id, int score)
{
    GtkTreeIter row;

    for (int i = 0; i < PST_SOURCES; i++) {
        GtkListStore *list = chooser->lists[i];

        if (!find_style(list, name, id, &row))
            continue;
        gtk_list_store_set(list, &row, PST_STYLE_SUITS, score, -1);
        if (name ? g_strcmp0(name, chooser->name) == 0 : chooser->name && id == chooser->id)
            tell(chooser, list, &row);
    }
}

static void on_sort(GtkToggleButton *sort, PstChooser *chooser)
{
    pst_style_list_sort(chooser->lists[PST_SOURCE_BUILTIN], gtk_toggle_button_get_active(sort));
    show_choice(chooser);
}

/* ---- The widget ------------------------------------------------------------------------------ */

static void chooser_free(gpointer user)
{
    PstChooser *chooser = user;

    g_free(chooser->name);
    g_free(chooser);
}

PstChooser *pst_chooser_new(GtkListStore *const lists[PST_SOURCES], const PstCatalogue *catalogue,
                            const PstChooserEvents *events, gpointer user)
{
    PstChooser *chooser = g_new0(PstChooser, 1);

    chooser->events = *events;
    chooser->user = user;
    chooser->catalogue = catalogue;
    for (int i = 0; i < PST_SOURCES; i++)
        chooser->lists[i] = lists[i];
    chooser->box = gtk_vbox_new(FALSE, SPACING);
    chooser->pages = pages_new(chooser);
    chooser->told = gtk_label_new(NULL);
    gtk_misc_set_alignment(GTK_MISC(chooser->told), 0, 0.5);
    gtk_label_set_ellipsize(GTK_LABEL(chooser->told), PANGO_ELLIPSIZE_MIDDLE);
    gtk_label_set_max_width_chars(GTK_LABEL(chooser->told), TOLD_CHARS);
    chooser->foot = gtk_hbox_new(FALSE, SPACING);
    chooser->sort = gtk_check_button_new_with_mnemonic(_("Sho_w the best suited first"));
    gtk_widget_set_tooltip_text(
        chooser->sort,
        _("Sorts the built-in styles by how well they are likely to suit this photo"));
    g_signal_connect(chooser->sort, "toggled", G_CALLBACK(on_sort), chooser);
    gtk_box_pack_start(GTK_BOX(chooser->foot), chooser->sort, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(chooser->box), sources_new(chooser), FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(chooser->box), chooser->pages, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(chooser->box), chooser->told, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(chooser->box), chooser->foot, FALSE, FALSE, 0);
    g_object_set_data_full(G_OBJECT(chooser->box), "pst-chooser", chooser, chooser_free);
    return chooser;
}

GtkWidget *pst_chooser_widget(PstChooser *chooser)
{
    return chooser->box;
}

char *pst_chooser_title(PstChooser *chooser, const char *name, int id)
{
    char *title = NULL;
    GtkTreeIter row;

    for (int i = 0; i < PST_SOURCES && !title; i++)
        if (pst_style_list_find(chooser->lists[i], name, id, &row))
            gtk_tree_model_get(GTK_TREE_MODEL(chooser->lists[i]), &row, PST_STYLE_LABEL, &title,
                               -1);
    return title;
}

GtkWidget *pst_chooser_gallery(PstChooser *chooser)
{
    return chooser->gallery;
}

void pst_chooser_add_button(PstChooser *chooser, GtkWidget *button)
{
    gtk_box_pack_end(GTK_BOX(chooser->foot), button, FALSE, FALSE, 0);
}
