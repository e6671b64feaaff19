# SPDX-FileCopyrightText: Pastiche contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Train the refiner, which gives an enlarged picture the strokes and the grain of the next finer octave.

  refiner.py --pictures PICTURES --painter ../painter.safetensors --critic ../critic.safetensors
             --out runs/refiner --minutes 40 [--resume] [--teacher vgg19.safetensors]
  refiner.py … --export ../refiner.safetensors [--version 0.1.0] [--recipe TEXT]

A step takes a content of --crop px, reduces it to half or a quarter, paints that with the frozen
painter and brings it back up, an octave at a time: enlarged along the content's outlines, as the engine
does, plus what the refiner adds.  The last octave is compared with a crop of the style at its own size,
the painter having seen the style reduced as much as the content: so an enlarged stroke is to become what
a stroke looks like from near.  What it gives, reduced again, must stay what it came from.

The loss network is the critic, or VGG-19 where --teacher is given, which takes several times as long.
"""
import argparse
import copy
import json
import math
import os
import random
import time
import torch
import torch.nn as nn
import torch.nn.functional as F
import data
import export
import losses
from muon import Muon
from network import CODE, Conv, ModConv, Network, icnr
from safetensors.torch import load_file
from vgg import Vgg

WIDTH, UNIT = 48, 4
PLANES = 7                                     # what is seen: photo, enlarged picture, noise
RADIUS, EPSILON, MOST = 4, 1e-3, 2.            # as in engine/image/paint/draft.c


# ---- The network -----------------------------------------------------------------------------------

class Refiner(nn.Module):
    """Says what is to be added to an enlarged picture; no statistics, so pieces equal the whole."""

    def __init__(self):
        super().__init__()
        self.first = Conv(PLANES * UNIT ** 2, WIDTH)
        self.mod1, self.mod2 = ModConv(WIDTH, WIDTH), ModConv(WIDTH, WIDTH, relu=False)
        self.mod3, self.mod4 = ModConv(WIDTH, WIDTH), ModConv(WIDTH, WIDTH, relu=False)
        self.last = Conv(WIDTH, 3 * UNIT ** 2, relu=False, gain=.02)
        icnr(self.last, UNIT)

    def forward(self, seen, code):
        """seen n x 7 x h x w in 0..1, code n x 256 -> n x 3 x h x w."""
        x = F.pixel_unshuffle(seen * 2 - 1, UNIT).contiguous(memory_format=torch.channels_last)
        x = self.first(x)
        x = F.relu(x + self.mod2(self.mod1(x, code, 1), code, 1))
        x = F.relu(x + self.mod4(self.mod3(x, code, 1), code, 1))
        return F.pixel_shuffle(self.last(x).float(), UNIT)


def graph():
    """The same in the engine's words."""
    nodes = []

    def node(name, op, inputs, **attributes):
        nodes.append(dict(name=name, op=op, inputs=inputs.split(), **attributes))

    def conv(name, before, relu):
        node(name, 'conv2d', before, weight=f'{name}.weight', bias=f'{name}.bias', stride=1,
             padding='reflect', relu=relu)

    def mod(name, before, relu):
        for head in ('scale', 'shift'):
            node(f'{name}_{head}', 'linear', 'code', weight=f'{name}.{head}.weight',
                 bias=f'{name}.{head}.bias', relu=False)
        node(name, 'modconv2d', f'{before} {name}_scale strength {name}_shift', weight=f'{name}.weight',
             bias=f'{name}.bias', gain=f'{name}.gain', stride=1, padding='reflect', relu=relu)

    node('signed', 'scale_shift', 'picture', scale=2, shift=-1)
    node('small', 'unshuffle', 'signed', factor=UNIT)
    conv('first', 'small', True)
    for k, before in ((1, 'first'), (3, 'sum2')):
        mod(f'mod{k}', before, True)
        mod(f'mod{k + 1}', f'mod{k}', False)
        node(f'sum{k + 1}', 'add', f'{before} mod{k + 1}', relu=True)
    conv('last', 'sum4', False)
    node('result', 'shuffle', 'last', factor=UNIT)
    return dict(inputs=[dict(name='picture', kind='map', channels=PLANES),
                        dict(name='code', kind='vector', channels=CODE),
                        dict(name='strength', kind='vector', channels=1)],
                nodes=nodes, outputs=['result'])


# ---- Octaves -----------------------------------------------------------------------------------------

def box(x):
    return F.avg_pool2d(x, 2 * RADIUS + 1, 1, RADIUS, count_include_pad=False)


def luma(x):
    return (x * torch.tensor((.299, .587, .114), device=x.device)[:, None, None]).sum(1, keepdim=True)


def reduced(x, size):
    return F.interpolate(x, size, mode='bilinear', antialias=True) if x.shape[2:] != size else x


def cubic(x, size):
    return F.interpolate(x, size, mode='bicubic', antialias=True)     # that is Catmull-Rom when it enlarges


