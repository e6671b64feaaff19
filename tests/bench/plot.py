#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws the bars of docs/benchmarks.svg from what tests/bench/run --json kept: plot.py FIGURES.json OUT.svg"""
import json
import sys
from xml.sax.saxutils import escape

figures = json.load(open(sys.argv[1], encoding="utf-8"))
title, rows = next((k, v) for k, v in figures.items() if k.startswith("The same network"))
most = max(row["seconds"] for row in rows.values())
height = 50 + 30 * len(rows)
# REUSE-IgnoreStart
lines = ['<!-- SPDX-FileCopyrightText: 2026 The Pastiche developers -->',
         '<!-- SPDX-License-Identifier: GPL-3.0-or-later -->',
         # REUSE-IgnoreEnd
         f'<svg xmlns="http://www.w3.org/2000/svg" width="640" height="{height}" font-family="sans-serif" font-size="13">',
         f'<rect width="640" height="{height}" fill="white"/>',
         f'<text x="10" y="24" font-size="15">{escape(title)}: seconds per megapixel</text>']
for i, (name, row) in enumerate(rows.items()):
    y, width = 40 + 30 * i, 340 * row["seconds"] / most
    lines += [f'<text x="10" y="{y + 16}">{escape(name)}</text>',
              f'<rect x="210" y="{y}" width="{width:.1f}" height="22" fill="{"#c8553d" if i == 0 else "#8a9ba8"}"/>',
              f'<text x="{216 + width:.1f}" y="{y + 16}">{row["seconds"]:.3f}</text>']
open(sys.argv[2], "w", encoding="utf-8").write("\n".join([*lines, "</svg>"]) + "\n")
