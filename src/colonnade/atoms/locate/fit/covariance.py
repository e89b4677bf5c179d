"""Covariance of the parameters of fitted columns, as counted electrons make it.

The inverse of the Fisher information is the least error that any method can have on average
(Cramér and Rao). A column is taken together with its nearest neighbours and the background behind
it: what these take from it makes its errors larger.
"""

from collections.abc import Iterator

import numpy as np
from scipy.spatial import cKDTree

from colonnade.atoms.locate.fit.cholesky import covariances
from colonnade.atoms.locate.fit.peaks import PARAMETERS, View
from colonnade.atoms.locate.fit.settings import FIT_DEFAULTS, FitSettings
from colonnade.atoms.locate.fit.windows import Windows
from colonnade.core.arrays import Array, Indices, Single

PLANE = 3
"""Number of parameters of the background under it, which is taken for a plane."""


def covariance(
    view: View,
    positions: Array,
    width: float,
    prior: Array,
    step: float,
    settings: FitSettings = FIT_DEFAULTS,
) -> Array:
    """Covariance of each column's y, x, height and log width, with its neighbours fitted too.

    So is what lies behind them: within a step of the background's grid it is like a plane. What
    the image does not determine is NaN.

    Parameters
    ----------
    view
        The image as the columns explain it.
    positions
        Rows of (y, x) [px].
    width
        Usual width [px].
    prior
        Information on each column's parameters that does not come from the image, axes (column,
        parameter).
    step
        Distance of the points where the background may bend [px].
    settings
        How far a column reaches, and how many neighbours count.
    """
    reach = 2 * settings.joint.reach * width
    neighbours = _neighbours(positions, reach, settings.errors.neighbours)
    joint = _information(view, positions, neighbours, step)
    own = np.arange(joint.shape[1] - PLANE)
    joint[:, own, own] += prior[neighbours].reshape(len(positions), -1)
    return covariances(joint, PARAMETERS)


def _information(view: View, positions: Array, neighbours: Indices, step: float) -> Array:
    """Fisher information of each column, its neighbours and the plane behind them together."""
    count = neighbours.shape[1]
    size = count * PARAMETERS
    joint = np.empty((len(positions), size + PLANE, size + PLANE))
    shared = _shared(view, neighbours[:, :, None], neighbours[:, None])
    joint[:, :size, :size] = shared.swapaxes(2, 3).reshape(-1, size, size)
    crossed = _shared_with_plane(view, positions, neighbours, step)
    joint[:, :size, size:], joint[:, size:, :size] = crossed, crossed.swapaxes(1, 2)
    joint[:, size:, size:] = _plane(view, positions, neighbours, step)
    return joint


def _shared_with_plane(view: View, positions: Array, neighbours: Indices, step: float) -> Array:
    """Fisher information that columns share with a plane behind them."""
    windows = view.windows
    side = windows.y.shape[1]
    pulls = view.weighted.reshape(-1, PARAMETERS, side, side)
    along_y, along_x = pulls.sum(3, dtype=np.float64), pulls.sum(2, dtype=np.float64)
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
    return np.asarray(shared.reshape(len(positions), -1, PLANE))


def _plane(view: View, positions: Array, neighbours: Indices, step: float) -> Array:
    """Fisher information on the plane behind each column and its neighbours.

    It comes from all pixels of their windows, and from as many besides as there are in a square of
    the background's grid.
    """
    reach = view.windows.y.shape[1] // 2
    centre = np.stack([view.windows.y[:, reach], view.windows.x[:, reach]], axis=1)
    away = np.abs(centre[neighbours] - centre[:, None])[neighbours >= 0]
    area = Windows(positions, view.windows.shape, reach + int(away.max()))
    used = np.zeros(area.inside.shape, bool)
    for number in neighbours.T:
        rows, columns = (
            (np.abs(along - centre[number, axis, None]) <= reach) & (number >= 0)[:, None]
            for axis, along in enumerate((area.y, area.x))
        )
        used |= rows[:, :, None] & columns[:, None]
    weight = area.gather(view.weight)
    weight *= used
    y, x = (area.y - positions[:, :1]) / step, (area.x - positions[:, 1:]) / step
    plane = _products(weight, y, x)
    pixels = (used & area.inside).sum((1, 2))
    mean = weight.sum((1, 2), dtype=np.float64) / np.maximum(pixels, 1)
    besides = mean * np.maximum(step**2 - pixels, 0)
    # Of a square, the square of the distance from its middle is a twelfth on average.
    return np.asarray(plane + besides[:, None, None] * np.diag([1, 1 / 12, 1 / 12]))


