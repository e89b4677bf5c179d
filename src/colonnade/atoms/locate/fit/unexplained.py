"""Peaks in the residuals of a fit: columns that were missed, or that lie just beyond the border.

They are fitted as well, so that they pull no column in their neighbourhood.
"""

import numpy as np
from scipy.ndimage import gaussian_filter, maximum_filter
from scipy.spatial import cKDTree

from colonnade.atoms.locate.fit.settings import FIT_DEFAULTS, ResidualPeakSettings
from colonnade.core.arrays import Array, Single


def significance(weight: Single, residual: Single, width: float) -> Single:
    """Signal to noise of a Gaussian peak of a given width [px] at every pixel."""
    signal = gaussian_filter(weight * residual, width, mode="constant", truncate=3.0)
    # The square of a Gaussian is one of width / sqrt(2), and half of its volume.
    noise = gaussian_filter(weight, width / np.sqrt(2), mode="constant", truncate=3.0)
    return np.asarray(signal * np.sqrt(4 * np.pi) * width / np.sqrt(np.maximum(noise, 1e-30)))


def unexplained(
    weight: Single,
    residual: Single,
    width: float,
    known: Array,
    settings: ResidualPeakSettings = FIT_DEFAULTS.residual_peaks,
) -> Array:
    """Find significant peaks in the residuals of a fit, none near a known column.

    Parameters
    ----------
    weight, residual
        Of each pixel, axes (y, x).
    width
        Usual width of a column [px].
    known
        Columns that are fitted: rows of (y, x) [px].
    settings
        Which peaks count.

    Returns
    -------
    positions
        Rows of (y, x) [px].
    """
    height = significance(weight, residual, width)
    size = 2 * int(np.ceil(width)) + 1
    top = (height > settings.snr) & (maximum_filter(height, size, mode="nearest") == height)
    found = np.argwhere(top).astype(np.float64)
    if not len(found) or not len(known):
        return found
    found = found[np.argsort(-height[top], kind="stable")]
    distance, owner = cKDTree(known).query(found)
    # Peaks without a column share their number with no other.
    alone = -1 - np.arange(len(found))
    column = np.where(distance < settings.same_column * width, owner, alone)
    most_significant = np.zeros(len(found), bool)
    most_significant[np.unique(column, return_index=True)[1]] = True
    return np.asarray(found[most_significant & (distance > settings.clearance * width)])
