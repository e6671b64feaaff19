# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of input: a case for each row of the table in docs/inputs.md.

At strength 0 the result is the photo itself, which tells whether colours, alpha and place came through
all the way; at strength 100 a comparison of two results tells what was seen."""

import cases
import pictures
import session
from cases import equal, only
from host import GRAY, MASK_WHITE, RGB, SELECTION_REPLACE, Symbol



class Context(cases.Context):
    fonts = True  # for text


# What GIMP calls 8, 16 and 32 bits, half, float and double: each once, the smallest also linear.
PRECISIONS = (100, 150, 250, 300, 550, 600, 750)
LINEAR_FLOAT = 600


ROUNDING = 0.001  # see pictures.Pixels.is_like()


def alike(got, expected, most=1.0, what="the result"):
    equal(got.size, expected.size, f"the size of {what}")
    difference = got.difference(expected)
    assert difference <= most, f"{what} differs by {difference}"


def differ(one, other, least, what):
    assert one.difference(other) > least, f"{what}: they differ by {one.difference(other)} only"


def half_clear(t, image, layer, width=40):
    """Makes the left of a layer transparent."""
    t.gimp.select(image, 0, 0, width, 80)
    t.gimp.call("gimp-drawable-edit-clear", layer)
    t.gimp.select_nothing(image)


def small(t, name="photo", **options):
    """An image with one layer, and a painting in another image."""
    image = t.gimp.image(64, 48, options.pop("kind", RGB))
    photo = t.gimp.picture(image, name, 64, 48, **options)
    other = t.gimp.image(60, 50)
    return image, photo, t.gimp.picture(other, "paint", 60, 50, seed=5)


# ---- Colours ----

def case_rgb_with_and_without_alpha(t):
    for alpha in (False, True):
        image, photo, paint = small(t, alpha=alpha)
        if alpha:
            half_clear(t, image, photo, 20)
        before = t.gimp.pixels(photo)
        result = t.gimp.paint(image, photo, paint, strength=0)
        equal(t.gimp.has_alpha(result), alpha, "whether it has alpha")
        after = t.gimp.pixels(result)
        if alpha:
            equal((after.at(10, 20)[3], after.at(40, 20)[3]), (0, 255), "alpha")
        else:
            alike(after, before)


def becomes_a_copy(t, image, photo, paint):
    """By default, the image being as it was; returns the photo's pixels."""
    before = t.gimp.pixels(photo)
    layers = t.gimp.layers(image)
    t.gimp.clean(image)
    result = t.gimp.paint(image, photo, paint, strength=0)
    copy = t.gimp.image_of(result)
    assert copy != image, "the result is in the image that was given"
    equal((t.gimp.layers(image), t.gimp.is_dirty(image)), (layers, False), "the image")
    equal(t.gimp.base_type(image) == RGB, False, "whether it is RGB")
    equal(t.gimp.base_type(copy), RGB, "the kind of the copy")
    equal([t.gimp.name(layer) for layer in t.gimp.layers(copy)], ["photo – paint", "photo"], "the copy")
    alike(t.gimp.pixels(result), before)
    return before


def becomes_rgb(t, image, photo, paint, before):
    """The image itself, when that is asked for."""
    painted = t.gimp.pixels(t.gimp.paint(image, photo, paint))
    assert colourfulness(painted) > 3, "the painting's colours are lost"
    result = t.gimp.paint(image, photo, paint, output="layer")
    equal(t.gimp.image_of(result), image, "the image of the result")
    equal(t.gimp.name(result), "photo – paint", "the name of the result")
    equal((t.gimp.base_type(image), t.gimp.layers(image)), (RGB, [result, photo]), "the image")
    alike(t.gimp.pixels(photo), before, 1, "the photo")
    alike(t.gimp.pixels(result), painted)


def colourfulness(pixels):
    spread = [max(p) - min(p) for x in range(0, pixels.width, 5) for p in [pixels.at(x, 20)[:3]]]
    return sum(spread) / len(spread)


def case_grayscale(t):
    for alpha in (False, True):
        image, photo, paint = small(t, kind=GRAY, alpha=alpha)
        before = becomes_a_copy(t, image, photo, paint)
    becomes_rgb(t, image, photo, paint, before)


