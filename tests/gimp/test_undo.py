# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""GIMP's own window, the only place that has undo, and where people go on while the plug-in's is open."""

import time

import display
from cases import LEFT_OPEN, equal
from host import GRAY, MASK_DISCARD, MASK_SELECTION, RGB

TITLE = "^Style Transfer$"


class Context(display.Context):
    window = True

    def shown(self, image, title):
        """The window that shows the image."""
        self.view = self.gimp.call("gimp-display-new", image)[0]
        self.gimp.call("gimp-displays-flush")
        return self.display.window(title)

    def search(self, window):
        """GIMP's search of its actions.  A key that comes before GIMP listens is lost."""
        def found():
            self.display.press(window, "slash")
            time.sleep(2)
            return self.display.windows("Search Actions")
        return self.display.wait(found, "search of GIMP's actions", 60)[0]

    def open(self, window):
        """The dialog, for the image in GIMP's window: by its menus, so that GIMP goes on listening to us."""
        search = self.search(window)
        self.display.xdotool("windowfocus", "--sync", search, check=False)
        self.display.xdotool("type", "style transfer")
        time.sleep(2)
        self.display.screenshot("search")
        self.display.press(search, "Return")
        dialog = self.display.window(TITLE, 60)
        time.sleep(2)
        return dialog

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
    screen.press(window, "alt+e")
    time.sleep(1)
    screen.screenshot("painted")
    said = " ".join(word[0] for word in screen.words(*screen.place(window)[:2], 640, 400))
    assert "Undo Style Transfer" in said, f"the menu says {said!r}"
    screen.press(window, "Escape")

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

def case_cancelled_by_gimp(t):
    """Repeated from the menu, the work has no dialog but GIMP's own progress, whose Cancel kills the plug-in."""
    gimp, screen = t.gimp, t.display
    small = gimp.image(90, 70)
    gimp.picture(small, "paint", 60, 50, seed=5)
    gimp.picture(small, "photo", 90, 70)
    window = t.shown(small, "Untitled.*GIMP|GNU Image Manipulation Program")
    time.sleep(2)
    dialog = t.open(window)
    screen.press(dialog, "alt+g")
    time.sleep(1)
    screen.press(dialog, "alt+f", "ctrl+a", "1", "0", "0", "Tab", "alt+o")
    screen.wait(lambda: len(gimp.layers(small)) == 3, "result", 120)

    large = gimp.image(900, 700)
    layers = [gimp.picture(large, "paint", 60, 50, seed=5), gimp.picture(large, "photo", 900, 700)]
    gimp.clean(large)
    t.shown(large, "Untitled.*GIMP|GNU Image Manipulation Program")
    time.sleep(2)
    log = t.folder / "home" / "log"
    said = len(log.read_text(errors="replace"))
    screen.press(window, "ctrl+f")
    left, top, width, height = screen.place(window)
    button = screen.wait(lambda: [word[1:] for word in screen.words(left, top + height - 40, width, 40)
                                  if word[0] == "Cancel"], "Cancel in GIMP's window", 60)
    screen.screenshot("running")
    screen.xdotool("mousemove", *button[0], "click", 1)
    screen.wait(lambda: not t.kill_plugin(0), "end of the plug-in", 20)
    screen.screenshot("cancelled")
    equal(gimp.layers(large), layers[::-1], "the layers")
    assert not gimp.is_dirty(large), "the image changed"
    assert LEFT_OPEN not in log.read_text(errors="replace")[said:], "an undo group was left open"


# ---- Beneath the dialog ----

def says(t, dialog, words):
    """Waits until the dialog says that below its preview."""
    left, top, width, height = t.display.place(dialog)
    place = (left, top + height - 120, width, 100)
    t.display.wait(lambda: words in " ".join(word[0] for word in t.display.words(*place)), words, 30)


def case_layers_gone_beneath_the_dialog(t):
    """Removed, or closed with their image: the dialog lives and says so, when it is to show and when it is to paint."""
    gimp, screen = t.gimp, t.display
    image = gimp.image(90, 70)
    style = gimp.picture(image, "second", 60, 50, seed=4)
    gimp.picture(image, "paint", 60, 50, seed=5)
    photo = gimp.picture(image, "photo", 90, 70)
    window = t.shown(image, "Untitled.*GIMP|GNU Image Manipulation Program")
    time.sleep(2)
    dialog = t.open(window)
    for key, said, *remove in (("Right", "no longer there", "gimp-image-remove-layer", image, style),
                               ("Right", "was removed", "gimp-image-remove-layer", image, photo),
                               ("Left", "was removed", "gimp-display-delete", t.view)):
        gimp.call(*remove)
        gimp.call("gimp-displays-flush")
        screen.press(dialog, "alt+s", key)  # a preview in another style
        says(t, dialog, "no longer there")
        screen.press(dialog, "alt+o")
        says(t, dialog, said)
        screen.screenshot("refused")
    equal(screen.windows("GIMP Message"), [], "what GIMP itself complains of")
    screen.press(dialog, "Escape")
    screen.wait(lambda: not screen.windows(TITLE), "end of the dialog", 20)


