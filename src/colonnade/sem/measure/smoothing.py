"""Take as much noise out of an image as stands in the way of its outlines, and no more."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter

from colonnade.core.arrays import Array, Single
from colonnade.core.measures.noise import NoiseModel
from colonnade.core.measures.regions.threshold import find_threshold

CLEAR = 4.0
"""Half of the contrast is to be so many standard deviations of the noise that is left."""

MOST = 3.0
"""But no image is smoothed by more than this deviation [px]."""

LEAST = 0.4
"""Less than this would do nothing to a grid of pixels [px]."""

STEP = 0.2
"""Deviations are tried in steps of this [px]."""

FREQUENCIES = 512
"""Along each axis the noise that is left is summed up over so many."""

LEAST_CORRELATED = 0.05
"""Noise whose neighbours are less correlated counts as white."""


@dataclass(frozen=True, eq=False)
class Smoothed:
    """An image from which noise was taken.

    Parameters
    ----------
    grey
        Grey levels.
    sigma
        Standard deviation of the noise that is left in each.
    correlation
        It is like white noise filtered by a Gaussian of this deviation along each axis [px].
    width
        Deviation of the filter [px].
    """

    grey: Single
    sigma: Single
    correlation: tuple[float, ...]
    width: float


def smooth(image: Single, noise: NoiseModel) -> Smoothed:
    """Smooth an image, axes (y, x) or (z, y, x), as far as its noise wants it.

    Slices of a stack are smoothed along z too, as their noise is that of each alone.
    """
    width = _width(image, noise)
    grey = gaussian_filter(image, width) if width else image
    left = np.sqrt(_left(width, noise, image.ndim))
    sigma = np.asarray(left * np.sqrt(noise.variance(grey)), np.float32)
    across = float(np.hypot(width, _own_width(noise)))
    return Smoothed(grey, sigma, (*(image.ndim - 1) * (width,), across), width)


def _width(image: Single, noise: NoiseModel) -> float:
    """Find the least smoothing that leaves no more noise than outlines bear."""
    if not noise.sigma:
        return 0.0
    seen = gaussian_filter(image, MOST)[tuple(slice(None, None, 2) for _ in image.shape)]
    level = find_threshold(seen).level
    contrast = float(seen[seen > level].mean() - seen[seen <= level].mean())
    for width in (0.0, *np.arange(LEAST, MOST, STEP)):
        left = noise.sigma * np.sqrt(_left(float(width), noise, image.ndim))
        if CLEAR * left <= contrast / 2:
            return float(width)
    return MOST


def _left(width: float, noise: NoiseModel, ndim: int) -> float:
    """Share of the variance of noise that a filter leaves."""
    frequency = np.fft.fftfreq(FREQUENCIES)
    passed: Array = np.exp(-((2 * np.pi * width * frequency) ** 2))
    along_x = float((passed * noise.spectrum(frequency)).mean())
    return along_x * float(passed.mean()) ** (ndim - 1)


def _own_width(noise: NoiseModel) -> float:
    """Deviation of the Gaussian that correlates neighbours along x as the noise is [px]."""
    nearest = noise.correlation[0]
    if nearest < LEAST_CORRELATED:
        return 0.0
    return float(np.sqrt(-1 / (4 * np.log(min(nearest, 0.99)))))