def case_indexed(t):
    for alpha in (False, True):
        image, photo, paint = small(t, alpha=alpha)
        t.gimp.indexed(image)
        before = becomes_a_copy(t, image, photo, paint)
    becomes_rgb(t, image, photo, paint, before)


def case_gray_with_a_selection_in_a_group(t):
    image = t.gimp.image(64, 48, GRAY)
    group = t.gimp.group(image, "group")
    photo = t.gimp.picture(image, "photo", 64, 48, parent=group)
    t.gimp.select(image, 10, 10, 20, 20)
    result = t.gimp.paint(image, photo, photo)
    equal(t.gimp.name(t.gimp.parent(result)), "group", "the parent in the copy")
    shown = t.gimp.pixels(t.gimp.mask(result))
    equal((shown.at(15, 15)[0], shown.at(40, 15)[0]), (255, 0), "the mask")
    result = t.gimp.paint(image, photo, photo, output="layer")
    equal(t.gimp.parent(result), group, "the parent in the image")
    shown = t.gimp.pixels(t.gimp.mask(result))
    equal((shown.at(15, 15)[0], shown.at(40, 15)[0]), (255, 0), "the mask")


def case_copy_of_an_rgb_image(t):
    image, photo, paint = small(t)
    result = t.gimp.paint(image, photo, paint, output="image")
    assert t.gimp.image_of(result) != image, "the result is in the image"
    equal(t.gimp.layers(image), [photo], "the layers")
    t.refuses(image, ["output", "auto", "layer", "image"], t.gimp.paint, image, photo, paint,
              output="window")


def case_every_precision(t):
    image, photo, paint = small(t)
    for precision in PRECISIONS:
        t.gimp.call("gimp-image-convert-precision", image, precision)
        before = t.gimp.pixels(photo)
        result = t.gimp.paint(image, photo, paint, strength=0)
        alike(t.gimp.pixels(result), before, 1, f"the result in precision {precision}")
        equal(t.gimp.call("gimp-image-get-precision", image)[0], precision, "the precision")


def case_deep_image_looks_the_same(t):
    image, photo, paint = small(t)
    expected = t.gimp.pixels(t.gimp.paint(image, photo, paint))
    t.gimp.call("gimp-image-convert-precision", image, LINEAR_FLOAT)
    alike(t.gimp.pixels(t.gimp.paint(image, photo, paint)), expected, 2)


def case_colour_profile(t):
    image, photo, paint = small(t)
    profile = pictures.write_icc(t.folder / "work" / "wide.icc")
    t.gimp.set_profile(image, profile)
    result = t.gimp.paint(image, photo, paint, strength=0)
    alike(t.gimp.pixels(result), t.gimp.pixels(photo))
    xcf = t.folder / "work" / "profile.xcf"
    t.gimp.save_xcf(image, str(xcf))
    assert open(profile, "rb").read() in xcf.read_bytes(), "the image has lost its profile"


def case_profile_of_the_style(t):
    """A painting looks the same in whatever space its numbers are; with other numbers it does not."""
    image, photo, paint = small(t)
    assigned = t.gimp.image_of(paint)
    narrow = t.gimp.pixels(t.gimp.paint(image, photo, paint))
    wide = pictures.write_icc(t.folder / "work" / "wide.icc", 1.8)
    t.gimp.set_profile(assigned, wide)
    seen = t.gimp.pixels(t.gimp.paint(image, photo, paint))
    differ(seen, narrow, 2, "another profile of the style")
    srgb = pictures.write_icc(t.folder / "work" / "narrow.icc", 2.2, (0.64, 0.33), (0.30, 0.60))
    t.gimp.convert_to_profile(assigned, srgb)
    alike(t.gimp.pixels(t.gimp.paint(image, photo, paint)), seen, 2.5)


