#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plain facts about text files: UTF-8, LF, a final newline, no blanks at line ends, no tabs in C, no
invisible characters; and scripts that parse.
"""

import ast
import re
import subprocess

import tree

CODE = (".c", ".h", ".py", ".build", ".scm", ".toml")
# What reorders or hides text on the screen (CVE-2021-42574), and a byte-order mark.
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def lines_wrong(path, text):
    for number, line in enumerate(text.split("\n"), 1):
        if "\r" in line:
            yield f"{path}:{number}: carriage return"
        if line != line.rstrip(" \t") and path.suffix != ".md":
            yield f"{path}:{number}: blanks at the end"
        if "\t" in line and path.suffix in CODE:
            yield f"{path}:{number}: tab"
        if INVISIBLE.search(line):
            yield f"{path}:{number}: invisible character"


def script_wrong(root, path, text):
    first = text.split("\n", 1)[0]
    if path.suffix == ".py" or first.startswith("#!") and "python" in first:
        try:
            ast.parse(text)
        except SyntaxError as error:
            yield f"{path}:{error.lineno}: {error.msg}"
    elif path.suffix == ".sh" or re.match(r"#!.*\b(ba)?sh\b", first):
        run = subprocess.run(["bash", "-n", str(root / path)], capture_output=True, text=True)
        if run.returncode:
            yield f"{path}: {run.stderr.strip()}"


def check(root):
    complaints = []
    for path in tree.files(root):
        # Patches and translations are made by tools that have rules of their own.
        if path.parts[0] == "LICENSES" or path.suffix in (".patch", ".po", ".svg", ".tsv"):
            continue
        if "corpus" in path.parts or not tree.is_text(root / path):
            continue
        try:
            text = (root / path).read_bytes().decode()
        except UnicodeDecodeError:
            complaints.append(f"{path}: not UTF-8")
            continue
        complaints += lines_wrong(path, text)
        complaints += script_wrong(root, path, text)
        if text and not text.endswith("\n"):
            complaints.append(f"{path}: no newline at the end")
    return complaints


if __name__ == "__main__":
    tree.main(check)
