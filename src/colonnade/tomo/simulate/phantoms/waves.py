"""Smooth random fields in space, which have no borders."""

from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.tomo.simulate.phantoms.phantom import SPACE, Grid

WAVES = 120
"""So many waves add up to a field that looks as if there were no end of them."""


@dataclass(frozen=True, eq=False)
class Waves:
    """A field of one dominant wavelength, of zero mean and unit standard deviation.

    Parameters
    ----------
    vectors
        Wave vectors, rows of (z, y, x) [radians per px].
    phases
        Of the waves [radians].
    """

    vectors: Array
    phases: Array

    @property
    def slope(self) -> float:
        """Standard deviation of the field's derivative along an axis, on average [1/px]."""
        return float(np.sqrt((self.vectors**2).sum(1).mean() / SPACE))

    def slice(self, y: float, grid: Grid) -> Single:
        """Give the field in a plane of equal y."""
        down = np.outer(grid.z, self.vectors[:, 0]).astype(np.float32)
        across = np.outer(grid.x, self.vectors[:, 2]) + (self.phases + y * self.vectors[:, 1])
        across = across.astype(np.float32)
        left = np.concatenate([np.cos(down), -np.sin(down)], axis=1)
        right = np.concatenate([np.cos(across), np.sin(across)], axis=1)
        return np.asarray(left @ right.T * np.float32(np.sqrt(2 / len(self.phases))))


def draw_waves(rng: np.random.Generator, wavelength: float, spread: float) -> Waves:
    """Draw a field of one dominant wavelength.

    Parameters
    ----------
    rng
        Source of directions and phases.
    wavelength
        Its median [px].
    spread
        Standard deviation of its logarithm.
    """
    number = 2 * np.pi / (wavelength * np.exp(spread * rng.standard_normal(WAVES)))
    direction = rng.standard_normal((WAVES, SPACE))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    return Waves(number[:, None] * direction, rng.uniform(0, 2 * np.pi, WAVES))
