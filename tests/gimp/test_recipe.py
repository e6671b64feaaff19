# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The recipe on a result layer, and editing by it without a window."""

import cases
import pictures
from cases import equal, only
from host import NORMAL

Context = cases.Context
MULTIPLY = 30
ROUNDING = 0.001  # see pictures.Pixels.is_like()


def alike(got, expected, most=ROUNDING, what="the result"):
    difference = got.difference(expected)
    assert difference <= most, f"{what} differs by {difference}"


def case_edit(t):
    """Other options, in place of what was there; what people have changed on the layer stays."""
    image, photo, paint = t.two()
    expected = t.gimp.pixels(t.gimp.paint(image, photo, paint, strength=30))
    t.gimp.call("gimp-image-remove-layer", image, t.gimp.layers(image)[0])
    t.gimp.select(image, 20, 15, 30, 25)
    result = t.gimp.paint(image, photo, paint)
    t.gimp.select_nothing(image)
    mask = t.gimp.pixels(t.gimp.mask(result))
    t.gimp.call("gimp-layer-set-opacity", result, 55)
    t.gimp.call("gimp-layer-set-mode", result, MULTIPLY)
    t.gimp.call("gimp-item-set-name", result, "mine")

    edited = t.gimp.edit(image, result, options="strength=30")
    equal(t.gimp.layers(image), [edited, photo, paint], "the layers")
    alike(t.gimp.pixels(edited), expected)
    equal(t.gimp.recipe(edited)["strength"], "30", "the recipe's strength")
    equal(t.gimp.recipe(edited)["style"], "layer:paint", "the recipe's style")
    equal(t.gimp.name(edited), "mine", "the name")
    equal((t.gimp.call("gimp-layer-get-opacity", edited)[0],
           t.gimp.call("gimp-layer-get-mode", edited)[0]), (55, MULTIPLY), "opacity and mode")
    equal(t.gimp.pixels(t.gimp.mask(edited)) == mask, True, "whether the mask is the same")


def case_edit_the_style(t):
    image, photo, paint = t.two()
    t.gimp.picture(image, "other", 60, 50, seed=6)
    result = t.gimp.paint(image, photo, style="layer:other")
    expected = t.gimp.pixels(result)
    t.gimp.call("gimp-image-remove-layer", image, result)
    result = t.gimp.paint(image, photo, paint)
    edited = t.gimp.edit(image, result, style="layer:other")
    equal(t.gimp.name(edited), "photo – other", "the name")
    equal(t.gimp.recipe(edited)["style"], "layer:other", "the recipe's style")
    alike(t.gimp.pixels(edited), expected)
    again = t.gimp.edit(image, edited, style_layer=paint)
    equal(t.gimp.name(again), "photo – paint", "the name")
    equal(t.gimp.call("gimp-layer-get-mode", again)[0], NORMAL, "the mode")

    second = t.gimp.paint(image, photo, paint)
    equal(t.gimp.name(second), "photo – paint #1", "the name that GIMP gives a second one")
    equal(t.gimp.name(t.gimp.edit(image, second, style="layer:other")), "photo – other", "its name then")


def case_edit_what_is_locked(t):
    """Locks, and the chain of 2.10, keep a layer from hands and tools; they stay, and nothing else is moved."""
    image, photo, paint = t.two()
    expected = t.gimp.pixels(t.gimp.paint(image, photo, paint, strength=30))
    t.gimp.call("gimp-image-remove-layer", image, t.gimp.layers(image)[0])
    result = t.gimp.paint(image, photo, paint)
    t.gimp.call("gimp-layer-set-offsets", photo, 10, 5)
    locks = ["lock-content", "lock-position"] + (["linked"] if t.major == 2 else [])
    log = t.folder / "home" / "log"
    for count in range(1, len(locks) + 1):  # each in turn joins those before
        for layer in (paint, result):
            t.gimp.call(f"gimp-item-set-{locks[count - 1]}", layer, True)
        said = len(log.read_text(errors="replace"))
        result = t.gimp.edit(image, result, options="strength=30")
        said = log.read_text(errors="replace")[said:]
        assert "locked" not in said and "CRITICAL" not in said, said
        equal(t.gimp.layers(image), [result, photo, paint], "the layers")
        equal((t.gimp.offsets(result), t.gimp.offsets(paint)), ((10, 5), (0, 0)), "the places")
        alike(t.gimp.pixels(result), expected)
        equal([t.gimp.call(f"gimp-item-get-{lock}", result)[0] for lock in locks],
              [k < count for k in range(len(locks))], "the locks")


