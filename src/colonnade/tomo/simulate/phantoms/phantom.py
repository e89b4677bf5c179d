"""A specimen in three dimensions, seen slice by slice, and the room that it has.

Lengths are in pixels of the true volume. The origin is the middle of the volume; the tilt axis
runs along y, and a slice is what a plane of equal y shows, axes (z, x).
"""

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from colonnade.core.arrays import Array, Single

SPACE: Final = 3
"""Dimensions of a specimen."""

FILLED = 0.94
"""Share of the largest cylinder around the tilt axis that compact specimens stay in: what turns in
it is seen whole in every view."""

FAR = 1e6
"""Distance of a surface that is not there [px]."""


@dataclass(frozen=True, eq=False)
class Grid:
    """Where a slice is sampled.

    Parameters
    ----------
    z, x
        Places from the middle, evenly spaced.
    step
        Distance between neighbours.
    """

    z: Single
    x: Single
    step: float

    @property
    def shape(self) -> tuple[int, int]:
        """Samples along z and x."""
        return len(self.z), len(self.x)

    @classmethod
    def centred(cls, depth: int, width: int, step: float) -> "Grid":
        """Lay so many samples around the middle."""
        z, x = (
            (step * (np.arange(count) - (count - 1) / 2)).astype(np.float32)
            for count in (depth, width)
        )
        return cls(z, x, step)

    def window(self, middle: tuple[float, float], reach: float) -> tuple[slice, slice]:
        """Give the part that lies within a reach of a place (z, x), along both axes."""
        first, last = (
            np.searchsorted(self.z, (middle[0] - reach, middle[0] + reach)),
            np.searchsorted(self.x, (middle[1] - reach, middle[1] + reach)),
        )
        return slice(int(first[0]), int(first[1])), slice(int(last[0]), int(last[1]))

    def part(self, window: tuple[slice, slice]) -> "Grid":
        """Give a part as a grid of its own."""
        return Grid(self.z[window[0]], self.x[window[1]], self.step)


class Phantom(Protocol):
    """A specimen with grey levels from 0, which is empty, to about 1."""

    @property
    def family(self) -> str:
        """What kind of specimen it is."""

    @property
    def wide(self) -> bool:
        """Whether it goes on along x beyond every field of view."""

    def slice(self, y: float, grid: Grid) -> Single:
        """Give the grey levels of a plane (z, x), edges over one sample."""


class Shape(Protocol):
    """A part of space with a surface."""

    @property
    def centre(self) -> Array:
        """Of it (z, y, x)."""

    @property
    def reach(self) -> float:
        """Nothing of it is farther from its centre."""

    def distance(self, y: float, grid: Grid) -> Single:
        """Give the distance from the surface in a plane, negative inside; good near it."""


def covered(distance: Single, step: float) -> Single:
    """Give the share of each sample's square that lies inside a surface."""
    share: Single = np.clip(np.float32(0.5) - distance / np.float32(step), 0, 1)
    return share


@dataclass(frozen=True)
class Room:
    """What a compact specimen may fill: a cylinder around the tilt axis, as long as the volume.

    Parameters
    ----------
    radius
        Of the cylinder.
    height
        Of the volume along y.
    """

    radius: float
    height: float

    @classmethod
    def of(cls, size: tuple[int, int, int]) -> "Room":
        """Give the room of a volume (z, y, x)."""
        return cls(FILLED * min(size[0], size[2]) / 2, float(size[1]))

    def place(self, rng: np.random.Generator, reach: float) -> Array:
        """Draw a centre (z, y, x) for something that reaches so far, so that the volume shows it.

        What is larger than the volume along y is cut anywhere but near its ends.
        """
        free = max(self.radius - reach, 0.0) * np.sqrt(rng.random())
        turn = rng.uniform(0, 2 * np.pi)
        along = max(self.height / 2 - reach, NEAREST_END * reach)
        y = rng.uniform(-along, along)
        return np.array([free * np.sin(turn), y, free * np.cos(turn)])


NEAREST_END = 0.6
"""Share of its reach at which something may be cut that is larger than the volume."""
