# SPDX-FileCopyrightText: Pastiche contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The losses.  Every style term is scale-free ("balanced"): the squared distance is divided by what
the two sides hold, so no style weighs more than another.  All return one value a sample."""
import numpy as np
import torch
import torch.nn.functional as F

TINY = 1e-6

# Of relu1_1 .. relu4_1 in the style terms; they sum to the number of layers.  Colours and fine grain are
# learnt soon; the larger shapes of strokes are what a small network lacks for longest.
LAYERS = (.5, .6, 1.2, 1.7)


class Statistics(torch.autograd.Function):
    """Channel means (n c) and the centred Gram matrix (n c c) of a map, both float32, and some 1,600 of its
    vectors or all, on a grid with a random origin (n pixels c).  The gradient is written out: one matrix
    product instead of a dozen passes over the map."""

    @staticmethod
    def forward(ctx, f):
        v = f.permute(0, 2, 3, 1).flatten(1, 2)           # n hw c; a view of a channels-last map
        mean = v.mean(1, dtype=torch.float32)
        v = v - mean[:, None].to(v.dtype)
        ctx.save_for_backward(v)
        ctx.size = f.shape[2:]
        ctx.stride = max(1, f.shape[2] // 40)
        ctx.origin = torch.randint(ctx.stride, (2,)).tolist()
        return mean, (v.transpose(1, 2) @ v).float() / v.shape[1], grid_of(f, ctx).flatten(2).transpose(1, 2)

    @staticmethod
    def backward(ctx, dmean, dcov, dvectors):
        v, = ctx.saved_tensors
        n = v.shape[1]
        d = ((dcov + dcov.transpose(1, 2)) / n).to(v.dtype)
        g = torch.baddbmm((dmean[:, None] / n).to(v.dtype).expand(-1, 1, -1), v, d)
        g = g.unflatten(1, ctx.size).permute(0, 3, 1, 2)
        some = grid_of(g, ctx)
        some += dvectors.transpose(1, 2).unflatten(2, some.shape[2:])
        return g


def grid_of(f, ctx):
    return f[:, :, ctx.origin[0]::ctx.stride, ctx.origin[1]::ctx.stride]


statistics = Statistics.apply


def balanced(a, b):
    a, b = a.flatten(1), b.flatten(1).float()
    scale = (a.detach().square().sum(1) + b.square().sum(1)).clamp(min=TINY)
    return (a - b).square().sum(1) / scale


def deviation(cov):
    return (cov.diagonal(dim1=1, dim2=2).clamp(min=0) + 1e-5).sqrt()


def style_terms(statistics, targets):
    """(moments, gram): weighted means over the layers; both sides are lists of means and centred Grams."""
    moments = gram = 0
    for weight, (m, c, _), (mean, cov) in zip(LAYERS, statistics, targets):
        moments = moments + weight * balanced(torch.cat([m, deviation(c)], 1),
                                     torch.cat([mean.float(), deviation(cov.float())], 1))
        gram = gram + weight * balanced(c, cov)
    return moments / len(targets), gram / len(targets)


def normalise(f):
    v = f.permute(0, 2, 3, 1).flatten(1, 2)               # n hw c
    v = v - v.mean(1, keepdim=True, dtype=torch.float32).to(v.dtype)
    std = (torch.linalg.vector_norm(v, dim=1, keepdim=True, dtype=torch.float32).square() / v.shape[1] + 1e-2).sqrt()
    return v / std.to(v.dtype), std


def normalised(f):
    """Instance-normalised map (n hw c): what is where, whatever its colour or contrast."""
    return normalise(f)[0]


class ContentDistance(torch.autograd.Function):
    """Mean squared distance of the normalised map from a target, one value a sample."""

    @staticmethod
    def forward(ctx, f, target):
        v, std = normalise(f)
        d = v - target
        ctx.save_for_backward(v, d, std)
        ctx.size = f.shape[2:]
        return torch.linalg.vector_norm(d, dim=(1, 2), dtype=torch.float32).square() / d[0].numel()

    @staticmethod
    def backward(ctx, g):
        v, d, std = ctx.saved_tensors
        mean = d.mean(1, keepdim=True, dtype=torch.float32).to(d.dtype)
        along = (d * v).mean(1, keepdim=True, dtype=torch.float32).to(d.dtype)
        scale = (2 * g[:, None, None] / d[0].numel() / std).to(d.dtype)
        g = torch.addcmul(d - mean, v, along, value=-1).mul_(scale)
        return g.unflatten(1, ctx.size).permute(0, 3, 1, 2), None


content_distance = ContentDistance.apply


def palette(y, style, directions=16):
    """Sliced Wasserstein distance of the colours (averaged over 4 x 4 px) to the style's, as a share of
    the style's own variance: Gram matrices care little for hues."""
    d = torch.randn(directions, 3, device=y.device)
    d = d / d.norm(dim=1, keepdim=True)
    a, b = (F.avg_pool2d(x, 4).flatten(2) for x in (y, style))
    spread = b.var(2).mean(1) + 2e-3
    return ((d @ a).sort(2)[0] - (d @ b).sort(2)[0]).square().mean((1, 2)) / spread


