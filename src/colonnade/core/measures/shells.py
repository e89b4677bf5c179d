"""Fourier shell correlation of volumes, in all directions or in those that views measure."""

import numpy as np
from numpy.typing import NDArray

from colonnade.core.arrays import Grey
from colonnade.core.errors import ImageError
from colonnade.core.measures.spectra import RingCorrelation, correlate_rings, ring_count
from colonnade.core.measures.wedge import Wedge, direction_of

LEAST_ROWS = 16
"""A volume with fewer rows along y is correlated section by section: so few have no frequencies
along y that could be told from zero."""


def shell_correlation(first: Grey, second: Grey, part: Wedge | None = None) -> RingCorrelation:
    """Correlate two volumes of the same field, shell by shell of their spectra.

    As for `ring_correlation`, their errors must be independent. A shell of which nothing lies in
    the part is unknown.

    Parameters
    ----------
    first, second
        Grey levels of the same shape, axes (z, y, x); gain and offset do not matter.
    part
        Which directions count; all of them by default.
    """
    if first.shape != second.shape:
        raise ImageError(f"volumes of {first.shape} and {second.shape} cannot be correlated")
    depth, height, width = first.shape
    shells = ring_count((depth, width))
    along_y = np.fft.fftfreq(height) if height >= LEAST_ROWS else np.zeros(height)
    z, y, x = np.meshgrid(
        np.fft.fftfreq(depth), along_y, np.fft.rfftfreq(width), indexing="ij", sparse=True
    )
    frequency = np.sqrt(z**2 + y**2 + x**2)
    number = np.minimum((frequency * (2 * shells)).astype(np.intp), shells)
    if part is not None:
        number = np.where(part.holds(direction_of(z, x)), number, shells)
    correlation = correlate_rings(_spectrum(first), _spectrum(second), number, shells)
    correlation[np.bincount(number.ravel(), minlength=shells + 1)[:shells] == 0] = np.nan
    return RingCorrelation((np.arange(shells) + 0.5) / (2 * shells), correlation)


def _spectrum(volume: Grey) -> NDArray[np.complex128]:
    """Of a volume whose borders a Hann window keeps out of it."""
    levels = np.asarray(volume, np.float64)
    levels = levels - levels.mean()
    axes = (0, 1, 2) if volume.shape[1] >= LEAST_ROWS else (0, 2)
    for axis in axes:
        length = volume.shape[axis]
        window = np.hanning(length + 2)[1:-1]
        levels *= np.expand_dims(window, tuple(other for other in range(3) if other != axis))
    return np.fft.rfftn(levels, axes=axes)