def case_brighter_than_white(t):
    """At strength 0 highlights stay; painted, they end at white."""
    image, photo, paint = small(t)
    t.gimp.call("gimp-image-convert-precision", image, LINEAR_FLOAT)
    before = t.gimp.pixels(photo)
    t.gimp.levels(photo, 0, 0.25, 0, 1)
    kept = t.gimp.paint(image, photo, paint, strength=0)
    painted = t.gimp.paint(image, photo, paint)
    for layer in (kept, painted):
        t.gimp.levels(layer, 0, 1, 0, 0.25)
    alike(t.gimp.pixels(kept), before, 1, "the result at strength 0")
    brightest = max(t.gimp.pixels(painted).data[0::4])
    assert brightest < max(before.data[0::4]), f"{brightest}: it is brighter than white"


# ---- Place and size ----

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


def case_outside_the_canvas(t):
    image, photo, paint = small(t)
    t.gimp.call("gimp-layer-set-offsets", photo, 500, -400)
    equal(t.gimp.offsets(t.gimp.paint(image, photo, paint)), (500, -400), "the place")


def case_one_pixel(t):
    image, photo, paint = t.two()
    dot = t.gimp.picture(image, "dot", 1, 1)
    equal(t.gimp.size(t.gimp.paint(image, dot, paint)), (1, 1), "the size")
    equal(t.gimp.size(t.gimp.paint(image, photo, dot)), (120, 80), "the size")


def case_nothing_to_be_seen(t):
    """A layer that is all transparent, as content and as style; a group without layers."""
    image, photo, paint = small(t)
    half_clear(t, image, photo, 64)
    result = t.gimp.pixels(t.gimp.paint(image, photo, paint))
    equal(result.at(10, 10)[3], 0, "alpha")
    t.gimp.paint(t.gimp.image_of(paint), paint, photo)
    group = t.gimp.group(image, "empty")
    try:
        t.gimp.paint(image, group, paint)
    except session.Error as error:
        assert "pixels" in str(error) or "×" in str(error), str(error)


# ---- Kinds of layers ----

def case_group(t):
    """What is in it, on both sides."""
    image, photo, paint = t.two()
    group = t.gimp.group(image, "group")
    t.gimp.picture(image, "member", 50, 40, seed=3, parent=group)
    result = t.gimp.paint(image, group, paint)
    equal(t.gimp.layers(image)[:2], [result, group], "the layers")
    equal(t.gimp.size(result), (50, 40), "the size")
    equal(t.gimp.name(t.gimp.paint(image, photo, group)), "photo – group", "the name")
    copy = t.gimp.image(50, 40)
    member = t.gimp.picture(copy, "member", 50, 40, seed=3)
    alike(t.gimp.pixels(result), t.gimp.pixels(t.gimp.paint(copy, member, paint)))


def case_text(t):
    image, photo, paint = t.two()
    text = t.gimp.text(image, "Pastiche")
    before = t.gimp.pixels(text)
    alike(t.gimp.pixels(t.gimp.paint(image, text, paint, strength=0)), before)
    assert t.gimp.is_text(text), "the text is no text any more"
    differ(t.gimp.pixels(t.gimp.paint(image, photo, text)),
           t.gimp.pixels(t.gimp.paint(image, photo, paint)), 2, "the style of a text")


@only(3)
def case_effects(t):
    """A layer with a non-destructive effect is painted as it is shown, and so is one that is the style."""
    image, photo, paint = t.two()
    plain = t.gimp.pixels(t.gimp.paint(image, photo, paint))
    styled = t.gimp.pixels(t.gimp.paint(image, paint, photo))
    t.gimp.add_filter(photo, "gegl:invert-gamma")
    seen = t.gimp.pixels(t.gimp.paint(image, photo, paint))
    differ(plain, seen, 4, "the effect")
    differ(styled, t.gimp.pixels(t.gimp.paint(image, paint, photo)), 2, "the effect on the style")
    t.gimp.call("gimp-drawable-merge-filters", photo)
    alike(t.gimp.pixels(t.gimp.paint(image, photo, paint)), seen, 1, "the merged layer")
    equal(len(t.gimp.images()), 1, "the number of images")


