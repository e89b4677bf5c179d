"""The first threshold: between the two classes of grey levels that an image has, if it has two."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from colonnade.core.arrays import Array, Grey
from colonnade.core.images.regions import otsu

BINS = 256
"""Of the histogram."""

SMOOTHED = 4.0
"""The histogram is smoothed by this deviation before its peaks are sought [bins]."""

VALLEY = 0.8
"""Two classes are apart where the histogram between their peaks falls below this share of the
lower peak."""

ENDS = (0.001, 0.999)
"""Quantiles of the grey levels between which the histogram lies."""

MOST_SAMPLES = 1 << 22
"""Of a larger image every n-th pixel is looked at."""


@dataclass(frozen=True)
class Threshold:
    """A grey level between ground and regions.

    Parameters
    ----------
    level
        Brighter pixels belong to regions.
    valley
        How deep the histogram falls between its two peaks, as a share of the lower one; 1 where
        there is but one peak.
    """

    level: float
    valley: float

    @property
    def is_between_peaks(self) -> bool:
        """Whether the grey levels are of two classes that are apart."""
        return self.valley < VALLEY


def find_threshold(grey: Grey) -> Threshold:
    """Part grey levels into two classes after Otsu (1979)."""
    values = grey.ravel()[:: max(1, grey.size // MOST_SAMPLES)]
    low, high = (float(value) for value in np.quantile(values, ENDS))
    if low == high:
        low, high = float(values.min()), float(values.max())
    scaled = np.clip((values - low) / (high - low), 0, 1)
    found = otsu(scaled)
    counts, _ = np.histogram(scaled, BINS, (0, 1))
    return Threshold(low + found * (high - low), _valley(counts, round(found * BINS)))


def _valley(counts: Array, between: int) -> float:
    """Depth of the valley between the highest bins on both sides of one."""
    # Clipped values pile up in the bins at the ends.
    smooth = gaussian_filter1d(counts[1:-1].astype(np.float64), SMOOTHED, mode="nearest")
    between = int(np.clip(between - 1, 1, smooth.size - 1))
    below = int(np.argmax(smooth[:between]))
    above = between + int(np.argmax(smooth[between:]))
    lowest = float(smooth[below : above + 1].min())
    return lowest / max(min(float(smooth[below]), float(smooth[above])), np.finfo(float).tiny)
