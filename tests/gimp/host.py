# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests do in GIMP, in one vocabulary for 2.10 and 3."""

import urllib.parse
from pathlib import Path

import pictures
from session import Session, Symbol, to_scheme

INTERACTIVE, NONINTERACTIVE, LAST_VALS = 0, 1, 2
RGB, GRAY = 0, 1
SELECTION_REPLACE = 2
MASK_SELECTION, MASK_WHITE, MASK_DISCARD = 4, 0, 1
NORMAL = 28


class Host(Session):
    """Names that 2.10 and 3 share; the subclasses say what differs."""

    def __init__(self, *args, work, **env):
        self.work = Path(work)
        self.n_files = 0
        super().__init__(*args, **env)

    def temporary(self, suffix):
        self.n_files += 1
        return str(self.work / f"file-{self.n_files}{suffix}")

    # ---- Images and layers ----

    def image(self, width=120, height=80, kind=RGB):
        return self.call("gimp-image-new", width, height, kind)[0]

    def insert(self, image, layer, parent=0, position=0):
        self.call("gimp-image-insert-layer", image, layer, parent, position)
        return layer

    def picture(self, image, name, width=120, height=80, seed=1, alpha=True, parent=0, position=0):
        """A layer with waves on it."""
        path = pictures.write_ppm(self.temporary(".ppm"), width, height, seed)
        layer = self.call("gimp-file-load-layer", NONINTERACTIVE, image, path)[0]
        self.insert(image, layer, parent, position)
        self.call("gimp-item-set-name", layer, name)
        if alpha:
            self.call("gimp-layer-add-alpha", layer)
        return layer

    def name(self, item):
        return self.call("gimp-item-get-name", item)[0]

    def parent(self, item):
        return self.call("gimp-item-get-parent", item)[0]

    def position(self, image, item):
        return self.call("gimp-image-get-item-position", image, item)[0]

    def select(self, image, x, y, width, height):
        self.call("gimp-image-select-rectangle", image, SELECTION_REPLACE, x, y, width, height)

    def select_nothing(self, image):
        self.call("gimp-selection-none", image)

    def mask(self, layer):
        return self.call("gimp-layer-get-mask", layer)[0]

    def add_mask(self, layer, kind=MASK_WHITE):
        mask = self.call("gimp-layer-create-mask", layer, kind)[0]
        self.call("gimp-layer-add-mask", layer, mask)
        return mask

    def has_alpha(self, layer):
        return bool(self.call("gimp-drawable-has-alpha", layer)[0])

    def is_dirty(self, image):
        return bool(self.call("gimp-image-is-dirty", image)[0])

    def clean(self, image):
        self.call("gimp-image-clean-all", image)

    def set_profile(self, image, path):
        name = Path(path).as_uri() if self.major == 2 else path
        self.call("gimp-image-set-color-profile-from-file", image, name)

    def convert_to_profile(self, image, path):
        name = Path(path).as_uri() if self.major == 2 else path
        self.call("gimp-image-convert-color-profile-from-file", image, name, 1, True)

    def tattoo(self, item):
        return self.call("gimp-item-get-tattoo", item)[0]

    def levels(self, layer, low_in, high_in, low_out, high_out):
        """Linear, and beyond white where the image has room for that."""
        self.call("gimp-drawable-levels", layer, 0, low_in, high_in, False, 1.0, low_out, high_out,
                  False)

    def recipe_text(self, layer):
        return self.call("gimp-item-get-parasite", layer, "pastiche-recipe")[0][2]

    def attach(self, item, name, text):
        """A parasite."""
        self.eval(f"(gimp-item-attach-parasite {item} (list {to_scheme(name)} 1 {to_scheme(text)}))")

    def recipe(self, layer):
        """The parasite as a dictionary."""
        pairs = (part.split("=", 1) for part in self.recipe_text(layer).split(";"))
        return {name: urllib.parse.unquote(value) for name, value in pairs}

    def delete(self, image):
        self.call("gimp-image-delete", image)


