# SPDX-FileCopyrightText: Pastiche contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Score folders of results named CONTENT__STYLE: what they kept, what they took, what they spoiled.

  score.py --content DIR --style DIR --teacher FILE [--csv FILE] RESULTS...

  kept     up    correlation of the gradients of luminance (both directions, two scales) with the content's
  content  down  distance of normalised relu4_1 and, by half, relu3_1 (a training loss)
  gram     down  balanced distance of centred Gram matrices, relu1_1 .. relu4_1 (a training loss)
  local    down  1 - cos of the angles between its features and those of the style's that are nearest (a training
                 loss): whether each place looks like some part of the style, which the other two do not see
  palette  down  sliced Wasserstein distance of colours to the style, as a share of the content's own distance
  grid     down  log excess of energy at periods of 2, 4 and 8 px over neighbouring ones; 0 = none
  clipped  down  share of values at 0 or 1

Training losses flatter whoever trained on them: `kept`, `palette` and your eyes are the check.
"""
import argparse
import csv
import os
import torch
import torch.nn.functional as F
import losses
from pictures import load, stems
from vgg import Vgg

NAMES = ('kept', 'content', 'gram', 'local', 'palette', 'grid', 'clipped')


def gradients(x):
    """Luminance differences along both axes, at 1/2 and 1/4 of the size, each scaled to unit norm."""
    y, out = x.mean(1, keepdim=True), []
    for _ in range(2):
        y = F.avg_pool2d(y, 2)
        g = torch.cat([(y[..., 1:] - y[..., :-1]).flatten(), (y[..., 1:, :] - y[..., :-1, :]).flatten()])
        out.append(g / g.norm().clamp(min=1e-9) / 2 ** .5)
    return torch.cat(out)


def palette(x, count=512):
    """Quantiles of the colours along 24 fixed directions."""
    d = torch.randn(24, 3, generator=torch.Generator().manual_seed(7))
    p = (d / d.norm(dim=1, keepdim=True) @ x[0].flatten(1)).sort(1)[0]
    return p[:, ((torch.arange(count) + .5) / count * p.shape[1]).long()]


@torch.no_grad()
def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--content', required=True), ap.add_argument('--style', required=True)
    ap.add_argument('--teacher', required=True), ap.add_argument('--csv'), ap.add_argument('results', nargs='+')
    a = ap.parse_args()
    contents, styles, vgg = stems(a.content), stems(a.style), Vgg(a.teacher)
    folders = {r: stems(r) for r in a.results}
    pairs = sorted(set.intersection(*map(set, folders.values())))
    if not pairs:
        raise SystemExit('no pair is in all folders')
    rows, known = [], {}
    for pair in pairs:
        c, s = pair.split('__', 1)
        content, style = load(contents[c], 512)[None], load(styles[s], 512)[None]
        if s not in known:
            known[s] = vgg.statistics(vgg(style)), palette(style)
        target, colours = known[s]
        taps, own = vgg(content), (palette(content) - colours).abs().mean().clamp(min=1e-6)
        for folder, files in folders.items():
            y = load(files[pair])[None]
            if y.shape != content.shape:
                y = F.interpolate(y, size=content.shape[2:], mode='bilinear', antialias=True)
            f = vgg(y)
            found = vgg.statistics(f)
            gray = y[:, :, :y.shape[2] // 16 * 16, :y.shape[3] // 16 * 16]
            side = min(gray.shape[2:])
            rows.append((folder, pair, *map(float, (
                gradients(content) @ gradients(y),
                losses.content_distance(f[3], losses.normalised(taps[3]))
                + .5 * losses.content_distance(f[2], losses.normalised(taps[2])),
                losses.style_terms(found, [t[:2] for t in target])[1],
                losses.nearest([t[2] for t in found], [t[2] for t in target], [None] * len(found))[0],
                (palette(y) - colours).abs().mean() / own,
                losses.grid(gray[:, :, :side, :side]),
                ((y <= 0) | (y >= 1)).float().mean()))))
    if a.csv:
        with open(a.csv, 'w', newline='') as f:
            csv.writer(f).writerows([('folder', 'pair') + NAMES] + rows)
    print(f'{len(pairs)} pairs')
    print('%-24s' % '', *('%8s' % n for n in NAMES))
    for folder in folders:
        mean = torch.tensor([r[2:] for r in rows if r[0] == folder]).mean(0)
        print('%-24s' % os.path.basename(os.path.normpath(folder))[-24:], *('%8.3f' % v for v in mean))


if __name__ == '__main__':
    main()
