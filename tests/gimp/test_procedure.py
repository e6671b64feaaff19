# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The procedure without a window: what it paints, and what it refuses."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import cases
import pictures
import session
import weights
from cases import Skip, equal, only
from host import GRAY, INTERACTIVE, LAST_VALS


class Context(cases.Context):
    def __init__(self, options, folder):
        # A folder of our own, so that weights can be damaged between two runs.
        self.weights = weights.Folder(folder / "weights", Path(__file__).resolve().parents[2])
        self.environment = {"PASTICHE_WEIGHTS": self.weights.path}
        super().__init__(options, folder)

    def build_locale(self, name):
        """glibc translates only in a locale that exists; this makes one without being root."""
        folder = self.folder / "locale"
        folder.mkdir()
        try:
            subprocess.run(["localedef", "-i", name, "-f", "UTF-8", str(folder / f"{name}.UTF-8")],
                           capture_output=True)
        except FileNotFoundError as why:
            raise Skip("there is no localedef") from why
        if not (folder / f"{name}.UTF-8").is_dir():
            raise Skip("localedef has no sources (package locales)")
        return folder

    def translated_plugin(self, language):
        """The plug-in as it is installed, with its catalogue beside it."""
        catalogue = self.options.catalogues / language / "LC_MESSAGES" / "pastiche.mo"
        if not catalogue.is_file():
            raise Skip("built without translations")
        folder = self.folder / "translated"
        target = folder / "pastiche" / "locale" / language / "LC_MESSAGES"
        target.mkdir(parents=True)
        shutil.copy(self.options.plugin / "pastiche", folder / "pastiche")
        shutil.copy(catalogue, target)
        for other in self.plug_ins.iterdir():
            if other.name != "pastiche":
                (folder / other.name).symlink_to(other.resolve())
        return folder

    def kill_plugin(self):
        """Whether there was one to kill: the child of our GIMP that runs our executable."""
        executable = (self.options.plugin / "pastiche").resolve()
        for process in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((process / "stat").read_text().rsplit(")", 1)[1].split()[1])
                if (process / "exe").resolve() == executable and parent == self.gimp.process.pid:
                    os.kill(int(process.name), signal.SIGKILL)
                    return True
            except OSError:
                pass  # it ended meanwhile
        return False

    def two(self, **options):
        """An image with a layer "photo" above a layer "paint"."""
        image = self.gimp.image()
        paint = self.gimp.picture(image, "paint", 60, 50, seed=5)
        photo = self.gimp.picture(image, "photo", seed=1, **options)
        return image, photo, paint


# ---- What it makes ----

def case_result_layer(t):
    image, photo, paint = t.two()
    before = t.gimp.pixels(photo)
    result = t.gimp.paint(image, photo, paint)
    equal(t.gimp.layers(image), [result, photo, paint], "the layers")
    equal(t.gimp.name(result), "photo – paint", "the name")
    equal(t.gimp.size(result), t.gimp.size(photo), "the size")
    equal(t.gimp.offsets(result), t.gimp.offsets(photo), "the place")
    equal(t.gimp.mask(result), -1, "the mask")
    equal(t.gimp.pixels(photo), before, "the photo")
    after = t.gimp.pixels(result)
    assert after.difference(before) > 4, "the result looks like the photo"


def case_recipe(t):
    image, photo, paint = t.two()
    result = t.gimp.paint(image, photo, paint, strength=80, brush_size="150", keep_colours="match")
    recipe = t.gimp.recipe(result)
    equal(recipe.pop("pastiche"), "0.1.0", "the version")
    assert recipe.pop("weights"), "no version of the weights"
    equal(recipe, {"style": "layer:paint", "strength": "80", "brush-size": "150",
                   "keep-colours": "match"}, "the recipe")


def case_file_style(t):
    image, photo, _ = t.two()
    path = t.folder / "work" / "a étoile; 50%.jpg.ppm"
    pictures.write_ppm(path, 70, 60, 7)
    result = t.gimp.paint(image, photo, style=f"file:{path}")
    equal(t.gimp.name(result), "photo – a étoile; 50%.jpg", "the name")
    equal(t.gimp.recipe(result)["style"], "file:a étoile; 50%.jpg.ppm", "the style in the recipe")


def case_in_a_group(t):
    image, _, paint = t.two()
    group = t.gimp.group(image, "group")
    below = t.gimp.picture(image, "below", parent=group)
    photo = t.gimp.picture(image, "inside", 50, 40, parent=group)
    top = t.gimp.picture(image, "top", parent=group)
    t.gimp.call("gimp-layer-set-offsets", photo, 7, -9)
    result = t.gimp.paint(image, photo, paint)
    equal(t.gimp.parent(result), group, "the parent")
    equal(t.gimp.children(group), [top, result, photo, below], "the group")
    equal(t.gimp.offsets(result), (7, -9), "the place")
    equal(t.gimp.size(result), (50, 40), "the size")


