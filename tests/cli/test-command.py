#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pastiche command: exit statuses, messages, and what happens to files.

    test-command.py PASTICHE WEIGHTS [unittest options]

Strength 0 gives the photo back: with it these tests look at reading and writing alone.  PASTICHE_KILLS=100
kills it at so many random moments.
"""

import array
import ctypes
import fcntl
import json
import os
import pty
import random
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest
from pathlib import Path

import pictures

PASTICHE, WEIGHTS = (os.path.abspath(sys.argv.pop(1)) for _ in range(2))


def distance(one, two, scale=1):
    """Mean and largest difference of two pictures; the samples of `two` are `scale` times as large."""
    all_of = [abs(a - b / scale) for line, other in zip(one[2], two[2])
              for p, q in zip(line, other) for a, b in zip(p, q)]
    return sum(all_of) / len(all_of), max(all_of)


def without_override():
    """For preexec_fn: not even root may then write what is read-only."""
    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        ctypes.CDLL(None).prctl(24, capability)  # PR_CAPBSET_DROP


def no_large_files():
    """For preexec_fn: as if the disk were full after 4 MB."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4 << 20, 4 << 20))


class Command(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.file("photo.ppm", pictures.ppm(pictures.gradient(48, 32)))
        self.file("style.ppm", pictures.ppm(pictures.gradient(40, 40)))

    def file(self, name, data):
        (self.folder / name).write_bytes(data)
        return name

    def environment(self, **more):
        home = self.folder / "home"  # GEGL keeps its swap below it
        return {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"),
                "LC_ALL": "C.UTF-8", "LANGUAGE": "", "OMP_WAIT_POLICY": "passive", "PASTICHE_WEIGHTS": WEIGHTS,
                **more}

    def locale(self, name):
        """What sets the locale `name`, made here: no machine need have it."""
        folder = self.folder / f"{name}.UTF-8"
        subprocess.run(["localedef", "-i", name, "-f", "UTF-8", str(folder)], capture_output=True)
        self.assertTrue(folder.is_dir(), "localedef has no sources (package locales)")
        return {"LC_ALL": f"{name}.UTF-8", "LOCPATH": str(self.folder)}

    def run_it(self, *arguments, **more):
        run = subprocess.run([PASTICHE, *arguments], cwd=self.folder, capture_output=True,
                             env=self.environment(**more), timeout=120)
        self.out, self.err = run.stdout.decode(), run.stderr.decode()
        return run.returncode

    def expect(self, status, *arguments, says=(), **more):
        """Runs and checks the status, and that standard error has each of `says`."""
        self.assertEqual(self.run_it(*arguments, **more), status, self.err)
        for text in says:
            self.assertIn(text, self.err)

    def copy(self, photo, output):
        """`photo` at strength 0: the bytes of `output`."""
        self.expect(0, "--strength", "0", photo, "style.ppm", "-o", output)
        return (self.folder / output).read_bytes()

    def leftovers(self):
        """What no run that has ended leaves: unfinished results, and GEGL's swap."""
        return [path.name for pattern in (".*.part", "home/**/gegl-swap-*")
                for path in self.folder.rglob(pattern)]


class Usage(Command):
    def test_help_and_version(self):
        self.expect(0, "--help")
        self.assertIn("--keep-colours", self.out)
        self.expect(0, "--version")
        self.assertRegex(self.out, r"^pastiche \d+\.\d+\.\d+\n$")

    @unittest.skipIf("PASTICHE_INSTALLED_ONLY" in os.environ, "translations are looked for where they are installed")
    def test_languages(self):
        locale = self.locale("en_US")  # in C.UTF-8 glibc 2.41 no longer looks at LANGUAGE
        for language, styles, missing in (
            ("zh_CN", "列出内置样式", "没有给出照片"),
            ("de", "mitgelieferten Stile", "kein Foto angegeben"),
            ("pt_BR", "estilos incluídos", "nenhuma foto"),
        ):
            with self.subTest(language=language):
                self.expect(0, "--help", LANGUAGE=language, **locale)
                self.assertIn(styles, self.out)
                self.expect(2, says=[missing], LANGUAGE=language, **locale)

    def test_arguments(self):
        photo = ["photo.ppm", "style.ppm"]
        for arguments, says in (
            ([], "no photo"),
            (["photo.ppm", "-o", "o.png"], "no style"),
            (photo, "no output"),
            (["--frobnicate", *photo, "-o", "o.png"], "--frobnicate"),
            ([x for name in "abcde" for x in ("-s", name)] + [*photo, "-o", "o.png"], "at most four"),
            (["-s", "a*0", *photo, "-o", "o.png"], "weight"),
            (["--title", "T", *photo, "-o", "o.png"], "--save-style"),
            (["--list-styles", "photo.ppm"], "--list-styles takes no"),
            (["--save-style", "s.style"], "no style"),
            (["--save-style", "s.style", "--suits", *photo], "exclude each other"),
            (["--save-style", "s.style", "--list-styles"], "exclude each other"),
            (["--save-style", "photo.ppm", "style.ppm"], "must end in .style"),
            (["photo.ppm", *photo, "-o", "o.png"], "o.png is not a folder"),
            (["-s", "frobnicate", "photo.ppm", "-o", "o.png"], "frobnicate"),
        ):
            with self.subTest(arguments=arguments):
                self.expect(2, *arguments, says=[says])
                self.assertFalse((self.folder / "o.png").exists())

    def test_settings(self):
        for name, values, says in (
            ("strength", ["-1", "150.1", "nan", "inf", "0x10", "", "1 2", "5 %"], "0 to 150"),
            ("brush-size", ["24", "401", "0", "Auto", "nan", "0px", "nanpx"], "25 to 400"),
            ("keep-colours", ["on", "", "OFF"], "luminance"),
            ("keep-amount", ["-1", "100.5", "nan", ""], "0 to 100"),
            ("seed", ["-1", "1.5", "x", "", "2147483648"], "0 to 2147483647"),
            ("threads", ["-1", "257", "1.5", "x"], "1 to 256"),
            ("memory", ["-1", "1T", "K", "1KB", "99999999999G"], "K, M or G"),
        ):
            for value in values:
                with self.subTest(name=name, value=value):
                    self.expect(2, f"--{name}={value}", "photo.ppm", "style.ppm", "-o", "o.png",
                                says=[name, says])

    def test_inputs_are_not_overwritten(self):
        before = (self.folder / "photo.ppm").read_bytes()
        os.link(self.folder / "photo.ppm", self.folder / "hard.ppm")
        os.symlink("photo.ppm", self.folder / "soft.ppm")
        for output in ("photo.ppm", "./photo.ppm", "hard.ppm", "soft.ppm", ".", "./"):
            self.expect(2, "photo.ppm", "style.ppm", "-o", output, says=["would overwrite the photo"])
        self.expect(2, "photo.ppm", "style.ppm", "-o", "style.ppm",
                    says=["would overwrite the style"])
        self.assertEqual((self.folder / "photo.ppm").read_bytes(), before)

    def test_two_results_of_one_name(self):
        (self.folder / "a").mkdir()
        shutil.copy(self.folder / "photo.ppm", self.folder / "a" / "photo.ppm")
        self.expect(2, "photo.ppm", "a/photo.ppm", "style.ppm", "-o", "out/", says=["both"])

    def test_two_results_in_one_file(self):
        """A link leads to where another result goes."""
        shutil.copy(self.folder / "photo.ppm", self.folder / "other.ppm")
        (self.folder / "out").mkdir()
        self.file("out/other.ppm", b"precious")
        os.symlink("other.ppm", self.folder / "out" / "photo.ppm")
        arguments = "photo.ppm", "other.ppm", "style.ppm", "-o", "out/"
        self.expect(2, *arguments, says=["photo.ppm and other.ppm would both be painted as out/other.ppm"])
        self.assertEqual((self.folder / "out" / "other.ppm").read_bytes(), b"precious")
        self.expect(0, "--skip-existing", *arguments)


class Styles(Command):
    """Style files, mixes and built-in styles; the folder of weights is the test's own."""

    def setUp(self):
        super().setUp()
        self.file("other.ppm", pictures.ppm((40, 40, [[(255 * (x % 8 < 4), 40, 200 - 3 * y)
                                                      for x in range(40)] for y in range(40)])))
        self.weights = self.folder / "weights"
        (self.weights / "styles").mkdir(parents=True)
        (self.weights / "painter.safetensors").symlink_to(Path(WEIGHTS) / "painter.safetensors")

    def environment(self, **more):
        return super().environment(**{"PASTICHE_WEIGHTS": str(self.weights), **more})

    def painted(self, *style):
        self.expect(0, "photo.ppm", *style, "-o", "o.ppm")
        return (self.folder / "o.ppm").read_bytes()

    def save(self, path, *arguments):
        self.expect(0, "--save-style", str(path), *arguments)
        return (self.folder / path).read_bytes()

    def test_a_saved_style_can_be_refined_towards(self):
        (self.weights / "critic.safetensors").symlink_to(Path(WEIGHTS) / "critic.safetensors")
        self.save("a.style", "style.ppm")
        plain = self.painted("a.style")
        self.assertNotEqual(self.painted("a.style", "--refine", "3"), plain)

    def test_a_saved_style_paints_the_same(self):
        self.file("thumbnail.ppm", pictures.ppm(pictures.gradient(20, 15)))
        self.expect(0, "--json", "--save-style", "a.style", "style.ppm", "--title", "Größe",
                    "--artist", "N. N.", "--year", "1905", "--source", "here", "--licence", "CC0",
                    "--thumbnail", "thumbnail.ppm")
        line = json.loads(self.out)
        self.assertEqual([line[key] for key in ("status", "output", "title", "artist", "year",
                                                "source", "licence")],
                         ["saved", "a.style", "Größe", "N. N.", "1905", "here", "CC0"])
        self.assertEqual(self.painted("a.style"), self.painted("style.ppm"))
        self.assertEqual(self.painted("-s", "file:a.style"), self.painted("style.ppm"))
        again = self.save("b.style", "a.style")
        self.assertEqual(again, (self.folder / "a.style").read_bytes())
        self.expect(1, "photo.ppm", "a.style", "-o", "a.style", says=["extension"])

    def test_what_is_no_text_in_the_locale(self):
        """Paths are bytes; what a style file tells is UTF-8 in any locale."""
        critic = os.fsencode(self.folder) + b"/critic \xff"
        os.symlink(os.path.join(WEIGHTS, "critic.safetensors"), critic)
        self.expect(0, "--refine", "1", "--critic", critic, "photo.ppm", "style.ppm", "-o", "o.ppm")
        self.expect(2, "--save-style", "a.style", "--title", b"\xff", "style.ppm", says=["texts must be UTF-8"])
        self.expect(0, "--json", "--save-style", "a.style", "--title", "Größe", "style.ppm", LC_ALL="C")
        self.assertEqual(json.loads(self.out)["title"], "Größe")

    def test_mixes(self):
        one, other = self.painted("style.ppm"), self.painted("other.ppm")
        half = self.painted("-s", "file:style.ppm", "-s", "file:other.ppm")
        self.assertEqual(len({one, other, half}), 3)
        self.assertEqual(self.painted("-s", "file:style.ppm*20|file:other.ppm*20"), half)
        self.save("mix.style", "-s", "file:style.ppm*.5", "-s", "file:other.ppm*.5")
        self.assertEqual(self.painted("mix.style"), half)
        self.save("mix.style", "style.ppm", "other.ppm")
        self.assertEqual(self.painted("mix.style"), half)
        self.expect(2, "-s", "file:other.ppm", "-s", "file:style.ppm", "photo.ppm", "-o",
                    "style.ppm", says=["would overwrite the style"])

    def test_builtin_styles(self):
        self.expect(0, "--list-styles")
        self.assertEqual(self.out, "")
        self.save(self.weights / "styles" / "small-hill.style", "style.ppm", "--title", "Small hill",
                  "--artist", "Anon")
        self.expect(0, "--list-styles")
        self.assertRegex(self.out, r"^small-hill +Small hill; Anon\n$")
        self.expect(0, "--list-styles", "--json")
        self.assertEqual(json.loads(self.out)["name"], "small-hill")
        for name in (["small-hill"], ["builtin:small-hill"], ["-s", "small-hill"]):
            self.assertEqual(self.painted(*name), self.painted("style.ppm"))
        for name in ("small-hil", "hill", "smell-hill"):
            self.expect(2, "photo.ppm", name, "-o", "o.png", says=[name, "but small-hill"])
        # What is there is a file; what looks like one, too.
        shutil.copy(self.folder / "other.ppm", self.folder / "small-hill")
        self.assertEqual(self.painted("small-hill"), self.painted("other.ppm"))
        self.expect(1, "photo.ppm", "nosuch.jpg", "-o", "o.png", says=["nosuch.jpg"])
        self.assertEqual(self.painted("-s", "other.ppm"), self.painted("other.ppm"))
        shutil.copy(self.folder / "other.ppm", self.folder / "bare")
        self.expect(2, "photo.ppm", "-s", "bare", "-o", "o.png", says=["file:bare"])
        (self.weights / "styles" / "torn.style").write_bytes(b"torn")
        self.expect(3, "--list-styles", says=["torn.style"])
        self.assertIn("small-hill", self.out)

    def test_suits(self):
        self.expect(2, "--suits", "photo.ppm", says=["no built-in styles"])
        self.expect(1, "--suits", "nosuch.ppm", "style.ppm", says=["nosuch.ppm"])
        self.save(self.weights / "styles" / "hill.style", "style.ppm")
        self.save(self.weights / "styles" / "hell.style", "other.ppm")
        self.expect(0, "--suits", "photo.ppm", "--json")
        ranked = [json.loads(line) for line in self.out.splitlines()]
        self.assertEqual({line["style"] for line in ranked}, {"hill", "hell"})
        self.assertGreaterEqual(ranked[0]["score"], ranked[1]["score"])
        for line in ranked:
            self.assertTrue(0 <= line["score"] <= 100 and 60 <= line["strength"] <= 100, line)
            self.assertTrue(50 <= line["brush-size"] <= 200 and line["advice"].endswith("."), line)
        self.expect(0, "--suits", "photo.ppm", "style.ppm", "-s", "hell*2|hill")
        lines = self.out.splitlines()
        self.assertEqual(len(lines), 2)
        self.assertTrue(any("file:style.ppm" in line and "strength" in line for line in lines))

    def test_another_painter(self):
        bytes_of = self.save("a.style", "style.ppm")
        key = b'"model_sha256":"'
        at = bytes_of.index(key) + len(key)
        self.file("a.style", bytes_of[:at] + b"0123456789ab" + bytes_of[at + 12:])
        self.expect(3, "photo.ppm", "a.style", "-o", "o.png",
                    says=["a.style", "(0123456789ab)", bytes_of[at:at + 12].decode()])

    def test_brush_size_in_pixels(self):
        self.file("photo.ppm", pictures.ppm(pictures.gradient(600, 40)))
        plain = self.painted("style.ppm", "--brush-size", "100")
        self.assertEqual(self.painted("style.ppm", "--brush-size", "12px"), plain)
        self.assertNotEqual(self.painted("style.ppm", "--brush-size", "24px"), plain)


class Failures(Command):
    def test_weights(self):
        arguments = "photo.ppm", "style.ppm", "-o", "o.png"
        missing = str(self.folder / "nowhere")
        self.expect(3, *arguments, says=["nowhere"], PASTICHE_WEIGHTS=missing)
        (self.folder / "weights").mkdir()
        whole = (Path(WEIGHTS) / "painter.safetensors").read_bytes()
        for name, data in (("cut", whole[:100000]), ("empty", b""), ("noise", b"\xff" * 4096)):
            with self.subTest(name):
                self.file("weights/painter.safetensors", data)
                self.expect(3, *arguments, says=["painter.safetensors"],
                            PASTICHE_WEIGHTS=str(self.folder / "weights"))
        self.assertFalse((self.folder / "o.png").exists())

    def test_memory(self):
        self.expect(4, "--memory", "1K", "photo.ppm", "style.ppm", "-o", "o.png")
        self.expect(4, "--memory", "1K", "--plan", "photo.ppm", says=["photo.ppm"])

    def test_inputs(self):
        self.file("empty.png", b"")
        self.file("text.jpg", b"this is not a picture\n")
        (self.folder / "folder.png").mkdir()
        os.mkfifo(self.folder / "pipe.png")  # into which nobody writes
        for name in ("missing.jpg", "empty.png", "text.jpg", "folder.png", "pipe.png"):
            with self.subTest(name):
                self.expect(1, name, "style.ppm", "-o", "o.png", says=[name])
                self.expect(1, "photo.ppm", name, "-o", "o.png", says=[name])
                self.expect(1, "-s", f"file:{name}", "photo.ppm", "-o", "o.png", says=[name])
        self.assertFalse((self.folder / "o.png").exists())

    def test_truncated(self):
        """Every format, cut anywhere: an error that names the file, never a half picture."""
        self.file("big.ppm", pictures.ppm(pictures.gradient(200, 150)))
        names = []
        for extension in ("jpg", "png", "tif", "webp", "exr", "ppm"):
            whole = self.copy("big.ppm", f"whole.{extension}")
            for percent in (2, 10, 30, 60, 90, 99):
                cut = whole[: len(whole) * percent // 100]
                names.append(self.file(f"{extension}-{percent}", cut))
        self.expect(5, *names, "style.ppm", "-o", "out/", says=[f"{name}: " for name in names])
        self.assertEqual(os.listdir(self.folder / "out"), [])

    def test_damaged(self):
        """No byte of a header may bring the program down."""
        names = []
        for extension, data in (("png", pictures.png(pictures.gradient(48, 32))),
                                ("tif", pictures.tiff(pictures.gradient(48, 32))),
                                ("ppm", pictures.ppm(pictures.gradient(48, 32)))):
            for at in range(60):
                for value in (0, 255):
                    wrong = bytearray(data)
                    wrong[at if extension != "tif" else -at - 1] = value
                    names.append(self.file(f"{at}-{value}.{extension}", bytes(wrong)))
        self.assertIn(self.run_it("--plan", "--json", *names), (0, 5), self.err)
        lines = [json.loads(line) for line in self.out.splitlines()]
        self.assertEqual([line["photo"] for line in lines], names)
        self.assertTrue(all(line.get("exit", 1) in (1, 4) for line in lines))

    def test_size(self):
        for width, height in ((262145, 1), (1, 262145)):
            self.file("long.ppm", b"P6\n%d %d\n255\n" % (width, height) + bytes(3 * 262145))
            self.expect(1, "long.ppm", "style.ppm", "-o", "o.png", says=["long.ppm", "262144"])

    def test_outputs(self):
        for output, says in (
            ("o.gif", [".jpg", ".png", ".tif"]),
            ("o", [".png"]),
            ("nowhere/o.png", ["nowhere/o.png"]),
            ("photo.ppm/", ["photo.ppm/"]),
        ):
            with self.subTest(output):
                self.expect(1, "photo.ppm", "style.ppm", "-o", output, says=says)

    def test_read_only_folder(self):
        """A result is written beside the one that it replaces, of which a link tells nothing."""
        (self.folder / "out").mkdir()
        (self.folder / "out" / "o.png").write_bytes(b"precious")
        os.symlink("out/o.png", self.folder / "link.png")
        (self.folder / "out").chmod(0o555)
        self.addCleanup((self.folder / "out").chmod, 0o755)
        for output in ("out/o.png", "link.png", "out/new.png"):
            with self.subTest(output):
                run = subprocess.run([PASTICHE, "-q", "--json", "photo.ppm", "style.ppm", "-o", output], timeout=120,
                                     cwd=self.folder, capture_output=True, env=self.environment(),
                                     preexec_fn=without_override)
                self.assertEqual(run.returncode, 1, run.stderr)
                self.assertIn(f"{output}: cannot be written".encode(), run.stderr)
                self.assertNotIn("photo", json.loads(run.stdout), "it was painted")
        self.assertEqual((self.folder / "out" / "o.png").read_bytes(), b"precious")

    def test_full_disk(self):
        for extension in ("jpg", "png", "tif", "webp", "exr", "ppm"):
            os.symlink("/dev/full", self.folder / f"full.{extension}")
            with self.subTest(extension):
                self.expect(1, "--strength", "0", "photo.ppm", "style.ppm", "-o",
                            f"full.{extension}", says=[f"full.{extension}"])

    def test_full_swap(self):
        """GEGL goes on with black pixels when its swap file cannot grow; no such result is kept."""
        width, height = 6000, 3600  # of bytes: more than the cache
        rows = b"".join(bytes((x * y) % 251 for x in range(3 * width)) for y in range(8))
        self.file("large.ppm", b"P6\n%d %d\n255\n" % (width, height) + rows * (height // 8))
        self.file("o.jpg", b"precious")
        run = subprocess.run([PASTICHE, "-q", "--memory", "230M", "--strength", "0", "--detail", "0",
                              "large.ppm", "style.ppm", "-o", "o.jpg"],
                             cwd=self.folder, capture_output=True, env=self.environment(),
                             timeout=120, preexec_fn=no_large_files)
        self.assertEqual(run.returncode, 1, run.stderr[:500])
        self.assertIn(b"swap file cannot be written", run.stderr[:500])
        self.assertEqual(run.stderr.count(b"\n"), 1, run.stderr[:500])
        self.assertEqual((self.folder / "o.jpg").read_bytes(), b"precious")

    def test_full_swap_while_openexr_is_read(self):
        """Its own handler of the log hears GEGL's lines then."""
        width, height = 3000, 2400
        line = array.array("f", (random.random() for _ in range(3 * width))).tobytes()  # GEGL compresses what it can
        with open(self.folder / "large.exr", "wb") as file:
            file.write(pictures.exr_header(width, height))
            for y in range(height):
                file.write(struct.pack("<iI", y, len(line)) + line)
        self.expect(0, "--memory", "128M", "--detail", "0", "--finish", "0", "--plan", "large.exr")
        run = subprocess.run([PASTICHE, "--memory", "128M", "--detail", "0", "--finish", "0", "--plan", "large.exr"],
                             cwd=self.folder, capture_output=True, env=self.environment(),
                             timeout=120, preexec_fn=no_large_files)
        self.assertEqual(run.returncode, 1, run.stderr[:500])
        self.assertIn(b"swap file cannot be written", run.stderr[:500])

    def test_failure_keeps_what_was_there(self):
        self.file("o.png", b"precious")
        self.expect(4, "--memory", "1K", "photo.ppm", "style.ppm", "-o", "o.png")
        self.assertEqual((self.folder / "o.png").read_bytes(), b"precious")
        self.assertEqual(self.leftovers(), [])


class Files(Command):
    def test_paints(self):
        self.expect(0, "photo.ppm", "style.ppm", "-o", "o.png")
        painted = pictures.read_png((self.folder / "o.png").read_bytes())[0]
        self.assertEqual(painted[:2], (48, 32))
        self.assertNotEqual(painted, pictures.gradient(48, 32))
        self.assertEqual(self.leftovers(), [])

    def test_same_bytes_again(self):
        self.expect(0, "photo.ppm", "style.ppm", "-o", "a.png")
        self.expect(0, "--threads", "1", "photo.ppm", "style.ppm", "-o", "b.png")
        self.assertEqual((self.folder / "a.png").read_bytes(), (self.folder / "b.png").read_bytes())

    def test_strength_0_is_the_photo(self):
        for channels in (3, 4):
            photo = pictures.gradient(37, 21, channels=channels)
            self.file("photo.png", pictures.png(photo))
            self.assertEqual(pictures.read_png(self.copy("photo.png", "o.png"))[0], photo)

    def test_one_pixel(self):
        self.file("dot.png", pictures.png((1, 1, [[(10, 200, 30)]])))
        self.expect(0, "dot.png", "dot.png", "-o", "o.png")
        self.assertEqual(pictures.read_png((self.folder / "o.png").read_bytes())[0][:2], (1, 1))

    def test_mask(self):
        width, height, rows = pictures.gradient(48, 32)
        mask = [[(0 if x < 16 else 255,) for x in range(width)] for _ in range(height)]
        self.file("mask.png", pictures.png((width, height, mask)))
        self.expect(0, "photo.ppm", "style.ppm", "-o", "whole.png")
        self.expect(0, "--mask", "mask.png", "photo.ppm", "style.ppm", "-o", "part.png")
        whole, part = (pictures.read_png((self.folder / name).read_bytes())[0]
                       for name in ("whole.png", "part.png"))
        for y in range(height):
            self.assertEqual(part[2][y][:16], rows[y][:16])
            self.assertEqual(part[2][y][16:], whole[2][y][16:])
        self.assertNotEqual(part, whole)

    def test_regions(self):
        width, height, rows = pictures.gradient(48, 32)
        for name, left in (("left.png", 255), ("right.png", 0)):
            mask = [[(left if x < 24 else 255 - left,) for x in range(width)] for _ in range(height)]
            self.file(name, pictures.png((width, height, mask)))
        paint = ["--region", "left.png=wave", "photo.ppm", "style.ppm", "-o"]
        self.expect(0, *paint, "two.png")
        self.expect(0, "photo.ppm", "style.ppm", "-o", "one.png")
        self.expect(0, "--region=left.png=wave", "--region", "right.png=file:style.ppm", "photo.ppm",
                    "mountain-meadow", "-o", "covered.png")
        one, two, covered = (pictures.read_png((self.folder / name).read_bytes())[0]
                             for name in ("one.png", "two.png", "covered.png"))
        self.assertEqual(two, covered, "what is covered still shows")
        self.assertGreater(distance(one, two)[0], 2)
        self.expect(0, "--plan", "--json", *paint[:-2])
        more = json.loads(self.out)["gflop"]
        self.expect(0, "--plan", "--json", "photo.ppm")
        self.assertAlmostEqual(more / json.loads(self.out)["gflop"], 2)

    def test_regions_refused(self):
        self.file("mask.png", pictures.png(pictures.gradient(48, 32)))
        for region, status, says in (("mask.png", 2, "PICTURE=STYLE"), ("=wave", 2, "PICTURE=STYLE"),
                                     ("mask.png=", 2, "has no name"), ("mask.png=nosuch", 2, "nosuch"),
                                     ("nothing.png=wave", 1, "nothing.png"),
                                     ("style.ppm=wave", 2, "40 × 40")):
            with self.subTest(region=region):
                self.expect(status, "--region", region, "photo.ppm", "style.ppm", "-o", "o.png",
                            says=[says])
        five = ["--region=mask.png=wave"] * 5
        self.expect(2, *five, "photo.ppm", "style.ppm", "-o", "o.png", says=["four regions"])
        self.expect(2, five[0], "photo.ppm", "style.ppm", "-o", "mask.png",
                    says=["would overwrite the mask"])
        self.assertFalse((self.folder / "o.png").exists())

    def test_mask_refused(self):
        self.file("small.png", pictures.png(pictures.gradient(47, 32)))
        self.expect(2, "--mask", "small.png", "photo.ppm", "style.ppm", "-o", "o.png",
                    says=["47 × 32", "48 × 32", "photo.ppm"])
        self.expect(1, "--mask", "nothing.png", "photo.ppm", "style.ppm", "-o", "o.png",
                    says=["nothing.png"])
        self.expect(2, "--mask", "small.png", "photo.ppm", "style.ppm", "-o", "small.png",
                    says=["would overwrite the mask"])
        self.assertFalse((self.folder / "o.png").exists())

    def test_gray(self):
        gray = pictures.gradient(20, 10, channels=1)
        self.file("gray.png", pictures.png(gray))
        got = pictures.read_png(self.copy("gray.png", "o.png"))[0]
        self.assertEqual(got[2], [[pixel * 3 for pixel in row] for row in gray[2]])

    def test_every_format_there_and_back(self):
        photo = pictures.gradient(60, 40)
        self.file("photo.png", pictures.png(photo))
        # JPEG and WebP lose a little, EXR rounds on its way to linear light and back.
        for extension, tolerance in (("jpg", 9), ("tif", 0), ("webp", 30), ("exr", 0.1), ("ppm", 0)):
            with self.subTest(extension):
                self.copy("photo.png", f"there.{extension}")
                back, bits, _ = pictures.read_png(self.copy(f"there.{extension}", "back.png"))
                scale = 257 if bits == 16 else 1
                self.assertEqual(back[:2], (60, 40))
                self.assertLessEqual(distance(photo, back, scale)[0], tolerance)

    def test_recognised_by_content(self):
        shutil.copy(self.folder / self.file("a.jpg", self.copy("photo.ppm", "a.jpg")),
                    self.folder / "really-jpeg.png")
        self.assertEqual(pictures.read_png(self.copy("really-jpeg.png", "o.png"))[0][:2], (48, 32))

    def test_depth(self):
        deep = pictures.gradient(30, 20, top=65535)
        self.file("deep.png", pictures.png(deep, bits=16))
        got, bits, _ = pictures.read_png(self.copy("deep.png", "o.png"))
        self.assertEqual(bits, 16)
        self.assertLessEqual(distance(deep, got)[1], 1)  # float in between
        self.file("deep.ppm", pictures.ppm(deep, 65535))
        self.assertTrue(self.copy("deep.ppm", "o.ppm").startswith(b"P6\n30 20\n65535\n"))
        for letter, kind, bits in (("B", 1, 8), ("H", 1, 16), ("e", 3, 16), ("f", 3, 32)):
            with self.subTest(letter):
                top = {"B": 255, "H": 65535}.get(letter, 1)
                self.file("in.tif", pictures.tiff(pictures.gradient(30, 20, top), letter, kind))
                tags = pictures.tiff_tags(self.copy("in.tif", "o.tif"))
                self.assertEqual((tags[258], tags[339]), (bits, kind))

    def test_depth_follows_the_format(self):
        """OpenEXR is float, however its extension is written; --plan knows that, in a folder too."""
        shutil.copy(self.folder / "photo.ppm", self.folder / "photo.EXR")
        outputs = "o.png", "a.exr", "b.EXR", "out/"
        peaks = []
        for output in outputs:
            self.expect(0, "--plan", "--json", "--memory", "1G", "photo.EXR", "style.ppm", "-o", output)
            peaks.append(json.loads(self.out)["peak"])
        self.assertFalse((self.folder / "out").exists())
        self.assertLess(peaks[0], peaks[1])
        self.assertEqual(len(set(peaks[1:])), 1, peaks)
        for output in outputs[1:]:
            self.expect(0, "photo.EXR", "style.ppm", "-o", output)
        files = {(self.folder / name).read_bytes() for name in ("a.exr", "b.EXR", "out/photo.EXR")}
        self.assertEqual(len(files), 1)

    def test_orientation(self):
        upright = pictures.gradient(24, 16)
        names = []
        for orientation in range(1, 9):
            picture = pictures.stored(upright, orientation)
            block = pictures.exif(orientation)
            self.file("plain.png", pictures.png(picture))
            jpeg = pictures.jpeg_with_exif(self.copy("plain.png", "plain.jpg"), block)
            # No extension: the results become PNG.
            names += [self.file(f"png-{orientation}", pictures.png(picture, exif=block)),
                      self.file(f"tif-{orientation}",
                                pictures.tiff(picture, orientation=orientation)),
                      self.file(f"cmyk-{orientation}",
                                pictures.tiff(pictures.inks(picture), orientation=orientation, photometric=5)),
                      self.file(f"jpg-{orientation}", jpeg)]
        self.expect(0, "--strength", "0", *names, "style.ppm", "-o", "out/")
        for name in names:
            with self.subTest(name):
                got = pictures.read_png((self.folder / "out" / f"{name}.png").read_bytes())[0]
                self.assertEqual(got[:2], (24, 16))
                self.assertLessEqual(distance(upright, got)[0], 9 if name[0] == "j" else 0)

    def test_profile(self):
        profile = pictures.icc()
        self.file("photo.png", pictures.png(pictures.gradient(48, 32), icc=profile))
        self.expect(0, "photo.png", "style.ppm", "-o", "o.png")
        got = pictures.read_png((self.folder / "o.png").read_bytes())[2]
        self.assertEqual(got, profile)
        self.assertEqual(pictures.read_png(self.copy("photo.png", "o.png"))[0],
                         pictures.gradient(48, 32))
        jpeg = self.copy("photo.png", "o.jpg")
        parts = [body for marker, body in pictures.jpeg_segments(jpeg) if marker == 0xE2]
        self.assertEqual(parts, [b"ICC_PROFILE\0\x01\x01" + profile])
        for extension in ("tif", "webp"):
            self.assertIn(profile, self.copy("photo.png", f"o.{extension}"))
            self.assertEqual(pictures.read_png(self.copy(f"o.{extension}", "back.png"))[2], profile)

    def test_profile_that_libpng_dislikes(self):
        """It is kept where libpng lets it, or else the numbers change so that the colours stay."""
        photo, profile = pictures.gradient(48, 32), pictures.icc()
        self.file("photo.png", pictures.png(photo, icc=profile))
        sound = self.copy("photo.png", "sound.tif")

        def as_png(at, wrong):
            """The picture with `wrong` in its profile, as PNG has it; and the profile."""
            odd = profile[:at] + wrong + profile[at + len(wrong):]
            self.file("odd.tif", sound.replace(profile, odd))
            return self.copy("odd.tif", "o.png"), odd

        data, odd = as_png(68, bytes(12))  # illuminant
        self.assertEqual(pictures.read_png(data), (photo, 8, odd))
        data, odd = as_png(64, b"\0\1\0\0")  # intent, which libpng lets pass since 1.6.48 or so
        if pictures.read_png(data)[2]:
            self.assertEqual(pictures.read_png(data), (photo, 8, odd))
        else:
            self.assertEqual(dict(pictures.png_chunks(data))[b"sRGB"], b"\0")
            self.assertEqual(pictures.ppm(pictures.read_png(data)[0]), self.copy("odd.tif", "o.ppm"))

    def test_profile_on_the_way_to_a_format_without(self):
        """PPM is sRGB: the numbers change so that the colours stay."""
        self.file("photo.png", pictures.png(pictures.gradient(48, 32), icc=pictures.icc()))
        self.assertNotEqual(self.copy("photo.png", "o.ppm"), pictures.ppm(pictures.gradient(48, 32)))

    def test_transparent_becomes_white_without_alpha(self):
        self.file("clear.png", pictures.png((2, 1, [[(255, 0, 0, 0), (0, 0, 255, 255)]])))
        self.assertEqual(self.copy("clear.png", "o.ppm")[-6:], bytes([255, 255, 255, 0, 0, 255]))

    def test_permissions_and_links_stay(self):
        self.file("real.png", b"old")
        os.chmod(self.folder / "real.png", 0o640)
        os.symlink("real.png", self.folder / "link.png")
        self.copy("photo.ppm", "link.png")
        self.assertTrue((self.folder / "link.png").is_symlink())
        self.assertEqual((self.folder / "real.png").stat().st_mode & 0o777, 0o640)
        pictures.read_png((self.folder / "real.png").read_bytes())

    def test_link_that_leads_nowhere(self):
        """cp does not write through it either; and this is said before anything is painted."""
        os.symlink("missing.png", self.folder / "link.png")
        self.expect(1, "--json", "photo.ppm", "style.ppm", "-o", "link.png", says=["link.png: cannot be written"])
        self.assertNotIn("photo", json.loads(self.out))
        self.assertEqual(os.readlink(self.folder / "link.png"), "missing.png")
        self.assertFalse((self.folder / "missing.png").exists())


class Several(Command):
    def test_one_broken(self):
        self.file("broken.png", b"\x89PNG\r\n\x1a\nbroken")
        self.copy("photo.ppm", "other.webp")
        self.expect(5, "--json", "photo.ppm", "broken.png", "other.webp", "style.ppm", "-o", "out/",
                    says=["broken.png"])
        self.assertEqual(sorted(os.listdir(self.folder / "out")), ["other.webp", "photo.ppm"])
        lines = [json.loads(line) for line in self.out.splitlines()]
        self.assertEqual([line["status"] for line in lines], ["done", "failed", "done"])
        self.assertEqual(lines[0]["output"], "out/photo.ppm")
        self.assertEqual((lines[0]["width"], lines[0]["height"]), (48, 32))
        self.assertEqual((lines[1]["photo"], lines[1]["exit"]), ("broken.png", 1))

    def test_names(self):
        shutil.copy(self.folder / "photo.ppm", self.folder / "photo.dat")
        shutil.copy(self.folder / "photo.ppm", self.folder / "bare")
        (self.folder / "out").mkdir()
        self.expect(0, "photo.ppm", "photo.dat", "bare", "style.ppm", "-o", "out")
        self.assertEqual(sorted(os.listdir(self.folder / "out")),
                         ["bare.png", "photo.png", "photo.ppm"])


class Talk(Command):
    def test_json(self):
        self.expect(0, "--json", "-q", "photo.ppm", "style.ppm", "-o", "o.png")
        self.assertEqual(self.err, "")
        (line,) = self.out.splitlines()
        self.assertEqual(json.loads(line)["status"], "done")
        self.expect(3, "--json", "photo.ppm", "style.ppm", "-o", "o.png", PASTICHE_WEIGHTS="/dev")
        self.assertEqual(json.loads(self.out)["exit"], 3)
        for wrong in ("--strength=900", "--frobnicate", "--list-styles", b"--strength=\xff"):
            self.expect(2, wrong, "--json", "photo.ppm", "style.ppm", "-o", "o.png")
            line = json.loads(self.out)
            self.assertEqual((line["status"], line["exit"]), ("failed", 2))
            self.assertIn(line["message"], self.err)

    def test_json_of_odd_names(self):
        name = b'a "quoted\\\n\xff name.ppm'
        shutil.copy(self.folder / "photo.ppm", os.path.join(os.fsencode(self.folder), name))
        self.assertEqual(self.run_it("--json", name, "style.ppm", "-o", "o.png"), 0, self.err)
        self.assertIn('a "quoted\\\n', json.loads(self.out)["photo"])

    def test_names_that_a_terminal_would_obey(self):
        name = "a\x1b[31mb\x7f\u0085.ppm"
        shutil.copy(self.folder / "photo.ppm", self.folder / name)
        for status, arguments in ((0, [name, "style.ppm", "-o", "o.png"]), (0, [name, "style.ppm", "-o", "out/"]),
                                  (0, ["--plan", name]), (0, ["--suits", "photo.ppm", name]),
                                  (0, ["--save-style", name + ".style", name]),
                                  (1, [name + ".gif", "style.ppm", "-o", "o.png"]),
                                  (1, ["photo.ppm", "style.ppm", "-o", name + ".gif"]),
                                  (2, [name, "style.ppm", "-o", name]), (2, ["--" + name])):
            with self.subTest(arguments=arguments):
                self.expect(status, *arguments)
                said = self.out + self.err
                self.assertIn("a\ufffd[31mb\ufffd\ufffd", said)
                self.assertFalse(set("\x1b\x7f\u0085") & set(said), said)

    def test_quiet(self):
        self.expect(0, "-q", "photo.ppm", "style.ppm", "-o", "o.png")
        self.assertEqual((self.out, self.err), ("", ""))

    def test_plan(self):
        self.expect(0, "--plan", "photo.ppm")
        self.assertIn("photo.ppm: 48 by 32 pixels", self.out)
        self.expect(0, "--plan", "--json", "photo.ppm", "style.ppm", "-o", "o.png")
        line = json.loads(self.out)
        self.assertEqual(line["status"], "planned")
        self.assertGreater(line["bytes"], 0)
        self.assertGreater(line["gflop"], 0)
        self.assertFalse((self.folder / "o.png").exists())
        for arguments in (["photo.ppm", "style.ppm"], ["photo.ppm", "style.ppm", "-s", "wave", "-o", "out/"]):
            self.expect(0, "--plan", "--json", *arguments)
            self.assertEqual([json.loads(line)["photo"] for line in self.out.splitlines()], ["photo.ppm", "style.ppm"])

    def test_many_threads(self):
        """More than GEGL takes."""
        self.expect(0, "--plan", "--threads", "256", "photo.ppm")
        self.assertEqual(self.err, "")

    def test_results_that_cannot_be_said(self):
        with open("/dev/full", "w") as full:
            run = subprocess.run([PASTICHE, "--plan", "photo.ppm"], cwd=self.folder, stdout=full,
                                 env=self.environment(), timeout=60)
        self.assertEqual(run.returncode, 1)

    def on_terminal(self, columns, *arguments):
        """What a run that ends well says on a terminal of so many columns."""
        try:
            child, terminal = pty.fork()
        except OSError as error:
            self.skipTest(f"no pseudo terminal: {error}")
        if child == 0:
            fcntl.ioctl(sys.stderr, termios.TIOCSWINSZ, struct.pack("4H", 24, columns, 0, 0))
            os.chdir(self.folder)
            os.execve(PASTICHE, [PASTICHE, *arguments], self.environment())
        said = b""
        try:
            while data := os.read(terminal, 4096):
                said += data
        except OSError:  # Linux says so when the other side closes
            pass
        os.close(terminal)
        self.assertEqual(os.waitpid(child, 0)[1], 0, said)
        return said.decode()

    def test_progress_bar(self):
        """On a terminal one line, cleared at the end; elsewhere none."""
        self.expect(0, "photo.ppm", "style.ppm", "-o", "o.png")
        self.assertNotIn("\r", self.err)
        said = self.on_terminal(80, "photo.ppm", "style.ppm", "-o", "o.png")
        self.assertIn("\r\x1b[Kphoto.ppm [....", said)
        self.assertIn("0 %", said)
        self.assertIn("\r\x1b[Kphoto.ppm: o.png", said)

    def test_progress_bar_fits(self):
        """Names are cut where the line ends, or after 40 characters; nothing is read behind a short one, which a
        sanitizer would see."""
        for stem, columns in (("é" * 60, 200), ("é" * 60, 50), ("x", 30), ("x", 200)):
            shutil.copy(self.folder / "photo.ppm", self.folder / f"{stem}.ppm")
            said = self.on_terminal(columns, f"{stem}.ppm", "style.ppm", "-o", "o.png")
            lines = [line for line in said.split("\r\x1b[K") if " %" in line]
            with self.subTest(stem=stem, columns=columns):
                self.assertGreater(len(lines), 0, said)
                for line in lines:
                    self.assertLess(len(line), columns)
                    name = re.match(r"(.*?) *(\[[#.]+\])? +\d+ %", line).group(1)
                    self.assertIn(name, {title[:min(40, columns - 25)] for title in (f"{stem}.ppm", "style.ppm")})


class Promise(Command):
    """What --plan says before anything runs."""

    def photo(self, width, height):
        row = bytes((x // 3 * 255 // width + x * 37 % 11) % 256 for x in range(3 * width))
        with open(self.folder / "large.ppm", "wb") as file:
            file.write(b"P6\n%d %d\n255\n" % (width, height))
            for y in range(height):
                file.write(row[y % 97 * 3:] + row[:y % 97 * 3])

    def test_memory(self):
        """Within 15 % of the plan, whatever limit is set."""
        self.photo(6000, 3000)
        for limit in ([], ["--memory", "450M"], ["--memory", "320M", "--finish", "0"],
                      ["--memory", "200M", "--detail", "0"]):
            with self.subTest(limit=limit):
                self.expect(0, *limit, "--threads", "2", "--plan", "--json", "large.ppm")
                plan = json.loads(self.out)
                self.assertLess(plan["bytes"], plan["peak"])
                self.assertGreater(plan["seconds"], 0)
                run = subprocess.Popen([PASTICHE, "-q", *limit, "--threads", "2", "large.ppm",
                                        "style.ppm", "-o", "o.ppm"],
                                       cwd=self.folder, env=self.environment())
                _, status, usage = os.wait4(run.pid, 0)
                run.returncode = os.waitstatus_to_exitcode(status)
                self.assertEqual(run.returncode, 0)
                peak = usage.ru_maxrss * 1024
                self.assertLess(peak, 1.15 * plan["peak"])
                self.assertGreater(peak, 0.5 * plan["peak"])  # and it is no idle promise


    def test_memory_of_a_decoder(self):
        """A library that keeps a whole picture counts; that is before the network, so planning takes as much."""
        self.file("progressive.jpg", pictures.progressive_jpeg(8000, 6000))
        run = subprocess.Popen([PASTICHE, "--memory", "150M", "--detail", "0", "--finish", "0", "--plan", "--json",
                                "progressive.jpg"],
                               cwd=self.folder, env=self.environment(), stdout=subprocess.PIPE)
        with run.stdout:
            plan = json.loads(run.stdout.read())
        _, status, usage = os.wait4(run.pid, 0)
        run.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(run.returncode, 0)
        self.assertLess(usage.ru_maxrss * 1024, 1.15 * plan["peak"])
        self.assertGreater(usage.ru_maxrss * 1024, 0.5 * plan["peak"])


class Many(Command):
    """A folder of pictures, as docs/many-pictures.md paints it."""

    def setUp(self):
        super().setUp()
        (self.folder / "photos").mkdir()
        for i in range(5):
            self.file(f"photos/{i} a'b.ppm", pictures.ppm(pictures.gradient(33 + i, 40)))
        self.photos = [f"photos/{i} a'b.ppm" for i in range(5)]
        self.expect(0, "--save-style", "s.style", "style.ppm")

    def statuses(self, text):
        return sorted(json.loads(line)["status"] for line in text.splitlines())

    def test_skip_existing(self):
        arguments = ["-q", "--json", "--skip-existing", "--style", "./s.style", "-o", "out/"]
        self.expect(0, *arguments, *self.photos[:2])
        first = {path: path.stat().st_mtime_ns for path in (self.folder / "out").iterdir()}
        self.expect(0, *arguments, *self.photos)
        self.assertEqual(self.statuses(self.out), ["done"] * 3 + ["skipped"] * 2)
        for path, when in first.items():
            self.assertEqual(path.stat().st_mtime_ns, when)
        self.expect(0, *arguments, *self.photos, PASTICHE_WEIGHTS="nowhere")  # nothing to do
        self.assertEqual(self.statuses(self.out), ["skipped"] * 5)

    def test_plan_of_what_is_left(self):
        arguments = ["-q", "--json", "--skip-existing", "--style", "./s.style", "-o", "out/"]
        self.expect(0, "--plan", *arguments, *self.photos)
        self.assertEqual(self.statuses(self.out), ["planned"] * 5)
        self.assertFalse((self.folder / "out").exists())
        self.expect(0, *arguments, *self.photos[:2])
        self.expect(0, "--plan", *arguments, *self.photos)
        self.assertEqual(self.statuses(self.out), ["planned"] * 3 + ["skipped"] * 2)
        self.expect(0, "--plan", *arguments[:3], "--style", "./s.style", *self.photos)  # no output: nothing is there
        self.assertEqual(self.statuses(self.out), ["planned"] * 5)

    def test_a_result_that_is_left_need_not_be_writable(self):
        arguments = ["-q", "--json", "--style", "./s.style", "-o", "out/", *self.photos[:2]]
        self.expect(0, *arguments[:-1])
        for path in (self.folder / "out").iterdir():
            path.chmod(0o444)
        for more, statuses in ([], ["failed"]), (["--skip-existing"], ["done", "skipped"]):
            run = subprocess.run([PASTICHE, *more, *arguments], cwd=self.folder, capture_output=True, timeout=120,
                                 env=self.environment(), preexec_fn=without_override)
            self.assertEqual(self.statuses(run.stdout), statuses, run.stderr)

    def processor_time(self, *arguments):
        run = subprocess.Popen([PASTICHE, "-q", *arguments], cwd=self.folder, env=self.environment())
        _, status, usage = os.wait4(run.pid, 0)
        run.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(run.returncode, 0)
        return usage.ru_utime + usage.ru_stime

    def test_thousands_start_soon(self):
        """Three times as many photos take three times as long to look at, where checking each output against each
        photo took nine times."""
        names = [f"many/{i}.ppm" for i in range(3000)]
        for folder, file in (("many", "photo.ppm"), ("out", "style.ppm")):
            (self.folder / folder).mkdir()
            for name in names:
                os.link(self.folder / file, self.folder / folder / os.path.basename(name))
        options = ["--skip-existing", "--style", "./s.style", "-o", "out/"]
        few, all_of_them = (self.processor_time(*options, *names[:count]) for count in (1000, 3000))
        self.assertLess(all_of_them, 5 * few)

    def parallel(self):
        """The recipe, two photos a call; its exit status and what it wrote."""
        return subprocess.run(
            ["sh", "-c", "printf '%s\\0' photos/* | parallel -0 -j 2 -N 2 --joblog jobs "
             "\"$1\" -q --json --threads 1 --skip-existing --style file:s.style -o out/ {}",
             "sh", PASTICHE],
            cwd=self.folder, capture_output=True, text=True, timeout=300, env=self.environment())

    def test_parallel(self):
        if not shutil.which("parallel"):
            self.skipTest("GNU parallel is not installed")
        self.file("photos/9.ppm", b"no picture")
        run = self.parallel()
        self.assertEqual(run.returncode, 1, run.stderr)  # one call failed: that of 9.ppm
        self.assertEqual(self.statuses(run.stdout), ["done"] * 5 + ["failed"])
        self.file("photos/9.ppm", pictures.ppm(pictures.gradient(20, 20)))
        (self.folder / "out" / "1 a'b.ppm").unlink()
        run = self.parallel()
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(self.statuses(run.stdout), ["done"] * 2 + ["skipped"] * 4)
        self.assertEqual(len(list((self.folder / "out").iterdir())), 6)


class Cancel(Command):
    def start(self):
        """A batch that takes longer than any of the tests waits, on any machine."""
        data = pictures.ppm((1, 1, [[(0, 0, 0)]])).replace(b"1 1", b"1200 800")
        data += os.urandom(3 * 1200 * 800 - 3)
        self.file("0.ppm", data)
        for i in range(1, 100):
            os.link(self.folder / "0.ppm", self.folder / f"{i}.ppm")
        shutil.rmtree(self.folder / "out", ignore_errors=True)
        photos = [f"{i}.ppm" for i in range(100)]
        run = subprocess.Popen([PASTICHE, "-q", *photos, "style.ppm", "-o", "out/"],
                               cwd=self.folder, stderr=subprocess.PIPE, env=self.environment())
        while not (self.folder / "out").exists() and run.poll() is None:
            time.sleep(0.01)
        return run

    def test_interrupt(self):
        """At any moment: status 130 soon, and nothing left that is not whole."""
        for wait in (0, 0.7, 2):
            with self.subTest(wait=wait), self.start() as run:
                time.sleep(wait)
                run.send_signal(signal.SIGINT)
                asked = time.monotonic()
                message = run.communicate(timeout=60)[1].decode()
                self.assertLess(time.monotonic() - asked, 20)
                self.assertEqual(run.returncode, 130, message)
                self.assertIn("cancelled", message)
                for path in (self.folder / "out").iterdir():
                    self.assertEqual(path.stat().st_size, (self.folder / "0.ppm").stat().st_size)
                self.assertEqual(self.leftovers(), [])
            for i in range(100):
                (self.folder / f"{i}.ppm").unlink()

    def test_second_interrupt_kills(self):
        """It is stopped between them: the first alone ends it within a moment, too."""
        with self.start() as run:
            time.sleep(0.5)
            run.send_signal(signal.SIGINT)
            run.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, run.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
            run.send_signal(signal.SIGINT)
            run.send_signal(signal.SIGCONT)
            run.communicate(timeout=10)
            self.assertEqual(run.returncode, -signal.SIGINT)


class Kill(Command):
    """kill -9, which no program can do anything about."""

    def start(self, *arguments):
        return subprocess.Popen([PASTICHE, "-q", *arguments], cwd=self.folder,
                                stderr=subprocess.DEVNULL, env=self.environment())

    def test_at_random_moments(self):
        """What was there stays until the new result is whole, and the next run leaves nothing else."""
        moments, seed = int(os.environ.get("PASTICHE_KILLS", 10)), random.randrange(10 ** 6)
        chance, output = random.Random(seed), self.folder / "o.png"
        data = pictures.ppm((1, 1, [[(0, 0, 0)]])).replace(b"1 1", b"700 500")
        self.file("noise.ppm", data + os.urandom(3 * 700 * 500 - 3))
        command = ("noise.ppm", "style.ppm", "-o", "o.png")
        started = time.monotonic()
        self.expect(0, *command)
        usual, whole = time.monotonic() - started, output.read_bytes()
        before, killed = set(os.listdir(self.folder)), 0
        while killed < moments:
            with self.subTest(killed=killed, seed=seed):
                older, wait = f"older {killed}".encode(), chance.uniform(0, usual)
                output.write_bytes(older)
                with self.start(*command) as run:
                    time.sleep(wait)
                    run.kill()
                if run.returncode < 0:
                    killed += 1
                else:  # done before: the first run was a slow one, and this shortens what is tried
                    usual = wait
                self.assertIn(output.read_bytes(), (older, whole))
                self.assertLessEqual(set(os.listdir(self.folder)) - before, {".o.png.part"})
        self.file(".o.png.part", b"left by a run that was killed as it wrote")
        self.expect(0, *command)
        self.assertEqual(output.read_bytes(), whole)
        self.assertEqual(set(os.listdir(self.folder)), before)
        self.assertEqual(self.leftovers(), [])

    def test_swap(self):
        """What GEGL could not keep in memory is gone after the next run."""
        width, height = 6000, 3600  # of bytes, twice: more than the cache, half of the limit
        self.file("large.ppm", b"P6\n%d %d\n255\n" % (width, height) + bytes(3 * width * height))
        command = ("--memory", "230M", "--strength", "0", "--detail", "0", "large.ppm", "style.ppm", "-o", "o.ppm")
        with self.start(*command) as run:
            while run.poll() is None and not self.leftovers():
                time.sleep(0.002)
            run.kill()
        self.assertEqual([name for name in self.leftovers() if not name.startswith("gegl-swap-")], [])
        self.assertNotEqual(self.leftovers(), [], "there was no swap: the picture is too small")
        self.expect(0, "photo.ppm", "style.ppm", "-o", "o.png")
        self.assertEqual(self.leftovers(), [])

    def test_only_one_writes(self):
        """A part that somebody is writing is left alone; one that is no file of ours, too."""
        part = self.folder / ".o.png.part"
        with open(part, "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(b"theirs")
            file.flush()
            self.expect(1, "photo.ppm", "style.ppm", "-o", "o.png", says=["another run is writing it"])
            self.assertEqual(part.read_bytes(), b"theirs")
        part.unlink()
        self.file("precious", b"precious")
        for make in (os.symlink, os.link):
            make(self.folder / "precious", part)
            self.expect(1, "photo.ppm", "style.ppm", "-o", "o.png", says=["o.png: cannot be written"])
            self.assertEqual((self.folder / "precious").read_bytes(), b"precious")
            part.unlink()

    def test_long_name(self):
        """As long as a file system takes: there is room for the part's name all the same."""
        name = "n" * 251 + ".png"
        self.expect(0, "photo.ppm", "style.ppm", "-o", name)
        self.assertTrue((self.folder / name).exists())
        self.assertEqual(self.leftovers(), [])


if __name__ == "__main__":
    unittest.main()
