# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the picture that the thumbnails of the built-in styles are painted from: a lake between hills.

  scene.py [--width 320] OUT.ppm

4 by 3, the same bytes every time, from nothing but arithmetic: no foreign picture, no library.  It has what
a style may do something with: a smooth sky, clouds, soft and hard edges, foliage, water, small bright
spots.
"""
import argparse
import math


def dice(x, y, seed):
    """A number of [0, 1) for a whole-numbered place."""
    n = (x * 374761393 + y * 668265263 + seed * 2147483647) & 0xffffffff
    n = (n ^ n >> 13) * 1274126177 & 0xffffffff
    n = (n ^ n >> 16) * 2654435761 & 0xffffffff
    return (n ^ n >> 15) / 2 ** 32


def noise(x, y, seed):
    """Smooth noise of period 1, in [0, 1)."""
    i, j = math.floor(x), math.floor(y)
    u, v = x - i, y - j
    u, v = u * u * (3 - 2 * u), v * v * (3 - 2 * v)
    a, b = dice(i, j, seed), dice(i + 1, j, seed)
    c, d = dice(i, j + 1, seed), dice(i + 1, j + 1, seed)
    return (a + (b - a) * u) * (1 - v) + (c + (d - c) * u) * v


def clouds(x, y, seed, octaves=4):
    total, weight = 0.0, 0.5
    for k in range(octaves):
        total += weight * noise(x * 2 ** k, y * 2 ** k, seed + k)
        weight /= 2
    return total


def step(a, b, x):
    t = min(1, max(0, (x - a) / (b - a)))
    return t * t * (3 - 2 * t)


def mix(a, b, t):
    return tuple(p + (q - p) * t for p, q in zip(a, b))


HORIZON, SUN = 0.60, (0.30, 0.30)


def above(x, y, soft):
    """What stands above the water; x in [0, 4/3], y in [0, 1]; `soft` is a pixel's size."""
    c = mix((0.28, 0.52, 0.82), (0.98, 0.86, 0.66), step(0, HORIZON, y))
    sun = math.hypot(x - SUN[0], y - SUN[1])
    c = mix(c, (1, 0.93, 0.72), 0.75 * math.exp(-sun * sun / 0.02))
    c = mix(c, (1, 0.98, 0.88), 1 - step(0.048 - soft, 0.048 + soft, sun))
    cover = clouds(3 * x, 7 * y, 3) - 0.25 * abs(y - 0.22)
    c = mix(c, mix((1, 0.97, 0.93), (0.86, 0.72, 0.74), step(0.1, 0.5, y)), 0.9 * step(0.47, 0.66, cover))
    far = 0.36 + 0.16 * abs(x - 0.86) - 0.10 * clouds(5 * x, 0.3, 11)
    if y > far - soft:
        light = clouds(9 * x + 5 * y, 14 * y - 4 * x, 17)
        rock = mix((0.42, 0.47, 0.66), (0.74, 0.70, 0.76), step(0.35, 0.6, light))
        rock = mix((0.97, 0.97, 1.0), rock, step(0.03, 0.09, y - far + 0.12 * (light - 0.5)))
        c = mix(c, rock, step(far - soft, far + soft, y))
    near = 0.545 - 0.09 * clouds(3.1 * x + 7, 0.7, 23) + 0.035 * math.sin(5 * x + 1)
    if y > near - soft:
        hill = mix((0.24, 0.42, 0.30), (0.55, 0.62, 0.30), clouds(12 * x, 22 * y, 29))
        c = mix(c, hill, step(near - soft, near + soft, y))
    return c


def house(c, x, y, soft):
    """A white house with a red roof on the far shore, and bushes beside it."""
    u, v = (x - 0.44) / 0.075, (y - 0.555) / 0.042
    roof = 0.95 - abs(u) * 0.85
    if abs(u) < 1.1 and -1 - roof * 0.9 < v < -0.95 and roof > 0:
        c = mix(c, (0.74, 0.25, 0.16) if u < 0.2 else (0.60, 0.19, 0.14), 0.95)
    elif abs(u) < 0.9 and -1 < v < 1.1:
        c = (0.95, 0.91, 0.82) if u < 0.2 else (0.80, 0.74, 0.70)
        if abs(abs(u - 0.2) - 0.4) < 0.11 and abs(v + 0.15) < 0.28:
            c = (0.36, 0.38, 0.50)
    ragged = 0.02 * (clouds(40 * x, 40 * y, 31, 3) - 0.44)
    for a, b, r in ((0.335, 0.582, 0.032), (0.375, 0.592, 0.022), (0.53, 0.585, 0.028), (0.57, 0.595, 0.022)):
        d = math.hypot(x - a, y - b) + ragged
        if d < r + soft:
            leaf = mix((0.15, 0.30, 0.17), (0.52, 0.60, 0.26), 0.5 - 0.6 * (y - b + x - a) / r)
            c = mix(leaf, c, step(r - soft, r + soft, d))
    return c