def enlarge(picture, content):
    """`picture` at the size of `content`, along its outlines: engine/image/paint/draft.h says how."""
    size, fine = tuple(content.shape[2:]), luma(content)
    coarse = reduced(fine, tuple(picture.shape[2:]))
    mean, mean_picture = box(coarse), box(picture)
    covariance = box(coarse * picture) - mean * mean_picture
    variance = (box(coarse.square()) - mean.square()).clamp(min=0)
    gain = box((covariance / (variance + EPSILON)).clamp(-MOST, MOST))
    return (cubic(picture, size) + cubic(gain, size) * (fine - cubic(coarse, size))).clamp(0, 1)


def octave(refiner, picture, content, code):
    """One octave up: what is enlarged, and what becomes of it."""
    base = enlarge(picture, content)
    noise = torch.rand_like(base[:, :1])
    return base, base + refiner(torch.cat([content, base, noise], 1), code)


# ---- What is trained on ------------------------------------------------------------------------------

class Critic(nn.Module):
    """critic.safetensors as a loss network."""
    LAYERS = ('1_1', '1_2', '2_1', '2_2', '3_1', '3_2', '3_3', '3_4', '4_1')

    def __init__(self, path):
        super().__init__()
        for name, t in load_file(path).items():
            self.register_buffer(name.replace('.', '_'), t.to(torch.bfloat16).contiguous(
                **(dict(memory_format=torch.channels_last) if t.dim() == 4 else {})))

    def forward(self, x):
        y, taps = (x - .45).to(torch.bfloat16, memory_format=torch.channels_last), []
        for layer in self.LAYERS:
            if layer.endswith('_1') and layer != '1_1':
                y = F.max_pool2d(y, 2)
            y = F.relu(F.conv2d(y, getattr(self, f'conv{layer}_weight'), getattr(self, f'conv{layer}_bias'), padding=1))
            if layer.endswith('_1'):
                taps.append(F.conv2d(y, getattr(self, f'tap{layer}_weight'), getattr(self, f'tap{layer}_bias')))
        return taps


class Crops(torch.utils.data.IterableDataset):
    """Endless contents (crop x crop) and styles (256 x 256), uint8 h w 3."""

    def __init__(self, pictures, crop, seed):
        self.art, self.photos, _ = data.read(pictures)
        self.crop, self.seed = crop, seed

    def __iter__(self):
        rng = random.Random(self.seed)
        while True:
            # a large photo is smooth from near: some contents are small crops, enlarged
            sides = (56, 120) if rng.random() < .3 else (120, 256)
            yield (data.crop(rng.choice(self.photos), self.crop, sides, rng, False),
                   data.crop(rng.choice(self.art), 256, (200, 256), rng, True))


class Pool:
    """A ring of contents and of styles with what the painter and the loss network say of them."""

    def __init__(self, capacity, crop, painter, critic, crops):
        self.capacity, self.crop, self.painter, self.critic, self.crops = capacity, crop, painter, critic, crops
        self.contents, self.styles = [], []

    @torch.no_grad()
    def put(self):
        content, style = (x.permute(2, 0, 1)[None].float() / 255 for x in next(self.crops))
        y, x = (random.randint(0, 256 - self.crop) for _ in 'yx')
        statistics = [losses.statistics(f) for f in self.critic(style[:, :, y:y + self.crop, x:x + self.crop])]
        row = [self.painter.encode(reduced(style, (128, 128)))]
        for part in statistics:
            row += part
        at = len(self.contents) % self.capacity
        if len(self.contents) < self.capacity:
            self.contents.append(content), self.styles.append(row)
        else:
            at = random.randrange(self.capacity)
            self.contents[at], self.styles[at] = content, row

    def draw(self, count):
        content = torch.cat(random.choices(self.contents, k=count))
        code, *parts = (torch.cat(p) for p in zip(*random.choices(self.styles, k=count)))
        return content, code, [parts[i:i + 3] for i in range(0, len(parts), 3)]


# ---- The loop ----------------------------------------------------------------------------------------

