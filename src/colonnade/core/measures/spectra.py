"""How near an image comes to its truth, frequency by frequency.

Spectra are averaged over rings of the same spatial frequency, from 0 to 0.5 cycles per pixel. A
Hann window keeps the borders out of them; it blurs a spectrum over about two of its samples, so
that rings two samples wide lose nothing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colonnade.core.arrays import Array, Grey
from colonnade.core.errors import ImageError

SAMPLES_A_RING = 2
"""Width of a ring, in samples of the spectrum along the shorter side of the image."""

TRUSTED = 1.0
"""Rings in which the truth has less power than so many times its noise are left out."""


def ring_count(shape: tuple[int, ...]) -> int:
    """How many rings the spectrum of an image of this shape has by default."""
    return max(1, min(shape[-2:]) // (2 * SAMPLES_A_RING))


def radial_power(image: Grey, rings: int | None = None) -> Array:
    """Power in rings from 0 to 0.5 cycles per pixel: white noise has its variance everywhere.

    Parameters
    ----------
    image
        Grey levels, axes (y, x); their mean does not count.
    rings
        How many, all of the same width; by default `ring_count` of them.
    """
    rings = ring_count(image.shape) if rings is None else rings
    window = _window(image.shape)
    power = np.abs(_spectrum(image, window)) ** 2 / (window**2).sum()
    return ring_means(power, _ring_numbers(image.shape, rings), rings)


def spectrum_error(image: Grey, truth: Grey, noise: float = 0.0) -> float:
    """How far the radial power of an image is from that of its truth [decades].

    The root mean square, over the rings, of the difference of the logarithms to the base of ten.

    Parameters
    ----------
    image, truth
        Grey levels of the same shape, axes (y, x).
    noise
        Variance of the white noise of the truth. It is taken off the power of the truth, and
        rings with less power than `TRUSTED` times the noise are left out.
    """
    _check_shapes(image, truth)
    there, power = radial_power(image), radial_power(truth) - noise
    known = power > TRUSTED * noise
    if not known.any():
        raise ImageError("the truth is all noise, so that its spectrum cannot be compared")
    # What float32 leaves of nothing is no spectrum.
    least = 1e-12 * float(power.max())
    apart = np.log10(np.maximum(there, least)) - np.log10(np.maximum(power, least))
    return float(np.sqrt(np.mean(apart[known] ** 2)))


@dataclass(frozen=True, eq=False)
class RingCorrelation:
    """Fourier ring correlation of two images.

    Parameters
    ----------
    frequency
        Middle of each ring [cycles per pixel].
    correlation
        Of the two images in that ring, from -1 to 1.
    """

    frequency: Array
    correlation: Array

    def crossing(self, threshold: float = 0.5) -> float:
        """Give the frequency at which the correlation first falls below a threshold [cycles/px].

        Between the rings it is interpolated; 0.5 where it never falls so far.
        """
        below = np.flatnonzero(self.correlation < threshold)
        if not below.size:
            return 0.5
        ring = int(below[0])
        if ring == 0:
            return 0.0
        start, end = self.correlation[ring - 1], self.correlation[ring]
        share = (start - threshold) / (start - end)
        step = self.frequency[ring] - self.frequency[ring - 1]
        return float(self.frequency[ring - 1] + share * step)


def ring_correlation(first: Grey, second: Grey, rings: int | None = None) -> RingCorrelation:
    """Correlate two images of the same field, ring by ring of their spectra.

    Only images whose errors are independent may be compared: an output and the truth, or two
    recordings; never two outputs of the same method.

    Parameters
    ----------
    first, second
        Grey levels of the same shape, axes (y, x); gain and offset do not matter.
    rings
        How many, all of the same width; by default `ring_count` of them.
    """
    _check_shapes(first, second)
    rings = ring_count(first.shape) if rings is None else rings
    window, number = _window(first.shape), _ring_numbers(first.shape, rings)
    spectra = _spectrum(first, window), _spectrum(second, window)
    correlation = correlate_rings(*spectra, number, rings)
    return RingCorrelation((np.arange(rings) + 0.5) / (2 * rings), correlation)


def correlate_rings(
    one: NDArray[np.complex128],
    other: NDArray[np.complex128],
    number: NDArray[np.intp],
    rings: int,
) -> Array:
    """Correlate the samples of two spectra in each ring; zero where one has no power.

    Parameters
    ----------
    one, other
        Spectra of the same shape.
    number
        Of the ring of each sample; those of a higher number than there are rings are left out.
    rings
        How many there are.
    """
    shared = ring_means((one * other.conj()).real, number, rings)
    energy = ring_means(np.abs(one) ** 2, number, rings)
    energy *= ring_means(np.abs(other) ** 2, number, rings)
    return np.asarray(shared / np.sqrt(np.maximum(energy, np.finfo(np.float64).tiny)))


def _check_shapes(first: Grey, second: Grey) -> None:
    if first.shape != second.shape:
        raise ImageError(f"spectra of {first.shape} px and {second.shape} px cannot be compared")


def _window(shape: tuple[int, ...]) -> Array:
    height, width = shape
    return np.asarray(np.hanning(height + 2)[1:-1, None] * np.hanning(width + 2)[1:-1])


def _spectrum(image: Grey, window: Array) -> NDArray[np.complex128]:
    pixels = np.asarray(image, np.float64)
    return np.fft.rfft2((pixels - pixels.mean()) * window)


def _ring_numbers(shape: tuple[int, ...], rings: int) -> NDArray[np.intp]:
    """Of every sample of the half spectrum; the corners beyond 0.5 cycles per pixel come last."""
    height, width = shape
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width))
    return np.asarray(np.minimum((frequency * (2 * rings)).astype(np.intp), rings))


def ring_means(values: Array, number: NDArray[np.intp], rings: int) -> Array:
    """Means over the samples of each ring; those of a higher number are left out."""
    total = np.bincount(number.ravel(), values.ravel(), rings + 1)
    count = np.bincount(number.ravel(), minlength=rings + 1)
    return np.asarray(total[:rings] / np.maximum(count[:rings], 1))
