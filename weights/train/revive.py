# SPDX-FileCopyrightText: Pastiche contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start channels anew that no picture excites any more, without changing what the network does.

  revive.py --pictures DIR|TAR --teacher FILE --checkpoint FILE [--distil STEPS] OUT.pt

A channel whose ReLU never opens has no gradient, so it stays closed for ever: in a long training at a high
rate more and more of them close.  Here each gets a fresh kernel, scaled to the others, and what the next
layer makes of it is set to nothing.  The style encoder is begun anew behind its second layer, as a small
imitation of the teacher's relu3_1 and relu4_1, and the style code starts without what is new (--distil; 0
leaves both alone).  train.py --start OUT.pt goes on; --check alone says how many channels are closed,
and how much of a picture is what some layers give: alive is not heard.
"""
import argparse
import torch
import torch.nn.functional as F
from data import Crops
from network import Conv, Network, TAPS, TAP_LAYERS
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


def code_anew(network):
    """The style encoder behind its last tap."""
    with torch.no_grad():
        for name in ('style8', 'style9'):
            layer = network.get_submodule(name)
            layer.load_state_dict(Conv(128, 128, layer.stride).state_dict())
        network.code1.weight[:, 2 * (3 + sum(TAPS)):] = 0.


def distil(network, critic, crops, steps):
    """The style encoder's layers 3 to 7."""
    encoder = network.style
    layers = [encoder.get_submodule(f'conv{i}') for i in range(3, 8)]
    for i, layer in enumerate(layers):
        layer.load_state_dict(Conv(layer.weight.shape[1], layer.weight.shape[0], layer.stride).state_dict())
    with torch.no_grad():
        widths = [t.shape[1] for t in critic(torch.zeros(1, 3, 32, 32))[2:]]
    heads = torch.nn.ModuleList(torch.nn.Conv2d(c, w, 1) for c, w in zip(TAPS[1:], widths))
    parameters = [p for m in (*layers, heads) for p in m.parameters()]
    optimiser = torch.optim.Adam(parameters, 2e-3, betas=(.9, .99))
    for step in range(steps):
        for group in optimiser.param_groups:
            group['lr'] = 2e-3 * min(1, (step + 1) / 30) * (1 - .9 * step / steps)
        contents, styles = next(crops)
        x = picture(torch.cat([contents, styles, styles.flip(2)])).contiguous(memory_format=torch.channels_last)
        with torch.no_grad():
            targets = [t.float() / t.float().square().mean().sqrt() for t in critic(x)[2:]]
        with torch.autocast('cpu', torch.bfloat16):
            taps = encoder(x)[1:]
            outs = [h(t) for h, t in zip(heads, taps)]
        loss = sum(F.mse_loss(o.float(), t) for o, t in zip(outs, targets))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 25 == 24:
            print(f'distil {step + 1} {loss.item():.3f}', flush=True)
    with torch.no_grad():                     # features of about unit size; ReLU commutes with the scale
        for tap, layer in zip(encoder(x)[1:], (encoder.conv5, encoder.conv7)):
            scale = 1 / tap.square().mean().sqrt()
            layer.weight *= scale
            layer.bias *= scale
            if layer is encoder.conv5:
                encoder.conv6.weight /= scale
        network.code1.weight[:, 2 * (3 + TAPS[0]):] = 0.
        network.attention.value.weight.zero_()
        network.attention.value.bias.zero_()


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--pictures', required=True), ap.add_argument('--teacher')
    ap.add_argument('--checkpoint', required=True), ap.add_argument('--distil', type=int, default=250)
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
    if a.distil:
        distil(network, Vgg(a.teacher), crops, a.distil)
        code_anew(network)
    with torch.no_grad():
        after = network(contents, styles, torch.ones(len(contents), 1))
    print(f'the pictures changed by {(after - before).abs().mean().item():.4f} in the mean')
    torch.save(dict(ema=network.state_dict()), a.out)


if __name__ == '__main__':
    main()
