#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refine beside PyTorch: the same loss of the same network made small, by the same number of evaluations.

  refine.py --photo PHOTO --painting PAINTING [--critic FILE.safetensors] [--evaluations 30] [--rounds 3]

Run by a Python that has torch, numpy, Pillow and safetensors, where build/tests/bench/bench-refine runs too
(ninja -C build tests/bench/bench-refine).  The loss is that of engine/nn/optimise/loss.h, written anew; both start
from the photo, at one scale, and take turns.  Prints the losses that both come to, and after what share of
PyTorch's time ours is as far as PyTorch in the end.  With --adam both take the same steps, and ought to come
to the same loss.  --critic is what weights/train/import.py makes.
"""
import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors import safe_open

ROOT = Path(__file__).resolve().parents[2]
DEVIATION = 1e-5


# ---- The network and its loss ----------------------------------------------------------------------

class Critic:
    def __init__(self, path):
        with safe_open(path, "pt") as file:
            self.tensors = {k: file.get_tensor(k).float() for k in file.keys()}
            said = file.metadata()
        self.nodes = json.loads(said["graphs"])["features"]["nodes"]
        self.content = layers(said.get("content_layers", "relu3_1*0.5,relu4_1"))
        self.style = layers(said.get("style_layers", "relu1_1,relu2_1,relu3_1,relu4_1"))
        wanted = [n["name"] for n in self.nodes if n["name"] in {*self.content, *self.style}]
        names = [n["name"] for n in self.nodes]
        self.nodes = self.nodes[:names.index(wanted[-1]) + 1]

    def __call__(self, picture):
        t, v = self.tensors, {"picture": picture}
        for n in self.nodes:
            x, op = [v[name] for name in n["inputs"]], n["op"]
            if op == "scale_shift":
                y = x[0] * n["scale"] + n["shift"]
            elif op == "affine":
                y = x[0] * t[n["scale"]][:, None, None] + t[n["shift"]][:, None, None]
            elif op == "conv2d":
                w = t[n["weight"]]
                y = F.conv2d(x[0], w, t[n["bias"]], n["stride"],
                             tuple(k // 2 for k in w.shape[2:]) if n["padding"] == "zero" else 0)
                y = F.relu(y) if n["relu"] else y
            elif op == "maxpool":
                y = F.max_pool2d(x[0], n["kernel"], n["stride"], n["pad"])
            elif op == "avgpool":
                y = F.avg_pool2d(x[0], n["kernel"], n["stride"], n["pad"])
            else:
                raise SystemExit(f"{op}: this peer knows VGG and the critic alone")
            v[n["name"]] = y
        return v


def layers(text):
    parts = [part.partition("*") for part in text.split(",")]
    return {name: float(weight or 1) for name, _, weight in parts}


def moments(y):
    flat = y[0].flatten(1)
    mean = flat.mean(1)
    centred = flat - mean[:, None]
    return mean, centred @ centred.t() / flat.shape[1]


def normalised(y):
    mean = y.mean((2, 3), keepdim=True)
    return (y - mean) / (y.var((2, 3), keepdim=True, correction=0) + DEVIATION).sqrt()


def share(pairs):
    """Σ (now − aim)² / (Σ now² + Σ aim²), the divisor held."""
    scale = sum(float(now.detach().square().sum() + aim.square().sum()) for now, aim in pairs)
    return sum((now - aim).square().sum() for now, aim in pairs) / max(scale, 1e-6)


class Loss:
    def __init__(self, critic, photo, style, content=1., weight=20., tv=3.):
        self.critic, self.weights = critic, (content, weight, tv)
        with torch.no_grad():
            seen = critic(photo)
            self.content = {k: normalised(seen[k]) for k in critic.content}
            seen = critic(style)
            self.style = {k: moments(seen[k]) for k in critic.style}

    def __call__(self, x):
        content, weight, tv = self.weights
        seen, total = self.critic(x), 0
        for k, w in self.critic.content.items():
            total = total + content * w / sum(self.critic.content.values()) * \
                (normalised(seen[k]) - self.content[k]).square().mean()
        for k, w in self.critic.style.items():
            mean, cov = moments(seen[k])
            aim_mean, aim_cov = self.style[k]
            spread, aim_spread = ((c.diagonal() + DEVIATION).sqrt() for c in (cov, aim_cov))
            total = total + weight * w / sum(self.critic.style.values()) * (
                share([(cov, aim_cov)]) + share([(mean, aim_mean), (spread, aim_spread)]))
        total = total + tv * (x.diff(dim=2).abs().mean() + x.diff(dim=3).abs().mean())
        return total


# ---- Both optimisers -------------------------------------------------------------------------------

def theirs(loss, photo, evaluations, search):
    """[(seconds, loss)] of every evaluation by torch.optim.LBFGS."""
    x = photo.clone().requires_grad_(True)
    optimiser = torch.optim.LBFGS([x], lr=1, max_iter=evaluations, max_eval=evaluations, history_size=10,
                                  tolerance_grad=0, tolerance_change=0, line_search_fn=search)
    said, start = [], time.perf_counter()

    def closure():
        optimiser.zero_grad()
        value = loss(x)
        value.backward()
        said.append((time.perf_counter() - start, float(value)))
        return value
    optimiser.step(closure)
    return said[:evaluations]


def adam(loss, photo, evaluations):
    """The same by torch.optim.Adam as engine/nn/optimise/optimise.c goes: slower in the last third, within [0, 1]."""
    x = photo.clone().requires_grad_(True)
    optimiser = torch.optim.Adam([x], lr=.02, betas=(.9, .99), eps=1e-12)
    slower = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda n: min(1, 3 * (evaluations - n) / evaluations))
    said, start = [], time.perf_counter()
    for _ in range(evaluations):
        optimiser.zero_grad()
        value = loss(x)
        value.backward()
        said.append((time.perf_counter() - start, float(value)))
        optimiser.step()
        slower.step()
        with torch.no_grad():
            x.clamp_(0, 1)
    return said


def peers(options, loss, photo):
    """{name: [(seconds, loss)]} of PyTorch's runs."""
    n = options.evaluations
    if options.adam:
        return {"Adam": adam(loss, photo, n)}
    return {search or "no line search": theirs(loss, photo, n, search) for search in (None, "strong_wolfe")}


