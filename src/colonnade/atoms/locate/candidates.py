"""Candidates for columns, and the scale on which they were found."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colonnade.core.arrays import Array, Indices, Single
from colonnade.core.images.binning import Binning


@dataclass(frozen=True)
class InputScale:
    """How an image is shown to the network.

    Parameters
    ----------
    binning
        Blocks of pixels that are averaged.
    dark
        Whether the grey levels are inverted, as the columns are dark.
    """

    binning: Binning
    dark: bool

    def brightened(self, pixels: Single) -> Single:
        """Give grey levels in which the columns are bright."""
        return -pixels if self.dark else pixels


@dataclass(frozen=True, eq=False)
class Candidates:
    """Places of an image that may be columns.

    Parameters
    ----------
    positions
        Rows of (y, x) [px].
    confidence
        Of the network in each, from 0 to 1.
    """

    positions: Array
    confidence: Array

    @classmethod
    def none(cls) -> "Candidates":
        """Give a set without candidates."""
        return cls(np.empty((0, 2)), np.empty(0))

    def __len__(self) -> int:
        return len(self.confidence)

    def __getitem__(self, chosen: NDArray[np.bool_] | Indices) -> "Candidates":
        """Choose candidates by a mask or by indices."""
        return Candidates(self.positions[chosen], self.confidence[chosen])

    def plus(self, other: "Candidates") -> "Candidates":
        """Put other candidates after these."""
        return Candidates(
            np.concatenate([self.positions, other.positions]),
            np.concatenate([self.confidence, other.confidence]),
        )

    def inside(self, shape: tuple[int, ...]) -> "Candidates":
        """Choose those within an image of so many rows and columns."""
        last = np.array(shape) - 0.5
        inside = (self.positions >= -0.5) & (self.positions <= last)
        return self[np.asarray(inside.all(axis=1))]
