# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The procedure without a window: what it paints, and what it refuses."""

import re
from pathlib import Path

import cases
import languages
import pictures
import session
import weights
from cases import Skip, equal, only
from host import INTERACTIVE, LAST_VALS


class Context(cases.Context):
    def __init__(self, options, folder):
        # A folder of our own, so that weights can be damaged between two runs.
        self.weights = weights.Folder(folder / "weights", Path(__file__).resolve().parents[2])
        self.environment = {"PASTICHE_WEIGHTS": self.weights.path}
        super().__init__(options, folder)


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
    said = re.search(r"  version: '(.*)',", (t.root / "meson.build").read_text())[1]
    equal(recipe.pop("pastiche"), said, "the version")
    assert recipe.pop("weights"), "no version of the weights"
    equal(recipe.pop("content"), str(t.gimp.tattoo(photo)), "the layer that was painted")
    equal(recipe, {"style": "layer:paint", "strength": "80", "brush-size": "150",
                   "keep-colours": "match"}, "the recipe")


def case_file_style(t):
    image, photo, _ = t.two()
    path = t.folder / "work" / "a étoile; 50%.jpg.ppm"
    pictures.write_ppm(path, 70, 60, 7)
    result = t.gimp.paint(image, photo, style=f"file:{path}")
    equal(t.gimp.name(result), "photo – a étoile; 50%.jpg", "the name")
    equal(t.gimp.recipe(result)["style"], "file:a étoile; 50%.jpg.ppm", "the style in the recipe")


def case_opaque_stays_opaque(t):
    image, photo, paint = t.two(alpha=False)
    assert not t.gimp.has_alpha(t.gimp.paint(image, photo, paint)), "it got an alpha channel"


def case_strength(t):
    image, photo, paint = t.two()
    before = t.gimp.pixels(photo)
    none, half, full = (t.gimp.pixels(t.gimp.paint(image, photo, paint, strength=strength))
                        for strength in (0, 50, 100))
    assert none.difference(before) < 1, f"at strength 0 it differs by {none.difference(before)}"
    apart = [picture.difference(full) for picture in (half, none)]
    assert 0 < apart[0] < apart[1], f"strength 50 is {apart[0]} away from 100, and 0 is {apart[1]}"


def case_keep_colours(t):
    image, photo, paint = t.two()
    pictures_of = {keep: t.gimp.pixels(t.gimp.paint(image, photo, paint, keep_colours=keep))
                   for keep in ("off", "luminance", "match")}
    assert pictures_of["off"].difference(pictures_of["luminance"]) > 1, "luminance is like off"
    assert pictures_of["off"].difference(pictures_of["match"]) > 1, "match is like off"
    some = t.gimp.paint(image, photo, paint, keep_colours="luminance", keep_amount=40)
    equal(t.gimp.recipe(some)["keep-amount"], "40", "the amount in the recipe")
    assert 0 < pictures_of["off"].difference(t.gimp.pixels(some)) < \
        pictures_of["off"].difference(pictures_of["luminance"]), "40 per cent is not in between"


def case_a_photo_that_stays_one(t):
    image, photo, paint = t.two()
    painting = t.gimp.pixels(t.gimp.paint(image, photo, paint))
    layer = t.gimp.paint(image, photo, paint, mode="photo")
    assert t.gimp.pixels(layer).difference(painting) > 1, "a photo is like a painting"
    equal(t.gimp.recipe(layer)["mode"], "photo", "the mode in the recipe")
    t.refuses(image, ["mode", "painting", "photo"], t.gimp.paint, image, photo, paint, mode="picture")


def case_tileable(t):
    image, photo, paint = t.two()
    plain = t.gimp.pixels(t.gimp.paint(image, photo, paint))
    layer = t.gimp.paint(image, photo, paint, tileable="yes" if t.major == 2 else True)
    assert t.gimp.pixels(layer).difference(plain) > 0, "it is like one that does not repeat"
    equal(t.gimp.recipe(layer)["tileable"], "yes", "tileable in the recipe")


def case_smooth(t):
    image, photo, paint = t.two()
    plain = t.gimp.pixels(t.gimp.paint(image, photo, paint))
    layer = t.gimp.paint(image, photo, paint, smooth=80)
    assert t.gimp.pixels(layer).difference(plain) > 0, "it is like one with all speckles"
    equal(t.gimp.recipe(layer)["smooth"], "80", "smooth in the recipe")


