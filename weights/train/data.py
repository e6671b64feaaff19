# SPDX-FileCopyrightText: Pastiche contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Training pictures: a folder (or tar) with art/, photos/ and index.tsv (file, licence, repository,
commit, path).  Decoded once into bytes in memory; crops are cut by a worker process."""
import csv
import io
import os
import random
import tarfile
import numpy as np
import torch
from PIL import Image

# photographs of single things on plain grounds: useful, but not what people stylise
LESS = {'MachineLearning2020/Homework2-Caltech101': .15, 'Oldpel/flower_photos': .3}


def read(pictures):
    """-> ([art], [photos], [weight of each photo]); pictures as uint8 h w 3."""
    def decode(f):
        return np.asarray(Image.open(f).convert('RGB'))
    art, photos, weights = [], [], []
    if os.path.isdir(pictures):
        get = lambda name: decode(os.path.join(pictures, name))
        index = open(os.path.join(pictures, 'index.tsv'), encoding='utf-8').read()
    else:
        tar = tarfile.open(pictures)
        names = {os.path.normpath(m.name): m for m in tar.getmembers()}
        get = lambda name: decode(io.BytesIO(tar.extractfile(names[name]).read()))
        index = tar.extractfile(names['index.tsv']).read().decode('utf-8')
    for row in csv.DictReader(io.StringIO(index), delimiter='\t', quoting=csv.QUOTE_NONE):
        picture = get(row['file'])
        if min(picture.shape[:2]) < 96:
            continue
        if row['file'].startswith('art/'):
            art.append(picture)
        else:
            photos.append(picture)
            weights.append(LESS.get(row['repository'], 1.))
    return art, photos, weights


def crop(a, size, sides, rng, style):
    """A random square with a side in `sides`, resampled to size; styles are also turned."""
    h, w = a.shape[:2]
    side = min(h, w, rng.randint(*sides))
    y, x = rng.randint(0, h - side), rng.randint(0, w - side)
    im = Image.fromarray(a[y:y + side, x:x + side])
    if side != size:
        im = im.resize((size, size), Image.BICUBIC if side < size else Image.LANCZOS)
    if style and rng.random() < .25:
        hsv = np.asarray(im.convert('HSV')).copy()
        hsv[..., 0] += np.uint8(rng.randint(-20, 20) & 255)
        im = Image.fromarray(hsv, 'HSV').convert('RGB')
    a = np.asarray(im)
    if style:
        a = np.rot90(a, rng.choice((0, 0, 1, 2, 3)))
    if rng.random() < .5:
        a = a[:, ::-1]
    return torch.from_numpy(a.copy())


class Crops(torch.utils.data.IterableDataset):
    """Endless batches (contents, styles) of `count` uint8 crops each, n h w 3."""

    def __init__(self, pictures, size, count, seed, sides):
        self.art, self.photos, weights = read(pictures)
        self.weights = np.cumsum(weights).tolist()
        self.size, self.count, self.seed, self.sides = size, count, seed, sides

    def __iter__(self):
        worker = torch.utils.data.get_worker_info()
        rng = random.Random(self.seed * 1000 + (worker.id if worker else 0))
        while True:
            contents, styles = [], []
            for _ in range(self.count):
                # one content in ten is a painting
                c = rng.choice(self.art) if rng.random() < .1 else rng.choices(self.photos, cum_weights=self.weights)[0]
                contents.append(crop(c, self.size, self.sides, rng, False))
                styles.append(crop(rng.choice(self.art), self.size, self.sides, rng, True))
            yield torch.stack(contents), torch.stack(styles)
