"""What one column looks like: a shape that all columns of an image share, and its slopes."""

from dataclasses import dataclass
from math import sqrt
from typing import TypeVar

import numpy as np
from numpy.polynomial.hermite import hermgauss

from colonnade.core.arrays import Array, Single

ORDER = 6
"""Highest order of the functions that a shape is made of."""


STEPS, NEAR_ENOUGH = 20, 1e-9
"""So many steps are taken to the top of a shape at most, the last shorter than this [widths]."""

Numbers = TypeVar("Numbers", Single, Array)


def hermite_functions(t: Numbers, order: int) -> Numbers:
    """Gauss-Hermite functions of the orders 0 to `order`, in a new last axis.

    The first is exp(-t²/2); all have the same norm.
    """
    values = [np.exp(-0.5 * t * t)]
    for n in range(order):
        values.append(sqrt(2 / (n + 1)) * t * values[n])
        if n:
            values[n + 1] -= sqrt(n / (n + 1)) * values[n - 1]
    return np.stack(values, axis=-1)


def slopes(order: int) -> Array:
    """What leads from the functions up to one order more to the derivatives of those up to it."""
    n = np.arange(order + 1)
    matrix = np.zeros((order + 2, order + 1))
    matrix[n + 1, n] = -np.sqrt((n + 1) / 2)
    matrix[n[:-1], n[1:]] = np.sqrt(n[1:] / 2)
    return matrix


def times(order: int) -> Array:
    """What leads from the functions up to one order more to those up to it times their place."""
    return np.abs(slopes(order))


FUNCTIONS = ORDER + 3
"""The functions of a shape, and those of the next two orders, of which its changes are made."""

SAME = np.eye(FUNCTIONS, ORDER + 1)
"""What leads from these to the functions of a shape."""

SLOPES = slopes(ORDER + 1)[:, : ORDER + 1]
"""What leads from these to the derivatives of the functions of a shape."""

DERIVATIVES = np.stack([SAME, SLOPES, slopes(ORDER + 1) @ slopes(ORDER)])
"""What leads from these to the functions of a shape, and to their first and second derivatives,
axes (derivative, order, order of a shape)."""

STRETCHED = times(ORDER + 1) @ slopes(ORDER)
"""What leads from these to the derivatives of the functions of a shape times their place."""


def _integrals() -> Array:
    """Integral of each function of a shape along a line."""
    nodes, weights = hermgauss(2 * ORDER)
    # In units of sqrt(2) the functions are exp(-t²) times polynomials: the sum is exact.
    values = hermite_functions(np.sqrt(2) * nodes, ORDER)
    return np.asarray((np.sqrt(2) * weights * np.exp(nodes**2)) @ values)


INTEGRALS = _integrals()
"""Integral of each function of a shape along a line."""


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
        return float(INTEGRALS @ self.coefficients @ INTEGRALS)

    def changes(self) -> Array:
        """What y, x, height and the logarithm of the width of a peak change in its image.

        Places and widths are in units of the width, and along the last the volume grows.

        Returns
        -------
        changes
            Coefficients of products of functions, axes (parameter, order along y, along x).
        """
        same = SAME @ self.coefficients @ SAME.T
        along_y, along_x = SLOPES @ self.coefficients, self.coefficients @ SLOPES.T
        wider = STRETCHED @ self.coefficients @ SAME.T + SAME @ self.coefficients @ STRETCHED.T
        return np.stack([-along_y @ SAME.T, -SAME @ along_x, same, -wider - same])

    def top(self) -> Array:
        """Place (y, x) of the highest point, in widths: where a person would put the column."""
        place = np.zeros(2)
        for _ in range(STEPS):
            along_y, along_x = (hermite_functions(place, ORDER + 2) @ DERIVATIVES).swapaxes(0, 1)
            # Numbers of derivatives along y and along x.
            value = along_y @ self.coefficients @ along_x.T
            gradient = np.array([value[1, 0], value[0, 1]])
            curvature = np.array([[value[2, 0], value[1, 1]], [value[1, 1], value[0, 2]]])
            if np.linalg.eigvalsh(curvature).max() >= 0:
                break
            step = np.clip(np.linalg.solve(curvature, gradient), -0.1, 0.1)
            place -= step
            if np.abs(step).max() < NEAR_ENOUGH:
                break
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

MODES_OF_ALL = (SAME @ MODES.reshape(-1, ORDER + 1, ORDER + 1) @ SAME.T).reshape(len(MODES), -1)
"""The same as coefficients of products of all functions."""