def in_order(x):
    """Sorted along the last axis, and where each value came from.  On a CPU NumPy is many times faster."""
    if x.is_cuda:
        return x.sort()
    at = torch.from_numpy(np.argsort(x.numpy()))
    return x.gather(-1, at), at


class Sliced(torch.autograd.Function):
    """Mean distance of sorted projections of two sets of vectors (n pixels c), one value a sample, as a
    share of the second's mean absolute projection."""

    @staticmethod
    def forward(ctx, f, g, d):
        (p, at), (q, _) = (in_order((v @ d).transpose(1, 2).float().contiguous()) for v in (f, g))
        scale = q.abs().mean((1, 2)).clamp(min=1e-3)
        slope = torch.zeros_like(p).scatter_(2, at, (p - q).sign()) / (scale[:, None, None] * p[0].numel())
        ctx.save_for_backward(slope, d)
        return (p - q).abs().mean((1, 2)) / scale

    @staticmethod
    def backward(ctx, dloss):
        slope, d = ctx.saved_tensors
        return (slope * dloss[:, None, None]).to(d.dtype).transpose(1, 2) @ d.t(), None, None


def sliced(a, b, directions=32):
    """Sliced Wasserstein-1 distance of feature vectors (Heitz et al. 2021) along directions drawn anew each
    time, the weighted mean over the layers.  Both sides are lists of n pixels c, with as many pixels."""
    total = 0
    for weight, f, g in zip(LAYERS, a, b):
        d = torch.randn(f.shape[2], directions, device=f.device)
        total = total + weight * Sliced.apply(f, g, (d / d.norm(dim=0)).to(f.dtype))
    return total / len(a)


def nearest(a, b, contents):
    """Two terms, weighted means over the layers.  One is the mean of 1 - cos of the angles between vectors and
    those of the style's that they resemble most, from the style's means (Kolkin et al. 2022): what becomes of a
    sky is some part of the style, and not the mean of all.  The other is the same with the roles changed
    (Kolkin, Salavon and Shakhnarovich 2019, eq. 3): whatever the style has should be found somewhere.  All are
    lists of n pixels c; contents, the content's normalised vectors at the same places or None, have as much of a say
    in what resembles what in the first."""
    total = found = 0
    for weight, f, g, c in zip(LAYERS, a, b, contents):
        mean = g.mean(1, keepdim=True)
        unit = F.normalize((g - mean).float(), dim=2).to(g.dtype)
        with torch.no_grad():
            like = F.normalize(f - f.mean(1, keepdim=True), dim=2) @ unit.transpose(1, 2)
            place = like.argmax(1)[..., None].expand(-1, -1, f.shape[2])
            if c is not None:
                own = F.normalize((g - mean) / (g.std(1, keepdim=True) + .1), dim=2)
                like = like + F.normalize(c, dim=2) @ own.transpose(1, 2)
            match = like.argmax(2, keepdim=True).expand(-1, -1, g.shape[2])
        total = total + weight * (1 - F.cosine_similarity((f - mean).float(), unit.gather(1, match).float(), dim=2).mean(1))
        found = found + weight * (1 - F.cosine_similarity((f.gather(1, place) - mean).float(), unit.float(), dim=2).mean(1))
    return total / sum(LAYERS), found / sum(LAYERS)


