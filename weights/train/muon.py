# SPDX-FileCopyrightText: Pastiche contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Muon (Jordan et al. 2024): momentum whose matrix is replaced by the nearest semi-orthogonal one, found
by a Newton-Schulz iteration, so that every direction of a layer learns at the same pace.  Scaled as by
Liu et al. 2025 (arXiv 2502.16982), which lets it share Adam's learning rate."""
import torch


def orthogonal(g, steps=5):
    """About U V' of g = U S V', by a quintic iteration; g is a matrix."""
    x = g / g.norm().clamp(min=1e-12)
    wide = x.shape[0] <= x.shape[1]
    x = (x if wide else x.t()).to(torch.bfloat16)
    for _ in range(steps):
        a = x @ x.t()
        x = 3.4445 * x + (-4.775 * a + 2.0315 * a @ a) @ x
    return (x if wide else x.t()).float()


class Muon(torch.optim.Optimizer):
    """For weights of two or more dimensions; the first is what a layer gives."""

    def __init__(self, parameters, lr, momentum=.95):
        super().__init__(parameters, dict(lr=lr, momentum=momentum))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group['params']:
                state = self.state[p]
                if not state:
                    state['momentum'] = torch.zeros_like(p)
                m = state['momentum']
                m.lerp_(p.grad, 1 - group['momentum'])
                g = p.grad.lerp(m, group['momentum']).flatten(1)
                p.add_(orthogonal(g).view_as(p), alpha=-group['lr'] * .2 * max(g.shape) ** .5)
