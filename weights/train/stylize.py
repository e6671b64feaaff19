# SPDX-FileCopyrightText: Pastiche contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paint a list of pairs with a model file, in PyTorch, by the engine's size rules.

  stylize.py --model FILE --content DIR --style DIR --pairs FILE|DIR --out DIR

--pairs is a text file of lines CONTENT__STYLE (stems), or a folder whose pictures are so named.
"""
import argparse
import os
from model import Model
from pictures import load, save, stems

STYLE_SIDE = 512


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--model', required=True), ap.add_argument('--content', required=True)
    ap.add_argument('--style', required=True), ap.add_argument('--pairs', required=True)
    ap.add_argument('--out', required=True)
    ap.add_argument('--side', type=int, default=512, help='long side of the content')
    ap.add_argument('--strength', type=float, default=1.)
    ap.add_argument('--every', type=int, default=1, help='only each so-manieth pair')
    a = ap.parse_args()
    pairs = sorted(stems(a.pairs)) if os.path.isdir(a.pairs) else open(a.pairs).read().split()
    contents, styles, model, encoded = stems(a.content), stems(a.style), Model(a.model), {}
    os.makedirs(a.out, exist_ok=True)
    for pair in pairs[::a.every]:
        c, s = pair.split('__', 1)
        if s not in encoded:
            encoded[s] = model.encode(load(styles[s], STYLE_SIDE))
        content = load(contents[c], a.side)
        result = model.paint(content, encoded[s], a.strength)['result'][0]
        save(result[:, :content.shape[1], :content.shape[2]], os.path.join(a.out, pair + '.png'))


if __name__ == '__main__':
    main()
