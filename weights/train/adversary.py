# SPDX-FileCopyrightText: Pastiche contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The discriminator of adversarial training: tells a style's own strokes from painted ones.

It looks at what the loss network sees, as projected GANs do (Sauer et al. 2021): from pixels it would have to learn
first what a stroke is, and a run on a CPU is too short for that.  Spectral normalisation (Miyato et al. 2018); which
style is meant it knows by projection (Miyato and Koyama 2018) of the style's code.  Never shipped."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils.parametrizations import spectral_norm
from network import CODE

# relu2_1 and relu3_1: strokes of up to some 40 px.  Deeper ones would tell paintings from photos by what is in them.
LAYERS = (1, 2)


class Head(nn.Module):
    """Of one layer: a score for each place."""

    def __init__(self, channels, width=64):
        super().__init__()
        self.first = spectral_norm(nn.Conv2d(channels, width, 1))
        self.second = spectral_norm(nn.Conv2d(width, width, 3))
        self.score = spectral_norm(nn.Conv2d(width, 1, 1))
        self.style = spectral_norm(nn.Linear(CODE, width))

    def forward(self, v, code):
        side = round(v.shape[1] ** .5)
        x = v.transpose(1, 2).unflatten(2, (side, side))
        x = F.leaky_relu(self.second(F.leaky_relu(self.first(x), .2)), .2)
        asked = self.style(F.normalize(code))[..., None, None]
        return (self.score(x)[:, 0] + (x * asked).sum(1)).flatten(1)


class Discriminator(nn.Module):
    def __init__(self, widths):
        """widths: of every layer of the loss network."""
        super().__init__()
        self.heads = nn.ModuleList(Head(widths[i]) for i in LAYERS)

    def forward(self, vectors, of, code):
        """Vectors of a picture in every layer (n pixels c, a square grid of places) and those of the style's own ->
        n places, high where it looks genuine."""
        out = []
        for i, head in zip(LAYERS, self.heads):
            std, mean = torch.std_mean(of[i].float(), 1, keepdim=True)
            out.append(head((vectors[i].float() - mean) / (std + .1 * std.mean(2, keepdim=True)), code))
        return torch.cat(out, 1)


def loss_of_judge(genuine, painted, weight):
    """Hinge; `weight` says which pairs count."""
    return ((F.relu(1 - genuine).mean(1) + F.relu(1 + painted).mean(1)) * weight).mean()


def loss_of_painter(painted):
    """One value a sample."""
    return -painted.mean(1)
