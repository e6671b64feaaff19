/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What one run is asked to do, apart from pixels: styles by name, the engine's settings, and where the
 * result goes.  It can be written as one line of text, which is how last values are kept.
 */
#pragma once

#include <pastiche.h>

G_BEGIN_DECLS

typedef enum {
    PST_OUTPUT_AUTO, /* a layer where the image is RGB, and else an RGB copy of the image with one */
    PST_OUTPUT_LAYER, /* a layer; a grayscale or indexed image becomes RGB in the same undo step */
    PST_OUTPUT_IMAGE, /* a copy of the image with a layer */
} PstOutput;

/* A part of the picture that has styles of its own. */
typedef struct {
    char *mask;  /* "channel:NAME" or "layer:NAME".  Owned. */
    char *style; /* as that of PstRequest, but not "".  Owned. */
} PstRegionName;

typedef struct {
    /* where it is painted: "selection" (which becomes the layer mask of the result), "none" (everywhere), or
     * a strength map, "channel:NAME" or "layer:NAME".  Owned. */
    char *mask;
    PstRegionName regions[PST_REGIONS_MOST];
    int region_count;
    char *style; /* what pst_style_terms_new() reads; pst_style_kept(); "": none.  Owned. */
    PstSettings settings;
    PstOutput output;
} PstRequest;

/* No style and the defaults; release with pst_request_clear(). */
void pst_request_init(PstRequest *request);
void pst_request_clear(PstRequest *request);
/* Of the defaults, what the dialog begins with: refined, which is worth its seconds to who looks on, where the
 * machine has the memory for it. */
void pst_request_set_for_dialog(PstRequest *request);
void pst_request_copy(PstRequest *to, const PstRequest *from); /* `to` is initialised */
void pst_request_set_style(PstRequest *request, const char *style);

/* Sets one thing by its name, "output", "mask", "regions" or what pst_settings_set() knows, from text. */
gboolean pst_request_set(PstRequest *request, const char *name, const char *value, GError **error);

/* Sets several: "name=value;name=value", values percent-encoded, empty parts ignored.  All or nothing. */
gboolean pst_request_set_all(PstRequest *request, const char *options, GError **error);

const char *pst_request_output(const PstRequest *request); /* "auto", "layer" or "image" */

/* "style=...;output=...;strength=...;mask=..." (that one where it is no selection), values percent-encoded, numbers in the C locale.  Free with
 * g_free(). */
char *pst_request_to_text(const PstRequest *request);

/* The reverse.  On failure `request` is unchanged. */
gboolean pst_request_set_from_text(PstRequest *request, const char *text, GError **error);

/* ";name=value", or without the semicolon at the start of `text`. */
void pst_append_pair(GString *text, const char *name, const char *value);

/* Takes "name=value" apart, in place; the value (free with g_free()), or NULL and an error. */
char *pst_split_pair(char *pair, GError **error);

/* Whether Refine has something to do. */
gboolean pst_request_refines(const PstRequest *request);

/* ---- Masks ----------------------------------------------------------------------------------- */

/* Whether `mask` is "selection". */
gboolean pst_mask_is_selection(const char *mask);

/* NAME of "layer:NAME" or "channel:NAME"; NULL for every other kind of mask. */
const char *pst_mask_layer_name(const char *mask);
const char *pst_mask_channel_name(const char *mask);

/* ---- Regions --------------------------------------------------------------------------------- */

/* Sets them from "MASK=STYLE;MASK=STYLE", masks and styles percent-encoded; "": none.  All or nothing. */
gboolean pst_regions_parse(PstRequest *request, const char *text, GError **error);

/* The reverse, with each style as `convert` (g_strdup(), say) makes a copy of it.  Free with g_free(). */
char *pst_regions_to_text(const PstRequest *request, char *(*convert)(const char *style));

void pst_regions_clear(PstRequest *request);
void pst_regions_copy(PstRequest *to, const PstRequest *from);

/* All styles of a request in one row: 0 is that of the whole, and the regions' follow. */
#define PST_REQUEST_STYLES (1 + PST_REGIONS_MOST)
const char *pst_request_mask(const PstRequest *request, int k);

/* The ids of the layers that its styles' terms are, and -1 for those that are none or have to be found by name. */
typedef struct {
    int ids[PST_REQUEST_STYLES][PST_STYLES_MOST];
} PstStyleLayers;

void pst_style_layers_init(PstStyleLayers *layers); /* all of them -1 */

/* Takes both, the text of a mask and of a style; there is room for PST_REGIONS_MOST. */
void pst_regions_add(PstRequest *request, char *mask, char *style);
const char *pst_request_style(const PstRequest *request, int k);
void pst_request_replace_style(PstRequest *request, int k, char *style); /* takes `style` */

/* Makes styles that are kept with a layer go by what they were made from, as for other layers.  FALSE where one was
 * made from a file, whose folder is not kept: it is left out, with its region. */
gboolean pst_request_forget_kept(PstRequest *request);

/* ---- Style names ----------------------------------------------------------------------------- */

/* NAME of "layer:NAME"; NULL for every other kind of style. */
const char *pst_style_layer_name(const char *style);

/* PATH of "file:PATH"; NULL for every other kind of style.  And the reverse; free with g_free(). */
const char *pst_style_file_path(const char *style);
char *pst_style_of_file(const char *path);

/* A style that is kept with a layer, "kept:STYLE", where STYLE is what it was made from.  Free with
 * g_free(). */
char *pst_style_kept(const char *style);

/* STYLE of "kept:STYLE"; NULL for a style that is not kept. */
const char *pst_style_kept_name(const char *style);

/* Whether one of the styles is a file; of a kept one, of what it was made from. */
gboolean pst_style_has_file(const char *style);

/* The styles' names for people: a layer's, a file's without folder and extension, a built-in's, joined by
 * "+".  Free with g_free(). */
char *pst_style_title(const char *style);

/* The style without the folders of its files, which would travel with a picture.  Free with g_free(). */
char *pst_style_without_folders(const char *style);

/* "content – style", the name of a result layer.  Free with g_free(). */
char *pst_result_title(const char *content, const char *style);

/* Whether `name` is that title, or what GIMP makes of it for a layer that is not the first to have it: with " #1"
 * behind it. */
gboolean pst_result_is_titled(const char *name, const char *content, const char *style);

G_END_DECLS
