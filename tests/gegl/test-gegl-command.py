#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operation through the `gegl` command, as the user's guide has it.

    test-gegl-command.py PATH_OF_MODULES WEIGHTS [unittest options]
"""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))
import pictures  # noqa: E402

MODULES, WEIGHTS = sys.argv.pop(1), sys.argv.pop(1)


class Command(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        photo = pictures.gradient(96, 64)
        (self.folder / "photo.png").write_bytes(pictures.png(photo))
        (self.folder / "painting.ppm").write_bytes(pictures.ppm(pictures.gradient(40, 50)))

    def paint(self, *properties):
        """The pixels of the result; what was said is self.said."""
        environment = {**os.environ, "HOME": str(self.folder), "XDG_CACHE_HOME": str(self.folder),
                       "LC_ALL": "C.UTF-8", "GEGL_PATH": MODULES, "GEGL_USE_OPENCL": "no",
                       "OMP_WAIT_POLICY": "passive", "PASTICHE_WEIGHTS": WEIGHTS}
        run = subprocess.run(["gegl", "photo.png", "-o", "result.png", "--", "pastiche:stylize",
                              *properties], cwd=self.folder, env=environment, capture_output=True,
                             text=True, timeout=120)
        self.said = run.stdout + run.stderr
        self.assertEqual(run.returncode, 0, self.said)
        return pictures.read_png((self.folder / "result.png").read_bytes())[0]

    def test_paints(self):
        photo = self.paint("strength=0")
        self.assertNotIn("pastiche:stylize:", self.said)
        built_in = self.paint("style=wave", "brush-size=50")
        self.assertNotIn("pastiche:stylize:", self.said)
        self.assertNotEqual(built_in, photo)
        of_file = self.paint("style=painting.ppm", "brush-size=50", "keep-colours=match")
        self.assertNotIn("pastiche:stylize:", self.said)
        self.assertNotIn(of_file, (photo, built_in))

    def test_a_style_that_is_not_there_leaves_the_picture(self):
        self.assertEqual(self.paint("style=nosuch"), self.paint("strength=0"))
        self.paint("style=nosuch")
        self.assertIn("there is no built-in style 'nosuch'", self.said)


if __name__ == "__main__":
    if not shutil.which("gegl"):
        print("=" * 72, "SKIPPED: the command gegl is not installed", "=" * 72, sep="\n")
        sys.exit(77)
    unittest.main()
