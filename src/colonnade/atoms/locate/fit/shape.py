"""What one column looks like: a shape that all columns of an image share, and its slopes."""

from dataclasses import dataclass

import numpy as np
from numpy.polynomial.hermite import hermgauss
from numpy.typing import NDArray

from colonnade.core.arrays import Array

ORDER = 6
"""Highest order of the functions that a shape is made of."""


def hermite_functions(t: NDArray[np.float32], order: int) -> NDArray[np.float32]:
    """Gauss-Hermite functions of the orders 0 to `order`, in a new last axis.

    The first is exp(-t²/2); all have the same norm.
    """
    values = np.empty((*t.shape, order + 1), np.float32)
    values[..., 0] = np.exp(-0.5 * t * t)
    for n in range(order):
        before = np.sqrt(n / (n + 1)) * values[..., n - 1] if n else 0.0
        values[..., n + 1] = np.sqrt(2 / (n + 1)) * t * values[..., n] - before
    return values


def slopes(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Derivatives of all but the last of the functions."""
    n = np.arange(values.shape[-1] - 1, dtype=np.float32)
    up = np.sqrt((n + 1) / 2) * values[..., 1:]
    down = np.sqrt(n / 2) * np.roll(values, 1, axis=-1)[..., :-1]
    return np.asarray(down - up, np.float32)


SLOPES = slopes(np.eye(ORDER + 2, dtype=np.float32))
"""What leads from the functions up to one order more to the derivatives of those of a shape."""


@dataclass(frozen=True, eq=False)
class Shape:
    """A peak of unit width, as a sum of products of Gauss-Hermite functions along y and along x.

    Parameters
    ----------
    coefficients
        Of the products, axes (order along y, order along x); the first, of the Gaussian, is 1.
    """

    coefficients: Array

    @classmethod
    def gaussian(cls) -> "Shape":
        """Give the round Gaussian."""
        coefficients = np.zeros((ORDER + 1, ORDER + 1))
        coefficients[0, 0] = 1.0
        return cls(coefficients)

    @property
    def volume(self) -> float:
        """Integral over the plane."""
        nodes, weights = hermgauss(2 * ORDER)
        # In units of sqrt(2) the functions are exp(-t²) times polynomials: the sum is exact.
        places: NDArray[np.float32] = np.array(np.sqrt(2) * nodes, np.float32)
        values = hermite_functions(places, ORDER).astype(np.float64)
        one = (np.sqrt(2) * weights * np.exp(nodes**2)) @ values
        return float(one @ self.coefficients @ one)

    def top(self) -> Array:
        """Place (y, x) of the highest point, in widths: where a person would put the column."""
        place = np.zeros(2)
        for _ in range(20):
            value = hermite_functions(place.astype(np.float32), ORDER + 2)
            slope = slopes(value)
            bend = slopes(slope)
            (y, x), (dy, dx), (ddy, ddx) = (
                pair[:, : ORDER + 1].astype(np.float64) for pair in (value, slope, bend)
            )
            c = self.coefficients
            gradient = np.array([dy @ c @ x, y @ c @ dx])
            curvature = np.array([[ddy @ c @ x, dy @ c @ dx], [dy @ c @ dx, y @ c @ ddx]])
            if np.linalg.eigvalsh(curvature).max() >= 0:
                break
            place -= np.clip(np.linalg.solve(curvature, gradient), -0.1, 0.1)
        return np.asarray(np.clip(place, -0.5, 0.5))


def _modes() -> Array:
    modes = []
    for y, x in np.ndindex(ORDER + 1, ORDER + 1):
        # The Gaussian is the height of a column, the first order its place; what both second
        # functions have in common is its width.
        if 2 <= y + x <= ORDER and (y, x) != (0, 2):
            mode = np.zeros((ORDER + 1, ORDER + 1))
            mode[y, x] = 1.0
            if (y, x) == (2, 0):
                mode[2, 0], mode[0, 2] = np.sqrt(0.5), -np.sqrt(0.5)
            modes.append(mode.ravel())
    return np.array(modes)


MODES = _modes()
"""What an image may teach of a shape: orthonormal sets of coefficients, as rows."""