def water(x, y, soft):
    depth = (y - HORIZON) / (1 - HORIZON)
    wave = (noise(9 * x, 90 * y * (1.2 - 0.7 * depth), 41) - 0.5) * (0.015 + 0.06 * depth)
    mirrored = HORIZON - (y - HORIZON) * 0.9 + wave
    c = house(above(x + 0.4 * wave, mirrored, 0.004), x + 0.4 * wave, mirrored, soft)
    c = mix(c, (0.10, 0.28, 0.44), 0.22 + 0.38 * depth)
    glint = noise(30 * x, 160 * y, 43) - 2.2 * abs(x - SUN[0]) / (0.4 + depth)
    return mix(c, (1, 0.95, 0.75), 0.8 * step(0.45, 0.75, glint))


def meadow(c, x, y, soft):
    """Grass with flowers in the near corner."""
    edge = 0.80 + 0.13 * math.sin(2.2 * x + 2.6) + 0.02 * clouds(20 * x, 0, 51)
    if y < edge - soft:
        return c
    blades = noise(44 * x + 9 * y, 9 * y, 53)
    grass = mix((0.22, 0.40, 0.16), (0.60, 0.68, 0.24), 0.6 * blades + 0.5 * (y - edge))
    c = mix(c, grass, step(edge - soft, edge + soft, y))
    for size, seed, colour in ((0.036, 61, (0.90, 0.20, 0.16)), (0.030, 67, (0.98, 0.86, 0.28)),
                               (0.026, 71, (0.96, 0.94, 0.98))):
        i, j = math.floor(x / size), math.floor(y / size)
        if dice(i, j, seed) < 0.2 and y > edge + 0.02:
            a = (i + 0.3 + 0.4 * dice(i, j, seed + 1)) * size
            b = (j + 0.3 + 0.4 * dice(i, j, seed + 2)) * size
            r = math.hypot(x - a, (y - b) * 1.3)
            c = mix(colour, c, step(0.22 * size, 0.30 * size, r))
    return c


CROWNS = ((1.06, 0.27, 0.15), (1.19, 0.22, 0.16), (1.28, 0.36, 0.15), (1.12, 0.42, 0.13), (0.98, 0.38, 0.10))


def tree(c, x, y, soft):
    trunk = 1.16 + 0.03 * math.sin(7 * y) + 0.02 * (y - 0.6)
    thick = 0.022 + 0.03 * max(0, y - 0.72)
    if y > 0.4 and abs(x - trunk) < thick + soft and y < 0.93:
        bark = mix((0.20, 0.13, 0.10), (0.52, 0.38, 0.26), step(-1, 1, (trunk - x) / thick) * noise(60 * x, 12 * y, 81))
        c = mix(bark, c, step(thick - soft, thick + soft, abs(x - trunk)))
    ragged = 0.05 * (clouds(26 * x, 26 * y, 83) - 0.47)
    for a, b, r in CROWNS:
        d = math.hypot(x - a, (y - b) * 1.15) + 3.2 * ragged
        if d < r + soft:
            light = 0.5 - 1.9 * ((y - b) + 0.6 * (x - a)) / r * 0.5 + 1.3 * (clouds(40 * x, 40 * y, 89) - 0.47)
            leaf = mix((0.09, 0.21, 0.12), (0.66, 0.68, 0.20), min(1, max(0, light)))
            c = mix(leaf, c, step(r - soft, r + soft, d))
    return c


def colour(x, y, soft):
    c = house(above(x, y, soft), x, y, soft) if y < HORIZON else water(x, y, soft)
    return tree(meadow(c, x, y, soft), x, y, soft)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--width', type=int, default=320), ap.add_argument('out')
    a = ap.parse_args()
    width, height = a.width, a.width * 3 // 4
    data = bytearray()
    for y in range(height):
        for x in range(width):
            c = colour((x + 0.5) / height, (y + 0.5) / height, 0.7 / height)
            data += bytes(min(255, max(0, round(255 * v))) for v in c)
    with open(a.out, 'wb') as out:
        out.write(b'P6\n%d %d\n255\n' % (width, height) + data)


if __name__ == '__main__':
    main()
