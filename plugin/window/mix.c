/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See mix.h.
 */
#include "window/mix.h"

#include "window/mask-choice.h"

#include <glib/gi18n.h>

#define SPACING      6
#define TITLE_CHARS  14
#define WHERE_WIDTH  100                                  /* at least */
#define PARTS_MOST   (PST_STYLES_MOST + PST_REGIONS_MOST) /* of a request; by the button one less */
#define ADDED_MOST   (1 + PST_REGIONS_MOST)
#define PART         "pst-part"
#define WEIGHT_MOST  100
#define WEIGHT_FIRST 50
#define WEIGHT_LEAST 10 /* of the largest one; "A|B" has weights of 1, where sliders tell nothing */

/* A style, and its row.  The first is mixed in, always; of the others each is either that or has a region. */
typedef struct {
    char *name; /* or NULL: to be chosen yet */
    int id;
    GtkWidget *row, *mark, *title, *scale;
    GtkWidget *where; /* NULL for the first, which has words there */
    char *region;     /* what was chosen there last, or NULL */
    GtkAdjustment *weight;
} Part;

struct PstMix {
    PstChooserEvents events;
    gpointer user;
    PstChooser *chooser;
    GtkWidget *box, *rows, *add, *words;
    Part parts[PARTS_MOST];
    int count, marked;
    gboolean showing; /* widgets change by our doing */
};

/* The mask of the part's region, or PST_NO_REGION; free with g_free(). */
static char *region_of(const Part *part)
{
    return part->where ? pst_mask_choice_get(part->where) : g_strdup(PST_NO_REGION);
}

static gboolean has_region(const Part *part)
{
    char *region = region_of(part);
    gboolean has = *region != '\0';

    g_free(region);
    return has;
}

static int count_mixed(const PstMix *mix)
{
    int count = 0;

    for (int i = 0; i < mix->count; i++)
        count += has_region(&mix->parts[i]) ? 0 : 1;
    return count;
}

/* ---- Showing --------------------------------------------------------------------------------- */

static void show_part(PstMix *mix, int i)
{
    Part *part = &mix->parts[i];
    char *title = part->name ? pst_chooser_title(mix->chooser, part->name, part->id) : NULL;

    gtk_label_set_text(GTK_LABEL(part->title), title ? title : _("Choose a style"));
    gtk_widget_set_tooltip_text(part->mark, title);
    gtk_widget_set_visible(part->row, i < mix->count);
    gtk_widget_set_visible(part->scale, !has_region(part) && count_mixed(mix) > 1);
    g_free(title);
}

/* Whether there can be another part, and why there cannot. */
static void show_add(PstMix *mix)
{
    const char *why = NULL;

    if (!mix->parts[0].name)
        why = _("Choose a first style before another");
    else if (pst_style_kept_name(mix->parts[0].name)) /* which is a mix already, perhaps */
        why =
            _("Nothing can be mixed with a style that is kept with a result: choose another style "
              "first");
    else if (mix->count >= ADDED_MOST || count_mixed(mix) >= PST_STYLES_MOST)
        why =
            _("There are as many styles as there can be: four that are mixed, or four parts of the "
              "picture with one of their own");
    gtk_widget_set_sensitive(mix->add, !why);
    gtk_widget_set_tooltip_text(
        mix->add, why ? why
                      : _("Another style, mixed in or for a part of the picture: choose it in the "
                          "gallery after this; up to four of either"));
}

/* The rows as the parts are; a single style needs none. */
static void show(PstMix *mix)
{
    mix->showing = TRUE;
    for (int i = 0; i < PARTS_MOST; i++)
        show_part(mix, i);
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(mix->parts[mix->marked].mark), TRUE);
    gtk_label_set_text(GTK_LABEL(mix->words),
                       count_mixed(mix) > 1 ? _("Mixed in") : _("Elsewhere"));
    gtk_widget_set_visible(mix->rows, mix->count > 1);
    show_add(mix);
    mix->showing = FALSE;
}

static void set_part(PstMix *mix, int i, const char *name, int id)
{
    Part *part = &mix->parts[i];
    char *copy = g_strdup(name);

    g_free(part->name);
    part->name = copy;
    part->id = name ? id : -1;
}

static void set_weight(PstMix *mix, int i, double weight)
{
    mix->showing = TRUE;
    gtk_adjustment_set_value(mix->parts[i].weight, weight);
    mix->showing = FALSE;
}

static void set_region(PstMix *mix, int i, const char *region)
{
    Part *part = &mix->parts[i];

    mix->showing = TRUE;
    if (part->where) {
        char *copy = g_strdup(region);

        pst_mask_choice_set(part->where, region);
        g_free(part->region);
        part->region = copy;
    }
    mix->showing = FALSE;
}

