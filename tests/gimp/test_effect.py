# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The GEGL operation as a layer effect of GIMP 3, through GIMP's filter API."""

import cases
from cases import equal
from session import Symbol

OPERATION = "pastiche:stylize"


class Context(cases.Context):
    def __init__(self, options, folder):
        self.environment = {"GEGL_PATH": options.gegl}
        super().__init__(options, folder)

    def photo(self):
        image = self.gimp.image(120, 80)
        return image, self.gimp.picture(image, "photo", 120, 80, seed=3)

    def effect(self, layer, **properties):
        """Appends the operation to the layer's effects; properties are keywords with "_" for "-"."""
        words = [word for name, value in properties.items() for word in (name.replace("_", "-"), value)]
        self.gimp.call("gimp-drawable-append-new-filter", layer, OPERATION, "painted",
                       Symbol("LAYER-MODE-REPLACE"), 1.0, *words)
        return self.gimp.call("gimp-drawable-get-filters", layer)[0][-1]

    def seen(self, image):
        """The pixels that the image shows."""
        other = self.gimp.image(120, 80)
        layer = self.gimp.call("gimp-layer-new-from-visible", image, other, "visible")[0]
        pixels = self.gimp.pixels(self.gimp.insert(other, layer))
        self.gimp.delete(other)
        return pixels


def case_effect_is_not_destructive(t):
    image, photo = t.photo()
    before = t.seen(image)
    effect = t.effect(photo, style="wave")
    assert t.seen(image).difference(before) > 4, "the effect does nothing"
    equal(len(t.gimp.call("gimp-drawable-get-filters", photo)[0]), 1, "the number of effects")
    t.gimp.call("gimp-drawable-filter-delete", effect)
    equal(t.seen(image).difference(before), 0, "what differs without the effect")


def case_effect_paints_what_the_plug_in_paints(t):
    image, photo = t.photo()
    result = t.gimp.pixels(t.gimp.paint(image, photo, style="irises", strength=70))
    other, copy = t.photo()
    t.effect(copy, style="irises", strength=70.0)
    assert t.seen(other).difference(result) < 0.6, "the effect and the plug-in paint differently"


def case_effect_stays_in_the_file(t):
    image, photo = t.photo()
    t.effect(photo, style="wave", strength=90.0)
    path = str(t.folder / "work" / "effect.xcf")
    t.gimp.save_xcf(image, path)
    painted = t.seen(image)
    again = t.gimp.load(path)
    equal(t.seen(again).difference(painted), 0, "what differs in the file")


def case_wrong_style_leaves_the_photo(t):
    image, photo = t.photo()
    before = t.seen(image)
    t.effect(photo, style="nosuch")
    equal(t.seen(image).difference(before), 0, "what differs")
