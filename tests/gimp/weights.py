# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder of weights that can be damaged and mended."""

import hashlib
import json
import struct

FILE = "painter.safetensors"


class Folder:
    def __init__(self, path, root):
        self.path, self.original = path, root / "weights" / FILE
        self.file = path / FILE
        path.mkdir(parents=True)
        for name in ("styles", "critic.safetensors"):
            (path / name).symlink_to(root / "weights" / name)
        self.restore()

    def restore(self):
        self.file.unlink(missing_ok=True)
        self.file.symlink_to(self.original)

    def write(self, data):
        self.file.unlink(missing_ok=True)
        if data is not None:
            self.file.write_bytes(data)

    def parts(self):
        """The header, and the data behind it."""
        data = self.original.read_bytes()
        size = struct.unpack("<Q", data[:8])[0]
        return json.loads(data[8:8 + size]), bytearray(data[8 + size:])

    def join(self, header, data):
        header["__metadata__"]["data_sha256"] = hashlib.sha256(data).hexdigest()
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        self.write(struct.pack("<Q", len(text)) + text + bytes(data))


def missing(folder):
    folder.write(None)


def empty(folder):
    folder.write(b"")


def truncated(folder):
    data = folder.original.read_bytes()
    folder.write(data[:len(data) // 2])


def flipped(folder):
    data = bytearray(folder.original.read_bytes())
    data[-1000] ^= 0x40
    folder.write(bytes(data))


def other_version(folder):
    header, data = folder.parts()
    header["__metadata__"]["format"] = "pastiche-9"
    folder.join(header, data)


def not_a_number(folder):
    header, data = folder.parts()
    name = next(name for name, entry in header.items() if entry.get("dtype") == "F16")
    begin = header[name]["data_offsets"][0]
    data[begin:begin + 2] = b"\x00\x7e"
    folder.join(header, data)


# Each with the words that its error must hold.
DAMAGES = [
    (missing, [FILE]),
    (empty, [FILE]),
    (truncated, [FILE]),
    (flipped, [FILE, "damaged"]),
    (other_version, [FILE, "pastiche-9"]),
    (not_a_number, [FILE, "not finite"]),
]
