# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The dialog, on a screen of its own: the keyboard in, layers out."""

import time

import display
from cases import equal
from host import INTERACTIVE, LAST_VALS

TITLE = "^Style Transfer$"


class Context(display.Context):
    def open(self, image, layer):
        """Starts the dialog and returns its window; the answer comes by gimp.receive()."""
        self.gimp.send(self.gimp.paint_text(image, layer, run_mode=INTERACTIVE))
        window = self.display.window(TITLE)
        time.sleep(1)  # it is there before it listens
        return window

    def two(self, **size):
        image = self.gimp.image(**size)
        paint = self.gimp.picture(image, "paint", 60, 50, seed=5)
        photo = self.gimp.picture(image, "photo", **size)
        self.gimp.clean(image)
        return image, photo, paint


def case_return_paints(t):
    image, photo, paint = t.two()
    window = t.open(image, photo)
    t.display.screenshot("dialog")
    t.display.press(window, "Return")
    t.gimp.receive()
    layers = t.gimp.layers(image)
    equal(len(layers), 3, "the number of layers")
    equal(t.gimp.name(layers[0]), "photo – paint", "the name")
    assert not t.display.windows(TITLE), "the dialog is still there"


def case_escape_changes_nothing(t):
    image, photo, paint = t.two()
    t.display.press(t.open(image, photo), "Escape")
    t.gimp.receive()
    equal(t.gimp.layers(image), [photo, paint], "the layers")
    assert not t.gimp.is_dirty(image), "the image was changed"


def case_cancel_stops_the_work(t):
    image, photo, paint = t.two()
    t.gimp.call("gimp-layer-scale", photo, 6000, 4000, False)  # seconds of work on any machine
    t.gimp.clean(image)
    window = t.open(image, photo)
    t.display.press(window, "Return")
    time.sleep(0.7)
    t.display.screenshot("working")
    t.display.press(window, "Escape")
    time.sleep(1)
    t.display.screenshot("cancelled")
    assert t.display.windows(TITLE), "the dialog has closed"
    started = time.monotonic()
    t.display.press(window, "Escape")
    t.gimp.receive()
    assert time.monotonic() - started < 10, "the work went on"
    equal(t.gimp.layers(image), [photo, paint], "the layers")
    assert not t.gimp.is_dirty(image), "the image was changed"


def case_mnemonics_set_values(t):
    image, photo, _ = t.two()
    window = t.open(image, photo)
    t.display.press(window, "alt+t", "ctrl+a", "5", "5", "Tab")
    t.display.press(window, "alt+a", "alt+b", "ctrl+a", "1", "5", "0", "Tab")
    t.display.screenshot("values")
    t.display.press(window, "alt+o")
    t.gimp.receive()
    recipe = t.gimp.recipe(t.gimp.layers(image)[0])
    equal((recipe["strength"], recipe["brush-size"]), ("55", "150"), "strength and brush size")


def case_repeat_last(t):
    """After the case before: the same values, on another image, where the style has to be found."""
    first, photo, paint = t.two()
    window = t.open(first, photo)
    t.display.press(window, "alt+t", "ctrl+a", "6", "0", "Return")
    t.gimp.receive()
    shown = t.gimp.recipe(t.gimp.layers(first)[0])
    equal(shown["strength"], "60", "the strength")

    second = t.gimp.image()
    other = t.gimp.picture(second, "other", seed=3)
    result = t.gimp.paint(second, other, run_mode=LAST_VALS)
    equal(t.gimp.name(result), "other – paint", "the name")
    equal({**t.gimp.recipe(result), "content": shown["content"]}, shown, "the recipe")

    t.gimp.delete(first)
    t.refuses(second, ["“paint”", "no open image"], t.gimp.paint, second, other,
              run_mode=LAST_VALS)


def case_reset(t):
    """After the cases before, so that there is something to reset."""
    image, photo, _ = t.two()
    window = t.open(image, photo)
    t.display.press(window, "alt+r")
    time.sleep(1)  # a button pressed by its letter stays down for a moment
    t.display.press(window, "alt+o")
    t.gimp.receive()
    recipe = t.gimp.recipe(t.gimp.layers(image)[0])
    equal((recipe["strength"], recipe["brush-size"]), ("100", "auto"), "strength and brush size")


def case_gray_image_gets_a_copy(t):
    image = t.gimp.image(kind=1)
    photo = t.gimp.picture(image, "photo")
    t.gimp.picture(image, "paint", 60, 50, seed=5)
    t.gimp.clean(image)
    window = t.open(image, photo)
    t.display.press(window, "Return")
    result = t.gimp.receive()[0]
    assert t.gimp.image_of(result) != image, "the result is in the image"
    assert not t.gimp.is_dirty(image), "the image was changed"


def case_edit(t):
    """The dialog opens with the recipe, the style that is no longer there included."""
    image, photo, paint = t.two()
    result = t.gimp.paint(image, photo, paint, strength=45)
    before = t.gimp.pixels(result)
    t.gimp.call("gimp-image-remove-layer", image, paint)
    t.gimp.send(t.gimp.edit_text(image, result, run_mode=INTERACTIVE))
    window = t.display.window("^Edit Style Transfer$")
    time.sleep(1)
    t.display.screenshot("edit")
    t.display.press(window, "Return")
    edited = t.gimp.receive()[0]
    equal(t.gimp.layers(image), [edited, photo], "the layers")
    equal(t.gimp.recipe(edited)["style"], "layer:paint", "the recipe's style")
    equal(t.gimp.recipe(edited)["strength"], "45", "the recipe's strength")
    equal(t.gimp.pixels(edited) == before, True, "whether the pixels are the same")
