# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is left when the plug-in ends before its work does: nothing, or all of it."""

import os
import random
import signal
import threading
import time

import cases
import session
from cases import LEFT_OPEN, equal

Context = cases.Context
MOMENTS = int(os.environ.get("PASTICHE_KILLS", 10))
HANGS = 15  # seconds after which it does


def run_and_kill(t, image, photo, paint, after, how):
    """Whether there was still something to kill."""
    t.gimp.send(t.gimp.paint_text(image, photo, paint))
    time.sleep(after)
    killed = t.kill_plugin(how)
    # libgimp's own handler of crashes takes memory, so a crash while memory is taken can leave the plug-in
    # waiting for itself; then the user's Cancel ends it
    cancel = threading.Timer(HANGS, t.kill_plugin, (signal.SIGKILL,))
    cancel.start()
    try:
        t.gimp.receive()
    except session.Error:
        assert killed, "it failed without having been killed"
    finally:
        cancel.cancel()
    return killed


def case_killed_at_random_moments(t):
    """By kill -9, as GIMP's Cancel does, and by a crash, as of the engine, in turn."""
    image, photo, paint = t.two()
    before = t.gimp.layers(image)
    started = time.monotonic()
    whole = t.gimp.paint(image, photo, paint)
    usual = time.monotonic() - started
    expected = t.gimp.pixels(whole)
    t.gimp.call("gimp-image-remove-layer", image, whole)
    seed = random.randrange(1000)
    chance = random.Random(seed)
    log = t.folder / "home" / "log"
    killed = 0
    while killed < MOMENTS:
        t.gimp.clean(image)
        said = len(log.read_text(errors="replace"))
        how, wait = (signal.SIGKILL, signal.SIGSEGV)[killed % 2], chance.uniform(0, usual)
        if run_and_kill(t, image, photo, paint, wait, how):
            killed += 1
        else:  # not begun yet, or done before, as where the first run was a slow one: less of a span is tried
            usual *= 0.9
        layers = t.gimp.layers(image)
        if layers == before:
            assert not t.gimp.is_dirty(image), f"seed {seed}: nothing is there, but the image changed"
            assert LEFT_OPEN not in log.read_text(errors="replace")[said:], \
                f"seed {seed}: an undo group was left open, and nothing is there"
        else:
            equal(layers[1:], before, f"the layers below the result (seed {seed})")
            equal(t.gimp.pixels(layers[0]).is_like(expected), True, f"whether it is whole (seed {seed})")
            equal(t.gimp.recipe(layers[0])["style"], "layer:paint", f"its recipe (seed {seed})")
            t.gimp.call("gimp-image-remove-layer", image, layers[0])
        equal(t.gimp.images(), [image], f"the open images (seed {seed})")
    result = t.gimp.paint(image, photo, paint)
    equal(t.gimp.pixels(result).is_like(expected), True, "whether it works after all that")


def case_killed_while_editing(t):
    image, photo, paint = t.two()
    result = t.gimp.paint(image, photo, paint)
    t.gimp.clean(image)
    before = t.gimp.layers(image)
    t.gimp.send(t.gimp.edit_text(image, result, options="strength=10"))
    time.sleep(0.3)
    t.kill_plugin(signal.SIGKILL)
    try:
        t.gimp.receive()
    except session.Error:
        equal(t.gimp.layers(image), before, "the layers")
        assert not t.gimp.is_dirty(image), "the image was changed"
