"""The correction that views want of slices, so that a network learns through it (torch)."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from colonnade.core.arrays import Single
from colonnade.tomo.reconstruct.evidence import EMPHASIS, Evidence


def pull(one: Tensor, sinogram: Tensor, evidence: Evidence) -> Tensor:
    """Give the pull of `Evidence` for a slice (z, x); gradients go through it to the slice."""
    found: Tensor = _Pull.apply(one, sinogram, evidence)  # type: ignore[no-untyped-call]
    return found


class _Pull(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, one: Tensor, sinogram: Tensor, evidence: Evidence) -> Tensor:
        """Work it out on the processor, where the sparse matrix is."""
        ctx.evidence = evidence
        return _like(evidence.pull(_array(one), _array(sinogram)), one)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        """Give minus what projects and projects back, which is its own transpose."""
        (gradient,) = gradients
        evidence: Evidence = ctx.evidence
        projector = evidence.projector
        solved = evidence.solver(_array(gradient)) * np.float32(EMPHASIS)
        back = projector.back_project(projector.project(solved))
        return _like(-back, gradient), None, None


def _array(one: Tensor) -> Single:
    return np.asarray(one.detach().float().cpu().numpy(), np.float32)[None]


def _like(found: Single, tensor: Tensor) -> Tensor:
    return torch.from_numpy(found[0]).to(tensor)
