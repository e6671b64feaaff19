# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the suites share."""

import os
from contextlib import contextmanager
from pathlib import Path

import session
from host import HOSTS


LEFT_OPEN = "left image undo in inconsistent state"  # what GIMP says of an undo group


class Skip(Exception):
    """This case, or this suite, cannot be run here, and why."""


def only(major):
    """A case for one GIMP."""
    def mark(case):
        case.gimp = major
        return case
    return mark


def equal(got, expected, what="it"):
    assert got == expected, f"{what} is {got!r}, not {expected!r}"


class Context:
    """A suite's surroundings: its folder and a GIMP that its cases share."""

    environment = {}
    window = fonts = False

    def __init__(self, options, folder):
        self.options, self.folder, self.major = options, folder, options.gimp
        self.root = Path(__file__).resolve().parents[2]
        self.plug_ins = session.make_plug_ins(folder / "plug-ins", options.system, options.plugin)
        (folder / "work").mkdir()
        self.gimp = self.start("home")

    def start(self, home, **env):
        """Another GIMP, with a profile of its own."""
        return HOSTS[self.major](
            self.major, self.folder / home, env.pop("plug_ins", self.plug_ins), window=self.window,
            fonts=self.fonts, work=self.folder / "work", **{**self.environment, **env})

    @contextmanager
    def elsewhere(self, home, **env):
        """For as long as it lasts, self.gimp is another GIMP, with a profile of its own."""
        mine = self.gimp
        with self.start(home, **env) as self.gimp:
            try:
                yield
            finally:
                self.gimp = mine

    def after_case(self, passed):
        """No images are left over; after a failure, which may have left anything, not even GIMP."""
        if passed:
            for image in self.gimp.images():
                self.gimp.delete(image)
        else:
            self.gimp.close()
            self.gimp = self.start("home")

    def refuses(self, image, words, call, *arguments, **options):
        """A call that must fail, name all of the words, and leave the image as it was."""
        gimp = self.gimp
        gimp.clean(image)
        before = gimp.layers(image)
        try:
            call(*arguments, **options)
        except session.Error as error:
            for word in [words] if isinstance(words, str) else words:
                assert word in str(error), f"{word!r} is not in {str(error)!r}"
        else:
            raise AssertionError("was not refused")
        equal(gimp.layers(image), before, "the list of layers")
        assert not gimp.is_dirty(image), "the image was changed"

    def two(self, **options):
        """An image with a layer "photo" above a layer "paint"."""
        image = self.gimp.image()
        paint = self.gimp.picture(image, "paint", 60, 50, seed=5)
        photo = self.gimp.picture(image, "photo", seed=1, **options)
        return image, photo, paint

    def kill_plugin(self, how):
        """Whether there was one to kill: the child of our GIMP that runs our executable."""
        executable = (self.options.plugin / "pastiche").resolve()
        for process in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((process / "stat").read_text().rsplit(")", 1)[1].split()[1])
                if (process / "exe").resolve() == executable and parent == self.gimp.process.pid:
                    os.kill(int(process.name), how)
                    return True
            except OSError:
                pass  # it ended meanwhile
        return False

    def close(self):
        self.gimp.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
