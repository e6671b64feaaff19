#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fit how well a style suits a photo (engine/image/style/suits.c), on training pictures.

  suits.py paint --pictures PICTURES --out WORK [--blocks 6]   paints pairs, and measures them
  suits.py fit --pictures PICTURES --teacher VGG19 --out WORK   scores what was painted, and fits
  suits.py check --content DIR --style DIR --csv FILE           rank correlation with a scorecard

`paint` and `check` need Python alone and the `pastiche` command, `fit` PyTorch too.  The features of a pair
are those that `pastiche --suits --json` prints, so they are defined in C alone.  A pair's score is what the
painting kept of the photo's edges times what it took of the style: correlation of gradient magnitudes, times
1 - sliced Wasserstein distance of VGG-19 features (relu1_1 .. relu4_1) to the style, as a share of the
photo's own distance.  `fit` is ridge regression; it writes ../../engine/image/style/suits-fit.h, and says how well
scores of photos and styles that it had not seen are ranked (cross-validation by block).  The CSV of `check`
has columns `pair` (CONTENT__STYLE) and `score`.
"""
import argparse
import csv
import json
import os
from pathlib import Path
import random
import subprocess

HERE = Path(__file__).resolve().parent
FEATURES = ('palette', 'hues', 'scale', 'busy', 'content luma', 'style luma', 'content hues', 'style hues',
            'content uneven', 'style uneven', 'content sparse', 'style sparse',
            *(f'content detail {k}' for k in range(4)), *(f'style detail {k}' for k in range(4)))
SIDE = 5  # photos and styles of a block, each of which is painted in each


def run(command, *arguments):
    env = {**os.environ, 'PASTICHE_WEIGHTS': str(HERE.parent), 'OMP_WAIT_POLICY': 'passive'}
    done = subprocess.run([str(command), '-q', *map(str, arguments)], check=True, env=env, capture_output=True)
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def suits(command, photo, styles):
    """What the command says of this photo with each of the styles, by style."""
    lines = run(command, '--suits', photo, '--json', *styles)
    return {line['style'].removeprefix('file:'): line for line in lines}


def ranks(values):
    order = sorted(range(len(values)), key=lambda i: values[i])
    out = [0.0] * len(values)
    for rank, i in enumerate(order):
        out[i] = rank
    return out


def spearman(a, b):
    a, b = ranks(a), ranks(b)
    mean = (len(a) - 1) / 2
    return sum((x - mean) * (y - mean) for x, y in zip(a, b)) / sum((x - mean) ** 2 for x in a)


# ---- Painting ---------------------------------------------------------------------------------------

def choose(blocks):
    """Pairs of lists, photos and styles: general photographs and artworks, the same ones every time."""
    dull = {'9', '11'}  # sources of single objects and of flowers: not what people paint
    with open(HERE / 'pictures.tsv', encoding='utf-8') as file:
        rows = [line.rstrip('\n').split('\t') for line in file if line[:4] in ('art/', 'phot')]
    dice = random.Random(7)
    photos = dice.sample([r[0] for r in rows if r[0].startswith('photos/') and r[1] not in dull], SIDE * blocks)
    styles = dice.sample([r[0] for r in rows if r[0].startswith('art/')], SIDE * blocks)
    return [(photos[i:i + SIDE], styles[i:i + SIDE]) for i in range(0, SIDE * blocks, SIDE)]


def paint(a):
    a.out.mkdir(parents=True, exist_ok=True)
    pictures, found = a.pictures.resolve(), []
    for photos, styles in choose(a.blocks):
        for style in styles:
            folder = a.out / Path(style).stem
            run(a.command, *(pictures / p for p in photos), '-s', f'file:{pictures / style}', '-o', f'{folder}/')
        for photo in photos:
            said = suits(a.command, pictures / photo, [pictures / s for s in styles])
            found += [{'photo': photo, 'style': s, 'painted': f'{Path(s).stem}/{Path(photo).name}',
                       'features': said[str(pictures / s)]['features']} for s in styles]
        print(len(found), flush=True)
        (a.out / 'pairs.json').write_text(json.dumps(found))


# ---- Scoring and fitting ----------------------------------------------------------------------------

def score_all(found, pictures, out, teacher):
    import numpy as np
    import torch
    import torch.nn.functional as F
    from PIL import Image
    from vgg import Vgg

    def load(path, size=None):
        im = Image.open(path).convert('RGB')
        if size and im.size != size:
            im = im.resize(size, Image.LANCZOS)
        return torch.from_numpy(np.asarray(im).copy()).permute(2, 0, 1)[None].float() / 255

    def edges(x):
        y = F.avg_pool2d(x.mean(1, keepdim=True), 3, 1)
        g = torch.hypot(y[..., 2:, 1:-1] - y[..., :-2, 1:-1], y[..., 1:-1, 2:] - y[..., 1:-1, :-2])
        g = F.avg_pool2d(g, 2).flatten()
        return (g - g.mean()) / (g - g.mean()).norm().clamp(min=1e-9)

    def quantiles(features):
        kept = []
        for f in features:
            f = f[0].flatten(1)
            f = f[:, ::max(1, f.shape[1] // 8192)].float()
            g = torch.Generator().manual_seed(f.shape[0])
            d = torch.randn(48, f.shape[0], generator=g)
            p = (d / d.norm(dim=1, keepdim=True) @ f).sort(1)[0]
            kept.append(p[:, ((torch.arange(512) + .5) / 512 * p.shape[1]).long()])
        return kept

    def apart(p, q):
        return sum(float((x - y).abs().mean() / y.abs().mean().clamp(min=1e-6)) for x, y in zip(p, q)) / len(p)

    scores, vgg, known = [], Vgg(teacher), {}
    with torch.no_grad():
        for i, pair in enumerate(found):
            photo = load(pictures / pair['photo'])
            painted = load(out / pair['painted'], (photo.shape[3], photo.shape[2]))
            for name, picture in ((pair['photo'], photo), (pair['style'], None)):
                if name not in known:
                    known[name] = quantiles(vgg(load(pictures / name) if picture is None else picture))
            style = known[pair['style']]
            share = apart(quantiles(vgg(painted)), style) / apart(known[pair['photo']], style)
            kept = float(edges(photo) @ edges(painted))
            scores.append(max(kept, 0) * max(1 - share, 0))
            if i % 20 == 19:
                print(i + 1, f'{sum(scores) / len(scores):.3f}', flush=True)
    return scores


def ridge(x, y, penalty):
    import numpy as np
    return np.linalg.solve(x.T @ x + penalty * len(y) * np.eye(x.shape[1]), x.T @ y)


def fit(a):
    import numpy as np
    found = json.loads((a.out / 'pairs.json').read_text())
    cache = a.out / 'scores.json'
    if not cache.exists():
        cache.write_text(json.dumps(score_all(found, a.pictures, a.out, a.teacher)))
    y = np.array(json.loads(cache.read_text()))
    raw = np.array([pair['features'] for pair in found])
    assert raw.shape[1] == len(FEATURES), 'engine/image/style/suits.c has other features'
    means, deviations = raw.mean(0), raw.std(0) + 1e-9
    x, target = np.clip((raw - means) / deviations, -3, 3), y - y.mean()
    fold = np.arange(len(y)) // SIDE ** 2
    best = None
    for penalty in (.01, .03, .1, .3, 1):
        guess = np.zeros(len(y))
        for k in set(fold):
            guess[fold == k] = x[fold == k] @ ridge(x[fold != k], target[fold != k], penalty)
        found_rank = spearman(list(guess), list(y))
        print(f'penalty {penalty}: rank correlation with unseen blocks {found_rank:.3f}')
        if best is None or found_rank > best[0]:
            best = found_rank, penalty
    weights = ridge(x, target, best[1])
    for name, w in sorted(zip(FEATURES, weights), key=lambda t: -abs(t[1])):
        print(f'{w:+.4f} {name}')
    write_header(means, deviations, weights, (x @ weights).std(), len(y), best)


def write_header(means, deviations, weights, spread, count, best):
    def array(name, values):
        rows = ''.join(f'    {v:.6g}, /* {f} */\n' for f, v in zip(FEATURES, values))
        return f'static const double {name}[] = {{\n{rows}}};\n'

    (HERE.parents[1] / 'engine/image/style/suits-fit.h').write_text(
        '/* SPDX-FileCopyrightText: 2026 The Pastiche developers\n * SPDX-License-Identifier: GPL-3.0-or-later\n *\n'
        f' * Written by weights/train/suits.py: ridge regression (penalty {best[1]:g}) on {count} painted pairs of\n'
        f' * training pictures; scores of unseen photos and styles were ranked with a correlation of {best[0]:.2f}.\n'
        ' * In the order of the features in suits.c.\n */\n#pragma once\n\n'
        + '/* clang-format off */\n' + array('fit_means', means) + array('fit_deviations', deviations)
        + array('fit_weights', weights)
        + f'/* The standard deviation of the predictions. */\nstatic const double fit_spread = {spread:.6g};\n'
        + '/* clang-format on */\n')


def check(a):
    with open(a.csv, newline='') as file:
        measured = {row['pair']: float(row['score']) for row in csv.DictReader(file)}
    files = {p.stem: p.resolve() for folder in (a.content, a.style) for p in folder.iterdir()}
    wanted = {}
    for pair in measured:
        content, style = pair.split('__', 1)
        wanted.setdefault(content, []).append(style)
    said = {}
    for content, styles in wanted.items():
        lines = suits(a.command, files[content], [files[s] for s in styles])
        said.update({f'{content}__{s}': lines[str(files[s])]['score'] for s in styles})
    pairs = sorted(measured)
    print(f'{len(pairs)} pairs, rank correlation of --suits with the measured score: '
          f'{spearman([said[p] for p in pairs], [measured[p] for p in pairs]):.3f}')


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('what', choices=('paint', 'fit', 'check'))
    ap.add_argument('--pictures', type=Path), ap.add_argument('--teacher'), ap.add_argument('--out', type=Path)
    ap.add_argument('--content', type=Path), ap.add_argument('--style', type=Path), ap.add_argument('--csv')
    ap.add_argument('--blocks', type=int, default=6)
    ap.add_argument('--command', type=Path, default=HERE.parents[1] / 'build/engine/cli/pastiche')
    a = ap.parse_args()
    {'paint': paint, 'fit': fit, 'check': check}[a.what](a)


if __name__ == '__main__':
    main()
