"""How far the voxels of a tomogram vary where there is nothing, and over which distance."""

import numpy as np
from scipy.ndimage import binary_erosion, gaussian_filter

from colonnade.core.arrays import Single
from colonnade.core.measures.regions.threshold import find_threshold

AWAY = 3
"""Voxels count as empty that are so far from anything [px]."""

LEAST_VOXELS = 500
"""Fewer empty voxels tell nothing: then the darker half of all is taken."""

SLOW = 8.0
"""What varies over more than this deviation is no noise [px]."""

MEDIAN_DEVIATION = 1.4826
"""Standard deviation of normal noise, in its median deviation."""

MOST_ALIKE = 0.98
"""Neighbours that are more alike would be correlated over any distance."""


def empty_noise(grey: Single) -> tuple[float, tuple[float, ...]]:
    """Standard deviation of what varies in empty voxels, and how it is correlated.

    Returns
    -------
    sigma, correlation
        Grey levels; and the deviation along each axis of the Gaussian that would make such noise
        of white noise [px].
    """
    empty = binary_erosion(grey < find_threshold(grey).level, iterations=AWAY, border_value=1)
    if np.count_nonzero(empty) < LEAST_VOXELS:
        empty = grey < np.median(grey)
    rest = grey - gaussian_filter(grey, SLOW)
    rest = np.where(empty, rest - np.median(rest[empty]), 0)
    sigma = MEDIAN_DEVIATION * float(np.median(np.abs(rest[empty])))
    return sigma, tuple(_width(rest, empty, axis) for axis in range(grey.ndim))


def _width(
    rest: Single, empty: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]", axis: int
) -> float:
    here, there = (
        np.take(each, range(first, each.shape[axis] - 1 + first), axis)
        for each, first in ((rest, 0), (rest, 1))
    )
    both = np.take(empty, range(empty.shape[axis] - 1), axis) & np.take(
        empty, range(1, empty.shape[axis]), axis
    )
    power = float(np.square(here[both]).mean()) if both.any() else 0.0
    if not power:
        return 0.0
    alike = float((here[both] * there[both]).mean()) / power
    if alike <= 0:
        return 0.0
    return float(np.sqrt(-1 / (4 * np.log(min(alike, MOST_ALIKE)))))
