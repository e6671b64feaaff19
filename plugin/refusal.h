/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is refused before anything is computed, and in which words: the same in both GIMPs.
 */
#pragma once

#include <pastiche.h>

G_BEGIN_DECLS

typedef enum {
    PST_REFUSE_NO_LAYER,
    PST_REFUSE_SEVERAL_LAYERS, /* to edit */
    PST_REFUSE_OTHER_IMAGE,
    PST_REFUSE_CHANNEL,
    PST_REFUSE_FLOATING,
    PST_REFUSE_SELECTION, /* detail: the layer */
    PST_REFUSE_NO_STYLE,
    PST_REFUSE_TWO_STYLES,     /* detail: the named one */
    PST_REFUSE_STYLE_GONE,     /* detail: the layer */
    PST_REFUSE_STYLE_NOT_KEPT, /* detail: its name */
    PST_REFUSE_MASK_GONE,      /* detail: its name */
    PST_REFUSE_NO_LAST_RUN,
    PST_REFUSE_NO_DISPLAY,
    PST_REFUSE_LAYER_GONE,
    PST_REFUSE_CONTENT_GONE,
    PST_REFUSE_NO_RESULT,
    PST_REFUSE_NO_RECIPE,
    PST_REFUSE_NO_CONTENT,
    PST_REFUSE_OTHER_SIZE,
    PST_REFUSE_OUTPUT, /* to edit */
} PstRefusal;

/* Sets `error` (PST_ERROR_USAGE).  `detail` is NULL where the reason has none.  Returns FALSE. */
gboolean pst_refuse(GError **error, PstRefusal why, const char *detail);

G_END_DECLS
