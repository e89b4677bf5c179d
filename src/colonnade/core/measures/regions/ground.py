"""How bright the ground is under regions, where the light on it changes slowly."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, gaussian_filter, zoom

from colonnade.core.arrays import Single

ACROSS = 32
"""The ground is told in blocks, so many along the longest axis..."""

REACH = 4.0
"""... and smoothed by this deviation [blocks]."""

BESIDE = 2
"""Pixels so near to a region are no ground [px]."""

LEAST_SEEN = 0.02
"""Where less than this share of what is averaged is ground, it is more like the ground of all."""


def smooth_ground(grey: Single, regions: NDArray[np.bool_]) -> Single:
    """Give the level of the ground everywhere, from where there is no region.

    Parameters
    ----------
    grey
        Grey levels, axes (y, x) or (z, y, x).
    regions
        What is no ground.
    """
    seen = ~binary_dilation(regions, iterations=BESIDE)
    if not seen.any():
        seen = ~regions
    side = max(1, -(-max(grey.shape) // ACROSS))
    starts = [np.arange(0, length, side) for length in grey.shape]
    weight = _summed(seen.astype(np.float32), starts)
    total = _summed(np.where(seen, grey, 0).astype(np.float32), starts)
    mean = float(total.sum() / max(float(weight.sum()), 1.0))
    share = LEAST_SEEN * side**grey.ndim
    smoothed = [gaussian_filter(one, REACH, mode="nearest") for one in (total, weight)]
    level = (smoothed[0] + share * mean) / (smoothed[1] + share)
    return _as_fine(level, side, grey.shape)


def _summed(values: Single, starts: list[NDArray[np.intp]]) -> Single:
    for axis, start in enumerate(starts):
        values = np.add.reduceat(values, start, axis=axis)
    return values


def _as_fine(blocks: Single, side: int, shape: tuple[int, ...]) -> Single:
    """Interpolate between the middles of blocks."""
    if side == 1:
        return blocks
    fine = zoom(blocks, side, order=1, grid_mode=True, mode="nearest")
    return np.asarray(fine[tuple(slice(length) for length in shape)], np.float32)
