#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the built-in styles anew, which the weights need whenever they change.

  styles.py --pictures PICTURES [--command PASTICHE] [NAME...]

Reads styles.tsv (which pictures, and what they are called) and pictures.tsv (where they are from, under
which licence), and writes ../styles/*.style with the `pastiche` command and ../painter.safetensors; style
files that are not in the list are removed.  PICTURES is the folder that holds art/.  Each thumbnail is what
the painter makes of scene.py in this style.  With NAMEs, only those.  Python alone, no other package.
"""
import argparse
import csv
import os
from pathlib import Path
import subprocess
import sys
import tempfile

HERE = Path(__file__).resolve().parent
WEIGHTS = HERE.parent


def table(name):
    with open(HERE / name, encoding='utf-8', newline='') as file:
        return list(csv.DictReader(file, delimiter='\t', quoting=csv.QUOTE_NONE))


def origins():
    """Of each picture in pictures.tsv: where it is from, and its licence."""
    sources, found = {}, {}
    with open(HERE / 'pictures.tsv', encoding='utf-8') as file:
        for line in file:
            cells = line.rstrip('\n').split('\t')
            if cells[0] == 'source':
                sources[cells[1]] = cells[2:]
            elif len(cells) == 3 and cells[1] in sources:
                repository, commit, licence = sources[cells[1]]
                found[cells[0]] = f'github.com/{repository} ({commit}): {cells[2]}', licence
    return found


def halved(path, out):
    """A PPM of 8 bits at half its size."""
    magic, width, height, data = path.read_bytes().split(maxsplit=3)[:4]
    width, height = int(width), int(height)
    data = data.split(b'\n', 1)[1] if data[:4] == b'255\n' else sys.exit(f'{path}: not as expected')
    row = 3 * width
    pixels = bytearray()
    for y in range(0, height - 1, 2):
        one, two = data[y * row:(y + 1) * row], data[(y + 1) * row:(y + 2) * row]
        for x in range(0, row - 5, 6):
            for k in range(x, x + 3):
                pixels.append((one[k] + one[k + 3] + two[k] + two[k + 3] + 2) // 4)
    out.write_bytes(b'P6\n%d %d\n255\n' % (width // 2, height // 2) + pixels)


def make(entry, origin, pictures, work, run):
    picture = pictures / entry['file']
    painted, thumbnail = work / 'painted.ppm', work / 'thumbnail.ppm'
    out = WEIGHTS / 'styles' / (entry['name'] + '.style')
    run(work / 'scene.ppm', picture, '-o', painted)
    halved(painted, thumbnail)
    run('--save-style', out, picture, '--title', entry['title'], '--artist', entry['artist'],
        '--year', entry['year'], '--source', origin[0], '--licence', origin[1], '--thumbnail', thumbnail)
    return out.stat().st_size


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--pictures', type=Path, required=True)
    ap.add_argument('--command', type=Path, default=HERE.parents[1] / 'build/engine/cli/pastiche')
    ap.add_argument('names', nargs='*')
    a = ap.parse_args()
    styles = table('styles.tsv')
    known = origins()
    wanted = [s for s in styles if not a.names or s['name'] in a.names]
    (WEIGHTS / 'styles').mkdir(exist_ok=True)
    for path in (WEIGHTS / 'styles').glob('*.style'):
        if path.stem not in {s['name'] for s in styles}:
            path.unlink()
    environment = {**os.environ, 'PASTICHE_WEIGHTS': str(WEIGHTS), 'OMP_WAIT_POLICY': 'passive'}

    def run(*arguments):
        subprocess.run([str(a.command), '-q', *map(str, arguments)], check=True, env=environment)

    total = 0
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, str(HERE / 'scene.py'), str(Path(folder) / 'scene.ppm')], check=True)
        for entry in wanted:
            total += make(entry, known[entry['file']], a.pictures.resolve(), Path(folder), run)
            print(entry['name'], flush=True)
    print(f'{len(wanted)} styles, {total} bytes')


if __name__ == '__main__':
    main()