/* Puts part `from` in place of `to`. */
static void move_part(PstMix *mix, int from, int to)
{
    const Part *part = &mix->parts[from];
    char *region = region_of(part);

    if (from != to) {
        set_part(mix, to, part->name, part->id);
        set_weight(mix, to, gtk_adjustment_get_value(part->weight));
        set_region(mix, to, region);
    }
    g_free(region);
}

/* Of all that are mixed in, only the marked one stays. */
static void leave_marked(PstMix *mix)
{
    int count = 1;

    move_part(mix, mix->marked, 0);
    for (int i = 1; i < mix->count; i++)
        if (has_region(&mix->parts[i]))
            move_part(mix, i, count++);
    mix->count = count;
    mix->marked = 0;
}

static gboolean is_kept(const Part *part)
{
    return part->name && pst_style_kept_name(part->name);
}

/* Takes what the chooser has for the marked part. */
static void take_choice(PstMix *mix)
{
    int id;
    const char *name = pst_chooser_get_style(mix->chooser, &id);

    if (name && pst_style_kept_name(name) && !has_region(&mix->parts[mix->marked]))
        leave_marked(mix);
    set_part(mix, mix->marked, name, id);
}

static void mark(PstMix *mix, int i)
{
    const Part *part = &mix->parts[i];

    mix->marked = i;
    pst_chooser_show_style(mix->chooser, part->name, part->id);
    show(mix);
}

/* ---- Changes by the user --------------------------------------------------------------------- */

static void on_chosen(gpointer user)
{
    PstMix *mix = user;

    take_choice(mix);
    show(mix);
    mix->events.changed(mix->user);
}

static void on_activated(gpointer user)
{
    PstMix *mix = user;

    mix->events.activated(mix->user);
}

static void on_needs_thumbnail(const char *name, gpointer user)
{
    PstMix *mix = user;

    mix->events.needs_thumbnail(name, mix->user);
}

static void on_mark(GtkToggleButton *button, PstMix *mix)
{
    if (mix->showing || !gtk_toggle_button_get_active(button))
        return;
    for (int i = 0; i < mix->count; i++)
        if (mix->parts[i].mark == GTK_WIDGET(button))
            mark(mix, i);
}

static void on_weight(PstMix *mix)
{
    if (!mix->showing)
        mix->events.changed(mix->user);
}

/* The index of the part that the widget was made for. */
static int part_of(GtkWidget *widget)
{
    return GPOINTER_TO_INT(g_object_get_data(G_OBJECT(widget), PART));
}

/* A fifth style is not mixed in.  Nothing can be mixed with a style that is kept with a layer, so that of the two the
 * one that comes stays. */
static void on_where(GtkWidget *where, PstMix *mix)
{
    int at = part_of(where);
    char *region;

    if (mix->showing)
        return;
    region = region_of(&mix->parts[at]);
    set_region(mix, at, count_mixed(mix) > PST_STYLES_MOST ? mix->parts[at].region : region);
    g_free(region);
    if (!has_region(&mix->parts[at]) && (is_kept(&mix->parts[at]) || is_kept(&mix->parts[0]))) {
        mix->marked = at;
        leave_marked(mix);
        mark(mix, mix->marked);
    } else {
        show(mix);
    }
    mix->events.changed(mix->user);
}

static void on_add(GtkButton *button, PstMix *mix)
{
    (void) button;
    set_part(mix, mix->count, NULL, -1);
    set_weight(mix, mix->count, WEIGHT_FIRST);
    set_region(mix, mix->count, PST_NO_REGION);
    mark(mix, mix->count++);
    show(mix);
    gtk_widget_grab_focus(pst_chooser_gallery(mix->chooser));
}

static void on_remove(GtkWidget *button, PstMix *mix)
{
    int at = part_of(button);

    for (int i = at; i + 1 < mix->count; i++)
        move_part(mix, i + 1, i);
    set_part(mix, --mix->count, NULL, -1);
    if (mix->marked > at || mix->marked == mix->count)
        mix->marked--;
    mark(mix, mix->marked);
    mix->events.changed(mix->user);
}

/* ---- Requests -------------------------------------------------------------------------------- */

/* Adds a part; FALSE where `name` is none that can be chosen, or there are enough. */
static gboolean add_part(PstMix *mix, const char *name, double weight, const char *region)
{
    if (mix->count == PARTS_MOST || !pst_chooser_set_style(mix->chooser, name))
        return FALSE;
    mix->marked = mix->count++;
    set_weight(mix, mix->marked, weight);
    set_region(mix, mix->marked, region);
    take_choice(mix);
    return TRUE;
}

