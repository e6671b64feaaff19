/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See styles.h.
 */
#include "window/styles.h"

#include "request.h"

#include <glib/gi18n.h>
#include <string.h>

#define BUILTIN_PREFIX "builtin:"

GtkListStore *pst_style_list_new(void)
{
    return gtk_list_store_new(PST_STYLE_COLUMNS, GDK_TYPE_PIXBUF, G_TYPE_STRING, G_TYPE_STRING,
                              G_TYPE_STRING, G_TYPE_INT, G_TYPE_INT);
}

/* The middle of `pixbuf`, as a square; a quiet gray where there is none. */
static GdkPixbuf *square(GdkPixbuf *pixbuf)
{
    const int side = PST_THUMBNAIL_PIXELS;
    GdkPixbuf *result = gdk_pixbuf_new(GDK_COLORSPACE_RGB, TRUE, 8, side, side);
    double scale, width, height;

    gdk_pixbuf_fill(result, 0x80808040);
    if (pixbuf) {
        width = gdk_pixbuf_get_width(pixbuf);
        height = gdk_pixbuf_get_height(pixbuf);
        scale = side / MIN(width, height);
        gdk_pixbuf_scale(pixbuf, result, 0, 0, side, side, (side - width * scale) / 2,
                         (side - height * scale) / 2, scale, scale, GDK_INTERP_BILINEAR);
    }
    return result;
}

static void add(GtkListStore *list, int position, int id, const char *name, const char *label,
                const char *told, GdkPixbuf *thumbnail)
{
    GdkPixbuf *shown = square(thumbnail);

    gtk_list_store_insert_with_values(list, NULL, position, PST_STYLE_THUMBNAIL, shown,
                                      PST_STYLE_LABEL, label, PST_STYLE_TOLD, told, PST_STYLE_NAME,
                                      name, PST_STYLE_ID, id, PST_STYLE_SUITS, -1, -1);
    g_object_unref(shown);
}

void pst_style_list_add_layer(GtkListStore *list, int id, const char *layer, const char *image,
                              GdkPixbuf *thumbnail)
{
    char *name = g_strconcat("layer:", layer, NULL);
    /* Translators: a layer, and the image that it is in */
    char *told = image ? g_strdup_printf(_("%s (in %s)"), layer, image) : g_strdup(layer);

    add(list, -1, id, name, layer, told, thumbnail);
    g_free(told);
    g_free(name);
}

static void add_builtin(GtkListStore *list, int position, const PstStyleInfo *info)
{
    char *name = g_strconcat(BUILTIN_PREFIX, info->name, NULL);
    const char *label = *info->title ? info->title : info->name;
    GString *told = g_string_new(label);
    GdkPixbuf *thumbnail = NULL;

    if (*info->artist)
        g_string_append_printf(told, " \xe2\x80\x93 %s", info->artist);
    if (*info->year)
        g_string_append_printf(told, ", %s", info->year);
    if (info->thumbnail)
        thumbnail = gdk_pixbuf_new_from_data(info->thumbnail, GDK_COLORSPACE_RGB, FALSE, 8,
                                             info->thumbnail_width, info->thumbnail_height,
                                             3 * info->thumbnail_width, NULL, NULL);
    add(list, position, -1, name, label, told->str, thumbnail);
    g_clear_object(&thumbnail);
    g_string_free(told, TRUE);
    g_free(name);
}

void pst_style_list_add_catalogue(GtkListStore *list, const PstCatalogue *catalogue)
{
    for (guint i = 0; i < pst_catalogue_count(catalogue); i++)
        add_builtin(list, -1, pst_catalogue_at(catalogue, i));
}

void pst_style_list_add_kept(GtkListStore *list, const char *name)
{
    char *title = pst_style_title(name);

    add(list, -1, -1, name, title, _("As it was kept with the layer"), NULL);
    g_free(title);
}

gboolean pst_style_list_add_name(GtkListStore *list, const PstCatalogue *catalogue,
                                 const char *name, gboolean first)
{
    const char *path = pst_style_file_path(name);
    const PstStyleInfo *info;
    char *title, *told;

    if (path) {
        title = pst_style_title(name);
        told = g_filename_display_name(path);
        add(list, first ? 0 : -1, -1, name, title, told, NULL);
        g_free(told);
        g_free(title);
        return TRUE;
    }
    if (pst_style_layer_name(name) || pst_style_kept_name(name))
        return FALSE;
    if (g_str_has_prefix(name, BUILTIN_PREFIX))
        name += strlen(BUILTIN_PREFIX);
    info = pst_catalogue_find(catalogue, name);
    if (info)
        add_builtin(list, first ? 0 : -1, info);
    return info != NULL;
}

gboolean pst_style_list_find(GtkListStore *list, const char *name, int id, GtkTreeIter *row)
{
    GtkTreeModel *model = GTK_TREE_MODEL(list);

    for (gboolean more = gtk_tree_model_get_iter_first(model, row); more;
         more = gtk_tree_model_iter_next(model, row)) {
        gboolean same;
        char *other;
        int other_id;

        gtk_tree_model_get(model, row, PST_STYLE_NAME, &other, PST_STYLE_ID, &other_id, -1);
        same = g_str_equal(other, name) && (id == -1 || id == other_id);
        g_free(other);
        if (same)
            return TRUE;
    }
    return FALSE;
}

void pst_style_list_sort(GtkListStore *list, gboolean by_suits)
{
    gtk_tree_sortable_set_sort_column_id(GTK_TREE_SORTABLE(list),
                                         by_suits ? PST_STYLE_SUITS : PST_STYLE_NAME,
                                         by_suits ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
}

void pst_style_list_set_thumbnail(GtkListStore *list, GtkTreeIter *row, GdkPixbuf *thumbnail)
{
    GdkPixbuf *shown = square(thumbnail);

    gtk_list_store_set(list, row, PST_STYLE_THUMBNAIL, shown, -1);
    g_object_unref(shown);
}
