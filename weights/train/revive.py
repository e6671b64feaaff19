# SPDX-FileCopyrightText: Pastiche contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start channels anew that no picture excites any more, without changing what the network does.

  revive.py --pictures DIR|TAR --teacher FILE --checkpoint FILE [--see STEPS] OUT.pt

A channel whose ReLU never opens has no gradient, so it stays closed for ever: in a long training at a high
rate more and more of them close.  Here each gets a fresh kernel, scaled to the others, and what the next
layer makes of it is set to nothing.  With --see, the style encoder's last tap is begun anew, as a small imitation
of the teacher's relu4_1, and attention with it, and the style code starts without what is new.  train.py --start
OUT.pt goes on; --check alone says how many channels are closed, and how much of a picture is what some layers
give: alive is not heard.
"""
import argparse
import copy
import torch
from data import Crops
from network import Conv, KEY, Network, TAPS, TAP_LAYERS, mean_std
from vgg import Vgg

# layers that are no taps, each with the one that reads it
READ_BY = (('content.conv1', 'content.conv2'), ('content.conv3', 'content.conv4'), ('content.conv4', 'content.conv5'),
           ('content.conv6', 'content.conv7'), ('style.conv6', 'style.conv7'), ('style8', 'style9'))
CLOSED = 1e-4                                 # share of places where a channel is above 0


def picture(crops):
    return crops.permute(0, 3, 1, 2).float() / 255


def watch(network, contents, styles):
    """Of each convolution: its input, and the share of places where each channel is above 0."""
    seen, hooks = {}, []
    for name, module in network.named_modules():
        if isinstance(module, Conv):
            hooks.append(module.register_forward_hook(lambda _, i, o, name=name: seen.update({
                name: (i, (o > 0).float().mean((0, 2, 3)))})))
    with torch.no_grad():
        network(contents, styles, torch.ones(len(contents), 1))
    for hook in hooks:
        hook.remove()
    return seen


def heard(network, name, contents, styles, usual):
    """How much pictures change when a layer gives its means alone, of full scale."""
    with torch.no_grad():
        hook = network.get_submodule(name).register_forward_hook(
            lambda _, i, o: o.mean((2, 3), keepdim=True).expand_as(o).contiguous())
        changed = network(contents, styles, torch.ones(len(contents), 1))
    hook.remove()
    return (changed - usual).abs().mean().item()


def new_kernels(network, name, contents, styles):
    """Fresh kernels for the closed channels of a layer; returns which those were."""
    layer = network.get_submodule(name)
    inputs, share = watch(network, contents, styles)[name]
    closed = (share < CLOSED) & layer.relu    # what has no ReLU closes nothing
    if not closed.any():
        return closed
    with torch.no_grad():
        new = Conv(layer.weight.shape[1], int(closed.sum()), layer.stride, relu=False)
        new.weight /= new(inputs[0]).std((0, 2, 3))[:, None, None, None] + 1e-6
        layer.weight[closed], layer.bias[closed] = new.weight, 0.
    print(f'{name}: {int(closed.sum())} of {len(closed)} channels started anew')
    return closed


def start_anew(network, name, reader, contents, styles):
    closed = new_kernels(network, name, contents, styles)
    with torch.no_grad():
        network.get_submodule(reader).weight[:, closed] = 0.


def open_tap(network, at, reader, contents, styles):
    """Its channels come back with a style's gain of next to nothing."""
    closed = new_kernels(network, f'content.conv{TAP_LAYERS[at]}', contents, styles)
    with torch.no_grad():
        network.gamma[at].weight[closed], network.gamma[at].bias[closed] = 0., .02
        network.get_submodule(reader).weight[:, closed] = 0.


def ridge(x, y, share=1e-3):
    """The linear map from x to y, n rows each, of least squares, steadied by a share of what x holds."""
    gram = x.T @ x
    gram += share * gram.diagonal().mean() * torch.eye(len(gram))
    return torch.linalg.solve(gram, x.T @ y)


def rows(x):
    """n c h w to n hw c."""
    return x.float().permute(0, 2, 3, 1).flatten(1, 2)


class Axes:
    """Principal axes of the teacher's relu4_1, half whitened, so that the rarer are not lost: what tokens are to say."""

    def __init__(self, critic, pictures):
        self.critic = critic
        seen = torch.cat([rows(critic(x)[3]).flatten(0, 1)[::5] for x in pictures])
        self.mean = seen.mean(0)
        value, vector = torch.linalg.eigh(((seen - self.mean).T @ (seen - self.mean) / len(seen)).double())
        self.axes = (vector.flip(1) / value.flip(0).clamp(min=1e-9) ** .25)[:, :TAPS[2]].float()
        self.axes /= ((seen - self.mean) @ self.axes).square().mean().sqrt()

    @torch.no_grad()
    def __call__(self, x):
        return (rows(self.critic(x)[3]) - self.mean) @ self.axes