static gboolean add_terms(PstMix *mix, const PstStyleTerm *terms)
{
    double most = 0, scale;
    gboolean found = TRUE;

    for (const PstStyleTerm *term = terms; term->name; term++)
        most = MAX(most, term->weight);
    /* Weights that the sliders could have made stay as they are. */
    scale = most >= WEIGHT_LEAST && most <= WEIGHT_MOST ? 1 : WEIGHT_MOST / most;
    if (!terms[1].name)
        return add_part(mix, terms->name, WEIGHT_FIRST, PST_NO_REGION);
    for (; found && terms->name; terms++)
        found = add_part(mix, terms->name, terms->weight * scale, PST_NO_REGION);
    return found;
}

/* Where one of the styles is none that can be chosen, the first choice is there in place of all. */
static gboolean set_whole(PstMix *mix, const char *styles)
{
    gboolean kept = pst_style_kept_name(styles) != NULL, found;
    PstStyleTerm *terms = *styles && !kept ? pst_style_terms_new(styles, NULL) : NULL;

    mix->count = 0;
    found =
        terms ? add_terms(mix, terms) : kept && add_part(mix, styles, WEIGHT_FIRST, PST_NO_REGION);
    if (!found) {
        pst_chooser_set_style(mix->chooser, "");
        mix->count = 1;
        mix->marked = 0;
        set_weight(mix, 0, WEIGHT_FIRST);
        take_choice(mix);
    }
    pst_style_terms_free(terms);
    return found;
}

gboolean pst_mix_set(PstMix *mix, const PstRequest *request)
{
    gboolean found = set_whole(mix, request->style);

    for (int k = 0; k < request->region_count; k++)
        found = add_part(mix, request->regions[k].style, WEIGHT_FIRST, request->regions[k].mask) &&
                found;
    mark(mix, 0);
    return found;
}

/* The style of those that are mixed in; free with g_free(). */
static char *get_whole(const PstMix *mix, int ids[PST_STYLES_MOST])
{
    PstStyleTerm terms[PST_STYLES_MOST + 1] = {{NULL, 0}};
    int count = 0;

    if (mix->parts[0].name && pst_style_kept_name(mix->parts[0].name))
        return g_strdup(mix->parts[0].name);
    for (int i = 0; i < mix->count && count < PST_STYLES_MOST; i++) {
        const Part *part = &mix->parts[i];

        if (part->name && !has_region(part)) {
            ids[count] = part->id;
            terms[count++] = (PstStyleTerm){part->name, gtk_adjustment_get_value(part->weight)};
        }
    }
    if (count == 1)
        terms[0].weight = 1;
    return count > 0 ? pst_style_terms_to_text(terms) : g_strdup("");
}

static char *get_alone(const Part *part)
{
    PstStyleTerm terms[] = {{part->name, 1}, {NULL, 0}};

    return pst_style_kept_name(part->name) ? g_strdup(part->name) : pst_style_terms_to_text(terms);
}

void pst_mix_get(PstMix *mix, PstRequest *request, PstStyleLayers *layers)
{
    pst_style_layers_init(layers);
    pst_request_replace_style(request, 0, get_whole(mix, layers->ids[0]));
    pst_regions_clear(request);
    for (int i = 1; i < mix->count && request->region_count < PST_REGIONS_MOST; i++) {
        const Part *part = &mix->parts[i];

        if (part->name && has_region(part)) {
            pst_regions_add(request, region_of(part), get_alone(part));
            layers->ids[request->region_count][0] = part->id;
        }
    }
}

/* ---- The widget ------------------------------------------------------------------------------ */

static GtkWidget *remove_new(PstMix *mix, int i)
{
    GtkWidget *button = gtk_button_new_with_label("\xc3\x97"); /* a cross */

    gtk_button_set_relief(GTK_BUTTON(button), GTK_RELIEF_NONE);
    gtk_widget_set_tooltip_text(button, _("Leaves this style out"));
    atk_object_set_name(gtk_widget_get_accessible(button), _("Leave out"));
    g_object_set_data(G_OBJECT(button), PART, GINT_TO_POINTER(i));
    g_signal_connect(button, "clicked", G_CALLBACK(on_remove), mix);
    return button;
}

static GtkWidget *where_new(PstMix *mix, const char *const *masks, int i)
{
    GtkWidget *where = pst_region_choice_new(masks);

    pst_mask_choice_set(where, PST_NO_REGION);
    gtk_widget_set_size_request(where, WHERE_WIDTH, -1);
    atk_object_set_name(gtk_widget_get_accessible(where), _("Where"));
    g_object_set_data(G_OBJECT(where), PART, GINT_TO_POINTER(i));
    g_signal_connect(where, "changed", G_CALLBACK(on_where), mix);
    return where;
}

