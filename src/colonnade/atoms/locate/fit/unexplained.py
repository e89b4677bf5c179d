"""Peaks that a fit leaves over: columns that were missed, or that lie just beyond the border."""

import numpy as np
from scipy.ndimage import gaussian_filter, maximum_filter
from scipy.spatial import cKDTree

from colonnade.core.arrays import Array, Single

SURE = 5.0
"""Signal to noise from which a peak in what is left over is no chance."""

APART = 2.0
"""Such a peak is at least this many widths from every column that is fitted."""

BESIDE = 3.0
"""Of peaks that are this near to the same column, in widths, one is added: a column that stands
for two leaves one on either side."""


def significance(weight: Single, residual: Single, width: float) -> Single:
    """Signal to noise of a Gaussian peak of a given width [px] at every pixel."""
    signal = gaussian_filter(weight * residual, width, mode="constant", truncate=3.0)
    # The square of a Gaussian is one of width / sqrt(2), and half of its volume.
    noise = gaussian_filter(weight, width / np.sqrt(2), mode="constant", truncate=3.0)
    return np.asarray(signal * np.sqrt(4 * np.pi) * width / np.sqrt(np.maximum(noise, 1e-30)))


def unexplained(weight: Single, residual: Single, width: float, known: Array) -> Array:
    """Positions (y, x) of sure peaks in what a fit leaves over, none near a known one."""
    height = significance(weight, residual, width)
    size = 2 * int(np.ceil(width)) + 1
    top = (height > SURE) & (maximum_filter(height, size, mode="nearest") == height)
    found = np.argwhere(top).astype(np.float64)
    if not len(found) or not len(known):
        return found
    # The surest first.
    found = found[np.argsort(-height[top], kind="stable")]
    distance, owner = cKDTree(known).query(found)
    beside = np.where(distance < BESIDE * width, owner, -1 - np.arange(len(found)))
    first = np.zeros(len(found), bool)
    first[np.unique(beside, return_index=True)[1]] = True
    return np.asarray(found[first & (distance > APART * width)])
