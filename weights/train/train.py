# SPDX-FileCopyrightText: Pastiche contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Train the painter and its style encoder.

  train.py --pictures DIR|TAR (--teacher FILE | --critic16 FILE) --out DIR --minutes M [options]

What the loss network says about a content or a style is computed once a crop and kept in a pool;
each step puts `--fresh` new crops in and draws `--batch` pairs at random.  So a step costs one forward
and one backward pass of the loss network, not three and one, and each crop is met a few times with
other partners.

On a CPU that has other work, threads waiting for each other inside every convolution cost more than
they bring: there, --processes 2 (or as many as cores) share each batch and meet once a step.
"""
import argparse
import copy
import math
import os
import signal
import time
import torch
import torch.distributed as dist
import torch.nn.functional as F
import adversary
import losses
from data import Crops
from muon import Muon
from network import Conv, ModConv, Network, TAPS
from safetensors.torch import load_file
from vgg import Vgg, Vgg16x


STYLE_TERMS = 'moments', 'gram', 'sliced', 'nearest', 'coverage', 'palette'


def channels_last(x):
    return x.contiguous(memory_format=torch.channels_last)


class Pool:
    """A ring of crops with their loss-network targets."""

    def __init__(self, capacity, critic, device):
        self.capacity, self.critic, self.device = capacity, critic, device
        self.rows, self.filled, self.at = None, 0, 0

    @torch.no_grad()
    def put(self, contents, styles):
        c, s = (x.to(self.device).permute(0, 3, 1, 2) for x in (contents, styles))
        # one sample at a time would be kinder to memory; together they are faster
        fc, fs = self.critic(c.float() / 255), self.critic(s.float() / 255)
        row = [c, losses.normalised(fc[2]), losses.normalised(fc[3]), s]
        statistics = self.critic.statistics(fs)
        for mean, cov, _ in statistics:
            row += [mean, cov.to(torch.bfloat16)]
        row += [vectors for _, _, vectors in statistics]
        if self.rows is None:
            self.rows = [torch.empty((self.capacity,) + r.shape[1:], dtype=r.dtype, device=r.device,
                                     **(dict(memory_format=torch.channels_last) if r.dim() == 4 else {}))
                         for r in row]
        i = (torch.arange(len(c)) + self.at) % self.capacity
        for store, new in zip(self.rows, row):
            store[i] = new
        self.at = (self.at + len(c)) % self.capacity
        self.filled = max(self.filled, self.at) if self.filled < self.capacity else self.capacity
        if self.at < len(c) and self.filled:
            self.filled = self.capacity

    def draw(self, count, generator):
        i = torch.randint(self.filled, (count,), generator=generator)
        j = torch.randint(self.filled, (count,), generator=generator)
        content, c3, c4 = (r[i] for r in self.rows[:3])
        style, *targets = (r[j] for r in self.rows[3:])
        layers = len(targets) // 3
        return (channels_last(content.float() / 255), c3, c4, channels_last(style.float() / 255),
                list(zip(targets[:2 * layers:2], targets[1:2 * layers:2])), targets[2 * layers:])


def share(tensors, processes):
    """Replace tensors by their means over the processes, in one message."""
    if processes > 1:
        flat = torch.cat([t.detach().flatten() for t in tensors])
        dist.all_reduce(flat)
        flat /= processes
        with torch.no_grad():
            for t, new in zip(tensors, flat.split([t.numel() for t in tensors])):
                t.copy_(new.view_as(t))


def distil(network, critic, crops, steps, autocast, device):
    """Start both encoders as a small imitation of the loss network's layers 2_1, 3_1 and 4_1."""
    encoder = network.content
    widths = critic.widths()[1:]
    heads = torch.nn.ModuleList(torch.nn.Conv2d(c, w, 1) for c, w in zip(TAPS, widths)).to(device)
    optimiser = torch.optim.Adam([*encoder.parameters(), *heads.parameters()], 1e-3, betas=(.9, .99))
    for step in range(steps):
        for group in optimiser.param_groups:
            group['lr'] = 1e-3 * min(1, (step + 1) / 50) * (1 - .9 * step / steps)
        contents, styles = next(crops)
        x = channels_last(torch.cat([contents, styles]).to(device).permute(0, 3, 1, 2).float() / 255)
        with torch.no_grad():
            targets = [t.float() / t.float().square().mean().sqrt() for t in critic(x)[1:]]
        with autocast():
            outs = [h(t) for h, t in zip(heads, encoder(x))]
        loss = sum(F.mse_loss(o.float(), t) for o, t in zip(outs, targets))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 100 == 99 and (not dist.is_initialized() or dist.get_rank() == 0):
            print(f'distil {step + 1} {loss.item():.3f}', flush=True)
    network.style.load_state_dict(encoder.state_dict())