static void add_row(PstMix *mix, const char *const *masks, int i)
{
    const char *tooltip = _("This style's share of the mix: only the proportion counts");
    GtkRadioButton *group = i > 0 ? GTK_RADIO_BUTTON(mix->parts[0].mark) : NULL;
    Part *part = &mix->parts[i];
    GtkWidget *scale, *place = gtk_hbox_new(TRUE, SPACING);

    part->id = -1;
    part->row = gtk_hbox_new(FALSE, SPACING);
    part->mark = gtk_radio_button_new_from_widget(group);
    part->title = gtk_label_new(NULL);
    gtk_misc_set_alignment(GTK_MISC(part->title), 0, 0.5);
    gtk_label_set_ellipsize(GTK_LABEL(part->title), PANGO_ELLIPSIZE_END);
    gtk_label_set_width_chars(GTK_LABEL(part->title),
                              TITLE_CHARS); /* all alike, so that sliders line up */
    gtk_label_set_max_width_chars(GTK_LABEL(part->title), TITLE_CHARS);
    gtk_container_add(GTK_CONTAINER(part->mark), part->title);
    part->weight = GTK_ADJUSTMENT(gtk_adjustment_new(WEIGHT_FIRST, 1, WEIGHT_MOST, 1, 10, 0));
    scale = gtk_hscale_new(part->weight);
    gtk_scale_set_digits(GTK_SCALE(scale), 0);
    gtk_scale_set_value_pos(GTK_SCALE(scale), GTK_POS_RIGHT);
    gtk_widget_set_tooltip_text(scale, tooltip);
    atk_object_set_name(gtk_widget_get_accessible(scale), _("Share"));
    g_signal_connect(part->mark, "toggled", G_CALLBACK(on_mark), mix);
    g_signal_connect_swapped(part->weight, "value-changed", G_CALLBACK(on_weight), mix);
    gtk_box_pack_start(GTK_BOX(part->row), part->mark, FALSE, FALSE, 0);
    part->scale = scale;
    if (i > 0)
        part->where = where_new(mix, masks, i);
    gtk_box_pack_start(GTK_BOX(place), i > 0 ? part->where : mix->words, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(place), scale, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(part->row), place, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(part->row), remove_new(mix, i), FALSE, FALSE, 0);
    gtk_widget_show_all(part->row);
    gtk_widget_set_no_show_all(part->row, TRUE);
    gtk_box_pack_start(GTK_BOX(mix->rows), part->row, FALSE, FALSE, 0);
}

static void mix_free(gpointer user)
{
    PstMix *mix = user;

    for (int i = 0; i < PARTS_MOST; i++) {
        g_free(mix->parts[i].name);
        g_free(mix->parts[i].region);
    }
    g_free(mix);
}

PstMix *pst_mix_new(GtkListStore *const lists[PST_SOURCES], const PstCatalogue *catalogue,
                    const char *const *masks, const PstChooserEvents *events, gpointer user)
{
    static const PstChooserEvents own = {on_chosen, on_activated, on_needs_thumbnail};
    PstMix *mix = g_new0(PstMix, 1);

    mix->events = *events;
    mix->user = user;
    mix->count = 1;
    mix->chooser = pst_chooser_new(lists, catalogue, &own, mix);
    mix->box = gtk_vbox_new(FALSE, SPACING);
    mix->rows = gtk_vbox_new(FALSE, 0);
    mix->add = gtk_button_new_with_mnemonic(_("Mi_x in another"));
    g_signal_connect(mix->add, "clicked", G_CALLBACK(on_add), mix);
    mix->words = gtk_label_new(NULL);
    gtk_misc_set_alignment(GTK_MISC(mix->words), 0, 0.5);
    for (int i = 0; i < PARTS_MOST; i++)
        add_row(mix, masks, i);
    gtk_widget_set_no_show_all(mix->rows, TRUE);
    pst_chooser_add_button(mix->chooser, mix->add);
    gtk_box_pack_start(GTK_BOX(mix->box), pst_chooser_widget(mix->chooser), TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(mix->box), mix->rows, FALSE, FALSE, 0);
    g_object_set_data_full(G_OBJECT(mix->box), "pst-mix", mix, mix_free);
    return mix;
}

GtkWidget *pst_mix_widget(PstMix *mix)
{
    return mix->box;
}

PstChooser *pst_mix_chooser(PstMix *mix)
{
    return mix->chooser;
}
