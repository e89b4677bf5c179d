"""Render a specimen on a grid finer than its volume's, of which the true volume is the mean."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Single
from colonnade.tomo.simulate.phantoms.phantom import Grid, Phantom

FINENESS = 2
"""So many samples lie along each edge of a voxel of the true volume."""

STEP = 1 / FINENESS
"""From one sample to the next [px]."""

BLOCK = 32
"""Rows of the volume that are rendered at once, so that memory does not grow with their number."""


@dataclass(frozen=True, eq=False)
class Rendered:
    """Some rows of a specimen, sampled.

    Parameters
    ----------
    samples
        Grey levels, axes (z, x, y): slices as columns are projected fastest.
    grid
        Where the slices are sampled.
    width
        Of the true volume along x [px]; samples of what is wide go on beyond it.
    """

    samples: Single
    grid: Grid
    width: int

    @property
    def truth(self) -> Single:
        """These rows of the true volume (z, y, x): the mean of the samples in each voxel."""
        depth, across, height = self.samples.shape
        beyond = (across - FINENESS * self.width) // 2
        inner = self.samples[:, beyond : beyond + FINENESS * self.width]
        blocks = inner.reshape(
            depth // FINENESS, FINENESS, self.width, FINENESS, height // FINENESS, FINENESS
        )
        return np.ascontiguousarray(blocks.mean((1, 3, 5)).transpose(0, 2, 1))


def render(
    phantom: Phantom, size: tuple[int, int, int], border: int, steepest: float
) -> Iterator[Rendered]:
    """Render a specimen, some rows after the other.

    Parameters
    ----------
    phantom
        The specimen.
    size
        Of the true volume (z, y, x) [px].
    border
        How far it is to go on along y on both sides, and along x as far as views do [px].
    steepest
        The views are not tilted by more [degrees].
    """
    depth, height, width = size
    across = width + 2 * _beyond(size, border, steepest) if phantom.wide else width
    grid = Grid.centred(FINENESS * depth, FINENESS * across, STEP)
    rows = height + 2 * border
    places = STEP * (np.arange(FINENESS * rows) - (FINENESS * rows - 1) / 2)
    for first in range(0, len(places), FINENESS * BLOCK):
        some = places[first : first + FINENESS * BLOCK]
        samples = np.empty((*grid.shape, len(some)), np.float32)
        for row, y in enumerate(some):
            samples[:, :, row] = phantom.slice(float(y), grid)
        yield Rendered(samples, grid, width)


def _beyond(size: tuple[int, int, int], border: int, steepest: float) -> int:
    """How far beyond the volume along x the most tilted views see through it [px]."""
    depth, _, width = size
    tilt = np.deg2rad(steepest)
    seen = (width + 2 * border) / np.cos(tilt) + depth * np.tan(tilt)
    return int(np.ceil((seen - width) / 2)) + 1
