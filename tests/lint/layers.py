#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The direction of the layers: who may include what.

Calls go plugin -> image -> nn -> BLAS, never back.  The include paths of the build enforce most of it;
this names the line, and covers what lies on the compiler's default path.
"""

import re
from pathlib import Path

import tree

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')

C_LIBRARY = """assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal
stdalign stdarg stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string strings tgmath threads
time unistd fcntl sys/stat sys/types sys/mman immintrin""".split()

# Folder: the folders of ours it may include from, as written in the include.
OWN = {
    "engine/nn/kernel": ["nn/kernel/"],
    "engine/nn": ["nn/"],
    "engine/image/file": ["image/file/", "pastiche.h"],
    "engine/image": ["nn/", "image/", "pastiche.h"],
    "engine/cli": ["cli/", "pastiche.h"],
    "engine/gegl": ["pastiche.h"],
    "plugin/gimp2": ["gimp2/", "window/", "./", "pastiche.h"],
    "plugin/gimp3": ["gimp3/", "window/", "./", "pastiche.h"],
    "plugin/window": ["window/", "./", "pastiche.h"],
    "plugin": ["./", "pastiche.h"],  # ./ is plugin/ itself
}

# Of others: nn has a short list of what it may include; the rest, a list of what only some may.
NN_FOREIGN = [f"{name}.h" for name in C_LIBRARY] + ["cblas.h", "jansson.h", "omp.h"]
ONLY_IN = [
    # header, files that may include it, why
    (r"cblas\.h|openblas.*", r"engine/nn/kernel/gemm\.c|tests/.*", "gemm.c alone calls BLAS"),
    (r"libgimp.*/.*", r"plugin/gimp[23]/.*", "libgimp is for plugin/gimp2 and plugin/gimp3"),
    (r"(gtk|gdk)/.*", r"plugin/(window|gimp[23])/.*", "widgets are for the plug-in's windows"),
    (r"omp\.h", r"engine/nn/.*|tests/.*", "threads are nn's"),
]


def folder_of(path):
    return next((folder for folder in OWN if path.is_relative_to(folder)), None)


def resolve(root, path, name):
    """The file of ours that an include in quotes means, or None."""
    beside = path.parent / name
    if folder_of(path) is None and (root / beside).is_file():
        return beside
    for base in ("plugin", "engine", "tests") if path.parts[0] == "plugin" else ("engine", "tests"):
        if (root / base / name).is_file():
            return Path(base, name)
    return None


def complaint(root, path, quoted, name):
    """What is wrong with one include, or None."""
    folder = folder_of(path)
    if ".." in Path(name).parts:
        return "leads out of its folder by '..'"
    if name.endswith(".c"):
        return "includes code, not a header"
    for header, allowed, why in ONLY_IN:
        if re.fullmatch(header, name) and not re.fullmatch(allowed, str(path)):
            return why
    if folder is None:
        return None  # tests may look everywhere
    target = resolve(root, path, name) if quoted else None
    if quoted and target is None:
        return "no such file of ours; others go in <>"
    if not quoted and folder.startswith("engine/nn") and name not in NN_FOREIGN:
        return "nn is C, CBLAS, OpenMP and jansson alone"
    ours = quoted or (root / "engine" / name).is_file()
    if ours and not (target and target.parent == Path("plugin") and "./" in OWN[folder]):
        if not any(name == own or own.endswith("/") and name.startswith(own) for own in OWN[folder]):
            return f"{folder} may include only {', '.join(OWN[folder])} of ours"
    return None


def cycles(uses):
    """Headers that include each other, directly or around."""
    found, state = [], {}

    def visit(header, trail):
        if state.get(header) == "done":
            return
        if header in trail:
            found.append("include cycle: " + " -> ".join(trail[trail.index(header) :] + [header]))
            return
        for other in sorted(uses.get(header, ())):
            visit(other, trail + [header])
        state[header] = "done"

    for header in sorted(uses):
        visit(header, [])
    return found


def check(root):
    complaints, uses = [], {}
    for path in tree.files(root):
        if path.suffix not in (".c", ".h"):
            continue
        for number, line in enumerate((root / path).read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            quoted, name = match[1] == '"', match[2]
            what = complaint(root, path, quoted, name)
            if what:
                complaints.append(f"{path}:{number}: {line.strip()}: {what}")
            target = resolve(root, path, name) if quoted else None
            if target and path.suffix == ".h":
                uses.setdefault(str(path), set()).add(str(target))
    return complaints + cycles(uses)


if __name__ == "__main__":
    tree.main(check)
