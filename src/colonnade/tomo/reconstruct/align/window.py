"""Which part of a specimen that is wider than the views is seen in all of them."""

import numpy as np

from colonnade.core.arrays import Array, Single

FLAT = 0.4
"""The window is one up to this share of half the width, as it is in the view of no tilt..."""

END = 0.95
"""... and zero beyond this one."""


def stretched_windows(angles: Array, width: int) -> Single:
    """Window of each view that shows the same part of a thin specimen in all, axes (view, x).

    It fades out slowly, so that its own slopes tell next to nothing.

    Parameters
    ----------
    angles
        Tilt of each view [degrees].
    width
        Of the views [px].
    """
    places = (np.arange(width) - (width - 1) / 2) / (width / 2)
    narrower = np.maximum(np.cos(np.deg2rad(angles)), 1e-3)
    distance = np.abs(places) / narrower[:, None]
    fade = np.clip((distance - FLAT) / (END - FLAT), 0, 1)
    return np.asarray(np.cos(np.pi / 2 * fade) ** 2, np.float32)
