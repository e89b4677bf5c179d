"""Covariance of the parameters of fitted columns, as counted electrons make it.

The inverse of the Fisher information is the least error that any method can have on average
(Cramér and Rao). A column is taken together with its nearest neighbours and the background behind
it: what these take from it makes its errors larger.
"""

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
        Information on each parameter that does not come from the image.
    step
        Distance of the points where the background may bend [px].
    settings
        How far a column reaches, and how many neighbours count.
    """
    reach = 2 * settings.joint.reach * width
    neighbours = _neighbours(positions, reach, settings.errors.neighbours)
    joint = _information(view, positions, neighbours, step, settings.errors.pairs_at_once)
    own = np.arange(joint.shape[1] - PLANE)
    joint[:, own, own] += np.tile(prior, neighbours.shape[1])
    return covariances(joint, PARAMETERS)


def _information(
    view: View, positions: Array, neighbours: Indices, step: float, pairs_at_once: int
) -> Array:
    """Fisher information of each column, its neighbours and the plane behind them together."""
    blocks = _Blocks(view, neighbours, pairs_at_once)
    count = neighbours.shape[1]
    size = count * PARAMETERS
    joint = np.zeros((len(positions), size + PLANE, size + PLANE))
    for a in range(count):
        for b in range(a, count):
            block = blocks.between(neighbours[:, a], neighbours[:, b])
            rows = slice(a * PARAMETERS, (a + 1) * PARAMETERS)
            columns = slice(b * PARAMETERS, (b + 1) * PARAMETERS)
            joint[:, rows, columns] = block
            joint[:, columns, rows] = block.swapaxes(1, 2)
    crossed = _shared_with_plane(view, positions, neighbours, step)
    joint[:, :size, size:], joint[:, size:, :size] = crossed, crossed.swapaxes(1, 2)
    joint[:, size:, size:] = _plane(view, positions, neighbours, step)
    return joint


def _shared_with_plane(view: View, positions: Array, neighbours: Indices, step: float) -> Array:
    """Fisher information that columns share with a plane behind them."""
    windows = view.windows
    weight = windows.gather(view.weight)
    side = weight.shape[1]
    pulls = view.jacobian.astype(np.float64) * weight.reshape(len(weight), 1, -1)
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
    weight = area.gather(view.weight) * used
    y, x = (area.y - positions[:, :1]) / step, (area.x - positions[:, 1:]) / step
    plane = _products(weight, y, x)
    pixels = (used & area.inside).sum((1, 2))
    mean = weight.sum((1, 2), dtype=np.float64) / np.maximum(pixels, 1)
    besides = mean * np.maximum(step**2 - pixels, 0)
    # Of a square, the square of the distance from its middle is a twelfth on average.
    return np.asarray(plane + besides[:, None, None] * np.diag([1, 1 / 12, 1 / 12]))


def _products(weight: Single, y: Array, x: Array) -> Array:
    """Weighted sums of the products of 1, y and x over a window around each column."""
    along_y, along_x = weight.sum(2, dtype=np.float64), weight.sum(1, dtype=np.float64)
    products = np.empty((len(weight), PLANE, PLANE))
    products[:, 0, 0] = along_y.sum(1)
    products[:, 0, 1] = products[:, 1, 0] = (along_y * y).sum(1)
    products[:, 0, 2] = products[:, 2, 0] = (along_x * x).sum(1)
    products[:, 1, 1], products[:, 2, 2] = (along_y * y**2).sum(1), (along_x * x**2).sum(1)
    products[:, 1, 2] = products[:, 2, 1] = np.einsum("ny,nyx,nx->n", y, weight, x, optimize=True)
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


class _Blocks:
    """Fisher information shared by pairs of columns whose windows overlap."""

    def __init__(self, view: View, neighbours: Indices, pairs_at_once: int) -> None:
        self.count = len(neighbours)
        pairs = neighbours[:, np.stack(np.triu_indices(neighbours.shape[1]))]
        first, second = pairs.swapaxes(0, 1).reshape(2, -1)
        corner = np.stack([view.windows.y[:, 0], view.windows.x[:, 0]], axis=1)
        overlap = np.abs(corner[first] - corner[second]).max(axis=1) < view.windows.y.shape[1]
        chosen = overlap & (first >= 0) & (second >= 0)
        first, second = first[chosen], second[chosen]
        self.keys = np.unique(np.minimum(first, second) * self.count + np.maximum(first, second))
        parts = np.array_split(self.keys, max(1, len(self.keys) // pairs_at_once))
        self.values = np.concatenate(
            [_shared(view, part // self.count, part % self.count) for part in parts]
        )

    def between(self, first: Indices, second: Indices) -> Array:
        """Blocks (pair, 4, 4); zero for pairs that share nothing."""
        low, high = np.minimum(first, second), np.maximum(first, second)
        key = low * self.count + high
        place = np.minimum(np.searchsorted(self.keys, key), len(self.keys) - 1)
        known = (self.keys[place] == key) & (low >= 0)
        block = self.values[place] * known[:, None, None]
        turned = (first > second)[:, None, None]
        return np.asarray(np.where(turned, block.swapaxes(1, 2), block))


def _shared(view: View, first: Indices, second: Indices) -> Array:
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
    there = np.take_along_axis(
        view.jacobian[second], pixel.reshape(len(first), 1, -1), axis=2
    ) * inside.reshape(len(first), 1, -1)
    weight = windows.gather(view.weight)[first].reshape(len(first), 1, -1)
    return np.asarray((view.jacobian[first].astype(np.float64) * weight) @ there.swapaxes(1, 2))