def case_larger_than_the_canvas(t):
    image, _, paint = t.two()
    photo = t.gimp.picture(image, "large", 200, 130)
    t.gimp.call("gimp-layer-set-offsets", photo, -30, -20)
    result = t.gimp.paint(image, photo, paint)
    equal((t.gimp.size(result), t.gimp.offsets(result)), ((200, 130), (-30, -20)), "the frame")


def case_selection_becomes_mask(t):
    image, photo, paint = t.two(alpha=False)
    t.gimp.call("gimp-layer-set-offsets", photo, 10, 5)
    t.gimp.select(image, 20, 15, 30, 25)
    result = t.gimp.paint(image, photo, paint)
    mask = t.gimp.mask(result)
    assert mask != -1, "there is no mask"
    shown = t.gimp.pixels(mask)
    equal(shown.at(9, 10)[0], 0, "the mask left of the selection")
    equal(shown.at(10, 10)[0], 255, "the mask in the selection")
    equal(shown.at(39, 34)[0], 255, "the mask in the selection's corner")
    equal(shown.at(40, 34)[0], 0, "the mask right of the selection")
    assert t.gimp.has_alpha(result), "the result has no alpha channel"
    equal(t.gimp.mask(photo), -1, "the photo's mask")
    assert not t.gimp.call("gimp-selection-is-empty", image)[0], "the selection is gone"


def case_opaque_stays_opaque(t):
    image, photo, paint = t.two(alpha=False)
    assert not t.gimp.has_alpha(t.gimp.paint(image, photo, paint)), "it got an alpha channel"


def case_alpha_is_kept(t):
    image, photo, paint = t.two()
    t.gimp.select(image, 0, 0, 40, 80)
    t.gimp.call("gimp-drawable-edit-clear", photo)
    t.gimp.select_nothing(image)
    after = t.gimp.pixels(t.gimp.paint(image, photo, paint))
    equal((after.at(20, 40)[3], after.at(60, 40)[3]), (0, 255), "alpha")


def case_strength(t):
    image, photo, paint = t.two()
    before = t.gimp.pixels(photo)
    none, half, full = (t.gimp.pixels(t.gimp.paint(image, photo, paint, strength=strength))
                        for strength in (0, 50, 100))
    assert none.difference(before) < 1, f"at strength 0 it differs by {none.difference(before)}"
    assert 0 < half.difference(before) < full.difference(before), "strength 50 is not in between"


def case_keep_colours(t):
    image, photo, paint = t.two()
    pictures_of = {keep: t.gimp.pixels(t.gimp.paint(image, photo, paint, keep_colours=keep))
                   for keep in ("off", "luminance", "match")}
    assert pictures_of["off"].difference(pictures_of["luminance"]) > 1, "luminance is like off"
    assert pictures_of["off"].difference(pictures_of["match"]) > 1, "match is like off"


def case_same_again(t):
    image, photo, paint = t.two()
    once = t.gimp.pixels(t.gimp.paint(image, photo, paint, threads=2))
    again = t.gimp.pixels(t.gimp.paint(image, photo, paint, threads=1))
    equal(again.data == once.data, True, "whether one thread paints what two do")


def case_style_is_content(t):
    image, photo, _ = t.two()
    equal(t.gimp.name(t.gimp.paint(image, photo, photo)), "photo – photo", "the name")


def case_group_as_style(t):
    image, photo, _ = t.two()
    group = t.gimp.group(image, "group")
    t.gimp.picture(image, "member", 50, 40, seed=3, parent=group)
    equal(t.gimp.name(t.gimp.paint(image, photo, group)), "photo – group", "the name")


def case_group_as_content(t):
    image, _, paint = t.two()
    group = t.gimp.group(image, "group")
    t.gimp.picture(image, "member", 50, 40, seed=3, parent=group)
    result = t.gimp.paint(image, group, paint)
    equal(t.gimp.layers(image)[:2], [result, group], "the layers")
    equal(t.gimp.size(result), (50, 40), "the size")


def case_one_pixel(t):
    image, photo, paint = t.two()
    dot = t.gimp.picture(image, "dot", 1, 1)
    equal(t.gimp.size(t.gimp.paint(image, dot, paint)), (1, 1), "the size")
    equal(t.gimp.size(t.gimp.paint(image, photo, dot)), (120, 80), "the size")


