"""How far a fitted column may be from where it is: what the electrons allow, and what else shows.

The Fisher information of a column and its neighbours gives the least error that counted electrons
leave. What the fit leaves over says how much larger the error is: rows that shook, pixels that an
export made alike, and a shape that is not quite right leave more in a row than chance would.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls
from scipy.spatial import cKDTree

from colonnade.atoms.locate.fit.joint import REACH
from colonnade.atoms.locate.fit.peaks import View
from colonnade.core.arrays import Array

NEIGHBOURS = 6
"""A column's error is worked out together with at most this many neighbours."""

CHUNK = 4000
"""Pairs of columns whose windows are multiplied together, to bound the memory."""

LAGS = 2
"""Rows this far apart may have residuals in common."""

LEARNING = 1.05
"""A fit that takes shape, usual width and law of the noise from the image itself has errors about
so many times as large as one that knows them (benchmarks/atoms/limit.py)."""

PARAMETERS = 4
"""Of a column."""

PLANE = 3
"""Parameters of what is behind it."""


def covariance(view: View, positions: Array, width: float, held: Array, step: float) -> Array:
    """Covariance of each column's y, x, height and log width, with its neighbours fitted too.

    So is what lies behind them: within a step of the background's grid it is like a plane.

    Parameters
    ----------
    view
        The image as the columns explain it.
    positions
        Rows of (y, x) [px].
    width
        Usual width [px].
    held
        Information on each parameter that does not come from the image.
    step
        Distance of the points where the background may bend [px].
    """
    neighbours = _neighbours(positions, 2 * REACH * width)
    blocks = _Blocks(view, neighbours)
    size = neighbours.shape[1] * PARAMETERS
    joint = np.zeros((len(positions), size + PLANE, size + PLANE))
    for a in range(neighbours.shape[1]):
        for b in range(a, neighbours.shape[1]):
            block = blocks.between(neighbours[:, a], neighbours[:, b])
            rows = slice(a * PARAMETERS, (a + 1) * PARAMETERS)
            columns = slice(b * PARAMETERS, (b + 1) * PARAMETERS)
            joint[:, rows, columns] = block
            joint[:, columns, rows] = block.swapaxes(1, 2)
    crossed, plane = _behind(view, positions, neighbours, step)
    joint[:, :size, size:], joint[:, size:, :size] = crossed, crossed.swapaxes(1, 2)
    joint[:, size:, size:] = plane
    every = np.arange(size + PLANE)
    own = every[:size]
    joint[:, own, own] += np.tile(held, neighbours.shape[1])
    absent = np.repeat(neighbours < 0, PARAMETERS, axis=1)
    # A column of no height says nothing of its place.
    joint[:, own, own] += absent + 1e-12
    # Heights and lengths have different units; with a unit diagonal the inverse is accurate.
    scale = 1 / np.sqrt(np.maximum(joint[:, every, every], 1e-30))
    joint *= scale[:, :, None] * scale[:, None, :]
    joint[:, every, every] *= 1 + 1e-6
    inverse = np.linalg.inv(joint)[:, :PARAMETERS, :PARAMETERS]
    scale = scale[:, :PARAMETERS]
    return np.asarray(inverse * scale[:, :, None] * scale[:, None, :])


def _behind(
    view: View, positions: Array, neighbours: NDArray[np.intp], step: float
) -> tuple[Array, Array]:
    """Fisher information that columns share with a plane behind them, and that of the plane."""
    windows = view.windows
    weight = windows.gather(view.weight)
    side = weight.shape[1]
    pulls = (view.jacobian * weight.reshape(len(weight), 1, -1)).astype(np.float64)
    pulls = pulls.reshape(len(weight), PARAMETERS, side, side)
    along_y, along_x = pulls.sum(3), pulls.sum(2)
    steady = along_y.sum(2)
    tilt_y = (along_y * windows.y[:, None]).sum(2)
    tilt_x = (along_x * windows.x[:, None]).sum(2)
    here = positions[:, :, None, None]
    shared = np.stack(
        [
            steady[neighbours],
            (tilt_y[neighbours] - here[:, 0] * steady[neighbours]) / step,
            (tilt_x[neighbours] - here[:, 1] * steady[neighbours]) / step,
        ],
        axis=-1,
    )
    shared[neighbours < 0] = 0
    known = weight.sum((1, 2)) / np.maximum(windows.inside.sum((1, 2)), 1) * step**2
    # Of a square, the square of the distance from its middle is a twelfth on average.
    plane = known[:, None, None] * np.diag([1, 1 / 12, 1 / 12])
    return shared.reshape(len(positions), -1, PLANE), plane


def _neighbours(positions: Array, distance: float) -> NDArray[np.intp]:
    """Each column's number, then those of its neighbours, nearest first; -1 for none."""
    count = min(NEIGHBOURS + 1, len(positions))
    near, index = cKDTree(positions).query(positions, count, distance_upper_bound=distance)
    index = index.reshape(len(positions), count)
    return np.where(np.isfinite(near.reshape(index.shape)), index, -1)


