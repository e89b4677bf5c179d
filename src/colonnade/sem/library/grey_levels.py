"""Bring a sharp image to the grey levels of a coarse one, and measure how much that is blurred."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.optimize import minimize_scalar

from colonnade.core.arrays import Array, Single
from colonnade.core.images.registration import flattened

MOST_BLUR = 3.0
"""Largest blur that is looked for [coarse px]."""

SMOOTHED = 2.0
"""Standard deviation of the Gaussian that takes the noise off before levels are compared, so that
the noise of the sharp image does not make its contrast look too large [coarse px]."""

OUTLYING = 2.5
"""Pixels that differ by more count less [standard deviations]."""

ROUNDS = 10
"""The weights of outlying pixels settle in so many rounds."""

MEASURED = 1 << 20
"""The blur is measured in so many sharp pixels in the middle at most."""


@dataclass(frozen=True)
class GreyFit:
    """How a sharp image compares with a coarse one of the same pixels' areas.

    Parameters
    ----------
    gain, offset
        Make grey levels of the coarse image of those of the sharp one.
    blur
        Standard deviation of the Gaussian by which the coarse image is blurred beyond the sharp
        one and beyond its pixels [coarse px].
    """

    gain: float
    offset: float
    blur: float

    def apply(self, sharp: Single) -> Single:
        """Give a sharp image the grey levels of the coarse one."""
        return np.asarray(sharp * np.float32(self.gain) + np.float32(self.offset))

    def blurred(self, sharp: Single, factor: int) -> Single:
        """Blur a sharp image as the coarse one is."""
        return _blurred(sharp, self.blur * factor)


def fit_grey_levels(low: Single, sharp: Single, factor: int) -> GreyFit:
    """Fit gain, offset and blur.

    Parameters
    ----------
    low, sharp
        A coarse image and a sharp one on a grid that fits.
    factor
        Sharp pixels for each coarse one.
    """
    rows, columns = (_middle(side, factor) for side in low.shape)
    part = sharp[_finer(rows, factor), _finer(columns, factor)]
    seen = flattened(low[rows, columns])

    def misfit(blur: float) -> float:
        expected = flattened(averaged(_blurred(part, blur * factor), factor))
        slope = float((seen * expected).sum()) / max(float((expected**2).sum()), 1e-30)
        return float(np.square(seen - slope * expected).mean())

    blur = float(minimize_scalar(misfit, bounds=(0, MOST_BLUR), options={"xatol": 0.01}).x)
    if misfit(0.0) <= misfit(blur):
        blur = 0.0
    expected = averaged(_blurred(sharp, blur * factor), factor)
    gain, offset = _line(
        *(
            ndimage.gaussian_filter(image, SMOOTHED).astype(np.float64).ravel()
            for image in (expected, low)
        )
    )
    return GreyFit(gain, offset, blur)


def averaged(sharp: Single, factor: int) -> Single:
    """Average over the areas of coarse pixels."""
    height, width = (side // factor for side in sharp.shape)
    return np.asarray(sharp.reshape(height, factor, width, factor).mean((1, 3)), np.float32)


def _line(level: Array, measured: Array) -> tuple[float, float]:
    """Fit a straight line; pixels that do not fit in, such as charged ones, count less."""
    weight = np.ones_like(level)
    slope = offset = 0.0
    for _ in range(ROUNDS):
        total = weight.sum()
        middle, mean = (weight * level).sum() / total, (weight * measured).sum() / total
        away = level - middle
        spread = max(float((weight * away**2).sum()), 1e-30)
        slope = float((weight * away * (measured - mean)).sum()) / spread
        offset = float(mean - slope * middle)
        rest = np.abs(measured - slope * level - offset)
        limit = OUTLYING * 1.4826 * float(np.median(rest))
        weight = np.minimum(1, limit / np.maximum(rest, 1e-30)) if limit > 0 else weight
    return slope, offset


def _blurred(sharp: Single, sigma: float) -> Single:
    if sigma == 0:
        return sharp
    return np.asarray(ndimage.gaussian_filter(sharp, sigma, mode="reflect"))


def _middle(side: int, factor: int) -> slice:
    """Give the middle of a coarse image's side, not too long."""
    length = min(side, int(np.sqrt(MEASURED)) // factor)
    return slice((side - length) // 2, (side + length) // 2)


def _finer(part: slice, factor: int) -> slice:
    return slice(part.start * factor, part.stop * factor)
