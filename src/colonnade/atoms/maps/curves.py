"""Smooth curves along y and along x whose sum fits scattered shifts, smooth as the shifts ask."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import block_diag, null_space
from scipy.sparse import csr_array, hstack

from colonnade.atoms.maps.settings import DistortionSettings
from colonnade.core.arrays import Array, Indices


@dataclass(frozen=True, eq=False)
class Curve:
    """Shift along (y, x) as a function of one coordinate, straight between nodes.

    Parameters
    ----------
    nodes
        The coordinate [px].
    shift, sigma
        Rows of (y, x): shifts there, and their standard errors [px].
    """

    nodes: Array
    shift: Array
    sigma: Array


@dataclass(frozen=True, eq=False)
class Curves:
    """What was fitted to shifts.

    Parameters
    ----------
    of_y, of_x
        A curve along y, for rows, and one along x.
    shift, sigma
        What they add up to at the places that were wanted, and its standard errors; rows of (y, x)
        [px].
    before, after
        How many times more than their standard errors say what was fitted scatters, without and
        with the curves.
    """

    of_y: Curve
    of_x: Curve
    shift: Array
    sigma: Array
    before: float
    after: float


def fit_curves(
    places: Array,
    moved: Array,
    sigma: Array,
    free: Array,
    wanted: Array,
    spacing: float,
    settings: DistortionSettings,
    *,
    straight: bool,
    rows_only: bool,
) -> Curves:
    """Fit ``moved = free @ something + curve(y) + curve(x)``, for both axes of `moved`.

    Parameters
    ----------
    places
        Rows of (y, x) [px].
    moved, sigma
        Rows of (y, x) to fit, and their standard errors [px].
    free
        Columns of what is fitted beside the curves, and is not penalised.
    wanted
        Rows of (y, x) where the sum of the curves is wanted [px].
    spacing
        Distance between neighbouring columns [px].
    settings
        How smooth the curves may be.
    straight
        Whether a curve may have a slope; a height of its own it never has, as that is free.
    rows_only
        Leave the curve along x out of what is given for the places that are wanted.
    """
    step = settings.spacings * spacing
    nodes = [_nodes(wanted[:, axis], step, settings.most_nodes) for axis in (0, 1)]
    hats = [_hats(places[:, axis], nodes[axis]) for axis in (0, 1)]
    bends = [_Bends.of(each, straight) for each in nodes]
    both = [
        _fit_axis(csr_array(hstack(hats)), free, bends, moved[:, axis], sigma[:, axis], settings)
        for axis in (0, 1)
    ]
    at, weight = _weights(wanted, nodes)
    if rows_only:
        weight[:, 2:] = 0
    shift = np.stack([(weight * fit.heights[at]).sum(1) for fit in both], axis=1)
    error = np.stack([np.sqrt(_quadratic(fit.covariance, at, weight)) for fit in both], axis=1)
    split = len(nodes[0])
    height = np.stack([fit.heights for fit in both], axis=1)
    spread = np.sqrt(np.stack([np.diag(fit.covariance) for fit in both], axis=1))
    return Curves(
        Curve(nodes[0], height[:split], spread[:split]),
        Curve(nodes[1], height[split:], spread[split:]),
        shift,
        error,
        float(np.sqrt(np.mean([fit.before**2 for fit in both]))),
        float(np.sqrt(np.mean([fit.after**2 for fit in both]))),
    )


@dataclass(frozen=True, eq=False)
class _Fit:
    """The curves of one axis: their heights at the nodes of both, and how far these scatter."""

    heights: Array
    covariance: Array
    before: float
    after: float


@dataclass(frozen=True, eq=False)
class _Bends:
    """What shapes a curve may have.

    Parameters
    ----------
    shapes
        Orthonormal shapes, a column each, of heights at the nodes.
    roughness
        Squares and products of how much these bend.
    """

    shapes: Array
    roughness: Array

    @classmethod
    def of(cls, nodes: Array, straight: bool) -> "_Bends":
        never = np.stack([np.ones(len(nodes)), nodes - nodes.mean()])
        shapes = null_space(never[:1] if straight else never)
        bend = np.diff(shapes, 2, axis=0)
        # A straight curve does not bend, so that very little is put upon its slope.
        return cls(shapes, bend.T @ bend + 1e-9 * np.eye(shapes.shape[1]))


def _fit_axis(
    hats: csr_array,
    free: Array,
    bends: list[_Bends],
    moved: Array,
    sigma: Array,
    settings: DistortionSettings,
) -> _Fit:
    """Fit the curves of one axis, as smooth as generalised cross-validation finds best."""
    count = len(moved)
    # Orthonormal columns, and what they leave of the shifts, keep the equations well conditioned.
    basis = np.linalg.qr(free / sigma[:, None])[0]
    target = moved / sigma
    target = target - basis @ (basis.T @ target)
    shapes = block_diag(*(each.shapes for each in bends))
    weighted = hats.multiply(1 / sigma[:, None]).tocsr()
    across = shapes.T @ np.asarray(weighted.T @ basis)
    square = shapes.T @ np.asarray((weighted.T @ weighted).todense()) @ shapes - across @ across.T
    product = shapes.T @ np.asarray(weighted.T @ target)
    unit = np.trace(square) / len(square)
    square_of_target = float(target @ target)
    freedom = count - basis.shape[1]

    def fit(pair: tuple[float, float]) -> tuple[float, Array, Array, float]:
        """Give the score of a smoothness, heights, their covariance, and what is left."""
        inverse = np.linalg.inv(square + unit * _penalty(bends, pair))
        heights = inverse @ product
        free_left = max(freedom - float((inverse * square).sum()), 1.0)
        left = square_of_target - 2 * heights @ product + heights @ square @ heights
        left = max(float(left), 0.0)  # a difference of what is alike, where the fit is perfect
        return left / free_left**2, heights, inverse, left / free_left

    best = (settings.smoothness[-1],) * 2
    for _ in range(2):
        for axis in (0, 1):
            tried = [
                (each, best[1]) if axis == 0 else (best[0], each) for each in settings.smoothness
            ]
            best = min(tried, key=lambda pair: fit(pair)[0])
    _, heights, inverse, after = fit(best)
    before = square_of_target / max(freedom, 1)
    covariance = max(after, 1.0) * shapes @ inverse @ shapes.T
    return _Fit(shapes @ heights, covariance, float(np.sqrt(before)), float(np.sqrt(after)))


def _penalty(bends: list[_Bends], smoothness: tuple[float, float]) -> Array:
    """Weights of the squares of what the curves bend."""
    return np.asarray(
        block_diag(*(w * each.roughness for w, each in zip(smoothness, bends, strict=True)))
    )


def _nodes(where: Array, step: float, most: int) -> Array:
    """Places of nodes that span all coordinates evenly."""
    low, high = float(where.min()), float(where.max())
    return np.linspace(low, high, int(np.clip(np.ceil((high - low) / step) + 1, 4, most)))


def _between(where: Array, nodes: Array) -> tuple[Indices, Array]:
    """The node before each place, and how far it is on the way to the next, from 0 to 1."""
    way = (where - nodes[0]) / (nodes[1] - nodes[0])
    before = np.clip(way.astype(np.intp), 0, len(nodes) - 2)
    return before, np.clip(way - before, 0, 1)


def _hats(where: Array, nodes: Array) -> csr_array:
    """Share of each node in each place."""
    before, way = _between(where, nodes)
    row = np.tile(np.arange(len(where)), 2)
    column = np.concatenate([before, before + 1])
    share = np.concatenate([1 - way, way])
    return csr_array((share, (row, column)), shape=(len(where), len(nodes)))


def _weights(wanted: Array, nodes: list[Array]) -> tuple[Indices, Array]:
    """The four nodes, two of each curve, that make the shift of each place, and their shares."""
    (one, along), (two, across) = (_between(wanted[:, axis], nodes[axis]) for axis in (0, 1))
    two = two + len(nodes[0])
    return (
        np.stack([one, one + 1, two, two + 1], axis=1),
        np.stack([1 - along, along, 1 - across, across], axis=1),
    )


def _quadratic(covariance: Array, at: Indices, weight: Array) -> Array:
    """Variance of weighted sums of some nodes."""
    parts = covariance[at[:, :, None], at[:, None, :]]
    return np.asarray(np.einsum("ni,nij,nj->n", weight, parts, weight))
