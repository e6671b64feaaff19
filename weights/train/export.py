# SPDX-FileCopyrightText: Pastiche contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write a checkpoint (or an untrained network) as a model file the engine reads.

  export.py [--checkpoint FILE] [--version 0.1.0] [--recipe TEXT] OUT.safetensors
"""
import argparse
import hashlib
import json
import os
import struct
import torch
from network import Network, graphs

CREDIT = ('Loss network: VGG-19 by Karen Simonyan and Andrew Zisserman (2014), CC BY 4.0. '
          'Trained on public-domain art and freely licensed photographs, listed in weights/train/pictures.tsv.')


def write(path, tensors, metadata, dtype=torch.float16):
    """float16 (or 32) tensors, in the order of their names; the hash of the data goes into the metadata."""
    entries, blobs, at = {}, [], 0
    for name in sorted(tensors):
        t = tensors[name].detach().to(dtype).contiguous()
        if not torch.isfinite(t).all():
            raise SystemExit(f'{name}: not finite in {dtype}')
        blob = t.numpy().tobytes()
        entries[name] = dict(dtype='F16' if dtype == torch.float16 else 'F32', shape=list(t.shape), data_offsets=[at, at + len(blob)])
        blobs.append(blob)
        at += len(blob)
    data = b''.join(blobs)
    metadata = dict(metadata, data_sha256=hashlib.sha256(data).hexdigest())
    header = json.dumps({'__metadata__': metadata, **entries}, separators=(',', ':'), ensure_ascii=True).encode()
    header += b' ' * (-len(header) % 8)
    with open(path + '.new', 'wb') as f:
        f.write(struct.pack('<Q', len(header)) + header + data)
    os.replace(path + '.new', path)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--checkpoint', help='as train.py writes it; without one, an untrained network')
    ap.add_argument('--version', default='0.1.0')
    ap.add_argument('--recipe', default='untrained')
    ap.add_argument('out')
    a = ap.parse_args()
    torch.manual_seed(0)
    network = Network()
    if a.checkpoint:
        network.load_state_dict(torch.load(a.checkpoint, map_location='cpu', weights_only=True)['ema'])
    write(a.out, network.state_dict(), dict(
        format='pastiche-1', name='painter', version=a.version, licence='CC-BY-4.0', recipe=a.recipe,
        credit=CREDIT, graphs=json.dumps(graphs(), separators=(',', ':'))))


if __name__ == '__main__':
    main()
