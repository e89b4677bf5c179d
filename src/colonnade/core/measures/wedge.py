"""Directions of Fourier space that the views of a tilt series measure, or leave out.

A view at a tilt measures the plane of Fourier space that stands on its beam, in which lies the
tilt axis, y. Views between two tilts measure all planes between two, and leave out a wedge.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colonnade.core.arrays import Array


@dataclass(frozen=True)
class Wedge:
    """Directions that views about y between two tilts measure, or all others.

    Parameters
    ----------
    lowest, highest
        Tilts between which is measured [degrees].
    measured
        Whether these are the directions that are measured, or the others.
    """

    lowest: float
    highest: float
    measured: bool = True

    @classmethod
    def of(cls, angles: Sequence[float] | Array) -> "Wedge":
        """Give what views at these tilts [degrees] measure: half a step beyond the outermost."""
        tilts = np.unique(angles)
        half = float(np.median(np.diff(tilts))) / 2
        return cls(float(tilts[0]) - half, float(tilts[-1]) + half)

    @property
    def other(self) -> "Wedge":
        """All other directions."""
        return Wedge(self.lowest, self.highest, not self.measured)

    @property
    def missing(self) -> float:
        """Share of all directions that was not measured."""
        return max(0.0, 1 - (self.highest - self.lowest) / 180)

    def holds(self, directions: Array) -> NDArray[np.bool_]:
        """Whether directions lie in it; each is that of a view at this tilt [degrees]."""
        seen = (directions - self.lowest) % 180 <= self.highest - self.lowest
        return np.asarray(seen == self.measured)


def direction_of(z: Array, x: Array) -> Array:
    """Direction of frequencies along z and x: the tilt of the view that measures them [degrees].

    On the tilt axis itself, where both are zero and every view measures, it is that of no tilt.
    """
    return np.asarray(np.rad2deg(np.arctan2(z, x)))
