# SPDX-FileCopyrightText: Pastiche contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The discriminator of adversarial training: tells patches of a style's own picture from painted ones.

A patch discriminator (Isola et al. 2017; 46 px make each value) with spectral normalisation (Miyato et al.
2018) that also knows which style is meant, by projection (Miyato and Koyama 2018).  Never shipped."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils.parametrizations import spectral_norm
from network import CODE


class Discriminator(nn.Module):
    def __init__(self, widths=(32, 64, 128, 128)):
        super().__init__()
        self.convs, before = nn.ModuleList(), 3
        for i, width in enumerate(widths):
            stride = 2 if i < 3 else 1
            self.convs.append(spectral_norm(nn.Conv2d(before, width, 4, stride)))
            before = width
        self.score = spectral_norm(nn.Conv2d(before, 1, 1))
        self.style = spectral_norm(nn.Linear(CODE, before))

    def forward(self, x, code):
        """n 3 h w in 0..1 and the codes of the styles -> n h' w', high where it looks genuine."""
        x = (x * 2 - 1).contiguous(memory_format=torch.channels_last)
        for conv in self.convs:
            x = F.leaky_relu(conv(x), .2)
        asked = self.style(F.normalize(code))[..., None, None]
        return self.score(x)[:, 0].float() + (x * asked.to(x.dtype)).float().sum(1)


def loss_of_judge(genuine, painted, weight):
    """Hinge; `weight` says which pairs count."""
    return ((F.relu(1 - genuine).mean((1, 2)) + F.relu(1 + painted).mean((1, 2))) * weight).mean()


def loss_of_painter(painted):
    """One value a sample."""
    return -painted.mean((1, 2))
