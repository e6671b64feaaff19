#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same painter in PyTorch and in ONNX Runtime, for tests/bench/run.

  peers.py export MODEL.safetensors CODE WIDTH HEIGHT OUT.onnx
  peers.py torch|torch-last|torch-frozen MODEL.safetensors CODE [PICTURE]
  peers.py onnx MODEL.onnx

The modulation is baked into plain weights for one style code, as our engine does before it paints (and
as it counts: there it is part of the time).  The workers answer lines "WIDTH HEIGHT THREADS" like
bench-engine: seconds by the clock, seconds on the processors.  A line "FILE WIDTH HEIGHT THREADS" paints
FILE (raw floats) and writes the result to FILE.NAME, to be compared.

It needs model.py of weights/train beside it or on PYTHONPATH.
"""
import sys
import time

import numpy as np


def painter(path, code):
    """The graph `paint` as a torch module that takes 1 3 h w."""
    import torch
    import torch.nn.functional as F
    from model import Model, EPS

    class Painter(torch.nn.Module):
        def __init__(self):
            super().__init__()
            model = Model(path)
            t, self.nodes, self.vectors = model.tensors, [], {"code": code, "strength": torch.ones(1, 1)}
            sizes = {i["name"]: i["channels"] for i in model.graphs["paint"]["inputs"]}
            if "tokens" in sizes:  # as bench-engine has them
                self.vectors["tokens"] = (torch.arange(sizes["tokens"]) % 13).float()[None]
            for n in model.graphs["paint"]["nodes"]:
                if n["op"] == "linear":
                    y = F.linear(self.vectors[n["inputs"][0]], t[n["weight"]], t[n["bias"]])
                    self.vectors[n["name"]] = F.relu(y) if n["relu"] else y
                elif n["op"] in ("conv2d", "modconv2d"):
                    self.add_conv(n, t)
                    self.nodes.append(n)
                elif n["op"] == "attention":
                    self.add_attention(n, t)
                    self.nodes.append(n)
                else:
                    self.nodes.append(n)

        def add_conv(self, n, t):
            w, b = t[n["weight"]], t[n["bias"]]
            if n["op"] == "modconv2d":
                w = w * (1 + self.vectors[n["inputs"][1]][0])[None, :, None, None]
                norm = w.square().sum((1, 2, 3), keepdim=True).add(1e-8).sqrt()
                w, b = t[n["gain"]][:, None, None, None] * w / norm, b + self.vectors[n["inputs"][3]][0]
            layer = torch.nn.Conv2d(w.shape[1], w.shape[0], 3, n["stride"])
            layer.weight, layer.bias = torch.nn.Parameter(w), torch.nn.Parameter(b)
            setattr(self, n["name"], layer)

        def add_attention(self, n, t):
            """What does not depend on the picture: see attention() of model.py."""
            self.query, self.query_bias = t[n["query"]], t[n["query_bias"]]
            tokens = self.vectors["tokens"].reshape(-1, self.query.shape[1])
            spread = (tokens.var(0, unbiased=False) + EPS).sqrt()
            self.keys = F.linear((tokens - tokens.mean(0)) / spread, t[n["key"]], t[n["key_bias"]]).t()
            self.values = F.linear(tokens / (tokens.square().mean() + EPS).sqrt(), t[n["value"]], t[n["value_bias"]])

        def attend(self, x, mean, std):
            seen = ((x - mean) / std)[0].flatten(1).t()
            share = (F.linear(seen, self.query, self.query_bias) @ self.keys / self.keys.shape[0] ** .5).softmax(1)
            return (share @ self.values).t().reshape(x.shape)

        def forward(self, picture):
            v = {"picture": picture}
            for n in self.nodes:
                x, op = [v.get(name) for name in n["inputs"]], n["op"]
                if op == "scale_shift":
                    y = x[0] * n["scale"] + n["shift"]
                elif op == "unshuffle":
                    y = F.pixel_unshuffle(x[0], n["factor"])
                elif op == "shuffle":
                    y = F.pixel_shuffle(x[0], n["factor"])
                elif op in ("conv2d", "modconv2d"):
                    y = getattr(self, n["name"])(F.pad(x[0], (1, 1, 1, 1), mode="reflect"))
                    y = F.relu(y) if n["relu"] else y
                elif op == "upsample":
                    y = F.interpolate(x[0], scale_factor=2., mode=n["mode"])
                elif op == "add":
                    y = F.relu(x[0] + x[1]) if n["relu"] else x[0] + x[1]
                elif op == "attention":
                    y = self.attend(x[0], *x[1])
                elif op == "moments":
                    mean = x[0].mean((2, 3), keepdim=True)
                    y = mean, ((x[0] - mean).square().mean((2, 3), keepdim=True) + EPS).sqrt()
                else:
                    gamma, beta = (self.vectors[k][..., None, None] for k in n["inputs"][2:4])
                    scale = F.relu(gamma) / x[1][1]
                    y = x[0] * scale + (beta - x[1][0] * scale)
                v[n["name"]] = y
            return v["result"]

    return Painter().eval().requires_grad_(False)


def load(model, code):
    import torch
    return painter(model, torch.from_numpy(np.fromfile(code, np.float32))[None])


def export(model, code, width, height, out):
    import torch
    example = torch.zeros(1, 3, int(height), int(width))
    torch.onnx.export(load(model, code), (example,), out, opset_version=17, input_names=["picture"],
                      output_names=["result"], do_constant_folding=True)


def torch_worker(kind, model, code):
    import torch
    network, frozen = load(model, code), {}
    layout = torch.channels_last if kind == "torch-last" else torch.contiguous_format
    network = network.to(memory_format=layout)

    @torch.inference_mode()
    def run(picture, threads):
        torch.set_num_threads(threads)
        x = torch.from_numpy(picture).contiguous(memory_format=layout)
        chosen = network
        if kind == "torch-frozen":
            if x.shape not in frozen:
                traced = torch.jit.freeze(torch.jit.trace(network, x))
                frozen[x.shape] = torch.jit.optimize_for_inference(traced)
                for _ in range(2):  # the profiling executor wants to see it run
                    frozen[x.shape](x)
            chosen = frozen[x.shape]
        start = time.perf_counter(), time.process_time()
        y = chosen(x)
        return y.contiguous().numpy(), time.perf_counter() - start[0], time.process_time() - start[1]
    return run


def onnx_worker(model):
    import onnxruntime
    sessions = {}

    def run(picture, threads):
        if threads not in sessions:
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads
            sessions[threads] = onnxruntime.InferenceSession(model, options, ["CPUExecutionProvider"])
        start = time.perf_counter(), time.process_time()
        y = sessions[threads].run(None, {"picture": picture})[0]
        return y, time.perf_counter() - start[0], time.process_time() - start[1]
    return run


def serve(run, name):
    for line in sys.stdin:
        *file, width, height, threads = line.split()
        shape = 1, 3, int(height), int(width)
        if file:
            result = run(np.fromfile(file[0], np.float32).reshape(shape), int(threads))
            result[0].tofile(f"{file[0]}.{name}")
        else:
            picture = (np.arange(np.prod(shape)) * 37 % 256 / 255).astype(np.float32).reshape(shape)
            result = run(picture, int(threads))
        print(f"{result[1]:.6f} {result[2]:.6f}", flush=True)


if __name__ == "__main__":
    kind, *arguments = sys.argv[1:]
    if kind == "export":
        export(*arguments)
    else:
        serve(onnx_worker(*arguments) if kind == "onnx" else torch_worker(kind, *arguments), kind)
