# SPDX-FileCopyrightText: Pastiche contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files to tensors and back, for the tools beside train.py."""
import os
import numpy as np
import torch
from PIL import Image

KINDS = ('.png', '.jpg', '.jpeg', '.webp', '.ppm')


def load(path, longest=None):
    """-> 3 h w in 0..1; reduced (never enlarged) to `longest` px by area averaging."""
    im = Image.open(path).convert('RGB')
    if longest and max(im.size) > longest:
        k = longest / max(im.size)
        im = im.resize((max(1, round(im.width * k)), max(1, round(im.height * k))), Image.BOX)
    return torch.from_numpy(np.asarray(im).copy()).permute(2, 0, 1).float() / 255


def save(picture, path):
    a = (picture.clamp(0, 1) * 255).round().to(torch.uint8).permute(1, 2, 0).numpy()
    Image.fromarray(a).save(path)


def stems(folder):
    """{name without extension: path} of a folder's pictures."""
    return {os.path.splitext(f)[0]: os.path.join(folder, f)
            for f in sorted(os.listdir(folder)) if f.lower().endswith(KINDS)}
