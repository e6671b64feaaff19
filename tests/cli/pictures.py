# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures for the tests, written and read with the standard library alone.

A picture is (width, height, pixels): pixels is a list of rows of tuples.
"""

import struct
import zlib

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"


def gradient(width, height, top=255, channels=3):
    """Every pixel differs from its neighbours; the corners tell which is which."""
    def pixel(x, y):
        full = (x / max(1, width - 1), y / max(1, height - 1), (x * 7 + y * 3) % 11 / 10, 1)
        return tuple(round(top * value) for value in full[:channels])
    return width, height, [[pixel(x, y) for x in range(width)] for y in range(height)]


def ppm(picture, top=255):
    width, height, rows = picture
    sample = "B" if top < 256 else ">H"
    data = b"".join(struct.pack(sample, s) for row in rows for pixel in row for s in pixel)
    return b"P6\n%d %d\n%d\n" % (width, height, top) + data


def exr_header(width, height):
    """Of an OpenEXR picture of plain 32-bit lines: 8 bytes, then B, G and R, each of `width` floats."""
    def attribute(name, kind, data):
        return name + b"\0" + kind + b"\0" + struct.pack("<I", len(data)) + data
    box = struct.pack("<4i", 0, 0, width - 1, height - 1)
    channels = b"".join(c + b"\0" + struct.pack("<IIii", 2, 0, 1, 1) for c in (b"B", b"G", b"R")) + b"\0"
    header = (b"\x76\x2f\x31\x01\2\0\0\0" + attribute(b"channels", b"chlist", channels) +
              attribute(b"compression", b"compression", b"\0") + attribute(b"dataWindow", b"box2i", box) +
              attribute(b"displayWindow", b"box2i", box) + attribute(b"lineOrder", b"lineOrder", b"\0") +
              attribute(b"pixelAspectRatio", b"float", struct.pack("<f", 1)) +
              attribute(b"screenWindowCenter", b"v2f", struct.pack("<2f", 0, 0)) +
              attribute(b"screenWindowWidth", b"float", struct.pack("<f", 1)) + b"\0")
    first, line = len(header) + 8 * height, 8 + 12 * width
    return header + struct.pack(f"<{height}Q", *(first + line * y for y in range(height)))


def chunk(kind, data):
    crc = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)


def png(picture, bits=8, icc=None, exif=None):
    width, height, rows = picture
    channels = len(rows[0][0])
    sample = ">%dB" if bits == 8 else ">%dH"
    lines = b"".join(
        b"\0" + struct.pack(sample % (channels * width), *(s for pixel in row for s in pixel))
        for row in rows
    )
    colours = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    parts = [chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colours, 0, 0, 0))]
    if icc:
        parts.append(chunk(b"iCCP", b"test\0\0" + zlib.compress(icc)))
    if exif:
        parts.append(chunk(b"eXIf", exif))
    parts += [chunk(b"IDAT", zlib.compress(lines)), chunk(b"IEND", b"")]
    return PNG_MAGIC + b"".join(parts)


def png_chunks(data):
    assert data[:8] == PNG_MAGIC, "not a PNG"
    at = 8
    while at < len(data):
        length = struct.unpack_from(">I", data, at)[0]
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length


def unfilter(kind, line, above, step):
    """PNG specification, section 9."""
    for i in range(len(line)):
        left = line[i - step] if i >= step else 0
        corner = above[i - step] if i >= step else 0
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = above[i]
        elif kind == 3:
            guess = (left + above[i]) // 2
        elif kind == 4:
            p = left + above[i] - corner
            guess = min((left, above[i], corner), key=lambda value: abs(p - value))
        else:
            guess = 0
        line[i] = (line[i] + guess) & 255
    return line


def read_png(data):
    """(picture, bits, profile or None) of an RGB or RGBA PNG without interlace."""
    chunks = list(png_chunks(data))
    header = dict(chunks)[b"IHDR"]
    width, height, bits, colours = struct.unpack_from(">IIBB", header)
    channels = {2: 3, 6: 4}[colours]
    raw = zlib.decompress(b"".join(body for kind, body in chunks if kind == b"IDAT"))
    step = channels * bits // 8
    above, rows = bytearray(width * step), []
    for y in range(height):
        start = y * (width * step + 1)
        line = bytearray(raw[start + 1 : start + 1 + width * step])
        above = unfilter(raw[start], line, above, step)
        samples = struct.unpack(">%d%s" % (width * channels, "B" if bits == 8 else "H"), above)
        rows.append([samples[i : i + channels] for i in range(0, len(samples), channels)])
    icc = dict(chunks).get(b"iCCP")
    profile = zlib.decompress(icc[icc.index(b"\0") + 2 :]) if icc else None
    return (width, height, rows), bits, profile


def tiff(picture, sample="B", kind=1, orientation=1, photometric=2):
    """Little-endian, one strip.  `sample` is struct's letter, `kind` 1 unsigned or 3 float; `photometric` 2 for RGB."""
    width, height, rows = picture
    data = b"".join(struct.pack("<" + sample, s) for row in rows for pixel in row for s in pixel)
    bits = 8 * struct.calcsize(sample)
    entries = [
        (256, 3, 1, width), (257, 3, 1, height), (258, 3, 1, bits), (259, 3, 1, 1), (262, 3, 1, photometric),
        (273, 4, 1, 8), (274, 3, 1, orientation), (277, 3, 1, len(rows[0][0])), (278, 3, 1, height),
        (279, 4, 1, len(data)), (339, 3, 1, kind),
    ]
    directory = struct.pack("<H", len(entries))
    directory += b"".join(struct.pack("<HHII", *entry) for entry in entries) + bytes(4)
    return struct.pack("<2sHI", b"II", 42, 8 + len(data)) + data + directory


