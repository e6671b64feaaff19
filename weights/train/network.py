# SPDX-FileCopyrightText: Pastiche contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The painter network and its style encoder, as they are trained.

`Network` holds the parameters; `graphs()` says the same network in the engine's words (see
export.py).  Tensors are n c h w, stored channels-last; statistics are float32, the rest is whatever
autocast says.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

EPS = 1e-5
CODE = 256
TAPS = (32, 64, 128)
# name, channels in, channels out, stride; the taps are the outputs of 2, 5 and 7
ENCODER = ((1, 12, 32, 1), (2, 32, 32, 1), (3, 32, 64, 2), (4, 64, 64, 1), (5, 64, 64, 1),
           (6, 64, 128, 2), (7, 128, 128, 1))
TAP_LAYERS = (2, 5, 7)
GRID = 16                                     # style tokens a side
KEY = 64                                      # channels that queries and keys are compared in


class ReflectPad(torch.autograd.Function):
    """One pixel of reflection on each side.  F.pad(mode='reflect') has a slow backward pass for
    channels-last bfloat16 on a CPU; this one is a copy and four folded borders."""

    @staticmethod
    def forward(ctx, x):
        n, c, h, w = x.shape
        y = torch.empty((n, c, h + 2, w + 2), dtype=x.dtype, device=x.device,
                        memory_format=torch.channels_last)
        y[:, :, 1:-1, 1:-1] = x
        y[:, :, 1:-1, 0] = x[:, :, :, 1]
        y[:, :, 1:-1, -1] = x[:, :, :, -2]
        y[:, :, 0] = y[:, :, 2]
        y[:, :, -1] = y[:, :, -3]
        return y

    @staticmethod
    def backward(ctx, g):
        x = g[:, :, 1:-1, 1:-1].contiguous(memory_format=torch.channels_last)
        x[:, :, 1] += g[:, :, 0, 1:-1]
        x[:, :, -2] += g[:, :, -1, 1:-1]
        x[:, :, :, 1] += g[:, :, 1:-1, 0]
        x[:, :, :, -2] += g[:, :, 1:-1, -1]
        for row, of in ((1, 0), (-2, -1)):
            x[:, :, row, 1] += g[:, :, of, 0]
            x[:, :, row, -2] += g[:, :, of, -1]
        return x


reflect_pad = ReflectPad.apply


class MeanStd(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        mean = x.mean((2, 3), dtype=torch.float32)
        d = x - mean[..., None, None].to(x.dtype)
        norm = torch.linalg.vector_norm(d, dim=(2, 3), dtype=torch.float32)
        std = (norm.square() / (x.shape[2] * x.shape[3]) + EPS).sqrt()
        ctx.save_for_backward(d, std)
        return mean, std

    @staticmethod
    def backward(ctx, dmean, dstd):
        d, std = ctx.saved_tensors
        n = d.shape[2] * d.shape[3]
        return affine(d, dstd / (std * n), dmean / n)


# channel means and standard deviations of a map, both n x c float32
mean_std = MeanStd.apply


def affine(x, scale, shift):
    """x * scale + shift with n x c float32 scale and shift."""
    return torch.addcmul(shift[..., None, None].to(x.dtype), x, scale[..., None, None].to(x.dtype))


class Relu(torch.autograd.Function):
    """ReLU whose backward pass lets a tenth through to channels that are closed nearly everywhere in the batch.
    They could otherwise never open again, and at a high rate most of a deep layer ends like that.  (Letting it
    through wherever any channel is closed made training diverge after 2,000 steps.)"""
    LEAK, CLOSED = .1, .002

    @staticmethod
    def forward(ctx, x):
        y = x.clamp(min=0)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        y, = ctx.saved_tensors
        opened = (y > 0).to(g.dtype)
        leak = (opened.mean((0, 2, 3), keepdim=True) < Relu.CLOSED).to(g.dtype) * Relu.LEAK
        return g * torch.maximum(opened, leak)


class Conv(nn.Module):
    leaks = False                             # whether Relu stands in for F.relu
    watched = False                           # whether closing() is asked for

    def __init__(self, cin, cout, stride=1, relu=True, gain=2.0):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(cout, cin, 3, 3) * (gain / (cin * 9)) ** .5)
        self.bias = nn.Parameter(torch.zeros(cout))
        self.stride, self.relu = stride, relu

    def forward(self, x):
        w = self.weight.to(memory_format=torch.channels_last)
        y = F.conv2d(reflect_pad(x), w, self.bias, self.stride)
        return self.activate(y)

    def activate(self, y):
        if not self.relu:
            return y
        if self.watched and self.training:
            self.before = y
        return Relu.apply(y) if self.leaks and self.training else F.relu(y)

    def closing(self):
        """How far its channels are from being open by half of their own deviation somewhere in each picture of a batch,
        on average.  (Means and deviations alone do not tell: the skewed close with means of little below 0.)"""
        most = self.before.amax((2, 3)).float() / mean_std(self.before)[1].detach()
        return F.relu(.5 - most.mean(0)).mean()


