#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What meson.build asks of the linker and the compiler against hostile inputs is in the programs.

    test-hardened.py PROGRAM...
"""

import subprocess
import sys


def readelf(*arguments):
    return subprocess.run(["readelf", "--wide", *arguments], check=True, capture_output=True, text=True,
                          env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}).stdout


def lacks(program):
    """What is missing, in words."""
    dynamic, symbols = readelf("--dynamic", program), readelf("--dyn-syms", program)
    stack = [line for line in readelf("--program-headers", program).splitlines() if "GNU_STACK" in line]
    for what, there in (
        ("a place in memory that is not known before (PIE)", "Flags: " in dynamic and "PIE" in dynamic),
        ("read-only relocations", "GNU_RELRO" in readelf("--program-headers", program)),
        ("binding at the start", "NOW" in dynamic),
        ("a stack that is not executed", stack and " RWE " not in stack[0]),
        ("guards on the stack", "__stack_chk_fail" in symbols),
        ("functions that check their buffers", "_chk@" in symbols.replace("__stack_chk_fail", "")),
    ):
        if not there:
            yield what


complaints = [f"{program} has no {what}" for program in sys.argv[1:] for what in lacks(program)]
print(*complaints, f"{len(sys.argv) - 1} programs, {len(complaints)} complaints", sep="\n")
sys.exit(bool(complaints) or len(sys.argv) == 1)