class Host2(Host):
    def image_of(self, item):
        return self.call("gimp-item-get-image", item)[0]

    def base_type(self, image):
        return self.call("gimp-image-base-type", image)[0]

    def text(self, image, words):
        layer = self.call("gimp-text-layer-new", image, words, "Sans", 20, 0)[0]
        return self.insert(image, layer)

    def is_text(self, layer):
        return bool(self.call("gimp-item-is-text-layer", layer)[0])

    def save_xcf(self, image, path):
        self.call("gimp-file-save", NONINTERACTIVE, image, self.layers(image)[0], path, path)

    def load(self, path):
        return self.call("gimp-file-load", NONINTERACTIVE, path, path)[0]

    def edit(self, image, layer, style_layer=-1, style="", options=""):
        return self.eval(self.edit_text(image, layer, style_layer, style, options))[0]

    def edit_text(self, image, layer, style_layer=-1, style="", options="",
                  run_mode=NONINTERACTIVE):
        values = (run_mode, image, layer, style_layer, style, options)
        return f"(plug-in-pastiche-edit {' '.join(map(to_scheme, values))})"

    def layers(self, image):
        return self.call("gimp-image-get-layers", image)[1]

    def children(self, group):
        return self.call("gimp-item-get-children", group)[1]

    def images(self):
        return self.call("gimp-image-list")[1]

    def group(self, image, name):
        group = self.insert(image, self.call("gimp-layer-group-new", image)[0])
        self.call("gimp-item-set-name", group, name)
        return group

    def channel(self, image):
        channel = self.call("gimp-channel-new", image, 20, 20, "channel", 50, Symbol("'(0 0 0)"))[0]
        self.call("gimp-image-insert-channel", image, channel, 0, 0)
        return channel

    def indexed(self, image):
        self.call("gimp-image-convert-indexed", image, 0, 0, 16, False, False, "")

    def offsets(self, layer):
        return tuple(self.call("gimp-drawable-offsets", layer))

    def size(self, layer):
        return (self.call("gimp-drawable-width", layer)[0],
                self.call("gimp-drawable-height", layer)[0])

    def float_layer(self, layer):
        return self.call("gimp-selection-float", layer, 0, 0)[0]

    def pixels(self, drawable):
        image = self.image()
        copy = self.call("gimp-layer-new-from-drawable", drawable, image)[0]
        self.insert(image, copy)
        if self.mask(copy) != -1:
            self.call("gimp-layer-remove-mask", copy, MASK_DISCARD)
        path = self.temporary(".png")
        self.call("file-png-save", NONINTERACTIVE, image, copy, path, path, 0, 1, 0, 0, 0, 0, 0)
        self.delete(image)
        return pictures.read_png(path)

    def paint(self, image, layer, style_layer=-1, style="", strength=100, run_mode=NONINTERACTIVE,
              raw=None, **options):
        """Returns the result layer.  Options are keywords with "_" for "-", or `raw` text."""
        return self.eval(self.paint_text(image, layer, style_layer, style, strength, run_mode, raw,
                                         **options))[0]

    def paint_text(self, image, layer, style_layer=-1, style="", strength=100,
                   run_mode=NONINTERACTIVE, raw=None, **options):
        if raw is None:
            raw = ";".join(f"{name.replace('_', '-')}={urllib.parse.quote(str(value))}"
                           for name, value in options.items())
        values = (run_mode, image, layer, style_layer, style, strength, raw)
        return f"(plug-in-pastiche {' '.join(map(to_scheme, values))})"


