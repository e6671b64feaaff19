# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Undo in GIMP's own window: the only place that has it."""

import time

import display
from cases import equal
from host import GRAY, RGB


class Context(display.Context):
    window = True

    def shown(self, image, title):
        """The window that shows the image."""
        self.gimp.call("gimp-display-new", image)
        self.gimp.call("gimp-displays-flush")
        return self.display.window(title)

    def after_case(self, passed):
        pass  # the image is on the display, and ends with GIMP


def case_one_step_back_and_forth(t):
    gimp, screen = t.gimp, t.display
    image = gimp.image()
    paint = gimp.picture(image, "paint", 60, 50, seed=5)
    photo = gimp.picture(image, "photo")
    gimp.select(image, 10, 10, 50, 40)
    window = t.shown(image, "Untitled.*GIMP|GNU Image Manipulation Program")
    time.sleep(2)
    before = gimp.pixels(photo)

    result = gimp.paint(image, photo, paint)
    gimp.call("gimp-displays-flush")
    equal(gimp.layers(image), [result, photo, paint], "the layers")
    painted, masked = gimp.pixels(result), gimp.pixels(gimp.mask(result))
    screen.screenshot("painted")

    screen.press(window, "ctrl+z")
    screen.wait(lambda: len(gimp.layers(image)) == 2, "undone layer", 30)
    screen.screenshot("undone")
    equal(gimp.layers(image), [photo, paint], "the layers after one Ctrl+Z")
    equal(gimp.pixels(photo) == before, True, "whether the photo is as before")
    assert not gimp.call("gimp-selection-is-empty", image)[0], "the selection went too"

    screen.press(window, "ctrl+y")
    screen.wait(lambda: len(gimp.layers(image)) == 3, "layer after Ctrl+Y", 30)
    screen.screenshot("redone")
    again = gimp.layers(image)[0]
    equal(gimp.name(again), "photo – paint", "the name after one Ctrl+Y")
    equal(gimp.pixels(again) == painted, True, "whether the pixels are back")
    equal(gimp.pixels(gimp.mask(again)) == masked, True, "whether the mask is back")
    equal(gimp.recipe(again)["style"], "layer:paint", "the style in the recipe")


def case_editing_and_converting_are_one_step_each(t):
    """An edited result comes back as it was, and so does an image that became RGB for its result."""
    gimp, screen = t.gimp, t.display
    image = gimp.image(90, 70, GRAY)
    photo = gimp.picture(image, "photo", 90, 70)
    window = t.shown(image, "Untitled.*GIMP|GNU Image Manipulation Program")
    time.sleep(2)
    result = gimp.paint(image, photo, photo, output="layer")
    painted = gimp.pixels(result)
    edited = gimp.edit(image, result, options="strength=20")
    gimp.call("gimp-displays-flush")
    equal((gimp.layers(image), gimp.base_type(image)), ([edited, photo], RGB), "the image")

    screen.press(window, "ctrl+z")
    screen.wait(lambda: edited not in gimp.layers(image), "undone edit", 30)
    equal(gimp.layers(image), [result, photo], "the layers after one Ctrl+Z")
    equal(gimp.name(result), "photo – photo", "the name after one Ctrl+Z")
    equal(gimp.pixels(result) == painted, True, "whether the pixels are as before")

    screen.press(window, "ctrl+z")
    screen.wait(lambda: len(gimp.layers(image)) == 1, "undone layer", 30)
    equal((gimp.layers(image), gimp.base_type(image)), ([photo], GRAY), "the image at the beginning")
