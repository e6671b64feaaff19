# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures for the tests: made from a formula, and read back from PNG, with nothing but the standard
library."""

import math
import struct
import zlib


def waves(width, height, seed=1):
    """Coloured waves, a different picture for each seed: rows of RGB bytes."""
    rows = []
    for y in range(height):
        row = bytearray()
        for x in range(width):
            for c in range(3):
                a = (seed * 7 + c * 3) % 11 / 11
                v = math.sin(x * (0.05 + 0.03 * a) + seed * c) + math.cos(y * (0.08 - 0.04 * a) + seed)
                row.append(int(127.5 + 55 * v + 8 * ((x // 9 + y // 7 + c) % 3)))
        rows.append(bytes(row))
    return rows


def write_ppm(path, width, height, seed=1):
    with open(path, "wb") as file:
        file.write(b"P6 %d %d 255\n" % (width, height))
        file.writelines(waves(width, height, seed))
    return str(path)


def write_icc(path, gamma=2.2, red=(0.64, 0.33), green=(0.21, 0.71), blue=(0.15, 0.06)):
    """A profile of RGB by its primaries under D65 and its gamma: Adobe's RGB where nothing is said."""
    def xyz(x, y):
        return [x / y, 1, (1 - x - y) / y]

    def times(matrix, vector):
        return [sum(a * b for a, b in zip(row, vector)) for row in matrix]

    def inverse(m):
        minors = [[m[(j + 1) % 3][(i + 1) % 3] * m[(j + 2) % 3][(i + 2) % 3]
                   - m[(j + 1) % 3][(i + 2) % 3] * m[(j + 2) % 3][(i + 1) % 3]
                   for j in range(3)] for i in range(3)]
        whole = sum(m[0][i] * minors[i][0] for i in range(3))
        return [[v / whole for v in row] for row in minors]

    # Bradford's adaptation from D65 to the D50 of profiles.
    adapt = [[1.0478112, 0.0228866, -0.0501270], [0.0295424, 0.9904844, -0.0170491],
             [-0.0092345, 0.0150436, 0.7521316]]
    columns = [xyz(*primary) for primary in (red, green, blue)]
    scale = times(inverse(list(map(list, zip(*columns)))), xyz(0.3127, 0.3290))

    def fixed(values):
        return struct.pack(f">{len(values)}i", *(round(v * 65536) for v in values))

    def text(kind, words):
        return kind + struct.pack(">II", 0, len(words) + 1) + words + b"\0"

    curve = b"curv" + struct.pack(">IIH", 0, 1, round(gamma * 256))
    tags = {b"desc": text(b"desc", b"test") + bytes(78), b"cprt": b"text" + bytes(4) + b"none\0",
            b"wtpt": b"XYZ " + bytes(4) + fixed([0.9642, 1, 0.8249])}
    for name, column, s in zip((b"r", b"g", b"b"), columns, scale):
        tags[name + b"XYZ"] = b"XYZ " + bytes(4) + fixed(times(adapt, [v * s for v in column]))
        tags[name + b"TRC"] = curve
    table, body, at = b"", b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += name + struct.pack(">II", at + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    head = struct.pack(">I4xI4s4s4s12x4s24xI", at + len(body), 0x02100000, b"mntr", b"RGB ",
                       b"XYZ ", b"acsp", 0) + fixed([0.9642, 1, 0.8249])
    data = head + bytes(128 - len(head)) + struct.pack(">I", len(tags)) + table + body
    with open(path, "wb") as file:
        file.write(data)
    return str(path)


def unfilter(kind, row, above, step):
    """One row of PNG, in place (PNG specification, section 9)."""
    for i in range(len(row)):
        left = row[i - step] if i >= step else 0
        up = above[i]
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = up
        elif kind == 3:
            guess = (left + up) // 2
        elif kind == 4:
            corner = above[i - step] if i >= step else 0
            p = left + up - corner
            guess = min((left, up, corner), key=lambda v: abs(p - v))
        else:
            guess = 0
        row[i] = (row[i] + guess) & 255


class Pixels:
    """An 8-bit picture: channels interleaved, rows from the top."""

    def __init__(self, width, height, channels, data):
        self.width, self.height, self.channels, self.data = width, height, channels, data

    def __eq__(self, other):
        return vars(self) == vars(other)

    @property
    def size(self):
        return self.width, self.height

    def at(self, x, y):
        i = (y * self.width + x) * self.channels
        return tuple(self.data[i:i + self.channels])

    def is_like(self, other):
        """Whether it is what another process has painted likewise.

        Each process lets babl choose among conversions by their speed, and they round otherwise: samples of the
        result, and those that were painted from.
        """
        apart = [abs(a - b) for a, b in zip(self.data, other.data)]
        return self.size == other.size and max(apart) <= 2 and sum(apart) <= len(apart) / 50

    def difference(self, other, counts=lambda x, y: True):
        """The mean absolute difference of the colours, 0 to 255, of all pixels that count."""
        apart = [abs(a - b) for y in range(self.height) for x in range(self.width) if counts(x, y)
                 for a, b in zip(self.at(x, y)[:3], other.at(x, y)[:3])]
        return sum(apart) / len(apart)


def read_png(path):
    with open(path, "rb") as file:
        data = file.read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", f"{path}: not PNG"
    at, packed = 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + size]
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", body)
        elif kind == b"IDAT":
            packed += body
        at += size + 12
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
    assert depth == 8 and not interlace, f"{path}: {depth} bits, interlace {interlace}"
    raw, stride, above, rows = zlib.decompress(packed), width * channels, bytearray(width * channels), []
    for y in range(height):
        start = y * (stride + 1)
        row = bytearray(raw[start + 1:start + 1 + stride])
        unfilter(raw[start], row, above, channels)
        rows.append(bytes(row))
        above = row
    return Pixels(width, height, channels, b"".join(rows))
