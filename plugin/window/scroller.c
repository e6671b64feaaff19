/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See scroller.h.  A GtkScrolledWindow asks for next to no height of its own; this one asks for its content's, for
 * which GTK 2 and GTK 3 have different methods.
 */
#include "window/scroller.h"

#define LEAST_HEIGHT 100

typedef struct {
    GtkScrolledWindow parent;
    int rest;
} PstScroller;

typedef struct {
    GtkScrolledWindowClass parent;
} PstScrollerClass;

GType pst_scroller_get_type(void);

G_DEFINE_TYPE(PstScroller, pst_scroller, GTK_TYPE_SCROLLED_WINDOW)

/* The most that it may ask for. */
static int room(GtkWidget *widget)
{
    GdkScreen *screen = gtk_widget_get_screen(widget);
    GdkWindow *window = gtk_widget_get_window(widget);
    int monitor = window ? gdk_screen_get_monitor_at_window(screen, window)
                         : gdk_screen_get_primary_monitor(screen);
    GdkRectangle place;

    gdk_screen_get_monitor_geometry(screen, monitor, &place);
    return MAX(LEAST_HEIGHT, place.height - ((PstScroller *) widget)->rest);
}

#if GTK_CHECK_VERSION(3, 0, 0)

static void get_preferred_height(GtkWidget *widget, int *least, int *natural)
{
    GtkWidget *content = gtk_bin_get_child(GTK_BIN(widget));
    int most = room(widget);

    gtk_widget_get_preferred_height(content, least, natural);
    *least = MIN(*least, most);
    *natural = MIN(*natural, most);
}

static void get_preferred_height_for_width(GtkWidget *widget, int width, int *least, int *natural)
{
    (void) width;
    get_preferred_height(widget, least, natural);
}

static void pst_scroller_class_init(PstScrollerClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    widget_class->get_preferred_height = get_preferred_height;
    widget_class->get_preferred_height_for_width = get_preferred_height_for_width;
}

#else

static void size_request(GtkWidget *widget, GtkRequisition *needs)
{
    GtkRequisition content;

    GTK_WIDGET_CLASS(pst_scroller_parent_class)->size_request(widget, needs);
    gtk_widget_get_child_requisition(gtk_bin_get_child(GTK_BIN(widget)), &content);
    needs->height = MIN(content.height, room(widget));
}

static void pst_scroller_class_init(PstScrollerClass *class)
{
    GTK_WIDGET_CLASS(class)->size_request = size_request;
}

#endif

static void pst_scroller_init(PstScroller *scroller)
{
    (void) scroller;
}

GtkWidget *pst_scroller_new(GtkWidget *content, int rest)
{
    GtkWidget *widget = g_object_new(pst_scroller_get_type(), NULL);
    GtkScrolledWindow *scrolled = GTK_SCROLLED_WINDOW(widget);

    ((PstScroller *) widget)->rest = rest;
    gtk_scrolled_window_set_policy(scrolled, GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
#if GTK_CHECK_VERSION(3, 0, 0)
    gtk_scrolled_window_set_overlay_scrolling(scrolled, FALSE); /* it would lie on the controls */
#endif
    gtk_scrolled_window_add_with_viewport(scrolled, content);
    gtk_viewport_set_shadow_type(GTK_VIEWPORT(gtk_bin_get_child(GTK_BIN(widget))), GTK_SHADOW_NONE);
    /* what the keyboard comes to is scrolled into sight */
    gtk_container_set_focus_vadjustment(GTK_CONTAINER(content),
                                        gtk_scrolled_window_get_vadjustment(scrolled));
    return widget;
}
