"""Shifts along the tilt axis: each slice, summed along x, is as bright in every view."""

import numpy as np
from scipy import ndimage

from colonnade.core.arrays import Array, Single

ROUNDS = 6
"""So often are profiles moved and compared with their mean."""

SMOOTH = 1.0
"""Standard deviation of the Gaussian that keeps noise out of profiles [px]."""

FARTHEST = 4.0
"""A profile is moved no farther in one round [px]."""


def common_line_shifts(views: Single) -> Array:
    """Shift of each view (view, y, x) along y against the mean of all [px]."""
    profiles = ndimage.gaussian_filter1d(views.sum(2, dtype=np.float64), SMOOTH, axis=1)
    rows = np.arange(profiles.shape[1])
    shifts = np.zeros(len(profiles))
    splines = ndimage.spline_filter1d(profiles, axis=1)
    for _ in range(ROUNDS):
        places = rows + shifts[:, None]
        inside = ((places >= 0) & (places <= rows[-1])).all(0)
        moved = np.stack(
            [
                ndimage.map_coordinates(one, [place], order=3, mode="mirror", prefilter=False)
                for one, place in zip(splines, places, strict=True)
            ]
        )[:, inside]
        mean = moved.mean(0)
        slope = np.gradient(mean)
        rest = mean - moved * (moved @ mean / np.square(moved).sum(1))[:, None]
        steps = rest @ slope / np.square(slope).sum()
        shifts += np.clip(steps, -FARTHEST, FARTHEST)
        shifts -= shifts.mean()
    return shifts
