"""Divide an image among several fits, so that one of any size needs bounded memory."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LARGEST = 640
"""Rows and columns of a part, without its surroundings [px]."""


@dataclass(frozen=True, eq=False)
class Part:
    """A part of an image, and as much around it as has an influence.

    Parameters
    ----------
    rows, columns
        Of the part with its surroundings.
    low, high
        First row and column of the part alone, and those after its last [px].
    """

    rows: slice
    columns: slice
    low: Array
    high: Array

    @property
    def origin(self) -> Array:
        """First row and column with the surroundings [px]."""
        return np.array([self.rows.start, self.columns.start], float)

    def seen(self, positions: Array) -> NDArray[np.intp]:
        """Which columns are in the part or in its surroundings."""
        end = np.array([self.rows.stop, self.columns.stop])
        inside = (positions >= self.origin - 0.5) & (positions < end - 0.5)
        return np.flatnonzero(inside.all(axis=1))

    def owns(self, positions: Array) -> NDArray[np.bool_]:
        """Which columns are in the part itself."""
        return np.asarray(((positions >= self.low) & (positions < self.high)).all(axis=1))


def divide(shape: tuple[int, int], margin: float) -> Iterator[Part]:
    """Divide an image into parts of about the same size.

    Parameters
    ----------
    shape
        Rows and columns of the image.
    margin
        Width of the surroundings [px].
    """
    edges = [
        np.linspace(0, count, max(1, -(-count // LARGEST)) + 1).round().astype(int)
        for count in shape
    ]
    wide = int(np.ceil(margin))
    for top, bottom in zip(edges[0], edges[0][1:], strict=False):
        for left, right in zip(edges[1], edges[1][1:], strict=False):
            low, high = np.array([top, left]), np.array([bottom, right])
            yield Part(
                slice(max(top - wide, 0), min(bottom + wide, shape[0])),
                slice(max(left - wide, 0), min(right + wide, shape[1])),
                # What is beyond the image belongs to the part at its border.
                np.where(low == 0, -np.inf, low - 0.5),
                np.where(high == shape, np.inf, high - 0.5),
            )