def ours(options, files, photo, style, evaluations):
    command = [options.bench, options.weights]
    for file, picture in zip(files, (photo, style)):
        command += [file, str(picture.shape[3]), str(picture.shape[2])]
    command += [str(evaluations), str(options.threads)]
    if options.adam:
        command.append("optimiser=adam")
    if options.critic:
        command.append(f"critic={options.critic}")
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [tuple(map(float, line.split())) for line in said.splitlines()]


def load(path, side):
    picture = Image.open(path).convert("RGB")
    k = side / max(picture.size)
    size = [max(32, round(s * k / 16) * 16) for s in picture.size]
    picture = np.asarray(picture.resize(size, Image.LANCZOS), np.float32) / 255
    return torch.from_numpy(picture).permute(2, 0, 1)[None].contiguous()


def best(said):
    """The smallest loss so far, by evaluation."""
    return np.minimum.accumulate([value for _, value in said])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photo", required=True), parser.add_argument("--painting", required=True)
    parser.add_argument("--critic", help="instead of our own")
    parser.add_argument("--weights", default=str(ROOT / "weights"))
    parser.add_argument("--bench", default=str(ROOT / "build/tests/bench/bench-refine"))
    parser.add_argument("--size", type=int, default=512), parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--evaluations", type=int, default=30), parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--adam", action="store_true", help="instead of L-BFGS")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    photo, style = load(options.photo, options.size), load(options.painting, options.size)
    loss = Loss(Critic(options.critic or f"{options.weights}/critic.safetensors"), photo, style)
    with tempfile.TemporaryDirectory() as folder:
        files = [f"{folder}/photo", f"{folder}/style"]
        for file, picture in zip(files, (photo, style)):
            picture.numpy().tofile(file)
        compare(options, loss, files, photo, style)


def told(name, run):
    print(f"{name}: {best(run)[-1]:.5g} after {len(run)} evaluations, {run[-1][0]:.2f} s")


def compare(options, loss, files, photo, style):
    """PyTorch's better line search against ours, round by round."""
    ratios, n = [], options.evaluations
    for number in range(options.rounds):
        runs = peers(options, loss, photo)
        mine = ours(options, files, photo, style, n)
        name, their = min(runs.items(), key=lambda item: best(item[1])[-1])
        if number == 0:
            print(f"at the start: ours {mine[0][1]:.7g}, PyTorch {their[0][1]:.7g}")
            for search, run in runs.items():
                told(f"PyTorch, {search}", run)
            told("ours", mine)
        reached = [seconds for (seconds, _), value in zip(mine, best(mine)) if value <= best(their)[-1]]
        ratios += [seconds / their[-1][0] for seconds in reached[:1]]
    if options.adam:
        print(f"ours comes to {best(mine)[-1] / best(their)[-1]:.3f} of PyTorch's loss")
    elif len(ratios) == options.rounds:
        print(f"as far as PyTorch ({name}) in {statistics.median(ratios):.2f} of its time")
    else:
        print(f"not as far as PyTorch ({name}) within {n} evaluations")


if __name__ == "__main__":
    sys.exit(main())
