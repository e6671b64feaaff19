/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See preview.h.
 */
#include "window/preview.h"

#include <gdk/gdkkeysyms.h>
#include <glib/gi18n.h>

#define SPACING      6
#define LEAST_WIDTH  480 /* of the picture's place; it grows with the window */
#define LEAST_HEIGHT 400
#define MOST_SCALE   2.0 /* a tiny picture is not blown up beyond that */
#define CHECK        8   /* side of the squares under what is transparent */
#define BUSY_AFTER   300 /* ms */
#define STEP         64  /* pixels that an arrow key moves the view */

/* A piece of the picture, pixel by pixel. */
typedef struct {
    GdkPixbuf *pixbuf; /* or NULL */
    int x, y;
} Part;

struct PstPreview {
    void (*moved)(gpointer user);
    gpointer user;
    GtkWidget *box, *area, *compare, *zoom, *spinner, *state;
    GdkPixbuf *photo, *picture;
    Part photo_part, picture_part;
    int width, height; /* of what they are of; 0: not known yet */
    double x, y;       /* what is in the middle of the view, in its pixels */
    double grab_x, grab_y;
    int place_width, place_height; /* of the area, when it was last told */
    gboolean zoomed, dragging;
    cairo_pattern_t *checks;
    gboolean busy, comparing;
    guint busy_later;
};

/* ---- Drawing --------------------------------------------------------------------------------- */

/* GIMP's own light checks. */
static cairo_pattern_t *checks_new(void)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 2 * CHECK, 2 * CHECK);
    cairo_t *cr = cairo_create(surface);
    cairo_pattern_t *pattern;

    cairo_set_source_rgb(cr, 0.4, 0.4, 0.4);
    cairo_paint(cr);
    cairo_set_source_rgb(cr, 0.6, 0.6, 0.6);
    cairo_rectangle(cr, 0, 0, CHECK, CHECK);
    cairo_rectangle(cr, CHECK, CHECK, CHECK, CHECK);
    cairo_fill(cr);
    cairo_destroy(cr);
    pattern = cairo_pattern_create_for_surface(surface);
    cairo_pattern_set_extend(pattern, CAIRO_EXTEND_REPEAT);
    cairo_surface_destroy(surface);
    return pattern;
}

/* Where a picture of this size goes in a place of that size: in the middle, as large as it fits. */
static GdkRectangle fit(int width, int height, int place_width, int place_height)
{
    double scale =
        MIN(MOST_SCALE, MIN(place_width / (double) width, place_height / (double) height));
    GdkRectangle box = {.width = MAX(1, (int) (width * scale + 0.5)),
                        .height = MAX(1, (int) (height * scale + 0.5))};

    box.x = (place_width - box.width) / 2;
    box.y = (place_height - box.height) / 2;
    return box;
}

static void draw_pixbuf(PstPreview *preview, cairo_t *cr, const GdkPixbuf *pixbuf,
                        const GdkRectangle *box)
{
    cairo_rectangle(cr, box->x, box->y, box->width, box->height);
    cairo_clip(cr);
    cairo_set_source(cr, preview->checks);
    cairo_paint(cr);
    cairo_translate(cr, box->x, box->y);
    cairo_scale(cr, box->width / (double) gdk_pixbuf_get_width(pixbuf),
                box->height / (double) gdk_pixbuf_get_height(pixbuf));
    gdk_cairo_set_source_pixbuf(cr, pixbuf, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_GOOD);
    /* Beyond the edge is more of the edge, not nothing, which would let the checks shine through. */
    cairo_pattern_set_extend(cairo_get_source(cr), CAIRO_EXTEND_PAD);
    cairo_paint(cr);
}

/* So many pixels of the picture lie side by side in a unit of the window. */
static int density(PstPreview *preview)
{
#if GTK_CHECK_VERSION(3, 0, 0)
    return gtk_widget_get_scale_factor(preview->area);
#else
    (void) preview;
    return 1;
#endif
}