def options():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--pictures', required=True)
    ap.add_argument('--teacher', help='VGG-19 weights')
    ap.add_argument('--critic16', help='use this compressed copy instead')
    ap.add_argument('--out', required=True)
    ap.add_argument('--resume', help='checkpoint to start from; the optimiser starts afresh unless --keep-optimiser')
    ap.add_argument('--keep-optimiser', action='store_true')
    ap.add_argument('--start', help='model file, or file of revive.py, to start from')
    ap.add_argument('--freeze-style', action='store_true', help='the style encoder to its last tap stays as it is')
    ap.add_argument('--style-pace', type=float, default=1., help='share of the rate that the style encoder to its last tap learns at')
    ap.add_argument('--minutes', type=float, required=True, help='the learning rate reaches its end then')
    ap.add_argument('--distil', type=int, default=0, help='steps')
    ap.add_argument('--batch', type=int, default=8)
    ap.add_argument('--fresh', type=int, default=2)
    ap.add_argument('--pool', type=int, default=768)
    ap.add_argument('--crop', type=int, default=160)
    ap.add_argument('--sides', type=int, nargs=2, default=(110, 200), help='of crops before they are resampled to --crop')
    ap.add_argument('--rate', type=float, default=1e-3)
    ap.add_argument('--muon', type=float, default=0., help='matrices learn by Muon at this share of the rate; 0 is Adam for all')
    ap.add_argument('--content', type=float, default=1.)
    ap.add_argument('--gram', type=float, default=42.)
    ap.add_argument('--moments', type=float, default=30.)
    ap.add_argument('--sliced', type=float, default=25.)
    ap.add_argument('--nearest', type=float, default=0.)
    ap.add_argument('--coverage', type=float, default=0.)
    ap.add_argument('--contours', type=float, default=6.)
    ap.add_argument('--unrest', type=float, default=0.)
    ap.add_argument('--palette', type=float, default=3.)
    ap.add_argument('--identity', type=float, default=6.)
    ap.add_argument('--tv', type=float, default=.1)
    ap.add_argument('--grid', type=float, default=.5)
    ap.add_argument('--parity', type=float, default=15.)
    ap.add_argument('--skips', type=float, default=0., help='share of pairs whose map at 1/4 is faded, until two thirds of the time')
    ap.add_argument('--closing', type=float, default=.3, help='weight of what keeps the channels of deep layers open')
    ap.add_argument('--adversarial', type=float, default=0., help='weight of a patch discriminator; 0 is none')
    ap.add_argument('--partial', type=float, default=.3, help='share of pairs with strength below 1')
    ap.add_argument('--ema', type=float, default=.998)
    ap.add_argument('--seed', type=int, default=0)
    ap.add_argument('--device', default='cuda' if torch.cuda.is_available() else 'cpu')
    ap.add_argument('--profile', type=int, default=0, help='stop after this many steps and say where time went')
    ap.add_argument('--processes', type=int, default=1, help='on a CPU; --batch and --fresh are of all together')
    return ap.parse_args()


