"""What two halves of the views agree on: frequencies that noise has not taken."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colonnade.core.arrays import Single
from colonnade.core.measures.spectra import (
    SAMPLES_A_RING,
    RingCorrelation,
    correlate_rings,
    ring_count,
)
from colonnade.core.measures.wedge import Wedge
from colonnade.tomo.reconstruct.trust.fourier import directions, spectrum

LEAST_SAMPLES = 8
"""Rings with fewer samples in a part say nothing of it, and are left out."""


@dataclass(frozen=True, eq=False)
class Halves:
    """How slices made of one half of the views compare with those made of the other.

    Parameters
    ----------
    measured
        Correlation of their frequencies where views were taken, ring by ring.
    missing
        The same in the missing wedge, where both are the method's; None where nothing is missing.
    difference
        Half the root mean square of their difference inside the specimen [grey levels]: about
        what noise does to a voxel of a volume that is made of all views.
    level
        Mean of the slices inside the specimen [grey levels].
    """

    measured: RingCorrelation
    missing: RingCorrelation | None
    difference: float
    level: float

    @classmethod
    def of(cls, one: Single, other: Single, wedge: Wedge) -> "Halves":
        """Compare slices (slice, z, x)."""
        part = inside(one + other)
        difference = np.square(one[part] - other[part], dtype=np.float64).mean()
        direction, _ = directions((one.shape[1], one.shape[2]))
        measured = wedge.holds(direction)
        spectra = spectrum(one), spectrum(other)
        return cls(
            _correlation(*spectra, measured),
            None if measured.all() else _correlation(*spectra, ~measured),
            float(np.sqrt(difference)) / 2,
            float((one[part] + other[part]).mean(dtype=np.float64)) / 2,
        )


BRIGHT = 0.98
"""Quantile of the grey levels that stands for the bright parts of a specimen."""

FAINT = 0.2
"""Voxels that have more than this share of that level are inside the specimen."""


def inside(slices: Single) -> NDArray[np.bool_]:
    """Tell which voxels are inside the specimen, by their grey levels."""
    return np.asarray(slices > FAINT * np.quantile(slices, BRIGHT))


def _correlation(
    one: NDArray[np.complex128], other: NDArray[np.complex128], part: NDArray[np.bool_]
) -> RingCorrelation:
    """Correlate a part of the spectra of all slices, ring by ring."""
    shape = one.shape[1], one.shape[2]
    rings = ring_count(shape)
    _, length = directions(shape)
    ring = np.minimum(length // SAMPLES_A_RING, rings).astype(np.intp)
    number = np.where(part, ring, rings)
    correlation = correlate_rings(one, other, np.broadcast_to(number, one.shape), rings)
    known = np.bincount(number.ravel(), minlength=rings + 1)[:rings] >= LEAST_SAMPLES
    frequency = (np.arange(rings) + 0.5) / (2 * rings)
    return RingCorrelation(frequency[known], correlation[known])
