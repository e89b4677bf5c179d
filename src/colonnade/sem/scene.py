"""A specimen as an ideal electron beam would show it, at any resolution.

Lengths are in pixels of the sharp image: one unit is one of its pixels. The scene begins at
(0, 0), the corner of its first pixel.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from colonnade.core.arrays import Single

FINEST = 1.0
"""Scenes are sampled at least so densely, where their shapes have edges over one sample [unit]."""


class Scene(Protocol):
    """What a beam of no width would see."""

    @property
    def material(self) -> str:
        """What the scene shows, such as "rock"."""

    def render(
        self, shape: tuple[int, int], pixel_size: float, origin: tuple[float, float] = (0.0, 0.0)
    ) -> Single:
        """Give grey levels, the yield of secondary electrons averaged over the area of each pixel.

        Parameters
        ----------
        shape
            Rows and columns.
        pixel_size
            In units of the scene.
        origin
            The first pixel's corner (y, x).
        """


@dataclass(frozen=True, eq=False)
class Grid:
    """Where a scene is sampled.

    Parameters
    ----------
    y, x
        Centres of the rows and of the columns.
    step
        Distance between neighbours.
    """

    y: Single
    x: Single
    step: float

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.y), len(self.x)

    @classmethod
    def of(cls, shape: tuple[int, int], step: float, origin: tuple[float, float]) -> "Grid":
        """Lay out samples in the middle of pixels."""
        y, x = (
            np.asarray(start + step * (np.arange(count) + 0.5), np.float32)
            for start, count in zip(origin, shape, strict=True)
        )
        return cls(y, x, step)

    def wider(self, reach: int) -> "Grid":
        """Add so many samples on each side."""
        shape = (len(self.y) + 2 * reach, len(self.x) + 2 * reach)
        corner = (float(self.y[0]), float(self.x[0]))
        start = (corner[0] - (reach + 0.5) * self.step, corner[1] - (reach + 0.5) * self.step)
        return Grid.of(shape, self.step, start)


class SampledScene(ABC):
    """A scene that gives means over small squares; those of larger ones are means of these."""

    @property
    @abstractmethod
    def material(self) -> str:
        """What the scene shows."""

    @abstractmethod
    def sample(self, grid: Grid) -> Single:
        """Give the mean grey level around each sample, over a square of the grid's step."""

    def render(
        self, shape: tuple[int, int], pixel_size: float, origin: tuple[float, float] = (0.0, 0.0)
    ) -> Single:
        """Give grey levels, averaged over the area of each pixel; see `Scene`."""
        split = max(1, int(np.ceil(pixel_size / FINEST - 1e-9)))
        fine = (shape[0] * split, shape[1] * split)
        image = self.sample(Grid.of(fine, pixel_size / split, origin))
        blocks = image.reshape(shape[0], split, shape[1], split)
        return np.asarray(blocks.mean((1, 3)), np.float32)
