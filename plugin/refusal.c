/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See refusal.h.
 */
#include "refusal.h"

#include <glib/gi18n.h>

static const char *const refusals[] = {
    [PST_REFUSE_NO_LAYER] = N_("Style Transfer works on a layer, and none is selected."),
    [PST_REFUSE_SEVERAL_LAYERS] =
        N_("One result is edited at a time, and several layers are selected. Select one."),
    [PST_REFUSE_OTHER_IMAGE] = N_("The layer is not in the image that was given."),
    [PST_REFUSE_CHANNEL] =
        N_("Style Transfer works on a layer, and a channel is selected. Select a layer."),
    [PST_REFUSE_FLOATING] =
        N_("The image has a floating selection. Anchor it first: Layer > Anchor Layer."),
    [PST_REFUSE_SELECTION] =
        N_("The selection does not touch the layer “%s”. Select a part of the layer, or nothing: "
           "Select > None."),
    [PST_REFUSE_NO_STYLE] = N_("No style is given. Give a layer (style-layer), or a style by its "
                               "name: “layer:NAME”, “file:PATH” or “builtin:NAME”."),
    [PST_REFUSE_TWO_STYLES] =
        N_("Both a style layer and the style “%s” are given. Give one of them."),
    [PST_REFUSE_STYLE_GONE] =
        N_("The style is the layer “%s”, and no open image has a layer of that name."),
    [PST_REFUSE_STYLE_NOT_KEPT] =
        N_("The style “%s” is not kept with the layer. Choose another style."),
    [PST_REFUSE_MASK_GONE] = N_("The mask is “%s”, and there is nothing of that name."),
    [PST_REFUSE_NO_LAST_RUN] = N_("There is no earlier run to repeat. Run Filters > Artistic > "
                                  "Style Transfer first and choose a style."),
    [PST_REFUSE_NO_DISPLAY] = N_("The dialog of Style Transfer needs a display. Without one, use "
                                 "the run mode RUN-NONINTERACTIVE."),
    [PST_REFUSE_LAYER_GONE] = N_("The layer is no longer there."),
    [PST_REFUSE_CONTENT_GONE] = N_("The layer was removed while it was being painted."),
    [PST_REFUSE_NO_RESULT] = N_("GIMP did not accept the painted layer."),
    [PST_REFUSE_NO_RECIPE] = N_("The layer was not made by Style Transfer, or has lost its recipe. "
                                "Select a layer that Filters > Artistic > Style Transfer made."),
    [PST_REFUSE_NO_CONTENT] =
        N_("The layer that this one was painted from is not in the image any more."),
    [PST_REFUSE_OTHER_SIZE] =
        N_("The layer and the one that it was painted from differ in size: one of them was cropped "
           "or scaled. Paint it anew: Filters > Artistic > Style Transfer."),
    [PST_REFUSE_OUTPUT] = N_("An edited result takes the place of the old one, so “output” is not "
                             "for it. Leave that out."),
};

gboolean pst_refuse(GError **error, PstRefusal why, const char *detail)
{
    char *name = pst_display_name(detail ? detail : "");

    /* A text without "%s" leaves the name unused. */
    g_set_error(error, PST_ERROR, PST_ERROR_USAGE, _(refusals[why]), name);
    g_free(name);
    return FALSE;
}
