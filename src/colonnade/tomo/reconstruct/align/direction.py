"""Along which side of the views the tilt axis runs."""

import numpy as np

from colonnade.core.arrays import Single


def runs_along_x(views: Single, share: float = 1.0) -> bool:
    """Whether the tilt axis runs along x and not along y: masses of slices across it stay.

    Where a specimen is seen whole, each slice across the axis has the same mass in every view.

    Parameters
    ----------
    views
        Axes (view, y, x), in the order of their tilts.
    share
        Masses of columns change by less than this share of what those of rows change by.
    """
    changes = [_change(views.mean(axis)) for axis in (2, 1)]
    return changes[1] < share * changes[0]


def _change(profiles: Single) -> float:
    """How much profiles (view, place) change from view to view."""
    return float(np.square(np.diff(profiles, axis=0)).mean())
