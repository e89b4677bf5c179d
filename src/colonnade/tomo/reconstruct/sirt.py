"""The simultaneous iterative reconstruction technique, which stops at the noise."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.tomo.reconstruct.projector import Projector

Watch = Callable[[int, Single], bool]
"""Sees the number of an iteration and its slices, and says whether that is enough."""


@dataclass(frozen=True)
class Sirt:
    """How far the iterations go.

    Parameters
    ----------
    most
        Largest number of iterations.
    stop
        They end where the residual is so many times the noise; 1 is the discrepancy principle.
    """

    most: int = 200
    stop: float = 1.0


def sirt(
    projector: Projector,
    sinograms: Single,
    settings: Sirt,
    noise: Array | None = None,
    watch: Watch | None = None,
) -> Single:
    """Reconstruct slices (slice, z, x) without negative grey levels from sinograms.

    Parameters
    ----------
    projector
        Of the series.
    sinograms
        Axes (slice, view, x).
    settings
        How far the iterations go.
    noise
        Standard deviation of each sinogram's noise; without it they go as far as they may.
    watch
        Sees every iteration.
    """
    ones = np.ones((1, projector.depth, projector.width), np.float32)
    rows = _inverse(projector.project(ones))
    columns = _inverse(projector.back_project(np.ones_like(rows)))
    slices = np.zeros((len(sinograms), *ones.shape[1:]), np.float32)
    goes_on = np.ones(len(sinograms), bool)
    for iteration in range(settings.most):
        residual = sinograms[goes_on] - projector.project(slices[goes_on])
        if noise is not None:
            above = np.sqrt(np.mean(residual**2, (1, 2))) > settings.stop * noise[goes_on]
            goes_on[goes_on] = above
            residual = residual[above]
        if not goes_on.any():
            break
        step = columns * projector.back_project(rows * residual)
        slices[goes_on] = np.maximum(slices[goes_on] + step, 0)
        if watch is not None and watch(iteration + 1, slices):
            break
    return slices


def _inverse(sums: Single) -> Single:
    """One over the sums; zero where a ray or a voxel is not seen."""
    seen = sums > 1e-3
    return np.asarray(np.divide(1, sums, where=seen, out=np.zeros_like(sums)), np.float32)