class ModConv(Conv):
    """Weights scaled per input channel by 1 + a*m(code) and normalised per output channel.

    Written here as a scaling of input and output, which is the same thing for a batch of styles."""

    def __init__(self, cin, cout, relu=True):
        super().__init__(cin, cout, 1, relu)
        self.gain = nn.Parameter(torch.full((cout,), 1.4))
        self.scale, self.shift = nn.Linear(CODE, cin), nn.Linear(CODE, cout)
        for head in (self.scale, self.shift):
            nn.init.normal_(head.weight, std=.02)
            nn.init.zeros_(head.bias)

    def forward(self, x, code, a):
        s = 1 + a * self.scale(code).float()
        norm = self.gain * torch.rsqrt(s.square() @ self.weight.float().square().sum((2, 3)).t() + 1e-8)
        w = self.weight.to(memory_format=torch.channels_last)
        y = F.conv2d(reflect_pad(x * s[..., None, None].to(x.dtype)), w)
        y = affine(y, norm, self.bias + a * self.shift(code).float())
        return self.activate(y)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        for name, cin, cout, stride in ENCODER:
            setattr(self, f'conv{name}', Conv(cin, cout, stride))

    def forward(self, x):
        y, taps = F.pixel_unshuffle(x * 2 - 1, 2).contiguous(memory_format=torch.channels_last), []
        for name, *_ in ENCODER:
            y = getattr(self, f'conv{name}')(y)
            if name in TAP_LAYERS:
                taps.append(y)
        return taps


