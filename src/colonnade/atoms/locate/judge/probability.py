"""How likely a candidate is a column.

Two kinds of images are judged by what tells in them. In a crystal it is the network's confidence,
the signal to noise in the fit, and how well a lattice supports the candidate. Where nothing
repeats it is the confidence, the signal to noise, how far the candidate stands out of the texture
around it, and whether the image as a whole has more bright spots than dark ones: texture has as
many of both. For each kind a logistic regression on images whose columns are known says how much
each piece of evidence counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.network import Calibration
from colonnade.core.arrays import Array

LOWEST_SNR, HIGHEST_SNR = 0.3, 100.0
"""A signal to noise outside of these limits counts like the limit."""

LEAST_STANDING, MOST_STANDING = 0.0, 6.0
"""So does a prominence or a clearance [robust standard deviations]."""

LEAST_CONTRAST, MOST_CONTRAST = -1.0, 3.0
"""And a contrast."""


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
    contrast
        Of its image: logarithm of how many times as many bright spots as dark ones stand out;
        only known where nothing repeats.
    repeated
        Whether it lies in the image of a crystal.
    """

    confidence: Array
    snr: Array
    lattice_support: Array
    prominence: Array
    clearance: Array
    contrast: Array
    repeated: NDArray[np.bool_]

    @classmethod
    def in_crystal(cls, confidence: Array, snr: Array, lattice_support: Array) -> "Evidence":
        """Give what is known where a lattice repeats."""
        unknown, repeated = np.full(len(snr), np.nan), np.ones(len(snr), bool)
        return cls(confidence, snr, lattice_support, unknown, unknown, unknown, repeated)

    @classmethod
    def alone(
        cls, confidence: Array, snr: Array, prominence: Array, clearance: Array, contrast: float
    ) -> "Evidence":
        """Give what is known where nothing repeats."""
        nothing = np.zeros(len(snr))
        return cls(
            confidence, snr, nothing, prominence, clearance, nothing + contrast, nothing > 0
        )

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> "Evidence":
        """Put the candidates of several images together."""
        names = [field.name for field in fields(cls)]
        return Evidence(*(np.concatenate([getattr(one, name) for one in parts]) for name in names))

    def __getitem__(self, chosen: NDArray[np.bool_]) -> "Evidence":
        return Evidence(*(getattr(self, field.name)[chosen] for field in fields(self)))

    @property
    def crystal_terms(self) -> Array:
        """Terms of the regression where a lattice repeats, a column for each."""
        return _terms(self._odds, self._log_snr, self.lattice_support)

    @property
    def single_terms(self) -> Array:
        """Terms of the regression where nothing repeats, a column for each."""
        prominence, clearance = (
            np.clip(one, LEAST_STANDING, MOST_STANDING)
            for one in (self.prominence, self.clearance)
        )
        contrast = np.clip(self.contrast, LEAST_CONTRAST, MOST_CONTRAST)
        return _terms(self._odds, self._log_snr, prominence, clearance, contrast)

    @property
    def _odds(self) -> Array:
        confidence = np.clip(self.confidence, 1e-3, 1 - 1e-3)
        return np.asarray(np.log(confidence / (1 - confidence)))

    @property
    def _log_snr(self) -> Array:
        return np.log(np.clip(np.nan_to_num(self.snr, nan=LOWEST_SNR), LOWEST_SNR, HIGHEST_SNR))


def _terms(*evidence: Array) -> Array:
    """A constant, and then the pieces of evidence."""
    return np.stack([np.ones_like(evidence[0]), *evidence], axis=1)


def probability(evidence: Evidence, calibration: Calibration) -> Array:
    """Probability that candidates are columns.

    Parameters
    ----------
    evidence
        What is known about them.
    calibration
        Weights of the evidence.
    """
    odds = np.where(
        evidence.repeated,
        evidence.crystal_terms @ calibration.crystal,
        evidence.single_terms @ calibration.single,
    )
    return np.asarray(1 / (1 + np.exp(-odds)))