def _products(weight: Single, y: Array, x: Array) -> Array:
    """Weighted sums of the products of 1, y and x over a window around each column."""
    powers_y, powers_x = (
        np.stack([np.ones_like(along), along, along**2], axis=2, dtype=np.float32)
        for along in (y, x)
    )
    sums = (powers_y.swapaxes(1, 2) @ (weight @ powers_x)).astype(np.float64)
    products = np.empty((len(weight), PLANE, PLANE))
    products[:, 0, 0] = sums[:, 0, 0]
    products[:, 0, 1] = products[:, 1, 0] = sums[:, 1, 0]
    products[:, 0, 2] = products[:, 2, 0] = sums[:, 0, 1]
    products[:, 1, 1], products[:, 2, 2] = sums[:, 2, 0], sums[:, 0, 2]
    products[:, 1, 2] = products[:, 2, 1] = sums[:, 1, 1]
    return products


def _neighbours(positions: Array, distance: float, most: int) -> Indices:
    """Each column's number, then those of its neighbours, nearest first; -1 for none."""
    count = min(most + 1, len(positions))
    near, index = cKDTree(positions).query(positions, count, distance_upper_bound=distance)
    near, index = near.reshape(-1, count), index.reshape(-1, count)
    numbers = np.where(np.isfinite(near), index, -1)
    # A column at the same place may come before a column itself.
    own = np.arange(len(positions))
    order = np.argsort(numbers != own[:, None], axis=1, kind="stable")
    numbers = np.take_along_axis(numbers, order, axis=1)
    numbers[:, 0] = own
    return np.asarray(numbers)


def _shared(view: View, first: Indices, second: Indices) -> Array:
    """Fisher information that pairs of columns share, axes (..., 4, 4); 0 where there is no pair.

    Parameters
    ----------
    view
        The image as the columns explain it.
    first, second
        Numbers of the columns; -1 for none.
    """
    count, side = len(view.jacobian), view.windows.y.shape[1]
    low, high = np.minimum(first, second), np.maximum(first, second)
    pairs, place = np.unique(np.where(low < 0, -1, low * count + high), return_inverse=True)
    one, other = np.divmod(pairs, count)
    slopes = view.jacobian.reshape(-1, PARAMETERS, side, side)
    pulls = view.weighted.reshape(slopes.shape)
    blocks = np.zeros((len(pairs), PARAMETERS, PARAMETERS))
    for apart, alike in _overlaps(view.windows, one, other):
        # The pixels of both, as either of them counts them.
        both = [slice(max(by, 0), side + min(by, 0)) for by in (*apart, *-apart)]
        own = pulls[one[alike], :, both[0], both[1]].astype(np.float64)
        others = slopes[other[alike], :, both[2], both[3]].astype(np.float64)
        shape = (len(own), PARAMETERS, -1)
        blocks[alike] = own.reshape(shape) @ others.reshape(shape).swapaxes(1, 2)
    turned = np.concatenate([blocks, blocks.swapaxes(1, 2)])
    return np.asarray(turned[place.reshape(low.shape) + len(blocks) * (first > second)])


def _overlaps(windows: Windows, one: Indices, other: Indices) -> Iterator[tuple[Indices, Indices]]:
    """Pairs of columns whose windows overlap in the same way, and how far these are apart [px]."""
    corner = np.stack([windows.y[:, 0], windows.x[:, 0]], axis=1)
    apart = corner[other] - corner[one]
    overlap = np.flatnonzero((np.abs(apart) < windows.y.shape[1]).all(1) & (one >= 0))
    ways, way = np.unique(apart[overlap], axis=0, return_inverse=True)
    ends = np.cumsum(np.bincount(way, minlength=len(ways)))
    yield from zip(ways, np.split(overlap[np.argsort(way)], ends[:-1]), strict=True)