gboolean pst_preview_get_view(const PstPreview *preview, GdkRectangle *view)
{
    GtkAllocation place;
    int scale = density((PstPreview *) preview);

    if (!preview->zoomed)
        return FALSE;
    gtk_widget_get_allocation(preview->area, &place);
    view->width = MIN(preview->width, place.width * scale);
    view->height = MIN(preview->height, place.height * scale);
    view->x = CLAMP((int) preview->x - view->width / 2, 0, preview->width - view->width);
    view->y = CLAMP((int) preview->y - view->height / 2, 0, preview->height - view->height);
    return TRUE;
}

static void draw_part(PstPreview *preview, cairo_t *cr, const Part *part)
{
    if (!part->pixbuf)
        return;
    cairo_save(cr);
    cairo_rectangle(cr, part->x, part->y, gdk_pixbuf_get_width(part->pixbuf),
                    gdk_pixbuf_get_height(part->pixbuf));
    cairo_clip(cr);
    cairo_set_source(cr, preview->checks);
    cairo_paint(cr);
    gdk_cairo_set_source_pixbuf(cr, part->pixbuf, part->x, part->y);
    cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_NEAREST);
    cairo_paint(cr);
    cairo_restore(cr);
}

/* What is there of the part, over an enlargement of the whole, which is there sooner. */
static void draw_view(PstPreview *preview, cairo_t *cr, const GdkPixbuf *shown, const Part *part)
{
    GdkRectangle view = {0, 0, 0, 0}, all = {0, 0, preview->width, preview->height};
    int scale = density(preview);
    GtkAllocation place;

    pst_preview_get_view(preview, &view);
    gtk_widget_get_allocation(preview->area, &place);
    cairo_scale(cr, 1.0 / scale, 1.0 / scale);
    cairo_translate(cr, (place.width * scale - view.width) / 2 - view.x,
                    (place.height * scale - view.height) / 2 - view.y);
    cairo_rectangle(cr, view.x, view.y, view.width, view.height);
    cairo_clip(cr);
    cairo_save(cr);
    draw_pixbuf(preview, cr, shown, &all);
    cairo_restore(cr);
    draw_part(preview, cr, part);
}

static void draw(PstPreview *preview, cairo_t *cr)
{
    gboolean painted = preview->picture && !preview->comparing;
    GdkPixbuf *shown = preview->picture && !preview->comparing ? preview->picture : preview->photo;
    /* Both stand in the same place, whatever their resolution. */
    GdkPixbuf *shape = preview->photo ? preview->photo : shown;
    GtkAllocation place;
    GdkRectangle box;

    if (!shown)
        return;
    if (preview->zoomed) {
        draw_view(preview, cr, shown, painted ? &preview->picture_part : &preview->photo_part);
        return;
    }
    gtk_widget_get_allocation(preview->area, &place);
    box = fit(gdk_pixbuf_get_width(shape), gdk_pixbuf_get_height(shape), place.width, place.height);
    draw_pixbuf(preview, cr, shown, &box);
}

#if GTK_CHECK_VERSION(3, 0, 0)
static gboolean on_draw(GtkWidget *area, cairo_t *cr, PstPreview *preview)
{
    (void) area;
    draw(preview, cr);
    return FALSE;
}
#define DRAW_SIGNAL "draw"
#else
static gboolean on_draw(GtkWidget *area, GdkEventExpose *event, PstPreview *preview)
{
    cairo_t *cr = gdk_cairo_create(gtk_widget_get_window(area));

    gdk_cairo_region(cr, event->region);
    cairo_clip(cr);
    draw(preview, cr);
    cairo_destroy(cr);
    return FALSE;
}
#define DRAW_SIGNAL "expose-event"
#endif

/* ---- What is shown --------------------------------------------------------------------------- */

