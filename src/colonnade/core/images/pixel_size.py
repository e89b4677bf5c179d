"""The size of a pixel, as files and people say it."""

from collections.abc import Sequence

import numpy as np

from colonnade.core.errors import ImageError

PixelSize = float | Sequence[float]
"""Size of a pixel [nm]: one number, or one along y and one along x."""

SMALLEST_NM, LARGEST_NM = 1e-4, 1e5
"""No microscope has smaller pixels, or larger ones [nm]."""

MOST_OBLONG = 20.0
"""Nor such as are so many times as long as wide."""


def is_plausible(along_y: float, along_x: float) -> bool:
    """Whether a pixel of a micrograph may have these sides [nm]."""
    short, long = sorted((along_y, along_x))
    return short >= SMALLEST_NM and long <= min(LARGEST_NM, MOST_OBLONG * short)


def along_both_axes(given: PixelSize) -> tuple[float, float]:
    """Give the size of a pixel along (y, x) [nm].

    Raises
    ------
    ImageError
        If no micrograph has such pixels.
    """
    along_y, along_x = (float(size) for size in np.broadcast_to(np.asarray(given, float), 2))
    if not is_plausible(along_y, along_x):
        raise ImageError(
            f"a pixel of {along_y:.4g} x {along_x:.4g} nm is no micrograph's; its sides should "
            f"be between {SMALLEST_NM:g} and {LARGEST_NM:g} nm, and one at most {MOST_OBLONG:g} "
            "times the other"
        )
    return along_y, along_x
