"""How a crystal is stretched and turned around each column: affine fits, with their errors."""

from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Array, Indices


@dataclass(frozen=True, eq=False)
class Affine:
    """Linear maps from ideal places to measured ones.

    Parameters
    ----------
    matrix
        Of each fit, acting on (y, x): ``measured = matrix @ ideal``; NaN where columns are too
        few.
    variance
        Of each element of the matrices, as the standard errors of the positions have it.
    misfit
        Sum of the squared residuals of each fit, in units of their standard errors.
    freedom
        Numbers that were measured beyond those that were fitted, for each fit.
    """

    matrix: Array
    variance: Array
    misfit: Array
    freedom: Array

    @property
    def excess(self) -> float:
        """How many times more the positions scatter than their standard errors say; 1 at least.

        Scan distortion that changes from column to column does this, and so do errors of the
        standard errors. The median of all fits is taken, so that a few defects do not count.
        """
        enough = self.freedom >= 4
        if not enough.any():
            return 1.0
        reduced = np.median(self.misfit[enough] / self.freedom[enough])
        return float(max(1.0, np.sqrt(reduced)))


def fit_affine(
    fit: Indices,
    column: Indices,
    kind: Indices,
    ideal: Array,
    measured: Array,
    sigma: Array,
    count: int,
    least: int = 3,
) -> Affine:
    """Fit linear maps, each to some columns; each kind of column has an origin of its own.

    Parameters
    ----------
    fit, column
        Pairs of a fit and a column that belongs to it; fits are numbered from 0.
    kind
        Sublattice of each column.
    ideal, measured
        Rows of (y, x), for each column.
    sigma
        Standard errors of what is measured.
    count
        Number of fits.
    least
        Columns that determine a map, beyond one of each kind.
    """
    weight = 1 / (sigma**2).sum(axis=1)[column]
    group = fit * (int(kind.max(initial=0)) + 1) + kind[column]
    from_mean = [_centred(values[column], weight, group) for values in (ideal, measured)]
    off, moved = from_mean
    square = _summed(weight[:, None, None] * off[:, :, None] * off[:, None, :], fit, count)
    product = _summed(weight[:, None, None] * moved[:, :, None] * off[:, None, :], fit, count)
    inverse = _inverted(square)
    matrix = product @ inverse
    # Weights are of y and x together, so the variance of each is carried through them.
    solved = weight[:, None] * np.einsum("nij,nj->ni", inverse[fit], off)
    spread = (sigma**2)[column][:, :, None] * solved[:, None, :] ** 2
    residual = (moved - np.einsum("nij,nj->ni", matrix[fit], off)) / sigma[column]
    members, kinds = np.bincount(fit, minlength=count), _kinds(fit, group, count)
    matrix[members - kinds < least] = np.nan
    return Affine(
        matrix,
        _summed(spread, fit, count),
        _summed((residual**2).sum(axis=1), fit, count),
        np.asarray(2.0 * (members - kinds) - 4.0, np.float64),
    )


def _centred(values: Array, weight: Array, group: Indices) -> Array:
    """Values less the weighted mean of their group."""
    total = np.bincount(group, weight)
    sums = [np.bincount(group, weight * axis) for axis in values.T]
    with np.errstate(invalid="ignore"):
        means = np.stack(sums, axis=1) / total[:, None]
    return np.asarray(values - means[group])


def _summed(values: Array, fit: Indices, count: int) -> Array:
    """Sum of what belongs to each fit."""
    flat = values.reshape(len(values), -1)
    sums = [np.bincount(fit, column, count) for column in flat.T]
    return np.asarray(np.stack(sums, axis=-1).reshape(count, *values.shape[1:]), np.float64)


def _inverted(square: Array) -> Array:
    """Inverses of 2 x 2 matrices; NaN where there is none."""
    good = np.linalg.cond(square) < 1e6
    safe = np.where(good[:, None, None], square, np.eye(2))
    return np.where(good[:, None, None], np.linalg.inv(safe), np.nan)


def _kinds(fit: Indices, group: Indices, count: int) -> Indices:
    """Number of kinds of columns in each fit."""
    pairs = np.unique(np.stack([fit, group], axis=1), axis=0)
    return np.asarray(np.bincount(pairs[:, 0], minlength=count), np.intp)