def case_deep_image(t):
    image, photo, paint = t.two()
    t.gimp.call("gimp-image-convert-precision", image, 600)  # 32 bits, floating point, linear
    before = t.gimp.pixels(photo)
    result = t.gimp.pixels(t.gimp.paint(image, photo, paint))
    eight = t.gimp.image()
    shallow, style = t.gimp.picture(eight, "photo"), t.gimp.picture(eight, "paint", 60, 50, seed=5)
    expected = t.gimp.pixels(t.gimp.paint(eight, shallow, style))
    assert result.difference(expected) < 2, f"it differs by {result.difference(expected)}"
    equal(t.gimp.pixels(photo), before, "the photo")


def case_style_of_any_kind(t):
    image, photo, _ = t.two()
    for name, kind in (("gray", GRAY), ("indexed", 0)):
        other = t.gimp.image(60, 50, kind)
        style = t.gimp.picture(other, name, 60, 50, seed=4)
        if name == "indexed":
            t.gimp.indexed(other)
        equal(t.gimp.name(t.gimp.paint(image, photo, style)), f"photo – {name}", "the name")


def case_style_layer_by_name(t):
    image, photo, _ = t.two()
    group = t.gimp.group(image, "group")
    t.gimp.picture(image, "twin", 60, 50, seed=5, parent=group)
    other = t.gimp.image()
    far = t.gimp.picture(other, "far: a; 50%", 60, 50, seed=6)
    twin = t.gimp.picture(other, "twin", 60, 50, seed=6)
    by_name = t.gimp.pixels(t.gimp.paint(image, photo, style="layer:far: a; 50%"))
    equal(by_name.data == t.gimp.pixels(t.gimp.paint(image, photo, far)).data, True, "far by name")
    own = t.gimp.pixels(t.gimp.paint(image, photo, style="layer:twin"))
    assert own.data != t.gimp.pixels(t.gimp.paint(image, photo, twin)).data, \
        "the other image's twin was taken"


@only(3)
def case_filters_are_seen(t):
    """A layer with a non-destructive effect is painted as it is shown."""
    image, photo, paint = t.two()
    plain = t.gimp.pixels(t.gimp.paint(image, photo, paint))
    invert = t.gimp.call("gimp-drawable-filter-new", photo, "gegl:invert-gamma", "")[0]
    t.gimp.call("gimp-drawable-append-filter", photo, invert)
    seen = t.gimp.pixels(t.gimp.paint(image, photo, paint))
    assert plain.difference(seen) > 4, "the filter was not seen"
    t.gimp.call("gimp-drawable-merge-filters", photo)
    merged = t.gimp.pixels(t.gimp.paint(image, photo, paint))
    assert seen.difference(merged) < 1, f"merged, it differs by {seen.difference(merged)}"
    equal(t.gimp.images(), [image], "the open images")


# ---- What it refuses ----

def case_no_style(t):
    image, photo, _ = t.two()
    t.refuses(image, ["No style", "style-layer", "file:PATH"], t.gimp.paint, image, photo)


def case_two_styles(t):
    image, photo, paint = t.two()
    t.refuses(image, ["Both", "layer:photo"], t.gimp.paint, image, photo, paint,
              style="layer:photo")


def case_unknown_styles(t):
    image, photo, _ = t.two()
    t.refuses(image, "“nowhere”", t.gimp.paint, image, photo, style="layer:nowhere")
    t.refuses(image, "nosuch", t.gimp.paint, image, photo, style="builtin:nosuch")
    t.refuses(image, "nosuch", t.gimp.paint, image, photo, style="nosuch")
    missing = t.folder / "work" / "missing.png"
    t.refuses(image, "missing.png", t.gimp.paint, image, photo, style=f"file:{missing}")
    text = t.folder / "work" / "text.png"
    text.write_text("no picture")
    t.refuses(image, "text.png", t.gimp.paint, image, photo, style=f"file:{text}")


def case_selection_misses(t):
    image, _, paint = t.two()
    photo = t.gimp.picture(image, "small photo", 30, 30)
    t.gimp.select(image, 50, 40, 30, 30)
    t.refuses(image, ["selection", "“small photo”"], t.gimp.paint, image, photo, paint)


def case_gray_and_indexed(t):
    image = t.gimp.image(kind=GRAY)
    photo = t.gimp.picture(image, "photo")
    t.refuses(image, ["grayscale", "Image > Mode > RGB"], t.gimp.paint, image, photo, photo)
    image = t.gimp.image()
    photo = t.gimp.picture(image, "photo")
    t.gimp.indexed(image)
    t.refuses(image, ["indexed", "Image > Mode > RGB"], t.gimp.paint, image, photo, photo)


