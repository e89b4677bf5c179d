"""How thick a specimen is: a wedge, terraces, and whole repeats of the crystal."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.simulate.specimen.lattice import Line
from colonnade.core.arrays import Array

F = TypeVar("F", np.float32, np.float64)


@dataclass(frozen=True)
class Terrace:
    """A step of the surface.

    Parameters
    ----------
    edge
        Where it runs.
    repeats
        How many repeats along the beam the crystal has more beyond it; negative if fewer.
    """

    edge: Line
    repeats: int


@dataclass(frozen=True)
class Thickness:
    """Thickness of a specimen away from its edges.

    Parameters
    ----------
    base
        In the middle of the field of view [nm].
    wedge
        Relative change from the middle, by its distance from this line in fields of view.
    extent
        Width of the field of view across that line [nm].
    terraces
        Steps of the surface.
    """

    base: float
    wedge: float
    middle: Line
    extent: float
    terraces: tuple[Terrace, ...]

    def repeats(self, positions: Array, period: float) -> Array:
        """Repeats along the beam of columns, rows of (y, x) [nm]; whole, and at least one."""
        y, x = positions.T
        repeats = np.round(self._wedge(y, x) / period)
        for terrace in self.terraces:
            repeats += terrace.repeats * (terrace.edge.distance(y, x) > 0)
        return np.asarray(np.maximum(repeats, 1.0))

    def between(self, y: NDArray[F], x: NDArray[F], period: float) -> NDArray[F]:
        """Thickness at points between the columns, at least one repeat [nm]."""
        thickness = self._wedge(y, x)
        for terrace in self.terraces:
            beyond = terrace.edge.distance(y, x) > 0
            thickness += beyond * thickness.dtype.type(terrace.repeats * period)
        return np.maximum(thickness, period, out=thickness)

    def _wedge(self, y: NDArray[F], x: NDArray[F]) -> NDArray[F]:
        return self.middle.ramp(y, x, self.base * self.wedge / self.extent, self.base)
