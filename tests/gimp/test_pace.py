# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""No tests, because they would assert times: how soon the dialog answers, by its own clock, on 24 megapixels.

    ninja -C build pace-gimp2    (or pace-gimp3)

The plug-in says it to whoever sets G_MESSAGES_DEBUG=pastiche: how long after a change there is a picture of
it, and how long after Cancel the work has stopped.
"""

import re
import shutil
import statistics
import subprocess
import time
from pathlib import Path

import display
from cases import Skip
from host import INTERACTIVE

PHOTO = Path("/usr/share/backgrounds/mate/nature/Dune.jpg")  # of the package mate-backgrounds
SIZE = "6000x4000!"
TIMES = 20


class Context(display.Context):
    def __init__(self, options, folder):
        if not PHOTO.is_file() or not shutil.which("convert"):
            raise Skip("the package mate-backgrounds, or imagemagick, is not installed")
        super().__init__(options, folder)
        self.home = "home-pace"
        self.photo = str(folder / "photo.png")
        subprocess.run(["convert", str(PHOTO), "-resize", SIZE, self.photo], check=True, timeout=300)

    def open(self):
        image = self.gimp.load(self.photo)
        self.gimp.send(self.gimp.paint_text(image, self.gimp.layers(image)[0], run_mode=INTERACTIVE))
        window = self.display.window("^Style Transfer$")
        time.sleep(5)
        return window

    def said(self, words):
        log = (self.folder / self.home / "log").read_text(errors="replace")
        return [int(number) for number in re.findall(words + r" after (\d+) ms", log)]

    def report(self, what, times):
        print(f"{what}: median {statistics.median(times):.0f} ms, longest {max(times)} ms, of {len(times)}: "
              + " ".join(map(str, times)), flush=True)

    def close_dialog(self, window):
        self.display.press(window, "Escape")
        self.gimp.receive()


def case_preview(t):
    """A strength typed, one after the other, and a look at each."""
    with t.elsewhere(t.home, G_MESSAGES_DEBUG="pastiche"):
        window = t.open()
        known = len(t.said("preview"))
        for k in range(TIMES):
            t.display.press(window, "alt+t", "ctrl+a", *str(40 + 3 * k), "Tab")
            t.display.wait(lambda: len(t.said("preview")) > known, "preview")
            known = len(t.said("preview"))
            time.sleep(2)
        t.report("a picture after a change", t.said("preview")[-TIMES:])
        t.close_dialog(window)


def case_cancel(t):
    """From the first steps to the last: a run is given a little longer each time."""
    with t.elsewhere(t.home, G_MESSAGES_DEBUG="pastiche"):
        window = t.open()
        for k in range(TIMES):
            t.display.press(window, "Return")
            time.sleep(0.1 + 0.2 * k)
            t.display.press(window, "Escape")
            is_open = lambda: t.display.windows("^Style Transfer$")  # noqa: E731
            t.display.wait(lambda: len(t.said("cancelled")) > k or not is_open(), "end of the work")
            if not is_open():
                break  # it was done before
            time.sleep(0.5)
        t.report("an end of the work after Cancel", t.said("cancelled"))
        if is_open():
            t.close_dialog(window)
        else:
            t.gimp.receive()