def tokens(x):
    """Vectors of a map at the middles of GRID x GRID cells: n tokens c."""
    at = lambda size: ((2 * torch.arange(GRID) + 1) * size // (2 * GRID)).to(x.device)
    return x[:, :, at(x.shape[2])][..., at(x.shape[3])].flatten(2).transpose(1, 2)


class Attention(nn.Module):
    """What of the style goes where: each place of the content asks, by its normalised features, which of
    the style's tokens resemble it, and is given their values (SANet, Park and Lee 2019, over a fixed set of
    tokens instead of all pixels).  Begins as nothing."""

    def __init__(self, channels):
        super().__init__()
        self.query, self.key = nn.Linear(channels, KEY), nn.Linear(channels, KEY)
        self.value = nn.Linear(channels, channels)
        nn.init.normal_(self.query.weight, std=channels ** -.5)
        nn.init.zeros_(self.query.bias)
        self.key.load_state_dict(self.query.state_dict())
        nn.init.zeros_(self.value.weight)
        nn.init.zeros_(self.value.bias)

    def forward(self, x, mean, std, t, a):
        """x n c h w with its statistics, t n tokens c."""
        t = t.float()
        k = self.key((t - t.mean(1, keepdim=True)) / (t.var(1, keepdim=True, correction=0) + EPS).sqrt())
        v = self.value(t * (t.square().mean((1, 2), keepdim=True) + EPS).rsqrt())
        q = self.query(affine(x, 1 / std, -mean / std).permute(0, 2, 3, 1).flatten(1, 2))
        y = (a[..., None] * F.scaled_dot_product_attention(q, k.to(q.dtype), v.to(q.dtype))).to(x.dtype)
        return y.transpose(1, 2).unflatten(2, x.shape[2:])


def faded(x, share):
    """Of that share of a batch, the map is drawn some way towards its means."""
    keep = torch.where(torch.rand(len(x)) < share, torch.rand(len(x)), 1.).to(x)[:, None, None, None]
    return torch.lerp(x.mean((2, 3), keepdim=True), x, keep)


def icnr(conv, factor=2):
    """Start a pixel-shuffle convolution as nearest-neighbour enlargement: no checkerboard."""
    with torch.no_grad():
        w = conv.weight[::factor * factor]
        conv.weight.copy_(w.repeat_interleave(factor * factor, 0))


class Network(nn.Module):
    skips = 0.                                # share of pairs whose map at 1/4 is faded in training

    def __init__(self):
        super().__init__()
        # style encoder
        self.style = Encoder()
        self.style8, self.style9 = Conv(128, 128, 2), Conv(128, 128, relu=False)
        self.code1 = nn.Linear(2 * (3 + sum(TAPS) + 128), 512)
        self.code2 = nn.Linear(512, CODE)
        self.content = Encoder()
        # the last taps are told by their signs, too, and so no channel of them can close
        self.content.conv7.relu = self.style.conv7.relu = False
        self.gamma = nn.ModuleList(nn.Linear(CODE, c) for c in TAPS)
        self.beta = nn.ModuleList(nn.Linear(CODE, c) for c in TAPS)
        for head, start in [(g, .6) for g in self.gamma] + [(b, .3) for b in self.beta]:
            nn.init.normal_(head.weight, std=.02)
            nn.init.constant_(head.bias, start)
        self.attention = Attention(TAPS[2])
        # no ReLU on what a residual block begins with: a long training closes it, and all of the middle with it
        self.down = Conv(128, 128, 2, relu=False)
        self.mod1, self.mod2 = ModConv(128, 128, relu=False), ModConv(128, 64, relu=False)
        self.mod3, self.mod4 = ModConv(64, 64), ModConv(64, 64)
        self.mod5, self.mod6 = ModConv(64, 32, relu=False), ModConv(32, 32)
        # residual blocks at 1/16, 1/8 (two) and 1/4
        for name, channels in (('broad', 128), ('wide', 128), ('large', 128), ('fine', 64)):
            setattr(self, f'{name}1', ModConv(channels, channels))
            setattr(self, f'{name}2', ModConv(channels, channels, relu=False))
            nn.init.constant_(getattr(self, f'{name}2').gain, .1)
        self.last = Conv(32, 12, relu=False, gain=.2)
        icnr(self.last)
        # not the taps: what they give is divided by its own deviation, which in a closed channel is EPS
        taps = {getattr(e, f'conv{i}') for e in (self.style, self.content) for i in TAP_LAYERS}
        for module in self.modules():
            if isinstance(module, Conv):
                module.leaks = module not in taps
        # where channels have closed in long trainings
        self.watched = [self.style.conv6, self.style8, self.content.conv6, self.broad1, self.wide1, self.large1]
        for module in self.watched:
            module.watched = True

    def encode(self, style):
        """The code, n x 256, and the tokens, n x GRID^2 x 128."""
        taps = self.style(style)
        maps = [style] + taps + [self.style9(self.style8(taps[-1]))]
        moments = torch.cat([v for m in maps for v in mean_std(m)], 1)
        return F.relu(self.code2(F.relu(self.code1(moments)))), tokens(taps[-1])

    def paint(self, content, style, a):
        """content n x 3 x h x w (h, w multiples of 16), style as encode() gives it, a n x 1."""
        code, t = style
        mixed = []
        for x, gamma, beta in zip(self.content(content), self.gamma, self.beta):
            mean, std = mean_std(x)
            g = F.relu((1 - a) * std + a * gamma(code).float())
            b = (1 - a) * mean + a * beta(code).float()
            mixed.append(affine(x, g / std, b - mean * g / std))
        mixed[2] = mixed[2] + self.attention(x, mean, std, t, a)
        up = lambda y: F.interpolate(y, scale_factor=2, mode='nearest')
        block = lambda y, one, two: y + two(one(y, code, a), code, a)
        y = mixed[2] + up(block(self.down(mixed[2]), self.broad1, self.broad2))
        y = block(self.mod1(y, code, a), self.wide1, self.wide2)
        y = self.mod2(block(y, self.large1, self.large2), code, a)
        # what comes along at 1/4 is nearly enough: without this the deeper layers have no say
        y = F.relu(up(y) + (faded(mixed[1], self.skips) if self.training and self.skips else mixed[1]))
        y = block(self.mod4(self.mod3(y, code, a), code, a), self.fine1, self.fine2)
        y = self.mod5(y, code, a)
        y = F.relu(up(y) + mixed[0])
        y = self.last(self.mod6(y, code, a))
        return F.pixel_shuffle(y.float(), 2) * .5 + .5

    def forward(self, content, style, a):
        return self.paint(content, self.encode(style), a)


def graphs():
    """The two graphs of the model file; the names of nodes are also the names in reference files."""
    encode, paint = [], []

    def node(nodes, name, op, inputs, **attributes):
        nodes.append(dict(name=name, op=op, inputs=inputs.split(), **attributes))

    def conv(nodes, name, inputs, tensor, stride=1, relu=True):
        node(nodes, name, 'conv2d', inputs, weight=f'{tensor}.weight', bias=f'{tensor}.bias',
             stride=stride, padding='reflect', relu=relu)

    def linear(nodes, name, inputs, tensor, relu=False):
        node(nodes, name, 'linear', inputs, weight=f'{tensor}.weight', bias=f'{tensor}.bias', relu=relu)

    def encoder(nodes, letter, tensor):
        node(nodes, f'{letter}_signed', 'scale_shift', 'picture', scale=2, shift=-1)
        node(nodes, f'{letter}_half', 'unshuffle', f'{letter}_signed', factor=2)
        before = f'{letter}_half'
        for name, _, _, stride in ENCODER:
            conv(nodes, f'{letter}{name}', before, f'{tensor}.conv{name}', stride, name != TAP_LAYERS[-1])
            before = f'{letter}{name}'

    encoder(encode, 's', 'style')
    conv(encode, 's8', 's7', 'style8', 2)
    conv(encode, 's9', 's8', 'style9', relu=False)
    for name, of in (('m0', 'picture'), ('m2', 's2'), ('m5', 's5'), ('m7', 's7'), ('m9', 's9')):
        node(encode, name, 'moments', of)
    node(encode, 'moments', 'concat', 'm0 m2 m5 m7 m9')
    linear(encode, 'hidden', 'moments', 'code1', True)
    linear(encode, 'code', 'hidden', 'code2', True)

    encoder(paint, 'e', 'content')
    for i, layer in enumerate(TAP_LAYERS):
        node(paint, f'm{layer}', 'moments', f'e{layer}')
        linear(paint, f'gamma{layer}', 'code', f'gamma.{i}')
        linear(paint, f'beta{layer}', 'code', f'beta.{i}')
        node(paint, f'a{layer}', 'adain', f'e{layer} m{layer} gamma{layer} beta{layer} strength')

    def mod(name, before, relu=True, tensor=None):
        tensor = tensor or f'mod{name[1:]}'
        linear(paint, f'{name}_scale', 'code', f'{tensor}.scale')
        linear(paint, f'{name}_shift', 'code', f'{tensor}.shift')
        node(paint, name, 'modconv2d', f'{before} {name}_scale strength {name}_shift',
             weight=f'{tensor}.weight', bias=f'{tensor}.bias', gain=f'{tensor}.gain',
             stride=1, padding='reflect', relu=relu)

    def up(name, before):
        node(paint, name, 'upsample', before, factor=2, mode='nearest')

    def block(name, before, tensor):
        mod(f'{name}1', before, True, f'{tensor}1')
        mod(f'{name}2', f'{name}1', False, f'{tensor}2')
        node(paint, name, 'add', f'{before} {name}2', relu=False)

    node(encode, 'tokens', 'sample', 's7', grid=GRID)
    node(paint, 't7', 'attention', 'e7 m7 tokens strength',
         **{part + end: f'attention.{part}.{tensor}' for part in ('query', 'key', 'value')
            for end, tensor in (('', 'weight'), ('_bias', 'bias'))})
    node(paint, 'a7_sum', 'add', 'a7 t7', relu=False)
    conv(paint, 'g1', 'a7_sum', 'down', 2, relu=False)
    block('g1_broad', 'g1', 'broad')
    up('g_up', 'g1_broad')
    node(paint, 'g_sum', 'add', 'a7_sum g_up', relu=False)
    mod('d1', 'g_sum', False)
    block('d1_wide', 'd1', 'wide')
    block('d1_large', 'd1_wide', 'large')
    mod('d2', 'd1_large', False)
    up('d2_up', 'd2')
    node(paint, 'd2_sum', 'add', 'd2_up a5', relu=True)
    mod('d3', 'd2_sum')
    mod('d4', 'd3')
    block('d4_fine', 'd4', 'fine')
    mod('d5', 'd4_fine', False)
    up('d5_up', 'd5')
    node(paint, 'd5_sum', 'add', 'd5_up a2', relu=True)
    mod('d6', 'd5_sum')
    conv(paint, 'd7', 'd6', 'last', relu=False)
    node(paint, 'd7_full', 'shuffle', 'd7', factor=2)
    node(paint, 'result', 'scale_shift', 'd7_full', scale=.5, shift=.5)

    picture = dict(name='picture', kind='map', channels=3)
    return {
        'encode': dict(inputs=[picture], nodes=encode, outputs=['code', 'tokens']),
        'paint': dict(inputs=[picture, dict(name='code', kind='vector', channels=CODE),
                              dict(name='tokens', kind='vector', channels=GRID ** 2 * TAPS[2]),
                              dict(name='strength', kind='vector', channels=1)],
                      nodes=paint, outputs=['result']),
    }
