"""Filters that find discs in coloured noise."""

import numpy as np
from scipy.ndimage import gaussian_filter

from colonnade.core.arrays import Array, Single

SAMPLES = 4
"""Discs are drawn with so many samples a pixel, along each axis."""


def matched_filter(radius: float, blur: float, power: Array) -> Single:
    """Give the filter that finds discs best in noise of this spectrum, whatever the mean is.

    Parameters
    ----------
    radius
        Of the disc [px].
    blur
        Standard deviation of the probe that shows it [px].
    power
        Of the noise at each frequency, zero first; as large as the filter is to be.

    Returns
    -------
    kernel
        To correlate the noise with, its middle at half its size; noise keeps unit variance.
    """
    shape = np.fft.fft2(_disc(radius, blur, len(power)))
    found = np.conj(shape) / power
    found[0, 0] = 0
    found /= np.sqrt(np.mean(np.abs(found) ** 2 * power))
    middle = len(power) // 2
    # Correlation turns the kernel round: it is that of the disc, not its mirror image.
    kernel = np.real(np.fft.ifft2(np.conj(found)))
    return np.roll(kernel, (middle, middle), axis=(0, 1)).astype(np.float32)


def disc_answer(kernel: Single, radius: float, blur: float) -> float:
    """What a filter answers in the middle of a disc of unit height.

    Parameters
    ----------
    kernel
        The filter.
    radius, blur
        Of the disc, and of the probe that shows it [px].
    """
    size = len(kernel)
    disc = np.roll(_disc(radius, blur, size), (size // 2, size // 2), axis=(0, 1))
    return float((kernel * disc).sum())


def _disc(radius: float, blur: float, size: int) -> Array:
    """A disc of unit height around the first pixel, going on at the opposite ends."""
    place = (np.arange(size * SAMPLES) + 0.5) / SAMPLES - 0.5 - size // 2
    away = np.hypot(place[:, None], place[None])
    covered = np.clip((radius - away) * SAMPLES + 0.5, 0, 1)
    shown = gaussian_filter(covered, blur * SAMPLES) if blur else covered
    pixels = shown.reshape(size, SAMPLES, size, SAMPLES).mean((1, 3))
    return np.asarray(np.roll(pixels, (-(size // 2), -(size // 2)), axis=(0, 1)))
