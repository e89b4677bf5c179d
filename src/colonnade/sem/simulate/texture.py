"""Random fields that are tied to the coordinates of a scene, and so the same at any resolution."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.sem.scene import Grid

REACH = 5
"""Bumps end so many standard deviations from their centre, where less than 1e-5 is left."""

NORM = float(np.pi**-0.25)
"""Makes the variance of a row of bumps with random weights one: their squares sum to √π."""


class Field(Protocol):
    """A random field."""

    def on(self, grid: Grid) -> Single:
        """Give the field at samples."""


@dataclass(frozen=True, eq=False)
class Texture:
    """Smooth noise of zero mean and unit standard deviation: Gaussian bumps of random height.

    Parameters
    ----------
    weights
        Height of each bump; they lie one standard deviation apart.
    lengths
        Standard deviation of a bump along (y, x).
    """

    weights: Single
    lengths: tuple[float, float]

    def on(self, grid: Grid) -> Single:
        """Give the field at samples; far outside of the scene it is zero."""
        down = _bumps(grid.y, self.lengths[0], self.weights.shape[0])
        across = _bumps(grid.x, self.lengths[1], self.weights.shape[1])
        return np.asarray(down @ self.weights @ across.T, np.float32)


def draw_texture(
    rng: np.random.Generator, field: tuple[float, float], length: float, stretch: float = 1.0
) -> Texture:
    """Draw smooth noise.

    Parameters
    ----------
    rng
        Source of the bumps.
    field
        Height and width of the scene; the field reaches beyond it by what blurs may need.
    length
        Standard deviation of a bump along y.
    stretch
        So many times as long it is along x.
    """
    lengths = (length, length * stretch)
    shape = tuple(
        int(np.ceil((size + 2 * BORDER) / one)) + 2 * REACH
        for size, one in zip(field, lengths, strict=True)
    )
    return Texture(rng.standard_normal(shape, dtype=np.float32), lengths)


BORDER = 32.0
"""Scenes go on so far beyond their field on every side [unit]."""


def _bumps(at: Single, length: float, count: int) -> Single:
    """Bumps side by side, one in each column."""
    centres = length * (np.arange(count, dtype=np.float32) - REACH) - BORDER
    away = (at[:, None] - centres) / np.float32(length)
    bumps: Single = np.exp(np.maximum(-0.5 * away * away, -60)) * np.float32(NORM)
    return bumps


@dataclass(frozen=True, eq=False)
class Layers:
    """The sum of textures, each with a weight.

    Parameters
    ----------
    textures, weights
        What is added up.
    """

    textures: Sequence[Texture]
    weights: Sequence[float]

    def on(self, grid: Grid) -> Single:
        """Give the field at samples."""
        total = np.zeros(grid.shape, np.float32)
        for texture, weight in zip(self.textures, self.weights, strict=True):
            total += np.float32(weight) * texture.on(grid)
        return total


def draw_layers(
    rng: np.random.Generator,
    field: tuple[float, float],
    lengths: tuple[float, float],
    growth: float,
) -> Layers:
    """Draw noise of several scales, of unit standard deviation.

    Parameters
    ----------
    rng
        Source of the bumps.
    field
        Height and width of the scene.
    lengths
        Shortest and longest standard deviation of a bump; those between double.
    growth
        By this power of its length a scale is stronger: 0 where all are alike.
    """
    count = max(1, round(float(np.log2(lengths[1] / lengths[0]))) + 1)
    scales = lengths[0] * 2.0 ** np.arange(count)
    weights = scales**growth
    weights /= np.sqrt((weights**2).sum())
    textures = [draw_texture(rng, field, float(scale)) for scale in scales]
    return Layers(textures, [float(weight) for weight in weights])


@dataclass(frozen=True, eq=False)
class Waves:
    """A field of one dominant wavelength, of zero mean and unit standard deviation.

    Parameters
    ----------
    vectors
        Wave vectors, rows of (y, x), or of (z, y, x) of which `section` is taken [radians per
        unit].
    phases
        Of the waves [radians].
    """

    vectors: Array
    phases: Array

    def section(self, z: float) -> "Waves":
        """Give the field in a plane of equal z, of one in space."""
        return Waves(self.vectors[:, 1:], self.phases + z * self.vectors[:, 0])

    def on(self, grid: Grid) -> Single:
        """Give the field at samples."""
        down = np.outer(grid.y, self.vectors[:, 0]).astype(np.float32)
        across = (np.outer(grid.x, self.vectors[:, 1]) + self.phases).astype(np.float32)
        left = np.concatenate([np.cos(down), -np.sin(down)], axis=1)
        right = np.concatenate([np.cos(across), np.sin(across)], axis=1)
        return np.asarray(left @ right.T * np.float32(np.sqrt(2 / len(self.phases))), np.float32)


WAVES = 160
"""So many waves add up to a field that looks as if there were no end of them."""


def draw_waves(
    rng: np.random.Generator, wavelength: float, spread: float, dimensions: int = 2
) -> Waves:
    """Draw a field of one dominant wavelength, which has no borders.

    Parameters
    ----------
    rng
        Source of directions and phases.
    wavelength
        Its median.
    spread
        Standard deviation of its logarithm.
    dimensions
        Of the field: 2, or 3 for one in space.
    """
    number = 2 * np.pi / (wavelength * np.exp(spread * rng.standard_normal(WAVES)))
    direction = rng.standard_normal((WAVES, dimensions))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    return Waves(number[:, None] * direction, rng.uniform(0, 2 * np.pi, WAVES))
