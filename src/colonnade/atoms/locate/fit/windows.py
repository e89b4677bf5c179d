"""The pixels around every column, and the smooth background under all of them."""

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.locate.fit.shape import ORDER, SLOPES, Shape, hermite_functions
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
        count = self.shape[0] * self.shape[1]
        total = np.bincount(self._pixel.ravel(), patches.ravel(), count + 1)[:count]
        return total.astype(np.float32).reshape(self.shape)

    def functions(self, positions: Array, width: Array) -> Functions:
        """Give the functions of columns at some positions; they are zero beyond the border."""
        scale = width[:, None]
        ty, tx = (self.y - positions[:, :1]) / scale, (self.x - positions[:, 1:]) / scale
        y, x = (hermite_functions(t.astype(np.float32), ORDER + 1) for t in (ty, tx))
        return y * self._rows[..., None], x * self._columns[..., None]

    def draw(
        self, functions: Functions, positions: Array, height: Array, width: Array, shape: Shape
    ) -> tuple[Single, Single]:
        """Draw columns, and how they change with y, x, height and the logarithm of their width.

        Along the last the volume of a column grows, and its likelihood's curvature is its own.

        Parameters
        ----------
        functions
            Those of the windows at these positions and widths.
        positions, height, width, shape
            Of the columns.

        Returns
        -------
        patches, jacobian
            Axes (column, y, x) and (column, parameter, y, x).
        """
        c = shape.coefficients.astype(np.float32)
        high = height.astype(np.float32)[:, None, None]
        outward = -high / width.astype(np.float32)[:, None, None]
        values = np.pad(c, ((0, 1), (0, 0)))
        y, slope_y = (_mixed(functions[0], mixture) for mixture in (values, SLOPES @ c))
        x, slope_x = (
            np.ascontiguousarray(one.swapaxes(1, 2))
            for one in (functions[1][..., :-1], _mixed(functions[1], SLOPES))
        )
        jacobian = np.empty((len(y), 4, *self._pixel.shape[1:]), np.float32)
        np.matmul(outward * slope_y, x, out=jacobian[:, 0])
        np.matmul(outward * y, slope_x, out=jacobian[:, 1])
        np.matmul(y, x, out=jacobian[:, 2])
        patches: Single = high * jacobian[:, 2]
        dy = (self.y - positions[:, :1]).astype(np.float32)[:, :, None]
        dx = (self.x - positions[:, 1:]).astype(np.float32)[:, None, :]
        np.multiply(jacobian[:, 0], dy, out=jacobian[:, 3])
        jacobian[:, 3] += jacobian[:, 1] * dx
        jacobian[:, 3] -= patches
        return patches, jacobian


def _mixed(functions: Single, mixture: Single) -> Single:
    """Sums of functions (column, pixel, order), one for each column of a matrix."""
    mixed = functions.reshape(-1, functions.shape[2]) @ mixture
    return mixed.reshape(*functions.shape[:2], -1)


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