def inks(picture):
    """The same in cyan, magenta, yellow and no black, as TIFF counts them: photometric 5."""
    width, height, rows = picture
    return width, height, [[(*(255 - s for s in pixel), 0) for pixel in row] for row in rows]


def tiff_tags(data):
    """{tag: value} of the first directory; single numbers only."""
    order = "<" if data[:2] == b"II" else ">"
    at = struct.unpack_from(order + "I", data, 4)[0]
    count = struct.unpack_from(order + "H", data, at)[0]
    tags = {}
    for i in range(count):
        tag, kind, length = struct.unpack_from(order + "HHI", data, at + 2 + 12 * i)
        place = at + 2 + 12 * i + 8
        if length == 1:
            tags[tag] = struct.unpack_from(order + ("H" if kind == 3 else "I"), data, place)[0]
        elif kind == 3:
            offset = place if length <= 2 else struct.unpack_from(order + "I", data, place)[0]
            tags[tag] = struct.unpack_from(order + "H", data, offset)[0]
        else:
            tags[tag] = None
    return tags


def exif(orientation):
    """An EXIF block with nothing but the orientation, in the byte order of most cameras."""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    return struct.pack(">2sHIH", b"MM", 42, 8, 1) + entry + bytes(4)


def progressive_jpeg(width, height):
    """Gray from its first coefficients alone, three components of one size: a bit for each block of 8 x 8."""
    def segment(marker, data):
        return struct.pack(">BBH", 0xff, marker, len(data) + 2) + data
    blocks = 3 * -(-width // 8) * -(-height // 8)
    components = b"".join(bytes((i, 0x11, 0)) for i in (1, 2, 3))
    return (b"\xff\xd8" + segment(0xDB, bytes(1) + bytes([1]) * 64)
            + segment(0xC2, struct.pack(">BHHB", 8, height, width, 3) + components)
            + segment(0xC4, bytes((0, 1)) + bytes(15) + bytes(1))  # one code, of one bit: as the block before
            + segment(0xDA, bytes((3, 1, 0, 2, 0, 3, 0, 0, 0, 0))) + bytes(-(-blocks // 8)) + b"\xff\xd9")


def jpeg_with_exif(data, block):
    """`data`, a JPEG file, with an APP1 segment behind its first marker."""
    segment = b"Exif\0\0" + block
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + data[2:]


def jpeg_segments(data):
    at = 2
    while data[at] == 0xFF and data[at + 1] != 0xDA:
        length = struct.unpack_from(">H", data, at + 2)[0]
        yield data[at + 1], data[at + 4 : at + 2 + length]
        at += 2 + length


def stored(picture, orientation):
    """How a camera stores an upright picture that it marks with this orientation."""
    rows = picture[2]
    if orientation >= 5:
        rows = [list(column) for column in zip(*rows)]
    if orientation in (2, 3, 7, 8):
        rows = [row[::-1] for row in rows]
    if orientation in (3, 4, 6, 7):
        rows = rows[::-1]
    return len(rows[0]), len(rows), rows


def icc(gamma=1.8):
    """A display profile with wide primaries and a plain gamma curve (ICC.1, matrix and TRC)."""
    def xyz(x, y, z):
        return b"XYZ \0\0\0\0" + struct.pack(">iii", *(round(v * 65536) for v in (x, y, z)))
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)
    name = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + bytes(12 + 67)
    tags = [
        (b"desc", name), (b"cprt", b"text\0\0\0\0none\0\0\0\0"), (b"wtpt", xyz(0.9642, 1, 0.8249)),
        (b"rXYZ", xyz(0.6097, 0.3111, 0.0195)), (b"gXYZ", xyz(0.2053, 0.6257, 0.0609)),
        (b"bXYZ", xyz(0.1492, 0.0632, 0.7446)),
        (b"rTRC", curve), (b"gTRC", curve), (b"bTRC", curve),
    ]
    table, body, at = b"", b"", 128 + 4 + 12 * len(tags)
    for tag, data in tags:
        data += bytes(-len(data) % 4)
        table += struct.pack(">4sII", tag, at + len(body), len(data))
        body += data
    size = at + len(body)
    header = struct.pack(">I4sI4s4s4s", size, b"test", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    header += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp") + bytes(28)
    header += struct.pack(">iii", 63190, 65536, 54061)
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body