def train(rank, a):
    say = (lambda *words: print(*words, flush=True)) if rank == 0 else (lambda *words: None)
    if a.processes > 1:
        torch.set_num_threads(1)
        dist.init_process_group('gloo', store=dist.FileStore(os.path.join(a.out, 'meeting'), a.processes),
                                rank=rank, world_size=a.processes)
        a.batch, a.fresh, a.pool = (n // a.processes for n in (a.batch, a.fresh, a.pool))
    torch.manual_seed(a.seed)
    device = torch.device(a.device)
    autocast = lambda: torch.autocast(device.type, torch.bfloat16)
    critic = (Vgg16x(a.critic16) if a.critic16 else Vgg(a.teacher)).to(device)

    crops = Crops(a.pictures, a.crop, a.fresh, a.seed * 100 + rank, a.sides)
    say(f'{len(crops.art)} artworks, {len(crops.photos)} photographs')
    crops = iter(torch.utils.data.DataLoader(crops, batch_size=None, num_workers=1, prefetch_factor=16))

    network = Network().to(device, memory_format=torch.channels_last)
    done, saved = 0, None
    if a.resume:
        saved = torch.load(a.resume, map_location=device, weights_only=True)
        network.load_state_dict(saved['network'])
        done = saved['step']
    elif a.start:
        start = torch.load(a.start, map_location=device, weights_only=True)['ema'] if a.start.endswith('.pt') else load_file(a.start)
        new = network.load_state_dict({k: v.float() for k, v in start.items()}, strict=False)
        say('not in', a.start, *new.missing_keys)
    elif a.distil:
        distil(network, critic, crops, a.distil, autocast, device)
        share(list(network.parameters()), a.processes)
    judge = adversary.Discriminator(critic.widths()).to(device) if a.adversarial else None
    share(list(network.parameters()), a.processes)
    average = copy.deepcopy(network).requires_grad_(False)
    if saved:
        average.load_state_dict(saved['ema'])
    if a.freeze_style:
        network.style.requires_grad_(False)
    parameters = [p for p in network.parameters() if p.requires_grad]
    # the first and the last convolutions see colours, not features: Adam, as for what is no matrix
    ends = {network.style.conv1.weight, network.content.conv1.weight, network.last.weight}
    matrices = [p for p in parameters if p.dim() > 1 and p not in ends] if a.muon else []
    rest = [p for p in parameters if not any(p is m for m in matrices)]
    # biases of convolutions that run ahead close channels for ever (revive.py)
    biases = [m.bias for m in network.modules() if isinstance(m, Conv) and m.bias.requires_grad]
    # gains say how much a layer counts, and would need thousands of steps for it
    gains = [m.gain for m in network.modules() if isinstance(m, ModConv)]
    rest = [p for p in rest if not any(p is q for q in biases + gains)]
    def groups(these, pace):
        of_style = {id(p) for p in network.style.parameters()}
        parts = [p for p in these if id(p) not in of_style], [p for p in these if id(p) in of_style]
        return [dict(params=part, pace=pace * share) for part, share in zip(parts, (1., a.style_pace)) if part]

    optimisers = [torch.optim.Adam(groups(rest, 1.) + groups(biases, .2) + groups(gains, 4.), a.rate, betas=(.9, .99), fused=True)]
    if matrices:
        optimisers.append(Muon(groups(matrices, a.muon), a.rate))
    if saved and a.keep_optimiser:
        for o, state in zip(optimisers, saved['optimisers']):
            o.load_state_dict(state)

    if judge:
        share(list(judge.parameters()), a.processes)
        learning = torch.optim.Adam(judge.parameters(), 4 * a.rate, betas=(.5, .99))
        if saved and saved.get('judge'):
            judge.load_state_dict(saved['judge'])

    def save(name):
        path = os.path.join(a.out, name)
        torch.save(dict(network=network.state_dict(), ema=average.state_dict(),
                        judge=judge.state_dict() if judge else None,
                        optimisers=[o.state_dict() for o in optimisers], step=done + step, options=vars(a)), path + '.new')
        os.replace(path + '.new', path)

    pool = Pool(a.pool, critic, device)
    generator = torch.Generator().manual_seed(a.seed * 100 + 50 + rank)
    # at first the pool is filled faster, so that the first batches are not all alike
    while pool.filled < min(a.pool, 16 * a.batch):
        pool.put(*next(crops))

    warm_up = 30 if a.keep_optimiser else 100
    clock = time.perf_counter
    start = last = clock()
    progress = torch.zeros(1)
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(1))     # ends as if time were up
    step, sums, spent, mark, skipped = 0, {}, {}, clock(), 0

    def lap(name):
        nonlocal mark
        if a.profile:
            now = clock()
            spent[name] = spent.get(name, 0) + now - mark
            mark = now

    while progress < 1 and not (a.profile and step >= a.profile):
        rate = a.rate * min(1, (step + 1) / warm_up) * (.01 + .99 * .5 * (1 + math.cos(math.pi * progress.item())))
        for o in optimisers:
            for group in o.param_groups:
                group['lr'] = rate * group['pace']
        mark = clock()
        fresh = next(crops)
        lap('load')
        pool.put(*fresh)
        lap('targets')
        content, c3, c4, style, targets, vectors = pool.draw(a.batch, generator)
        # strength of each pair; the first two may be identities: strength 0, or the content as style
        strength = torch.ones(a.batch, 1)
        partial = torch.rand(a.batch, generator=generator) < a.partial
        strength[partial] = torch.rand(int(partial.sum()), 1, generator=generator)
        same = torch.zeros(a.batch)
        chance = torch.rand(2, generator=generator) * 8 / a.batch
        if chance[0] < .4:
            strength[0], same[0] = 0, 1
        if chance[1] < .25:
            strength[1], same[1] = 1, 1
            style[1] = content[1]
        strength, same = strength.to(device), same.to(device)
        weight = strength[:, 0] * (1 - same)
        lap('draw')

        network.skips = a.skips if progress < 2 / 3 else 0.
        with autocast():
            known = network.encode(style)
            y = network.paint(content, known, strength)
        lap('forward')
        features = critic(y)
        lap('critic')
        statistics = critic.statistics(features)
        moments, gram = losses.style_terms(statistics, targets)
        found = [v for *_, v in statistics]
        if judge:
            # where the style is weak or none there is nothing to tell
            counts, code = (weight > .5).float(), known[0].detach().float()
            verdict = adversary.loss_of_judge(judge(vectors, vectors, code),
                                              judge([v.detach() for v in found], vectors, code), counts)
            judge.zero_grad(set_to_none=True)
            verdict.backward()
            share([p.grad for p in judge.parameters()], a.processes)
            learning.step()
            judge.requires_grad_(False)
            adversarial = (adversary.loss_of_painter(judge(found, vectors, code)) * counts).mean()
            judge.requires_grad_(True)
            lap('judge')
        nearest, coverage = losses.nearest(found, vectors, (None, None, c3, c4)) if a.nearest else (torch.zeros(()),) * 2
        terms = dict(
            content=(losses.content_distance(features[3], c4) + .5 * losses.content_distance(features[2], c3)).mean(),
            moments=(moments * weight).mean(),
            gram=(gram * weight).mean(),
            sliced=(losses.sliced(found, vectors) * weight).mean(),
            nearest=(nearest * weight).mean(),
            coverage=(coverage * weight).mean(),
            contours=losses.contours(y, content).mean(),
            unrest=losses.unrest(y, content).mean(),
            palette=(losses.palette(y, style) * weight).mean(),
            identity=((y - content).abs().mean((1, 2, 3)) * same).mean(),
            tv=losses.total_variation(y).mean(),
            grid=losses.grid(y).mean(),
            parity=losses.parity(y).mean(),
            closing=sum(m.closing() for m in network.watched))
        if judge:
            terms['adversarial'] = adversarial
        loss = sum(getattr(a, k) * v for k, v in terms.items()) + 2 * losses.out_of_range(y).mean()
        lap('losses')
        network.zero_grad(set_to_none=True)
        loss.backward()
        lap('backward')
        # the clock goes along with the gradients, so that all agree when to stop
        progress[0] = 1e6 if stop else (clock() - start) / (60 * a.minutes)
        share([p.grad for p in parameters] + [progress], a.processes)
        lap('share')
        norm = torch.nn.utils.clip_grad_norm_(parameters, 5., foreach=True)
        skipped = 0 if torch.isfinite(norm) else skipped + 1
        if not skipped:
            for o in optimisers:
                o.step()
        elif skipped == 20:
            raise SystemExit(f'step {done + step}: for 20 steps the gradient is not finite: '
                             + ' '.join(f'{k} {float(v):.3g}' for k, v in terms.items()))
        step += 1
        decay = min(a.ema, (step + 1) / (step + 10)) if not saved else a.ema
        with torch.no_grad():
            torch._foreach_lerp_(list(average.parameters()), list(network.parameters()), 1 - decay)
        lap('step')

        # figures per styled pair at full strength, so that runs compare
        styled = float(weight.sum()) / a.batch
        for k, v in terms.items():
            sums[k] = sums.get(k, 0) + float(v.detach()) / (max(styled, .1) if k in STYLE_TERMS else 1)
        if judge:
            sums['verdict'] = sums.get('verdict', 0) + float(verdict.detach())
        sums['norm'] = sums.get('norm', 0) + min(float(norm), 100)
        if step % 50 == 0:
            say(f'{done + step} {clock() - start:.0f}s rate {rate:.1e} '
                + ' '.join(f'{k} {v / 50:.4f}' for k, v in sums.items()))
            sums = {}
        if rank == 0 and clock() - last > 300:
            save('checkpoint.pt')
            last = clock()
    if a.profile:
        say({k: round(1000 * v / step) for k, v in spent.items()}, 'ms a step')
        return
    if rank == 0:
        save('checkpoint.pt')
    say('done', done + step)


def main():
    a = options()
    os.makedirs(a.out, exist_ok=True)
    if a.processes > 1:
        if os.path.exists(os.path.join(a.out, 'meeting')):
            os.remove(os.path.join(a.out, 'meeting'))
        together = torch.multiprocessing.spawn(train, (a,), a.processes, join=False)
        signal.signal(signal.SIGTERM, lambda *_: [os.kill(p, signal.SIGTERM) for p in together.pids()])
        while not together.join():
            pass
    else:
        train(0, a)


if __name__ == '__main__':
    main()
