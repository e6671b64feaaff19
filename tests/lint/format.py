#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""C is laid out as clang-format lays it out.  Other versions than 14 differ in details: skipped."""

import re
import shutil
import subprocess

import tree

VERSION = 14


def find():
    for name in (f"clang-format-{VERSION}", "clang-format"):
        path = shutil.which(name)
        if path:
            said = subprocess.run([path, "--version"], capture_output=True, text=True).stdout
            if re.search(rf"version {VERSION}\.", said):
                return path
    return None


def check(root):
    tool = find()
    if not tool:
        tree.skip(f"clang-format {VERSION} is not installed")
    sources = [str(p) for p in tree.files(root) if p.suffix in (".c", ".h")]
    if not sources:
        return []
    run = subprocess.run(
        [tool, "--dry-run", "-Werror", "--style=file", *sources],
        cwd=root, capture_output=True, text=True,
    )
    lines = [line for line in run.stderr.splitlines() if "error:" in line]
    return lines or ([run.stderr.strip()] if run.returncode else [])


if __name__ == "__main__":
    tree.main(check)
