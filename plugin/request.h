/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What one run is asked to do, apart from pixels: a style by name and the engine's settings.  It can
 * be written as one line of text, which is how last values and recipes are kept.
 */
#pragma once

#include <pastiche.h>

G_BEGIN_DECLS

typedef struct {
    char *style; /* "layer:NAME", "file:PATH", "builtin:NAME", a bare built-in; "": none.  Owned. */
    PstSettings settings;
} PstRequest;

/* No style and the engine's defaults; release with pst_request_clear(). */
void pst_request_init(PstRequest *request);
void pst_request_clear(PstRequest *request);
void pst_request_copy(PstRequest *to, const PstRequest *from); /* `to` is initialised */
void pst_request_set_style(PstRequest *request, const char *style);

/* "style=...;strength=...;...", values percent-encoded, numbers in the C locale.  Free with g_free(). */
char *pst_request_to_text(const PstRequest *request);

/* The reverse.  On failure `request` is unchanged. */
gboolean pst_request_set_from_text(PstRequest *request, const char *text, GError **error);

/* The values of settings as pst_settings_set() reads them.  Free with g_free(). */
char *pst_settings_number(double value);                    /* "100" */
char *pst_settings_brush_size(const PstSettings *settings); /* "auto", "150", "40px" */
const char *pst_settings_keep_colours(const PstSettings *settings);

/* What is kept on a result layer: versions, style and what else decides its pixels, but no folder
 * names, which would travel with the picture.  Free with g_free(). */
char *pst_request_recipe(const PstRequest *request, const char *weights_version);

/* ---- Style names ----------------------------------------------------------------------------- */

/* NAME of "layer:NAME"; NULL for every other kind of style. */
const char *pst_style_layer_name(const char *style);

/* The style's name for people: the layer's, the file's without folder and extension, the built-in's.
 * Free with g_free(). */
char *pst_style_title(const char *style);

/* "content – style", the name of a result layer.  Free with g_free(). */
char *pst_result_title(const char *content, const char *style);

G_END_DECLS
