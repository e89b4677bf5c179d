"""The grey level of what surrounds a specimen, where there is such a thing in the views."""

import numpy as np
from scipy import ndimage

from colonnade.core.arrays import Array, Single
from colonnade.tomo.tilts import TiltSeries

SMOOTH = 2.0
"""Standard deviation of the Gaussian that keeps noise out of levels [px]."""

LEFT_OF_NOISE = 1 / (2 * np.sqrt(np.pi) * SMOOTH)
"""Of the standard deviation of white noise so much is left by that Gaussian."""

DARKEST = 1.0
"""Percentile of a view at which the search begins."""

NEAR = 3.0
"""The surroundings differ from their level by no more [standard deviations of their noise]."""

FAINTEST = 1e-3
"""They may differ by this share of the range of grey levels in any case."""

ROUNDS = 30
"""So often is the level taken anew from what is near it."""

LEAST_EMPTY = 0.04
"""At least this share of a view is empty, or there are no surroundings."""

MOST_EMPTY = 0.98
"""If more is empty, there is nothing on the view."""

RISE = 0.1
"""A film that fills the views rises with the path of the beam through it by more than this share
of the contrast; surroundings do not."""

ALIKE = 0.8
"""It does so at this correlation, or higher."""


def find_background(series: TiltSeries) -> Array | None:
    """Find the level of the empty surroundings in each view; None where the specimen fills them.

    What is bright is taken for the specimen.
    """
    found = [_empty_level(series.view(view)) for view in range(series.shape[0])]
    levels, shares, contrasts = (np.array(values) for values in zip(*found, strict=True))
    if not LEAST_EMPTY <= np.median(shares) <= MOST_EMPTY:
        return None
    path = 1 / np.cos(np.deg2rad(np.clip(series.degrees, -80, 80)))
    if np.ptp(path) > 0 and np.ptp(levels) > 0:
        slope = np.polyfit(path, levels, 1)[0]
        rises = slope * np.ptp(path) > RISE * np.median(contrasts)
        if rises and np.corrcoef(path, levels)[0, 1] > ALIKE:
            return None
    return levels


def _empty_level(view: Single) -> tuple[float, float, float]:
    """Level of the darkest plateau of a view, its share of the view, and the contrast above it."""
    smooth = ndimage.gaussian_filter(np.where(np.isfinite(view), view, np.nanmin(view)), SMOOTH)
    low, high = np.percentile(smooth, [DARKEST, 100 - DARKEST])
    steps = np.abs(np.diff(view, axis=0))
    noise = 1.4826 * float(np.nanmedian(steps)) / np.sqrt(2) * LEFT_OF_NOISE
    near = max(NEAR * noise, FAINTEST * float(high - low))
    level = float(low)
    for _ in range(ROUNDS):
        empty = np.abs(smooth - level) <= near
        if not empty.any():
            break
        before, level = level, float(smooth[empty].mean(dtype=np.float64))
        if abs(level - before) < 1e-3 * near:
            break
    return level, float(empty.mean()), float(high) - level
