#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every tracked file says whose it is and under which licence, as reuse.software asks (version 3.2):
in its first lines, in FILE.license beside it, or in a REUSE.toml above it; and each licence named is in
LICENSES/.  `reuse lint` itself is run too where it is new enough to know REUSE.toml.
"""

import re
import shutil
import subprocess
from pathlib import Path

import tree

try:
    import tomllib
except ImportError:  # Python before 3.11
    tree.skip("this Python has no tomllib")

# Put together, so that tools do not take these lines for this file's own.
IDENTIFIER = re.compile("SPDX-License-" + r"Identifier:\s*([A-Za-z0-9.+-]+)")
COPYRIGHT = re.compile("SPDX-File" + "CopyrightText:|Copyright ")


def glob(pattern):
    """REUSE.toml's globs: * within a folder, ** across folders."""
    out = ""
    for part in re.split(r"(\*\*|\*)", pattern):
        out += {"**": ".*", "*": "[^/]*"}.get(part, re.escape(part))
    return re.compile(out)


def annotations(root, paths):
    """(folder, pattern, licences) of every REUSE.toml; a rule without both facts is left out."""
    rules = []
    for path in paths:
        if path.name != "REUSE.toml":
            continue
        for entry in tomllib.loads((root / path).read_text()).get("annotations", []):
            licences = entry.get("SPDX-License-" + "Identifier")
            if not licences or not entry.get("SPDX-File" + "CopyrightText"):
                continue
            patterns = entry["path"] if isinstance(entry["path"], list) else [entry["path"]]
            rules += [(path.parent, glob(pattern), licences) for pattern in patterns]
    return rules


def licences_of(root, path, rules):
    """The licence identifiers that hold for a file; none when it says nothing."""
    beside = root / f"{path}.license"
    with open(beside if beside.is_file() else root / path, "rb") as file:
        head = file.read(4096).decode(errors="replace")
    if COPYRIGHT.search(head) and IDENTIFIER.search(head):
        return set(IDENTIFIER.findall(head))
    found = set()
    for folder, pattern, licences in rules:
        if path.is_relative_to(folder) and pattern.fullmatch(str(path.relative_to(folder))):
            for text in licences if isinstance(licences, list) else [licences]:
                found |= set(re.findall(r"[A-Za-z0-9.+-]+", text)) - {"AND", "OR", "WITH"}
    return found


def exempt(path):
    return (
        path.parts[0] == "LICENSES"
        or path.name in ("LICENSE", "COPYING", "REUSE.toml")
        or path.suffix == ".license"
    )


def reuse_lint(root):
    tool = shutil.which("reuse")
    said = subprocess.run([tool, "--version"], capture_output=True, text=True).stdout if tool else ""
    version = re.search(r"(\d+)\.\d+", said)
    if not version or int(version[1]) < 4:
        print("(reuse 4 or newer is not installed; its own lint was not run)")
        return []
    run = subprocess.run([tool, "lint", "--quiet"], cwd=root)
    return ["reuse lint fails"] if run.returncode else []


def check(root):
    paths = tree.files(root)
    rules = annotations(root, paths)
    complaints, named = [], set()
    for path in paths:
        if exempt(path) or (root / path).stat().st_size == 0:
            continue
        found = licences_of(root, path, rules)
        named |= found
        if not found:
            complaints.append(f"{path}: no licence or no copyright line")
    texts = {p.stem for p in paths if p.parts[0] == "LICENSES"}
    complaints += [f"LICENSES/{name}.txt is missing" for name in sorted(named - texts)]
    complaints += [f"LICENSES/{name}.txt is of no file" for name in sorted(texts - named)]
    return complaints + (reuse_lint(root) if (root / ".git").exists() else [])


if __name__ == "__main__":
    tree.main(check)