def case_layer_added_beneath_the_dialog(t):
    """While the result is written into a copy of the image: there it is above the photo, and made from the photo."""
    gimp, screen = t.gimp, t.display
    image = gimp.image(3000, 2000, GRAY)
    paint = gimp.picture(image, "paint", 60, 50, seed=5)
    photo = gimp.picture(image, "photo", 90, 70)
    gimp.call("gimp-layer-scale", photo, 3000, 2000, False)  # so that writing takes a moment
    added = gimp.call("gimp-layer-new-from-drawable", paint, image)[0]
    before = gimp.images()
    window = t.shown(image, "Untitled.*GIMP|GNU Image Manipulation Program")
    time.sleep(2)
    dialog = t.open(window)
    screen.press(dialog, "alt+t", "ctrl+a", "0", "Tab", "alt+f", "ctrl+a", "0", "Tab", "alt+o")
    started = time.monotonic()
    while len(gimp.images()) == len(before):
        assert time.monotonic() - started < 120, "there is no copy"
        time.sleep(0.01)
    gimp.insert(image, added)
    screen.wait(lambda: not screen.windows(TITLE), "end of the dialog")
    copy = [other for other in gimp.images() if other not in before][0]
    equal([gimp.name(layer) for layer in gimp.layers(copy)], ["photo – paint", "photo", "paint"], "the copy")
    result, content, _ = gimp.layers(copy)
    equal(gimp.recipe(result)["content"], str(gimp.tattoo(content)), "what the recipe says was painted")


def large(t, kind=RGB):
    """A large layer, in which all takes a moment, and a dialog that is to paint it without Refine."""
    gimp = t.gimp
    image = gimp.image(3000, 2000, kind)
    gimp.picture(image, "paint", 60, 50, seed=5)
    photo = gimp.picture(image, "photo", 90, 70)
    gimp.call("gimp-layer-scale", photo, 3000, 2000, False)
    return image, photo


def open_large(t, image):
    window = t.shown(image, "Untitled.*GIMP|GNU Image Manipulation Program")
    time.sleep(2)
    dialog = t.open(window)
    t.display.press(dialog, "alt+f", "ctrl+a", "0", "Tab")
    return dialog


def case_deselected_beneath_the_dialog(t):
    """While it paints: the mask is what was selected, and the photo's own, when it began."""
    gimp, screen = t.gimp, t.display
    image, photo = large(t)
    gimp.select(image, 0, 0, 3000, 1000)
    gimp.add_mask(photo, MASK_SELECTION)
    gimp.select(image, 0, 0, 1500, 2000)
    dialog = open_large(t, image)
    screen.press(dialog, "alt+o")
    says(t, dialog, "Painting")
    gimp.select_nothing(image)
    gimp.call("gimp-layer-remove-mask", photo, MASK_DISCARD)
    screen.wait(lambda: not screen.windows(TITLE), "end of the dialog")
    mask = gimp.pixels(gimp.mask(gimp.layers(image)[0]))
    equal([mask.at(*place)[0] for place in ((100, 100), (100, 1900), (2900, 100), (2900, 1900))],
          [255, 0, 0, 0], "the mask's corners")


def case_photo_gone_beneath_the_dialog(t):
    """While the result is written: a gray image that was to become RGB stays as it is."""
    gimp, screen = t.gimp, t.display
    image, photo = large(t, GRAY)
    before = gimp.images()
    dialog = open_large(t, image)
    screen.press(dialog, "alt+g")
    time.sleep(1)
    screen.press(dialog, "alt+y", "Home", "Down", "alt+o")
    started = time.monotonic()
    while len(gimp.images()) == len(before):  # where the layer is made
        assert time.monotonic() - started < 120, "nothing is written"
        time.sleep(0.01)
    gimp.call("gimp-image-remove-layer", image, photo)
    screen.wait(lambda: gimp.images() == before, "end of the work")
    equal((gimp.base_type(image), len(gimp.layers(image))), (GRAY, 1), "the image")
    assert screen.windows(TITLE), "the dialog has closed"
    screen.press(dialog, "Escape")
    screen.wait(lambda: not screen.windows(TITLE), "end of the dialog", 20)


def case_selection_changes_beneath_the_dialog(t):
    """Next to nothing is selected, so the preview is the photo; it is painted when the dialog is looked at again."""
    gimp, screen = t.gimp, t.display
    image = gimp.image(360, 300)
    gimp.picture(image, "paint", 60, 50, seed=5)
    gimp.picture(image, "photo", 360, 300)
    gimp.select(image, 0, 0, 2, 2)
    window = t.shown(image, "Untitled.*GIMP|GNU Image Manipulation Program")
    time.sleep(2)
    dialog = t.open(window)
    screen.press(dialog, "alt+t", "ctrl+a", "1", "0", "0", "Tab")  # a case before has painted at a strength of 0
    left, top, _, height = screen.place(dialog)
    place = (left + 160, top + height // 2 - 60, 160, 60)
    time.sleep(5)
    before = screen.pixels(*place)
    gimp.select_nothing(image)
    screen.xdotool("windowfocus", "--sync", window, check=False)
    time.sleep(1)
    screen.xdotool("windowfocus", "--sync", dialog, check=False)
    screen.wait(lambda: sum(abs(a - b) for a, b in zip(before, screen.pixels(*place))) > 6 * len(before),
                "painted preview")
    screen.press(dialog, "Escape")
    screen.wait(lambda: not screen.windows(TITLE), "end of the dialog", 20)
