"""How likely a candidate is a column.

What the network thought of it counts, how it stands out, and whether the crystal repeats it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from colonnade.core.arrays import Array

Calibration = Sequence[float]
"""Constant, and weights of the network's log odds, the logarithm of signal to noise, the echo."""

NETWORK_ALONE = (0.0, 1.0, 0.0, 0.0)
"""The height of the network's mask, as it is."""

LEAST, MOST = 0.3, 100.0
"""A signal to noise outside of this says no more than its limits."""

PRIOR = 1e-4
"""How strongly the weights are kept small, relative to one candidate."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What speaks for candidates.

    Parameters
    ----------
    height
        Of the network's mask, from 0 to 1.
    snr
        Signal to noise in the image.
    echo
        How often the crystal repeats them.
    """

    height: Array
    snr: Array
    echo: Array

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> "Evidence":
        """Put the candidates of several images together."""
        return cls(
            np.concatenate([part.height for part in parts]),
            np.concatenate([part.snr for part in parts]),
            np.concatenate([part.echo for part in parts]),
        )

    def __getitem__(self, chosen: NDArray[np.bool_]) -> "Evidence":
        return Evidence(self.height[chosen], self.snr[chosen], self.echo[chosen])

    def terms(self) -> Array:
        """Whatever is weighted, one column each."""
        height = np.clip(self.height, 1e-3, 1 - 1e-3)
        snr = np.clip(np.nan_to_num(self.snr, nan=LEAST), LEAST, MOST)
        odds = np.log(height / (1 - height))
        return np.stack([np.ones_like(height), odds, np.log(snr), self.echo], axis=1)


def probability(evidence: Evidence, calibration: Calibration) -> Array:
    """Probability that candidates are columns.

    Parameters
    ----------
    evidence
        What speaks for them.
    calibration
        Weights of what does.
    """
    return _odds(evidence.terms(), np.asarray(calibration, float))


def calibrate(evidence: Evidence, true: NDArray[np.bool_]) -> tuple[float, ...]:
    """Weights that make probabilities of known candidates right: a logistic regression.

    Without candidates the height of the mask is taken as it is.
    """
    if not len(true):
        return NETWORK_ALONE
    terms = evidence.terms()
    sign = np.where(true, 1.0, -1.0)

    def loss(weights: Array) -> float:
        unlikely = np.logaddexp(0, -sign * (terms @ weights))
        return float(unlikely.mean() + PRIOR * np.sum((weights - NETWORK_ALONE) ** 2))

    return tuple(float(weight) for weight in minimize(loss, np.array(NETWORK_ALONE)).x)


def _odds(terms: Array, weights: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-terms @ weights)))
