# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Undo in GIMP's own window: the only place that has it."""

import time

import cases
from cases import equal
from display import Display


class Context(cases.Context):
    window = True

    def __init__(self, options, folder):
        self.display = Display(folder)
        self.environment = {"DISPLAY": self.display.name}
        super().__init__(options, folder)

    def shown(self, image, title):
        """The window that shows the image."""
        self.gimp.call("gimp-display-new", image)
        self.gimp.call("gimp-displays-flush")
        return self.display.window(title)

    def after_case(self, passed):
        pass  # the image is on the display, and ends with GIMP

    def close(self):
        super().close()
        self.display.close()


def case_one_step_back_and_forth(t):
    gimp, display = t.gimp, t.display
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
    display.screenshot("painted")

    display.press(window, "ctrl+z")
    display.wait(lambda: len(gimp.layers(image)) == 2, "undone layer", 30)
    display.screenshot("undone")
    equal(gimp.layers(image), [photo, paint], "the layers after one Ctrl+Z")
    equal(gimp.pixels(photo) == before, True, "whether the photo is as before")
    assert not gimp.call("gimp-selection-is-empty", image)[0], "the selection went too"

    display.press(window, "ctrl+y")
    display.wait(lambda: len(gimp.layers(image)) == 3, "layer after Ctrl+Y", 30)
    display.screenshot("redone")
    again = gimp.layers(image)[0]
    equal(gimp.name(again), "photo – paint", "the name after one Ctrl+Y")
    equal(gimp.pixels(again) == painted, True, "whether the pixels are back")
    equal(gimp.pixels(gimp.mask(again)) == masked, True, "whether the mask is back")
    equal(gimp.recipe(again)["style"], "layer:paint", "the style in the recipe")
