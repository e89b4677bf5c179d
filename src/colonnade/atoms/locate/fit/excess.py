"""How much larger standard errors are than independent electrons make them.

Row jitter, interpolated pixels and a shape that is not quite right give the residuals of a row
something in common. Then the sums over rows, of which a position is made, scatter more than the
pixels say; how much more is measured over all columns of an image.
"""

from dataclasses import dataclass

import numpy as np

from colonnade.atoms.locate.fit.nonnegative import two_shares
from colonnade.atoms.locate.fit.peaks import View
from colonnade.atoms.locate.fit.settings import FIT_DEFAULTS, ErrorSettings
from colonnade.core.arrays import Array

FEWEST_COLUMNS = 10
"""Fewer columns do not show an excess."""

TYPICAL_COLUMNS = 0.98
"""Share of the columns that count: the rest, whose residuals are largest, may be misfits."""


@dataclass(frozen=True)
class Excess:
    """What errors there are beside those of independent electrons.

    Parameters
    ----------
    factor
        Of the variances of y, x and height that the electrons make.
    common
        Variances of y and x [px²] and height that every column has on top.
    learning_factor
        Of the errors, as shape, usual width and noise are taken from the image too.
    """

    factor: Array
    common: Array
    learning_factor: float

    def variance(self, electrons: Array) -> Array:
        """Variances of y, x and height (n, 3), from those that the electrons make."""
        return np.asarray(self.factor * self.learning_factor**2 * electrons + self.common)


def excess(view: View, own: Array, settings: ErrorSettings = FIT_DEFAULTS.errors) -> Excess:
    """Measure in the residuals of a fit how much larger its errors are than they could be.

    Parameters
    ----------
    view
        The image as the columns explain it.
    own
        Covariance of each column's parameters, its neighbours being known; NaN if it has none.
    settings
        How far residuals are correlated.
    """
    determined = np.isfinite(own).all(axis=(1, 2))
    if determined.sum() < FEWEST_COLUMNS:
        return Excess(np.ones(3), np.zeros(3), settings.learning_factor)
    side = view.windows.y.shape[1]
    shape = (*own.shape[:2], side, side)
    residual = view.windows.gather(view.residual)
    slopes, weighted = (
        one.reshape(shape).swapaxes(1, 2) for one in (view.jacobian, view.weighted)
    )
    pulls = (weighted @ residual[..., None])[..., 0].swapaxes(1, 2)
    inner = weighted @ slopes.swapaxes(2, 3)
    factors, common = np.empty(3), np.empty(3)
    for axis in range(3):
        rows = np.einsum("nk,nky->ny", own[:, axis], pulls)
        # A shape that is not quite right leaves the same in every column, and shifts all alike.
        rows = rows - np.median(rows[determined], axis=0)
        measured = _variance(rows[:, :, None] * rows[:, None, :], settings.row_lag)
        expected = _variance(_expected_products(inner, own, axis), settings.row_lag)
        factors[axis], common[axis] = _line(expected, measured, own[:, axis, axis])
    return Excess(factors, common, settings.learning_factor)


def _expected_products(inner: Array, own: Array, axis: int) -> Array:
    """Mean products of what two rows add to a parameter, if electrons are independent.

    Parameters
    ----------
    inner
        Fisher information that each row has on the parameters, axes (column, row, parameter,
        parameter).
    own
        Covariance of each column's parameters.
    axis
        Number of the parameter.
    """
    lever = own[:, axis]
    shares = np.einsum("nk,nykl->nyl", lever, inner)
    chance = np.einsum("nyl,nl->ny", shares, lever)
    # What the fit takes from the residuals.
    products = -np.einsum("nyk,nkl,nzl->nyz", shares, own, shares, optimize=True)
    every = np.arange(products.shape[1])
    products[:, every, every] += chance
    return np.asarray(products)


def _variance(products: Array, most: int) -> Array:
    """Variance of a sum over rows, from the products of its terms up to a distance of rows."""
    total = np.trace(products, axis1=1, axis2=2)
    for lag in range(1, most + 1):
        share = 1 - lag / (most + 1)
        total = total + 2 * share * np.trace(products, offset=lag, axis1=1, axis2=2)
    return np.asarray(total)


def _line(expected: Array, measured: Array, variance: Array) -> tuple[float, float]:
    """Factor and constant that lead from the expected variances to the measured ones."""
    good = np.isfinite(expected) & (expected > 0) & np.isfinite(measured)
    if good.sum() < FEWEST_COLUMNS:
        return 1.0, 0.0
    expected, measured, variance = expected[good], measured[good], variance[good]
    ratio = measured / expected
    kept = ratio <= np.quantile(ratio, TYPICAL_COLUMNS)
    expected, measured = expected[kept], measured[kept]
    terms = np.stack([np.ones_like(expected), np.median(variance) / expected], axis=1)
    # Never less than the electrons make.
    more, constant = two_shares(terms, measured / expected - 1)
    share = float(np.median(variance) / np.median(expected))
    return 1 + more, float(constant * np.median(variance) * share)
