# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Script-Fu examples, called as their heads say."""

import subprocess
from pathlib import Path

import cases
import pictures
import session
from cases import equal


class Context(cases.Context):
    def __init__(self, options, folder):
        self.options, self.folder, self.major = options, folder, options.gimp
        self.scripts = Path(__file__).resolve().parents[2] / "plugin" / "scripts"
        self.plug_ins = session.make_plug_ins(folder / "plug-ins", options.system, options.plugin)
        (folder / "home" / "profile").mkdir(parents=True)
        (folder / "photos").mkdir()
        (folder / "painted").mkdir()
        for name, seed in (("one.two", 1), ("three", 2)):
            pictures.write_ppm(folder / "photos" / f"{name}.ppm", 90, 60, seed)
        self.painting = pictures.write_ppm(folder / "painting.ppm", 80, 70, 5)

    def run(self, script, **defines):
        """What GIMP says, and its exit status."""
        values = {name.replace("_", "-"): value if isinstance(value, int) else str(value)
                  for name, value in defines.items()}
        define = "".join(f"(define {name} {session.to_scheme(value)})"
                         for name, value in values.items())
        load = f"(load {session.to_scheme(str(self.scripts / script))})"
        words = ["-b", f"(begin {define} {load})"]
        program = session.find_program(session.CONSOLE[self.major])
        if self.major == 2:
            command = [program, "-idf", *words, "-b", "(gimp-quit 1)"]
        else:
            command = [program, "-idf", "--quit", "--batch-interpreter", "plug-in-script-fu-eval",
                       *words]
        env = session.environment(self.major, self.folder / "home",
                                  GIMP_TESTING_PLUGINDIRS=self.plug_ins)
        run = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, timeout=session.ANSWER, cwd=self.folder)
        return run.stdout.decode(errors="replace"), run.returncode

    def after_case(self, passed):
        pass

    def close(self):
        pass


def case_demo(t):
    photo, png, xcf = t.folder / "photos" / "three.ppm", t.folder / "r.png", t.folder / "r.xcf"
    said, status = t.run(f"demo-gimp{t.major}.scm", photo=photo, painting=t.painting,
                         result_png=png, result_xcf=xcf, refine=20)
    assert "\npastiche-demo: done\n" in said, said
    equal(status, 0, "the exit status")
    result = pictures.read_png(png)
    equal(result.size, (90, 60), "the size of the PNG")
    photo = pictures.Pixels(90, 60, 3, b"".join(pictures.waves(90, 60, 2)))
    assert result.difference(photo) > 4, "the result looks like the photo"
    # The layers' names stand in the XCF as they are.
    layers = xcf.read_bytes()
    equal(layers[:8], b"gimp xcf", "the start of the XCF")
    for name in ("Photo – Painting", "Photo", "Painting"):
        assert name.encode() + b"\0" in layers, f"no layer {name!r} in the XCF"
    assert b"pastiche-recipe\0" in layers, "no recipe in the XCF"
    assert str(t.folder).encode() not in layers, "the XCF tells where the files were"


def case_demo_fails_aloud(t):
    said, status = t.run(f"demo-gimp{t.major}.scm", photo=t.folder / "missing.ppm",
                         painting=t.painting, result_png=t.folder / "x.png",
                         result_xcf=t.folder / "x.xcf", refine=0)
    assert "pastiche-demo: done" not in said and "Error:" in said, said
    equal(status, 0 if t.major == 2 else 70, "the exit status")
    assert not (t.folder / "x.png").exists(), "there is a result"


def case_batch(t):
    said, status = t.run(f"batch-gimp{t.major}.scm", photos=t.folder / "photos" / "*.ppm",
                         painting=t.painting, folder=t.folder / "painted")
    assert "\npastiche-batch: done\n" in said, said
    equal(status, 0, "the exit status")
    painted = sorted(path.name for path in (t.folder / "painted").iterdir())
    equal(painted, ["one.two.png", "three.png"], "the painted files")
    equal(pictures.read_png(t.folder / "painted" / "three.png").size, (90, 60), "the size")
