# SPDX-FileCopyrightText: Pastiche contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Distil VGG-19 into the critic, the small loss network that Refine optimises pictures with.

  critic.py --pictures PICTURES --teacher vgg19.safetensors --out runs/critic [--minutes 60]
            [--resume | --start critic.safetensors]
  critic.py … --measure            correlations with the teacher, on pictures that were not trained on
  critic.py … --export critic.safetensors

The student has the teacher's shape to conv4_1 with about a quarter of its channels, and pools by means.  It starts as the
teacher itself: in each layer the channels from which the others are best predicted, its weights fitted
by least squares to what the student's own layer below offers.  Then everything is trained together.

Each tap has a linear head to the teacher's features.  The heads stay behind: what is exported is the
tap turned by a square matrix R with R'R = H'H, so that distances, means and Gram matrices of the turned
tap are those of the predicted VGG features, at a quarter of the channels.
"""
import argparse
import json
import math
import os
import random
import time
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import load_file
import data
import export
import losses
import vgg
from muon import Muon

LAYERS = ('1_1', '1_2', '2_1', '2_2', '3_1', '3_2', '3_3', '3_4', '4_1')
WIDTHS = (16, 24, 40, 40, 80, 80, 80, 80, 160)
TAPS = ('1_1', '2_1', '3_1', '4_1')
SIDES = 72, 256                                # of crops before they are resampled
SHIFT = -.45                                   # about the mean of a picture; the padding is zeros after it


def before(layer):
    """Whether the map is halved before this layer."""
    return layer.endswith('_1') and layer != '1_1'


class Teacher(vgg.Vgg):
    def layers(self, x):
        y, out = (x - self.mean).to(self.dtype, memory_format=torch.channels_last), {}
        for layer in LAYERS:
            y = F.relu(self.conv(F.max_pool2d(y, 2) if before(layer) else y, 'conv' + layer))
            out[layer] = y
        return out


class Student(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.head, width = nn.ModuleDict(), nn.ModuleDict(), 3
        for layer, to in zip(LAYERS, WIDTHS):
            self.conv[layer] = nn.Conv2d(width, to, 3, padding=1)
            width = to
            if layer in TAPS:
                self.head[layer] = nn.Linear(to, (64, 128, 256, 512)[int(layer[0]) - 1])
        self.to(memory_format=torch.channels_last)

    def layers(self, x):
        y, out = (x + SHIFT).contiguous(memory_format=torch.channels_last), {}
        for layer in LAYERS:
            y = F.relu(self.conv[layer](F.avg_pool2d(y, 2) if before(layer) else y))
            out[layer] = y
        return out


# ---- Pictures ------------------------------------------------------------------------------------

def read(pictures, held=60, seed=5):
    """-> (train, held out): uint8 h w 3, art and photographs, the same split every time."""
    art, photos, _ = data.read(pictures)
    rng = random.Random(seed)
    both = art + photos
    rng.shuffle(both)
    return both[held:], both[:held]


def batch(pictures, count, size, rng, noise=True):
    """n 3 h w in 0..1.  Refine also shows the critic what is no picture yet: blends and noise."""
    x = torch.stack([data.crop(rng.choice(pictures), size, SIDES, rng, rng.random() < .5) for _ in range(count)])
    x = x.permute(0, 3, 1, 2).float() / 255
    for i in range(count if noise else 0):
        kind = rng.random()
        if kind < .15:
            x[i] = (x[i] + rng.uniform(.02, .25) * torch.randn(x[i].shape)).clamp(0, 1)
        elif kind < .3:
            x[i] = torch.lerp(x[i], x[(i + 1) % count], rng.uniform(.2, .8))
    return x


# ---- The start: channels of the teacher ------------------------------------------------------------

def choose(cov, count):
    """The `count` channels from which all are best predicted: greedy, by what each explains of the rest."""
    left, chosen = cov.clone(), []
    for _ in range(count):
        gain = left.square().sum(0) / left.diagonal().clamp(min=1e-6)
        gain[chosen] = -1
        best = int(gain.argmax())
        chosen.append(best)
        left = left - torch.outer(left[best], left[best]) / left[best, best].clamp(min=1e-6)
    return chosen


def solve(a, b):
    """Least squares with a little ridge: x with a x = b, a and b from sums of products."""
    ridge = 1e-4 * a.diagonal().mean() + 1e-8
    return torch.linalg.solve(a + ridge * torch.eye(len(a)), b)


def columns(y):
    """3 x 3 patches and a one: pixels x (9 c + 1)."""
    p = F.unfold(y, 3, padding=1).transpose(1, 2).flatten(0, 1)
    return torch.cat([p, torch.ones(len(p), 1)], 1)


@torch.no_grad()
def start(student, teacher, pictures, say):
    rng = random.Random(1)
    batches = [batch(pictures, 4, 96, rng) for _ in range(16)]
    targets = [teacher.layers(x) for x in batches]
    current = [x + SHIFT for x in batches]
    for layer, width in zip(LAYERS, WIDTHS):
        z = torch.cat([t[layer].float().permute(0, 2, 3, 1).flatten(0, 2) for t in targets])
        z = z[torch.randperm(len(z))[:40000]]
        chosen = choose(torch.cov(z.T), width)
        conv = student.conv[layer]
        a = b = 0
        for i, t in enumerate(targets):
            if before(layer):
                current[i] = F.avg_pool2d(current[i], 2)
            p = columns(current[i])
            # what the teacher has before its ReLU, so that the fit is linear
            below = t[LAYERS[LAYERS.index(layer) - 1]] if layer != '1_1' else None
            if below is None:
                below = (batches[i] - teacher.mean).to(teacher.dtype)
            below = F.max_pool2d(below, 2) if before(layer) else below
            pre = teacher.conv(below, 'conv' + layer)[:, chosen].float().permute(0, 2, 3, 1).flatten(0, 2)
            # far below zero it does not matter how far
            pre = pre.clamp(min=-pre.std().item())
            pick = torch.randperm(len(p))[:3000]
            a, b = a + p[pick].T @ p[pick], b + p[pick].T @ pre[pick]
        w = solve(a, b).T                      # width x (9 c + 1)
        scale = 1 / z[:, chosen].std(0).clamp(min=1e-3)
        w = w * scale[:, None]                 # the student's maps have deviation 1
        conv.weight.copy_(w[:, :-1].reshape(conv.weight.shape))
        conv.bias.copy_(w[:, -1])
        current = [F.relu(conv(y)) for y in current]
        if layer in TAPS:
            fit_head(student.head[layer], current, [t[layer] for t in targets], say, layer)


def fit_head(head, maps, targets, say, layer):
    s = torch.cat([y.permute(0, 2, 3, 1).flatten(0, 2) for y in maps])
    z = torch.cat([t.float().permute(0, 2, 3, 1).flatten(0, 2) for t in targets])
    one = torch.cat([s, torch.ones(len(s), 1)], 1)
    h = solve(one.T @ one, one.T @ z)
    head.weight.copy_(h[:-1].T)
    head.bias.copy_(h[-1])
    say(f'start {layer}: explains {1 - (one @ h - z).square().sum() / (z - z.mean(0)).square().sum():.4f}')


@torch.no_grad()
def start_from(path, student, teacher, pictures, say):
    """From a model file, which has no heads: they are fitted anew."""
    tensors = load_file(path)
    for layer in LAYERS:
        student.conv[layer].weight.copy_(tensors[f'conv{layer}.weight'])
        student.conv[layer].bias.copy_(tensors[f'conv{layer}.bias'])
    rng = random.Random(1)
    batches = [batch(pictures, 4, 96, rng) for _ in range(16)]
    maps, targets = [student.layers(x) for x in batches], [teacher.layers(x) for x in batches]
    for layer in TAPS:
        fit_head(student.head[layer], [m[layer] for m in maps], [t[layer] for t in targets], say, layer)


# ---- Training --------------------------------------------------------------------------------------

def turned(student, layer, f):
    """Means and centred Gram of the predicted features, without making them: through the head."""
    mean, cov, vectors = losses.statistics(f)
    w = student.head[layer].weight
    return mean @ w.T + student.head[layer].bias, w @ cov @ w.T, vectors


def terms(student, out, target):
    total = dict(features=0, each=0, gram=0, moments=0)
    for layer in TAPS:
        z = target[layer].float()
        p = student.head[layer](out[layer].permute(0, 2, 3, 1)).permute(0, 3, 1, 2).float()
        var = (z - z.mean((2, 3), keepdim=True)).square().mean((0, 2, 3))
        error = (p - z).square().mean((0, 2, 3))
        total['features'] += error.sum() / var.sum()
        total['each'] += (error / (var + .05 * var.mean())).mean()
        stats = [turned(student, layer, out[layer])]
        with torch.no_grad():
            aims = [losses.statistics(target[layer])[:2]]
        moments, gram = losses.style_terms(stats, aims)
        total['gram'] += gram.mean()
        total['moments'] += moments.mean()
    return total


def train(a, student, teacher, pictures, say):
    # as in train.py: matrices by Muon, but for the first, which sees colours, and the heads
    matrices = [student.conv[layer].weight for layer in LAYERS[1:]]
    rest = [p for p in student.parameters() if not any(p is m for m in matrices)]
    optimisers = [torch.optim.Adam(rest, a.rate, betas=(.9, .99)), Muon(matrices, a.rate)]
    average = Student()
    average.load_state_dict(student.state_dict())
    path, done = os.path.join(a.out, 'checkpoint.pt'), 0
    if a.resume and os.path.exists(path):
        saved = torch.load(path, map_location='cpu', weights_only=True)
        student.load_state_dict(saved['student'])
        average.load_state_dict(saved['ema'])
        for optimiser, state in zip(optimisers, saved['optimisers']):
            optimiser.load_state_dict(state)
        done = saved['step']
    elif not a.resume:
        if a.start:
            start_from(a.start, student, teacher, pictures, say)
        else:
            start(student, teacher, pictures, say)
        average.load_state_dict(student.state_dict())

    def save():
        torch.save(dict(student=student.state_dict(), ema=average.state_dict(),
                        optimisers=[o.state_dict() for o in optimisers], step=done + step), path + '.new')
        os.replace(path + '.new', path)

    rng = random.Random(100 + done)
    begin = last = time.monotonic()
    step, sums = 0, {}
    save()
    while (elapsed := (time.monotonic() - begin) / 60 / a.minutes) < 1:
        for group in [g for o in optimisers for g in o.param_groups]:
            group['lr'] = a.rate * min(1, (step + 1) / 100) * (.02 + .98 * .5 * (1 + math.cos(math.pi * elapsed)))
        x = batch(pictures, a.batch, a.size, rng)
        with torch.no_grad():
            target = teacher.layers(x)
        with torch.autocast('cpu', torch.bfloat16):
            out = student.layers(x)
            found = terms(student, out, target)
        loss = found['features'] + .5 * found['each'] + found['gram'] + found['moments']
        student.zero_grad(set_to_none=True)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(student.parameters(), 2.)
        if torch.isfinite(norm):
            for optimiser in optimisers:
                optimiser.step()
        step += 1
        decay = min(.998, (step + 1) / (step + 10))
        with torch.no_grad():
            torch._foreach_lerp_(list(average.parameters()), list(student.parameters()), 1 - decay)
        for k, v in found.items():
            sums[k] = sums.get(k, 0) + float(v) / 4
        if step % 25 == 0:
            say(f'{done + step} {(time.monotonic() - begin):.0f}s '
                + ' '.join(f'{k} {v / 25:.4f}' for k, v in sums.items()))
            sums = {}
        if time.monotonic() - last > 300:
            save()
            last = time.monotonic()
    save()


# ---- Measuring -------------------------------------------------------------------------------------

def pearson(a, b):
    a, b = a.flatten().double(), b.flatten().double()
    a, b = a - a.mean(), b - b.mean()
    return float((a @ b) / (a.norm() * b.norm()))


def rank(v):
    return torch.tensor(v).argsort().argsort().double()


def measure(student, teacher, pictures, say, pairs):
    """Features; values of the losses over pairs; direction of their gradients in the picture."""
    rng = random.Random(9)
    values = {k: ([], []) for k in ('gram', 'moments', 'content')}
    cosine = {k: [] for k in values}
    features = {layer: [] for layer in TAPS}
    for _ in range(pairs):
        x, s = batch(pictures, 1, 160, rng), batch(pictures, 1, 160, rng, False)
        c = batch(pictures, 1, 160, rng, False)
        x = torch.lerp(x, c, .5).requires_grad_(True)
        per = []
        for net in (teacher, student):
            def taps(p):
                out = net.layers(p)
                if net is teacher:
                    return [out[k].float() for k in TAPS]
                return [net.head[k](out[k].permute(0, 2, 3, 1)).permute(0, 3, 1, 2) for k in TAPS]
            f = taps(x)
            with torch.no_grad():
                aims, content = [losses.statistics(q)[:2] for q in taps(s)], taps(c)
            moments, gram = losses.style_terms([losses.statistics(q) for q in f], aims)
            found = dict(gram=gram, moments=moments, content=losses.balanced(f[3], content[3]))
            grads = {k: torch.autograd.grad(v.sum(), x, retain_graph=True)[0].float() for k, v in found.items()}
            per.append(grads)
            for k, v in found.items():
                values[k][net is student].append(float(v.detach()))
            if net is teacher:
                true = [q.detach() for q in f]
            else:
                for layer, p, q in zip(TAPS, f, true):
                    features[layer].append(pearson(p.detach(), q))
        for k in cosine:
            # as a picture sees them: averaged over 2 x 2 px
            p, q = (F.avg_pool2d(g[k], 2).flatten() for g in per)
            cosine[k].append(float(F.cosine_similarity(p, q, dim=0)))
    for layer in TAPS:
        say(f'relu{layer}: correlation {np.mean(features[layer]):.4f}')
    for k, (p, q) in values.items():
        say(f'{k}: correlation {pearson(torch.tensor(p), torch.tensor(q)):.4f}'
            f' of ranks {pearson(rank(p), rank(q)):.4f}; gradients cosine {np.mean(cosine[k]):.4f}')


# ---- Export ----------------------------------------------------------------------------------------

def turn(head):
    """R, square, with R'R = H'H."""
    _, s, v = torch.linalg.svd(head.weight.double(), full_matrices=False)
    return v.T @ torch.diag(s) @ v


def graph():
    nodes = [dict(name='input', op='scale_shift', inputs=['picture'], scale=1.0, shift=SHIFT)]
    base = 'input'                             # what the next layer builds on: not a turned tap
    for layer in LAYERS:
        if before(layer):
            nodes.append(dict(name=f'pool{int(layer[0]) - 1}', op='avgpool', inputs=[base], kernel=2, stride=2, pad=0))
            base = nodes[-1]['name']
        name = ('conv' if layer in TAPS else 'relu') + layer
        nodes.append(dict(name=name, op='conv2d', inputs=[base], weight=f'conv{layer}.weight',
                          bias=f'conv{layer}.bias', stride=1, padding='zero', relu=True))
        base = name
        if layer in TAPS:
            nodes.append(dict(name='relu' + layer, op='conv2d', inputs=[base], weight=f'tap{layer}.weight',
                              bias=f'tap{layer}.bias', stride=1, padding='zero', relu=False))
    return dict(inputs=[dict(name='picture', kind='map', channels=3)], nodes=nodes,
                outputs=['relu' + k for k in TAPS])


@torch.no_grad()
def write(student, path, version, recipe):
    tensors = {}
    for layer in LAYERS:
        tensors[f'conv{layer}.weight'] = student.conv[layer].weight
        tensors[f'conv{layer}.bias'] = student.conv[layer].bias
        if layer in TAPS:
            r = turn(student.head[layer]).float()
            r = r / r.square().sum().sqrt() * math.sqrt(len(r))   # losses are scale-free; keep to float16
            tensors[f'tap{layer}.weight'] = r[:, :, None, None]
            tensors[f'tap{layer}.bias'] = torch.zeros(len(r))
    export.write(path, tensors, dict(
        format='pastiche-1', name='critic', version=version, licence='CC-BY-4.0', recipe=recipe,
        credit='Distilled from VGG-19 by Karen Simonyan and Andrew Zisserman (2014), CC BY 4.0, on '
               'public-domain art and freely licensed photographs, listed in weights/train/pictures.tsv.',
        graphs=json.dumps(dict(features=graph()), separators=(',', ':'))))


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--pictures', required=True)
    ap.add_argument('--teacher', required=True)
    ap.add_argument('--out', required=True)
    ap.add_argument('--minutes', type=float, default=60)
    ap.add_argument('--rate', type=float, default=1e-3)
    ap.add_argument('--batch', type=int, default=4)
    ap.add_argument('--size', type=int, default=144)
    ap.add_argument('--resume', action='store_true')
    ap.add_argument('--start', help='model file to start from')
    ap.add_argument('--measure', action='store_true')
    ap.add_argument('--pairs', type=int, default=40, help='of --measure')
    ap.add_argument('--export', metavar='FILE')
    ap.add_argument('--version', default='0.1.0')
    ap.add_argument('--recipe', default='')
    a = ap.parse_args()
    torch.manual_seed(0)
    os.makedirs(a.out, exist_ok=True)
    log = open(os.path.join(a.out, 'log.txt'), 'a')

    def say(*words):
        print(*words, flush=True)
        print(*words, file=log, flush=True)

    student = Student()
    if a.measure or a.export:
        saved = torch.load(os.path.join(a.out, 'checkpoint.pt'), map_location='cpu', weights_only=True)
        student.load_state_dict(saved['ema'])
        student.eval()
        if a.export:
            write(student, a.export, a.version, a.recipe or f'{saved["step"]} steps of weights/train/critic.py')
            return
    trained, kept = read(a.pictures)
    if a.measure:
        measure(student, Teacher(a.teacher), kept, say, a.pairs)
        return
    train(a, student, Teacher(a.teacher), trained, say)


if __name__ == '__main__':
    main()