def case_seed_and_refine(t):
    image, photo, paint = t.two()
    plain = t.gimp.pixels(t.gimp.paint(image, photo, paint))
    for more in ({"seed": 7}, {"refine": 2}):
        result = t.gimp.paint(image, photo, paint, **more)
        name, value = *more.keys(), *more.values()
        equal(t.gimp.recipe(result)[name], str(value), f"{name} in the recipe")
        assert t.gimp.pixels(result).difference(plain) > 0.5, f"{name} changes nothing"


def case_same_again(t):
    image, photo, paint = t.two()
    once = t.gimp.pixels(t.gimp.paint(image, photo, paint, threads=2))
    again = t.gimp.pixels(t.gimp.paint(image, photo, paint, threads=1))
    equal(again.is_like(once), True, "whether one thread paints what two do")


def case_style_is_content(t):
    image, photo, _ = t.two()
    equal(t.gimp.name(t.gimp.paint(image, photo, photo)), "photo – photo", "the name")


def case_style_layer_by_name(t):
    image, photo, _ = t.two()
    group = t.gimp.group(image, "group")
    t.gimp.picture(image, "twin", 60, 50, seed=5, parent=group)
    other = t.gimp.image()
    far = t.gimp.picture(other, "far: a; 50%", 60, 50, seed=6)
    twin = t.gimp.picture(other, "twin", 60, 50, seed=6)
    by_name = t.gimp.pixels(t.gimp.paint(image, photo, style="layer:far: a; 50%"))
    equal(by_name.is_like(t.gimp.pixels(t.gimp.paint(image, photo, far))), True, "far by name")
    own = t.gimp.pixels(t.gimp.paint(image, photo, style="layer:twin"))
    assert own.data != t.gimp.pixels(t.gimp.paint(image, photo, twin)).data, \
        "the other image's twin was taken"


def case_builtin_styles(t):
    image, photo, _ = t.two()
    layer = t.gimp.paint(image, photo, style="builtin:wave")
    assert "wave" in t.gimp.name(layer), t.gimp.name(layer)
    wave, bare, wolves, mixed = (t.gimp.pixels(layer) for layer in (
        layer, *(t.gimp.paint(image, photo, style=style)
                 for style in ("wave", "wolves", "wave*50|builtin:wolves*50"))))
    equal(bare.is_like(wave), True, "whether a bare word is the same")
    across = wolves.difference(wave)
    assert across > 4, "all built-in styles are alike"
    for one in (wave, wolves):
        assert 0.1 * across < mixed.difference(one) < across, "a mix is not between its styles"
    t.refuses(image, ["wawe", "wave"], t.gimp.paint, image, photo, style="wawe")


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
    t.refuses(image, "“no\ufffdwh\ufffdere”", t.gimp.paint, image, photo, style="layer:no\x1bwh\x85ere")
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


def case_layer_of_another_image(t):
    image, _, paint = t.two()
    _, photo, _ = t.two()
    t.refuses(image, "not in the image", t.gimp.paint, image, photo, paint)


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
    equal(odd.is_like(plain), True, "whether an odd spelling paints the same")
    for raw in ("keep-colours", "=match", "keep-colours=match;nonsense=1", "keep-colours=%zz"):
        t.refuses(image, "", t.gimp.paint, image, photo, paint, raw=raw)


def case_more_options(t):
    """What has no argument of its own goes into the options, and from there into the recipe."""
    image, photo, paint = t.two()
    more = {"raw" if t.major == 2 else "options": "style-loss=gram;brush-size=40px"}
    recipe = t.gimp.recipe(t.gimp.paint(image, photo, paint, **more))
    equal((recipe["style-loss"], recipe["brush-size"]), ("gram", "40px"), "the recipe")


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


# ---- In another language ----

def case_german(t):
    with languages.speaking(t, "de", "DE"):
        image = t.gimp.image()
        photo = t.gimp.picture(image, "photo")
        try:
            t.gimp.paint(image, photo)
        except session.Error as error:
            assert "Es ist kein Stil angegeben" in str(error), str(error)
        else:
            raise AssertionError("was not refused")