class Host3(Host):
    def image_of(self, item):
        return self.call("gimp-item-get-image", item)[0]

    def base_type(self, image):
        return self.call("gimp-image-get-base-type", image)[0]

    def text(self, image, words):
        font = self.call("gimp-context-get-font")[0]
        layer = self.call("gimp-text-layer-new", image, words, font, 20, 0)[0]
        return self.insert(image, layer)

    def is_text(self, layer):
        return bool(self.call("gimp-item-id-is-text-layer", layer)[0])

    def save_xcf(self, image, path):
        self.call("gimp-file-save", NONINTERACTIVE, image, path)

    def load(self, path):
        return self.call("gimp-file-load", NONINTERACTIVE, path)[0]

    def edit(self, image, layer, style_layer=-1, style="", options=""):
        return self.eval(self.edit_text(image, layer, style_layer, style, options))[0]

    def edit_text(self, image, layer, style_layer=-1, style="", options="",
                  run_mode=NONINTERACTIVE):
        layers = layer if isinstance(layer, list) else [layer]
        given = f" #:style-layer {style_layer}" if style_layer != -1 else ""
        return (f"(plug-in-pastiche-edit #:run-mode {run_mode} #:image {image} "
                f"#:drawables {to_scheme(layers)}{given} #:style {to_scheme(style)} "
                f"#:options {to_scheme(options)})")

    def add_filter(self, layer, operation):
        effect = self.call("gimp-drawable-filter-new", layer, operation, "")[0]
        self.call("gimp-drawable-append-filter", layer, effect)

    def layers(self, image):
        return self.call("gimp-image-get-layers", image)[0]

    def children(self, group):
        return self.call("gimp-item-get-children", group)[0]

    def images(self):
        return self.call("gimp-get-images")[0]

    def group(self, image, name):
        return self.insert(image, self.call("gimp-group-layer-new", image, name)[0])

    def channel(self, image):
        channel = self.call("gimp-channel-new", image, "channel", 20, 20, 50, Symbol("'(0 0 0)"))[0]
        self.call("gimp-image-insert-channel", image, channel, 0, 0)
        return channel

    def indexed(self, image):
        self.call("gimp-image-convert-indexed", image, 0, 0, 16, False, False, "")

    def offsets(self, layer):
        return tuple(self.call("gimp-drawable-get-offsets", layer))

    def size(self, layer):
        return (self.call("gimp-drawable-get-width", layer)[0],
                self.call("gimp-drawable-get-height", layer)[0])

    def float_layer(self, layer):
        self.call("gimp-edit-copy", [layer])
        return self.call("gimp-edit-paste", layer, False)[0][0]

    def pixels(self, drawable):
        image = self.image(*self.size(drawable))
        copy = self.call("gimp-layer-new-from-drawable", drawable, image)[0]
        self.insert(image, copy)
        self.call("gimp-item-set-lock-position", copy, False)
        self.call("gimp-layer-set-offsets", copy, 0, 0)
        self.call("gimp-item-set-visible", copy, True)
        self.call("gimp-layer-set-opacity", copy, 100)
        self.call("gimp-layer-set-mode", copy, NORMAL)
        if self.mask(copy) != -1:
            self.call("gimp-layer-remove-mask", copy, MASK_DISCARD)
        path = self.temporary(".png")
        self.call("gimp-file-save", NONINTERACTIVE, image, path)
        self.delete(image)
        return pictures.read_png(path)

    def paint(self, image, layer, style_layer=-1, style=None, strength=None,
              run_mode=NONINTERACTIVE, **options):
        """Returns the result layer.  `layer` may be a list; options are keywords with "_" for "-"."""
        return self.eval(self.paint_text(image, layer, style_layer, style, strength, run_mode,
                                         **options))[0]

    def paint_all(self, image, layers, style_layer):
        """Returns the first result and all of them."""
        return self.eval(self.paint_text(image, layers, style_layer))

    def paint_text(self, image, layer, style_layer=-1, style=None, strength=None,
                   run_mode=NONINTERACTIVE, **options):
        layers = layer if isinstance(layer, list) else [layer]
        values = {"run-mode": run_mode, "image": image, "drawables": layers, "style": style,
                  "strength": strength, "style-layer": style_layer if style_layer != -1 else None}
        values.update({name.replace("_", "-"): value for name, value in options.items()})
        words = [f"#:{name} {to_scheme(value)}" for name, value in values.items()
                 if value is not None]
        return f"(plug-in-pastiche {' '.join(words)})"


HOSTS = {2: Host2, 3: Host3}