def fit_tokens(network, axes, crops, steps):
    """The style encoder's layers 6 and 7, by gradient: an imitation of the axes."""
    encoder = network.style.requires_grad_(False)
    learning = [*encoder.conv6.requires_grad_().parameters(), *encoder.conv7.requires_grad_().parameters()]
    optimiser = torch.optim.Adam(learning, 1.5e-3, betas=(.9, .99))
    for step in range(steps):
        for group in optimiser.param_groups:
            group['lr'] = 1.5e-3 * min(1, (step + 1) / 30) * (1 - .95 * step / steps)
        x = picture(torch.cat(next(crops))).contiguous(memory_format=torch.channels_last)
        wanted = axes(x)
        with torch.autocast('cpu', torch.bfloat16):
            got = rows(encoder(x)[2])
        error = (got - wanted).square().mean()
        optimiser.zero_grad()
        error.backward()
        optimiser.step()
        if step % 50 == 49:
            print(f'tokens {step + 1}: {error / wanted.var((0, 1)).mean():.3f} of the variance is left', flush=True)


def fit_queries(network, axes, contents):
    """Attention compares the first axes: keys are those of the tokens, and queries what the content's last tap can say
    of its own.  What is found has nothing to say yet."""
    def normal(v):
        return (v - v.mean(1, keepdim=True)) / (v.var(1, keepdim=True) + 1e-5).sqrt()

    attention = network.attention
    x = torch.cat([normal(rows(network.content(c)[2])).flatten(0, 1) for c in contents])
    y = torch.cat([normal(axes(c)[..., :KEY]).flatten(0, 1) for c in contents])
    for p in attention.parameters():
        p.zero_()
    attention.key.weight[:, :KEY] = 1.7 * torch.eye(KEY)
    attention.query.weight.copy_(4.2 * ridge(x, y).T)          # some six of the 256 tokens count then


def code_anew(network, old, styles):
    """The style code does without the last tap, but for what it gave on the mean, until it has learnt what is new."""
    late = 2 * (3 + sum(TAPS[:2]))
    for name in ('style8', 'style9'):
        layer = network.get_submodule(name)
        layer.load_state_dict(Conv(128, 128, layer.stride).state_dict())
    moments = [torch.cat([v for m in (tap, old.style9(old.style8(tap))) for v in mean_std(m)], 1)
               for tap in (old.style(x)[2] for x in styles)]
    network.code1.bias += (torch.cat(moments) @ old.code1.weight[:, late:].T).mean(0)
    network.code1.weight[:, late:] = 0.


def see_anew(network, critic, crops, steps):
    """The last tap of the style encoder, the tokens and what they are compared by."""
    old = copy.deepcopy(network)
    with torch.no_grad():
        batches = [[picture(v) for v in next(crops)] for _ in range(30)]
        axes = Axes(critic, [torch.cat(b) for b in batches])
    fit_tokens(network, axes, crops, steps)
    with torch.no_grad():
        fit_queries(network, axes, [c for c, _ in batches])
        code_anew(network, old, [s for _, s in batches])


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--pictures', required=True), ap.add_argument('--teacher')
    ap.add_argument('--checkpoint', required=True), ap.add_argument('--see', type=int, default=0, help='steps')
    ap.add_argument('--check', action='store_true'), ap.add_argument('out', nargs='?')
    a = ap.parse_args()
    torch.manual_seed(1)
    network = Network()
    network.load_state_dict(torch.load(a.checkpoint, map_location='cpu', weights_only=True)['ema'])
    crops = iter(torch.utils.data.DataLoader(Crops(a.pictures, 160, 4, 1, (84, 200)), batch_size=None, num_workers=1))
    batches = [next(crops) for _ in range(6)]
    contents, styles = (picture(torch.cat([b[i] for b in batches])) for i in (0, 1))
    with torch.no_grad():
        before = network(contents, styles, torch.ones(len(contents), 1))
    if a.check:
        for name, (_, share) in watch(network, contents, styles).items():
            if network.get_submodule(name).relu:
                print(f'{name}: {int((share < CLOSED).sum())} of {len(share)} closed, open in {share.mean():.2f} of places')
        for name in ('attention', 'down', 'mod2', 'mod5'):
            print(f'{name}: pictures change by {heard(network, name, contents, styles, before):.4f} without what it tells places apart by')
        return
    for name, reader in READ_BY:
        start_anew(network, name, reader, contents, styles)
    for at, reader in enumerate(('content.conv3', 'content.conv6', 'attention.query')):
        open_tap(network, at, reader, contents, styles)
    if a.see:
        see_anew(network, Vgg(a.teacher), crops, a.see)
    with torch.no_grad():
        after = network(contents, styles, torch.ones(len(contents), 1))
    print(f'the pictures changed by {(after - before).abs().mean().item():.4f} in the mean')
    torch.save(dict(ema=network.state_dict()), a.out)


if __name__ == '__main__':
    main()