static void show_state(PstPreview *preview)
{
    const char *text = "";

    if (preview->comparing)
        text = _("Original");
    else if (preview->busy && !preview->busy_later)
        text = _("Painting…");
    gtk_label_set_text(GTK_LABEL(preview->state), text);
    if (preview->busy && !preview->busy_later) {
        gtk_widget_show(preview->spinner);
        gtk_spinner_start(GTK_SPINNER(preview->spinner));
    } else {
        gtk_spinner_stop(GTK_SPINNER(preview->spinner));
        gtk_widget_hide(preview->spinner);
    }
}

static gboolean on_busy_later(gpointer user)
{
    PstPreview *preview = user;

    preview->busy_later = 0;
    show_state(preview);
    return G_SOURCE_REMOVE;
}

void pst_preview_set_busy(PstPreview *preview, gboolean busy)
{
    if (busy && !preview->busy)
        preview->busy_later = g_timeout_add(BUSY_AFTER, on_busy_later, preview);
    if (!busy && preview->busy_later) {
        g_source_remove(preview->busy_later);
        preview->busy_later = 0;
    }
    preview->busy = busy;
    show_state(preview);
}

void pst_preview_set_photo(PstPreview *preview, GdkPixbuf *photo)
{
    g_set_object(&preview->photo, photo);
    gtk_widget_queue_draw(preview->area);
}

static void clear_part(Part *part)
{
    g_clear_object(&part->pixbuf);
}

void pst_preview_set_picture(PstPreview *preview, GdkPixbuf *picture)
{
    g_set_object(&preview->picture, picture);
    clear_part(&preview->picture_part); /* it was of another picture */
    gtk_widget_queue_draw(preview->area);
}

void pst_preview_set_part(PstPreview *preview, GdkPixbuf *part, int x, int y, gboolean painted)
{
    Part *place = painted ? &preview->picture_part : &preview->photo_part;

    g_set_object(&place->pixbuf, part);
    place->x = x;
    place->y = y;
    gtk_widget_queue_draw(preview->area);
}

void pst_preview_set_size(PstPreview *preview, int width, int height)
{
    preview->width = width;
    preview->height = height;
    preview->x = width / 2.0;
    preview->y = height / 2.0;
    gtk_widget_set_sensitive(preview->zoom, TRUE);
}

static void set_comparing(PstPreview *preview, gboolean comparing)
{
    if (comparing == preview->comparing)
        return;
    preview->comparing = comparing;
    show_state(preview);
    gtk_widget_queue_draw(preview->area);
}

/* ---- Looking closer -------------------------------------------------------------------------- */

/* Looks at the pixel x, y, or at the nearest one that can be in the middle. */
static void look_at(PstPreview *preview, double x, double y)
{
    GdkRectangle view;

    preview->x = x;
    preview->y = y;
    if (pst_preview_get_view(preview, &view)) {
        preview->x = view.x + view.width / 2.0;
        preview->y = view.y + view.height / 2.0;
    }
    gtk_widget_queue_draw(preview->area);
    preview->moved(preview->user);
}

static void on_zoom(GtkToggleButton *zoom, PstPreview *preview)
{
    preview->zoomed = gtk_toggle_button_get_active(zoom);
    clear_part(&preview->photo_part);
    clear_part(&preview->picture_part);
    look_at(preview, preview->x, preview->y);
}

/* Where the window's unit x, y is in the picture, when the whole is shown. */
static void look_where(PstPreview *preview, double x, double y)
{
    GtkAllocation place;
    GdkRectangle box;

    gtk_widget_get_allocation(preview->area, &place);
    box = fit(preview->width, preview->height, place.width, place.height);
    preview->x = (x - box.x) * preview->width / box.width;
    preview->y = (y - box.y) * preview->height / box.height;
}

