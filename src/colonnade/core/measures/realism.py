"""How far simulated images are from real ones: in spectra, noise, row jitter and grey levels."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, laplace
from scipy.spatial.distance import cdist

from colonnade.core.arrays import Array
from colonnade.core.errors import ImageError
from colonnade.core.measures.spectra import radial_power

RINGS = 32
"""Rings of the spectrum, evenly from 0 to 0.5 cycles per pixel."""

LAGS = (1, 2, 3, 4, 6, 8, 12, 16)
"""Distances over which the noise is compared with itself [px]."""

SMOOTHING = 1.5
"""Standard deviation of the Gaussian whose difference from the image counts as noise [px]."""

ROW_SMOOTHING = 1.5
"""A row is compared with the image smoothed by a Gaussian of this standard deviation [px]."""

QUANTILES = np.array([0.01, *np.linspace(0.05, 0.95, 19), 0.99])
"""Where the distribution of grey levels is compared."""

LEAST_CLIPPED = 1e-3
"""A smaller share of pixels at an end of the grey scale counts as this one."""


@dataclass(frozen=True, eq=False)
class Features:
    """Properties of an image that do not depend on what it shows, nor on its brightness.

    Parameters
    ----------
    spectrum
        Logarithm to the base of ten of the power in rings from 0 to 0.5 cycles per pixel, of the
        image with mean 0 and standard deviation 1: white noise has 0 everywhere.
    correlation
        Of the noise with itself: first row at `LAGS` along x, within the rows of the image; second
        row at the same along y, from row to row.
    row_jitter
        Standard deviation, over the rows, of how a row differs from the smoothed image: a shift
        along x and one along y [px], and its brightness [standard deviations of the image].
    greys
        Quantiles of the grey levels, in standard deviations from the mean; then, to the base of
        ten, the number of different grey levels and the shares of pixels that have the lowest and
        the highest.
    """

    spectrum: Array
    correlation: Array
    row_jitter: Array
    greys: Array


def features(image: NDArray[np.floating]) -> Features:
    """Measure an image.

    Parameters
    ----------
    image
        Grey levels, axes (y, x), every one finite.
    """
    pixels = np.asarray(image, np.float64)
    if pixels.ndim != 2 or min(pixels.shape) < 2 * LAGS[-1]:
        raise ImageError(f"an image of the shape {pixels.shape} is too small to be compared")
    spread = pixels.std()
    if not 0 < spread < np.inf:
        raise ImageError("an image that is all one grey, or not finite, cannot be compared")
    normal = (pixels - pixels.mean()) / spread
    return Features(_spectrum(normal), _correlation(normal), _row_jitter(normal), _greys(normal))


def _spectrum(image: Array) -> Array:
    return np.asarray(np.log10(np.maximum(radial_power(image, RINGS), 1e-12)))


def _correlation(image: Array) -> Array:
    noise = image - gaussian_filter(image, SMOOTHING, mode="nearest")
    variance = max(float((noise**2).mean()), 1e-12)
    along_x = [(noise[:, :-lag] * noise[:, lag:]).mean() for lag in LAGS]
    along_y = [(noise[:-lag] * noise[lag:]).mean() for lag in LAGS]
    return np.array([along_x, along_y]) / variance


def _row_jitter(image: Array) -> Array:
    """Fit every row by the smoothed image, shifted, made brighter, and sharper."""
    smooth = gaussian_filter(image, ROW_SMOOTHING, mode="nearest")
    slope_y, slope_x = np.gradient(smooth)
    terms = np.stack([-slope_x, -slope_y, np.ones_like(smooth), laplace(smooth)], axis=1)
    inverse = np.linalg.inv(terms @ terms.swapaxes(1, 2) + 1e-9 * np.eye(4))
    fitted = (inverse @ terms @ (image - smooth)[:, :, None])[:, :, 0]
    # A row in which the image does not slope along an axis says nothing of a shift along it.
    weight = 1 / np.diagonal(inverse, axis1=1, axis2=2)
    return np.asarray(np.sqrt((weight * fitted**2).sum(0) / weight.sum(0))[:3])


def _greys(image: Array) -> Array:
    levels, counts = np.unique(image, return_counts=True)
    clipped = np.maximum(counts[[0, -1]] / image.size, LEAST_CLIPPED)
    ends = [np.log10(len(levels)), *np.log10(clipped)]
    return np.concatenate([np.quantile(image, QUANTILES), ends])


@dataclass(frozen=True)
class Gap:
    """How far two sets of images are apart.

    Each part is the mean distance between an image of one set and one of the other, less the mean
    distance between two images of the same set: half the energy distance. It is 0 on average for
    two sets of the same kind, may then be a little negative, and otherwise grows with whatever
    tells the sets apart.

    Parameters
    ----------
    spectrum
        Of the spectra: root mean square over the rings [decades].
    correlation
        Of the noise within rows and from row to row: root mean square over the lags.
    row_jitter
        Of how rows differ from the smoothed image: root mean square over shifts [px] and
        brightness.
    greys
        Of the grey levels: root mean square over what describes them [standard deviations].
    """

    spectrum: float
    correlation: float
    row_jitter: float
    greys: float

    @property
    def total(self) -> float:
        """Mean of the parts, each of which is about 1 for images that have little in common."""
        return float(np.mean(astuple(self)))


def gap(real: Sequence[NDArray[np.floating]], simulated: Sequence[NDArray[np.floating]]) -> Gap:
    """Measure how far two sets of images are apart; the order of the sets does not matter.

    Parameters
    ----------
    real, simulated
        At least two images in each; parts of one image will do, see `tiles`.
    """
    if min(len(real), len(simulated)) < 2:
        raise ImageError("the gap needs at least two images of each kind; cut them into tiles")
    here, there = ([features(image) for image in images] for images in (real, simulated))
    parts = {
        name: _apart(_stacked(here, name), _stacked(there, name))
        for name in (part.name for part in fields(Features))
    }
    return Gap(**parts)


def _stacked(measured: Sequence[Features], name: str) -> Array:
    return np.stack([np.ravel(getattr(one, name)) for one in measured])


def _apart(first: Array, second: Array) -> float:
    """Half the energy distance of two sets of rows, without bias."""
    across = cdist(first, second).mean()
    within = [cdist(rows, rows).sum() / (len(rows) * (len(rows) - 1)) for rows in (first, second)]
    return float((across - sum(within) / 2) / np.sqrt(first.shape[1]))


def tiles(image: NDArray[np.floating], side: int) -> list[NDArray[np.floating]]:
    """Cut an image into squares that do not overlap; the rest at the far borders is dropped.

    Parameters
    ----------
    image
        Axes (y, x).
    side
        Of the squares [px].
    """
    down, across = (length // side for length in image.shape)
    return [
        image[side * row : side * (row + 1), side * column : side * (column + 1)]
        for row in range(down)
        for column in range(across)
    ]