def train(a):
    torch.manual_seed(a.seed), random.seed(a.seed)
    losses.LAYERS = tuple(a.layers)
    autocast = lambda: torch.autocast('cpu', torch.bfloat16)
    painter = Network()
    painter.load_state_dict({k: v.float() for k, v in load_file(a.painter).items()})
    painter.requires_grad_(False)
    critic = Vgg(a.teacher) if a.teacher else Critic(a.critic)
    refiner, path, done = Refiner(), os.path.join(a.out, 'checkpoint.pt'), 0
    average = copy.deepcopy(refiner).requires_grad_(False)
    if a.resume:
        saved = torch.load(path, weights_only=True)
        refiner.load_state_dict(saved['refiner']), average.load_state_dict(saved['ema'])
        done = saved['step']
    matrices = [p for n, p in refiner.named_parameters() if p.dim() == 4 and n != 'last.weight' and n != 'first.weight']
    rest = [p for p in refiner.parameters() if not any(p is m for m in matrices)]
    optimisers = [torch.optim.Adam(rest, a.rate, betas=(.9, .99)), Muon(matrices, a.rate)]

    def save():
        torch.save(dict(refiner=refiner.state_dict(), ema=average.state_dict(), step=done + step,
                        options=vars(a)), path + '.new')
        os.replace(path + '.new', path)

    crops = iter(torch.utils.data.DataLoader(Crops(a.pictures, a.crop, a.seed + done), batch_size=None,
                                             num_workers=1, prefetch_factor=16))
    pool = Pool(a.pool, a.crop, painter, critic, crops)
    for _ in range(4 * a.batch):
        pool.put()
    begin = last = time.monotonic()
    step, sums = 0, {}
    while (elapsed := (time.monotonic() - begin) / 60 / a.minutes) < 1:
        for o in optimisers:
            for group in o.param_groups:
                group['lr'] = a.rate * min(1, (step + 1) / 100) * (.02 + .98 * .5 * (1 + math.cos(math.pi * elapsed)))
        pool.put()
        content, code, targets = pool.draw(a.batch)
        depth = random.choice((1, 1, 2))
        sizes = [round(a.crop / 2 ** (k * random.uniform(.9, 1.1)) / 16) * 16 for k in range(depth, 0, -1)]
        with autocast():
            with torch.no_grad():
                picture = painter.paint(reduced(content, (sizes[0], sizes[0])), code, 1).float().clamp(0, 1)
                for side in sizes[1:]:
                    picture = octave(refiner, picture, reduced(content, (side, side)), code)[1].clamp(0, 1)
            base, y = octave(refiner, picture, content, code)
            features = critic(y)
            statistics = critic.statistics(features) if a.teacher else [losses.statistics(f) for f in features]
            moments, gram = losses.style_terms(statistics, [t[:2] for t in targets])
            terms = dict(
                moments=moments.mean(), gram=gram.mean(),
                sliced=losses.sliced([s[2] for s in statistics], [t[2] for t in targets]).mean(),
                contours=losses.contours(y, content).mean(),
                consistency=(reduced(y, tuple(picture.shape[2:])) - picture).abs().mean(),
                grid=losses.grid(y).mean(), parity=losses.parity(y).mean())
            loss = sum(getattr(a, k) * v for k, v in terms.items()) + 2 * losses.out_of_range(y).mean()
        for o in optimisers:
            o.zero_grad(set_to_none=True)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(refiner.parameters(), 5.)
        if torch.isfinite(norm):
            for o in optimisers:
                o.step()
        step += 1
        decay = min(a.ema, (step + 1) / (step + 10))
        with torch.no_grad():
            torch._foreach_lerp_(list(average.parameters()), list(refiner.parameters()), 1 - decay)
        for k, v in (terms | dict(norm=norm.clamp(max=100), added=(y - base).abs().mean())).items():
            sums[k] = sums.get(k, 0) + float(v)
        if step % 50 == 0:
            print(f'{done + step} {time.monotonic() - begin:.0f}s '
                  + ' '.join(f'{k} {v / 50:.4f}' for k, v in sums.items()), flush=True)
            sums = {}
        if time.monotonic() - last > 120:
            save()
            last = time.monotonic()
    save()


def write(a):
    refiner = Refiner()
    refiner.load_state_dict(torch.load(os.path.join(a.out, 'checkpoint.pt'), weights_only=True)['ema'])
    export.write(a.export, refiner.state_dict(), dict(
        format='pastiche-1', name='refiner', version=a.version, licence='CC-BY-4.0', recipe=a.recipe,
        credit=export.CREDIT, graphs=json.dumps(dict(refine=graph()), separators=(',', ':'))))


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--pictures'), ap.add_argument('--painter'), ap.add_argument('--critic')
    ap.add_argument('--teacher', help='VGG-19, in place of the critic')
    ap.add_argument('--out', required=True)
    ap.add_argument('--minutes', type=float, default=40)
    ap.add_argument('--resume', action='store_true')
    ap.add_argument('--rate', type=float, default=1.5e-3)
    ap.add_argument('--batch', type=int, default=4)
    ap.add_argument('--crop', type=int, default=160)
    ap.add_argument('--pool', type=int, default=256)
    ap.add_argument('--moments', type=float, default=20.)
    ap.add_argument('--gram', type=float, default=28.)
    ap.add_argument('--sliced', type=float, default=38.)
    ap.add_argument('--contours', type=float, default=3.)
    ap.add_argument('--consistency', type=float, default=30.)
    ap.add_argument('--grid', type=float, default=1.)
    ap.add_argument('--parity', type=float, default=15.)
    ap.add_argument('--layers', type=float, nargs=4, default=(1., 1.2, 1.2, .6), help='weights of the style terms')
    ap.add_argument('--ema', type=float, default=.995)
    ap.add_argument('--seed', type=int, default=0)
    ap.add_argument('--export', metavar='FILE')
    ap.add_argument('--version', default='0.1.0')
    ap.add_argument('--recipe', default='')
    a = ap.parse_args()
    os.makedirs(a.out, exist_ok=True)
    (write if a.export else train)(a)


if __name__ == '__main__':
    main()
