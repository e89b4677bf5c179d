"""What of a volume is inside of a specimen: its own voids, and not the vacuum around it."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation

from colonnade.core.arrays import Single
from colonnade.core.measures.regions.threshold import find_threshold

AXES_CLOSED = 2
"""A void is inside where the specimen lies on both sides of it along so many of three axes."""

RIM = 2
"""Voxels so near to the outside are part of the blurred surface, and no void [px]."""


def with_outside_filled(grey: Single) -> tuple[Single, float, float]:
    """Fill the vacuum around a specimen, so that only its own voids stay dark.

    Returns
    -------
    filled, volume, level
        Grey levels, how many voxels lie within the outline of the specimen, and the level below
        which there is none.
    """
    level = find_threshold(grey).level
    solid = grey > level
    outside = ~(solid | _enclosed(solid))
    filled = np.where(
        binary_dilation(outside, iterations=RIM), np.median(grey[solid]), grey
    ).astype(np.float32)
    return filled, float(np.count_nonzero(~outside)), level


def _enclosed(solid: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Voxels that have something solid on both sides along enough axes."""
    closed = np.zeros(solid.shape, np.int8)
    for axis in range(solid.ndim):
        before = np.logical_or.accumulate(solid, axis=axis)
        after = np.flip(np.logical_or.accumulate(np.flip(solid, axis), axis=axis), axis)
        closed += before & after
    return np.asarray(closed >= AXES_CLOSED)
