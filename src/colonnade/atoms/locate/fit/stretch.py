"""How much longer than wide each column is, and whether it may be two.

A tilted crystal or an astigmatic probe stretches all columns alike, and their common shape
follows. A column that is longer than that may stand for two at almost the same place.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.locate.fit.peaks import Peaks, View
from colonnade.atoms.locate.fit.settings import MeasureSettings
from colonnade.core.arrays import Array

STRETCHES = (((2, 0, 1.0), (0, 2, -1.0)), ((1, 1, 1.0),))
"""The two ways to stretch a column, each a sum of products of Gauss-Hermite functions: their
orders along y and x, and their sign. A column stretched along y has more of the second function
along y and less of that along x; one stretched along a diagonal has more of the product of the
first functions."""

PER_EXPONENT = np.array([2 * np.sqrt(2), 2.0])
"""A Gaussian whose exponent is stretched by e has e divided by these of the two."""

TYPICAL_DEVIATION = np.sqrt(2 * np.log(2))
"""Median length of two numbers drawn from a normal distribution, in its standard deviations."""

LONGEST = 5.0
"""Exponents beyond this are of columns that are nothing but long."""


@dataclass(frozen=True, eq=False)
class Stretch:
    """How long columns are.

    Parameters
    ----------
    ellipticity
        One less the ratio of the shorter to the longer width.
    double
        Whether a column is so much longer than the others that it may be two.
    """

    ellipticity: Array
    double: NDArray[np.bool_]


def stretch(peaks: Peaks, view: View, settings: MeasureSettings) -> Stretch:
    """Measure how long columns are, on their own and with the shape that all share.

    Parameters
    ----------
    peaks, view
        Where the fit ended.
    settings
        When a column may be two.
    """
    own, error = _amounts(view)
    height = np.maximum(peaks.height, 1e-30)[:, None]
    c = peaks.shape.coefficients
    shared = np.array([(c[2, 0] - c[0, 2]) / 2, c[1, 1]])
    beyond = own / height
    deviations = np.linalg.norm(beyond / (error / height), axis=1)
    # Pixels that were smoothed have noise in common, and all columns deviate more than they say.
    deviations /= max(1.0, float(np.median(deviations)) / TYPICAL_DEVIATION)
    extra = np.linalg.norm(PER_EXPONENT * beyond, axis=1)
    whole = np.linalg.norm(PER_EXPONENT * (beyond + shared), axis=1)
    long = 1 - np.exp(-extra) > settings.double_ellipticity
    double = (deviations > settings.double_snr) & long
    return Stretch(1 - np.exp(-np.minimum(whole, LONGEST)), double)


def _amounts(view: View) -> tuple[Array, Array]:
    """How much of both stretches the residual of each column holds, and the standard errors."""
    windows = view.windows
    along_y, along_x = view.functions
    weight = windows.gather(view.weight)
    pull = windows.gather(view.weight * view.residual)
    amount, error = np.empty((2, len(view.jacobian), 2))
    for number, orders in enumerate(STRETCHES):
        mode = sum(sign * along_y[:, :, a, None] * along_x[:, None, :, b] for a, b, sign in orders)
        information = np.maximum((weight * mode * mode).sum((1, 2)), 1e-30)
        amount[:, number] = (pull * mode).sum((1, 2)) / information
        error[:, number] = 1 / np.sqrt(information)
    return amount, error
