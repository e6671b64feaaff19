# SPDX-FileCopyrightText: Pastiche contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loss networks: VGG-19 (Simonyan and Zisserman 2014) and a compressed copy for cheap first steps.

Both take n 3 h w RGB in 0..1 and return relu1_1, relu2_1, relu3_1 and relu4_1.  They are frozen;
their weights are kept in the computing type, so that autocast has nothing to convert.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import load_file
import losses

BLOCKS = ((1, 2), (2, 2), (3, 4), (4, 1))     # block, its convolutions, as far as conv4_1
MEAN = (103.939, 116.779, 123.68)             # of B, G, R in 0..255


class Vgg(nn.Module):
    """--teacher: VGG-19, tensors conv1_1.weight and so on, input BGR 0..255 minus the mean."""

    def __init__(self, path, dtype=torch.bfloat16):
        super().__init__()
        w = load_file(path)
        # 0..1 RGB straight into the first convolution: reorder and scale its weights; the mean is
        # subtracted beforehand because the padding is zeros after subtraction
        w['conv1_1.weight'] = w['conv1_1.weight'].float().flip(1) * 255
        self.register_buffer('mean', torch.tensor(MEAN[::-1]).view(1, 3, 1, 1) / 255)
        self.dtype = dtype
        for block, count in BLOCKS:
            for i in range(1, count + 1):
                self.add(f'conv{block}_{i}', w[f'conv{block}_{i}.weight'], w[f'conv{block}_{i}.bias'])

    def add(self, name, weight, bias):
        self.register_buffer(name + '_w', weight.to(self.dtype).contiguous(memory_format=torch.channels_last))
        self.register_buffer(name + '_b', bias.to(self.dtype))

    def conv(self, y, name, padding=1):
        return F.conv2d(y, getattr(self, name + '_w'), getattr(self, name + '_b'), padding=padding)

    def forward(self, x):
        y = (x - self.mean).to(self.dtype, memory_format=torch.channels_last)
        taps = []
        for block, count in BLOCKS:
            for i in range(1, count + 1):
                y = F.relu(self.conv(y, f'conv{block}_{i}'), inplace=True)
                if i == 1:
                    taps.append(y)
            if block < 4:
                y = F.max_pool2d(y, 2)
        return taps

    @torch.no_grad()
    def widths(self):
        """Channels of each tap."""
        return [t.shape[1] for t in self(torch.zeros(1, 3, 32, 32, device=next(self.buffers()).device))]

    def statistics(self, taps):
        """Of each tap: channel means and centred Gram matrix."""
        return [losses.statistics(f) for f in taps]


class Vgg16x(Vgg):
    """--critic16: VGG-19 compressed sixteenfold (Collaborative Distillation, MIT), tensors conv11.weight
    and so on.  Never shipped."""

    def __init__(self, path, dtype=torch.bfloat16):
        nn.Module.__init__(self)
        w = load_file(path)
        self.dtype = dtype
        self.add('conv0', w['conv0.weight'], w['conv0.bias'])
        for block, count in BLOCKS:
            for i in range(1, count + 1):
                self.add(f'conv{block}{i}', w[f'conv{block}{i}.weight'], w[f'conv{block}{i}.bias'])

    def forward(self, x):
        y = self.conv(x.to(self.dtype, memory_format=torch.channels_last), 'conv0', 0)
        taps = []
        for block, count in BLOCKS:
            for i in range(1, count + 1):
                y = F.relu(self.conv(y, f'conv{block}{i}'), inplace=True)
                if i == 1:
                    taps.append(y)
            if block < 4:
                y = F.max_pool2d(y, 2)
        return taps
