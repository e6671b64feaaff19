#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Breaks each rule of this folder in a small tree of its own and sees that it is reported: a check that
cannot fail checks nothing.
"""

import sys
import tempfile
from pathlib import Path

import format as formatting
import layers
import licences
import release
import text

HEAD = "/* SPDX-FileCopyright" + "Text: 2026 A\n * SPDX-License-" + "Identifier: GPL-3.0-or-later\n */\n"
COMMENT = HEAD.replace("/*", "#").replace(" *", "#").replace("#/", "#")
GOOD = {
    "LICENSES/GPL-3.0-or-later.txt": "the text\n",
    "engine/pastiche.h": HEAD,
    "engine/nn/low.h": HEAD + "#include <stddef.h>\n",
    "engine/nn/low.c": HEAD + '#include "nn/low.h"\n#include <jansson.h>\n',
    "engine/nn/high.h": HEAD + '#include "nn/low.h"\n',
    "engine/nn/kernel/gemm.c": HEAD + "#include <cblas.h>\n",
    "engine/image/a.c": HEAD + '#include "nn/low.h"\n#include "pastiche.h"\n\n#include <gegl.h>\n',
    "engine/gegl/operation.c": HEAD + '#include "pastiche.h"\n\n#include <gegl-plugin.h>\n',
    "engine/cli/main.c": HEAD + '#include "pastiche.h"\n',
    "plugin/job.h": HEAD + "#include <pastiche.h>\n",
    "plugin/job.c": HEAD + '#include "job.h"\n',
    "plugin/gimp3/main.c": HEAD + '#include "job.h"\n\n#include <libgimp/gimp.h>\n',
    "meson.build": COMMENT + "project('pastiche', 'c',\n  version: '1.2.0',\n)\n",
    "NEWS.md": COMMENT + "# News\n\n## 1.2.0 (today)\n\n## 1.1.0\n",
    "debian/changelog": COMMENT + "pastiche (1.2.0) unstable; urgency=medium\n",
    "docs/pastiche.1": COMMENT + '.TH PASTICHE 1 2026-01-01 "pastiche 1.2.0" "User Commands"\n',
    "tool": COMMENT,
}


def include(line):
    return HEAD + line + "\n"


# check, file, its text, a part of the complaint
BROKEN = [
    (layers, "engine/nn/x.c", include("#include <glib.h>"), "nn is C"),
    (layers, "engine/nn/x.c", include("#include <gegl.h>"), "nn is C"),
    (layers, "engine/nn/x.c", include("#include <cblas.h>"), "gemm.c alone"),
    (layers, "engine/nn/x.c", include('#include "cblas.h"'), "gemm.c alone"),
    (layers, "engine/nn/x.c", include('#include "image/a.h"'), "no such file"),
    (layers, "engine/nn/x.c", include('#include "pastiche.h"'), "engine/nn may include only"),
    (layers, "engine/nn/x.c", include('#include "low.h"'), "no such file"),
    (layers, "engine/nn/kernel/x.c", include('#include "nn/low.h"'), "engine/nn/kernel may include only"),
    (layers, "engine/nn/kernel/x.c", include("#include <glib.h>"), "nn is C"),
    (layers, "engine/nn/x.c", include('#include "nn/low.c"'), "code, not a header"),
    (layers, "engine/nn/x.c", include('#  include "../nn/low.h"'), "'..'"),
    (layers, "engine/nn/low.h", include('#include "nn/high.h"'), "include cycle"),
    (layers, "engine/image/x.c", include("#include <libgimp/gimp.h>"), "libgimp is for"),
    (layers, "engine/image/x.c", include("#include <gtk/gtk.h>"), "widgets"),
    (layers, "engine/image/x.c", include("#include <cblas.h>"), "gemm.c alone"),
    (layers, "engine/image/file/x.c", include('#include "nn/low.h"'), "engine/image/file may include only"),
    (layers, "engine/cli/x.c", include('#include "nn/low.h"'), "engine/cli may include only"),
    (layers, "engine/gegl/x.c", include('#include "nn/low.h"'), "engine/gegl may include only"),
    (layers, "engine/gegl/x.c", include("#include <libgimp/gimp.h>"), "libgimp is for"),
    (layers, "plugin/x.c", include('#include "nn/low.h"'), "plugin may include only"),
    (layers, "plugin/x.c", include("#include <nn/low.h>"), "plugin may include only"),
    (layers, "plugin/job.c", include("#include <libgimp/gimpui.h>"), "libgimp is for"),
    (layers, "plugin/job.c", include("#include <gtk/gtk.h>"), "widgets are for"),
    (layers, "plugin/window/x.c", include("#include <libgimp/gimpui.h>"), "libgimp is for"),
    (formatting, "engine/nn/x.c", HEAD + "int  x;\n", "x.c:4"),
    (licences, "engine/nn/x.c", "int x;\n", "x.c: no licence"),
    (licences, "tool", "#!/bin/sh\n", "tool: no licence"),
    (licences, "engine/nn/x.c", HEAD.replace("GPL-3.0-or-later", "MIT"), "MIT.txt is missing"),
    (licences, "LICENSES/MIT.txt", "the text\n", "MIT.txt is of no file"),
    (release, "NEWS.md", COMMENT + "# News\n\n## 1.1.0\n", "NEWS.md: version 1.1.0"),
    (release, "debian/changelog", COMMENT + "pastiche (1.2.0-1) unstable\n", "changelog: version 1.2.0-1"),
    (release, "docs/pastiche.1", COMMENT, "pastiche.1: version None"),
    (release, "meson.build", COMMENT, "meson.build: no version"),
    (text, "engine/nn/x.c", HEAD + "int x;\r\n", "x.c:4: carriage return"),
    (text, "engine/nn/x.c", HEAD + "int x; \n", "x.c:4: blanks"),
    (text, "engine/nn/x.c", HEAD + "\tint x;\n", "x.c:4: tab"),
    (text, "engine/nn/x.c", HEAD + "int x; /* \u202e */\n", "x.c:4: invisible"),
    (text, "engine/nn/x.c", HEAD + "int x;", "no newline"),
    (text, "notes", "\udcff\n", "not UTF-8"),
    (text, "tool", "#!/usr/bin/env bash\nif true; then\n", "tool: "),
    (text, "tool.py", "def f(:\n", "tool.py:1"),
]


def complaints_of(module, changes):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, content in {**GOOD, **changes}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(content.encode(errors="surrogateescape"))
        style = Path(__file__).resolve().parents[2] / ".clang-format"
        (root / ".clang-format").write_text(style.read_text())
        return module.check(root)


def main():
    failed = 0
    modules = [layers, licences, release, text] + ([formatting] if formatting.find() else [])
    for module in modules:
        for complaint in complaints_of(module, {}):
            print(f"{module.__name__}: the good tree: {complaint}")
            failed += 1
    for module, name, content, expected in BROKEN:
        if module not in modules:
            continue
        said = complaints_of(module, {name: content})
        if not any(expected in line for line in said):
            print(f"{module.__name__}: {name}: expected {expected!r}, got {said}")
            failed += 1
    print(f"{len(BROKEN)} broken trees, {failed} not seen")
    sys.exit(1 if failed else 0)


main()
