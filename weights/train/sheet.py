# SPDX-FileCopyrightText: Pastiche contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A contact sheet: content, style, and what each folder of results holds, one row a pair.

  sheet.py --content DIR --style DIR [--every N] [--first N] --out SHEET.png RESULTS...
"""
import argparse
from PIL import Image
from pictures import stems


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--content', required=True), ap.add_argument('--style', required=True)
    ap.add_argument('--out', required=True), ap.add_argument('results', nargs='+')
    ap.add_argument('--every', type=int, default=1), ap.add_argument('--first', type=int, default=0)
    ap.add_argument('--cell', type=int, default=320), ap.add_argument('--rows', type=int, default=8)
    a = ap.parse_args()
    contents, styles, results = stems(a.content), stems(a.style), [stems(r) for r in a.results]
    pairs = sorted(set.intersection(*map(set, results)))[a.first::a.every][:a.rows]
    sheet = Image.new('RGB', (a.cell * (2 + len(results)), a.cell * len(pairs)), 'white')
    for row, pair in enumerate(pairs):
        c, s = pair.split('__', 1)
        for column, path in enumerate([contents[c], styles[s]] + [r[pair] for r in results]):
            im = Image.open(path).convert('RGB')
            im.thumbnail((a.cell - 4, a.cell - 4), Image.LANCZOS)
            sheet.paste(im, (column * a.cell + 2, row * a.cell + 2))
    sheet.save(a.out)


if __name__ == '__main__':
    main()
