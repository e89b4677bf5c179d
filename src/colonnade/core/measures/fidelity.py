"""How near an image comes to its truth, pixel by pixel: PSNR, SSIM, slope of the grey scale.

Every PSNR states its range: the span of the truth between `RANGE_PERCENTILES`, unless another is
given. Where the truth itself is noisy, and its noise is independent of the image's, the variance
of that noise is taken off what is measured, so that a perfect image has no error.
"""

from collections.abc import Sequence

import numpy as np
from scipy.ndimage import gaussian_filter

from colonnade.core.arrays import Array, Grey
from colonnade.core.errors import ImageError

RANGE_PERCENTILES = (0.1, 99.9)
"""Percentiles of the truth whose distance is its range: single bright or dead pixels do not count.
"""

SSIM_SIGMA = 1.5
"""Standard deviation of the Gaussian window of Wang et al. (2004) [px]."""

SSIM_REACH = 5
"""That window has 11 x 11 pixels: so many to each side of its middle."""

SSIM_CONSTANTS = (0.01, 0.03)
"""K1 and K2 of Wang et al. (2004), shares of the range."""


def grey_range(truth: Grey) -> float:
    """Span of an image's grey levels between `RANGE_PERCENTILES`.

    Raises
    ------
    ImageError
        If the image is all one grey.
    """
    low, high = np.percentile(truth, RANGE_PERCENTILES)
    if not high > low:
        raise ImageError("an image that is all one grey has no range to compare errors with")
    return float(high - low)


def mean_squared_error(image: Grey, truth: Grey, noise: float = 0.0) -> float:
    """Mean square of the differences, less the variance of the noise of the truth.

    It may come out a little below zero where there is nothing left but that noise.

    Parameters
    ----------
    image, truth
        Grey levels on the same scale, axes (y, x).
    noise
        Variance of the noise of the truth, which must be independent of the image's.
    """
    first, second = _pair(image, truth)
    return float(np.mean((first - second) ** 2)) - noise


def psnr(
    image: Grey,
    truth: Grey,
    *,
    span: float | None = None,
    fitted: bool = False,
    noise: float = 0.0,
) -> float:
    """Peak signal-to-noise ratio [dB]; infinite where no error is left.

    Parameters
    ----------
    image, truth
        Grey levels, axes (y, x).
    span
        What counts as the peak; by default the `grey_range` of the truth.
    fitted
        Bring the image to the grey scale of the truth first, see `fit_greys`.
    noise
        Variance of the noise of the truth, which must be independent of the image's.
    """
    if fitted:
        image = fit_greys(image, truth)
    peak = grey_range(truth) if span is None else span
    error = mean_squared_error(image, truth, noise)
    return float("inf") if error <= 0 else float(10 * np.log10(peak**2 / error))


def fit_greys(image: Grey, truth: Grey) -> Array:
    """Bring an image to the gain and offset with which it is nearest to the truth."""
    first, second = _pair(image, truth)
    mean, level = first.mean(), second.mean()
    varied = first - mean
    energy = float((varied**2).sum())
    gain = float((varied * (second - level)).sum()) / energy if energy > 0 else 0.0
    return np.asarray(gain * varied + level)


def grey_slope(image: Grey, truth: Grey, coarser_than: float, noise: float = 0.0) -> float:
    """Slope of the image's grey levels against those of the truth, on coarse scales.

    Less than one is contrast that was lost, as smoothing and regularisation do.

    Parameters
    ----------
    image, truth
        Grey levels, axes (y, x).
    coarser_than
        Standard deviation of the Gaussian that smooths both [px]; 0 compares them as they are.
    noise
        Variance of the white noise of the truth, independent of the image's; what the smoothing
        leaves of it is taken off.
    """
    first, second = (
        gaussian_filter(one, coarser_than, mode="nearest") for one in _pair(image, truth)
    )
    left = noise / max(4 * np.pi * coarser_than**2, 1.0)
    first -= first.mean()
    second -= second.mean()
    return float((first * second).mean() / ((second**2).mean() - left))


def ssim(image: Grey, truth: Grey, *, span: float | None = None) -> float:
    """Structural similarity of Wang et al. (IEEE Trans. Image Process. 13, 600, 2004).

    Means, variances and covariance are weighed by a Gaussian of `SSIM_SIGMA`; the mean is over the
    pixels for which its window lies inside the image.

    Parameters
    ----------
    image, truth
        Grey levels, axes (y, x).
    span
        Range of the grey levels; by default the `grey_range` of the truth.
    """
    first, second = _pair(image, truth)
    if min(first.shape) <= 2 * SSIM_REACH:
        raise ImageError(f"SSIM needs more than {2 * SSIM_REACH} pixels a side, not {first.shape}")
    peak = grey_range(truth) if span is None else span
    small, small_square = ((constant * peak) ** 2 for constant in SSIM_CONSTANTS)
    mean, level = _windowed(first), _windowed(second)
    variance = _windowed(first * first) - mean**2
    scatter = _windowed(second * second) - level**2
    shared = _windowed(first * second) - mean * level
    alike = (2 * mean * level + small) * (2 * shared + small_square)
    alike /= (mean**2 + level**2 + small) * (variance + scatter + small_square)
    return float(alike.mean())


def _windowed(values: Array) -> Array:
    smooth = gaussian_filter(values, SSIM_SIGMA, mode="nearest", radius=SSIM_REACH)
    return np.asarray(smooth[SSIM_REACH:-SSIM_REACH, SSIM_REACH:-SSIM_REACH])


def _pair(image: Grey, truth: Grey) -> Sequence[Array]:
    """Both in double precision."""
    if image.shape != truth.shape:
        raise ImageError(f"an image of {image.shape} px cannot be compared with {truth.shape} px")
    return np.asarray(image, np.float64), np.asarray(truth, np.float64)
