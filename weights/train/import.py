# SPDX-FileCopyrightText: Pastiche contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turn a torchvision checkpoint into a loss network for `pastiche --critic`.

  import.py ARCH CHECKPOINT.pth OUT.safetensors      ARCH: vgg19 vgg16 resnet18 resnet50 inception_v3
  import.py --random ARCH OUT.safetensors            random weights, and what PyTorch makes of them
  import.py --ops OUT.safetensors                    the same for a small network with every op

The network is traced, so that others of torchvision's may do, too: convolutions with odd kernels,
strides of 1 and 2, zero padding or none, batch normalisation (folded), ReLU, pooling, sums, joins.
Everything behind the last map (global pooling, classifier) is left out.  The licence of a checkpoint
is its own, and stays with the file.
"""
import argparse
import json
import operator
import sys
import torch
import torch.fx
import torch.nn as nn
import torch.nn.functional as F
import export

# content layers, style layers
LAYERS = dict(
    vgg16=('relu3_1*0.5,relu4_1', 'relu1_1,relu2_1,relu3_1,relu4_1'),
    vgg19=('relu3_1*0.5,relu4_1', 'relu1_1,relu2_1,relu3_1,relu4_1'),
    resnet18=('layer2_1_relu_1', 'relu,layer1_1_relu_1,layer2_1_relu_1,layer3_1_relu_1'),
    resnet50=('layer2_3_relu_2', 'relu,layer1_2_relu_2,layer2_3_relu_2,layer3_5_relu_2'),
    inception_v3=('Mixed_5d', 'Conv2d_1a_3x3,Conv2d_2b_3x3,Conv2d_4a_3x3,Mixed_5d'))
MEAN, STD = (.485, .456, .406), (.229, .224, .225)


class Unsupported(SystemExit):
    pass


def pair(v):
    return tuple(v) if isinstance(v, (tuple, list)) else (v, v)


class Converter:
    """Walks a traced network; `made` says which of our nodes each of its nodes has become."""

    def __init__(self, network, scale, shift):
        self.traced = torch.fx.symbolic_trace(network.eval())
        self.modules = dict(self.traced.named_modules())
        self.tensors = {'input.scale': torch.tensor(scale), 'input.shift': torch.tensor(shift)}
        self.nodes = [dict(name='input', op='affine', inputs=['picture'], scale='input.scale', shift='input.shift')]
        self.made, self.by_name = {}, {'input': self.nodes[0]}

    def add(self, name, op, inputs, **more):
        self.nodes.append(dict(name=name, op=op, inputs=inputs, **more))
        self.by_name[name] = self.nodes[-1]
        return name

    def rename(self, old, new):
        """A node takes the name of what is fused into it."""
        node = self.by_name.pop(old)
        node['name'] = new
        self.by_name[new] = node
        self.made = {k: new if v == old else v for k, v in self.made.items()}
        return new

    def conv(self, name, source, m):
        k, s, p = m.kernel_size, m.stride, pair(m.padding)
        same = all(p[i] == k[i] // 2 for i in (0, 1))
        if m.groups != 1 or pair(m.dilation) != (1, 1) or s[0] != s[1] or not (same or p == (0, 0)):
            raise Unsupported(f'{name}: a convolution that the engine has not got: {m}')
        self.tensors[name + '.weight'] = m.weight
        self.tensors[name + '.bias'] = m.bias if m.bias is not None else torch.zeros(m.out_channels)
        return self.add(name, 'conv2d', [source], weight=name + '.weight', bias=name + '.bias', stride=s[0],
                        padding='zero' if same else 'none', relu=False)

    def batch_norm(self, source, m):
        node = self.by_name[source]
        if node['op'] != 'conv2d' or node['relu']:
            raise Unsupported(f'{source}: batch normalisation of what is no convolution')
        scale = m.weight / (m.running_var + m.eps).sqrt()
        weight, bias = node['weight'], node['bias']
        self.tensors[bias] = (self.tensors[bias] - m.running_mean) * scale + m.bias
        self.tensors[weight] = self.tensors[weight] * scale[:, None, None, None]
        return source

    def relu(self, name, source):
        node = self.by_name[source]
        if node['op'] not in ('conv2d', 'add') or node['relu']:
            raise Unsupported(f'{name}: a ReLU after {node["op"]}')
        node['relu'] = True
        return self.rename(source, name)

    def pool(self, name, source, op, kernel, stride, padding):
        k, s, p = pair(kernel), pair(stride if stride is not None else kernel), pair(padding)
        if k[0] != k[1] or s[0] != s[1] or p[0] != p[1] or s[0] > 2:
            raise Unsupported(f'{name}: a pool that the engine has not got')
        return self.add(name, op, [source], kernel=k[0], stride=s[0], pad=p[0])

    def step(self, n):
        """What node `n` becomes, or None: here the maps end."""
        args = [self.made.get(a) for a in n.args if isinstance(a, torch.fx.Node)]
        if n.op == 'placeholder':
            return 'input'
        if n.op == 'call_module':
            m = self.modules[n.target]
            if isinstance(m, nn.Conv2d):
                return self.conv(n.name, args[0], m)
            if isinstance(m, nn.BatchNorm2d):
                return self.batch_norm(args[0], m)
            if isinstance(m, nn.ReLU):
                return self.relu(n.name, args[0])
            if isinstance(m, nn.MaxPool2d):
                return self.pool(n.name, args[0], 'maxpool', m.kernel_size, m.stride, m.padding)
            if isinstance(m, nn.AvgPool2d):
                return self.pool(n.name, args[0], 'avgpool', m.kernel_size, m.stride, m.padding)
            return None
        if n.op == 'call_function':
            if n.target in (operator.add, operator.iadd, torch.add):
                return self.add(n.name, 'add', args, relu=False)
            if n.target is torch.cat:
                return self.add(n.name, 'join', [self.made[a] for a in n.args[0]])
            if n.target in (F.relu, torch.relu):
                return self.relu(n.name, args[0])
            if n.target in (F.avg_pool2d, F.max_pool2d) or getattr(n.target, '__name__', '') == 'boolean_dispatch':
                op = 'avgpool' if n.target is F.avg_pool2d else 'maxpool'
                get = lambda i, key, usual: n.args[i] if len(n.args) > i else n.kwargs.get(key, usual)
                return self.pool(n.name, args[0], op, get(1, 'kernel_size', None), get(2, 'stride', None),
                                 get(3, 'padding', 0))
        return None

    def convert(self):
        for n in self.traced.graph.nodes:
            if any(self.made.get(a) is None for a in n.all_input_nodes):
                continue
            self.made[n] = self.step(n)
        return self

    def tidy(self, names):
        """Our names in place of the traced ones."""
        names = {old: new for old, new in names.items() if old in self.by_name}
        for node in self.nodes:
            node['inputs'] = [names.get(i, i) for i in node['inputs']]
        for old, new in names.items():
            self.rename(old, new)

    def finish(self):
        """A fused node was renamed after others had named it as their input: once more, from `made`."""
        for node in self.nodes:
            missing = [i for i in node['inputs'] if i != 'picture' and i not in self.by_name]
            if missing:
                raise Unsupported(f'{node["name"]}: {missing} is used before and after its ReLU')
        return self

    def graph(self):
        used = {i for node in self.nodes for i in node['inputs']}
        ends = [node['name'] for node in self.nodes if node['name'] not in used]
        return dict(inputs=[dict(name='picture', kind='map', channels=3)], nodes=self.nodes, outputs=ends)


def vgg_names(layers):
    """features.N of torchvision in the words of the paper."""
    names, block, i = {}, 1, 0
    for n, m in enumerate(layers):
        if isinstance(m, nn.MaxPool2d):
            names[f'features_{n}'] = f'pool{block}'
            block, i = block + 1, 0
        elif isinstance(m, nn.ReLU):
            i += 1
            names[f'features_{n}'] = f'relu{block}_{i}'
    return names


def inception_names(converter):
    """Branches end in cat or in a relu; what torchvision calls a module gets that name."""
    last = {}
    for n in converter.traced.graph.nodes:
        made, target = converter.made.get(n), n.nn_module_stack if hasattr(n, 'nn_module_stack') else None
        stack = n.meta.get('nn_module_stack') or target
        if made and stack:
            last[next(iter(stack))] = made
    return {made: name for name, made in last.items() if made in converter.by_name and '.' not in name}


def convert(arch, network):
    if arch.startswith('inception'):
        scale, shift = [2.] * 3, [-1.] * 3
        network.transform_input = False            # done by the first node
    else:
        scale, shift = [1 / s for s in STD], [-m / s for m, s in zip(MEAN, STD)]
    converter = Converter(network, scale, shift).convert()
    if arch.startswith('vgg'):
        converter.tidy(vgg_names(network.features))
    elif arch.startswith('inception'):
        converter.tidy(inception_names(converter))
    return converter.finish()


def write(converter, path, name, dtype, layers=None, more=None, metadata=None):
    tensors = {k: v.detach().float() for k, v in converter.tensors.items()}
    metadata = dict(format='pastiche-1', name=name, version='imported', licence='that of the checkpoint',
                    graphs=json.dumps(dict(features=converter.graph()), separators=(',', ':')), **(metadata or {}))
    if layers:
        metadata.update(content_layers=layers[0], style_layers=layers[1])
    export.write(path, dict(tensors, **(more or {})), metadata, dtype)


# ---- Proof -----------------------------------------------------------------------------------------

def randomise(network):
    """Weights and statistics that keep the size of the values about the same."""
    for m in network.modules():
        if isinstance(m, nn.Conv2d):
            nn.init.kaiming_normal_(m.weight, nonlinearity='relu')
            if m.bias is not None:
                nn.init.normal_(m.bias, std=.1)
        elif isinstance(m, nn.BatchNorm2d):
            nn.init.uniform_(m.weight, .7, 1.1)
            nn.init.normal_(m.bias, std=.1)
            m.running_mean.normal_(0, .1)
            m.running_var.uniform_(.8, 1.6)


def reference(converter, taps, height, width):
    """A picture, some taps of it, and the gradient of their sum times fixed seeds: by PyTorch's own modules, in
    double, so that no rounding of theirs counts."""
    torch.manual_seed(3)
    x = torch.rand(1, 3, height, width).double().requires_grad_(True)
    converter.traced.double()
    scale, shift = (converter.tensors[k].view(1, 3, 1, 1).double() for k in ('input.scale', 'input.shift'))
    values = {}

    class Watch(torch.fx.Interpreter):
        def run_node(self, n):
            values[n] = super().run_node(n).clone() if n.op != 'output' else None
            return values[n]

    try:
        Watch(converter.traced).run(x * scale + shift)
    except (RuntimeError, AttributeError):
        pass                                        # behind the maps: a classifier for another size
    found, loss = {}, 0
    for tap in taps:
        # of all that were fused into the tap, the last
        n = [n for n, made in converter.made.items() if made == tap][-1]
        seed = torch.randn(values[n].shape).double()
        found['tap.' + tap], found['seed.' + tap] = values[n].detach()[0], seed[0]
        loss = loss + (values[n] * seed).sum()
    gradient, = torch.autograd.grad(loss, x)
    found.update(picture=x.detach()[0], gradient=gradient[0])
    return {name: tensor.float() for name, tensor in found.items()}


class Ops(nn.Module):
    """Small, with everything that import.py knows."""

    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 6, 7, 2, 3, bias=False)
        self.an = nn.BatchNorm2d(6)
        self.pool = nn.MaxPool2d(3, 2, 1)
        self.b = nn.Conv2d(6, 8, 3, 1, 1)
        self.c = nn.Conv2d(8, 8, 3, 2, 1)
        self.d = nn.Conv2d(6, 8, 1, 2)
        self.e = nn.Conv2d(8, 5, (1, 7), padding=(0, 3))
        self.f = nn.Conv2d(8, 4, 3)
        self.g = nn.Conv2d(8, 4, 3)

    def forward(self, x):
        x = self.pool(F.relu(self.an(self.a(x))))
        y = F.relu(self.c(F.relu(self.b(x))) + self.d(x))
        z = torch.cat([F.relu(self.e(y)), F.avg_pool2d(y, 3, 1, 1)], 1)
        u = torch.cat([F.relu(self.f(y)), self.g(y)], 1)
        return z.mean() + F.max_pool2d(u, 3, 2).mean()


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--random', action='store_true')
    ap.add_argument('--ops', action='store_true')
    ap.add_argument('--float32', action='store_true', help='keep all digits; twice the size')
    ap.add_argument('--list', action='store_true', help='print the names of the layers')
    ap.add_argument('rest', nargs='*')
    a = ap.parse_args()
    torch.manual_seed(1)
    if a.ops:
        network = Ops()
        randomise(network)
        c = convert('ops', network)
        taps = [n for n in c.by_name if n.startswith(('cat', 'max_pool2d', 'pool'))]
        write(c, a.rest[0], 'ops', torch.float32, more=reference(c, taps, 64, 64), metadata=dict(taps=','.join(taps)))
        return
    import torchvision
    arch, out = a.rest[0], a.rest[-1]
    more = dict(weights=None, init_weights=False) if arch.startswith(('vgg', 'inception')) else dict(weights=None)
    if arch.startswith('inception'):
        more['aux_logits'] = not a.random
    network = getattr(torchvision.models, arch)(**more)
    if a.random:
        randomise(network)
    else:
        network.load_state_dict(torch.load(a.rest[1], map_location='cpu', weights_only=True))
    c = convert(arch, network)
    if a.list:
        print('\n'.join(c.by_name))
    layers = LAYERS.get(arch)
    taps = sorted({part.split('*')[0] for text in layers or () for part in text.split(',')})
    wrong = [t for t in taps if t not in c.by_name]
    if wrong:
        sys.exit(f'{arch} has no layers {wrong}')
    if a.random:
        write(c, out, arch, torch.float32, layers, reference(c, taps + [c.graph()['outputs'][-1]], 96, 128),
              dict(taps=','.join(taps + [c.graph()['outputs'][-1]])))
    else:
        write(c, out, arch, torch.float32 if a.float32 else torch.float16, layers)


if __name__ == '__main__':
    main()
