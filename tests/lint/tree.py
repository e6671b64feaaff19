# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the checks of this folder share: the files of the tree, and how a check reports and ends."""

import os
import subprocess
import sys
from pathlib import Path

SKIPPED = 77  # meson's exit status for a test that could not be run


def files(root):
    """The tracked files, as paths relative to root; in an unpacked archive, all of them."""
    git = ["git", "-c", f"safe.directory={root.resolve()}", "-C", str(root), "ls-files", "-z"]
    try:
        listing = subprocess.run(git, capture_output=True, check=True).stdout.decode()
        names = listing.split("\0")
    except (OSError, subprocess.CalledProcessError):
        names = []
        for folder, folders, found in os.walk(root):
            folders[:] = [f for f in folders if not f.startswith("build") and f != "__pycache__"]
            names += [str(Path(folder, name).relative_to(root)) for name in found]
    return sorted(Path(name) for name in names if name and Path(root, name).is_file())


def is_text(path):
    with open(path, "rb") as file:
        return b"\0" not in file.read(8192)


def skip(reason):
    print("=" * 72, f"SKIPPED: {reason}", "=" * 72, sep="\n")
    sys.exit(SKIPPED)


def main(check):
    """Runs check(root), which returns a list of complaints, on the root named by the argument."""
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parents[2])
    complaints = check(root)
    for complaint in complaints:
        print(complaint)
    print(f"{len(complaints)} complaints")
    sys.exit(1 if complaints else 0)
