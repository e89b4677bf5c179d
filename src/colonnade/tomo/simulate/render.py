"""Render a specimen on a grid finer than its volume's, of which the true volume is the mean."""

from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Single
from colonnade.tomo.simulate.phantoms.phantom import Grid, Phantom

FINENESS = 2
"""So many samples lie along each edge of a voxel of the true volume."""

STEP = 1 / FINENESS
"""From one sample to the next [px]."""


@dataclass(frozen=True, eq=False)
class Rendered:
    """A specimen, sampled.

    Parameters
    ----------
    samples
        Grey levels, axes (z, x, y): slices as columns are projected fastest.
    grid
        Where the slices are sampled.
    size
        Of the true volume (z, y, x) [px]; the samples go on beyond it along y, and along x where
        the specimen does.
    """

    samples: Single
    grid: Grid
    size: tuple[int, int, int]

    @property
    def truth(self) -> Single:
        """The true volume (z, y, x): the mean of the samples in each of its voxels."""
        depth, height, width = self.size
        beyond = [
            (have - FINENESS * want) // 2
            for have, want in zip(self.samples.shape, (depth, width, height), strict=True)
        ]
        inner = self.samples[
            tuple(
                slice(b, b + FINENESS * n)
                for b, n in zip(beyond, (depth, width, height), strict=True)
            )
        ]
        blocks = inner.reshape(depth, FINENESS, width, FINENESS, height, FINENESS)
        return np.ascontiguousarray(blocks.mean((1, 3, 5)).transpose(0, 2, 1))


def render(phantom: Phantom, size: tuple[int, int, int], border: int, steepest: float) -> Rendered:
    """Render a specimen.

    Parameters
    ----------
    phantom
        The specimen.
    size
        Of the true volume (z, y, x) [px].
    border
        How far it is to go on along y [px]; as far as the views do along x.
    steepest
        The views are not tilted by more [degrees].
    """
    depth, height, width = size
    if phantom.wide:
        tilt = np.deg2rad(steepest)
        seen = (width + 2 * border) / np.cos(tilt) + depth * np.tan(tilt)
        width += 2 * int(np.ceil((seen - width) / 2) + 1)
    grid = Grid.centred(FINENESS * depth, FINENESS * width, STEP)
    rows = FINENESS * (height + 2 * border)
    samples = np.empty((*grid.shape, rows), np.float32)
    for row in range(rows):
        samples[:, :, row] = phantom.slice(STEP * (row - (rows - 1) / 2), grid)
    return Rendered(samples, grid, size)
