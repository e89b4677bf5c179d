"""How likely a candidate is a column: what the network thought of it, and how it stands out."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Array = NDArray[np.float64]
Calibration = Sequence[float]
"""Constant, weight of the network's log odds, weight of the logarithm of the signal to noise."""

NETWORK_ALONE = (0.0, 1.0, 0.0)
"""The height of the network's mask, as it is."""

LEAST, MOST = 0.3, 100.0
"""A signal to noise outside of this says no more than its limits."""

PRIOR = 1e-3
"""How strongly the weights are kept small, relative to one candidate."""


def probability(height: Array, snr: Array, calibration: Calibration) -> Array:
    """Probability that candidates are columns.

    Parameters
    ----------
    height
        Of the network's mask, from 0 to 1.
    snr
        Signal to noise in the image.
    calibration
        Weights of both.
    """
    return _odds(_terms(height, snr), np.asarray(calibration, float))


def calibrate(height: Array, snr: Array, true: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Weights that make probabilities of known candidates right: a logistic regression.

    Without candidates the height of the mask is taken as it is.
    """
    if not len(true):
        return NETWORK_ALONE
    terms = _terms(height, snr)
    sign = np.where(true, 1.0, -1.0)

    def loss(weights: Array) -> float:
        unlikely = np.logaddexp(0, -sign * (terms @ weights))
        return float(unlikely.mean() + PRIOR * np.sum((weights - NETWORK_ALONE) ** 2))

    constant, network, contrast = minimize(loss, np.array(NETWORK_ALONE)).x
    return float(constant), float(network), float(contrast)


def _terms(height: Array, snr: Array) -> Array:
    height = np.clip(height, 1e-3, 1 - 1e-3)
    snr = np.clip(np.nan_to_num(snr, nan=LEAST), LEAST, MOST)
    return np.stack([np.ones_like(height), np.log(height / (1 - height)), np.log(snr)], axis=1)


def _odds(terms: Array, weights: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-terms @ weights)))
