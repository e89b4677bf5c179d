"""How likely a candidate is a column.

Two kinds of images are judged by what tells in them. In a crystal it is the network's confidence,
the signal to noise in the fit, and how well a lattice supports the candidate. Where nothing
repeats it is the confidence, and how far the candidate stands out of the texture around it. For
each kind a logistic regression on images whose columns are known says how much each piece of
evidence counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.network import NETWORK_ALONE, Calibration, Weights
from colonnade.core.arrays import Array

LOWEST_SNR, HIGHEST_SNR = 0.3, 100.0
"""A signal to noise outside of these limits counts like the limit."""

LEAST_STANDING, MOST_STANDING = 0.0, 6.0
"""So does a prominence or a clearance [robust standard deviations]."""

NETWORK_AMONG_SINGLE = 0.3
"""Weight of the network's log odds where nothing repeats. On simulated images 0.6 would be right,
but there the network knows the texture of the supports; on real ones it is too sure of some."""

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
    prominence, clearance
        How far it stands out of its surroundings, and above the ring around it; only known where
        nothing repeats.
    repeated
        Whether it lies in the image of a crystal.
    """

    confidence: Array
    snr: Array
    lattice_support: Array
    prominence: Array
    clearance: Array
    repeated: NDArray[np.bool_]

    @classmethod
    def in_crystal(cls, confidence: Array, snr: Array, lattice_support: Array) -> "Evidence":
        """Give what is known where a lattice repeats."""
        unknown = np.full(len(snr), np.nan)
        return cls(confidence, snr, lattice_support, unknown, unknown, np.ones(len(snr), bool))

    @classmethod
    def alone(
        cls, confidence: Array, snr: Array, prominence: Array, clearance: Array
    ) -> "Evidence":
        """Give what is known where nothing repeats."""
        nothing = np.zeros(len(snr))
        return cls(confidence, snr, nothing, prominence, clearance, nothing > 0)

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> "Evidence":
        """Put the candidates of several images together."""
        names = [field.name for field in fields(cls)]
        return Evidence(*(np.concatenate([getattr(one, name) for one in parts]) for name in names))

    def __getitem__(self, chosen: NDArray[np.bool_]) -> "Evidence":
        return Evidence(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def terms(self) -> Array:
        """Terms of the regression that is of the kind of each candidate, a column for each."""
        confidence = np.clip(self.confidence, 1e-3, 1 - 1e-3)
        odds = np.log(confidence / (1 - confidence))
        snr = np.clip(np.nan_to_num(self.snr, nan=LOWEST_SNR), LOWEST_SNR, HIGHEST_SNR)
        standing = [
            np.clip(one, LEAST_STANDING, MOST_STANDING)
            for one in (self.prominence, self.clearance)
        ]
        second = np.where(self.repeated, np.log(snr), standing[0])
        third = np.where(self.repeated, self.lattice_support, standing[1])
        return np.stack([np.ones_like(odds), odds, second, third], axis=1)


def probability(evidence: Evidence, calibration: Calibration) -> Array:
    """Probability that candidates are columns.

    Parameters
    ----------
    evidence
        What is known about them.
    calibration
        Weights of the evidence.
    """
    weights = np.where(evidence.repeated[:, None], calibration.crystal, calibration.single)
    return np.asarray(1 / (1 + np.exp(-(evidence.terms() * weights).sum(1))))


def calibrate(evidence: Evidence, true: NDArray[np.bool_]) -> Calibration:
    """Weights that make the probabilities of known candidates right.

    Without candidates of a kind the network's confidence is taken as it is.
    """
    crystal, other = evidence.repeated, ~evidence.repeated
    return Calibration(
        _regression(evidence[crystal].terms(), true[crystal], NETWORK_ALONE.crystal),
        _regression(
            evidence[other].terms(), true[other], NETWORK_ALONE.single, NETWORK_AMONG_SINGLE
        ),
    )


def _regression(
    terms: Array, true: NDArray[np.bool_], usual: Weights, network: float | None = None
) -> Weights:
    """Weights of a logistic regression, drawn a little to the usual ones.

    Parameters
    ----------
    terms
        A row for each candidate.
    true
        Whether it is a column.
    usual
        What the weights are without candidates.
    network
        Weight of the network's log odds, if it is fixed.
    """
    if not len(true):
        return usual
    # Slow to import, and wanted in training alone.
    from scipy.optimize import minimize

    sign = np.where(true, 1.0, -1.0)
    known = np.zeros(len(usual)) if network is None else np.array([0.0, network, 0.0, 0.0])
    free = known == 0

    def loss(weights: Array) -> float:
        unlikely = np.logaddexp(0, -sign * (terms @ np.where(free, weights, known)))
        return float(unlikely.mean() + WEIGHT_DECAY * np.sum((weights - usual) ** 2))

    found = np.where(free, minimize(loss, np.array(usual)).x, known)
    constant, first, second, third = found.tolist()
    return constant, first, second, third
