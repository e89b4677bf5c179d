"""The pixels around every column, and the smooth background under all of them."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

from colonnade.atoms.locate.fit.shape import FUNCTIONS, Shape, hermite_functions
from colonnade.core.arrays import Array, Indices, Single

Functions = tuple[Single, Single]
"""Gauss-Hermite functions along y and along x of every window (column, pixel, order)."""


class Windows:
    """Square windows around columns of an image; pixels beyond the border do not count.

    Parameters
    ----------
    positions
        Rows of (y, x) [px].
    shape
        Rows and columns of the image.
    reach
        A window is this many pixels more on each side than the one at its centre.
    """

    def __init__(self, positions: Array, shape: tuple[int, int], reach: int) -> None:
        steps = np.arange(-reach, reach + 1)
        nearest = np.round(positions).astype(np.intp)
        self.y, self.x = nearest[:, :1] + steps, nearest[:, 1:] + steps
        rows, columns = (self.y >= 0) & (self.y < shape[0]), (self.x >= 0) & (self.x < shape[1])
        self.shape = shape
        self._rows, self._columns = rows, columns
        # What is beyond the border is one more pixel after the last.
        beyond = shape[0] * shape[1]
        first = np.where(rows, self.y * shape[1], beyond)[:, :, None]
        pixel: Indices = first + np.where(columns, self.x, beyond)[:, None, :]
        np.minimum(pixel, beyond, out=pixel)
        self._pixel = pixel

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Which pixels of the windows are those of the image."""
        return np.asarray(self._rows[:, :, None] & self._columns[:, None, :])

    def gather(self, image: Single) -> Single:
        """Cut the windows out of an image, axes (column, y, x)."""
        return np.append(image.ravel(), np.float32(0)).take(self._pixel)

    def scatter(self, patches: Single) -> Single:
        """Add windows up to an image."""
        total = self._to_image @ patches.ravel()
        return np.asarray(total[:-1].reshape(self.shape))

    @cached_property
    def _to_image(self) -> csc_array:
        """What leads from the pixels of the windows to those of the image and the one beyond."""
        pixel = self._pixel.ravel().astype(np.int32)
        each = np.arange(len(pixel) + 1, dtype=np.int32)
        shape = (len(pixel), self.shape[0] * self.shape[1] + 1)
        return csr_array((np.ones(len(pixel), np.float32), pixel, each), shape=shape).T

    def functions(self, positions: Array, width: Array) -> Functions:
        """Give the functions of columns at some positions; they are zero beyond the border."""
        scale = width[:, None]
        ty, tx = (self.y - positions[:, :1]) / scale, (self.x - positions[:, 1:]) / scale
        y, x = (hermite_functions(t.astype(np.float32), FUNCTIONS - 1) for t in (ty, tx))
        return y * self._rows[..., None], x * self._columns[..., None]

    def draw(
        self, functions: Functions, height: Array, width: Array, shape: Shape
    ) -> tuple[Single, Single]:
        """Draw columns, and how they change with y, x, height and the logarithm of their width.

        Along the last the volume of a column grows, and its likelihood's curvature is its own.

        Parameters
        ----------
        functions
            Those of the windows at the places and widths of the columns.
        height, width, shape
            Of the columns.

        Returns
        -------
        patches, jacobian
            Axes (column, y, x) and (column, parameter, y, x).
        """
        y, x = functions
        across_x = np.ascontiguousarray(x.swapaxes(1, 2))
        jacobian = np.empty((len(y), 4, *self._pixel.shape[1:]), np.float32)
        for number, change in enumerate(shape.changes().astype(np.float32)):
            mixed = (y.reshape(-1, FUNCTIONS) @ change).reshape(y.shape)
            np.matmul(mixed, across_x, out=jacobian[:, number])
        scales = change_scales(height, width)
        patches: Single = scales[:, 3, None, None] * jacobian[:, 2]
        jacobian *= scales[:, :, None, None]
        return patches, jacobian


def change_scales(height: Array, width: Array) -> Single:
    """By how much more than a peak of unit height and width each column changes, axes (column, 4).

    The parameters are y, x, height and the logarithm of the width.
    """
    along = height / width
    return np.stack([along, along, np.ones_like(height), height], axis=1, dtype=np.float32)


class Background:
    """A background that is linear between the nodes of a grid.

    Parameters
    ----------
    shape
        Rows and columns of the image.
    step
        Wanted distance of the nodes [px].
    """

    def __init__(self, shape: tuple[int, int], step: float) -> None:
        self.step = step
        self.along = [_tents(count, step) for count in shape]
        self.shape = (self.along[0].shape[1], self.along[1].shape[1])

    def image(self, nodes: Single) -> Single:
        """Background in every pixel."""
        return np.asarray(self.along[0] @ nodes @ self.along[1].T)

    def gather(self, image: Single) -> Single:
        """Sum of an image under the tent of every node."""
        return np.asarray(self.along[0].T @ image @ self.along[1])

    def norms(self, weight: Single) -> Single:
        """Weighted squares of every tent."""
        return np.asarray((self.along[0] ** 2).T @ weight @ self.along[1] ** 2)


def _tents(count: int, step: float) -> Single:
    nodes = max(2, round((count - 1) / step) + 1)
    place = np.linspace(0, nodes - 1, count)
    distance = np.abs(place[:, None] - np.arange(nodes))
    return np.asarray(np.maximum(1 - distance, 0), np.float32)