def case_mask_or_channel(t):
    image, photo, paint = t.two()
    mask = t.gimp.add_mask(photo)
    t.refuses(image, "layer mask", t.gimp.paint, image, mask, paint)
    t.refuses(image, "channel", t.gimp.paint, image, t.gimp.channel(image), paint)


def case_layer_of_another_image(t):
    image, _, paint = t.two()
    _, photo, _ = t.two()
    t.refuses(image, "not in the image", t.gimp.paint, image, photo, paint)


def case_floating_selection(t):
    image, photo, paint = t.two()
    t.gimp.select(image, 10, 10, 30, 30)
    floating = t.gimp.float_layer(photo)
    t.refuses(image, "floating selection", t.gimp.paint, image, photo, paint)
    t.refuses(image, "floating selection", t.gimp.paint, image, floating, paint)


@only(3)
def case_several_layers(t):
    image, photo, paint = t.two()
    t.refuses(image, "several are selected", t.gimp.paint, image, [photo, paint], paint)
    t.refuses(image, "none is selected", t.gimp.paint, image, [], paint)


def case_values_out_of_range(t):
    image, photo, paint = t.two()
    t.refuses(image, ["150"], t.gimp.paint, image, photo, paint, strength=151)
    t.refuses(image, ["0"], t.gimp.paint, image, photo, paint, strength=-1)
    t.refuses(image, ["brush-size", "400"], t.gimp.paint, image, photo, paint, brush_size="401")
    t.refuses(image, "brush-size", t.gimp.paint, image, photo, paint, brush_size="nan")
    t.refuses(image, ["keep-colours", "luminance", "match"], t.gimp.paint, image, photo, paint,
              keep_colours="luminanse")
    t.refuses(image, "memory", t.gimp.paint, image, photo, paint, memory="much")


def case_unknown_option(t):
    image, photo, paint = t.two()
    t.refuses(image, "keep-colors", t.gimp.paint, image, photo, paint, keep_colors="off")


@only(2)
def case_options_text(t):
    image, photo, paint = t.two()
    # Another run to compare with, and a text that is odd but right.
    plain = t.gimp.pixels(t.gimp.paint(image, photo, paint, keep_colours="match"))
    odd = t.gimp.pixels(t.gimp.paint(image, photo, paint, raw=";;keep-colours=m%61tch;"))
    equal(odd.data == plain.data, True, "whether an odd spelling paints the same")
    for raw in ("keep-colours", "=match", "keep-colours=match;nonsense=1", "keep-colours=%zz"):
        t.refuses(image, "", t.gimp.paint, image, photo, paint, raw=raw)


def case_memory(t):
    image, photo, paint = t.two()
    t.refuses(image, ["MB", "limit"], t.gimp.paint, image, photo, paint, memory="1M")


def case_weights(t):
    image, photo, paint = t.two()
    try:
        for damage, words in weights.DAMAGES:
            damage(t.weights)
            t.refuses(image, words, t.gimp.paint, image, photo, paint)
    finally:
        t.weights.restore()
    t.gimp.paint(image, photo, paint)


def case_no_display(t):
    image, photo, _ = t.two()
    t.refuses(image, ["display", "RUN-NONINTERACTIVE"], t.gimp.paint, image, photo,
              run_mode=INTERACTIVE)


def case_nothing_to_repeat(t):
    image, photo, _ = t.two()
    t.refuses(image, ["no earlier run", "Style Transfer"], t.gimp.paint, image, photo,
              run_mode=LAST_VALS)


def case_killed_on_the_way(t):
    """As GIMP's own Cancel does, without a warning worth the name."""
    image, photo, paint = t.two()
    t.gimp.call("gimp-layer-scale", photo, 6000, 4000, False)
    t.gimp.clean(image)
    t.gimp.send(t.gimp.paint_text(image, photo, paint))
    time.sleep(1)
    assert t.kill_plugin(), "the plug-in was done before it could be killed"
    try:
        t.gimp.receive()
    except session.Error:
        pass
    equal(t.gimp.layers(image), [photo, paint], "the layers")
    assert not t.gimp.is_dirty(image), "the image was changed"


# ---- In another language ----

def case_german(t):
    locale = t.build_locale("de_DE")
    plugin = t.translated_plugin("de")
    with t.start("home-de", plug_ins=plugin, LC_ALL="de_DE.UTF-8", LOCPATH=locale,
                 LANGUAGE="de") as gimp:
        image = gimp.image()
        photo = gimp.picture(image, "photo")
        try:
            gimp.paint(image, photo)
        except session.Error as error:
            assert "Es ist kein Stil angegeben" in str(error), str(error)
        else:
            raise AssertionError("was not refused")