/* A double click goes there, and another one back. */
static void toggle_zoom(PstPreview *preview, const GdkEventButton *event)
{
    GtkToggleButton *zoom = GTK_TOGGLE_BUTTON(preview->zoom);

    if (preview->width == 0)
        return;
    preview->dragging = FALSE;
    set_comparing(preview, FALSE);
    if (!preview->zoomed)
        look_where(preview, event->x, event->y);
    gtk_toggle_button_set_active(zoom, !preview->zoomed);
}

static gboolean on_motion(GtkWidget *area, GdkEventMotion *event, PstPreview *preview)
{
    int scale = density(preview);

    (void) area;
    if (!preview->dragging)
        return FALSE;
    look_at(preview, preview->x - (event->x - preview->grab_x) * scale,
            preview->y - (event->y - preview->grab_y) * scale);
    preview->grab_x = event->x;
    preview->grab_y = event->y;
    return TRUE;
}

/* On the preview itself: the whole is compared, and a part moved. */
static gboolean on_area_button(GtkWidget *area, GdkEventButton *event, PstPreview *preview)
{
    gboolean pressed = event->type == GDK_BUTTON_PRESS;

    gtk_widget_grab_focus(area);
    if (event->button != 1)
        return FALSE;
    if (event->type == GDK_2BUTTON_PRESS)
        toggle_zoom(preview, event);
    else if (!preview->zoomed)
        set_comparing(preview, pressed);
    preview->dragging = preview->zoomed && pressed;
    preview->grab_x = event->x;
    preview->grab_y = event->y;
    return TRUE;
}

static gboolean on_area_key(GtkWidget *area, GdkEventKey *event, PstPreview *preview)
{
    int x = (event->keyval == GDK_KEY_Right) - (event->keyval == GDK_KEY_Left);
    int y = (event->keyval == GDK_KEY_Down) - (event->keyval == GDK_KEY_Up);

    (void) area;
    if (!preview->zoomed || (x == 0 && y == 0))
        return FALSE;
    look_at(preview, preview->x + STEP * x, preview->y + STEP * y);
    return TRUE;
}

/* Another size of the window shows another part. */
static void on_resized(GtkWidget *area, GtkAllocation *place, PstPreview *preview)
{
    gboolean differs =
        place->width != preview->place_width || place->height != preview->place_height;

    (void) area;
    preview->place_width = place->width;
    preview->place_height = place->height;
    if (preview->zoomed && differs)
        preview->moved(preview->user);
}

static GtkWidget *zoom_new(PstPreview *preview)
{
    GtkWidget *button = gtk_toggle_button_new_with_mnemonic(_("_Zoom to 100 %"));

    gtk_widget_set_tooltip_text(
        button,
        _("Shows a part of the result pixel by pixel, as it will be. Drag it, or use the arrow "
          "keys, to see another part; a double click on the preview goes there and back"));
    gtk_widget_set_sensitive(button, FALSE);
    g_signal_connect(button, "toggled", G_CALLBACK(on_zoom), preview);
    return button;
}

/* ---- Holding the button ---------------------------------------------------------------------- */

static gboolean on_button(GtkWidget *widget, GdkEventButton *event, PstPreview *preview)
{
    (void) widget;
    if (event->button == 1)
        set_comparing(preview, event->type != GDK_BUTTON_RELEASE);
    return FALSE; /* the button goes down, too */
}

static gboolean on_key(GtkWidget *widget, GdkEventKey *event, PstPreview *preview)
{
    (void) widget;
    if (event->keyval != GDK_KEY_space)
        return FALSE;
    set_comparing(preview, event->type == GDK_KEY_PRESS);
    return TRUE;
}

static gboolean on_focus_out(GtkWidget *widget, GdkEvent *event, PstPreview *preview)
{
    (void) widget, (void) event;
    set_comparing(preview, FALSE);
    return FALSE;
}

/* Its letter brings the keyboard to it: a click that is over at once would show nothing. */
static gboolean on_mnemonic(GtkWidget *widget, gboolean cycling, PstPreview *preview)
{
    (void) cycling, (void) preview;
    gtk_widget_grab_focus(widget);
    return TRUE;
}

