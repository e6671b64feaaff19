# SPDX-FileCopyrightText: Pastiche contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a model file (*.safetensors) in float32 by its own graph, as the C engine does.

This is a second, plain implementation of every operation: it knows nothing of network.py, so it
checks the export, and it is what stylize.py, score.py's pictures and the reference files come from.
"""
import json
import torch
import torch.nn.functional as F
from safetensors import safe_open

EPS = 1e-5


def extended(size):
    """The side of a picture after extension: a multiple of 16, at least 32."""
    return max(32, (size + 15) // 16 * 16)


def reflected(size, to):
    """Source index of each of `to` positions: period 2(n-1); a single pixel repeats."""
    if size == 1:
        return torch.zeros(to, dtype=torch.long)
    i = torch.arange(to) % (2 * (size - 1))
    return torch.where(i < size, i, 2 * (size - 1) - i)


def extend(picture):
    """(c h w) -> extended (1 c H W) and its pixel weights (1 1 H W): 1 inside, 0 in the extension."""
    h, w = picture.shape[1:]
    big = picture[:, reflected(h, extended(h))][:, :, reflected(w, extended(w))]
    weights = torch.zeros(1, 1, *big.shape[1:])
    weights[:, :, :h, :w] = 1
    return big[None], weights


def conv(x, weight, bias, node):
    pad = weight.shape[2] // 2
    mode = dict(reflect='reflect', replicate='replicate', zero='constant')[node['padding']]
    if pad:
        x = F.pad(x, (pad, pad, pad, pad), mode=mode)
    y = F.conv2d(x, weight, bias, node.get('stride', 1))
    return F.relu(y) if node['relu'] else y


def moments(x, weights):
    w = F.avg_pool2d(weights, weights.shape[2] // x.shape[2])
    mean = (x * w).sum((2, 3)) / w.sum()
    var = ((x - mean[..., None, None]).square() * w).sum((2, 3)) / w.sum()
    return torch.cat([mean, (var + EPS).sqrt()], 1)


def sample(x, weights, grid):
    """Single pixels at the middles of the fields of a grid over the picture, without its extension."""
    picture, unit = weights[0, 0] > 0, weights.shape[2] // x.shape[2]
    places = []
    for side in (int(picture.any(1).sum()), int(picture.any(0).sum())):
        places.append((2 * torch.arange(grid) + 1) * (-(-side // unit)) // (2 * grid))
    return x[0][:, places[0]][:, :, places[1]].flatten(1).t().reshape(1, -1)


def attention(x, moments, tokens, strength, t, n):
    """Every pixel looks at the tokens; tokens that are all 0 are none, and add nothing."""
    c, (h, w) = x.shape[1], x.shape[2:]
    tokens = tokens.reshape(-1, c)
    if not tokens.any():
        return torch.zeros_like(x)
    mean, std = moments[0].chunk(2)
    linear = lambda v, name: F.linear(v, t[n[name]], t[n[name + '_bias']])
    q = linear((x[0].flatten(1).t() - mean) / std, 'query')
    k = linear((tokens - tokens.mean(0)) / (tokens.var(0, unbiased=False) + EPS).sqrt(), 'key')
    v = linear(tokens / (tokens.square().mean() + EPS).sqrt(), 'value')
    y = strength * (q @ k.t() / q.shape[1] ** .5).softmax(1) @ v
    return y.t().reshape(1, c, h, w)


class Model:
    def __init__(self, path):
        with safe_open(path, 'pt') as f:
            self.metadata = f.metadata()
            self.tensors = {k: f.get_tensor(k).float() for k in f.keys()}
        self.graphs = json.loads(self.metadata['graphs'])

    @torch.no_grad()
    def run(self, graph, weights, **values):
        """Every node's value, by name; maps are 1 c h w, vectors 1 c."""
        t, v = self.tensors, dict(values)
        for n in self.graphs[graph]['nodes']:
            x = [v[name] for name in n['inputs']]
            op = n['op']
            if op == 'scale_shift':
                y = x[0] * n['scale'] + n['shift']
            elif op == 'unshuffle':
                y = F.pixel_unshuffle(x[0], n['factor'])
            elif op == 'shuffle':
                y = F.pixel_shuffle(x[0], n['factor'])
            elif op == 'conv2d':
                y = conv(x[0], t[n['weight']], t[n['bias']], n)
            elif op == 'modconv2d':
                s = (1 + x[2] * x[1])[0]
                w = t[n['weight']] * s[None, :, None, None]
                norm = w.square().sum((1, 2, 3), keepdim=True).add(1e-8).sqrt()
                b = t[n['bias']] + (x[2] * x[3])[0] if len(x) > 3 else t[n['bias']]
                y = conv(x[0], t[n['gain']][:, None, None, None] * w / norm, b, n)
            elif op == 'upsample':
                y = F.interpolate(x[0], scale_factor=n['factor'], mode=n['mode'])
            elif op == 'add':
                y = x[0] + x[1]
                y = F.relu(y) if n['relu'] else y
            elif op == 'moments':
                y = moments(x[0], weights)
            elif op == 'adain':
                mean, std = x[1].chunk(2, 1)
                gamma = ((1 - x[4]) * std + x[4] * x[2]).clamp(min=0)
                beta = (1 - x[4]) * mean + x[4] * x[3]
                column = lambda q: q[..., None, None]
                y = (x[0] - column(mean)) / column(std) * column(gamma) + column(beta)
            elif op == 'linear':
                y = F.linear(x[0], t[n['weight']], t[n['bias']])
                y = F.relu(y) if n['relu'] else y
            elif op == 'sample':
                y = sample(x[0], weights, n['grid'])
            elif op == 'attention':
                y = attention(*x, t, n)
            elif op == 'concat':
                y = torch.cat(x, 1)
            else:
                raise ValueError(f'unknown operation {op}')
            v[n['name']] = y
        return v

    def encode(self, style):
        """(3 h w) in 0..1 -> every node of the graph `encode`."""
        picture, weights = extend(style)
        return self.run('encode', weights, picture=picture)

    def paint(self, content, style, strength=1.):
        """(3 h w) in 0..1, what encode() made of a style -> every node of the graph `paint`."""
        picture, weights = extend(content)
        # as a style file keeps them
        vectors = {k: style[k].half().float() if k == 'tokens' else style[k]
                   for k in ('code', 'tokens') if k in style}
        return self.run('paint', weights, picture=picture, strength=torch.tensor([[float(strength)]]), **vectors)

    def __call__(self, content, style, strength=1.):
        """The finished picture: cropped and clamped."""
        result = self.paint(content, self.encode(style), strength)['result'][0]
        return result[:, :content.shape[1], :content.shape[2]].clamp(0, 1)
