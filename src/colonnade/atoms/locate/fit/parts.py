"""Divide an image among several fits, so that one of any size needs bounded memory.

Each part is fitted with a margin around it, whose columns have an influence on its own but are
reported by the part that they belong to.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.locate.fit.settings import FIT_DEFAULTS, PartSettings
from colonnade.core.arrays import Array


@dataclass(frozen=True, eq=False)
class Part:
    """A part of an image and the margin around it.

    Parameters
    ----------
    rows, columns
        Of the part with its margin.
    low, high
        First row and column of the part alone, and those after its last [px].
    """

    rows: slice
    columns: slice
    low: Array
    high: Array

    @property
    def origin(self) -> Array:
        """First row and column with the margin [px]."""
        return np.array([self.rows.start, self.columns.start], float)

    def contains(self, positions: Array) -> NDArray[np.intp]:
        """Numbers of the columns in the part, in its margin, or beyond the image beside it."""
        end = np.array([self.rows.stop, self.columns.stop])
        first = np.where(np.isinf(self.low), -np.inf, self.origin - 0.5)
        after = np.where(np.isinf(self.high), np.inf, end - 0.5)
        inside = (positions >= first) & (positions < after)
        return np.flatnonzero(inside.all(axis=1))

    def owns(self, positions: Array) -> NDArray[np.bool_]:
        """Which columns are in the part itself."""
        return np.asarray(((positions >= self.low) & (positions < self.high)).all(axis=1))


def divide(
    shape: tuple[int, int],
    columns: int,
    margin: float,
    settings: PartSettings = FIT_DEFAULTS.parts,
) -> Iterator[Part]:
    """Divide an image into parts of about the same size.

    Parameters
    ----------
    shape
        Rows and columns of the image.
    columns
        Number of atom columns in it.
    margin
        Width of the margin [px].
    settings
        How large parts are.
    """
    wanted = float(np.clip(columns / settings.columns, 1, settings.most_parts))
    down = max(1, round(np.sqrt(wanted * shape[0] / shape[1])))
    across = max(1, round(wanted / down))
    counts = [
        max(count, -(-size // settings.largest_side))
        for size, count in zip(shape, (down, across), strict=True)
    ]
    edges = [
        np.linspace(0, size, count + 1).round().astype(int).tolist()
        for size, count in zip(shape, counts, strict=True)
    ]
    wide = int(np.ceil(margin))
    for (top, bottom), (left, right) in product(pairwise(edges[0]), pairwise(edges[1])):
        low, high = np.array([top, left]), np.array([bottom, right])
        yield Part(
            slice(max(top - wide, 0), min(bottom + wide, shape[0])),
            slice(max(left - wide, 0), min(right + wide, shape[1])),
            # What is beyond the image belongs to the part at its border.
            np.where(low == 0, -np.inf, low - 0.5),
            np.where(high == shape, np.inf, high - 0.5),
        )