static GtkWidget *compare_new(PstPreview *preview)
{
    GtkWidget *button = gtk_button_new_with_mnemonic(_("Hold for or_iginal"));

    gtk_widget_set_tooltip_text(
        button, _("Shows the layer as it is for as long as you hold this button or the space bar, "
                  "or press on the preview itself"));
    g_signal_connect(button, "button-press-event", G_CALLBACK(on_button), preview);
    g_signal_connect(button, "button-release-event", G_CALLBACK(on_button), preview);
    g_signal_connect(button, "key-press-event", G_CALLBACK(on_key), preview);
    g_signal_connect(button, "key-release-event", G_CALLBACK(on_key), preview);
    g_signal_connect(button, "focus-out-event", G_CALLBACK(on_focus_out), preview);
    g_signal_connect(button, "mnemonic-activate", G_CALLBACK(on_mnemonic), preview);
    return button;
}

/* ---- The widget ------------------------------------------------------------------------------ */

static GtkWidget *area_new(PstPreview *preview)
{
    GtkWidget *area = gtk_drawing_area_new();

    gtk_widget_set_size_request(area, LEAST_WIDTH, LEAST_HEIGHT);
    gtk_widget_set_can_focus(area, TRUE);
    gtk_widget_add_events(area, GDK_BUTTON_PRESS_MASK | GDK_BUTTON_RELEASE_MASK |
                                    GDK_BUTTON_MOTION_MASK | GDK_KEY_PRESS_MASK);
    atk_object_set_name(gtk_widget_get_accessible(area), _("Preview"));
    g_signal_connect(area, DRAW_SIGNAL, G_CALLBACK(on_draw), preview);
    g_signal_connect(area, "button-press-event", G_CALLBACK(on_area_button), preview);
    g_signal_connect(area, "button-release-event", G_CALLBACK(on_area_button), preview);
    g_signal_connect(area, "motion-notify-event", G_CALLBACK(on_motion), preview);
    g_signal_connect(area, "key-press-event", G_CALLBACK(on_area_key), preview);
    g_signal_connect(area, "size-allocate", G_CALLBACK(on_resized), preview);
    return area;
}

static void preview_free(gpointer user)
{
    PstPreview *preview = user;

    if (preview->busy_later)
        g_source_remove(preview->busy_later);
    g_clear_object(&preview->photo);
    g_clear_object(&preview->picture);
    clear_part(&preview->photo_part);
    clear_part(&preview->picture_part);
    cairo_pattern_destroy(preview->checks);
    g_free(preview);
}

PstPreview *pst_preview_new(void (*moved)(gpointer user), gpointer user)
{
    PstPreview *preview = g_new0(PstPreview, 1);
    GtkWidget *row = gtk_hbox_new(FALSE, SPACING);

    preview->moved = moved;
    preview->user = user;
    preview->checks = checks_new();
    preview->box = gtk_vbox_new(FALSE, SPACING);
    preview->area = area_new(preview);
    preview->compare = compare_new(preview);
    preview->spinner = gtk_spinner_new();
    gtk_widget_set_no_show_all(preview->spinner, TRUE);
    preview->state = gtk_label_new(NULL);

    gtk_box_pack_start(GTK_BOX(row), preview->spinner, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(row), preview->state, FALSE, FALSE, 0);
    preview->zoom = zoom_new(preview);
    gtk_box_pack_end(GTK_BOX(row), preview->compare, FALSE, FALSE, 0);
    gtk_box_pack_end(GTK_BOX(row), preview->zoom, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(preview->box), preview->area, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(preview->box), row, FALSE, FALSE, 0);
    g_object_set_data_full(G_OBJECT(preview->box), "pst-preview", preview, preview_free);
    return preview;
}

GtkWidget *pst_preview_widget(PstPreview *preview)
{
    return preview->box;
}