def white_channel(t, image, name, *box):
    t.gimp.select(image, *box)
    t.gimp.call("gimp-item-set-name", t.gimp.call("gimp-selection-save", image)[0], name)
    t.gimp.select_nothing(image)


def case_regions(t):
    """Another style where a channel is white, by what its layer looks like, and later by what was kept of it."""
    image, photo, paint = t.two()
    t.gimp.picture(image, "oth;er", 60, 50, seed=6)
    width, height = t.gimp.size(photo)
    white_channel(t, image, "everywhere", 0, 0, width, height)
    white_channel(t, image, "left", 0, 0, width // 2, height)
    whole, other = (t.gimp.pixels(t.gimp.paint(image, photo, style=f"layer:{name}"))
                    for name in ("paint", "oth;er"))
    name = "layer:oth%3Ber"
    alike(t.gimp.pixels(t.gimp.paint(image, photo, paint, regions=f"channel:everywhere={name}")), other)

    result = t.gimp.paint(image, photo, paint, regions=f"channel:left={name}")
    equal(t.gimp.recipe(result)["regions"], f"channel:left={name}", "the regions in the recipe")
    got = t.gimp.pixels(result)
    for is_left, of, not_of in ((True, other, whole), (False, whole, other)):
        near, far = (got.difference(picture, lambda x, y: (x < width // 2) == is_left) for picture in (of, not_of))
        assert near < far, f"{near} off what was asked for{' on the left' * is_left}, and {far} off the other style"

    for layer in t.gimp.layers(image):
        if t.gimp.name(layer) in ("paint", "oth;er"):
            t.gimp.call("gimp-image-remove-layer", image, layer)
    edited = t.gimp.edit(image, result)
    alike(t.gimp.pixels(edited), got)
    edited = t.gimp.edit(image, edited, options="regions=")
    alike(t.gimp.pixels(edited), whole, what="the result without regions")
    assert "regions" not in t.gimp.recipe(edited), "the regions are still there"


def case_wrong_regions(t):
    image, photo, paint = t.two()
    white_channel(t, image, "map", 5, 5, 20, 20)
    for text, words in (("channel:nothing=layer:paint", "channel:nothing"),
                        ("channel:map=layer:nothing", "nothing"),
                        ("channel:map=kept:layer:paint", "layer:paint"),
                        ("selection=layer:paint", "channel:NAME"),
                        ("channel:map", "MASK=STYLE"),
                        ("channel:map=", ""),
                        (";".join(["channel:map=layer:paint"] * 5), "4")):
        t.refuses(image, words, t.gimp.paint, image, photo, paint, regions=text)


def case_on_another_machine(t):
    """The XCF alone, in a GIMP that has neither the style's file nor its layer."""
    image = t.gimp.image()
    photo = t.gimp.picture(image, "photo")
    path = t.folder / "work" / "secret folder" / "painting.ppm"
    path.parent.mkdir()
    pictures.write_ppm(path, 70, 60, 7)
    expected = t.gimp.pixels(t.gimp.paint(image, photo, style=f"file:{path}", strength=40))
    t.gimp.call("gimp-image-remove-layer", image, t.gimp.layers(image)[0])
    t.gimp.paint(image, photo, style=f"file:{path}", keep_colours="match")
    xcf = t.folder / "work" / "kept.xcf"
    t.gimp.save_xcf(image, str(xcf))
    path.unlink()
    assert b"secret folder" not in xcf.read_bytes(), "the XCF tells where the style was"
    with t.start("another") as gimp:
        image = gimp.load(str(xcf))
        edited = gimp.edit(image, gimp.layers(image)[0], options="strength=40;keep-colours=off")
        equal(gimp.recipe(edited)["style"], "file:painting.ppm", "the recipe's style")
        equal(len(gimp.layers(image)), 2, "the number of layers")
        alike(gimp.pixels(edited), expected)
        refined = gimp.edit(image, edited, options="refine=3")
        assert gimp.pixels(refined).difference(expected) > 0, "Refine has changed nothing"


# What somebody else may have put there.
GARBAGE = ["", "x", "=", ";;;", "style=layer:a", "pastiche=0.1.0", "pastiche=9.9;weights=1;content=1;"
           "style=layer:a;glitter=3", "pastiche=0.1.0;content=-1;style=layer:a",
           "pastiche=0.1.0;content=99999999999;style=layer:a", "pastiche=0.1.0;content=1;style=",
           "pastiche=0.1.0;content=1;style=layer:a;strength=nan",
           "pastiche=0.1.0;content=1;style=layer:a%", "pastiche=0.1.0;style=%ff%fe", "A" * 900]


def case_hostile_recipe(t):
    image, photo, paint = t.two()
    result = t.gimp.paint(image, photo, paint)
    good = t.gimp.recipe_text(result)
    for text in GARBAGE:
        t.gimp.attach(result, "pastiche-recipe", text)
        t.refuses(image, "recipe", t.gimp.edit, image, result)
    t.gimp.attach(result, "pastiche-recipe", good)
    t.gimp.attach(result, "pastiche-style", "no style file")
    t.refuses(image, "style", t.gimp.edit, image, result)
    t.gimp.edit(image, result, style="layer:paint")


def case_style_was_dropped(t):
    """Where the style is no longer kept, its name has to do, but not somebody else's path; another style always does."""
    image, photo, paint = t.two()
    result = t.gimp.paint(image, photo, paint)
    expected = t.gimp.pixels(result)
    good = t.gimp.recipe_text(result)
    path = pictures.write_ppm(t.gimp.temporary(".ppm"), 70, 60, seed=8)
    t.gimp.call("gimp-item-detach-parasite", result, "pastiche-style")
    for style in (f"file:{path}", path, f"layer:paint|file:{path}", f"kept:file:{path}"):
        t.gimp.attach(result, "pastiche-recipe", good.replace("style=layer:paint", f"style={style}"))
        t.refuses(image, [path, "not kept"], t.gimp.edit, image, result)
    t.gimp.attach(result, "pastiche-recipe", f"{good};regions=layer:paint%3Dfile:{path}")
    t.refuses(image, [path, "not kept"], t.gimp.edit, image, result)
    result = t.gimp.edit(image, result, style="layer:paint", options="regions=")
    t.gimp.call("gimp-item-detach-parasite", result, "pastiche-style")
    alike(t.gimp.pixels(t.gimp.edit(image, result)), expected)


def case_what_cannot_be_edited(t):
    image, photo, paint = t.two()
    t.refuses(image, ["recipe", "Style Transfer"], t.gimp.edit, image, photo)
    result = t.gimp.paint(image, photo, paint)
    t.refuses(image, "strength", t.gimp.edit, image, result, options="strength=999")
    t.refuses(image, "output", t.gimp.edit, image, result, options="output=image")
    t.refuses(image, "glitter", t.gimp.edit, image, result, options="glitter=1")
    t.refuses(image, "“nowhere”", t.gimp.edit, image, result, style="layer:nowhere")
    t.gimp.attach(result, "pastiche-recipe", t.gimp.recipe_text(result).replace(
        f"content={t.gimp.tattoo(photo)}", f"content={t.gimp.tattoo(result)}"))
    t.refuses(image, "not in the image any more", t.gimp.edit, image, result)
    result = t.gimp.paint(image, photo, paint)
    t.gimp.call("gimp-layer-scale", photo, 30, 20, False)
    t.refuses(image, "differ in size", t.gimp.edit, image, result)
    t.gimp.call("gimp-image-remove-layer", image, photo)
    t.refuses(image, "not in the image any more", t.gimp.edit, image, result)


@only(3)
def case_edit_one_at_a_time(t):
    image, photo, paint = t.two()
    results = t.gimp.paint_all(image, [photo, paint], paint)[1]
    t.refuses(image, "is edited at a time", t.gimp.edit, image, results)
