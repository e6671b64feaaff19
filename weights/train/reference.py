# SPDX-FileCopyrightText: Pastiche contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write reference activations for the engine's tests: reference-1, -2 and -3.safetensors.

  reference.py MODEL.safetensors DIR

Inputs come from a seeded generator and are multiples of 1/256.  Values are float32 but for the tokens, computed from
the model file's own (float16) weights.  Each file holds

  content, style            3 h w, before extension
  code                      256, the style code
  tokens                    float16, what attention looks at, where the model has it
  encode.NAME               the node NAME of the graph `encode`: maps as c h w of the extended
                            picture, vectors as c
  paint.NAME                the same of the graph `paint`, at strength 1
  result, result_half       3 h w at strength 1 and 0.5: cropped to the content's size, not clamped
"""
import argparse
import math
import os
import torch
from safetensors.torch import save_file
from model import Model

# content height and width, style height and width
SIZES = ((48, 32, 40, 56), (37, 51, 21, 29), (17, 64, 33, 30))
ENCODE = ('s7', 's9', 'moments')
PAINT = ('e2', 'm2', 'e5', 'm5', 'e7', 'm7', 'a2', 'a5', 'a7', 't7', 'g_sum', 'd1', 'd2_sum')


def picture(h, w, generator):
    """A gradient, a disc and noise, in steps of 1/256."""
    r = torch.rand(3, 4, generator=generator)
    y, x = torch.meshgrid(torch.linspace(0, 1, h), torch.linspace(0, 1, w), indexing='ij')
    turn = r[:, 0, None, None] * 2 * math.pi
    p = .5 + .4 * torch.sin(turn + 4 * (x * torch.cos(turn) + y * torch.sin(turn)))
    disc = ((x - r[0, 1]).square() + (y - r[1, 1]).square()) < .06
    p = torch.where(disc, r[:, 2, None, None], p) + .1 * (torch.rand(3, h, w, generator=generator) - .5)
    return (p.clamp(0, 255 / 256) * 256).round() / 256


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('model'), ap.add_argument('dir')
    a = ap.parse_args()
    torch.set_num_threads(1)
    model = Model(a.model)
    os.makedirs(a.dir, exist_ok=True)
    for number, (ch, cw, sh, sw) in enumerate(SIZES, 1):
        g = torch.Generator().manual_seed(number)
        content, style = picture(ch, cw, g), picture(sh, sw, g)
        e = model.encode(style)
        full, half = model.paint(content, e, 1), model.paint(content, e, .5)
        out = dict(content=content, style=style, code=e['code'][0])
        out.update({f'encode.{k}': e[k][0] for k in ENCODE},
                   **{f'paint.{k}': full[k][0] for k in PAINT if k in full})
        if 'tokens' in e:
            out['tokens'] = e['tokens'][0].half()
        out['result'], out['result_half'] = full['result'][0, :, :ch, :cw], half['result'][0, :, :ch, :cw]
        # the largest maps are left out of a file rather than make it large
        room, keep = 360_000, {}
        for k, t in sorted(out.items(), key=lambda kv: kv[1].numel() * (kv[0] != 'tokens')):
            if t.nbytes <= room:
                keep[k], room = t.contiguous(), room - t.nbytes
        save_file(keep, os.path.join(a.dir, f'reference-{number}.safetensors'),
                  {'model_sha256': model.metadata['data_sha256'], 'model_version': model.metadata['version']})
        print(number, {k: list(t.shape) for k, t in keep.items()})


if __name__ == '__main__':
    main()