class _Blocks:
    """Fisher information shared by pairs of columns whose windows overlap."""

    def __init__(self, view: View, neighbours: NDArray[np.intp]) -> None:
        self.count = len(neighbours)
        first = np.repeat(neighbours[:, :1], neighbours.shape[1], axis=1).ravel()
        second = neighbours.ravel()
        first, second = first[second >= 0], second[second >= 0]
        self.keys = np.unique(np.minimum(first, second) * self.count + np.maximum(first, second))
        parts = np.array_split(self.keys, max(1, len(self.keys) // CHUNK))
        self.values = np.concatenate(
            [_shared(view, part // self.count, part % self.count) for part in parts]
        )

    def between(self, first: NDArray[np.intp], second: NDArray[np.intp]) -> Array:
        """Blocks (pair, 4, 4); zero for pairs that share nothing."""
        low, high = np.minimum(first, second), np.maximum(first, second)
        key = low * self.count + high
        place = np.minimum(np.searchsorted(self.keys, key), len(self.keys) - 1)
        known = (self.keys[place] == key) & (low >= 0)
        block = self.values[place] * known[:, None, None]
        turned = (first > second)[:, None, None]
        return np.asarray(np.where(turned, block.swapaxes(1, 2), block))


def _shared(view: View, first: NDArray[np.intp], second: NDArray[np.intp]) -> Array:
    """Sum of the weighted products of two columns' derivatives over the pixels of both."""
    windows = view.windows
    side = windows.y.shape[1]
    steps = np.arange(side)
    rows = steps + (windows.y[first, 0] - windows.y[second, 0])[:, None]
    columns = steps + (windows.x[first, 0] - windows.x[second, 0])[:, None]
    common_y, common_x = (rows >= 0) & (rows < side), (columns >= 0) & (columns < side)
    inside = common_y[:, :, None] & common_x[:, None]
    rows, columns = np.clip(rows, 0, side - 1), np.clip(columns, 0, side - 1)
    pixel = rows[:, :, None] * side + columns[:, None]
    other = np.take_along_axis(
        view.jacobian[second], pixel.reshape(len(first), 1, -1), axis=2
    ) * inside.reshape(len(first), 1, -1)
    weight = windows.gather(view.weight)[first].reshape(len(first), 1, -1)
    product = (view.jacobian[first] * weight) @ other.swapaxes(1, 2)
    return np.asarray(product, np.float64)


@dataclass(frozen=True)
class Excess:
    """What errors there are beside those of independent electrons.

    Parameters
    ----------
    factor
        Of the variances of y, x and height that the electrons leave.
    common
        Variances of y and x [px²] and height that every column has on top.
    """

    factor: Array
    common: Array

    def variance(self, electrons: Array) -> Array:
        """Variances of y, x and height (n, 3), from those that the electrons leave."""
        return np.asarray(self.factor * LEARNING**2 * electrons + self.common)


def excess(view: View, own: Array) -> Excess:
    """Measure from what a fit leaves over how much larger the errors are than they could be.

    A position is a weighted sum of pixels. If those of a row have something in common, the sums
    over rows scatter more than the pixels say.

    Parameters
    ----------
    view
        The image as the columns explain it.
    own
        Covariance of each column's parameters, its neighbours being known.
    """
    side = view.windows.y.shape[1]
    shape = (len(own), PARAMETERS, side, side)
    weight = view.windows.gather(view.weight)[:, None]
    residual = view.windows.gather(view.residual)[:, None]
    slopes = view.jacobian.reshape(shape) * weight
    left = (slopes * residual).sum(3)
    inner = np.einsum("nkyx,nlyx->nykl", slopes, view.jacobian.reshape(shape), optimize=True)
    factors, common = np.empty(3), np.empty(3)
    for axis in range(3):
        lever = own[:, axis]
        rows = np.einsum("nk,nky->ny", lever, left)
        # A shape that is not quite right leaves the same in every column, and shifts all alike.
        rows = rows - np.median(rows, axis=0)
        seen = _spread(rows[:, :, None] * rows[:, None, :])
        shares = np.einsum("nk,nykl->nyl", lever, inner)
        chance = np.einsum("nyl,nl->ny", shares, lever)
        lost = np.einsum("nyk,nkl,nzl->nyz", shares, own, shares, optimize=True)
        every = np.arange(side)
        expected = -lost
        expected[:, every, every] += chance
        factors[axis], common[axis] = _line(_spread(expected), seen, own[:, axis, axis])
    return Excess(factors, common)


def _spread(products: Array) -> Array:
    """Variance of a sum over rows, from the products of their terms: near rows alone count."""
    total = np.trace(products, axis1=1, axis2=2)
    for lag in range(1, LAGS + 1):
        share = 1 - lag / (LAGS + 1)
        total = total + 2 * share * np.trace(products, offset=lag, axis1=1, axis2=2)
    return np.asarray(total)


def _line(expected: Array, seen: Array, variance: Array) -> tuple[float, float]:
    """Factor and constant that lead from the expected variances to those seen."""
    good = np.isfinite(expected) & (expected > 0) & np.isfinite(seen)
    if good.sum() < 10:
        return 1.0, 0.0
    expected, seen, variance = expected[good], seen[good], variance[good]
    # A few columns that are not what they seem must not speak for all.
    ratio = seen / expected
    kept = ratio <= np.quantile(ratio, 0.98)
    expected, seen = expected[kept], seen[kept]
    terms = np.stack([np.ones_like(expected), np.median(variance) / expected], axis=1)
    # Never less than the electrons leave.
    (more, constant), _ = nnls(terms, seen / expected - 1)
    share = float(np.median(variance) / np.median(expected))
    return 1 + float(more), float(constant * np.median(variance) * share)