@only(3)
def case_effects_of_a_group(t):
    """An effect on the group itself is as one on its only layer, on content and style; one that grows has its room."""
    image, photo, paint = t.two()
    group = t.gimp.group(image, "group")
    member = t.gimp.picture(image, "member", 50, 40, seed=3, parent=group)
    other = t.gimp.image(50, 40)
    layer = t.gimp.picture(other, "layer", 50, 40, seed=3)
    for effect in ("gegl:invert-gamma", "gegl:dropshadow"):
        t.gimp.add_filter(group, effect)
        t.gimp.add_filter(layer, effect)
        result = t.gimp.paint(image, group, paint)
        expected = t.gimp.paint(other, layer, paint)
        equal(t.gimp.offsets(result), t.gimp.offsets(expected), "the place")
        alike(t.gimp.pixels(result), t.gimp.pixels(expected), ROUNDING, f"the group with {effect}")
    alike(t.gimp.pixels(t.gimp.paint(image, photo, group)), t.gimp.pixels(t.gimp.paint(image, photo, layer)),
          ROUNDING, "the result in the group's style")
    equal((t.gimp.children(group), len(t.gimp.images())), ([member], 2), "the group and the number of images")


@only(3)
def case_effects_of_an_indexed_layer(t):
    """They are seen as the image shows them: in colours that its palette need not have."""
    image, photo, paint = small(t)
    t.gimp.indexed(image)
    plain = t.gimp.pixels(photo)
    t.gimp.add_filter(photo, "gegl:invert-gamma")
    inverted = pictures.Pixels(64, 48, 4, bytes(value if i % 4 == 3 else 255 - value
                                                for i, value in enumerate(plain.data)))
    alike(t.gimp.pixels(t.gimp.paint(image, photo, paint, strength=0)), inverted)


@only(3)
def case_effect_that_grows(t):
    """A shadow lies outside the layer; the result has the place that it has when it is merged."""
    image, _, paint = t.two()
    photo = t.gimp.picture(image, "small", 40, 30)
    t.gimp.call("gimp-layer-set-offsets", photo, 11, 13)
    mask = t.gimp.add_mask(photo, MASK_WHITE)
    t.gimp.add_filter(photo, "gegl:dropshadow")
    result = t.gimp.paint(image, photo, paint)
    equal((t.gimp.size(photo), t.gimp.mask(photo)), ((40, 30), mask), "the photo")
    seen = t.gimp.size(result), t.gimp.offsets(result)
    t.gimp.call("gimp-drawable-merge-filters", photo)
    equal(seen, (t.gimp.size(photo), t.gimp.offsets(photo)), "the frame")


def case_style_of_any_kind(t):
    image, photo, _ = small(t)
    for name, kind in (("gray", GRAY), ("indexed", RGB)):
        other = t.gimp.image(60, 50, kind)
        style = t.gimp.picture(other, name, 60, 50, seed=4)
        if name == "indexed":
            t.gimp.indexed(other)
        equal(t.gimp.name(t.gimp.paint(image, photo, style)), f"photo – {name}", "the name")


def case_invisible_or_locked(t):
    image, photo, paint = small(t)
    expected = t.gimp.pixels(t.gimp.paint(image, photo, paint))
    t.gimp.call("gimp-item-set-visible", photo, False)
    result = t.gimp.paint(image, photo, paint)
    assert t.gimp.call("gimp-item-get-visible", result)[0], "the result is invisible"
    for lock in ("gimp-item-set-lock-content", "gimp-item-set-lock-position",
                 "gimp-layer-set-lock-alpha"):
        t.gimp.call(lock, photo, True)
    result = t.gimp.paint(image, photo, paint)
    alike(t.gimp.pixels(result), expected, ROUNDING)
    assert not t.gimp.call("gimp-item-get-lock-content", result)[0], "the result is locked"


# ---- Masks and selections ----

def half_masked(t, image, layer):
    """A mask that hides the left of the layer."""
    mask = t.gimp.add_mask(layer)
    t.gimp.select(image, 0, 0, 40, 80)
    t.gimp.call("gimp-context-set-foreground", Symbol("'(0 0 0)"))
    t.gimp.call("gimp-drawable-edit-fill", mask, 0)
    t.gimp.select_nothing(image)
    return mask


