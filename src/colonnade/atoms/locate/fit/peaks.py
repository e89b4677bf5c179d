"""Columns and background as a joint fit sees them, and the image that they make."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from colonnade.atoms.locate.fit.shape import Shape
from colonnade.atoms.locate.fit.windows import Functions, Windows
from colonnade.core.arrays import Array, Single

PARAMETERS = 4
"""Number of parameters of a column: y, x, height and logarithm of the width."""


@dataclass(frozen=True, eq=False)
class Peaks:
    """Columns and background of a fit; lengths are in pixels of the fitted image.

    Parameters
    ----------
    positions
        Rows of (y, x).
    height, width
        Of each column.
    nodes
        Background at the nodes of its grid.
    shape
        What all columns share.
    found
        Rows of (y, x): where the network found each column; NaN where it did not.
    """

    positions: Array
    height: Array
    width: Array
    nodes: Single
    shape: Shape
    found: Array

    def __len__(self) -> int:
        return len(self.height)

    @property
    def tops(self) -> Array:
        """Rows of (y, x): the highest point of each, where a person would put the column."""
        return np.asarray(self.positions + self.shape.top() * self.width[:, None])


@dataclass(frozen=True, eq=False)
class View:
    """An image as a set of peaks explains it.

    Parameters
    ----------
    windows
        The pixels around each column.
    functions
        Of which the columns are made.
    jacobian
        Change of the window's pixels with y, x, height and logarithm of the width, axes
        (column, parameter, pixel).
    expected
        The image that the peaks make.
    residual
        Image less `expected`.
    weight
        Reciprocal variance of each pixel.
    """

    windows: Windows
    functions: Functions
    jacobian: Single
    expected: Single
    residual: Single
    weight: Single

    @cached_property
    def weighted(self) -> Single:
        """The Jacobian, each pixel times its weight."""
        weight = self.windows.gather(self.weight).reshape(len(self.jacobian), 1, -1)
        return np.asarray(self.jacobian * weight)

    def own_information(self) -> Array:
        """Fisher information of each column's four parameters, the others being known."""
        jacobian = self.jacobian.astype(np.float64)
        return np.asarray(self.weighted.astype(np.float64) @ jacobian.swapaxes(1, 2))
