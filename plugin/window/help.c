/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See help.h.
 */
#include "window/help.h"

#include <gtk/gtk.h>

#include <glib/gi18n.h>

/* The page of one language in one folder; NULL where there is none.  Free with g_free(). */
static char *page_in(const char *folder, const char *language)
{
    char *base = g_str_equal(language, "C") ? g_strdup("help.html")
                                            : g_strdup_printf("help.%s.html", language);
    char *path = g_build_filename(folder, base, NULL);

    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
        g_clear_pointer(&path, g_free);
    g_free(base);
    return path;
}

/* `help` beside the executable, or the source tree's for one that is not installed. */
static char *find_page(void)
{
    char *self = g_file_read_link("/proc/self/exe", NULL);
    char *folder = self ? g_path_get_dirname(self) : g_strdup(".");
    char *beside = g_build_filename(folder, "help", NULL);
    const char *const folders[] = {beside, PST_HELP_BUILD};
    char *page = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(folders); i++)
        for (const char *const *language = g_get_language_names(); *language && !page; language++)
            page = page_in(folders[i], *language);
    g_free(beside);
    g_free(folder);
    g_free(self);
    return page;
}

static void complain(const char *why)
{
    GtkWidget *box = gtk_message_dialog_new(NULL, GTK_DIALOG_MODAL, GTK_MESSAGE_WARNING,
                                            GTK_BUTTONS_OK, "%s", why);

    gtk_dialog_run(GTK_DIALOG(box));
    gtk_widget_destroy(box);
}

void pst_help_show(const char *id, gpointer data)
{
    char *page = find_page();
    char *uri = page ? g_filename_to_uri(page, NULL, NULL) : NULL;
    GError *error = NULL;

    (void) id, (void) data;
    if (!uri) {
        complain(_("The help page of Style Transfer is not installed."));
    } else if (!g_app_info_launch_default_for_uri(uri, NULL, &error)) {
        char *why =
            g_strdup_printf(_("The help page %s cannot be opened: %s"), page, error->message);

        complain(why);
        g_free(why);
        g_error_free(error);
    }
    g_free(uri);
    g_free(page);
}