def case_layer_mask_of_the_content(t):
    """The whole layer is painted, and a copy of the mask hides what it hid."""
    image, photo, paint = t.two()
    whole = t.gimp.pixels(t.gimp.paint(image, photo, paint))
    mask = half_masked(t, image, photo)
    result = t.gimp.paint(image, photo, paint)
    alike(t.gimp.pixels(result), whole, ROUNDING)
    equal(t.gimp.pixels(t.gimp.mask(result)) == t.gimp.pixels(mask), True, "whether masks are equal")
    equal(t.gimp.pixels(mask).at(20, 40)[0], 0, "the mask")

    t.gimp.select(image, 30, 0, 40, 80)
    shown = t.gimp.pixels(t.gimp.mask(t.gimp.paint(image, photo, paint)))
    equal([shown.at(x, 40)[0] for x in (20, 35, 50, 100)], [0, 0, 255, 0], "mask and selection")
    t.gimp.select_nothing(image)

    t.gimp.call("gimp-layer-set-apply-mask", photo, False)
    equal(t.gimp.mask(t.gimp.paint(image, photo, paint)), -1, "the mask of one that is off")


def case_layer_mask_of_the_style(t):
    """What it hides does not count."""
    image, photo, paint = t.two()
    other = t.gimp.image(120, 80)
    style = t.gimp.picture(other, "style", seed=4)
    whole = t.gimp.pixels(t.gimp.paint(image, photo, style))
    half_masked(t, other, style)
    masked = t.gimp.pixels(t.gimp.paint(image, photo, style))
    differ(whole, masked, 0.3, "the mask")
    t.gimp.call("gimp-layer-remove-mask", style, 1)
    half_clear(t, other, style)
    alike(t.gimp.pixels(t.gimp.paint(image, photo, style)), masked, 0.5)


def case_mask_is_selected(t):
    """Its layer is meant."""
    image, photo, paint = t.two()
    mask = t.gimp.add_mask(photo)
    result = t.gimp.paint(image, mask, paint)
    equal(t.gimp.layers(image), [result, photo, paint], "the layers")
    equal(t.gimp.name(result), "photo – paint", "the name")


def case_channel_is_selected(t):
    image, _, paint = t.two()
    t.refuses(image, "channel", t.gimp.paint, image, t.gimp.channel(image), paint)


def case_floating_selection(t):
    image, photo, paint = t.two()
    t.gimp.select(image, 10, 10, 30, 30)
    floating = t.gimp.float_layer(photo)
    t.refuses(image, "floating selection", t.gimp.paint, image, photo, paint)
    t.refuses(image, "floating selection", t.gimp.paint, image, floating, paint)


def case_selection(t):
    image, photo, paint = t.two(alpha=False)
    whole = t.gimp.pixels(t.gimp.paint(image, photo, paint))
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
    alike(t.gimp.pixels(result), whole, ROUNDING, "what is under the mask")


def case_selection_with_feather(t):
    image, photo, paint = t.two()
    t.gimp.select(image, 30, 20, 40, 30)
    t.gimp.call("gimp-selection-feather", image, 12)
    values = [t.gimp.call("gimp-selection-value", image, x, 35)[0] for x in range(20, 50, 3)]
    assert any(0 < value < 255 for value in values), f"{values}: there is no feather"
    mask = t.gimp.mask(t.gimp.paint(image, photo, paint))
    t.gimp.call("gimp-image-select-item", image, SELECTION_REPLACE, mask)
    shown = [t.gimp.call("gimp-selection-value", image, x, 35)[0] for x in range(20, 50, 3)]
    equal(shown, values, "the mask")


def case_mask_none(t):
    image, photo, paint = t.two(alpha=False)
    whole = t.gimp.pixels(t.gimp.paint(image, photo, paint))
    t.gimp.call("gimp-layer-set-offsets", photo, 10, 5)
    t.gimp.select(image, 0, 0, 5, 5)  # does not touch the layer
    result = t.gimp.paint(image, photo, paint, mask="none")
    equal(t.gimp.mask(result), -1, "the mask")
    equal(t.gimp.pixels(result), whole, "what is painted")


def is_map(t, whole, photo, result, inside):
    """The result is painted where `inside` says so, and elsewhere the photo."""
    equal(t.gimp.mask(result), -1, "the layer mask")
    before, after = t.gimp.pixels(photo), t.gimp.pixels(result)
    for y in range(after.height):
        for x in range(after.width):
            expected = (whole if inside(x, y) else before).at(x, y)
            equal(after.at(x, y), expected, f"the pixel {x}, {y}")


