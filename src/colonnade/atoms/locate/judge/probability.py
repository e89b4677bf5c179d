"""How likely a candidate is a column.

Three kinds of evidence count: the network's confidence, the signal to noise in the fit, and how
well a lattice supports the candidate. A logistic regression on simulated images, whose columns are
known, says how much each of them counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from colonnade.core.arrays import Array

Calibration = Sequence[float]
"""Constant, then the weights of the network's log odds, of the logarithm of the signal to noise,
and of the lattice support."""

NETWORK_ALONE = (0.0, 1.0, 0.0, 0.0)
"""The network's confidence as it is."""

LOWEST_SNR, HIGHEST_SNR = 0.3, 100.0
"""A signal to noise outside of these limits counts like the limit."""

WEIGHT_DECAY = 1e-4
"""How strongly the weights are drawn to `NETWORK_ALONE`, relative to the loss of one candidate."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What is known about each candidate.

    Parameters
    ----------
    confidence
        Of the network, from 0 to 1.
    snr
        Signal to noise in the fit.
    lattice_support
        How often the crystal repeats it, from 0 or a little less to 1.
    """

    confidence: Array
    snr: Array
    lattice_support: Array

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> "Evidence":
        """Put the candidates of several images together."""
        return cls(
            np.concatenate([part.confidence for part in parts]),
            np.concatenate([part.snr for part in parts]),
            np.concatenate([part.lattice_support for part in parts]),
        )

    def __getitem__(self, chosen: NDArray[np.bool_]) -> "Evidence":
        return Evidence(self.confidence[chosen], self.snr[chosen], self.lattice_support[chosen])

    def terms(self) -> Array:
        """Terms of the regression, a column for each."""
        confidence = np.clip(self.confidence, 1e-3, 1 - 1e-3)
        snr = np.clip(np.nan_to_num(self.snr, nan=LOWEST_SNR), LOWEST_SNR, HIGHEST_SNR)
        odds = np.log(confidence / (1 - confidence))
        return np.stack([np.ones_like(odds), odds, np.log(snr), self.lattice_support], axis=1)


def probability(evidence: Evidence, calibration: Calibration) -> Array:
    """Probability that candidates are columns.

    Parameters
    ----------
    evidence
        What is known about them.
    calibration
        Weights of the evidence.
    """
    return np.asarray(1 / (1 + np.exp(-evidence.terms() @ np.asarray(calibration, float))))


def calibrate(evidence: Evidence, true: NDArray[np.bool_]) -> tuple[float, ...]:
    """Weights that make the probabilities of known candidates right: a logistic regression.

    Without candidates the network's confidence is taken as it is.
    """
    if not len(true):
        return NETWORK_ALONE
    terms = evidence.terms()
    sign = np.where(true, 1.0, -1.0)

    def loss(weights: Array) -> float:
        unlikely = np.logaddexp(0, -sign * (terms @ weights))
        return float(unlikely.mean() + WEIGHT_DECAY * np.sum((weights - NETWORK_ALONE) ** 2))

    return tuple(float(weight) for weight in minimize(loss, np.array(NETWORK_ALONE)).x)
