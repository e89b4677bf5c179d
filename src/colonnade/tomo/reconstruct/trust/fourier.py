"""Which frequencies of a slice were measured, and how much of its power lies elsewhere.

A view at a tilt measures the frequencies across its beam: a line through the middle of the plane
(z, x) of frequencies, as steep as the tilt. Between the first and the last view lies what was
measured. The rest, the missing wedge, is what the method made of the specimen.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colonnade.core.arrays import Array, Single
from colonnade.core.measures.wedge import Wedge, direction_of

LOWEST = 2.5
"""Frequencies below this are in every view, as a specimen has an end [samples of a spectrum]: the
window that keeps the borders out blurs them over as many."""


def directions(shape: tuple[int, int]) -> tuple[Array, Array]:
    """Direction [degrees] and length [samples along x] of each frequency (z, x), the middle zero.

    Parameters
    ----------
    shape
        Of the spectrum.
    """
    depth, width = shape
    z = np.fft.fftshift(np.fft.fftfreq(depth))[:, None]
    x = np.fft.fftshift(np.fft.fftfreq(width))
    return direction_of(z, x), np.hypot(z, x) * min(shape)


def spectrum(slices: Single) -> NDArray[np.complex128]:
    """Spectra of slices (slice, z, x), the middle zero; a window keeps their borders out."""
    window = np.outer(*(np.hanning(length + 2)[1:-1] for length in slices.shape[1:]))
    inner = slices - slices.mean((1, 2), keepdims=True, dtype=np.float64)
    return np.asarray(np.fft.fftshift(np.fft.fft2(inner * window), axes=(1, 2)))


@dataclass(frozen=True, eq=False)
class Power:
    """How the power of slices is spread over frequencies.

    Parameters
    ----------
    power
        At each frequency (z, x), the middle zero, averaged over slices.
    wedge
        What was measured.
    """

    power: Array
    wedge: Wedge

    @classmethod
    def of(cls, slices: Single, angles: Sequence[float]) -> "Power":
        """Look at slices (slice, z, x) made of views at these tilts [degrees]."""
        power = np.square(np.abs(spectrum(slices))).mean(0)
        return cls(np.asarray(power), Wedge.of(angles))

    @property
    def in_missing(self) -> float:
        """Share of the power that lies where nothing was measured."""
        depth, width = self.power.shape
        direction, length = directions((depth, width))
        seen = (length >= LOWEST) & (length <= min(depth, width) / 2)
        total = float(self.power[seen].sum())
        lost = float(self.power[seen & self.wedge.other.holds(direction)].sum())
        return lost / total if total > 0 else 0.0
