#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The version is decided in meson.build; what has to repeat it, because a program outside reads it, agrees."""

import re

import tree

REPEATED = {
    "NEWS.md": r"^## (\S+)",
    "debian/changelog": r"^pastiche \((\S+)\)",
    "docs/pastiche.1": r'^\.TH .*"pastiche (\S+)"',
}


def check(root):
    said = re.search(r"^  version: '(.*)',$", (root / "meson.build").read_text(), re.M)
    if not said:
        return ["meson.build: no version"]
    complaints = []
    for name, pattern in REPEATED.items():
        first = re.search(pattern, (root / name).read_text(), re.M)
        if not first or first[1] != said[1]:
            complaints.append(f"{name}: version {first and first[1]}, and {said[1]} in meson.build")
    return complaints


if __name__ == "__main__":
    tree.main(check)
