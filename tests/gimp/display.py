# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A screen without a monitor, and hands on its keyboard."""

import os
import shutil
import subprocess
import time

import cases
from cases import Skip
from session import end_with_us


class Display:
    def __init__(self, folder, size="1280x900"):
        for program in ("Xvfb", "xdotool", "import"):
            if not shutil.which(program):
                raise Skip(f"{program} is not installed")
        self.folder = folder
        self.log = open(folder / "xvfb.log", "wb")
        reader, writer = os.pipe()
        self.process = subprocess.Popen(
            # Without -noreset it starts anew, and is away for a moment, whenever its last window goes.
            ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{size}x24", "-nolisten", "tcp",
             "-noreset"],
            pass_fds=[writer], stdout=self.log, stderr=self.log, preexec_fn=end_with_us)
        os.close(writer)
        with os.fdopen(reader) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise Skip("Xvfb does not start")
        self.name = f":{number}"

    def xdotool(self, *words, check=True):
        run = subprocess.run(["xdotool", *map(str, words)], env={**os.environ, "DISPLAY": self.name},
                             capture_output=True, text=True, timeout=60)
        if check and run.returncode:
            raise RuntimeError(f"xdotool {words}: {run.stderr.strip()}")
        return run.stdout.split()

    def windows(self, title):
        return self.xdotool("search", "--onlyvisible", "--name", title, check=False)

    def window(self, title, seconds=120):
        """The first window of that title (a regular expression), once it is there."""
        return self.wait(lambda: self.windows(title), f"a window {title!r}", seconds)[0]

    def wait(self, condition, what, seconds=120):
        """The first true value of the condition."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            value = condition()
            if value:
                return value
            time.sleep(0.1)
        self.screenshot("late")
        raise AssertionError(f"there is no {what} after {seconds} s")

    def press(self, window, *keys):
        """There is no window manager here to give the window the keyboard."""
        self.xdotool("windowfocus", "--sync", window, check=False)
        for key in keys:
            self.xdotool("key", key)

    def screenshot(self, name):
        if shutil.which("import"):
            subprocess.run(["import", "-display", self.name, "-window", "root",
                            str(self.folder / f"{name}.png")], capture_output=True, timeout=60)

    def pixels(self, x, y, width, height):
        """What is on the screen there: rows of RGB bytes, in one string."""
        crop = f"{width}x{height}+{x}+{y}"
        return subprocess.run(["import", "-display", self.name, "-window", "root", "-crop", crop,
                               "-depth", "8", "rgb:-"], capture_output=True, timeout=60,
                              check=True).stdout

    def words(self, x, y, width, height):
        """The words that are on the screen there, and where; enlarged, they can be read."""
        for program in ("convert", "tesseract"):
            if not shutil.which(program):
                raise Skip(f"{program} is not installed")
        shot = subprocess.run(["convert", "-size", f"{width}x{height}", "-depth", "8", "rgb:-", "-colorspace",
                               "Gray", "-negate", "-resize", "300%", "-level", "20%,80%", "png:-"],
                              input=self.pixels(x, y, width, height), capture_output=True, check=True)
        read = subprocess.run(["tesseract", "-", "-", "--psm", "11", "tsv"], input=shot.stdout,
                              capture_output=True, timeout=120, check=True,
                              env={**os.environ, "OMP_THREAD_LIMIT": "1"}).stdout.decode()
        rows = [row.split("\t") for row in read.splitlines()[1:]]
        return [(row[11], x + (2 * int(row[6]) + int(row[8])) // 6, y + (2 * int(row[7]) + int(row[9])) // 6)
                for row in rows if len(row) > 11 and row[11].strip()]

    def place(self, window):
        """Left, top, width and height of a window."""
        words = self.xdotool("getwindowgeometry", "--shell", window)
        values = dict(word.split("=", 1) for word in words)
        return tuple(int(values[name]) for name in ("X", "Y", "WIDTH", "HEIGHT"))

    def close(self):
        self.process.kill()
        self.process.wait()
        self.log.close()


class Context(cases.Context):
    """A GIMP with a screen."""

    SCREEN = "1280x900"

    def __init__(self, options, folder):
        self.display = Display(folder, self.SCREEN)
        self.environment = {"DISPLAY": self.display.name}
        try:
            super().__init__(options, folder)
        except BaseException:
            self.display.close()
            raise

    def close(self):
        super().close()
        self.display.close()
