# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""No tests: the pictures of the dialog in docs/, made anew from Debian's photo by

    ninja -C build screenshots-gimp2    (or screenshots-gimp3)

Run with --keep, it leaves pictures in other themes and sizes, to be looked at, beside the profiles.
"""

import shutil
import subprocess
import time
from pathlib import Path

import display
import languages
from cases import Skip, only
from host import INTERACTIVE

PHOTO = Path("/usr/share/backgrounds/mate/nature/Dune.jpg")  # of the package mate-backgrounds
TITLE = "^Style Transfer$"
PATIENCE = 25  # seconds, which Refine's preview takes at most
# Small files; the window is as wide as a page shows it.
SHRINK = ["-resize", "1000x", "-colors", "255", "-strip"]


OTHER_THEME = {2: '(theme "Light")', 3: "(theme-color-scheme light)"}


class Context(display.Context):
    SCREEN = "2560x1800"  # for twice the size
    window = True  # without one, GIMP gives the dialog no theme

    def __init__(self, options, folder):
        if not PHOTO.is_file():
            raise Skip("the package mate-backgrounds is not installed")
        if not shutil.which("convert"):
            raise Skip("imagemagick is not installed")
        super().__init__(options, folder)
        self.docs = self.root / "docs"

    def open(self, title=TITLE):
        photo = self.gimp.temporary(".png")
        subprocess.run(["convert", str(PHOTO), photo], check=True, timeout=60)
        image = self.gimp.load(photo)
        layer = self.gimp.layers(image)[0]
        self.gimp.send(self.gimp.paint_text(image, layer, run_mode=INTERACTIVE))
        window = self.display.window(title)
        time.sleep(3)
        self.display.press(window, "alt+s", "Home", "Right", "Down")
        return window

    def take(self, window, path):
        """Once nothing changes any more."""
        before = None
        while before != (now := self.display.pixels(*self.display.place(window))):
            before = now
            time.sleep(PATIENCE)
        taken = self.folder / "taken.png"
        for command in (["import", "-display", self.display.name, "-window", window, taken],
                        ["convert", taken, *SHRINK, path]):
            subprocess.run([*map(str, command)], check=True, timeout=60)
        self.display.press(window, "Escape")
        self.gimp.receive()


@only(3)
def case_refined(t):
    window = t.open()
    t.display.press(window, "Right", "Right")
    t.take(window, t.docs / "dialog-gimp3.png")


@only(3)
def case_in_chinese(t):
    with languages.speaking(t, "zh", "CN"):
        window = t.open("^样式迁移$")
        t.display.press(window, "Left")
        t.take(window, t.docs / "dialog-zh_CN.png")


@only(2)
def case_two_styles_at_100_per_cent(t):
    window = t.open()
    t.display.press(window, "Left", "alt+x")
    time.sleep(2)
    t.display.press(window, "Right", "Right", "Right", "alt+g", "alt+z")
    t.take(window, t.docs / "dialog-gimp2.png")


def case_in_the_other_theme(t):
    with t.elsewhere("home-theme", preferences=OTHER_THEME[t.options.gimp]):
        t.take(t.open(), t.folder / "other-theme.png")


@only(3)
def case_at_200_per_cent(t):
    with t.elsewhere("home-large", GDK_SCALE="2"):
        t.take(t.open(), t.folder / "twice-as-large.png")