def case_mask_channel(t):
    image, photo, paint = t.two()
    whole = t.gimp.pixels(t.gimp.paint(image, photo, paint))
    t.gimp.select(image, 30, 20, 40, 30)
    channel = t.gimp.call("gimp-selection-save", image)[0]
    t.gimp.call("gimp-item-set-name", channel, "map")
    t.gimp.call("gimp-layer-set-offsets", photo, 10, 5)
    result = t.gimp.paint(image, photo, paint, mask="channel:map")
    is_map(t, whole, photo, result, lambda x, y: 20 <= x < 60 and 15 <= y < 45)
    equal(t.gimp.recipe(result)["mask"], "channel:map", "the mask in the recipe")
    edited = t.gimp.edit(image, result, options="strength=0")
    alike(t.gimp.pixels(edited), t.gimp.pixels(photo), what="the edited result")
    t.refuses(image, ["channel:nothing"], t.gimp.paint, image, photo, paint, mask="channel:nothing")
    t.refuses(image, ["selection", "layer:NAME"], t.gimp.paint, image, photo, paint, mask="channel:")


def case_mask_layer(t):
    image, photo, paint = t.two()
    whole = t.gimp.pixels(t.gimp.paint(image, photo, paint))
    layer = t.gimp.picture(image, "map", 50, 40)
    t.gimp.call("gimp-drawable-fill", layer, Symbol("FILL-WHITE"))
    half_clear(t, image, layer, 10)
    t.gimp.call("gimp-layer-set-offsets", layer, 25, -10)
    result = t.gimp.paint(image, photo, paint, mask="layer:map")
    is_map(t, whole, photo, result, lambda x, y: 35 <= x < 75 and y < 30)


# ---- Several ----

@only(3)
def case_several_layers(t):
    """One style for all; each result above its own layer."""
    image, photo, paint = t.two()
    second = t.gimp.picture(image, "second", 50, 40, seed=3)
    alone = t.gimp.pixels(t.gimp.paint(image, second, paint))
    layers = [layer for layer in t.gimp.layers(image) if t.gimp.name(layer) != "second – paint"]
    t.gimp.call("gimp-image-remove-layer", image, t.gimp.layers(image)[0])
    first, both = t.gimp.paint_all(image, [photo, second], paint)
    equal(both[0], first, "the first result")
    equal([t.gimp.name(layer) for layer in both], ["photo – paint", "second – paint"], "the names")
    equal(t.gimp.layers(image), [both[1], second, both[0], photo, paint], "the layers")
    equal(len(layers), 3, "the number of layers before")
    alike(t.gimp.pixels(both[1]), alone, ROUNDING, "the second result")
    mask = t.gimp.add_mask(photo)
    _, both = t.gimp.paint_all(image, [photo, mask], paint)
    equal(len(both), 1, "the number of results of a layer and its mask")
    t.refuses(image, "none is selected", t.gimp.paint, image, [], paint)
    t.refuses(image, "channel", t.gimp.paint, image, [photo, t.gimp.channel(image)], paint)


def case_several_styles(t):
    """Layers, files and weights in one text."""
    image, photo, _ = t.two()
    t.gimp.picture(image, "other", 60, 50, seed=6)
    path = pictures.write_ppm(t.folder / "work" / "third.ppm", 70, 60, 7)
    one, two = (t.gimp.pixels(t.gimp.paint(image, photo, style=f"layer:{name}"))
                for name in ("paint", "other"))
    result = t.gimp.paint(image, photo, style="layer:paint*3|layer:other*1")
    mixed = t.gimp.pixels(result)
    equal(t.gimp.name(result), "photo – paint + other", "the name")
    assert mixed.data not in (one.data, two.data), "only one of them was taken"
    assert mixed.difference(one) < mixed.difference(two), "the weights are swapped"
    result = t.gimp.paint(image, photo, style=f"layer:paint|file:{path}*2")
    equal(t.gimp.recipe(result)["style"], "layer:paint|file:third.ppm*2.000000", "the recipe's style")
    t.refuses(image, "“nowhere”", t.gimp.paint, image, photo, style="layer:paint|layer:nowhere")