def gradient_magnitudes(x):
    """Of the luminance, at 1/2 and 1/4 of the size, centred and scaled to unit norm: n values."""
    y, out = x.float().mean(1, keepdim=True), []
    for _ in range(2):
        y = F.avg_pool2d(y, 2)
        dx, dy = y[..., 1:, 1:] - y[..., 1:, :-1], y[..., 1:, 1:] - y[..., :-1, 1:]
        g = (dx.square() + dy.square() + 1e-5).sqrt().flatten(1)
        g = g - g.mean(1, keepdim=True)
        out.append(g / (g.norm(dim=1, keepdim=True) + 1e-3) / 2 ** .5)
    return torch.cat(out, 1)


def contours(y, content):
    """How little the outlines of the picture are where the content's are: 1 - correlation."""
    return 1 - (gradient_magnitudes(y) * gradient_magnitudes(content)).sum(1)


def steps_of(x, far):
    """Differences of neighbours `far` cells apart along both axes."""
    return x[..., far:] - x[..., :-far], x[..., far:, :] - x[..., :-far, :]


def unrest(y, content, even=.04):
    """How much the colours of places of 8 and 16 px differ where the content is even there: patches in a
    sky, which Gram matrices and palettes invite.  Strokes finer than that are free."""
    total = 0
    for cell, far in ((8, 1), (8, 2), (16, 1)):
        a, b = F.avg_pool2d(y, cell), F.avg_pool2d(content, cell)
        for d, e in zip(steps_of(a, far), steps_of(b, far)):
            weight = torch.exp(-e.square().sum(1) / even ** 2)
            total = total + ((d.square().sum(1) + 1e-4).sqrt() * weight).mean((1, 2))
    return total / 6


def total_variation(y):
    return (y[..., 1:] - y[..., :-1]).abs().mean((1, 2, 3)) + (y[:, :, 1:] - y[:, :, :-1]).abs().mean((1, 2, 3))


def out_of_range(y):
    return (F.relu(-y) + F.relu(y - 1)).mean((1, 2, 3))


def grid(y):
    """Energy at periods of 2, 4 and 8 pixels beyond that of the neighbouring periods, both axes (log
    ratio): the mark of pixel-shuffle and of nearest-neighbour enlargement.  Square pictures only."""
    gray = y.mean(1)
    gray = gray - gray.mean((1, 2), keepdim=True)
    energy = torch.view_as_real(torch.fft.fft2(gray)).square().sum(3)
    size, total = gray.shape[1], 0
    floor = size ** 3 / 255 ** 2 / 2                      # about what rounding to bytes leaves
    for profile in (energy.sum(2), energy.sum(1)):
        for period in (2, 4, 8):
            at = size // period
            near = [k for d in range(2, size // 20 + 1) for k in (at - d, at + d) if k <= size // 2]
            total = total + F.relu(torch.log((profile[:, at] + floor) / (profile[:, near].mean(1) + floor)))
    return total / 6


def parity(y):
    """Mean strength of columns, rows or a checkerboard of one pixel that keep step over 16 px: what
    pixel-shuffle leaves in flat places, where grid() sees little of it."""
    x = torch.ones(y.shape[3], device=y.device)
    x[1::2] = -1
    z = torch.ones(y.shape[2], 1, device=y.device)
    z[1::2] = -1
    return sum(F.avg_pool2d(y * sign, 16).abs().mean((1, 2, 3)) for sign in (x, z, x * z))
