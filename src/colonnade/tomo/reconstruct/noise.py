"""How noisy the views of a series are."""

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.core.errors import ImageError
from colonnade.core.measures.noise import measure_noise
from colonnade.tomo.tilts import TiltSeries

MOST_VIEWS = 12
"""So many views, evenly spread, stand for all of them."""

MOST_PIXELS = 1 << 20
"""Of a large view a part of this size around the middle is looked at."""

LEAST_SIDE = 16
"""Views with fewer rows or columns do not tell their noise [px]."""


def measure_view_noise(series: TiltSeries) -> Array:
    """Standard deviation of the noise of each view, averaged over its pixels [grey levels].

    Views are taken to be recorded alike, so that their noise follows one law of the grey level.

    Raises
    ------
    ImageError
        If the views are too small to tell.
    """
    count, height, width = series.shape
    if min(height, width) < LEAST_SIDE:
        raise ImageError(
            f"views of {height} x {width} px do not tell how noisy they are; they should be at "
            f"least {LEAST_SIDE} px high and wide"
        )
    chosen = np.unique(np.linspace(0, count - 1, MOST_VIEWS).astype(int))
    law = measure_noise(*(_middle(series.view(view)) for view in chosen))
    levels = [_middle(series.view(view)) for view in range(count)]
    return np.array([np.sqrt(law.variance(level).mean()) for level in levels])


def _middle(view: Single) -> Single:
    """The middle rows of a view, as many as are looked at."""
    rows = min(len(view), max(LEAST_SIDE, MOST_PIXELS // view.shape[1]))
    first = (len(view) - rows) // 2
    return np.asarray(view[first : first + rows], np.float32)
